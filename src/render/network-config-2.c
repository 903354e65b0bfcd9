/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan of a network to NoCloud's network-config, version 2. */
#include <config.h>

#include "base/yaml-writer.h"
#include "render/network-config-2.h"
#include "spec/subnet.h"

static gboolean
has_subnet(const VpPlannedLink *planned, VpSubnetType type)
{
    for (guint i = 0; i < planned->subnets->len; i++) {
        if (((const VpSubnet *)planned->subnets->pdata[i])->type == type)
            return TRUE;
    }
    return FALSE;
}

static void
write_addresses(VpYaml *yaml, const VpLink *link)
{
    vp_yaml_add_strings(yaml, "addresses", link->addresses);
    if (link->dns->len == 0 && link->search->len == 0)
        return;
    vp_yaml_key(yaml, "nameservers");
    vp_yaml_begin_map(yaml);
    vp_yaml_add_strings(yaml, "addresses", link->dns);
    vp_yaml_add_strings(yaml, "search", link->search);
    vp_yaml_end_map(yaml);
}

/* "0.0.0.0/0" and not "default", which cloud-init before 25.3 does not know in all renderers. */
static void
write_route(VpYaml *yaml, const VpPlannedRoute *route)
{
    g_autofree char *to = g_strdup_printf("%s/%u", route->network, route->prefix);

    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "to", to);
    vp_yaml_add_string(yaml, "via", route->gateway);
    if (route->metric >= 0)
        vp_yaml_add_int(yaml, "metric", route->metric);
    vp_yaml_end_map(yaml);
}

static gboolean
has_routes(const VpPlannedLink *planned)
{
    for (guint i = 0; i < planned->subnets->len; i++) {
        const VpSubnet *subnet = planned->subnets->pdata[i];

        if (subnet->gateway != NULL || subnet->routes->len > 0)
            return TRUE;
    }
    return FALSE;
}

static void
write_routes_of(VpYaml *yaml, const VpSubnet *subnet)
{
    if (subnet->gateway != NULL) {
        VpPlannedRoute route = {NULL, 0, subnet->gateway, -1};
        g_autofree char *network =
            g_strdup(vp_spec_subnet_is_ipv6(subnet->gateway) ? "::" : "0.0.0.0");

        route.network = network;
        write_route(yaml, &route);
    }
    for (guint i = 0; i < subnet->routes->len; i++)
        write_route(yaml, subnet->routes->pdata[i]);
}

static void
write_routes(VpYaml *yaml, const VpPlannedLink *planned)
{
    if (!has_routes(planned))
        return;
    vp_yaml_key(yaml, "routes");
    vp_yaml_begin_list(yaml);
    for (guint i = 0; i < planned->subnets->len; i++)
        write_routes_of(yaml, planned->subnets->pdata[i]);
    vp_yaml_end_list(yaml);
}

static void
write_overrides(VpYaml *yaml, const VpLink *link, const char *key)
{
    if (link->dhcp_use_dns == VP_UNSET && link->dhcp_use_routes == VP_UNSET &&
        link->dhcp_metric < 0)
        return;
    vp_yaml_key(yaml, key);
    vp_yaml_begin_map(yaml);
    vp_yaml_add_tristate(yaml, "use-dns", link->dhcp_use_dns);
    vp_yaml_add_tristate(yaml, "use-routes", link->dhcp_use_routes);
    if (link->dhcp_metric >= 0)
        vp_yaml_add_int(yaml, "route-metric", link->dhcp_metric);
    vp_yaml_end_map(yaml);
}

static void
write_dynamic(VpYaml *yaml, const VpPlannedLink *planned)
{
    VpTristate accept_ra = vp_render_network_accept_ra(planned);

    if (has_subnet(planned, VP_SUBNET_DHCP4)) {
        vp_yaml_add_tristate(yaml, "dhcp4", VP_YES);
        write_overrides(yaml, planned->link, "dhcp4-overrides");
    }
    if (has_subnet(planned, VP_SUBNET_DHCP6)) {
        vp_yaml_add_tristate(yaml, "dhcp6", VP_YES);
        write_overrides(yaml, planned->link, "dhcp6-overrides");
    }
    if (accept_ra == VP_UNSET &&
        (has_subnet(planned, VP_SUBNET_SLAAC) || has_subnet(planned, VP_SUBNET_STATELESS)))
        accept_ra = VP_YES;
    vp_yaml_add_tristate(yaml, "accept-ra", accept_ra);
}

static void
write_common(VpYaml *yaml, const VpPlannedLink *planned)
{
    if (planned->link->mtu > 0)
        vp_yaml_add_int(yaml, "mtu", planned->link->mtu);
    write_dynamic(yaml, planned);
    write_addresses(yaml, planned->link);
    write_routes(yaml, planned);
}

/* Renamed only if it was given a name. Without netplan, cloud-init before 22.2 does not find it
 * only by the MAC address. */
static void
write_physical(VpYaml *yaml, const VpPlannedLink *planned)
{
    vp_yaml_key(yaml, "match");
    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "macaddress", planned->mac);
    vp_yaml_end_map(yaml);
    vp_yaml_add_string(yaml, "set-name", planned->link->name);
    vp_yaml_add_tristate(yaml, "wakeonlan", planned->link->wake_on_lan);
}

/* Begins a link with members, up to the map of its kind's own parameters. */
static void
begin_parameters(VpYaml *yaml, const VpLink *link)
{
    vp_yaml_add_strings(yaml, "interfaces", link->members);
    vp_yaml_add_string(yaml, "macaddress", link->mac);
    vp_yaml_key(yaml, "parameters");
    vp_yaml_begin_map(yaml);
}

static void
write_bond(VpYaml *yaml, const VpPlannedLink *planned)
{
    const VpLink *bond = planned->link;

    begin_parameters(yaml, bond);
    vp_yaml_add_string(yaml, "mode", bond->bond_mode);
    vp_yaml_add_int(yaml, "mii-monitor-interval", vp_render_network_bond_monitor(bond));
    vp_yaml_add_string(yaml, "transmit-hash-policy", bond->bond_hash_policy);
    vp_yaml_add_string(yaml, "lacp-rate", bond->bond_lacp_rate);
    vp_yaml_end_map(yaml);
}

/* netplan's own default is yes. */
static void
write_bridge(VpYaml *yaml, const VpPlannedLink *planned)
{
    begin_parameters(yaml, planned->link);
    vp_yaml_add_tristate(yaml, "stp", planned->link->stp == VP_YES ? VP_YES : VP_NO);
    vp_yaml_end_map(yaml);
}

static void
write_vlan(VpYaml *yaml, const VpPlannedLink *planned)
{
    vp_yaml_add_int(yaml, "id", planned->link->vlan_id);
    vp_yaml_add_string(yaml, "link", planned->link->vlan_link);
    vp_yaml_add_string(yaml, "macaddress", planned->link->mac);
}

typedef void WriteLink(VpYaml *yaml, const VpPlannedLink *planned);

/* All links of a type, if there are any. */
static void
write_links(VpYaml *yaml, const GPtrArray *plan, VpLinkType type, const char *key, WriteLink *write)
{
    gboolean any = FALSE;

    for (guint i = 0; i < plan->len; i++) {
        const VpPlannedLink *planned = plan->pdata[i];

        if (planned->link->type != type)
            continue;
        if (!any) {
            vp_yaml_key(yaml, key);
            vp_yaml_begin_map(yaml);
            any = TRUE;
        }
        vp_yaml_key(yaml, planned->name);
        vp_yaml_begin_map(yaml);
        write(yaml, planned);
        write_common(yaml, planned);
        vp_yaml_end_map(yaml);
    }
    if (any)
        vp_yaml_end_map(yaml);
}

GBytes *
vp_render_network_config_2(const GPtrArray *plan, GError **error)
{
    g_autoptr(VpYaml) yaml = vp_yaml_new();

    vp_yaml_begin_map(yaml);
    vp_yaml_add_int(yaml, "version", 2);
    write_links(yaml, plan, VP_LINK_PHYSICAL, "ethernets", write_physical);
    write_links(yaml, plan, VP_LINK_BOND, "bonds", write_bond);
    write_links(yaml, plan, VP_LINK_BRIDGE, "bridges", write_bridge);
    write_links(yaml, plan, VP_LINK_VLAN, "vlans", write_vlan);
    vp_yaml_end_map(yaml);
    return vp_yaml_end(yaml, NULL, error);
}
