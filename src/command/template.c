/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies of payload elements. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "command/guest.h"
#include "command/template.h"
#include "domain/xml-node.h"
#include "spec/field.h"
#include "view/input.h"

static VpDomain *
read_template(VpCall *call, const char *name, GError **error)
{
    g_auto(VpCallGuest) opened = {NULL, NULL};

    if (strchr(name, '/') != NULL)
        return vp_view_input_domain(name, NULL, error);
    if (!vp_command_guest_open(call, name, TRUE, &opened, error))
        return NULL;
    return vp_virt_guest_domain(opened.guest, VP_GUEST_CONFIG, error);
}

static void
drop_own_id(const VpField *root)
{
    g_autofree char *id = vp_domain_xml_attribute(root->node, "instance-id");

    if (id != NULL && !g_str_equal(id, "uuid") && !g_str_equal(id, "content"))
        vp_spec_field_remove(root, "@instance-id");
}

static gboolean
has_address(const VpField *network)
{
    VpField address;

    for (xmlNode *child = vp_domain_xml_first_element(network->node); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        const VpRow *row = vp_spec_table_find(network->rows, (const char *)child->name);
        const VpField link = {child, row != NULL ? row->rows : network->rows};

        if (row != NULL && vp_spec_field_find(&link, "address", NULL, NULL, &address))
            return TRUE;
    }
    return FALSE;
}

static void
drop_network(const VpField *root, GString *told)
{
    VpField network;

    if (!vp_spec_field_find(root, "network", NULL, NULL, &network))
        return;
    if (has_address(&network)) {
        vp_spec_field_drop(&network);
        g_string_append(told, "the network is not copied, because it has static addresses; give "
                              "--network\n");
        return;
    }
    for (xmlNode *child = vp_domain_xml_first_element(network.node); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        const VpField link = {child, network.rows};

        vp_spec_field_remove(&link, "@mac");
        vp_spec_field_remove(&link, "@target");
    }
}

gboolean
vp_command_template_copy(VpCall *call, const char *name, VpDomain *domain, GString *told,
                         GError **error)
{
    g_autoptr(VpDomain) from = read_template(call, name, error);
    VpField source, copy;

    if (from == NULL || !vp_spec_field_require(from, &source, "the template has no fields", error))
        return FALSE;
    vp_command_guest_name(call, domain->name);
    if (!vp_spec_field_copy_to(&source, domain, error) || !vp_spec_field_open(domain, &copy, error))
        return FALSE;
    vp_spec_field_remove(&copy, "hostname");
    drop_own_id(&copy);
    drop_network(&copy, told);
    if (vp_spec_field_remove(&copy, "ssh-host-key") > 0)
        g_string_append(told, "the ssh host key is not copied; give --generate-host-key\n");
    return TRUE;
}
