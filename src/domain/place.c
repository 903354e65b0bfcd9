/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chooses targets and addresses that leave a guest's own disks in their order. */
#include <config.h>

#include <string.h>

#include "domain/place.h"
#include "domain/target.h"
#include "domain/xml-node.h"

/* Indexes of "vdz" and "vdzz". */
enum { FAR = 25, FARTHER = 701 };

enum { SATA_UNITS = 6 };
/* Of one virtio-scsi controller libvirt derives addresses up to this unit
 * (virDomainDiskDefAssignAddress). */
enum { SCSI_LAST_UNIT = 15 };

static gboolean
is_own(const VpDomain *domain, const VpDisk *disk, VpPlaceIgnore *ignore)
{
    return !ignore(domain, disk);
}

/* The index of the last target among the guest's own disks of the bus; -1: it has none. */
static int
last_own_index(const VpDomain *domain, VpBus bus, VpPlaceIgnore *ignore)
{
    int last = -1;

    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (vp_domain_target_disk_bus(disk) == bus && is_own(domain, disk, ignore))
            last = MAX(last, vp_domain_target_index(disk->target, bus));
    }
    return last;
}

/* --- targets --------------------------------------------------------------------------------- */

static char *
free_target(const VpDomain *domain, VpBus bus, int index, gboolean derive)
{
    g_autofree char *target = vp_domain_target_name(bus, index);

    return vp_domain_target_is_free(domain, bus, target, derive) ? g_steal_pointer(&target) : NULL;
}

/* From the last that the bus can have down to the first after the guest's own. */
static char *
few_target(const VpDomain *domain, VpBus bus, int last, int max)
{
    char *target = NULL;

    for (int i = max - 1; i > last && target == NULL; i--)
        target = free_target(domain, bus, i, TRUE);
    return target;
}

/* Both drives of a floppy controller are next to each other; a guest expects the first. */
static char *
floppy_target(const VpDomain *domain, int last, int max)
{
    char *target = NULL;

    for (int i = last + 1; i < max && target == NULL; i++)
        target = free_target(domain, VP_BUS_FDC, i, TRUE);
    return target;
}

static char *
far_target(const VpDomain *domain, VpBus bus, int last)
{
    char *target = NULL;

    for (int i = last + 1 < FAR ? FAR : FARTHER; i > last + 1 && target == NULL; i--)
        target = free_target(domain, bus, i, FALSE);
    return target;
}

char *
vp_domain_place_target(const VpDomain *domain, VpBus bus, VpPlaceIgnore *ignore)
{
    int last = last_own_index(domain, bus, ignore);
    int max = vp_domain_target_max(bus);

    if (bus == VP_BUS_FDC)
        return floppy_target(domain, last, max);
    return max > 0 ? few_target(domain, bus, last, max) : far_target(domain, bus, last);
}

/* --- addresses ------------------------------------------------------------------------------- */

static const xmlNode *
next_controller(const VpDomain *domain, const xmlNode *previous, const char *wanted)
{
    const xmlNode *node = previous != NULL ? vp_domain_xml_next_element(previous)
                                           : vp_domain_xml_first_element(domain->devices);

    while (node != NULL &&
           !(g_str_equal(node->name, "controller") && vp_domain_xml_has(node, "type", wanted)))
        node = vp_domain_xml_next_element(node);
    return node;
}

static int
last_free_unit(GHashTable *units, VpBus bus, int controller, int last)
{
    for (int unit = last; unit >= 0; unit--) {
        if (vp_domain_target_unit_is_free(units, bus, controller, unit))
            return unit;
    }
    return -1;
}

static int
first_free_unit(GHashTable *units, VpBus bus, int controller, int first)
{
    int unit = first;

    while (!vp_domain_target_unit_is_free(units, bus, controller, unit))
        unit++;
    return unit;
}

/* A q35 machine has the controller 0 also if it is not listed. */
static VpPlaceAddress
sata_address(const VpDomain *domain)
{
    g_autoptr(GHashTable) units = vp_domain_target_units(domain, VP_BUS_SATA);
    VpPlaceAddress address = {0, last_free_unit(units, VP_BUS_SATA, 0, SATA_UNITS - 1)};
    int next = 1;

    for (const xmlNode *node = next_controller(domain, NULL, "sata");
         node != NULL && address.unit < 0; node = next_controller(domain, node, "sata")) {
        address.controller = vp_domain_xml_number(node, "index");
        address.unit = last_free_unit(units, VP_BUS_SATA, address.controller, SATA_UNITS - 1);
        next = MAX(next, address.controller + 1);
    }
    return address.unit >= 0 ? address : (VpPlaceAddress){next, 0};
}

static const VpDisk *
first_on_bus(const VpDomain *domain, VpBus bus)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (vp_domain_target_disk_bus(disk) == bus)
            return disk;
    }
    return NULL;
}

static const xmlNode *
find_scsi(const VpDomain *domain, int index)
{
    const xmlNode *node = next_controller(domain, NULL, "scsi");

    while (node != NULL && vp_domain_xml_number(node, "index") != index)
        node = next_controller(domain, node, "scsi");
    return node;
}

static gboolean
is_virtio_scsi(const xmlNode *controller)
{
    g_autofree char *model = vp_domain_xml_attribute(controller, "model");

    /* also "virtio-transitional" and "virtio-non-transitional" */
    return model != NULL && g_str_has_prefix(model, "virtio-");
}

static const xmlNode *
first_virtio_scsi(const VpDomain *domain)
{
    const xmlNode *node = next_controller(domain, NULL, "scsi");

    while (node != NULL && !is_virtio_scsi(node))
        node = next_controller(domain, node, "scsi");
    return node;
}

/* The guest has a driver for the controller of its own first SCSI disk; the others may be of
 * another model.
 */
static const xmlNode *
choose_scsi(const VpDomain *domain)
{
    const VpDisk *disk = first_on_bus(domain, VP_BUS_SCSI);
    const xmlNode *own =
        disk != NULL ? find_scsi(domain, vp_domain_target_disk_controller(disk)) : NULL;
    const xmlNode *virtio = own == NULL ? first_virtio_scsi(domain) : NULL;

    if (own != NULL)
        return own;
    return virtio != NULL ? virtio : next_controller(domain, NULL, "scsi");
}

/* Of a virtio-scsi controller, which has room for all. */
static VpPlaceAddress
wide_address(const VpDomain *domain, int controller)
{
    g_autoptr(GHashTable) units = vp_domain_target_units(domain, VP_BUS_SCSI);
    int unit = last_free_unit(units, VP_BUS_SCSI, controller, SCSI_LAST_UNIT);

    if (unit < 0)
        unit = first_free_unit(units, VP_BUS_SCSI, controller, SCSI_LAST_UNIT + 1);
    return (VpPlaceAddress){controller, unit};
}

static VpPlaceAddress
scsi_address(const VpDomain *domain)
{
    const VpDisk *disk = first_on_bus(domain, VP_BUS_SCSI);
    const xmlNode *node = choose_scsi(domain);
    g_autoptr(GHashTable) units = NULL;
    int controller = node != NULL   ? vp_domain_xml_number(node, "index")
                     : disk != NULL ? vp_domain_target_disk_controller(disk) /* libvirt adds it */
                                    : -1;

    if (controller < 0)
        return (VpPlaceAddress){-1, SCSI_LAST_UNIT};
    if (node != NULL && is_virtio_scsi(node))
        return wide_address(domain, controller);
    units = vp_domain_target_units(domain, VP_BUS_SCSI);
    return (VpPlaceAddress){controller, first_free_unit(units, VP_BUS_SCSI, controller, 0)};
}

VpPlaceAddress
vp_domain_place_virtio_scsi(const VpDomain *domain)
{
    const xmlNode *node = choose_scsi(domain);

    if (node != NULL && !is_virtio_scsi(node))
        node = first_virtio_scsi(domain);
    return node != NULL ? wide_address(domain, vp_domain_xml_number(node, "index"))
                        : (VpPlaceAddress){-1, 0};
}

VpPlaceAddress
vp_domain_place_address(const VpDomain *domain, VpBus bus)
{
    return bus == VP_BUS_SATA ? sata_address(domain) : scsi_address(domain);
}

/* --- boot order ------------------------------------------------------------------------------ */

/* Devices with an order of their own are all that libvirt boots from. */
static gboolean
has_device_order(const VpDomain *domain)
{
    const xmlNode *node = vp_domain_xml_first_element(domain->devices);

    while (node != NULL && vp_domain_xml_child(node, "boot") == NULL)
        node = vp_domain_xml_next_element(node);
    return node != NULL;
}

static const char *
boot_kind(const VpDisk *disk)
{
    return g_str_equal(disk->device, "lun") ? "disk" : disk->device;
}

static gboolean
is_same_kind(const VpDomain *domain, const VpDisk *disk, const VpDisk *added, VpPlaceIgnore *ignore)
{
    return disk != added && g_str_equal(boot_kind(disk), boot_kind(added)) &&
           is_own(domain, disk, ignore);
}

/* TRUE if an own disk of the kind of added is among the first n of the list, or if there is none.
 */
static gboolean
is_led(const VpDomain *domain, const VpDisk *added, guint n, VpPlaceIgnore *ignore)
{
    gboolean has_own = FALSE;

    for (guint i = 0; i < domain->disks->len; i++) {
        gboolean is_own_kind = is_same_kind(domain, domain->disks->pdata[i], added, ignore);

        if (is_own_kind && i < n)
            return TRUE;
        has_own |= is_own_kind;
    }
    return !has_own;
}

/* virDomainDiskInsert: after the last disk of its bus with a lesser target, otherwise at the end.
 */
static guint
insertion_index(const VpDomain *domain, const VpDisk *added)
{
    VpBus bus = vp_domain_target_disk_bus(added);
    int index = vp_domain_target_index(added->target, bus);
    guint at = domain->disks->len;
    gboolean found = FALSE;

    for (guint i = domain->disks->len; i > 0; i--) {
        const VpDisk *disk = domain->disks->pdata[i - 1];

        if (vp_domain_target_disk_bus(disk) != bus)
            continue;
        if (vp_domain_target_index(disk->target, bus) > index)
            at = i - 1;
        else if (!found)
            at = i;
        found = TRUE;
    }
    return at;
}

gboolean
vp_domain_place_keeps_boot_order(const VpDomain *domain, const VpDisk *added, VpPlaceIgnore *ignore)
{
    return has_device_order(domain) ||
           is_led(domain, added, insertion_index(domain, added), ignore);
}

static guint
position(const VpDomain *domain, const VpDisk *disk)
{
    guint at = 0;

    (void)g_ptr_array_find(domain->disks, disk, &at);
    return at;
}

gboolean
vp_domain_place_is_far(const VpDomain *domain, const VpDisk *disk, VpPlaceIgnore *ignore)
{
    VpBus bus = vp_domain_target_disk_bus(disk);
    int last = last_own_index(domain, bus, ignore);
    int index = vp_domain_target_index(disk->target, bus);

    if (index < last || (vp_domain_target_max(bus) == 0 && index == last + 1 && index < FAR))
        return FALSE;
    return has_device_order(domain) || is_led(domain, disk, position(domain, disk), ignore);
}
