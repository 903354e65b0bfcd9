/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both versions are read strictly: a key that is not expected makes the whole text unknown. */
#include <config.h>

#include <arpa/inet.h>
#include <string.h>

#include "base/yaml-text.h"
#include "command/import-network-links.h"

/* --- values ----------------------------------------------------------------------------------- */

static gboolean
has_only(json_object *object, const char *const *names)
{
    if (!json_object_is_type(object, json_type_object))
        return FALSE;
    json_object_object_foreach(object, name, value)
    {
        if (value == NULL || !g_strv_contains(names, name))
            return FALSE;
    }
    return TRUE;
}

/* One text counts as a list of one. */
static gboolean
add_texts(json_object *link, const char *name, json_object *value)
{
    g_autoptr(json_object) texts = vp_json_as_list(value);

    for (gsize i = 0; i < json_object_array_length(texts); i++) {
        json_object *text = json_object_array_get_idx(texts, i);

        if (vp_json_get_text(text) == NULL)
            return FALSE;
        vp_json_append(vp_json_get(link, name), json_object_get(text));
    }
    return TRUE;
}

static gboolean
set_boolean(json_object *link, const char *name, json_object *value)
{
    if (value == NULL)
        return TRUE;
    if (!json_object_is_type(value, json_type_boolean))
        return FALSE;
    vp_json_add(link, name, json_object_get(value));
    return TRUE;
}

static gboolean
set_text(json_object *link, const char *name, json_object *value)
{
    if (value == NULL)
        return TRUE;
    if (vp_json_get_text(value) == NULL)
        return FALSE;
    vp_json_add_string(link, name, vp_json_get_text(value));
    return TRUE;
}

static json_object *
new_link(json_object *mac)
{
    static const char *const lists[] = {"address", "gateway", "dns", "search"};
    g_autofree char *lower =
        vp_json_get_text(mac) != NULL ? g_ascii_strdown(vp_json_get_text(mac), -1) : NULL;
    json_object *link;

    if (lower == NULL)
        return NULL;
    link = json_object_new_object();
    vp_json_add_string(link, "@mac", lower);
    vp_json_add(link, "dhcp4", json_object_new_boolean(FALSE));
    vp_json_add(link, "dhcp6", json_object_new_boolean(FALSE));
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        vp_json_add(link, lists[i], json_object_new_array());
    return link;
}

/* --- version 1 -------------------------------------------------------------------------------- */

/* "255.255.255.0" or "24"; -1 for anything else. */
static int
prefix_of(const char *netmask)
{
    struct in_addr address;
    guint32 bits;
    int prefix = 0;

    if (*netmask != '\0' && strspn(netmask, "0123456789") == strlen(netmask) && strlen(netmask) < 4)
        return (int)g_ascii_strtoull(netmask, NULL, 10);
    if (inet_pton(AF_INET, netmask, &address) != 1)
        return -1;
    bits = ntohl(address.s_addr);
    for (; (bits & 0x80000000U) != 0; bits <<= 1)
        prefix++;
    return bits == 0 ? prefix : -1;
}

static gboolean
add_address(json_object *link, json_object *subnet)
{
    const char *address = vp_json_get_text_of(subnet, "address"),
               *netmask = vp_json_get_text_of(subnet, "netmask");
    g_autofree char *cidr = NULL;

    if (address == NULL ||
        (strchr(address, '/') != NULL) == (vp_json_get(subnet, "netmask") != NULL))
        return FALSE;
    if (netmask != NULL && prefix_of(netmask) >= 0)
        cidr = g_strdup_printf("%s/%d", address, prefix_of(netmask));
    else if (strchr(address, '/') != NULL)
        cidr = g_strdup(address);
    if (cidr == NULL)
        return FALSE;
    vp_json_append(vp_json_get(link, "address"), json_object_new_string(cidr));
    return add_texts(link, "gateway", vp_json_get(subnet, "gateway"));
}

static gboolean
read_subnet(json_object *link, json_object *subnet)
{
    static const char *const fixed[] = {
        "type", "address", "netmask", "gateway", "dns_nameservers", "dns_search", NULL};
    static const char *const dynamic[] = {"type", "dns_nameservers", "dns_search", NULL};
    static const char *const statics[] = {"static", "static6", NULL};
    static const char *const dhcp4[] = {"dhcp", "dhcp4", NULL};
    const char *type = vp_json_get_text_of(subnet, "type");
    gboolean is_static = type != NULL && g_strv_contains(statics, type);
    gboolean is_dhcp4 = type != NULL && g_strv_contains(dhcp4, type);

    if (type == NULL || !has_only(subnet, is_static ? fixed : dynamic) ||
        !add_texts(link, "dns", vp_json_get(subnet, "dns_nameservers")) ||
        !add_texts(link, "search", vp_json_get(subnet, "dns_search")))
        return FALSE;
    if (is_static)
        return add_address(link, subnet);
    if (!is_dhcp4 && !g_str_equal(type, "dhcp6"))
        return FALSE;
    vp_json_add(link, is_dhcp4 ? "dhcp4" : "dhcp6", json_object_new_boolean(TRUE));
    return TRUE;
}

static gboolean
read_physical(json_object *links, json_object *item)
{
    static const char *const names[] = {"type",    "name",      "mac_address", "mtu",
                                        "subnets", "accept-ra", NULL};
    g_autoptr(json_object) link = new_link(vp_json_get(item, "mac_address"));
    json_object *subnets = vp_json_get(item, "subnets");

    if (link == NULL || !has_only(item, names) || vp_json_get_text_of(item, "name") == NULL ||
        !set_text(link, "@name", vp_json_get(item, "name")) ||
        !set_text(link, "mtu", vp_json_get(item, "mtu")) ||
        !set_boolean(link, "accept-ra", vp_json_get(item, "accept-ra")) ||
        (subnets != NULL && !json_object_is_type(subnets, json_type_array)))
        return FALSE;
    for (gsize i = 0; subnets != NULL && i < json_object_array_length(subnets); i++) {
        if (!read_subnet(link, json_object_array_get_idx(subnets, i)))
            return FALSE;
    }
    vp_json_append(links, json_object_get(link));
    return TRUE;
}

static gboolean
has_same_dns(json_object *links, json_object *common)
{
    for (gsize i = 0; i < json_object_array_length(links); i++) {
        if (!json_object_equal(vp_json_get(json_object_array_get_idx(links, i), "dns"),
                               vp_json_get(common, "dns")))
            return FALSE;
    }
    return json_object_array_length(vp_json_get(common, "search")) == 0;
}

/* Name servers of no interface are those of the only one. If each interface has the same ones, they
 * say nothing more. */
static gboolean
spread_dns(json_object *links, json_object *common)
{
    json_object *link = json_object_array_get_idx(links, 0);

    if (has_same_dns(links, common))
        return TRUE;
    if (json_object_array_length(links) != 1 ||
        json_object_array_length(vp_json_get(link, "dns")) > 0 ||
        json_object_array_length(vp_json_get(link, "search")) > 0)
        return FALSE;
    return add_texts(link, "dns", vp_json_get(common, "dns")) &&
           add_texts(link, "search", vp_json_get(common, "search"));
}

static gboolean
read_item(json_object *links, json_object *common, json_object *item)
{
    static const char *const names[] = {"type", "address", "search", NULL};
    const char *type = vp_json_get_text_of(item, "type");

    if (g_strcmp0(type, "physical") == 0)
        return read_physical(links, item);
    return g_strcmp0(type, "nameserver") == 0 && has_only(item, names) &&
           add_texts(common, "dns", vp_json_get(item, "address")) &&
           add_texts(common, "search", vp_json_get(item, "search"));
}

static json_object *
read_version_1(json_object *root)
{
    static const char *const names[] = {"version", "config", NULL};
    g_autoptr(json_object) links = json_object_new_array();
    g_autoptr(json_object) none = json_object_new_string("");
    g_autoptr(json_object) common = new_link(none);
    json_object *config = vp_json_get(root, "config");

    if (!has_only(root, names) || !json_object_is_type(config, json_type_array))
        return NULL;
    for (gsize i = 0; i < json_object_array_length(config); i++) {
        if (!read_item(links, common, json_object_array_get_idx(config, i)))
            return NULL;
    }
    return json_object_array_length(links) > 0 &&
                   (json_object_array_length(vp_json_get(common, "dns")) +
                            json_object_array_length(vp_json_get(common, "search")) ==
                        0 ||
                    spread_dns(links, common))
               ? json_object_get(links)
               : NULL;
}

/* --- version 2 -------------------------------------------------------------------------------- */

/* Only default routes, which are gateways. */
static gboolean
read_routes(json_object *link, json_object *routes)
{
    static const char *const names[] = {"to", "via", NULL};
    static const char *const defaults[] = {"default", "0.0.0.0/0", "::/0", NULL};

    if (routes == NULL)
        return TRUE;
    if (!json_object_is_type(routes, json_type_array))
        return FALSE;
    for (gsize i = 0; i < json_object_array_length(routes); i++) {
        json_object *route = json_object_array_get_idx(routes, i);

        if (!has_only(route, names) || vp_json_get_text_of(route, "to") == NULL ||
            vp_json_get_text_of(route, "via") == NULL ||
            !g_strv_contains(defaults, vp_json_get_text_of(route, "to")) ||
            !add_texts(link, "gateway", vp_json_get(route, "via")))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_nameservers(json_object *link, json_object *nameservers)
{
    static const char *const names[] = {"addresses", "search", NULL};

    return nameservers == NULL || (has_only(nameservers, names) &&
                                   add_texts(link, "dns", vp_json_get(nameservers, "addresses")) &&
                                   add_texts(link, "search", vp_json_get(nameservers, "search")));
}

/* Without a name of its own, a guest without netplan may know the interface by the key. */
static gboolean
read_name(json_object *link, const char *id, json_object *set_name)
{
    if (set_name == NULL)
        vp_json_add_string(link, "id", id);
    return set_text(link, "@name", set_name);
}

static gboolean
read_ethernet(json_object *links, const char *id, json_object *item)
{
    static const char *const names[] = {"match",     "set-name",  "dhcp4",       "dhcp6",
                                        "accept-ra", "mtu",       "gateway4",    "gateway6",
                                        "routes",    "addresses", "nameservers", NULL};
    static const char *const by_mac[] = {"macaddress", NULL};
    g_autoptr(json_object) link = new_link(vp_json_get(vp_json_get(item, "match"), "macaddress"));

    if (link == NULL || !has_only(item, names) || !has_only(vp_json_get(item, "match"), by_mac) ||
        !read_name(link, id, vp_json_get(item, "set-name")) ||
        !set_text(link, "mtu", vp_json_get(item, "mtu")) ||
        !set_boolean(link, "dhcp4", vp_json_get(item, "dhcp4")) ||
        !set_boolean(link, "dhcp6", vp_json_get(item, "dhcp6")) ||
        !set_boolean(link, "accept-ra", vp_json_get(item, "accept-ra")) ||
        !add_texts(link, "address", vp_json_get(item, "addresses")) ||
        !add_texts(link, "gateway", vp_json_get(item, "gateway4")) ||
        !add_texts(link, "gateway", vp_json_get(item, "gateway6")) ||
        !read_routes(link, vp_json_get(item, "routes")) ||
        !read_nameservers(link, vp_json_get(item, "nameservers")))
        return FALSE;
    vp_json_append(links, json_object_get(link));
    return TRUE;
}

static json_object *
read_version_2(json_object *root)
{
    static const char *const names[] = {"version", "ethernets", NULL};
    g_autoptr(json_object) links = json_object_new_array();
    json_object *ethernets = vp_json_get(root, "ethernets");

    if (!has_only(root, names) || !json_object_is_type(ethernets, json_type_object))
        return NULL;
    json_object_object_foreach(ethernets, id, item)
    {
        if (!read_ethernet(links, id, item))
            return NULL;
    }
    return json_object_array_length(links) > 0 ? json_object_get(links) : NULL;
}

/* --- the text --------------------------------------------------------------------------------- */

static json_object *
root_of(const GPtrArray *entries)
{
    json_object *root = json_object_new_object();

    for (guint i = 0; i < entries->len; i++) {
        const VpYamlEntry *entry = entries->pdata[i];

        vp_json_add_or_null(root, entry->name, json_object_get(entry->value));
    }
    return root;
}

json_object *
vp_command_import_network_links(GBytes *network_config)
{
    g_autoptr(GPtrArray) entries = vp_yaml_text_split(network_config, NULL);
    g_autoptr(json_object) root = entries != NULL ? root_of(entries) : NULL;
    const char *version = vp_json_get_text_of(root, "version");

    if (g_strcmp0(version, "1") == 0)
        return read_version_1(root);
    return g_strcmp0(version, "2") == 0 ? read_version_2(root) : NULL;
}
