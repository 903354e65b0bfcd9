/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to network_data.json. */
#include <config.h>

#include "base/error.h"
#include "base/json-text.h"
#include "render/network-data-json.h"
#include "spec/link.h"
#include "spec/subnet.h"

static json_object *
strings(const GPtrArray *texts)
{
    json_object *list = json_object_new_array();

    for (guint i = 0; i < texts->len; i++)
        vp_json_append(list, json_object_new_string(g_ptr_array_index(texts, i)));
    return list;
}

/* cloud-init renames an interface to "name", and looks up the name that it has if there is none. A
 * rename fails in a guest that uses the interface by then. cloudbase-init knows the link by either.
 */
static json_object *
link_new(const VpSpec *spec, const VpPlannedLink *planned)
{
    json_object *object = json_object_new_object();

    vp_json_add_string(object, "id", planned->name);
    if (planned->link->name != NULL || spec->windows)
        vp_json_add_string(object, "name", planned->name);
    if (planned->link->mtu > 0)
        vp_json_add(object, "mtu", json_object_new_int64(planned->link->mtu));
    return object;
}

static json_object *
physical_new(const VpSpec *spec, const VpPlannedLink *planned)
{
    json_object *object = link_new(spec, planned);

    vp_json_add_string(object, "type", "phy");
    vp_json_add_string(object, "ethernet_mac_address", planned->mac);
    return object;
}

/* cloudbase-init looks for the member that has the bond's address, and makes no bond without one.
 */
static const char *
windows_bond_mac(const VpSpec *spec, const VpPlannedLink *planned)
{
    const VpLink *first = NULL;

    for (guint i = 0; i < planned->link->members->len; i++) {
        const VpLink *member = vp_spec_link_find(spec, planned->link->members->pdata[i]);

        if (member == NULL || member->type != VP_LINK_PHYSICAL)
            continue;
        if (g_strcmp0(member->mac, planned->mac) == 0)
            return planned->mac;
        first = first != NULL ? first : member;
    }
    return first != NULL ? first->mac : planned->mac;
}

/* cloud-init 20.4 gives it to all members too. */
static json_object *
bond_new(const VpSpec *spec, const VpPlannedLink *planned)
{
    json_object *object = link_new(spec, planned);

    vp_json_add_string(object, "type", "bond");
    vp_json_add_string(object, "ethernet_mac_address",
                       spec->windows ? windows_bond_mac(spec, planned) : planned->link->mac);
    vp_json_add(object, "bond_links", strings(planned->link->members));
    vp_json_add_string(object, "bond_mode", planned->link->bond_mode);
    vp_json_add(object, "bond_miimon",
                json_object_new_int64(vp_render_network_bond_monitor(planned->link)));
    vp_json_add_string(object, "bond_xmit_hash_policy", planned->link->bond_hash_policy);
    vp_json_add_string(object, "bond_lacp_rate", planned->link->bond_lacp_rate);
    return object;
}

static json_object *
vlan_new(const VpSpec *spec, const VpPlannedLink *planned)
{
    json_object *object = link_new(spec, planned);

    vp_json_add_string(object, "type", "vlan");
    vp_json_add_string(object, "vlan_link", planned->link->vlan_link);
    vp_json_add(object, "vlan_id", json_object_new_int64(planned->link->vlan_id));
    vp_json_add_string(object, "vlan_mac_address", planned->mac); /* required */
    return object;
}

static gboolean
check_name(const VpSpec *spec, const VpPlannedLink *planned, const char *path, const char *name,
           GError **error)
{
    if (spec->windows || g_str_equal(planned->name, name))
        return TRUE;
    return vp_error_set_at(
        error, VP_ERROR_NETWORK, path, &planned->link->place,
        "a config drive cannot name it; cloud-init derives the name from its order, or its link "
        "and id, as in bond0 or eth0.10: name it so, or use datasource='nocloud'");
}

/* Its type "bridge" is an interface that is on a bridge of the host's. */
static gboolean
set_bridge_error(const VpSpec *spec, const VpLink *link, GError **error)
{
    return vp_error_set_at(error, VP_ERROR_NETWORK, "cloud-init/network/bridge", &link->place,
                           spec->windows
                               ? "cloudbase-init cannot make it"
                               : "a config drive cannot express it; use datasource='nocloud'");
}

static json_object *
make_link(const VpSpec *spec, const VpPlannedLink *planned, guint *bonds, GError **error)
{
    const VpLink *link = planned->link;
    g_autofree char *name = NULL;

    switch (link->type) {
    case VP_LINK_PHYSICAL:
        break;
    case VP_LINK_BOND:
        name = g_strdup_printf("bond%u", (*bonds)++);
        return check_name(spec, planned, "cloud-init/network/bond", name, error)
                   ? bond_new(spec, planned)
                   : NULL;
    case VP_LINK_BRIDGE:
        (void)set_bridge_error(spec, link, error);
        return NULL;
    case VP_LINK_VLAN:
        name = g_strdup_printf("%s.%u", link->vlan_link, link->vlan_id);
        return check_name(spec, planned, "cloud-init/network/vlan", name, error)
                   ? vlan_new(spec, planned)
                   : NULL;
    }
    return physical_new(spec, planned);
}

static json_object *
route_new(const VpPlannedRoute *route)
{
    json_object *object = json_object_new_object();
    g_autofree char *netmask =
        vp_render_network_netmask(route->prefix, vp_spec_subnet_is_ipv6(route->network));

    vp_json_add_string(object, "network", route->network);
    vp_json_add_string(object, "netmask", netmask);
    vp_json_add_string(object, "gateway", route->gateway);
    if (route->metric >= 0)
        vp_json_add(object, "metric", json_object_new_int64(route->metric));
    return object;
}

static json_object *
default_route_new(const char *gateway)
{
    const VpPlannedRoute route = {
        .network = (char *)(vp_spec_subnet_is_ipv6(gateway) ? "::" : "0.0.0.0"), /* not freed */
        .gateway = gateway,
        .metric = -1,
    };

    return route_new(&route);
}

/* cloud-init reads "gateway", which is not Nova's; cloudbase-init looks for a default route. Both
 * at once give a guest of cloud-init two of them. */
static void
add_routes(json_object *object, const VpSpec *spec, const VpSubnet *subnet)
{
    json_object *routes = json_object_new_array();

    if (subnet->gateway != NULL && spec->windows)
        vp_json_append(routes, default_route_new(subnet->gateway));
    else
        vp_json_add_string(object, "gateway", subnet->gateway);
    for (guint i = 0; i < subnet->routes->len; i++)
        vp_json_append(routes, route_new(g_ptr_array_index(subnet->routes, i)));
    if (json_object_array_length(routes) > 0)
        vp_json_add(object, "routes", routes);
    else
        json_object_put(routes);
}

static json_object *
dns_services(const GPtrArray *addresses)
{
    json_object *services = json_object_new_array();

    for (guint i = 0; i < addresses->len; i++) {
        json_object *service = json_object_new_object();

        vp_json_add_string(service, "type", "dns");
        vp_json_add_string(service, "address", g_ptr_array_index(addresses, i));
        vp_json_append(services, service);
    }
    return services;
}

/* "services" is Nova's; cloud-init before 24.3 reads only "dns_nameservers", all read "dns_search".
 */
static void
add_dns(json_object *object, const VpLink *link)
{
    if (link->dns->len > 0) {
        vp_json_add(object, "services", dns_services(link->dns));
        vp_json_add(object, "dns_nameservers", strings(link->dns));
    }
    if (link->search->len > 0)
        vp_json_add(object, "dns_search", strings(link->search));
}

/* Of an IPv6 address "ipv6" has cloud-init turn router advertisements off, on an interface for good
 * and on others against its own schema; "static" says nothing of them. */
static const char *
type_of(const VpSpec *spec, const VpPlannedLink *planned, const VpSubnet *subnet)
{
    static const char *const types[] = {
        [VP_SUBNET_STATIC] = "ipv4",      [VP_SUBNET_STATIC6] = "ipv6",
        [VP_SUBNET_DHCP4] = "ipv4_dhcp",  [VP_SUBNET_DHCP6] = "ipv6_dhcp",
        [VP_SUBNET_SLAAC] = "ipv6_slaac", [VP_SUBNET_STATELESS] = "ipv6_dhcpv6-stateless",
    };

    if (subnet->type == VP_SUBNET_STATIC6 && !spec->windows &&
        (planned->link->type != VP_LINK_PHYSICAL || planned->link->accept_ra == VP_YES))
        return "static";
    return types[subnet->type];
}

static json_object *
make_network(const VpSpec *spec, const VpPlannedLink *planned, const VpSubnet *subnet, guint number)
{
    json_object *object = json_object_new_object();
    g_autofree char *id = g_strdup_printf("network%u", number);

    vp_json_add_string(object, "id", id);
    vp_json_add_string(object, "link", planned->name);
    vp_json_add_string(object, "type", type_of(spec, planned, subnet));
    if (subnet->address != NULL) {
        g_autofree char *netmask =
            vp_render_network_netmask(subnet->prefix, vp_spec_subnet_is_ipv6(subnet->address));

        vp_json_add_string(object, "ip_address", subnet->address);
        vp_json_add_string(object, "netmask", netmask);
    }
    add_routes(object, spec, subnet);
    if (subnet->has_dns)
        add_dns(object, planned->link);
    return object;
}

static void
add_networks(json_object *networks, const VpSpec *spec, const VpPlannedLink *planned)
{
    for (guint i = 0; i < planned->subnets->len; i++) {
        guint number = (guint)json_object_array_length(networks);

        vp_json_append(networks,
                       make_network(spec, planned, g_ptr_array_index(planned->subnets, i), number));
    }
}

GBytes *
vp_render_network_data_json(const VpSpec *spec, const GPtrArray *plan, GError **error)
{
    g_autoptr(json_object) object = json_object_new_object();
    json_object *links = json_object_new_array(), *networks = json_object_new_array();
    const GPtrArray *common_dns = vp_render_network_common_dns(plan);
    guint bonds = 0;

    vp_json_add(object, "links", links);
    vp_json_add(object, "networks", networks);
    if (common_dns != NULL)
        vp_json_add(object, "services", dns_services(common_dns));
    for (guint i = 0; i < plan->len; i++) {
        const VpPlannedLink *planned = g_ptr_array_index(plan, i);
        json_object *link = make_link(spec, planned, &bonds, error);

        if (link == NULL)
            return NULL;
        vp_json_append(links, link);
        add_networks(networks, spec, planned);
    }
    return vp_json_text(object);
}
