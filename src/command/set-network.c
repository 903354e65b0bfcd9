/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interfaces of the guest into a payload element. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "command/set.h"

static gboolean
open_network(VpSet *set, VpField *network, GError **error)
{
    return vp_spec_field_find(&set->root, "network", NULL, NULL, network) ||
           vp_spec_field_add(&set->root, "network", NULL, network, error);
}

static gboolean
usage(const char *name, const char *what, GError **error)
{
    return vp_error_set(error, VP_ERROR_USAGE, "--%s: %s", name, what);
}

/* "route=198.51.100.0/24 via 192.0.2.1" */
static gboolean
add_route(const VpField *interface, const char *name, const char *value, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(value, " via ", 2);
    VpField route;

    if (g_strv_length(parts) != 2)
        return usage(name, "a route reads 'route=NETWORK via GATEWAY'", error);
    return vp_spec_field_add(interface, "route", NULL, &route, error) &&
           vp_spec_field_set(&route, "@destination", g_strstrip(parts[0]), error) &&
           vp_spec_field_set(&route, "@gateway", g_strstrip(parts[1]), error);
}

/* "address=...", or a bare "dhcp", "dhcp4", "dhcp6". */
static gboolean
apply_word(const VpField *interface, const char *name, const char *word, GError **error)
{
    const char *equals = strchr(word, '=');
    g_autofree char *key = g_strndup(word, equals != NULL ? (gsize)(equals - word) : strlen(word));
    const char *value = equals != NULL ? equals + 1 : "yes";

    if (g_str_equal(key, "route"))
        return add_route(interface, name, value, error);
    if (g_str_equal(key, "dhcp"))
        return vp_spec_field_set(interface, "dhcp4", value, error) &&
               vp_spec_field_set(interface, "dhcp6", value, error);
    if (g_str_equal(key, "mac") || g_str_equal(key, "target") || g_str_equal(key, "name")) {
        g_autofree char *attribute = g_strconcat("@", key, NULL);

        return vp_spec_field_set(interface, attribute, value, error);
    }
    return vp_spec_field_add(interface, key, value, NULL, error);
}

/* The interface of that MAC address or, otherwise, of that name. */
static gboolean
find_same(const VpField *network, char *const *words, gboolean has_name, VpField *interface)
{
    for (char *const *word = words; *word != NULL; word++) {
        if (g_str_has_prefix(*word, "mac=") &&
            vp_spec_field_find(network, "interface", "mac", *word + strlen("mac="), interface))
            return TRUE;
    }
    return has_name && vp_spec_field_find(network, "interface", "name", *words, interface);
}

/* The first word, if it is not a setting, such as "slaac". */
static gboolean
is_name(const VpField *network, const char *word)
{
    const VpRow *interface = vp_spec_table_find(network->rows, "interface");

    return strchr(word, '=') == NULL && !g_str_has_prefix(word, "dhcp") &&
           vp_spec_table_find(interface->rows, word) == NULL;
}

gboolean
vp_command_set_network(VpSet *set, const char *name, const char *value, GError **error)
{
    g_auto(GStrv) words = g_strsplit(value, ",", -1);
    char **word = words;
    VpField network, interface;
    gboolean is_new, has_name;

    if (!open_network(set, &network, error))
        return FALSE;
    has_name = *words != NULL && is_name(&network, *words);
    is_new = !find_same(&network, words, has_name, &interface);
    if (!is_new)
        vp_command_set_empty(&interface);
    else if (!vp_spec_field_add(&network, "interface", NULL, &interface, error))
        return FALSE;
    if (has_name && !vp_spec_field_set(&interface, "@name", *word++, error))
        return FALSE;
    for (; *word != NULL; word++) {
        if (!apply_word(&interface, name, *word, error))
            return FALSE;
    }
    if (is_new)
        vp_command_set_once(set, &interface);
    return TRUE;
}

gboolean
vp_command_set_dhcp(VpSet *set, const char *name, const char *value, GError **error)
{
    return vp_command_set_network(set, name, "dhcp4", error);
}
