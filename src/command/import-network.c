/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seed's network-config into fields: tried in an empty payload, rendered, and compared with the
 * seed; if that is not the same network, the text is kept. */
#include <config.h>

#include "command/import-network-links.h"
#include "command/import.h"
#include "render/network-config.h"
#include "spec/read.h"

static json_object *
get(json_object *link, const char *name)
{
    json_object *value = NULL;

    return json_object_object_get_ex(link, name, &value) ? value : NULL;
}

static gboolean
add_all(const VpField *interface, const char *field, json_object *texts, GError **error)
{
    for (gsize i = 0; i < json_object_array_length(texts); i++) {
        const char *text = json_object_get_string(json_object_array_get_idx(texts, i));

        if (!vp_spec_field_add(interface, field, text, NULL, error))
            return FALSE;
    }
    return TRUE;
}

/* If it is not given, nothing. */
static gboolean
set_text(const VpField *interface, const char *field, json_object *value, GError **error)
{
    return value == NULL ||
           vp_spec_field_set(interface, field, json_object_get_string(value), error);
}

static gboolean
set_yes(const VpField *interface, const char *field, json_object *value, GError **error)
{
    return !json_object_get_boolean(value) || vp_spec_field_set(interface, field, "yes", error);
}

static gboolean
add_link(const VpField *network, json_object *link, GError **error)
{
    json_object *accept_ra = get(link, "accept-ra");
    VpField interface;

    return vp_spec_field_add(network, "interface", NULL, &interface, error) &&
           set_text(&interface, "@mac", get(link, "mac"), error) &&
           set_text(&interface, "@name", get(link, "name"), error) &&
           set_yes(&interface, "dhcp4", get(link, "dhcp4"), error) &&
           set_yes(&interface, "dhcp6", get(link, "dhcp6"), error) &&
           (accept_ra == NULL ||
            vp_spec_field_set(&interface, "accept-ra",
                              json_object_get_boolean(accept_ra) ? "yes" : "no", error)) &&
           set_text(&interface, "mtu", get(link, "mtu"), error) &&
           add_all(&interface, "address", get(link, "addresses"), error) &&
           add_all(&interface, "gateway", get(link, "gateways"), error) &&
           add_all(&interface, "dns", get(link, "dns"), error) &&
           add_all(&interface, "search", get(link, "search"), error);
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
