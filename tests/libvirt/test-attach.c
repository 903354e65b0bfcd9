/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The payload drive, added to a guest and removed: what is asked of libvirt, and what is left. */
#include <config.h>

#include "base/error.h"
#include "libvirt/fake-libvirt.h"
#include "libvirt/attach.h"
#include "payload/store.h"

#define OTHER "66666666-7777-4888-8999-aaaaaaaaaaaa"

#define ROOT DISK("/srv/root.img", "vda", "virtio")
#define PORTS                                                                                      \
    "<controller type='pci' index='1' model='pcie-root-port'/>"                                    \
    "<controller type='pci' index='2' model='pcie-root-port'/>"
#define USB "<controller type='usb' index='0' model='qemu-xhci'/>"
#define VIRTIO_SCSI "<controller type='scsi' index='0' model='virtio-scsi'/>"

/* oVirt's metadata, which may have several payloads. */
#define OVIRT(devices) "<o:vm xmlns:o='" VP_OVIRT_NAMESPACE "'>" devices "</o:vm>"
#define OVIRT_DEVICE(name)                                                                         \
    "<o:device name='" name "'><o:payload><o:volId>v</o:volId><o:file path='a'>eA==</o:file>"      \
    "</o:payload></o:device>"

typedef enum { SHUT_OFF = 1, TRANSIENT = 2, ELSEWHERE = 4, HAS_IMAGE = 8, LOCKED = 16 } State;
typedef enum { ATTACH_LIVE, ATTACH_CONFIG, DETACH_LIVE, DETACH_CONFIG } Operation;

typedef struct {
    const char *name;
    Operation operation;
    const char *live, *config; /* devices */
    const char *expected;      /* the result, or the error's message */
    const char *calls;         /* what libvirt is asked to change */
    gboolean is_there;         /* the image, afterwards */
    guint state;
    VpErrorCode error;
    int run;              /* the id that is asked for */
    const char *metadata; /* of both definitions; NULL: the hostname "web1" */
    const char *refused;
    int code;
    guint refusals;
    int polls;
    void (*meanwhile)(void);
} Case;

static FakeGuest fixture;

/* --- while libvirt works ---------------------------------------------------------------------- */

static void
restart(void)
{
    g_assert_cmpint(virDomainDestroy(fixture.domain), ==, 0);
    g_assert_cmpint(virDomainCreate(fixture.domain), ==, 0);
}

static void
stop_for_good(void)
{
    g_assert_cmpint(virDomainUndefine(fixture.domain), ==, 0);
    g_assert_cmpint(virDomainDestroy(fixture.domain), ==, 0);
}

/* Another attach is quicker. */
static void
plug_meanwhile(void)
{
    g_autofree char *disk = g_strdup_printf(
        "<disk type='file' device='disk'>" FILE_AT("%s/" IMAGE) "<target dev='vdz' bus='virtio'/>"
                                                                "<readonly/></disk>",
        fixture.directory);
    xmlDoc *doc = xmlReadMemory(disk, (int)strlen(disk), NULL, NULL, 0);

    fake_change(&fake.live, "vdz", xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
}

/* --- one case --------------------------------------------------------------------------------- */

static void
set_up(const Case *given)
{
    g_autofree char *live =
        given->live != NULL ? fake_definition(" id='2'", given->metadata, given->live) : NULL;
    g_autofree char *config =
        given->config != NULL ? fake_definition("", given->metadata, given->config) : NULL;

    fake_set_up(&fixture, live, config);
    if ((given->state & HAS_IMAGE) != 0)
        fake_put_file(&fixture, IMAGE, "an image");
    if ((given->state & TRANSIENT) != 0)
        g_assert_cmpint(virDomainUndefine(fixture.domain), ==, 0);
    if ((given->state & ELSEWHERE) != 0)
        fixture.conf.uri = NULL;
    fake.is_locked = (given->state & LOCKED) != 0;
    fake.refused = given->refused;
    fake.code = given->code;
    fake.refusals = given->refusals;
    fake.polls = given->polls;
    fake.meanwhile = given->meanwhile;
}

static gboolean
run_operation(Operation operation, int run, VpDriveResult *result, GError **error)
{
    const VpGuest *guest = fixture.guest;
    const VpConf *conf = &fixture.conf;

    switch (operation) {
    case ATTACH_LIVE:
        return vp_virt_attach_live(guest, conf, run, result, error);
    case ATTACH_CONFIG:
        return vp_virt_attach_config(guest, conf, result, error);
    case DETACH_LIVE:
        return vp_virt_detach_live(guest, conf, result, error);
    case DETACH_CONFIG:
        return vp_virt_detach_config(guest, conf, result, error);
    }
    g_assert_not_reached();
}

static void
test_case(gconstpointer data)
{
    static const char *const words[] = {"unchanged", "changed", "releasing", "run over"};
    const Case *given = data;
    const VpDriveResult untouched = (VpDriveResult)99;
    VpDriveResult result = untouched;
    g_autoptr(GError) error = NULL;
    g_autofree char *told = NULL;

    set_up(given);
    if (run_operation(given->operation, given->run, &result, &error)) {
        g_assert_no_error(error);
        g_assert_cmpstr(words[result], ==, given->expected);
    } else {
        g_assert_error(error, VP_ERROR, (int)given->error);
        g_assert_cmpint((int)result, ==, (int)untouched);
        told = fake_without_directory(&fixture, error->message);
        g_assert_cmpstr(told, ==, given->expected);
    }
    g_assert_cmpstr(fake.calls->str, ==, given->calls != NULL ? given->calls : "");
    g_assert_cmpint(fake_has_file(&fixture, IMAGE, NULL), ==, given->is_there);
    fake_tear_down(&fixture);
}

/* --- the running guest ------------------------------------------------------------------------ */

#define CANNOT "the drive cannot be hot-plugged: "
#define LATER "; 'virt-payload attach web1' adds it at the next start"
#define REFUSED "the drive cannot be attached: as the test says"
#define NOT_HERE "the image has to be built on the host that runs the guest; run this there"
#define OWN_DISK                                                                                   \
    "one of its own disks has the name of its image in the payload directory @; move the disk, "   \
    "or "                                                                                          \
    "configure a directory that is used for nothing else"

static const Case live[] = {
    {"scsi-before-virtio", ATTACH_LIVE, ROOT VIRTIO_SCSI PORTS USB, "", "changed",
     "attach live sdz cdrom/scsi " IMAGE "\n", TRUE},
    {"virtio-after-refused-scsi", ATTACH_LIVE, ROOT VIRTIO_SCSI PORTS USB, "", "changed",
     "attach live sdz cdrom/scsi " IMAGE "\nattach live vdz disk/virtio " IMAGE "\n", TRUE,
     .refused = "attach live sdz", .refusals = 1},
    {"every-bus-refuses", ATTACH_LIVE, ROOT PORTS USB, "", CANNOT REFUSED LATER,
     "attach live vdz disk/virtio " IMAGE "\nattach live sdz cdrom/usb " IMAGE "\n", TRUE,
     .error = VP_ERROR_DRIVE, .refused = "attach"},
    {"no-bus-has-room", ATTACH_LIVE, ROOT, "", CANNOT "no bus has room for it" LATER, NULL, TRUE,
     .error = VP_ERROR_DRIVE},
    {"lock-held-twice", ATTACH_LIVE, ROOT PORTS, "", "changed",
     "attach live vdz disk/virtio " IMAGE "\nattach live vdz disk/virtio " IMAGE
     "\nattach live vdz disk/virtio " IMAGE "\n",
     TRUE, .refused = "attach", .code = VIR_ERR_OPERATION_TIMEOUT, .refusals = 2},
    {"lock-held-three-times", ATTACH_LIVE, ROOT PORTS, "", CANNOT REFUSED LATER,
     "attach live vdz disk/virtio " IMAGE "\nattach live vdz disk/virtio " IMAGE
     "\nattach live vdz disk/virtio " IMAGE "\n",
     TRUE, .error = VP_ERROR_DRIVE, .refused = "attach", .code = VIR_ERR_OPERATION_TIMEOUT},

    {"has-its-drive", ATTACH_LIVE, ROOT PORTS CDROM("sdz", "sata"), "", "unchanged"},
    {"another-attach-is-quicker", ATTACH_LIVE, ROOT PORTS, "", "unchanged",
     "attach live vdz disk/virtio " IMAGE "\n", TRUE, .refused = "attach",
     .meanwhile = plug_meanwhile},
    {"restarted-meanwhile", ATTACH_LIVE, ROOT PORTS USB, "", "run over",
     "attach live vdz disk/virtio " IMAGE "\n", TRUE, .refused = "attach", .meanwhile = restart},
    {"gone-meanwhile", ATTACH_LIVE, ROOT PORTS USB, "", "run over",
     "attach live vdz disk/virtio " IMAGE "\n", TRUE, .refused = "attach",
     .meanwhile = stop_for_good},
    {"handed-over-image-is-the-hook's", ATTACH_LIVE, ROOT PORTS, "", "changed",
     "attach live vdz disk/virtio " IMAGE "\n", .run = 2},
    {"handed-over-run-is-over", ATTACH_LIVE, ROOT PORTS, "", "run over", .run = 77},
    {"shut-off", ATTACH_LIVE, NULL, ROOT, "the guest is not running", .error = VP_ERROR_DRIVE},
    {"handed-over-has-stopped", ATTACH_LIVE, NULL, ROOT, "run over", .run = 2},

    {"two-payloads", ATTACH_LIVE, ROOT PORTS VIRTIO_SCSI, "", "changed",
     "attach live sdz cdrom/scsi " IMAGE "\nattach live sdy cdrom/scsi " FAKE_UUID "-hdd.img\n",
     TRUE, .metadata = OVIRT(OVIRT_DEVICE("hdc") OVIRT_DEVICE("hdd"))},

    {"empty-cdrom-of-the-definition", ATTACH_LIVE, EMPTY("cdrom", "sda", "sata"),
     CDROM("sda", "sata"), "changed", "update live force sda cdrom/sata " IMAGE "\n", TRUE},
    {"locked-empty-cdrom", ATTACH_LIVE, EMPTY("cdrom", "sda", "sata"), CDROM("sda", "sata"),
     "changed", "update live force sda cdrom/sata " IMAGE "\n", TRUE, LOCKED},
    {"empty-cdrom-that-refuses", ATTACH_LIVE, EMPTY("cdrom", "sda", "sata"), CDROM("sda", "sata"),
     "the drive's medium cannot be changed: as the test says",
     "update live force sda cdrom/sata " IMAGE "\n", TRUE, .error = VP_ERROR_LIBVIRT,
     .refused = "update"},
    {"empty-cdrom-of-the-guest's-own", ATTACH_LIVE, PORTS EMPTY("cdrom", "sda", "sata"),
     CDROM("sdb", "sata"), "changed", "attach live vdz disk/virtio " IMAGE "\n", TRUE},
    {"empty-cdrom-on-another-bus", ATTACH_LIVE, PORTS EMPTY("cdrom", "sda", "scsi"),
     CDROM("sda", "sata"), "changed", "attach live vdz disk/virtio " IMAGE "\n", TRUE},
    {"empty-floppy", ATTACH_LIVE, PORTS EMPTY("floppy", "fda", "fdc"),
     DRIVE("floppy", "@/" IMAGE, "fda", "fdc"), "changed",
     "attach live vdz disk/virtio " IMAGE "\n", TRUE},
    {"empty-cdrom-of-a-transient-guest", ATTACH_LIVE, PORTS EMPTY("cdrom", "sda", "sata"), NULL,
     "changed", "attach live vdz disk/virtio " IMAGE "\n", TRUE, TRANSIENT},

    {"no-payload", ATTACH_LIVE, ROOT PORTS, "", "the metadata of the running guest has no payload",
     .error = VP_ERROR_NOT_FOUND, .metadata = ""},
    {"guest-of-another-host", ATTACH_LIVE, ROOT PORTS, "", NOT_HERE, .state = ELSEWHERE,
     .error = VP_ERROR_DRIVE},
    {"own-disk-has-the-image's-name", ATTACH_LIVE, PORTS DISK("@/" IMAGE, "vda", "virtio"), "",
     OWN_DISK, NULL, TRUE, HAS_IMAGE, VP_ERROR_DRIVE},

    {"unplug-virtio", DETACH_LIVE, ROOT DRIVE("disk", "@/" IMAGE, "vdz", "virtio"), "", "changed",
     "detach live vdz disk/virtio " IMAGE "\n", .state = HAS_IMAGE},
    {"unplug-scsi-cdrom", DETACH_LIVE, CDROM("sdz", "scsi"), "", "changed",
     "detach live sdz cdrom/scsi " IMAGE "\n", .state = HAS_IMAGE},
    {"unplug-usb", DETACH_LIVE, CDROM("sdz", "usb"), "", "changed",
     "detach live sdz cdrom/usb " IMAGE "\n", .state = HAS_IMAGE},
    {"eject-sata", DETACH_LIVE, CDROM("sdz", "sata"), "", "changed",
     "update live sdz cdrom/sata -\n", .state = HAS_IMAGE},
    {"eject-floppy", DETACH_LIVE, DRIVE("floppy", "@/" IMAGE, "fda", "fdc"), "", "changed",
     "update live fda floppy/fdc -\n", .state = HAS_IMAGE},
    {"eject-locked", DETACH_LIVE, CDROM("sdz", "sata"), "",
     "the drive's medium cannot be changed: tray of the disk may be locked",
     "update live sdz cdrom/sata -\n", TRUE, HAS_IMAGE | LOCKED, VP_ERROR_LIBVIRT},
    {"guest-keeps-the-disk", DETACH_LIVE, DRIVE("disk", "@/" IMAGE, "vdz", "virtio"), "",
     "releasing", "detach live vdz disk/virtio " IMAGE "\n", TRUE, HAS_IMAGE, .polls = -1},
    {"another-guest's-image", DETACH_LIVE, DRIVE("cdrom", "@/" OTHER ".img", "sdz", "sata"), "",
     "changed", "update live sdz cdrom/sata -\n", .state = HAS_IMAGE},
    {"two-drives", DETACH_LIVE,
     CDROM("sdz", "sata") DRIVE("disk", "/old/" FAKE_UUID "-a.img", "vdz", "virtio"), "", "changed",
     "update live sdz cdrom/sata -\ndetach live vdz disk/virtio " FAKE_UUID "-a.img\n",
     .state = HAS_IMAGE},
    {"nothing-plugged", DETACH_LIVE, ROOT EMPTY("cdrom", "sdz", "sata"), "", "unchanged",
     .state = HAS_IMAGE},
    {"own-disk-is-kept", DETACH_LIVE, DISK("@/" IMAGE, "vda", "virtio") CDROM("sdz", "sata"), "",
     "changed", "update live sdz cdrom/sata -\n", TRUE, HAS_IMAGE},
    {"image-of-another-host", DETACH_LIVE, CDROM("sdz", "sata"), "", "changed",
     "update live sdz cdrom/sata -\n", TRUE, HAS_IMAGE | ELSEWHERE},
    {"detach-shut-off", DETACH_LIVE, NULL, ROOT, "the guest is not running",
     .error = VP_ERROR_DRIVE},
};

/* --- the definition --------------------------------------------------------------------------- */

#define NO_DEFINITION "the guest is transient and has no persistent definition; use --live"

static const Case config[] = {
    {"added", ATTACH_CONFIG, NULL, ROOT, "changed", "attach config vdz disk/virtio " IMAGE "\n"},
    {"added-while-it-runs", ATTACH_CONFIG, "", ROOT, "changed",
     "attach config vdz disk/virtio " IMAGE "\n"},
    {"there-already", ATTACH_CONFIG, NULL, ROOT DRIVE("disk", "@/" IMAGE, "vdz", "virtio"),
     "unchanged"},
    {"in-another-directory", ATTACH_CONFIG, NULL,
     ROOT DRIVE("disk", "/old/" IMAGE, "vdz", "virtio"), "changed",
     "update config vdz disk/virtio " IMAGE "\n"},
    {"refused", ATTACH_CONFIG, NULL, ROOT, REFUSED, "attach config vdz disk/virtio " IMAGE "\n",
     .error = VP_ERROR_LIBVIRT, .refused = "attach"},
    {"no-payload", ATTACH_CONFIG, NULL, ROOT,
     "the metadata of the guest's definition has no payload", .error = VP_ERROR_NOT_FOUND,
     .metadata = ""},
    {"transient", ATTACH_CONFIG, ROOT, NULL, NO_DEFINITION, .state = TRANSIENT,
     .error = VP_ERROR_DRIVE},
    {"removed", DETACH_CONFIG, NULL, ROOT DRIVE("disk", "@/" IMAGE, "vdz", "virtio"), "changed",
     "detach config vdz disk/virtio " IMAGE "\n", TRUE, HAS_IMAGE},
    {"two-removed", DETACH_CONFIG, NULL,
     CDROM("sdz", "sata") DRIVE("cdrom", "@/" FAKE_UUID "-a.img", "sdy", "sata"), "changed",
     "detach config sdy cdrom/sata " FAKE_UUID "-a.img\ndetach config sdz cdrom/sata " IMAGE "\n"},
    {"second-not-removed", DETACH_CONFIG, NULL,
     CDROM("sdz", "sata") DRIVE("cdrom", "@/" FAKE_UUID "-a.img", "sdy", "sata"),
     "the drive cannot be detached: as the test says",
     "detach config sdy cdrom/sata " FAKE_UUID "-a.img\ndetach config sdz cdrom/sata " IMAGE "\n",
     .error = VP_ERROR_LIBVIRT, .refused = "detach config sdz"},
    {"nothing-to-remove", DETACH_CONFIG, NULL, ROOT, "unchanged", .metadata = ""},
    {"transient-has-none-to-remove", DETACH_CONFIG, ROOT, NULL, NO_DEFINITION, .state = TRANSIENT,
     .error = VP_ERROR_DRIVE},
};

/* --- the note of an earlier failure ----------------------------------------------------------- */

/* The id that is asked for, and whether the note is there afterwards. */
static void
assert_note(int run, gboolean is_kept)
{
    const Case given = {.live = ROOT PORTS, .config = "", .state = HAS_IMAGE};
    g_autoptr(VpStore) store = NULL;
    g_autofree char *note = NULL;
    VpDriveResult result;

    set_up(&given);
    store = vp_payload_store_open(fixture.directory, NULL);
    g_assert_true(vp_payload_store_note(store, FAKE_UUID, VP_NOTE_ERROR, "no room", NULL));
    g_assert_true(vp_virt_attach_live(fixture.guest, &fixture.conf, run, &result, NULL));
    note = vp_payload_store_read_note(store, FAKE_UUID, VP_NOTE_ERROR);
    g_assert_cmpint(note != NULL, ==, is_kept);
    fake_tear_down(&fixture);
}

static void
test_note(void)
{
    assert_note(0, FALSE);
    assert_note(77, TRUE);
}

static int
detach_and_restart(virDomainPtr domain, const char *xml, unsigned int flags)
{
    int failed = fake_detach(domain, xml, flags);

    restart();
    return failed;
}

/* Its image is not the one whose drive was detached. */
static void
test_next_run(void)
{
    const Case given = {
        .live = ROOT DRIVE("disk", "@/" IMAGE, "vdz", "virtio"), .config = "", .state = HAS_IMAGE};
    g_autoptr(GError) error = NULL;
    VpDriveResult result;

    set_up(&given);
    ((VpLibvirtApi *)vp_libvirt_api_load(NULL))->virDomainDetachDeviceFlags = detach_and_restart;
    g_assert_true(vp_virt_detach_live(fixture.guest, &fixture.conf, &result, &error));
    g_assert_cmpint((int)result, ==, VP_DRIVE_CHANGED);
    g_assert_true(fake_has_file(&fixture, IMAGE, NULL));
    fake_tear_down(&fixture);
}

static void
add_cases(const char *group, const Case *cases, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/attach/%s/%s", group, cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_cases("live", live, G_N_ELEMENTS(live));
    add_cases("config", config, G_N_ELEMENTS(config));
    g_test_add_func("/attach/live/detached-and-started-again", test_next_run);
    g_test_add_func("/attach/live/earlier-failure-is-forgotten", test_note);
    return g_test_run();
}
