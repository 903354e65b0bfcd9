/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload update: what it says it did, would do, or could not. */
#include <config.h>

#include "command/commands.h"
#include "libvirt/fake-command.h"

#define WEB2 PAYLOAD("<p:hostname>web2</p:hostname>")
#define WITH_ID(policy)                                                                            \
    "<cloud-init xmlns='" VP_NAMESPACE "' instance-id='" policy "'><hostname>web2</hostname>"      \
    "</cloud-init>"
#define PORTS "<controller type='pci' index='1' model='pcie-root-port'/>"
#define SATA CDROM("sdz", "sata")
#define VIRTIO DRIVE("disk", "@/" IMAGE, "vdz", "virtio")
#define STAYS                                                                                      \
    "virt-payload: web1: if the guest has booted before, it does not read the change, because "    \
    "its "                                                                                         \
    "instance-id stays the same; instance-id 'content' makes each change a new instance\n"
#define JSON(changed, message, action, target)                                                     \
    "[ { \"guest\": \"web1\", \"uuid\": \"" FAKE_UUID "\", \"changed\": " changed                  \
    ", \"messages\": [ \"" message "\" ], \"action\": \"" action "\", \"target\": " target         \
    " } ]\n"

typedef enum { SHUT_OFF = 1, LOCKED = 2 } State;

typedef struct {
    const char *name;
    const char *words;
    const char *devices; /* of both definitions */
    const char *next;    /* metadata of the definition */
    const char *expected;
    guint state;
    const char *before; /* metadata of the running guest; NULL: the hostname "web1" */
} Case;

static FakeGuest fixture;

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    gboolean runs = (given->state & SHUT_OFF) == 0;
    g_autofree char *live = fake_definition(" id='2'", given->before, given->devices);
    g_autofree char *config = fake_definition("", given->next, given->devices);
    g_autofree char *text = NULL;

    fake_set_up(&fixture, runs ? live : NULL, config);
    fake.is_locked = (given->state & LOCKED) != 0;
    text = fake_run(&fixture, &vp_command_update, given->words);
    g_assert_cmpstr(text, ==, given->expected);
    if (strstr(given->words, "-n") != NULL)
        g_assert_cmpstr(fake.calls->str, ==, "");
    fake_tear_down(&fixture);
}

static const Case cases[] = {
    {"media", "web1", SATA, WITH_ID("content"), "web1: drive sdz: media changed\n"},
    {"media-of-the-same-instance", "web1", SATA, WEB2, STAYS "web1: drive sdz: media changed\n"},
    {"media-of-a-literal-instance", "web1", SATA, WITH_ID("i-1"),
     STAYS "web1: drive sdz: media changed\n", .before = WITH_ID("i-1")},
    {"media-of-another-literal-instance", "web1", SATA, WITH_ID("i-2"),
     "web1: drive sdz: media changed\n", .before = WITH_ID("i-1")},
    {"replugged", "web1", VIRTIO, WITH_ID("content"),
     "web1: drive vdz: unplugged and plugged in again\n"},
    {"plugged", "web1", PORTS, WEB2, "web1: payload drive plugged in\n"},
    {"shut-off", "web1", SATA, WEB2, "web1: is not running; its next start uses the definition\n",
     SHUT_OFF},
    {"locked", "web1", SATA, WEB2,
     "web1: the drive's medium cannot be changed: tray of the disk may be locked [libvirt]\n",
     LOCKED},
    {"locked-by-force", "web1 -f", SATA, WITH_ID("content"), "web1: drive sdz: media changed\n",
     LOCKED},
    {"definition-without-payload", "web1", SATA, "",
     "web1: the definition has no payload; 'detach --live' removes the drive [not-found]\n"},
    {"no-such-guest", "nobody", SATA, WEB2,
     "nobody: no guest has this UUID, name or id; see 'virsh list --all' [not-found]\n"},

    {"media-not-now", "-n web1", SATA, WITH_ID("content"),
     "web1: drive sdz: media would be changed\n"},
    {"replugged-not-now", "-n web1", VIRTIO, WITH_ID("content"),
     "web1: drive vdz: would be unplugged and plugged in again\n"},
    {"plugged-not-now", "-n web1", PORTS, WEB2, "web1: a payload drive would be plugged in\n"},

    {"json-media", "--json web1", SATA, WITH_ID("content"),
     JSON("true", "drive sdz: media changed", "media-changed", "\"sdz\"")},
    {"json-media-not-now", "--json -n web1", SATA, WITH_ID("content"),
     JSON("false", "drive sdz: media would be changed", "media-changed", "\"sdz\"")},
    {"json-replugged", "--json web1", VIRTIO, WITH_ID("content"),
     JSON("true", "drive vdz: unplugged and plugged in again", "replugged", "\"vdz\"")},
    {"json-plugged", "--json web1", PORTS, WEB2,
     JSON("true", "payload drive plugged in", "plugged", "null")},
    {"json-shut-off", "--json web1", SATA, WEB2,
     JSON("false", "is not running; its next start uses the definition", "none", "null"), SHUT_OFF},
    {"quiet", "--quiet web1", SATA, WITH_ID("content"), ""},
};

/* Each run after the first finds its image. */
static void
test_twice(void)
{
    g_autofree char *live = fake_definition(" id='2'", NULL, SATA);
    g_autofree char *config = fake_definition("", WITH_ID("content"), SATA);
    static const struct {
        const char *words, *expected;
    } runs[] = {
        {"web1", "web1: drive sdz: media changed\n"},
        {"web1", "web1: the running guest has what the definition says\n"},
        {"--dry-run web1", "web1: the running guest has what the definition says\n"},
        {"--json web1",
         JSON("false", "the running guest has what the definition says", "none", "null")},
    };

    fake_set_up(&fixture, live, config);
    for (gsize i = 0; i < G_N_ELEMENTS(runs); i++) {
        g_autofree char *text = fake_run(&fixture, &vp_command_update, runs[i].words);

        g_assert_cmpstr(text, ==, runs[i].expected);
    }
    fake_tear_down(&fixture);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/update/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/update/second-run-finds-nothing-to-do", test_twice);
    return g_test_run();
}
