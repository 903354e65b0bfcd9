/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a new drive goes in a guest: bus, device, target and address, and what is said if there is
 * no place. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "domain/target.h"
#include "parse-domain.h"
#include "payload/drive.h"
#include "spec/object.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define Q35 "<type arch='x86_64' machine='pc-q35-7.2'>hvm</type>"
#define PC "<type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>"
#define ISAPC "<type arch='i686' machine='isapc'>hvm</type>"
#define MICROVM "<type arch='x86_64' machine='microvm'>hvm</type>"
#define ARM "<type arch='aarch64' machine='virt-7.2'>hvm</type>"

#define DISK(target, bus)                                                                          \
    "<disk type='file' device='disk'><target dev='" target "' bus='" bus "'/></disk>"
#define CDROM(target, bus)                                                                         \
    "<disk type='file' device='cdrom'><target dev='" target "' bus='" bus "'/><readonly/></disk>"
#define PAYLOAD(device, target, bus)                                                               \
    "<disk type='file' device='" device "'><source file='/run/payload/" UUID ".img'/>"             \
    "<target dev='" target "' bus='" bus "'/><readonly/></disk>"
#define AT(target, bus, controller, unit)                                                          \
    "<disk type='file' device='disk'><target dev='" target "' bus='" bus "'/>"                     \
    "<address type='drive' controller='" controller "' bus='0' target='0' unit='" unit             \
    "'/></disk>"
#define VIRTIO_SCSI(index) "<controller type='scsi' index='" index "' model='virtio-scsi'/>"
#define LSI "<controller type='scsi' index='0' model='lsilogic'/>"
#define USB "<controller type='usb' index='0' model='qemu-xhci'/>"
#define ON_PORT(port)                                                                              \
    "<input type='tablet' bus='usb'><address type='usb' bus='0' port='" port "'/></input>"
#define FULL_USB USB ON_PORT("1") ON_PORT("2") ON_PORT("3") ON_PORT("4")
#define NO_USB "<controller type='usb' model='none'/>"
#define FULL_IDE DISK("hda", "ide") DISK("hdb", "ide") DISK("hdc", "ide") DISK("hdd", "ide")
#define FULL_SATA                                                                                  \
    AT("sda", "sata", "0", "0")                                                                    \
    AT("sdb", "sata", "0", "1")                                                                    \
    AT("sdc", "sata", "0", "2")                                                                    \
    AT("sdd", "sata", "0", "3") AT("sde", "sata", "0", "4") AT("sdf", "sata", "0", "5")
#define PORT(index) "<controller type='pci' index='" index "' model='pcie-root-port'/>"

typedef struct {
    const char *name;
    const char *type; /* of <os> */
    const char *devices;
    const char *expected; /* the drive, or the message */
    const char *target;
    VpBus bus;
    VpFormat format;
    gboolean windows;
} Case;

static VpDomain *
parse(const char *type, const char *devices)
{
    g_autofree char *xml =
        g_strconcat("<domain type='kvm'><name>web1</name><uuid>" UUID "</uuid><os>", type,
                    "</os><devices>", devices, "</devices></domain>", NULL);

    return parse_domain(xml);
}

static VpSpec *
new_spec(const Case *asked)
{
    VpSpec *spec = vp_spec_new("web1", UUID, UUID);

    spec->bus = asked->bus;
    spec->target = g_strdup(asked->target);
    spec->format = asked->format;
    spec->windows = asked->windows;
    return spec;
}

/* "cdrom sdz on sata, unit 0:5" */
static char *
describe(const VpDrive *drive)
{
    g_autofree char *address =
        drive->needs_controller  ? g_strdup_printf(", unit %d of a new controller", drive->unit)
        : drive->controller >= 0 ? g_strdup_printf(", unit %d:%d", drive->controller, drive->unit)
                                 : g_strdup("");

    return g_strdup_printf("%s %s on %s%s", drive->device, drive->target,
                           vp_domain_target_bus_name(drive->bus), address);
}

/* --- a definition ----------------------------------------------------------------------------- */

static const Case planned[] = {
    {"q35", Q35, "", "cdrom sdz on sata, unit 0:5"},
    {"pc", PC, "", "cdrom hdd on ide"},
    {"microvm", MICROVM, "", "disk vdz on virtio"},
    {"arm", ARM, "", "disk vdz on virtio"},
    {"isapc-floppy", ISAPC, "", "floppy fda on fdc", .bus = VP_BUS_FDC},
    {"second-floppy", ISAPC,
     "<disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>", "floppy fdb on fdc",
     .bus = VP_BUS_FDC},

    {"as-the-disk", Q35, DISK("vda", "virtio"), "disk vdz on virtio"},
    {"disk-before-cdrom", Q35, CDROM("sda", "sata") DISK("vda", "virtio"), "disk vdz on virtio"},
    {"only-a-cdrom", PC, CDROM("sda", "sata"), "cdrom sdz on sata, unit 0:5"},
    {"payload-is-not-own", Q35, PAYLOAD("disk", "sda", "usb") DISK("vda", "virtio"),
     "disk vdz on virtio"},
    {"bus-by-target", Q35, "<disk type='file' device='disk'><target dev='vda'/></disk>",
     "disk vdz on virtio"},
    {"far-is-taken", Q35, DISK("vda", "virtio") PAYLOAD("disk", "vdz", "virtio"),
     "disk vdy on virtio"},
    {"after-vdz", Q35, DISK("vda", "virtio") DISK("vdz", "virtio"), "disk vdzz on virtio"},
    {"never-the-next-letter", Q35, DISK("vdy", "virtio"), "disk vdzz on virtio"},

    {"sata-controller-full", Q35, FULL_SATA, "cdrom sdz on sata, unit 1:0"},
    {"second-sata-controller", Q35,
     "<controller type='sata' index='0'/><controller type='sata' index='1'/>" FULL_SATA,
     "cdrom sdz on sata, unit 1:5"},
    {"ide-full", PC, FULL_IDE, "disk vdz on virtio"},
    {"ide-full-windows", PC, FULL_IDE, "cdrom sdz on usb", .windows = TRUE},
    {"ide-last-but-one", PC, DISK("hda", "ide") PAYLOAD("cdrom", "hdd", "ide"), "cdrom hdc on ide"},

    {"virtio-scsi", Q35, VIRTIO_SCSI("0") AT("sda", "scsi", "0", "0"),
     "cdrom sdz on scsi, unit 0:15"},
    {"virtio-scsi-last-unit-taken", Q35,
     VIRTIO_SCSI("0") AT("sda", "scsi", "0", "0") AT("sdb", "scsi", "0", "15"),
     "cdrom sdz on scsi, unit 0:14"},
    {"on-the-disk's-controller", Q35, VIRTIO_SCSI("0") VIRTIO_SCSI("1") AT("sda", "scsi", "1", "0"),
     "cdrom sdz on scsi, unit 1:15"},
    {"lsi", PC, LSI AT("sda", "scsi", "0", "0"), "cdrom sdz on scsi, unit 0:1"},
    {"no-scsi-controller", Q35, DISK("vda", "virtio"),
     "cdrom sdz on scsi, unit 15 of a new controller", .bus = VP_BUS_SCSI},
    {"cdrom-would-boot-first", Q35,
     VIRTIO_SCSI("0") AT("sda", "scsi", "0", "0") CDROM("sdb", "sata"), "disk vdz on virtio"},

    {"windows-virtio-q35", Q35, DISK("vda", "virtio"), "cdrom sdz on sata, unit 0:5",
     .windows = TRUE},
    {"windows-virtio-pc", PC, DISK("vda", "virtio"), "cdrom hdd on ide", .windows = TRUE},
    {"windows-scsi-pc", PC, VIRTIO_SCSI("0") AT("sda", "scsi", "0", "0"), "cdrom hdd on ide",
     .windows = TRUE},
    {"windows-arm", ARM, DISK("vda", "virtio"), "cdrom sdz on usb", .windows = TRUE},
    {"windows-may-ask-for-virtio", Q35, "", "disk vdz on virtio", .bus = VP_BUS_VIRTIO,
     .windows = TRUE},

    {"vfat-sata", Q35, DISK("sda", "sata"), "disk sdz on usb", .format = VP_FORMAT_VFAT},
    {"vfat-without-usb", Q35, NO_USB DISK("sda", "sata"), "disk vdz on virtio",
     .format = VP_FORMAT_VFAT},
    {"vfat-scsi", Q35, VIRTIO_SCSI("0") AT("sda", "scsi", "0", "0"), "disk sdz on scsi, unit 0:15",
     .format = VP_FORMAT_VFAT},

    {"target-says-virtio", Q35, DISK("sda", "sata"), "disk vdb on virtio", "vdb"},
    {"target-says-ide", PC, DISK("vda", "virtio"), "cdrom hdc on ide", "hdc"},
    {"sd-is-sata", Q35, DISK("vda", "virtio"), "cdrom sdb on sata, unit 0:5", "sdb"},
    {"sd-as-the-disk", Q35, VIRTIO_SCSI("0") AT("sda", "scsi", "0", "0"),
     "cdrom sdb on scsi, unit 0:15", "sdb"},
    {"sd-with-bus", Q35, DISK("vda", "virtio"), "cdrom sdb on usb", "sdb", VP_BUS_USB},
};

static void
test_planned(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(VpDomain) domain = parse(given->type, given->devices);
    g_autoptr(VpSpec) spec = new_spec(given);
    g_autoptr(GError) error = NULL;
    g_autoptr(VpDrive) drive = vp_payload_drive_plan(domain, spec, &error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    text = describe(drive);
    g_assert_cmpstr(text, ==, given->expected);
}

#define NO_TARGET(bus)                                                                             \
    "@bus: bus " bus " of the guest has no free target after the guest's own disks; name another " \
    "bus"
#define USED(bus)                                                                                  \
    "@target: is used by another disk of the guest, or is beyond the last target of bus " bus      \
    "; leave it out to use a free one"
#define NOT_READ_ONLY(bus)                                                                         \
    "@bus: libvirt has no read-only disk on " bus ", and format vfat cannot be a CD-ROM; use "     \
    "virtio, scsi or usb, or format iso9660"
#define NO_PORT "@bus: the guest's USB controllers have no free port; name another bus"

static const Case refused[] = {
    {"isapc", ISAPC, "",
     "@bus: a guest of machine type isapc can have only a floppy, which only sysprep can be on; "
     "choose another machine type"},
    {"floppies-full", ISAPC,
     "<disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>"
     "<disk type='file' device='floppy'><target dev='fdb' bus='fdc'/></disk>",
     NO_TARGET("fdc"), .bus = VP_BUS_FDC},
    {"ide-full", PC, FULL_IDE, NO_TARGET("ide"), .bus = VP_BUS_IDE},
    {"windows-nothing-left", PC, NO_USB FULL_IDE, NO_TARGET("ide"), .windows = TRUE},
    {"windows-no-port-left", PC, FULL_USB FULL_IDE, NO_TARGET("ide"), .windows = TRUE},
    {"usb-full", Q35, FULL_USB DISK("vda", "virtio"), NO_PORT, .bus = VP_BUS_USB},
    {"virtio-full", Q35, DISK("vdzz", "virtio"), NO_TARGET("virtio"), .bus = VP_BUS_VIRTIO},
    {"cdrom-would-boot-first", Q35,
     VIRTIO_SCSI("0") AT("sda", "scsi", "0", "0") CDROM("sdb", "sata"), NO_TARGET("scsi"),
     .bus = VP_BUS_SCSI},
    {"vfat-on-sata", Q35, "", NOT_READ_ONLY("sata"), .bus = VP_BUS_SATA, .format = VP_FORMAT_VFAT},
    {"vfat-on-ide", PC, "", NOT_READ_ONLY("ide"), "hdc", .format = VP_FORMAT_VFAT},
    {"target-taken", Q35, DISK("vda", "virtio") DISK("vdb", "virtio"), USED("virtio"), "vdb"},
    {"target-taken-on-another-bus", Q35, DISK("sda", "sata"), USED("usb"), "sda", VP_BUS_USB},
    {"unit-taken", PC, AT("hda", "ide", "0", "1"), USED("ide"), "hdb"},
    {"beyond-the-last", PC, "", USED("ide"), "hde"},
    {"target-of-another-bus", Q35, "",
     "@target: is not a target of bus virtio; its targets are named vda, vdb and so on", "sdb",
     VP_BUS_VIRTIO},
    {"no-target-at-all", Q35, DISK("vda", "virtio"),
     "@target: is not a target of bus virtio; its targets are named vda, vdb and so on", "xvda"},
};

static void
test_refused(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(VpDomain) domain = parse(given->type, given->devices);
    g_autoptr(VpSpec) spec = new_spec(given);
    g_autoptr(GError) error = NULL;

    g_assert_null(vp_payload_drive_plan(domain, spec, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_TARGET);
    g_assert_cmpstr(error->message, ==, given->expected);
}

/* --- an existing drive ------------------------------------------------------------------------ */

static void
test_fits(void)
{
    static const struct {
        Case asked;
        const char *drive;
        gboolean fits;
    } cases[] = {
        {{"anything"}, PAYLOAD("cdrom", "sda", "sata"), TRUE},
        {{"its bus", .bus = VP_BUS_SATA}, PAYLOAD("cdrom", "sda", "sata"), TRUE},
        {{"another bus", .bus = VP_BUS_USB}, PAYLOAD("cdrom", "sda", "sata"), FALSE},
        {{"its target", .target = "sda"}, PAYLOAD("cdrom", "sda", "sata"), TRUE},
        {{"another target", .target = "sdb"}, PAYLOAD("cdrom", "sda", "sata"), FALSE},
        {{"vfat from a CD-ROM", .format = VP_FORMAT_VFAT}, PAYLOAD("cdrom", "sda", "sata"), FALSE},
        {{"vfat from a disk", .format = VP_FORMAT_VFAT}, PAYLOAD("disk", "vdz", "virtio"), TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(Q35, cases[i].drive);
        g_autoptr(VpSpec) spec = new_spec(&cases[i].asked);

        g_test_message("%s", cases[i].asked.name);
        g_assert_cmpint(vp_payload_drive_fits(domain->disks->pdata[0], spec), ==, cases[i].fits);
    }
}

/* The drive is the last disk of the definition. */
static void
test_early(void)
{
    static const struct {
        const char *devices, *target;
        gboolean early;
    } cases[] = {
        {DISK("vda", "virtio") PAYLOAD("disk", "vdz", "virtio"), NULL, FALSE},
        {DISK("vda", "virtio") PAYLOAD("disk", "vdb", "virtio"), NULL, TRUE},
        {DISK("vda", "virtio") PAYLOAD("disk", "vdb", "virtio"), "vdb", FALSE},
        {DISK("vdb", "virtio") PAYLOAD("disk", "vda", "virtio"), NULL, TRUE},
        {DISK("hda", "ide") PAYLOAD("cdrom", "hdb", "ide"), NULL, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(PC, cases[i].devices);
        g_autoptr(VpSpec) spec = new_spec(&(Case){.target = cases[i].target});
        const VpDisk *drive = domain->disks->pdata[domain->disks->len - 1];

        g_test_message("%s", cases[i].devices);
        g_assert_cmpint(vp_payload_drive_is_early(domain, drive, spec), ==, cases[i].early);
    }
}

/* --- a running guest -------------------------------------------------------------------------- */

#define ROOM VIRTIO_SCSI("0") USB PORT("1") DISK("vda", "virtio")
#define NO_ROOM                                                                                    \
    "the payload drive cannot be hot-plugged: the guest has no virtio-scsi controller, no free "   \
    "PCI port and no free USB port"

static const Case plugged[] = {
    {"everything", Q35, ROOM,
     "cdrom sdz on scsi, unit 0:15; disk vdz on virtio; cdrom sdz on usb; "},
    {"lsi-cannot", Q35, LSI PORT("1"), "disk vdz on virtio; "},
    {"vfat-not-on-scsi", Q35, ROOM, "disk vdz on virtio; disk sdz on usb; ",
     .format = VP_FORMAT_VFAT},
    {"windows", Q35, ROOM, "cdrom sdz on usb; ", .windows = TRUE},
    {"windows-asks", Q35, ROOM, "disk vdz on virtio; ", .bus = VP_BUS_VIRTIO, .windows = TRUE},
    {"target", Q35, ROOM, "disk vdb on virtio; ", "vdb"},
    {"port-in-use", Q35,
     PORT(
         "1") "<interface type='user'><address type='pci' bus='0x01' slot='0x00'/></interface>" USB,
     "cdrom sdz on usb; "},
    {"nothing", Q35, FULL_USB, ""},
};

static void
test_plugged(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(VpDomain) domain = parse(given->type, given->devices);
    g_autoptr(VpSpec) spec = new_spec(given);
    g_autoptr(GPtrArray) drives = vp_payload_drive_plan_hotplug(domain, spec);
    g_autoptr(GString) text = g_string_new("");

    for (guint i = 0; i < drives->len; i++) {
        g_autofree char *drive = describe(drives->pdata[i]);

        g_string_append_printf(text, "%s; ", drive);
    }
    g_assert_cmpstr(text->str, ==, given->expected);
}

/* n payloads that ask for the same. */
static gboolean
check_hotplug(const Case *given, guint n, GError **error)
{
    g_autoptr(VpDomain) domain = parse(given->type, given->devices);
    g_autoptr(GPtrArray) specs = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_free);

    for (guint i = 0; i < n; i++)
        g_ptr_array_add(specs, new_spec(given));
    return vp_payload_drive_check_hotplug(domain, specs, error);
}

/* The room is enough for all payloads but the last. */
static void
test_room(void)
{
    static const struct {
        Case given;
        guint n;
    } cases[] = {
        {{"none", Q35, "", NO_ROOM}, 1},
        {{"one port", Q35, PORT("1"), NO_ROOM}, 2},
        {{"one port and four of USB", Q35, PORT("1") USB, NO_ROOM}, 6},
        {{"sata", Q35, ROOM, "@bus: a drive on bus sata cannot be hot-plugged", .bus = VP_BUS_SATA},
         1},
        {{"ide", Q35, ROOM, "@bus: a drive on bus ide cannot be hot-plugged", .bus = VP_BUS_IDE},
         1},
        {{"floppy", Q35, ROOM, "@bus: a drive on bus fdc cannot be hot-plugged", .bus = VP_BUS_FDC},
         1},
        {{"bus", Q35, ROOM, "@bus: bus virtio of the guest has no room for a hot-plugged drive",
          .bus = VP_BUS_VIRTIO},
         2},
        {{"target", Q35, ROOM, "@target: a drive cannot be hot-plugged there", "vda"}, 1},
        {{"Windows", Q35, VIRTIO_SCSI("0") PORT("1") FULL_USB,
          "the payload drive cannot be hot-plugged: the guest has no free USB port, and Windows "
          "has a driver only for USB",
          .windows = TRUE},
         1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", cases[i].given.name);
        g_assert_true(check_hotplug(&cases[i].given, cases[i].n - 1, &error));
        g_assert_no_error(error);
        g_assert_false(check_hotplug(&cases[i].given, cases[i].n, &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_DRIVE);
        g_assert_cmpstr(error->message, ==, cases[i].given.expected);
    }
}

static void
add_cases(const char *group, const Case *cases, gsize n, GTestDataFunc test)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/drive/%s/%s", group, cases[i].name);

        g_test_add_data_func(path, &cases[i], test);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_cases("planned", planned, G_N_ELEMENTS(planned), test_planned);
    add_cases("refused", refused, G_N_ELEMENTS(refused), test_refused);
    add_cases("plugged", plugged, G_N_ELEMENTS(plugged), test_plugged);
    g_test_add_func("/drive/fits", test_fits);
    g_test_add_func("/drive/early", test_early);
    g_test_add_func("/drive/room", test_room);
    return g_test_run();
}
