/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A spec's links made ready to be written. */
#include <config.h>

#include <arpa/inet.h>
#include <string.h>

#include "base/error.h"
#include "render/network.h"
#include "spec/link.h"
#include "spec/subnet.h"

enum { MAX_LEVELS = 8 }; /* VLAN over bond over VLAN …; more is a loop */

static void
subnet_free(gpointer data)
{
    VpSubnet *subnet = data;

    g_free(subnet->address);
    g_ptr_array_unref(subnet->routes);
    g_free(subnet);
}

static void
planned_link_free(gpointer data)
{
    VpPlannedLink *planned = data;

    g_free(planned->name);
    g_free(planned->mac);
    g_ptr_array_unref(planned->subnets);
    g_free(planned);
}

char *
vp_render_network_netmask(guint prefix, gboolean ipv6)
{
    guint8 mask[16] = {0};
    char text[INET6_ADDRSTRLEN];

    for (guint bit = 0; bit < prefix; bit++)
        mask[bit / 8] |= (guint8)(0x80 >> (bit % 8));
    inet_ntop(ipv6 ? AF_INET6 : AF_INET, mask, text, sizeof text);
    return g_strdup(text);
}

/* Splits "192.0.2.5/24". */
static gboolean
split(const char *cidr, char **address, guint *prefix, GError **error)
{
    const char *slash = strchr(cidr, '/');
    g_autofree char *host = slash != NULL ? g_strndup(cidr, (gsize)(slash - cidr)) : NULL;
    gboolean ipv6 = vp_spec_subnet_is_ipv6(cidr);
    guint8 binary[16];
    guint64 bits;

    if (host == NULL || inet_pton(ipv6 ? AF_INET6 : AF_INET, host, binary) != 1 ||
        !g_ascii_string_to_unsigned(slash + 1, 10, 0, ipv6 ? 128 : 32, &bits, NULL))
        return vp_error_set(error, VP_ERROR_NETWORK,
                            "is not an address with a prefix, as in '192.0.2.5/24'");
    *address = g_steal_pointer(&host);
    *prefix = (guint)bits;
    return TRUE;
}

static void
route_free(gpointer data)
{
    VpPlannedRoute *route = data;

    g_free(route->network);
    g_free(route);
}

static VpSubnet *
subnet_new(VpSubnetType type)
{
    VpSubnet *subnet = g_new0(VpSubnet, 1);

    subnet->type = type;
    subnet->routes = g_ptr_array_new_with_free_func(route_free);
    return subnet;
}

static gboolean
subnet_is_ipv6(const VpSubnet *subnet)
{
    return subnet->type != VP_SUBNET_STATIC && subnet->type != VP_SUBNET_DHCP4;
}

static gboolean
subnet_is_static(const VpSubnet *subnet)
{
    return subnet->address != NULL;
}

static gboolean
plan_subnets(VpPlannedLink *planned, GError **error)
{
    const VpLink *link = planned->link;

    for (guint i = 0; i < link->addresses->len; i++) {
        const char *cidr = g_ptr_array_index(link->addresses, i);
        VpSubnet *subnet =
            subnet_new(vp_spec_subnet_is_ipv6(cidr) ? VP_SUBNET_STATIC6 : VP_SUBNET_STATIC);

        g_ptr_array_add(planned->subnets, subnet);
        if (!split(cidr, &subnet->address, &subnet->prefix, error)) {
            g_prefix_error(error, "address: ");
            return FALSE;
        }
    }
    if (link->dhcp4 == VP_YES)
        g_ptr_array_add(planned->subnets, subnet_new(VP_SUBNET_DHCP4));
    if (link->dhcp6 == VP_YES)
        g_ptr_array_add(planned->subnets, subnet_new(VP_SUBNET_DHCP6));
    if (link->slaac == VP_YES)
        g_ptr_array_add(planned->subnets, subnet_new(VP_SUBNET_SLAAC));
    if (link->dhcp6_stateless == VP_YES)
        g_ptr_array_add(planned->subnets, subnet_new(VP_SUBNET_STATELESS));
    return TRUE;
}

/* The first of a family; NULL if there is none. */
static VpSubnet *
find_subnet(const VpPlannedLink *planned, gboolean ipv6)
{
    for (guint i = 0; i < planned->subnets->len; i++) {
        VpSubnet *subnet = g_ptr_array_index(planned->subnets, i);

        if (subnet_is_ipv6(subnet) == ipv6)
            return subnet;
    }
    return NULL;
}

static void
set_family_error(GError **error, const char *what)
{
    g_set_error(error, VP_ERROR, VP_ERROR_NETWORK,
                "%s: the link has no address of that family; give one", what);
}

static VpPlannedRoute *
add_route(VpSubnet *subnet, const char *gateway, gint64 metric)
{
    VpPlannedRoute *route = g_new0(VpPlannedRoute, 1);

    route->gateway = gateway;
    route->metric = metric;
    g_ptr_array_add(subnet->routes, route);
    return route;
}

/* The static address whose network holds this gateway, otherwise the first of its family: static,
 * or else a DHCP client. NULL if the link has none. */
static VpSubnet *
find_subnet_of(const VpPlannedLink *planned, const char *gateway)
{
    gboolean ipv6 = vp_spec_subnet_is_ipv6(gateway);

    for (guint i = 0; i < planned->link->addresses->len; i++) {
        if (vp_spec_subnet_holds(planned->link->addresses->pdata[i], gateway))
            return planned->subnets->pdata[i];
    }
    return find_subnet(planned, ipv6);
}

static gboolean
set_default(VpPlannedLink *planned, gboolean ipv6, GError **error)
{
    if (planned->has_default[ipv6])
        return vp_error_set(error, VP_ERROR_CONFLICT,
                            "has two default routes of one family, which a guest with ifcfg files "
                            "refuses; give one");
    planned->has_default[ipv6] = TRUE;
    return TRUE;
}

/* A gateway outside the networks of all addresses is assumed to be on the link, and needs a route
 * that says so: systemd-networkd refuses the default route otherwise. */
static void
add_route_to_gateway(const VpPlannedLink *planned, VpSubnet *subnet, const char *gateway)
{
    gboolean ipv6 = vp_spec_subnet_is_ipv6(gateway);
    VpPlannedRoute *route;

    if (vp_spec_subnet_is_link_local(gateway))
        return;
    for (guint i = 0; i < planned->link->addresses->len; i++) {
        if (vp_spec_subnet_holds(planned->link->addresses->pdata[i], gateway))
            return;
    }
    for (guint i = 0; i < planned->link->routes->len; i++) {
        const VpRoute *given = planned->link->routes->pdata[i];

        if (vp_spec_subnet_is_unspecified(given->gateway) &&
            vp_spec_subnet_holds(given->destination, gateway))
            return;
    }
    route = add_route(subnet, ipv6 ? "::" : "0.0.0.0", -1);
    route->network = g_strdup(gateway);
    route->prefix = ipv6 ? 128 : 32;
}

/* As a gateway and not as a route as well: netplan reports the second as a conflict. */
static gboolean
place_gateway(VpPlannedLink *planned, const char *gateway, GError **error)
{
    gboolean ipv6 = vp_spec_subnet_is_ipv6(gateway);
    VpSubnet *subnet = find_subnet_of(planned, gateway);

    if (subnet == NULL || !subnet_is_static(subnet)) {
        set_family_error(error, "gateway");
        return FALSE;
    }
    if (!set_default(planned, ipv6, error))
        return FALSE;
    subnet->gateway = gateway;
    add_route_to_gateway(planned, subnet, gateway);
    return TRUE;
}

static gboolean
place_gateways(VpPlannedLink *planned, GError **error)
{
    const GPtrArray *gateways = planned->link->gateways;

    for (guint i = 0; i < gateways->len; i++) {
        if (!place_gateway(planned, g_ptr_array_index(gateways, i), error))
            return FALSE;
    }
    return TRUE;
}

/* The route's own gateway decides; one that is the link itself says nothing. */
static VpSubnet *
find_subnet_of_route(const VpPlannedLink *planned, const VpRoute *route)
{
    if (vp_spec_subnet_is_unspecified(route->gateway))
        return find_subnet(planned, vp_spec_subnet_is_ipv6(route->destination));
    return find_subnet_of(planned, route->gateway);
}

static gboolean
place_route(VpPlannedLink *planned, const VpRoute *route, GError **error)
{
    VpSubnet *subnet = find_subnet_of_route(planned, route);
    g_autofree char *network = NULL;
    VpPlannedRoute *planned_route;
    guint prefix;

    if (subnet == NULL) {
        set_family_error(error, "route");
        return FALSE;
    }
    if (!split(route->destination, &network, &prefix, error)) {
        g_prefix_error(error, "route: ");
        return FALSE;
    }
    if (prefix == 0 && subnet_is_static(subnet) && route->metric < 0)
        return place_gateway(planned, route->gateway, error);
    if (prefix == 0 && !set_default(planned, vp_spec_subnet_is_ipv6(network), error))
        return FALSE;
    planned_route = add_route(subnet, route->gateway, route->metric);
    planned_route->network = g_steal_pointer(&network);
    planned_route->prefix = prefix;
    return TRUE;
}

static gboolean
place_routes(VpPlannedLink *planned, GError **error)
{
    const GPtrArray *routes = planned->link->routes;

    for (guint i = 0; i < routes->len; i++) {
        if (!place_route(planned, g_ptr_array_index(routes, i), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
place_dns(VpPlannedLink *planned, GError **error)
{
    if (planned->link->dns->len == 0 && planned->link->search->len == 0)
        return TRUE;
    if (planned->subnets->len == 0) {
        set_family_error(error, "dns");
        return FALSE;
    }
    ((VpSubnet *)g_ptr_array_index(planned->subnets, 0))->has_dns = TRUE;
    return TRUE;
}

/* Not "eth0": the kernel may give that name to another device (systemd.link(5), Name=). "net0" is
 * what libvirt calls the device itself. */
static char *
make_name(const VpSpec *spec, guint *number)
{
    char *name = NULL;

    do {
        g_free(name);
        name = g_strdup_printf("net%u", (*number)++);
    } while (vp_spec_link_find(spec, name) != NULL);
    return name;
}

static const char *
name_below(const VpLink *link)
{
    if (link->type == VP_LINK_VLAN)
        return link->vlan_link;
    return link->members->len > 0 ? g_ptr_array_index(link->members, 0) : NULL;
}

/* A bond, bridge or VLAN without an address takes that of the (first) link below, as in the kernel.
 */
static const char *
find_mac(const VpSpec *spec, const VpLink *link)
{
    for (guint level = 0; link != NULL && level < MAX_LEVELS; level++) {
        const char *below;

        if (link->mac != NULL || link->type == VP_LINK_PHYSICAL)
            return link->mac;
        below = name_below(link);
        link = below != NULL ? vp_spec_link_find(spec, below) : NULL;
    }
    return NULL;
}

static gboolean
plan_link(const VpSpec *spec, VpPlannedLink *planned, GError **error)
{
    planned->mac = g_strdup(find_mac(spec, planned->link));
    if (planned->mac == NULL)
        return vp_error_set(error, VP_ERROR_NETWORK,
                            "has no MAC address, by which the guest finds its device; give mac");
    return plan_subnets(planned, error) && place_gateways(planned, error) &&
           place_routes(planned, error) && place_dns(planned, error);
}

static const char *
element(const VpLink *link)
{
    static const char *const elements[] = {
        [VP_LINK_PHYSICAL] = "cloud-init/network/interface",
        [VP_LINK_BOND] = "cloud-init/network/bond",
        [VP_LINK_BRIDGE] = "cloud-init/network/bridge",
        [VP_LINK_VLAN] = "cloud-init/network/vlan",
    };

    return elements[link->type];
}

GPtrArray *
vp_render_network_plan(const VpSpec *spec, GError **error)
{
    g_autoptr(GPtrArray) plan = g_ptr_array_new_with_free_func(planned_link_free);
    guint number = 0;

    for (guint i = 0; i < spec->links->len; i++) {
        const VpLink *link = g_ptr_array_index(spec->links, i);
        VpPlannedLink *planned = g_new0(VpPlannedLink, 1);

        planned->link = link;
        planned->name = link->name != NULL ? g_strdup(link->name) : make_name(spec, &number);
        planned->subnets = g_ptr_array_new_with_free_func(subnet_free);
        g_ptr_array_add(plan, planned);
        if (!plan_link(spec, planned, error)) {
            (void)vp_error_set_place(error, element(link), &link->place);
            return NULL;
        }
    }
    return g_steal_pointer(&plan);
}

static gboolean
same_texts(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        if (!g_str_equal(g_ptr_array_index(a, i), g_ptr_array_index(b, i)))
            return FALSE;
    }
    return TRUE;
}

const GPtrArray *
vp_render_network_common_dns(const GPtrArray *plan)
{
    const GPtrArray *common = NULL;

    for (guint i = 0; i < plan->len; i++) {
        const VpPlannedLink *planned = g_ptr_array_index(plan, i);

        if (planned->subnets->len == 0)
            continue;
        if (common != NULL && !same_texts(common, planned->link->dns))
            return NULL;
        common = planned->link->dns;
    }
    return common != NULL && common->len > 0 ? common : NULL;
}

static gboolean
has_route_beside_dhcp(const VpPlannedLink *planned)
{
    for (guint i = 0; i < planned->subnets->len; i++) {
        const VpSubnet *subnet = g_ptr_array_index(planned->subnets, i);

        if (!subnet_is_static(subnet) && subnet->routes->len > 0)
            return TRUE;
    }
    return FALSE;
}

VpTristate
vp_render_network_accept_ra(const VpPlannedLink *planned)
{
    VpTristate accept = planned->link->accept_ra;

    if (accept != VP_UNSET || planned->link->type != VP_LINK_PHYSICAL)
        return accept;
    for (guint i = 0; i < planned->subnets->len; i++) {
        const VpSubnet *subnet = g_ptr_array_index(planned->subnets, i);

        if (subnet->type >= VP_SUBNET_DHCP6)
            return subnet->type == VP_SUBNET_DHCP6 ? VP_YES : VP_UNSET;
        if (subnet->type == VP_SUBNET_STATIC6)
            accept = VP_NO;
    }
    return accept;
}

gboolean
vp_render_network_is_beside_dhcp(const VpPlannedLink *planned)
{
    const VpLink *link = planned->link;

    return (link->addresses->len == 0 && (link->dns->len > 0 || link->search->len > 0)) ||
           has_route_beside_dhcp(planned);
}

guint
vp_render_network_bond_monitor(const VpLink *bond)
{
    return bond->bond_monitor > 0 ? bond->bond_monitor : VP_NETWORK_BOND_MIIMON;
}
