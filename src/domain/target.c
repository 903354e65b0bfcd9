/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which targets and drive addresses of a domain are free. */
#include <config.h>

#include <string.h>

#include "domain/target.h"
#include "domain/xml-node.h"

/* How targets are named and how libvirt turns them into drive addresses
 * (virDomainDiskDefAssignAddress): units of one controller, and how many a domain can have at all.
 */
static const struct {
    const char *name;
    const char *prefix;
    int units; /* of one controller; 0: no drive address */
    int max;   /* drives in the domain; 0: no limit */
} bus_table[] = {
    [VP_BUS_AUTO] = {"auto", "", 0, 0},       [VP_BUS_SATA] = {"sata", "sd", 6, 0},
    [VP_BUS_IDE] = {"ide", "hd", 4, 4}, /* one controller: qemuValidateDomainDeviceDefControllerIDE
                                         */
    [VP_BUS_SCSI] = {"scsi", "sd", 15, 0}, /* 16 less the controller's own */
    [VP_BUS_VIRTIO] = {"virtio", "vd", 0, 0}, [VP_BUS_USB] = {"usb", "sd", 0, 0},
    [VP_BUS_FDC] = {"fdc", "fd", 2, 2},
};

/* Of a SCSI controller: it is on its own bus. */
enum { OWN_UNIT = 7 };

/* More than any machine holds: ends the search for a free target. */
enum { MAX_TARGETS = 1024 };

/* The place of a drive: libvirt's address of type "drive". */
typedef struct {
    int controller;
    int bus;
    int unit;
} Address;

const char *
vp_domain_target_bus_name(VpBus bus)
{
    return bus_table[bus].name;
}

const char *
vp_domain_target_prefix(VpBus bus)
{
    return bus_table[bus].prefix;
}

int
vp_domain_target_index(const char *target, VpBus bus)
{
    const char *prefix = bus_table[bus].prefix;
    int index = -1;

    if (target == NULL || !g_str_has_prefix(target, prefix))
        return -1;
    for (const char *p = target + strlen(prefix); *p != '\0'; p++) {
        if (!g_ascii_islower(*p) || index >= MAX_TARGETS)
            return -1;
        index = (index + 1) * 26 + (*p - 'a');
    }
    return index;
}

char *
vp_domain_target_name(VpBus bus, int index)
{
    char letters[8];
    char *p = letters + sizeof(letters);

    *--p = '\0';
    for (int i = index; i >= 0; i = i / 26 - 1)
        *--p = (char)('a' + i % 26);
    return g_strconcat(bus_table[bus].prefix, p, NULL);
}

/* As libvirt derives it. */
static Address
derive_address(VpBus bus, int index)
{
    int units = bus_table[bus].units;
    Address address = {index / units, 0, index % units};

    if (bus == VP_BUS_SCSI && address.unit >= OWN_UNIT)
        address.unit++;
    if (bus == VP_BUS_IDE) {
        address.bus = address.unit / 2;
        address.unit %= 2;
    }
    return address;
}

/* The address given to a device; FALSE if none is. */
static gboolean
given_address(const xmlNode *device, Address *address)
{
    const xmlNode *node = vp_domain_xml_child(device, "address");

    if (node == NULL || !vp_domain_xml_has(node, "type", "drive"))
        return FALSE;
    address->controller = vp_domain_xml_number(node, "controller");
    address->bus = vp_domain_xml_number(node, "bus");
    address->unit = vp_domain_xml_number(node, "unit");
    return TRUE;
}

gboolean
vp_domain_target_suits(const char *target, VpBus bus)
{
    return vp_domain_target_index(target, bus) >= 0;
}

VpBus
vp_domain_target_disk_bus(const VpDisk *disk)
{
    if (disk->bus != NULL) {
        for (gsize i = VP_BUS_AUTO + 1; i < G_N_ELEMENTS(bus_table); i++)
            if (g_str_equal(disk->bus, bus_table[i].name))
                return (VpBus)i;
        return VP_BUS_AUTO;
    }
    /* virDomainDiskDefParseXML: sd is SCSI */
    for (gsize i = G_N_ELEMENTS(bus_table) - 1; i > VP_BUS_AUTO; i--)
        if (i != VP_BUS_USB && i != VP_BUS_SATA && vp_domain_target_suits(disk->target, (VpBus)i))
            return (VpBus)i;
    return VP_BUS_AUTO;
}

static gboolean
disk_address(const VpDisk *disk, VpBus bus, Address *address)
{
    int index = vp_domain_target_index(disk->target, bus);

    if (given_address(disk->node, address))
        return TRUE;
    if (index < 0)
        return FALSE;
    *address = derive_address(bus, index);
    return TRUE;
}

static gboolean
same_address(const Address *a, const Address *b)
{
    return a->controller == b->controller && a->bus == b->bus && a->unit == b->unit;
}

static gboolean
is_scsi_hostdev(const xmlNode *node)
{
    return g_str_equal(node->name, "hostdev") && vp_domain_xml_has(node, "type", "scsi");
}

/* Both are from 0 to G_MAXINT. */
static gint64
unit_key(int controller, int unit)
{
    return (gint64)controller << 32 | unit;
}

/* TRUE if a disk of that bus, or for SCSI a host device, has this address. */
static gboolean
address_is_taken(const VpDomain *domain, VpBus bus, const Address *address)
{
    Address other;

    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = g_ptr_array_index(domain->disks, i);
        if (vp_domain_target_disk_bus(disk) == bus && disk_address(disk, bus, &other) &&
            same_address(address, &other))
            return TRUE;
    }
    if (bus != VP_BUS_SCSI)
        return FALSE;
    for (const xmlNode *node = vp_domain_xml_first_element(domain->devices); node != NULL;
         node = vp_domain_xml_next_element(node))
        if (is_scsi_hostdev(node) && given_address(node, &other) && same_address(address, &other))
            return TRUE;
    return FALSE;
}

static gboolean
target_is_taken(const VpDomain *domain, const char *target)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = g_ptr_array_index(domain->disks, i);

        if (g_strcmp0(disk->target, target) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
vp_domain_target_is_free(const VpDomain *domain, VpBus bus, const char *target, gboolean derive)
{
    int index = vp_domain_target_index(target, bus);
    Address address;

    if (index < 0 || target_is_taken(domain, target))
        return FALSE;
    if (bus_table[bus].max != 0 && index >= bus_table[bus].max)
        return FALSE;
    if (bus_table[bus].units == 0 || !derive)
        return TRUE;
    address = derive_address(bus, index);
    return !address_is_taken(domain, bus, &address);
}

int
vp_domain_target_max(VpBus bus)
{
    return bus_table[bus].max;
}

int
vp_domain_target_disk_controller(const VpDisk *disk)
{
    Address address;

    return given_address(disk->node, &address) ? address.controller : 0;
}

static void
add_unit(GHashTable *units, const Address *address)
{
    gint64 key = unit_key(address->controller, address->unit);

    g_hash_table_add(units, g_memdup2(&key, sizeof(key)));
}

/* Those on a controller's first bus: SATA and SCSI have no other. */
GHashTable *
vp_domain_target_units(const VpDomain *domain, VpBus bus)
{
    GHashTable *units = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Address address;

    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (vp_domain_target_disk_bus(disk) == bus && disk_address(disk, bus, &address) &&
            address.bus == 0)
            add_unit(units, &address);
    }
    for (const xmlNode *node = vp_domain_xml_first_element(domain->devices);
         node != NULL && bus == VP_BUS_SCSI; node = vp_domain_xml_next_element(node)) {
        if (is_scsi_hostdev(node) && given_address(node, &address) && address.bus == 0)
            add_unit(units, &address);
    }
    return units;
}

gboolean
vp_domain_target_unit_is_free(GHashTable *units, VpBus bus, int controller, int unit)
{
    const gint64 key = unit_key(controller, unit);

    return (bus != VP_BUS_SCSI || unit != OWN_UNIT) && !g_hash_table_contains(units, &key);
}
