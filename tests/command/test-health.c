/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What list and doctor say of one guest: its next start, its save, its drives and notes. */
#include <config.h>

#include "command/health.h"
#include "libvirt/fake-libvirt.h"

#define WEB2 PAYLOAD("<p:hostname>web2</p:hostname>")
#define ROOT DISK("/srv/root.img", "vda", "virtio")
#define PORTS "<controller type='pci' index='1' model='pcie-root-port'/>"
#define DRIVE_THERE DRIVE("disk", "@/" IMAGE, "vdz", "virtio")
#define FOREIGN DRIVE("cdrom", "@/66666666-7777-4888-8999-aaaaaaaaaaaa.img", "sdz", "sata")
#define SEED                                                                                       \
    "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>" FILE_AT(                   \
        "@/seed.iso") "<target dev='sda' bus='sata'/><readonly/></disk>"

typedef enum { RUNS = 1, ELSEWHERE = 2, HAS_IMAGE = 4, BARE = 8, NOT_XML = 16 } State;

typedef struct {
    const char *name;
    const char *metadata; /* of both definitions; NULL: the hostname "web1" */
    const char *devices;
    const char *expected;
    guint state;
    const char *saved; /* metadata of the managed save */
    const char *error; /* the notes */
    const char *plugged;
} Case;

static FakeGuest fixture;

/* ECMA-119: the primary volume descriptor is sector 16; its volume identifier is at offset 40. */
static void
put_seed(void)
{
    g_autofree char *path = g_build_filename(fixture.directory, "seed.iso", NULL);
    g_autofree char *bytes = g_malloc0(40 * 1024);

    memcpy(bytes + 16 * 2048, "\001CD001\001", 7);
    memset(bytes + 16 * 2048 + 40, ' ', 32);
    memcpy(bytes + 16 * 2048 + 40, "cidata", 6);
    g_assert_true(g_file_set_contents(path, bytes, 40 * 1024, NULL));
}

static void
put_note(VpStore *store, VpNote note, const char *text)
{
    if (text != NULL)
        g_assert_true(vp_payload_store_note(store, FAKE_UUID, note, text, NULL));
}

static void
set_up(const Case *given)
{
    g_autofree char *live = fake_definition(" id='2'", given->metadata, given->devices);
    g_autofree char *config = fake_definition("", given->metadata, given->devices);

    fake_set_up(&fixture, (given->state & RUNS) != 0 ? live : NULL, config);
    fixture.conf.attach = (given->state & BARE) != 0 ? VP_ATTACH_OFF : VP_ATTACH_HOTPLUG;
    if ((given->state & HAS_IMAGE) != 0)
        fake_put_file(&fixture, IMAGE, "image");
    put_seed();
}

static void
note(VpHealthKind kind, const char *message, gpointer data)
{
    static const char *const kinds[] = {"refused", "bare", "saved", "drive"};

    g_string_append_printf(data, "%s: %s\n", kinds[kind], message);
}

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(GString) told = g_string_new(NULL);
    g_autofree char *saved =
        given->saved != NULL ? fake_definition("", given->saved, given->devices) : NULL;
    g_autoptr(VpStore) store = NULL;
    g_auto(VpHealth) health = {0};

    set_up(given);
    fake.saved = saved;
    store = vp_payload_store_open(fixture.directory, NULL);
    put_note(store, VP_NOTE_ERROR, given->error);
    put_note(store, VP_NOTE_PLUGGED, given->plugged);
    health.guest = fixture.guest;
    health.conf = &fixture.conf;
    health.store = store;
    health.is_this_host = (given->state & ELSEWHERE) == 0;
    health.xml = g_strdup(fake.config);
    if ((given->state & NOT_XML) != 0)
        *strstr(health.xml, "</metadata>") = ' ';
    vp_command_health_read(&health);
    vp_command_health(&health, note, told);
    g_string_replace(told, fixture.directory, "@", 0);
    g_assert_cmpstr(told->str, ==, given->expected);
    fake_tear_down(&fixture);
}

#define NO_ROOM                                                                                    \
    "the payload drive cannot be hot-plugged: the guest has no virtio-scsi controller, no free "   \
    "PCI "                                                                                         \
    "port and no free USB port; run: virt-payload attach web1\n"
#define SAVED                                                                                      \
    "saved: has a managed save, so its next start resumes with the payload of that time; to boot " \
    "with the present one, discard the save and its memory; run: virsh managedsave-remove web1\n"
#define LATE(ms)                                                                                   \
    "drive: the drive was hot-plugged " ms                                                         \
    " ms after the start, which may have been too late for the guest; with 'virt-payload attach "  \
    "" FAKE_UUID "' it is present from the start\n"

static const Case cases[] = {
    {"nothing-of-ours", "", ROOT, ""},
    {"nothing-of-ours-running", "", ROOT, "", RUNS, .error = "x", .plugged = "9999"},
    {"well", NULL, ROOT PORTS, ""},
    {"well-and-running", NULL, ROOT DRIVE_THERE, "", RUNS | HAS_IMAGE},

    {"no-room", NULL, ROOT, "refused: its start will be refused: " NO_ROOM},
    {"no-room-next-time", NULL, ROOT, "refused: its next start will be refused: " NO_ROOM, RUNS},
    {"invalid-payload", PAYLOAD("<p:hostname>-</p:hostname>"), ROOT PORTS,
     "refused: its start will be refused: cloud-init/hostname (line 1): has a part between dots "
     "that is empty, longer than 63 characters, or begins or ends with '-'\n"},
    {"definition-that-is-not-xml", NULL, ROOT,
     "refused: its start will be refused: domain XML (line 1): an end tag does not match its start "
     "tag\n",
     NOT_XML},
    {"drive-without-payload", "", DRIVE_THERE,
     "refused: its start will be refused: drive vdz is a payload drive, but the metadata has no "
     "payload; run: virt-payload detach web1\n",
     HAS_IMAGE},
    {"another-guest's-image", NULL, FOREIGN DRIVE_THERE,
     "refused: its start will be refused: drive sdz shows an image that is not this guest's "
     "payload; run: virt-payload attach web1\n",
     HAS_IMAGE},
    {"another-guest's-image-on-another-host", NULL, FOREIGN DRIVE_THERE,
     "refused: its start will be refused: drive sdz shows an image that is not this guest's "
     "payload; run: virt-payload attach web1\n",
     ELSEWHERE},
    {"no-room-on-another-host-is-not-known", NULL, ROOT, "", ELSEWHERE},

    {"bare", NULL, ROOT,
     "bare: has no payload drive, and with attach = off it gets none; run: virt-payload attach "
     "web1\n",
     BARE},
    {"bare-with-drive", NULL, ROOT DRIVE_THERE, "", BARE | HAS_IMAGE},
    {"bare-on-another-host", NULL, ROOT, "", BARE | ELSEWHERE},

    {"save-of-another-payload", NULL, ROOT PORTS, SAVED, .saved = WEB2},
    {"save-without-payload", NULL, ROOT PORTS, SAVED, .saved = ""},
    {"save-of-the-same-payload", NULL, ROOT PORTS, "", .saved = WEB1},
    {"save-of-a-running-guest-is-old", NULL, ROOT DRIVE_THERE, "", RUNS | HAS_IMAGE, WEB2},

    {"image-is-gone", NULL, ROOT DRIVE_THERE,
     "drive: drive vdz of the running guest shows an image that is no longer there; run: "
     "virt-payload update web1\n",
     RUNS},
    {"image-on-another-host", NULL, ROOT DRIVE_THERE, "", RUNS | ELSEWHERE},
    {"failure-is-noted", NULL, ROOT PORTS, "drive: no bus has room [drive]\n", RUNS,
     .error = "no bus has room [drive]", .plugged = "5000"},
    {"late-drive", NULL, ROOT PORTS, LATE("1001"), RUNS, .plugged = "1001"},
    {"drive-just-in-time", NULL, ROOT PORTS, "", RUNS, .plugged = "1000"},
    {"notes-of-an-earlier-run", NULL, ROOT PORTS, "", .error = "no bus has room",
     .plugged = "5000"},
    {"another-seed", NULL, ROOT PORTS SEED,
     "drive: drive sda is another seed for cloud-init, which may read that instead of the payload; "
     "run: virsh detach-disk web1 sda --config\n"},
    {"another-seed-on-another-host", NULL, ROOT PORTS SEED, "", ELSEWHERE},
    {"most-serious-first", NULL, ROOT SEED,
     "refused: its start will be refused: " NO_ROOM SAVED
     "drive: drive sda is another seed for cloud-init, which may read that instead of the payload; "
     "run: virsh detach-disk web1 sda --config\n",
     .saved = WEB2},
};

/* --- texts ------------------------------------------------------------------------------------ */

static void
test_may_be_ours(void)
{
    g_autofree char *payload = fake_definition("", NULL, "");
    g_autofree char *drive = fake_definition("", "", DRIVE_THERE);
    g_autofree char *neither = fake_definition("", "", ROOT);

    g_assert_true(vp_command_health_may_be_ours(payload));
    g_assert_true(vp_command_health_may_be_ours(drive));
    g_assert_false(vp_command_health_may_be_ours(neither));
    g_assert_false(vp_command_health_may_be_ours(NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/health/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/health/texts-that-may-be-ours", test_may_be_ours);
    return g_test_run();
}
