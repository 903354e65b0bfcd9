/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seed's network-config into fields: tried in an empty payload, rendered, and compared with the
 * seed; if that is not the same network, the text is kept. */
#include <config.h>

#include "command/import-network-links.h"
#include "command/import.h"
#include "render/network-config.h"
#include "spec/read.h"

/* A link's members are named like the fields, except "id". Without its field, DHCP is off. */
static gboolean
add_member(const VpField *interface, const char *name, json_object *value, GError **error)
{
    const VpRow *row = vp_spec_table_find(interface->rows, name);
    gboolean is_boolean = json_object_is_type(value, json_type_boolean);
    g_autoptr(json_object) values = vp_json_as_list(value);

    if (row == NULL || (g_str_has_prefix(name, "dhcp") && !json_object_get_boolean(value)))
        return TRUE;
    for (gsize i = 0; i < json_object_array_length(values); i++) {
        const char *text = is_boolean
                               ? (json_object_get_boolean(value) ? "yes" : "no")
                               : json_object_get_string(json_object_array_get_idx(values, i));

        if (row->many ? !vp_spec_field_add(interface, name, text, NULL, error)
                      : !vp_spec_field_set(interface, name, text, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
add_link(const VpField *network, json_object *link, GError **error)
{
    VpField interface;

    if (!vp_spec_field_add(network, "interface", NULL, &interface, error))
        return FALSE;
    json_object_object_foreach(link, name, value)
    {
        if (!add_member(&interface, name, value, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
add_links(const VpField *root, json_object *links, GError **error)
{
    VpField network;

    if (!vp_spec_field_add(root, "network", NULL, &network, error))
        return FALSE;
    for (gsize i = 0; i < json_object_array_length(links); i++) {
        if (!add_link(&network, json_object_array_get_idx(links, i), error))
            return FALSE;
    }
    return TRUE;
}

/* What the fields would give the guest, in the form of the links. */
static json_object *
try_links(const VpImport *import, json_object *links)
{
    VpField root;
    g_autoptr(VpDomain) domain = vp_command_import_scratch(import, &root, NULL);
    g_autoptr(GPtrArray) specs =
        domain != NULL && add_links(&root, links, NULL) ? vp_spec_read(domain, NULL) : NULL;
    g_autoptr(GPtrArray) plan =
        specs != NULL ? vp_render_network_plan(specs->pdata[0], NULL) : NULL;
    g_autoptr(GBytes) rendered = plan != NULL ? vp_render_network_config(plan, NULL) : NULL;

    return rendered != NULL ? vp_command_import_network_links(rendered) : NULL;
}

gboolean
vp_command_import_network(VpImport *import, GError **error)
{
    GBytes *text = import->seed->network_config;
    gboolean can_be_fields = text != NULL && import->seed->datasource == VP_DATASOURCE_NOCLOUD &&
                             !vp_domain_is_windows(import->set->domain);
    g_autoptr(json_object) links = can_be_fields ? vp_command_import_network_links(text) : NULL;
    g_autoptr(json_object) rendered = links != NULL ? try_links(import, links) : NULL;

    if (text == NULL)
        return TRUE;
    if (rendered != NULL && json_object_equal(rendered, links)) {
        vp_command_import_note(import->fields, "network-config", NULL);
        return add_links(&import->set->root, links, error);
    }
    vp_command_import_note(import->kept, "network-config", NULL);
    return vp_command_import_raw(import, "network-config", text, error);
}
