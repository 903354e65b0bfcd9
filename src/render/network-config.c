/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to NoCloud's network-config: version 1, which all renderers of cloud-init follow best,
 * unless only version 2 can say it. */
#include <config.h>

#include "base/yaml-writer.h"
#include "render/network-config-2.h"
#include "render/network-config.h"
#include "spec/subnet.h"

static void
write_route(VpYaml *yaml, const VpPlannedRoute *route)
{
    g_autofree char *netmask =
        vp_render_network_netmask(route->prefix, vp_spec_subnet_is_ipv6(route->network));

    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "network", route->network);
    vp_yaml_add_string(yaml, "netmask", netmask);
    vp_yaml_add_string(yaml, "gateway", route->gateway);
    if (route->metric >= 0)
        vp_yaml_add_int(yaml, "metric", route->metric);
    vp_yaml_end_map(yaml);
}

static void
write_subnet(VpYaml *yaml, const VpLink *link, const VpSubnet *subnet)
{
    static const char *const types[] = {
        [VP_SUBNET_STATIC] = "static",    [VP_SUBNET_STATIC6] = "static6",
        [VP_SUBNET_DHCP4] = "dhcp4",      [VP_SUBNET_DHCP6] = "dhcp6",
        [VP_SUBNET_SLAAC] = "ipv6_slaac", [VP_SUBNET_STATELESS] = "ipv6_dhcpv6-stateless",
    };

    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "type", types[subnet->type]);
    if (subnet->address != NULL) {
        g_autofree char *cidr = g_strdup_printf("%s/%u", subnet->address, subnet->prefix);

        vp_yaml_add_string(yaml, "address", cidr);
    }
    vp_yaml_add_string(yaml, "gateway", subnet->gateway);
    if (subnet->has_dns) {
        vp_yaml_add_strings(yaml, "dns_nameservers", link->dns);
        vp_yaml_add_strings(yaml, "dns_search", link->search);
    }
    if (subnet->routes->len > 0) {
        vp_yaml_key(yaml, "routes");
        vp_yaml_begin_list(yaml);
        for (guint i = 0; i < subnet->routes->len; i++)
            write_route(yaml, g_ptr_array_index(subnet->routes, i));
        vp_yaml_end_list(yaml);
    }
    vp_yaml_end_map(yaml);
}

static void
write_subnets(VpYaml *yaml, const VpPlannedLink *planned)
{
    if (planned->subnets->len == 0)
        return;
    vp_yaml_key(yaml, "subnets");
    vp_yaml_begin_list(yaml);
    for (guint i = 0; i < planned->subnets->len; i++)
        write_subnet(yaml, planned->link, g_ptr_array_index(planned->subnets, i));
    vp_yaml_end_list(yaml);
}

static void
write_physical(VpYaml *yaml, const VpPlannedLink *planned)
{
    vp_yaml_add_string(yaml, "type", "physical");
    vp_yaml_add_string(yaml, "name", planned->name);
    vp_yaml_add_string(yaml, "mac_address", planned->mac);
    vp_yaml_add_tristate(yaml, "accept-ra", vp_render_network_accept_ra(planned));
}

static void
write_bond(VpYaml *yaml, const VpPlannedLink *planned)
{
    vp_yaml_add_string(yaml, "type", "bond");
    vp_yaml_add_string(yaml, "name", planned->name);
    vp_yaml_add_string(yaml, "mac_address", planned->link->mac);
    vp_yaml_add_strings(yaml, "bond_interfaces", planned->link->members);
    vp_yaml_key(yaml, "params");
    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "bond-mode", planned->link->bond_mode);
    vp_yaml_add_int(yaml, "bond-miimon", vp_render_network_bond_monitor(planned->link));
    vp_yaml_end_map(yaml);
}

/* Of renderers without a word some turn the spanning tree protocol on. */
static void
write_bridge(VpYaml *yaml, const VpPlannedLink *planned)
{
    vp_yaml_add_string(yaml, "type", "bridge");
    vp_yaml_add_string(yaml, "name", planned->name);
    vp_yaml_add_strings(yaml, "bridge_interfaces", planned->link->members);
    vp_yaml_key(yaml, "params");
    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "bridge_stp", planned->link->stp == VP_YES ? "on" : "off");
    vp_yaml_end_map(yaml);
}

static void
write_vlan(VpYaml *yaml, const VpPlannedLink *planned)
{
    vp_yaml_add_string(yaml, "type", "vlan");
    vp_yaml_add_string(yaml, "name", planned->name);
    vp_yaml_add_string(yaml, "vlan_link", planned->link->vlan_link);
    vp_yaml_add_int(yaml, "vlan_id", planned->link->vlan_id);
    /* followed by every renderer, but not in the schema of cloud-init 24.1 and later, which warns
     */
    vp_yaml_add_string(yaml, "mac_address", planned->link->mac);
}

static void
write_link(VpYaml *yaml, const VpPlannedLink *planned)
{
    vp_yaml_begin_map(yaml);
    switch (planned->link->type) {
    case VP_LINK_PHYSICAL:
        write_physical(yaml, planned);
        break;
    case VP_LINK_BOND:
        write_bond(yaml, planned);
        break;
    case VP_LINK_BRIDGE:
        write_bridge(yaml, planned);
        break;
    case VP_LINK_VLAN:
        write_vlan(yaml, planned);
        break;
    }
    if (planned->link->mtu > 0)
        vp_yaml_add_int(yaml, "mtu", planned->link->mtu);
    write_subnets(yaml, planned);
    vp_yaml_end_map(yaml);
}

/* Both lists always: the first schema of cloud-init's (24.1) requires them. */
static void
write_nameservers(VpYaml *yaml, const GPtrArray *addresses)
{
    if (addresses == NULL)
        return;
    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "type", "nameserver");
    vp_yaml_add_strings(yaml, "address", addresses);
    vp_yaml_key(yaml, "search");
    vp_yaml_begin_list(yaml);
    vp_yaml_end_list(yaml);
    vp_yaml_end_map(yaml);
}

/* What version 1 cannot express, by its schema in the case of a bridge; for a bond, what its schema
 * and its renderer for ifcfg files name differently. */
static gboolean
needs_version_2(const VpPlannedLink *planned)
{
    const VpLink *link = planned->link;

    return link->wake_on_lan != VP_UNSET || link->dhcp_use_dns != VP_UNSET ||
           link->dhcp_use_routes != VP_UNSET || link->dhcp_metric >= 0 ||
           link->bond_hash_policy != NULL || link->bond_lacp_rate != NULL ||
           (link->accept_ra != VP_UNSET && link->type != VP_LINK_PHYSICAL) ||
           (link->type == VP_LINK_BRIDGE && (link->mac != NULL || link->mtu > 0));
}

/* What cloud-init's renderer for netplan does not read in version 1, which also renames every
 * interface: that fails in a guest that uses it by then. */
static gboolean
wants_version_2(const VpPlannedLink *planned)
{
    return vp_render_network_is_beside_dhcp(planned) ||
           (planned->link->name == NULL && planned->link->type == VP_LINK_PHYSICAL);
}

/* In version 2 cloud-init's reader fails, but for netplan, and the guest is left without a network.
 */
static gboolean
wants_version_1(const VpPlannedLink *planned)
{
    return planned->link->search->len > 0 && planned->link->dns->len == 0;
}

gboolean
vp_render_network_config_is_version_2(const GPtrArray *plan)
{
    gboolean wants_1 = FALSE, wants_2 = FALSE;

    for (guint i = 0; i < plan->len; i++) {
        if (needs_version_2(plan->pdata[i]))
            return TRUE;
        wants_1 = wants_1 || wants_version_1(plan->pdata[i]);
        wants_2 = wants_2 || wants_version_2(plan->pdata[i]);
    }
    return wants_2 && !wants_1;
}

GBytes *
vp_render_network_config(const GPtrArray *plan, GError **error)
{
    g_autoptr(VpYaml) yaml = vp_yaml_new();

    if (vp_render_network_config_is_version_2(plan))
        return vp_render_network_config_2(plan, error);
    vp_yaml_begin_map(yaml);
    vp_yaml_add_int(yaml, "version", 1);
    vp_yaml_key(yaml, "config");
    vp_yaml_begin_list(yaml);
    for (guint i = 0; i < plan->len; i++)
        write_link(yaml, g_ptr_array_index(plan, i));
    write_nameservers(yaml, vp_render_network_common_dns(plan));
    vp_yaml_end_list(yaml);
    vp_yaml_end_map(yaml);
    return vp_yaml_end(yaml, NULL, error);
}
