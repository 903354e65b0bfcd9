/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chooses bus, device, target and address of a payload's drive. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "domain/hotplug.h"
#include "domain/place.h"
#include "domain/target.h"
#include "domain/xml-node.h"
#include "payload/drive.h"
#include "payload/recognise.h"

void
vp_payload_drive_free(VpDrive *drive)
{
    g_free(drive->target);
    g_free(drive);
}

/* --- the bus --------------------------------------------------------------------------------- */

static gboolean
is_removable(const VpDisk *disk)
{
    return g_str_equal(disk->device, "cdrom") || g_str_equal(disk->device, "floppy");
}

/* The guest's own first disk, otherwise its first CD-ROM, on a bus that a payload can use; NULL:
 * none.
 */
static const VpDisk *
first_disk(const VpDomain *domain)
{
    const VpDisk *cdrom = NULL;

    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = g_ptr_array_index(domain->disks, i);
        VpBus bus = vp_domain_target_disk_bus(disk);
        if (bus == VP_BUS_AUTO || bus == VP_BUS_FDC || vp_payload_recognise(domain, disk))
            continue;
        if (!is_removable(disk))
            return disk;
        if (cdrom == NULL)
            cdrom = disk;
    }
    return cdrom;
}

static gboolean
is_x86(const VpDomain *domain)
{
    return domain->arch == NULL || g_str_equal(domain->arch, "x86_64") ||
           g_str_equal(domain->arch, "i686");
}

static gboolean
is_q35(const VpDomain *domain)
{
    return domain->machine != NULL && strstr(domain->machine, "q35") != NULL;
}

static gboolean
is_isapc(const VpDomain *domain)
{
    return g_strcmp0(domain->machine, "isapc") == 0;
}

/* A machine without a PCI bus has none of what hangs on one. */
static gboolean
is_pci_pc(const VpDomain *domain)
{
    return is_x86(domain) && g_strcmp0(domain->machine, "microvm") != 0 && !is_isapc(domain);
}

/* The bus that a PC has by default; other machine types use virtio. On isapc libvirt supports only
 * a floppy. */
static VpBus
machine_bus(const VpDomain *domain, gboolean windows)
{
    if (is_q35(domain))
        return VP_BUS_SATA;
    if (is_isapc(domain))
        return VP_BUS_FDC;
    if (is_pci_pc(domain))
        return VP_BUS_IDE;
    return windows ? VP_BUS_USB : VP_BUS_VIRTIO;
}

static gboolean
is_windows(const VpSpec *spec)
{
    return spec->windows || spec->kind == VP_KIND_SYSPREP;
}

/* sd is SATA unless the guest's own disks say otherwise. */
static VpBus
target_bus(const char *target, VpBus by_disks)
{
    static const VpBus buses[] = {VP_BUS_SATA, VP_BUS_IDE, VP_BUS_VIRTIO, VP_BUS_FDC};

    if (vp_domain_target_suits(target, by_disks))
        return by_disks;
    for (gsize i = 0; i < G_N_ELEMENTS(buses); i++)
        if (vp_domain_target_suits(target, buses[i]))
            return buses[i];
    return by_disks;
}

static gboolean
has_controller(const VpDomain *domain, const char *wanted, gboolean also_none)
{
    for (const xmlNode *node = vp_domain_xml_first_element(domain->devices); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        if (g_str_equal(node->name, "controller") && vp_domain_xml_has(node, "type", wanted) &&
            (also_none || !vp_domain_xml_has(node, "model", "none")))
            return TRUE;
    }
    return FALSE;
}

/* libvirt gives a PC a USB controller unless its definition has one, which may be "none". */
static gboolean
has_usb(const VpDomain *domain)
{
    if (has_controller(domain, "usb", FALSE))
        return TRUE;
    return is_pci_pc(domain) && !has_controller(domain, "usb", TRUE);
}

static VpBus
auto_bus(const VpDomain *domain, const VpSpec *spec)
{
    const VpDisk *disk = first_disk(domain);
    VpBus bus =
        disk != NULL ? vp_domain_target_disk_bus(disk) : machine_bus(domain, is_windows(spec));

    /* Setup of Windows has no driver of virtio-blk. */
    if (is_windows(spec) && (bus == VP_BUS_VIRTIO || bus == VP_BUS_SCSI))
        bus = machine_bus(domain, TRUE);
    /* A file system with sectors of 512 bytes cannot be read from a CD-ROM, and libvirt has no
     * read-only disk on these. */
    if (spec->format == VP_FORMAT_VFAT && (bus == VP_BUS_SATA || bus == VP_BUS_IDE))
        bus = has_usb(domain) ? VP_BUS_USB : VP_BUS_VIRTIO;
    return bus;
}

VpBus
vp_payload_drive_choose_bus(const VpDomain *domain, const VpSpec *spec)
{
    if (spec->bus != VP_BUS_AUTO)
        return spec->bus;
    if (spec->target != NULL)
        return target_bus(spec->target, auto_bus(domain, spec));
    return auto_bus(domain, spec);
}

/* --- buses instead --------------------------------------------------------------------------- */

enum { MAX_BUSES = VP_BUS_FDC + 1 };

static void
add_bus(VpBus *buses, gsize *n, VpBus bus)
{
    for (gsize i = 0; i < *n; i++) {
        if (buses[i] == bus)
            return;
    }
    buses[(*n)++] = bus;
}

/* The bus that is asked for, or the guest's own and then, if that is full or would put the drive
 * before the guest's own disks, others that the guest can drive. */
static gsize
cold_buses(const VpDomain *domain, const VpSpec *spec, VpBus buses[MAX_BUSES])
{
    gsize n = 0;

    add_bus(buses, &n, vp_payload_drive_choose_bus(domain, spec));
    if (spec->bus != VP_BUS_AUTO || spec->target != NULL)
        return n;
    if (!is_windows(spec)) {
        if (vp_domain_place_virtio_scsi(domain).controller >= 0)
            add_bus(buses, &n, VP_BUS_SCSI);
        add_bus(buses, &n, VP_BUS_VIRTIO);
    }
    if (has_usb(domain))
        add_bus(buses, &n, VP_BUS_USB);
    if (is_q35(domain) || has_controller(domain, "sata", FALSE))
        add_bus(buses, &n, VP_BUS_SATA);
    return n;
}

/* --- the drive ------------------------------------------------------------------------------- */

static const char *
choose_device(const VpSpec *spec, VpBus bus)
{
    if (bus == VP_BUS_FDC)
        return "floppy";
    if (bus == VP_BUS_VIRTIO || spec->format == VP_FORMAT_VFAT)
        return "disk";
    return "cdrom";
}

static gboolean
check_device(const VpDrive *drive, GError **error)
{
    if (!g_str_equal(drive->device, "disk") ||
        (drive->bus != VP_BUS_SATA && drive->bus != VP_BUS_IDE))
        return TRUE;
    return vp_error_set(
        error, VP_ERROR_TARGET,
        "@bus: libvirt has no read-only disk on %s, and format vfat cannot be a CD-ROM; "
        "use virtio, scsi or usb, or format iso9660",
        vp_domain_target_bus_name(drive->bus));
}

static gboolean
fix_target(const VpDomain *domain, const VpSpec *spec, VpDrive *drive, GError **error)
{
    const char *bus = vp_domain_target_bus_name(drive->bus);
    const char *prefix = vp_domain_target_prefix(drive->bus);

    if (!vp_domain_target_suits(spec->target, drive->bus))
        return vp_error_set(
            error, VP_ERROR_TARGET,
            "@target: is not a target of bus %s; its targets are named %sa, %sb and so on", bus,
            prefix, prefix);
    if (!vp_domain_target_is_free(domain, drive->bus, spec->target, drive->controller < 0))
        return vp_error_set(
            error, VP_ERROR_TARGET,
            "@target: is used by another disk of the guest, or is beyond the last target "
            "of bus %s; leave it out to use a free one",
            bus);
    drive->target = g_strdup(spec->target);
    return TRUE;
}

static gboolean
keeps_boot_order(const VpDomain *domain, const VpDrive *drive, const char *target)
{
    const VpDisk disk = {.device = (char *)drive->device,
                         .bus = (char *)vp_domain_target_bus_name(drive->bus),
                         .target = (char *)target};

    return vp_domain_place_keeps_boot_order(domain, &disk, vp_payload_recognise);
}

static gboolean
choose_target(const VpDomain *domain, VpDrive *drive, GError **error)
{
    g_autofree char *target = vp_domain_place_target(domain, drive->bus, vp_payload_recognise);

    if (target == NULL || !keeps_boot_order(domain, drive, target))
        return vp_error_set(
            error, VP_ERROR_TARGET,
            "@bus: bus %s of the guest has no free target after the guest's own disks; "
            "name another bus",
            vp_domain_target_bus_name(drive->bus));
    drive->target = g_steal_pointer(&target);
    return TRUE;
}

static void
set_address(VpDrive *drive, VpPlaceAddress address)
{
    drive->needs_controller = address.controller < 0;
    drive->controller = MAX(address.controller, 0);
    drive->unit = address.unit;
}

static VpDrive *
new_drive(const VpSpec *spec, VpBus bus)
{
    VpDrive *drive = g_new0(VpDrive, 1);

    drive->bus = bus;
    drive->device = choose_device(spec, bus);
    drive->controller = -1;
    return drive;
}

/* libvirt adds controllers of other buses, but no USB hub. */
static gboolean
check_ports(const VpDomain *domain, VpBus bus, GError **error)
{
    if (bus != VP_BUS_USB || !has_controller(domain, "usb", FALSE) ||
        vp_domain_hotplug_usb(domain) > 0)
        return TRUE;
    g_set_error(error, VP_ERROR, VP_ERROR_TARGET,
                "@bus: the guest's USB controllers have no free port; name another bus");
    return FALSE;
}

static VpDrive *
plan_on(const VpDomain *domain, const VpSpec *spec, VpBus bus, GError **error)
{
    g_autoptr(VpDrive) drive = new_drive(spec, bus);
    gboolean has_target;

    if (!check_device(drive, error) || !check_ports(domain, bus, error))
        return NULL;
    if (bus == VP_BUS_SATA || bus == VP_BUS_SCSI)
        set_address(drive, vp_domain_place_address(domain, bus));
    has_target = spec->target != NULL ? fix_target(domain, spec, drive, error)
                                      : choose_target(domain, drive, error);
    return has_target ? g_steal_pointer(&drive) : NULL;
}

/* The image of a floppy has another format, which is chosen before the guest is looked at. */
static gboolean
check_machine(const VpDomain *domain, const VpSpec *spec, GError **error)
{
    if (!is_isapc(domain) || spec->bus != VP_BUS_AUTO)
        return TRUE;
    if (spec->kind != VP_KIND_SYSPREP)
        return vp_error_set(error, VP_ERROR_TARGET,
                            "@bus: a guest of machine type isapc can have only a floppy, which "
                            "only sysprep can be on; choose another machine type");
    return vp_error_set(error, VP_ERROR_TARGET,
                        "@bus: a guest of machine type isapc can have only a floppy; run: "
                        "virt-payload set %s --bus fdc",
                        vp_domain_shell_name(domain));
}

VpDrive *
vp_payload_drive_plan(const VpDomain *domain, const VpSpec *spec, GError **error)
{
    VpBus buses[MAX_BUSES];
    gsize n = cold_buses(domain, spec, buses);
    GError *first = NULL;

    if (!check_machine(domain, spec, error))
        return NULL;
    for (gsize i = 0; i < n; i++) {
        VpDrive *drive = plan_on(domain, spec, buses[i], first == NULL ? &first : NULL);

        if (drive != NULL) {
            g_clear_error(&first);
            return drive;
        }
    }
    g_propagate_error(error, first);
    return NULL;
}

gboolean
vp_payload_drive_fits(const VpDisk *disk, const VpSpec *spec)
{
    if (spec->bus != VP_BUS_AUTO && spec->bus != vp_domain_target_disk_bus(disk))
        return FALSE;
    if (spec->target != NULL && g_strcmp0(spec->target, disk->target) != 0)
        return FALSE;
    return spec->format != VP_FORMAT_VFAT || !g_str_equal(disk->device, "cdrom");
}

gboolean
vp_payload_drive_is_early(const VpDomain *domain, const VpDisk *disk, const VpSpec *spec)
{
    return spec->target == NULL && !vp_domain_place_is_far(domain, disk, vp_payload_recognise);
}

/* --- hot-plug -------------------------------------------------------------------------------- */

/* The free places on a guest's buses. */
typedef struct {
    VpPlaceAddress scsi;
    guint pci;
    guint usb;
} Room;

static Room
measure(const VpDomain *domain)
{
    return (Room){vp_domain_place_virtio_scsi(domain), vp_domain_hotplug_pci(domain),
                  vp_domain_hotplug_usb(domain)};
}

static gboolean
suits(const VpDomain *domain, const VpSpec *spec, VpBus bus)
{
    if (spec->bus != VP_BUS_AUTO)
        return spec->bus == bus;
    if (spec->target != NULL && !vp_domain_target_suits(spec->target, bus))
        return FALSE;
    /* "sdc" is of SATA unless the guest's own disks say otherwise. */
    if (spec->target != NULL && bus == VP_BUS_USB)
        return vp_payload_drive_choose_bus(domain, spec) == VP_BUS_USB;
    /* Windows comes with a driver only for USB. */
    return !is_windows(spec) || bus == VP_BUS_USB;
}

/* A SCSI disk that is plugged in the guest's first second may become its sda. */
static gboolean
has_room(const Room *room, const VpSpec *spec, VpBus bus)
{
    if (bus == VP_BUS_SCSI)
        return room->scsi.controller >= 0 && spec->format != VP_FORMAT_VFAT;
    return bus == VP_BUS_VIRTIO ? room->pci > 0 : room->usb > 0;
}

static VpDrive *
plan_hotplug(const VpDomain *domain, const VpSpec *spec, const Room *room, VpBus bus)
{
    g_autoptr(VpDrive) drive = new_drive(spec, bus);
    gboolean has_target;

    if (!suits(domain, spec, bus) || !has_room(room, spec, bus))
        return NULL;
    if (bus == VP_BUS_SCSI)
        set_address(drive, room->scsi);
    has_target = spec->target != NULL ? fix_target(domain, spec, drive, NULL)
                                      : choose_target(domain, drive, NULL);
    return has_target ? g_steal_pointer(&drive) : NULL;
}

/* SCSI costs no PCI slot; virtio every Linux drives; some kernels have no USB storage. */
static const VpBus hotplug_order[] = {VP_BUS_SCSI, VP_BUS_VIRTIO, VP_BUS_USB};

GPtrArray *
vp_payload_drive_plan_hotplug(const VpDomain *domain, const VpSpec *spec)
{
    GPtrArray *drives = g_ptr_array_new_with_free_func((GDestroyNotify)vp_payload_drive_free);
    const Room room = measure(domain);

    for (gsize i = 0; i < G_N_ELEMENTS(hotplug_order); i++) {
        VpDrive *drive = plan_hotplug(domain, spec, &room, hotplug_order[i]);

        if (drive != NULL)
            g_ptr_array_add(drives, drive);
    }
    return drives;
}

static gboolean
take_room(const VpDomain *domain, const VpSpec *spec, Room *room)
{
    for (gsize i = 0; i < G_N_ELEMENTS(hotplug_order); i++) {
        VpBus bus = hotplug_order[i];
        g_autoptr(VpDrive) drive = plan_hotplug(domain, spec, room, bus);

        if (drive == NULL)
            continue;
        room->pci -= bus == VP_BUS_VIRTIO;
        room->usb -= bus == VP_BUS_USB;
        return TRUE;
    }
    return FALSE;
}

static gboolean
set_no_room(const VpSpec *spec, GError **error)
{
    if (spec->bus == VP_BUS_SATA || spec->bus == VP_BUS_IDE || spec->bus == VP_BUS_FDC)
        return vp_error_set(error, VP_ERROR_DRIVE, "@bus: a drive on bus %s cannot be hot-plugged",
                            vp_domain_target_bus_name(spec->bus));
    if (spec->bus != VP_BUS_AUTO)
        return vp_error_set(error, VP_ERROR_DRIVE,
                            "@bus: bus %s of the guest has no room for a hot-plugged drive",
                            vp_domain_target_bus_name(spec->bus));
    if (spec->target != NULL)
        return vp_error_set(error, VP_ERROR_DRIVE, "@target: a drive cannot be hot-plugged there");
    if (is_windows(spec))
        return vp_error_set(error, VP_ERROR_DRIVE,
                            "the payload drive cannot be hot-plugged: the guest has no free USB "
                            "port, and Windows has a driver only for USB");
    return vp_error_set(error, VP_ERROR_DRIVE,
                        "the payload drive cannot be hot-plugged: the guest has no "
                        "virtio-scsi controller, no free PCI port and no free USB port");
}

gboolean
vp_payload_drive_check_hotplug(const VpDomain *domain, const GPtrArray *specs, GError **error)
{
    Room room = measure(domain);

    for (guint i = 0; i < specs->len; i++) {
        if (!take_room(domain, specs->pdata[i], &room))
            return set_no_room(specs->pdata[i], error);
    }
    return TRUE;
}
