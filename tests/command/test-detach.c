/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload detach: from which of the definitions the drive goes, and what is said. */
#include <config.h>

#include "command/commands.h"
#include "libvirt/fake-command.h"

#define VIRTIO DRIVE("disk", "@/" IMAGE, "vdz", "virtio")
#define LIVE_CALL "detach live vdz disk/virtio " IMAGE "\n"
#define CONFIG_CALL "detach config vdz disk/virtio " IMAGE "\n"
#define FROM_DEFINITION "web1: payload drive removed from the definition\n"
#define FROM_GUEST "web1: payload drive removed from the running guest\n"
#define JSON(changed, messages)                                                                    \
    "[ { \"guest\": \"web1\", \"uuid\": \"" FAKE_UUID "\", \"changed\": " changed                  \
    ", \"messages\": [ " messages " ] } ]\n"

typedef enum { SHUT_OFF = 1, TRANSIENT = 2, LOCKED = 4, KEPT = 8 } State;

typedef struct {
    const char *name;
    const char *words;
    const char *devices; /* of both definitions */
    const char *expected;
    const char *calls;
    guint state;
    const char *refused;
} Case;

static FakeGuest fixture;

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *live = fake_definition(" id='2'", NULL, given->devices);
    g_autofree char *config = fake_definition("", NULL, given->devices);
    g_autofree char *text = NULL;

    fake_set_up(&fixture, (given->state & SHUT_OFF) != 0 ? NULL : live, config);
    if ((given->state & TRANSIENT) != 0)
        g_assert_cmpint(virDomainUndefine(fixture.domain), ==, 0);
    fake.is_locked = (given->state & LOCKED) != 0;
    fake.polls = (given->state & KEPT) != 0 ? -1 : 0;
    fake.refused = given->refused;
    text = fake_run(&fixture, &vp_command_detach, given->words);
    g_assert_cmpstr(text, ==, given->expected);
    g_assert_cmpstr(fake.calls->str, ==, given->calls != NULL ? given->calls : "");
    g_assert_nonnull(strstr(fake.config, "web1</p:hostname>")); /* the metadata is kept */
    fake_tear_down(&fixture);
}

static const Case cases[] = {
    {"persistent", "web1", VIRTIO, FROM_DEFINITION, CONFIG_CALL},
    {"shut-off", "web1", VIRTIO, FROM_DEFINITION, CONFIG_CALL, SHUT_OFF},
    {"transient", "web1", VIRTIO, FROM_GUEST, LIVE_CALL, TRANSIENT},
    {"live", "web1 --live", VIRTIO, FROM_GUEST, LIVE_CALL},
    {"live-and-config", "web1 --live --config", VIRTIO, FROM_DEFINITION FROM_GUEST,
     CONFIG_CALL LIVE_CALL},
    {"nothing-there", "web1 --live --config", "",
     "web1: the definition has no payload drive\nweb1: the running guest has no payload drive\n"},
    {"guest-keeps-it", "web1 --live", VIRTIO,
     "web1: the running guest has been asked to release the payload drive\n", LIVE_CALL, KEPT},
    {"locked", "web1 --live", CDROM("sdz", "sata"),
     "web1: the drive's medium cannot be changed: tray of the disk may be locked [libvirt]\n",
     "update live sdz cdrom/sata -\n", LOCKED},
    {"live-of-shut-off", "web1 --live", VIRTIO, "web1: the guest is not running [drive]\n",
     .state = SHUT_OFF},
    {"config-of-transient", "web1 --config --live", VIRTIO,
     "web1: the guest is transient and has no persistent definition; use --live [drive]\n",
     .state = TRANSIENT},
    {"config-refused", "web1 --config --live", VIRTIO,
     "web1: the drive cannot be detached: as the test says [libvirt]\n", CONFIG_CALL,
     .refused = "detach config"},
    {"live-refused", "web1 --config --live", VIRTIO,
     FROM_DEFINITION "web1: the drive cannot be detached: as the test says [libvirt]\n",
     CONFIG_CALL LIVE_CALL, .refused = "detach live"},
    {"json", "web1 --live --config --json", VIRTIO,
     JSON("true", "\"payload drive removed from the definition\", \"payload drive removed from the "
                  "running guest\""),
     CONFIG_CALL LIVE_CALL},
    {"json-guest-keeps-it", "web1 --live --json", VIRTIO,
     JSON("true", "\"the running guest has been asked to release the payload drive\""), LIVE_CALL,
     KEPT},
    {"json-nothing-there", "web1 --json", "",
     JSON("false", "\"the definition has no payload drive\"")},
    {"quiet", "web1 --quiet", VIRTIO, "", CONFIG_CALL},
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/detach/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    return g_test_run();
}
