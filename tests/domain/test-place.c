/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Targets after the guest's own disks, addresses on controllers that exist, boot order kept. */
#include <config.h>

#include <string.h>

#include "cputime.h"
#include "domain/place.h"
#include "parse-domain.h"

#define DISK(target, bus) "<disk device='disk'><target dev='" target "' bus='" bus "'/></disk>"
#define CDROM(target, bus) "<disk device='cdrom'><target dev='" target "' bus='" bus "'/></disk>"
#define AT(target, bus, unit)                                                                      \
    "<disk device='disk'><target dev='" target "' bus='" bus                                       \
    "'/><address type='drive' controller='0' bus='0' target='0' unit='" unit "'/></disk>"
/* Added before, and ignored. */
#define ADDED(target, bus)                                                                         \
    "<disk device='cdrom'><target dev='" target "' bus='" bus "'/><readonly/></disk>"
#define CONTROLLER(type, index, model)                                                             \
    "<controller type='" type "' index='" index "' model='" model "'/>"

static VpDomain *
parse(const char *devices)
{
    g_autofree char *xml =
        g_strdup_printf("<domain><name>web1</name><uuid>11111111-2222-4333-8444-555555555555</uuid>"
                        "<devices>%s</devices></domain>",
                        devices);

    return parse_domain(xml);
}

static gboolean
is_added(const VpDomain *domain, const VpDisk *disk)
{
    return disk->readonly;
}

static void
test_target(void)
{
    static const struct {
        const char *devices;
        VpBus bus;
        const char *target;
    } cases[] = {
        {"", VP_BUS_VIRTIO, "vdz"},
        {DISK("vda", "virtio"), VP_BUS_VIRTIO, "vdz"},
        {DISK("vda", "virtio") ADDED("vdz", "virtio"), VP_BUS_VIRTIO, "vdy"},
        {DISK("vdy", "virtio"), VP_BUS_VIRTIO, "vdzz"},
        {DISK("vdz", "virtio"), VP_BUS_VIRTIO, "vdzz"},
        {DISK("vdzz", "virtio"), VP_BUS_VIRTIO, NULL},
        {DISK("sdz", "usb"), VP_BUS_SATA, "sdy"}, /* one name for all buses with "sd" */
        {DISK("hda", "ide"), VP_BUS_IDE, "hdd"},
        {DISK("hda", "ide") ADDED("hdd", "ide"), VP_BUS_IDE, "hdc"},
        {DISK("hda", "ide") CDROM("hdd", "ide"), VP_BUS_IDE, NULL},
        {DISK("hdc", "ide"), VP_BUS_IDE, "hdd"},
        {"", VP_BUS_FDC, "fda"},
        {DISK("fda", "fdc"), VP_BUS_FDC, "fdb"},
        {DISK("fdb", "fdc"), VP_BUS_FDC, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(cases[i].devices);
        g_autofree char *target = vp_domain_place_target(domain, cases[i].bus, is_added);

        g_test_message("%s", cases[i].devices);
        g_assert_cmpstr(target, ==, cases[i].target);
    }
}

static void
test_address(void)
{
    static const struct {
        const char *devices;
        VpBus bus;
        VpPlaceAddress address;
    } cases[] = {
        {"", VP_BUS_SATA, {0, 5}},
        {DISK("sda", "sata"), VP_BUS_SATA, {0, 5}},
        {DISK("sdf", "sata"), VP_BUS_SATA, {0, 4}},
        {AT("sda", "sata", "5"), VP_BUS_SATA, {0, 4}},
        {DISK("sda", "sata") DISK("sdb", "sata") DISK("sdc", "sata") DISK("sdd", "sata")
             DISK("sde", "sata") DISK("sdf", "sata") CONTROLLER("sata", "0", "ahci"),
         VP_BUS_SATA,
         {1, 0}},
        {DISK("sda", "sata") DISK("sdb", "sata") DISK("sdc", "sata") DISK("sdd", "sata")
             DISK("sde", "sata") DISK("sdf", "sata") CONTROLLER("sata", "0", "ahci")
                 CONTROLLER("sata", "1", "ahci"),
         VP_BUS_SATA,
         {1, 5}},
        {"", VP_BUS_SCSI, {-1, 15}},
        {CONTROLLER("scsi", "3", "virtio-scsi"), VP_BUS_SCSI, {3, 15}},
        {CONTROLLER("scsi", "0", "lsilogic") CONTROLLER("scsi", "1", "virtio-scsi"),
         VP_BUS_SCSI,
         {1, 15}},
        {CONTROLLER("scsi", "0", "lsilogic") CONTROLLER("scsi", "1", "virtio-scsi")
             AT("sda", "scsi", "0"),
         VP_BUS_SCSI,
         {0, 1}},
        {AT("sda", "scsi", "0"), VP_BUS_SCSI, {0, 1}}, /* whatever model libvirt adds */
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(cases[i].devices);
        VpPlaceAddress address = vp_domain_place_address(domain, cases[i].bus);

        g_test_message("%s", cases[i].devices);
        g_assert_cmpint(address.controller, ==, cases[i].address.controller);
        g_assert_cmpint(address.unit, ==, cases[i].address.unit);
    }
}

static void
test_virtio_scsi(void)
{
    static const struct {
        const char *devices;
        int controller;
    } cases[] = {
        {"", -1},
        {CONTROLLER("scsi", "0", "lsilogic"), -1},
        {CONTROLLER("scsi", "0", "lsilogic") CONTROLLER("scsi", "2", "virtio-scsi"), 2},
        {CONTROLLER("scsi", "0", "lsilogic") CONTROLLER("scsi", "2", "virtio-scsi")
             DISK("sda", "scsi"),
         2},
        {CONTROLLER("scsi", "4", "virtio-transitional"), 4},
        {CONTROLLER("sata", "0", "ahci"), -1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(cases[i].devices);

        g_test_message("%s", cases[i].devices);
        g_assert_cmpint(vp_domain_place_virtio_scsi(domain).controller, ==, cases[i].controller);
    }
}

/* As many as a definition may have: the hook looks for a place under libvirt's lock. */
static void
test_full(VpBus bus, const char *controllers)
{
    enum { DISKS = 7998 };
    g_autoptr(GString) devices = g_string_new(controllers);
    g_autoptr(VpDomain) domain = NULL;
    clock_t start;

    for (int i = 0; i < DISKS; i++)
        g_string_append_printf(devices,
                               "<disk><target dev='x%d' bus='%s'/><address type='drive' "
                               "controller='%d' unit='%d'/></disk>",
                               i, bus == VP_BUS_SCSI ? "scsi" : "sata",
                               bus == VP_BUS_SCSI ? 0 : i / 6, bus == VP_BUS_SCSI ? i : i % 6);
    domain = parse(devices->str);
    start = clock();
    if (bus == VP_BUS_SCSI) {
        g_assert_cmpint(vp_domain_place_virtio_scsi(domain).unit, ==, DISKS);
    } else {
        g_assert_cmpint(vp_domain_place_address(domain, bus).controller, ==, DISKS / 6);
    }
    assert_cputime_below(start, 1);
}

static void
test_full_scsi(void)
{
    test_full(VP_BUS_SCSI, CONTROLLER("scsi", "0", "virtio-scsi"));
}

static void
test_full_sata(void)
{
    g_autoptr(GString) controllers = g_string_new(NULL);

    for (int i = 0; i < 8000; i++)
        g_string_append_printf(controllers, "<controller type='sata' index='%d'/>", i % 1333);
    test_full(VP_BUS_SATA, controllers->str);
}

static void
test_boot_order(void)
{
    static const struct {
        const char *devices;
        const char *bus;
        const char *device;
        const char *target;
        gboolean keeps;
    } cases[] = {
        {"", "sata", "cdrom", "sdz", TRUE},
        {DISK("vda", "virtio"), "virtio", "disk", "vdz", TRUE},
        {DISK("vdb", "virtio"), "virtio", "disk", "vda", FALSE},
        {DISK("sda", "sata") CDROM("sdc", "sata"), "sata", "cdrom", "sdb", FALSE},
        {DISK("sda", "sata") CDROM("sdc", "sata"), "sata", "cdrom", "sdz", TRUE},
        /* inserted after the last disk of its bus, and so before the CD-ROM of another */
        {DISK("sda", "scsi") CDROM("sdb", "sata"), "scsi", "cdrom", "sdz", FALSE},
        {CDROM("sdb", "sata") DISK("sda", "scsi"), "scsi", "cdrom", "sdz", TRUE},
        {CDROM("sdb", "sata"), "scsi", "cdrom", "sdz", TRUE},
        {DISK("sda", "scsi") DISK("vda", "virtio"), "scsi", "cdrom", "sdz", TRUE},
        {DISK("sda", "scsi") CDROM("sdb", "sata") "<interface><boot order='1'/></interface>",
         "scsi", "cdrom", "sdz", TRUE},
        {ADDED("sdy", "sata"), "scsi", "cdrom", "sdz", TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(cases[i].devices);
        const VpDisk added = {.device = (char *)cases[i].device,
                              .bus = (char *)cases[i].bus,
                              .target = (char *)cases[i].target};

        g_test_message("%s + %s", cases[i].devices, added.target);
        g_assert_cmpint(vp_domain_place_keeps_boot_order(domain, &added, is_added), ==,
                        cases[i].keeps);
    }
}

/* The added drive is the one that is read-only. */
static void
test_far(void)
{
    static const struct {
        const char *devices;
        gboolean is_far;
    } cases[] = {
        {DISK("vda", "virtio") ADDED("vdz", "virtio"), TRUE},
        {DISK("vda", "virtio") ADDED("vdb", "virtio"), FALSE}, /* the next letter */
        {ADDED("vda", "virtio") DISK("vdb", "virtio"), FALSE},
        {ADDED("vda", "virtio"), FALSE},
        {DISK("sda", "sata") ADDED("sdb", "sata") CDROM("sdc", "sata"), FALSE},
        {DISK("sda", "sata") CDROM("sdc", "sata") ADDED("sdz", "sata"), TRUE},
        {DISK("hda", "ide") CDROM("hdc", "ide") ADDED("hdd", "ide"), TRUE},
        {DISK("hda", "ide") ADDED("hdb", "ide") CDROM("hdc", "ide"), FALSE},
        {DISK("sda", "scsi") ADDED("sdz", "scsi") CDROM("sdb", "sata"), FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(cases[i].devices);

        g_test_message("%s", cases[i].devices);
        for (guint n = 0; n < domain->disks->len; n++) {
            const VpDisk *disk = domain->disks->pdata[n];

            if (is_added(domain, disk))
                g_assert_cmpint(vp_domain_place_is_far(domain, disk, is_added), ==,
                                cases[i].is_far);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/place/target", test_target);
    g_test_add_func("/place/address", test_address);
    g_test_add_func("/place/virtio-scsi", test_virtio_scsi);
    g_test_add_func("/place/full/scsi", test_full_scsi);
    g_test_add_func("/place/full/sata", test_full_sata);
    g_test_add_func("/place/boot-order", test_boot_order);
    g_test_add_func("/place/far", test_far);
    return g_test_run();
}
