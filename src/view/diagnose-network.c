/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Advice on a network: cloud-init 20.4 to 26.2 with each of its renderers, and cloudbase-init. */
#include <config.h>

#include <string.h>

#include "render/network-config.h"
#include "spec/link.h"
#include "spec/subnet.h"
#include "view/diagnose-network.h"

static void
advise(const VpAdviser *adviser, const VpLink *link, const char *name, const char *message)
{
    adviser->tell(name, &link->place, message, adviser->data);
}

static gboolean
is_config_drive(const VpAdviser *adviser)
{
    return adviser->spec->datasource == VP_DATASOURCE_CONFIG_DRIVE && !adviser->spec->windows;
}

/* --- addresses and gateways ------------------------------------------------------------------- */

static gboolean
is_held(const VpLink *link, const char *gateway)
{
    for (guint i = 0; i < link->addresses->len; i++) {
        if (vp_spec_subnet_holds(link->addresses->pdata[i], gateway))
            return TRUE;
    }
    return FALSE;
}

/* Some address of the gateway's family has a network of its own, in which a gateway would be
 * expected. */
static gboolean
has_network(const VpLink *link, gboolean ipv6)
{
    for (guint i = 0; i < link->addresses->len; i++) {
        const char *address = link->addresses->pdata[i];

        if (vp_spec_subnet_is_ipv6(address) == ipv6 &&
            !g_str_has_suffix(address, ipv6 ? "/128" : "/32"))
            return TRUE;
    }
    return FALSE;
}

/* A static address of that family: nothing is known of what DHCP gives. */
static gboolean
has_address(const VpLink *link, gboolean ipv6)
{
    for (guint i = 0; i < link->addresses->len; i++) {
        if (vp_spec_subnet_is_ipv6(link->addresses->pdata[i]) == ipv6)
            return TRUE;
    }
    return FALSE;
}

static void
check_gateway(const VpAdviser *adviser, const VpLink *link, const char *gateway)
{
    gboolean ipv6 = vp_spec_subnet_is_ipv6(gateway);

    for (guint i = 0; i < link->addresses->len; i++) {
        if (vp_spec_subnet_is_address(link->addresses->pdata[i], gateway)) {
            advise(adviser, link, "gateway", "is the address of the guest itself");
            return;
        }
    }
    if (!vp_spec_subnet_is_link_local(gateway) && !is_held(link, gateway) &&
        has_network(link, ipv6))
        advise(adviser, link, "gateway",
               "is not in the network of any address of this link; it is assumed to be on the link "
               "itself");
}

static void
check_route(const VpAdviser *adviser, const VpLink *link, const VpRoute *route)
{
    gboolean ipv6 = vp_spec_subnet_is_ipv6(route->gateway);

    if (!vp_spec_subnet_is_unspecified(route->gateway) &&
        !vp_spec_subnet_is_link_local(route->gateway) && !is_held(link, route->gateway) &&
        has_address(link, ipv6) && link->dhcp4 != VP_YES && link->dhcp6 != VP_YES)
        advise(adviser, link, "route",
               "its gateway is not in the network of any address of this link, and guests refuse "
               "it; add "
               "a route to the gateway itself, with the gateway 0.0.0.0 or ::");
}

static void
check_addresses(const VpAdviser *adviser, const VpLink *link)
{
    for (guint i = 0; i < link->addresses->len; i++) {
        if (vp_spec_subnet_is_network(link->addresses->pdata[i]))
            advise(adviser, link, "address",
                   "is the address of its network, not of an interface in it");
    }
    for (guint i = 0; i < link->gateways->len; i++)
        check_gateway(adviser, link, link->gateways->pdata[i]);
    for (guint i = 0; i < link->routes->len; i++)
        check_route(adviser, link, link->routes->pdata[i]);
}

/* --- default routes --------------------------------------------------------------------------- */

/* The metric of the link's default route of that family, with 0 for none given; -1 without a route.
 */
static gint64
default_metric(const VpLink *link, gboolean ipv6)
{
    for (guint i = 0; i < link->gateways->len; i++) {
        if (vp_spec_subnet_is_ipv6(link->gateways->pdata[i]) == ipv6)
            return 0;
    }
    for (guint i = 0; i < link->routes->len; i++) {
        const VpRoute *route = link->routes->pdata[i];

        if (vp_spec_subnet_is_ipv6(route->destination) == ipv6 &&
            g_str_has_suffix(route->destination, "/0"))
            return MAX(route->metric, 0);
    }
    return -1;
}

static void
check_default_routes(const VpAdviser *adviser, gboolean ipv6)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    const GPtrArray *links = adviser->spec->links;

    for (guint i = 0; i < links->len; i++) {
        const VpLink *link = links->pdata[i], *other;
        gint64 metric = default_metric(link, ipv6);
        g_autofree char *message = NULL;

        if (metric < 0)
            continue;
        other = g_hash_table_lookup(seen, &metric);
        if (other == NULL) {
            g_hash_table_insert(seen, g_memdup2(&metric, sizeof metric), (gpointer)link);
            continue;
        }
        message = g_strdup_printf("is a second default route of %s besides that of line %u, with "
                                  "the same metric; give one of them as a route with "
                                  "a metric",
                                  ipv6 ? "IPv6" : "IPv4", other->place.line);
        advise(adviser, link, link->gateways->len > 0 ? "gateway" : "route", message);
    }
}

/* --- what is ignored -------------------------------------------------------------------------- */

static void
check_beside_dhcp(const VpAdviser *adviser, const VpLink *link)
{
    static const char message[] =
        "with only DHCP, cloud-init ignores it from a config drive if netplan configures the guest "
        "(Ubuntu, Debian 12); use datasource='nocloud'";

    if (link->addresses->len == 0 && link->dns->len > 0)
        advise(adviser, link, "dns", message);
    if (link->addresses->len == 0 && link->search->len > 0)
        advise(adviser, link, "search", message);
    for (guint i = 0; i < link->routes->len; i++) {
        const VpRoute *route = link->routes->pdata[i];

        if (has_address(link, vp_spec_subnet_is_ipv6(route->destination)))
            continue;
        advise(adviser, link, "route", message);
        return;
    }
}

static void
check_only_version_2(const VpAdviser *adviser, const VpLink *link)
{
    static const char message[] = "a config drive cannot express it, and the guest does not "
                                  "receive it; use datasource='nocloud'";

    if (link->dhcp_use_dns != VP_UNSET)
        advise(adviser, link, "dhcp-use-dns", message);
    if (link->dhcp_use_routes != VP_UNSET)
        advise(adviser, link, "dhcp-use-routes", message);
    if (link->dhcp_metric >= 0)
        advise(adviser, link, "dhcp-metric", message);
    if (link->wake_on_lan != VP_UNSET)
        advise(adviser, link, "wake-on-lan", message);
    if (link->accept_ra == VP_NO && (link->type != VP_LINK_PHYSICAL || !has_address(link, TRUE)))
        advise(adviser, link, "accept-ra", message);
    else if (link->accept_ra == VP_NO)
        advise(adviser, link, "accept-ra",
               "cloud-init before 25.1 accepts router advertisements anyway, from a config drive, "
               "if NetworkManager configures the guest; use datasource='nocloud'");
}

static void
check_advertisements(const VpAdviser *adviser, const VpLink *link)
{
    if (link->type == VP_LINK_PHYSICAL && link->accept_ra == VP_UNSET && has_address(link, TRUE) &&
        link->dhcp6 != VP_YES && link->slaac != VP_YES && link->dhcp6_stateless != VP_YES &&
        default_metric(link, TRUE) < 0)
        advise(
            adviser, link, "address",
            "with a static IPv6 address cloud-init turns router advertisements off, and there is "
            "no IPv6 gateway; give a gateway, or accept-ra");
}

/* --- routes ----------------------------------------------------------------------------------- */

static gboolean
is_default(const VpRoute *route)
{
    return g_str_has_suffix(route->destination, "/0");
}

static void
check_metrics(const VpAdviser *adviser, const VpLink *link)
{
    for (guint i = 0; i < link->routes->len; i++) {
        const VpRoute *route = link->routes->pdata[i];

        if (route->metric < 0)
            continue;
        if (is_default(route))
            advise(adviser, link, "route",
                   "cloud-init leaves the metric of a default route out if ifcfg files or "
                   "NetworkManager configure the guest");
        else
            advise(adviser, link, "route",
                   "cloud-init before 25.1 leaves the metric out if NetworkManager configures the "
                   "guest");
        return;
    }
}

static void
check_ipv6_routes(const VpAdviser *adviser, const VpLink *link)
{
    for (guint i = 0; i < link->routes->len; i++) {
        const VpRoute *route = link->routes->pdata[i];

        if (!vp_spec_subnet_is_ipv6(route->destination) || is_default(route))
            continue;
        advise(adviser, link, "route",
               "cloud-init before 22.1 writes an IPv6 route into ifcfg files in a form that is "
               "refused");
        return;
    }
}

/* --- NoCloud ---------------------------------------------------------------------------------- */

static void
check_nocloud_link(const VpAdviser *adviser, const VpLink *link, gboolean is_version_2)
{
    static const char beside[] =
        "with only DHCP, cloud-init reliably applies it only if netplan configures the guest "
        "(Ubuntu, Debian 12); let DHCP give it, or give a static address";
    gboolean is_alone = link->search->len > 0 && link->dns->len == 0;

    if (link->addresses->len == 0 && link->dns->len > 0)
        advise(adviser, link, "dns", beside);
    if (is_version_2 && is_alone)
        advise(adviser, link, "search",
               "without dns, cloud-init sets up no network at all, unless netplan configures the "
               "guest; give dns");
    else if (link->addresses->len == 0 && link->search->len > 0)
        advise(adviser, link, "search",
               is_alone ? "with only DHCP and without dns, cloud-init does not apply it in every "
                          "guest; give dns, or let DHCP give it"
                        : beside);
    if (is_version_2 && link->type != VP_LINK_PHYSICAL && link->mac != NULL)
        advise(adviser, link, "@mac",
               "cloud-init before 25.3 ignores it, unless netplan configures the guest");
    if (!is_version_2 && link->type == VP_LINK_PHYSICAL && link->name == NULL)
        advise(adviser, link, "interface",
               "search without dns has cloud-init rename it to net0 and the like, which fails in a "
               "guest that uses it already; give dns, or @name");
}

static void
check_nocloud(const VpAdviser *adviser)
{
    const GPtrArray *links = adviser->spec->links;
    g_autoptr(GPtrArray) plan = vp_render_network_plan(adviser->spec, NULL);
    gboolean is_version_2 = plan != NULL && vp_render_network_config_is_version_2(plan);

    for (guint i = 0; i < links->len; i++)
        check_nocloud_link(adviser, links->pdata[i], is_version_2);
    if (is_version_2)
        advise(adviser, links->pdata[0], "network",
               "on NoCloud an interface without a name, or a field of DHCP, needs a form that "
               "cloud-init before 25.1 follows in part only, and in which 20.4 finds no interface "
               "without a name, unless netplan configures the guest; give names, or use a config "
               "drive");
}

/* --- bonds ------------------------------------------------------------------------------------ */

static void
check_bond(const VpAdviser *adviser, const VpLink *bond)
{
    if (bond->mac != NULL)
        advise(adviser, bond, "@mac",
               "from a config drive, cloud-init 20.4 takes it for the address of the members too, "
               "and finds none of them; use datasource='nocloud'");
    if (!g_str_equal(bond->bond_mode, "balance-rr"))
        advise(adviser, bond, "@mode",
               "from a config drive, cloud-init before 23.2 takes it for balance-rr if "
               "NetworkManager configures the guest; use datasource='nocloud'");
}

static void
check_bond_parameters(const VpAdviser *adviser, const VpLink *bond)
{
    const char *message =
        is_config_drive(adviser)
            ? "cloud-init ignores it, from a config drive, if ifcfg files (25.1 and later) or "
              "NetworkManager (before 23.2) configure the guest"
            : "cloud-init ignores it if NetworkManager configures the guest";

    if (bond->bond_hash_policy != NULL)
        advise(adviser, bond, "@transmit-hash-policy", message);
    if (bond->bond_lacp_rate != NULL)
        advise(adviser, bond, "@lacp-rate", message);
}

/* A bond, a bridge or a VLAN. */
static void
check_upper(const VpAdviser *adviser, const VpLink *link)
{
    static const char *const elements[] = {
        [VP_LINK_BOND] = "bond", [VP_LINK_BRIDGE] = "bridge", [VP_LINK_VLAN] = "vlan"};

    advise(adviser, link, elements[link->type],
           "cloud-init before 26.1 leaves it out if systemd-networkd, without netplan, configures "
           "the guest");
    if (link->mac != NULL && link->type != VP_LINK_BRIDGE)
        advise(adviser, link, "@mac",
               link->type == VP_LINK_BOND
                   ? "cloud-init ignores it if NetworkManager configures the guest"
                   : "cloud-init ignores it if ifcfg files or NetworkManager configure the guest");
    if (link->mtu > 0)
        advise(adviser, link, "mtu",
               link->type == VP_LINK_BOND
                   ? "cloud-init before 25.1 leaves it out if NetworkManager configures the guest"
                   : "cloud-init leaves it out if NetworkManager configures the guest");
}

/* --- Windows ---------------------------------------------------------------------------------- */

/* One of the members' own, which it would take anyway. */
static gboolean
is_mac_of_member(const VpAdviser *adviser, const VpLink *bond)
{
    for (guint i = 0; i < bond->members->len; i++) {
        const VpLink *member = vp_spec_link_find(adviser->spec, bond->members->pdata[i]);

        if (member != NULL && g_strcmp0(member->mac, bond->mac) == 0)
            return TRUE;
    }
    return FALSE;
}

/* NetLBFOTeamManager in its utils/windows/netlbfo.py. */
static void
check_windows_bond(const VpAdviser *adviser, const VpLink *bond)
{
    static const char discarded[] =
        "cloudbase-init does not support it, and discards the whole network";
    static const char ignored[] = "cloudbase-init ignores it";

    if (g_str_equal(bond->bond_mode, "broadcast"))
        advise(adviser, bond, "@mode", discarded);
    if (g_strcmp0(bond->bond_hash_policy, "vlan+srcmac") == 0)
        advise(adviser, bond, "@transmit-hash-policy", discarded);
    if (bond->mac != NULL && !is_mac_of_member(adviser, bond))
        advise(adviser, bond, "@mac",
               "cloudbase-init ignores it; the bond has the address of a member");
    if (bond->bond_lacp_rate != NULL)
        advise(adviser, bond, "@lacp-rate", ignored);
    if (bond->bond_monitor > 0)
        advise(adviser, bond, "@mii-monitor-interval", ignored);
}

static guint
count_addresses(const VpLink *link, gboolean ipv6)
{
    guint count = 0;

    for (guint i = 0; i < link->addresses->len; i++)
        count += vp_spec_subnet_is_ipv6(link->addresses->pdata[i]) == ipv6;
    return count;
}

static void
check_windows_routes(const VpAdviser *adviser, const VpLink *link)
{
    for (guint i = 0; i < link->routes->len; i++) {
        const VpRoute *route = link->routes->pdata[i];

        if (is_default(route) && route->metric < 0 && link->addresses->len > 0)
            continue;
        advise(adviser, link, "route",
               "cloudbase-init sets only a default route, without metric and with a static "
               "address; use a run-cmd with route");
        return;
    }
}

/* What its plugins/common/networkconfig.py leaves out. */
static void
check_windows_fields(const VpAdviser *adviser, const VpLink *link)
{
    const struct {
        const char *name;
        gboolean is_given;
    } fields[] = {
        {"search", link->search->len > 0},
        {"accept-ra", link->accept_ra != VP_UNSET},
        {"dhcp-use-dns", link->dhcp_use_dns != VP_UNSET},
        {"dhcp-use-routes", link->dhcp_use_routes != VP_UNSET},
        {"dhcp-metric", link->dhcp_metric >= 0},
        {"wake-on-lan", link->wake_on_lan != VP_UNSET},
        {"dns", link->dns->len > 0 && link->addresses->len == 0},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (fields[i].is_given)
            advise(adviser, link, fields[i].name, "cloudbase-init ignores it");
    }
    if (count_addresses(link, FALSE) > 1 || count_addresses(link, TRUE) > 1)
        advise(adviser, link, "address",
               "cloudbase-init keeps only the last address of each family");
}

static void
check_windows(const VpAdviser *adviser, const VpLink *link)
{
    const VpLink *below = link->type == VP_LINK_VLAN && link->vlan_link != NULL
                              ? vp_spec_link_find(adviser->spec, link->vlan_link)
                              : NULL;

    if (below != NULL && below->type != VP_LINK_BOND)
        advise(adviser, link, "vlan",
               "cloudbase-init supports VLANs only on a bond, and otherwise discards the whole "
               "network; tag the traffic on the host");
    if (link->type == VP_LINK_BOND)
        check_windows_bond(adviser, link);
    check_windows_routes(adviser, link);
    check_windows_fields(adviser, link);
}

/* --- all of it -------------------------------------------------------------------------------- */

static void
check_link(const VpAdviser *adviser, const VpLink *link)
{
    check_addresses(adviser, link);
    if (adviser->spec->windows) {
        check_windows(adviser, link);
        return;
    }
    check_advertisements(adviser, link);
    check_metrics(adviser, link);
    check_ipv6_routes(adviser, link);
    if (link->type != VP_LINK_PHYSICAL)
        check_upper(adviser, link);
    check_bond_parameters(adviser, link);
    if (!is_config_drive(adviser))
        return;
    check_beside_dhcp(adviser, link);
    check_only_version_2(adviser, link);
    if (link->type == VP_LINK_BOND)
        check_bond(adviser, link);
}

void
vp_view_diagnose_network(const VpSpec *spec, VpUnwise *tell, gpointer data)
{
    const VpAdviser adviser = {spec, tell, data};

    if (spec->kind != VP_KIND_CLOUD_INIT || spec->links->len == 0)
        return;
    for (guint i = 0; i < spec->links->len; i++)
        check_link(&adviser, spec->links->pdata[i]);
    if (!is_config_drive(&adviser) && !spec->windows)
        check_nocloud(&adviser);
    check_default_routes(&adviser, FALSE);
    check_default_routes(&adviser, TRUE);
    if (spec->idle_mac != NULL) {
        g_autofree char *message =
            g_strdup_printf("the interface %s of the guest has no element, and gets no address, "
                            "not even by DHCP; give it <interface mac='%s'>",
                            spec->idle_mac, spec->idle_mac);

        advise(&adviser, spec->links->pdata[0], "interface", message);
    }
}
