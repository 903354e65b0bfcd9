/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts ports and slots that no device of a definition uses. */
#include <config.h>

#include <string.h>

#include "domain/hotplug.h"
#include "domain/xml-node.h"

enum { MAX_BUSES = 256, MAX_SLOTS = 32, UNLIMITED = 1024, HUB_PORTS = 8 };

/* "0x1f" or "31"; 0 if it is not given. */
static guint
number(const xmlNode *element, const char *attribute)
{
    g_autofree char *text = vp_domain_xml_attribute(element, attribute);

    return text != NULL ? (guint)g_ascii_strtoull(text, NULL, 0) : 0;
}

static gboolean
is_controller(const xmlNode *node, const char *type)
{
    return g_str_equal(node->name, "controller") && vp_domain_xml_has(node, "type", type);
}

/* --- PCI ------------------------------------------------------------------------------------- */

static const xmlNode *
pci_address(const xmlNode *device)
{
    const xmlNode *address = vp_domain_xml_child(device, "address");

    return address != NULL && vp_domain_xml_has(address, "type", "pci") ? address : NULL;
}

static gboolean
is_hot(const xmlNode *controller)
{
    return !vp_domain_xml_has(vp_domain_xml_child(controller, "target"), "hotplug", "off");
}

static gboolean
is_port(const xmlNode *node)
{
    return is_controller(node, "pci") &&
           (vp_domain_xml_has(node, "model", "pcie-root-port") ||
            vp_domain_xml_has(node, "model", "pcie-switch-downstream-port")) &&
           is_hot(node);
}

/* Buses that a device is on, by their numbers: the indexes of the ports above them. */
static void
note_buses(const VpDomain *domain, gboolean used[MAX_BUSES])
{
    for (const xmlNode *node = vp_domain_xml_first_element(domain->devices); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        const xmlNode *address = pci_address(node);

        if (address != NULL)
            used[number(address, "bus") % MAX_BUSES] = TRUE;
    }
}

static guint
count_ports(const VpDomain *domain)
{
    gboolean used[MAX_BUSES] = {FALSE};
    guint n = 0;

    note_buses(domain, used);
    for (const xmlNode *node = vp_domain_xml_first_element(domain->devices); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        if (is_port(node) && !used[number(node, "index") % MAX_BUSES])
            n++;
    }
    return n;
}

/* libvirt keeps slot 1 of a PC for its chipset, and slot 2 for a video device. */
static guint
count_slots(const VpDomain *domain, guint first)
{
    gboolean used[MAX_SLOTS] = {FALSE};
    guint n = 0;

    for (const xmlNode *node = vp_domain_xml_first_element(domain->devices); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        const xmlNode *address = pci_address(node);

        if (address != NULL && number(address, "bus") == 0)
            used[number(address, "slot") % MAX_SLOTS] = TRUE;
    }
    for (guint slot = first; slot < MAX_SLOTS; slot++)
        n += !used[slot];
    return n;
}

static const xmlNode *
pci_root(const VpDomain *domain)
{
    const xmlNode *node = vp_domain_xml_first_element(domain->devices);

    while (node != NULL &&
           !(is_controller(node, "pci") && vp_domain_xml_has(node, "model", "pci-root")))
        node = vp_domain_xml_next_element(node);
    return node;
}

static gboolean
has_acpi(const VpDomain *domain)
{
    const xmlNode *root = xmlDocGetRootElement(domain->doc);

    return vp_domain_xml_child(vp_domain_xml_child(root, "features"), "acpi") != NULL;
}

static gboolean
is_pc(const VpDomain *domain)
{
    return domain->arch == NULL || g_str_equal(domain->arch, "x86_64") ||
           g_str_equal(domain->arch, "i686");
}

guint
vp_domain_hotplug_pci(const VpDomain *domain)
{
    const xmlNode *root = pci_root(domain);

    if (g_strcmp0(domain->arch, "s390x") == 0)
        return UNLIMITED;
    if (root == NULL)
        return count_ports(domain);
    if (!is_hot(root) || (is_pc(domain) && !has_acpi(domain)))
        return 0;
    return count_slots(domain, is_pc(domain) ? 3 : 1);
}

/* --- USB ------------------------------------------------------------------------------------- */

/* virDomainUSBAddressControllerModelToPorts */
static guint
usb_ports(const xmlNode *controller)
{
    static const struct {
        const char *model;
        guint ports;
    } models[] = {{"none", 0},     {"ehci", 6},     {"ich9-ehci1", 6},
                  {"pci-ohci", 3}, {"nec-xhci", 4}, {"qemu-xhci", 4}};
    g_autofree char *model = vp_domain_xml_attribute(controller, "model");
    guint given = number(controller, "ports");

    if (given > 0)
        return given;
    for (gsize i = 0; i < G_N_ELEMENTS(models); i++) {
        if (g_strcmp0(model, models[i].model) == 0)
            return models[i].ports;
    }
    return 2;
}

/* Companion controllers have one index, and share the ports of the largest. */
static guint
count_usb_ports(const VpDomain *domain)
{
    guint ports[MAX_BUSES] = {0};
    guint n = 0;

    for (const xmlNode *node = vp_domain_xml_first_element(domain->devices); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        guint *of_bus = &ports[number(node, "index") % MAX_BUSES];

        if (is_controller(node, "usb"))
            *of_bus = MAX(*of_bus, usb_ports(node));
        else if (g_str_equal(node->name, "hub") && vp_domain_xml_has(node, "type", "usb"))
            n += HUB_PORTS;
    }
    for (guint i = 0; i < MAX_BUSES; i++)
        n += ports[i];
    return n;
}

guint
vp_domain_hotplug_usb(const VpDomain *domain)
{
    guint ports = count_usb_ports(domain), taken = 0;

    for (const xmlNode *node = vp_domain_xml_first_element(domain->devices); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        const xmlNode *address = vp_domain_xml_child(node, "address");

        if (address != NULL && vp_domain_xml_has(address, "type", "usb"))
            taken++;
    }
    return ports > taken ? ports - taken : 0;
}
