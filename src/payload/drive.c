/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chooses bus, device, target and address of a payload's drive. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "domain/target.h"
#include "domain/xml-node.h"
#include "payload/drive.h"

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

/* The guest's own first disk, else its first CD-ROM, on a bus that a payload can use; NULL: none.
 */
static const VpDisk *
first_disk(const VpDomain *domain)
{
    const VpDisk *cdrom = NULL;

    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = g_ptr_array_index(domain->disks, i);
        VpBus bus = vp_domain_target_disk_bus(disk);
        if (bus == VP_BUS_AUTO || bus == VP_BUS_FDC)
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

/* What a PC has without being asked; machines of other kinds are virtio's. */
static VpBus
machine_bus(const VpDomain *domain, gboolean windows)
{
    if (is_q35(domain))
        return VP_BUS_SATA;
    if (is_x86(domain) && g_strcmp0(domain->machine, "microvm") != 0)
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
        bus = VP_BUS_USB;
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
    g_set_error(error, VP_ERROR, VP_ERROR_TARGET,
                "@bus: libvirt has no read-only disk on %s, and format vfat cannot be a CD-ROM; "
                "use virtio, scsi or usb, or format iso9660",
                vp_domain_target_bus_name(drive->bus));
    return FALSE;
}

static gboolean
fix_target(const VpDomain *domain, const VpSpec *spec, VpDrive *drive, GError **error)
{
    const char *bus = vp_domain_target_bus_name(drive->bus);
    const char *prefix = vp_domain_target_prefix(drive->bus);

    if (!vp_domain_target_suits(spec->target, drive->bus)) {
        g_set_error(error, VP_ERROR, VP_ERROR_TARGET,
                    "@target: is no target of bus %s; these are named %sa, %sb and so on", bus,
                    prefix, prefix);
        return FALSE;
    }
    if (!vp_domain_target_is_free(domain, drive->bus, spec->target, drive->controller < 0)) {
        g_set_error(
            error, VP_ERROR, VP_ERROR_TARGET,
            "@target: is taken by another disk of the guest, or is one too many for bus %s; "
            "leave it out to take the next that is free",
            bus);
        return FALSE;
    }
    drive->target = g_strdup(spec->target);
    return TRUE;
}

static gboolean
choose_target(const VpDomain *domain, VpDrive *drive, const char *wanted, GError **error)
{
    gboolean derive = drive->controller < 0;

    if (wanted != NULL && vp_domain_target_is_free(domain, drive->bus, wanted, derive))
        drive->target = g_strdup(wanted);
    else
        drive->target = vp_domain_target_next(domain, drive->bus, derive);
    if (drive->target == NULL)
        g_set_error(error, VP_ERROR, VP_ERROR_TARGET,
                    "@bus: bus %s of the guest has no free target; name another bus",
                    vp_domain_target_bus_name(drive->bus));
    return drive->target != NULL;
}

static gboolean
has_controller(const VpDomain *domain, const char *wanted)
{
    const xmlNode *node =
        domain->devices != NULL ? vp_domain_xml_first_element(domain->devices) : NULL;

    for (; node != NULL; node = vp_domain_xml_next_element(node)) {
        g_autofree char *type = vp_domain_xml_attribute(node, "type");
        g_autofree char *model = vp_domain_xml_attribute(node, "model");

        if (g_str_equal(node->name, "controller") && g_strcmp0(type, wanted) == 0 &&
            g_strcmp0(model, "none") != 0)
            return TRUE;
    }
    return FALSE;
}

static const VpDisk *
first_on_bus(const VpDomain *domain, VpBus bus)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = g_ptr_array_index(domain->disks, i);

        if (vp_domain_target_disk_bus(disk) == bus)
            return disk;
    }
    return NULL;
}

/* The guest drives the controller of its own first SCSI disk; the others may be of another model.
 */
static void
choose_controller(const VpDomain *domain, VpDrive *drive)
{
    const VpDisk *disk = first_on_bus(domain, VP_BUS_SCSI);
    int controller = disk != NULL ? vp_domain_target_disk_controller(disk) : 0;

    /* For a disk of the guest's own libvirt adds the controller. */
    drive->needs_controller = disk == NULL && !has_controller(domain, "scsi");
    if (controller == 0)
        return;
    drive->controller = controller;
    drive->unit = vp_domain_target_next_unit(domain, controller);
}

VpDrive *
vp_payload_drive_plan(const VpDomain *domain, const VpSpec *spec, VpBus bus, const char *wanted,
                      GError **error)
{
    g_autoptr(VpDrive) drive = g_new0(VpDrive, 1);
    gboolean has_target;

    drive->bus = bus;
    drive->device = choose_device(spec, bus);
    drive->controller = -1;
    if (!check_device(drive, error))
        return NULL;
    if (bus == VP_BUS_SCSI)
        choose_controller(domain, drive);
    if (spec->target != NULL && bus == vp_payload_drive_choose_bus(domain, spec))
        has_target = fix_target(domain, spec, drive, error);
    else
        has_target = choose_target(domain, drive, wanted, error);
    return has_target ? g_steal_pointer(&drive) : NULL;
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

/* --- running guests -------------------------------------------------------------------------- */

static void
add_bus(VpBus *buses, gsize *n, VpBus bus)
{
    for (gsize i = 0; i < *n; i++)
        if (buses[i] == bus)
            return;
    buses[(*n)++] = bus;
}

gsize
vp_payload_drive_hotplug_buses(const VpDomain *domain, const VpSpec *spec,
                               VpBus buses[VP_DRIVE_MAX_HOTPLUG])
{
    VpBus cold = vp_payload_drive_choose_bus(domain, spec);
    gsize n = 0;

    if (cold == VP_BUS_FDC)
        return 0;
    if (cold == VP_BUS_VIRTIO || cold == VP_BUS_SCSI || cold == VP_BUS_USB)
        add_bus(buses, &n, cold);
    /* Every Linux has virtio and sees it at once. Debian's cloud kernel, which boots from IDE too,
     * has no USB storage, and other kernels wait a second before they look at it. Windows drives
     * USB alone as it is. */
    if (!is_windows(spec))
        add_bus(buses, &n, VP_BUS_VIRTIO);
    else if (has_controller(domain, "usb"))
        add_bus(buses, &n, VP_BUS_USB);
    if (has_controller(domain, "scsi"))
        add_bus(buses, &n, VP_BUS_SCSI);
    if (has_controller(domain, "usb"))
        add_bus(buses, &n, VP_BUS_USB);
    return n;
}
