/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Free ports and slots, counted in definitions as libvirt writes them. */
#include <config.h>

#include <string.h>

#include "domain/hotplug.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define ROOT "<controller type='pci' index='0' model='pcie-root'/>"
#define PORT(n) "<controller type='pci' index='" n "' model='pcie-root-port'>" AT("0x00", "0x02")
#define AT(bus, slot)                                                                              \
    "<address type='pci' domain='0x0000' bus='" bus "' slot='" slot "' function='0x0'/>"
#define PORTS PORT("1") "</controller>" PORT("10") "</controller>" PORT("3") "</controller>"
#define NIC(bus, slot) "<interface type='user'>" AT(bus, slot) "</interface>"
#define USB(at) "<input type='tablet' bus='usb'><address type='usb' bus='0' port='" at "'/></input>"
#define ACPI "<features><acpi/></features>"

static const struct {
    const char *name;
    const char *arch;
    const char *features;
    const char *devices;
    guint pci;
    guint usb;
} cases[] = {
    {"empty", "x86_64", "", "", 0, 0},
    {"ports", "x86_64", "", ROOT PORTS, 3, 0},
    {"port-taken", "x86_64", "", ROOT PORTS NIC("0x0a", "0x00"), 2, 0},
    {"ports-taken", "x86_64", "",
     ROOT PORTS NIC("0x0a", "0x00") NIC("0x01", "0x00") NIC("0x03", "0x00"), 0, 0},
    {"port-cold", "x86_64", "", ROOT PORT("1") "<target hotplug='off'/></controller>", 0, 0},
    {"switch", "x86_64", "",
     ROOT PORT("1") "</controller><controller type='pci' index='2' "
                    "model='pcie-switch-upstream-port'>" AT(
                        "0x01", "0x00") "</controller>"
                                        "<controller type='pci' index='3' "
                                        "model='pcie-switch-downstream-port'>" AT(
                                            "0x02", "0x00") "</controller>",
     1, 0},
    {"bridge-slots-do-not-help", "x86_64", "",
     ROOT "<controller type='pci' index='1' model='pcie-to-pci-bridge'/>", 0, 0},
    {"virt", "aarch64", "", ROOT PORTS NIC("0x01", "0x00"), 2, 0},
    {"host-address-of-hostdev", "x86_64", "",
     ROOT PORTS "<hostdev mode='subsystem' type='pci'><source>"
                "<address domain='0x0000' bus='0x0a' slot='0x00' function='0x0'/></source>" AT(
                    "0x01", "0x00") "</hostdev>",
     2, 0},
    {"pc", "x86_64", ACPI, "<controller type='pci' index='0' model='pci-root'/>", 29, 0},
    {"pc-taken", "x86_64", ACPI,
     "<controller type='pci' index='0' model='pci-root'/>" NIC("0x00", "0x02") NIC("0x00", "0x03")
         NIC("0x01", "0x04"),
     28, 0},
    {"pc-no-acpi", "x86_64", "", "<controller type='pci' index='0' model='pci-root'/>", 0, 0},
    {"pc-cold", "x86_64", ACPI,
     "<controller type='pci' index='0' model='pci-root'><target hotplug='off'/></controller>", 0,
     0},
    {"pseries", "ppc64le", "", "<controller type='pci' index='0' model='pci-root'/>", 31, 0},
    {"ccw", "s390x", "", "", 1024, 0},
    {"usb-none", "x86_64", "", "<controller type='usb' index='0' model='none'/>", 0, 0},
    {"usb-piix", "x86_64", "", "<controller type='usb' index='0' model='piix3-uhci'/>" USB("1"), 0,
     1},
    {"usb-full", "x86_64", "",
     "<controller type='usb' index='0' model='piix3-uhci'/>" USB("1") USB("2"), 0, 0},
    {"usb-xhci", "x86_64", "", "<controller type='usb' index='0' model='qemu-xhci' ports='15'/>", 0,
     15},
    {"usb-ehci", "x86_64", "",
     "<controller type='usb' index='0' model='ich9-ehci1'/>"
     "<controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/></controller>",
     0, 6},
    {"usb-hub", "x86_64", "",
     "<controller type='usb' index='0' model='piix3-uhci'/>" USB("2")
         USB("1.1") "<hub type='usb'><address type='usb' bus='0' port='1'/></hub>",
     0, 7},
};

static void
test_count(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    g_autofree char *xml = g_strdup_printf("<domain><name>web1</name><uuid>" UUID
                                           "</uuid><os><type arch='%s'>hvm</type></os>%s"
                                           "<devices>%s</devices></domain>",
                                           cases[i].arch, cases[i].features, cases[i].devices);
    g_autoptr(GError) error = NULL;
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), &error);

    g_assert_no_error(error);
    g_assert_cmpint(vp_domain_hotplug_pci(domain), ==, cases[i].pci);
    g_assert_cmpint(vp_domain_hotplug_usb(domain), ==, cases[i].usb);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/hotplug/", cases[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_count);
    }
    return g_test_run();
}
