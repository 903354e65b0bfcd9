/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Targets and their buses, and the addresses that libvirt derives from them. */
#include <config.h>

#include <string.h>

#include "domain/domain.h"
#include "domain/target.h"
#include "parse-domain.h"

#define HEAD                                                                                       \
    "<domain type='kvm'><name>web1</name><uuid>11111111-2222-4333-8444-555555555555</uuid>"        \
    "<devices>"
#define DISK(target, bus)                                                                          \
    "<disk type='file' device='disk'><target dev='" target "' bus='" bus "'/></disk>"
#define DISK_AT(target, bus, controller, unit)                                                     \
    "<disk type='file' device='disk'><target dev='" target "' bus='" bus "'/>"                     \
    "<address type='drive' controller='" controller "' bus='0' target='0' unit='" unit             \
    "'/></disk>"

static VpDomain *
parse(const char *devices)
{
    g_autofree char *xml = g_strconcat(HEAD, devices, "</devices></domain>", NULL);

    return parse_domain(xml);
}

/* libvirt's own: https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms */
static void
test_names(void)
{
    static const struct {
        VpBus bus;
        const char *name, *prefix;
        int max;
    } buses[] = {
        {VP_BUS_SATA, "sata", "sd", 0}, {VP_BUS_IDE, "ide", "hd", 4},
        {VP_BUS_SCSI, "scsi", "sd", 0}, {VP_BUS_VIRTIO, "virtio", "vd", 0},
        {VP_BUS_USB, "usb", "sd", 0},   {VP_BUS_FDC, "fdc", "fd", 2},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(buses); i++) {
        g_assert_cmpstr(vp_domain_target_bus_name(buses[i].bus), ==, buses[i].name);
        g_assert_cmpstr(vp_domain_target_prefix(buses[i].bus), ==, buses[i].prefix);
        g_assert_cmpint(vp_domain_target_max(buses[i].bus), ==, buses[i].max);
    }
}

static void
test_letters(void)
{
    static const struct {
        const char *target;
        int index;
    } cases[] = {{"vda", 0}, {"vdz", 25}, {"vdaa", 26}, {"vdaz", 51}, {"vdba", 52}, {"vdzz", 701}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = vp_domain_target_name(VP_BUS_VIRTIO, cases[i].index);

        g_assert_cmpstr(name, ==, cases[i].target);
        g_assert_cmpint(vp_domain_target_index(name, VP_BUS_VIRTIO), ==, cases[i].index);
    }
}

static void
test_no_target(void)
{
    static const char *const bad[] = {"",    "vd",   "vd1",  "vdA",  "sda",
                                      "hda", "vda1", "vd a", "xvda", "vdaaaaaaaaaaaaaaaaaaaa",
                                      "VDA"};

    g_assert_cmpint(vp_domain_target_index(NULL, VP_BUS_VIRTIO), ==, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_test_message("%s", bad[i]);
        g_assert_cmpint(vp_domain_target_index(bad[i], VP_BUS_VIRTIO), ==, -1);
        g_assert_false(vp_domain_target_suits(bad[i], VP_BUS_VIRTIO));
    }
    g_assert_true(vp_domain_target_suits("sdb", VP_BUS_USB));
    g_assert_true(vp_domain_target_suits("sdb", VP_BUS_SATA));
    g_assert_false(vp_domain_target_suits("sdb", VP_BUS_IDE));
}

/* A disk without @bus is on the one that libvirt derives from its target. */
static void
test_bus_of_disk(void)
{
    static const struct {
        const char *disk;
        VpBus bus;
    } cases[] = {
        {DISK("sda", "sata"), VP_BUS_SATA},
        {DISK("sda", "usb"), VP_BUS_USB},
        {DISK("xvda", "xen"), VP_BUS_AUTO},
        {DISK("a", "sd"), VP_BUS_AUTO},
        {"<disk type='file' device='disk'><target dev='sda'/></disk>", VP_BUS_SCSI},
        {"<disk type='file' device='disk'><target dev='hdb'/></disk>", VP_BUS_IDE},
        {"<disk type='file' device='disk'><target dev='vda'/></disk>", VP_BUS_VIRTIO},
        {"<disk type='file' device='floppy'><target dev='fda'/></disk>", VP_BUS_FDC},
        {"<disk type='file' device='disk'><target dev='xvda'/></disk>", VP_BUS_AUTO},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(cases[i].disk);

        g_test_message("%s", cases[i].disk);
        g_assert_cmpint(vp_domain_target_disk_bus(domain->disks->pdata[0]), ==, cases[i].bus);
    }
}

static void
test_free(void)
{
    static const struct {
        const char *devices;
        VpBus bus;
        const char *target;
        gboolean is_free;
    } cases[] = {
        {"", VP_BUS_VIRTIO, "vda", TRUE},
        {DISK("vda", "virtio"), VP_BUS_VIRTIO, "vda", FALSE},
        {DISK("vda", "virtio"), VP_BUS_VIRTIO, "vdb", TRUE},
        /* a name is taken whatever the bus */
        {DISK("sda", "usb"), VP_BUS_SATA, "sda", FALSE},
        {"", VP_BUS_VIRTIO, "sda", FALSE},
        /* no place on the bus */
        {"", VP_BUS_IDE, "hdd", TRUE},
        {"", VP_BUS_IDE, "hde", FALSE},
        {"", VP_BUS_FDC, "fdb", TRUE},
        {"", VP_BUS_FDC, "fdc", FALSE},
        /* the name is free, its address is not: a SATA controller has six units, one of SCSI
         * sixteen less its own, the seventh */
        {DISK_AT("sda", "sata", "0", "1"), VP_BUS_SATA, "sdb", FALSE},
        {DISK_AT("sda", "sata", "1", "0"), VP_BUS_SATA, "sdg", FALSE},
        {DISK_AT("sda", "sata", "1", "0"), VP_BUS_SATA, "sdh", TRUE},
        {DISK_AT("sda", "scsi", "0", "8"), VP_BUS_SCSI, "sdh", FALSE},
        {DISK_AT("sda", "scsi", "0", "7"), VP_BUS_SCSI, "sdh", TRUE},
        {DISK_AT("sda", "scsi", "1", "0"), VP_BUS_SCSI, "sdp", FALSE},
        /* and an address on another bus counts for nothing */
        {DISK_AT("sda", "sata", "0", "1"), VP_BUS_SCSI, "sdb", TRUE},
        /* a disk without an address has the one that its target says */
        {DISK("hda", "ide") DISK_AT("hdb", "ide", "0", "0"), VP_BUS_IDE, "hdb", FALSE},
        /* a device of the host on the SCSI bus */
        {"<hostdev mode='subsystem' type='scsi'><address type='drive' controller='0' bus='0' "
         "target='0' unit='2'/></hostdev>",
         VP_BUS_SCSI, "sdc", FALSE},
        {"<hostdev mode='subsystem' type='usb'><address type='drive' controller='0' bus='0' "
         "target='0' unit='2'/></hostdev>",
         VP_BUS_SCSI, "sdc", TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(cases[i].devices);

        g_test_message("%s in %s", cases[i].target, cases[i].devices);
        g_assert_cmpint(vp_domain_target_is_free(domain, cases[i].bus, cases[i].target, TRUE), ==,
                        cases[i].is_free);
    }
}

/* With an address of its own only the name counts. */
static void
test_free_with_address(void)
{
    g_autoptr(VpDomain) domain = parse(DISK_AT("sda", "sata", "0", "1"));

    g_assert_false(vp_domain_target_is_free(domain, VP_BUS_SATA, "sdb", TRUE));
    g_assert_true(vp_domain_target_is_free(domain, VP_BUS_SATA, "sdb", FALSE));
    g_assert_false(vp_domain_target_is_free(domain, VP_BUS_SATA, "sda", FALSE));
}

static void
test_units(void)
{
    g_autoptr(VpDomain) domain =
        parse(DISK_AT("sda", "scsi", "1", "3") DISK("sdb", "scsi") DISK("vda", "virtio")
                  DISK("sdc", "sata") "<hostdev type='scsi'><address type='drive' unit='5'/>"
                                      "</hostdev>");
    g_autoptr(GHashTable) scsi = vp_domain_target_units(domain, VP_BUS_SCSI);
    g_autoptr(GHashTable) sata = vp_domain_target_units(domain, VP_BUS_SATA);

    g_assert_cmpint(vp_domain_target_disk_controller(domain->disks->pdata[0]), ==, 1);
    g_assert_cmpint(vp_domain_target_disk_controller(domain->disks->pdata[1]), ==, 0);
    g_assert_false(vp_domain_target_unit_is_free(scsi, VP_BUS_SCSI, 1, 3));
    g_assert_true(vp_domain_target_unit_is_free(scsi, VP_BUS_SCSI, 0, 3));
    g_assert_false(vp_domain_target_unit_is_free(scsi, VP_BUS_SCSI, 0, 1));
    g_assert_false(vp_domain_target_unit_is_free(scsi, VP_BUS_SCSI, 0, 7));
    g_assert_false(vp_domain_target_unit_is_free(scsi, VP_BUS_SCSI, 0, 5));
    g_assert_false(vp_domain_target_unit_is_free(sata, VP_BUS_SATA, 0, 2));
    g_assert_true(vp_domain_target_unit_is_free(sata, VP_BUS_SATA, 0, 5));
    g_assert_true(vp_domain_target_unit_is_free(sata, VP_BUS_SATA, 0, 7));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/target/names", test_names);
    g_test_add_func("/target/letters", test_letters);
    g_test_add_func("/target/not-of-the-bus", test_no_target);
    g_test_add_func("/target/bus-of-a-disk", test_bus_of_disk);
    g_test_add_func("/target/free", test_free);
    g_test_add_func("/target/free-with-its-own-address", test_free_with_address);
    g_test_add_func("/target/units", test_units);
    return g_test_run();
}
