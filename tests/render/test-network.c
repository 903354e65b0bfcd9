/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plan of a network, and its two forms. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "render/network-config.h"
#include "render/network-data-json.h"
#include "golden.h"
#include "specs.h"

#define MAC_1 "52:54:00:00:00:01"
#define MAC_2 "52:54:00:00:00:02"

static VpLink *
add_link(VpSpec *spec, const char *name, const char *mac)
{
    VpLink *link = vp_spec_object_new(&vp_spec_interface_type);

    link->name = g_strdup(name);
    link->mac = g_strdup(mac);
    link->place.line = 5;
    g_ptr_array_add(spec->links, link);
    return link;
}

static VpLink *
add_bond(VpSpec *spec, const char *name, const char *first, const char *second)
{
    VpLink *link = add_link(spec, name, NULL);

    link->type = VP_LINK_BOND;
    link->bond_mode = g_strdup("active-backup");
    spec_add(link->members, first);
    spec_add(link->members, second);
    return link;
}

static VpLink *
add_vlan(VpSpec *spec, const char *name, const char *below, guint id)
{
    VpLink *link = add_link(spec, name, NULL);

    link->type = VP_LINK_VLAN;
    link->vlan_link = g_strdup(below);
    link->vlan_id = id;
    return link;
}

static void
add_route(VpLink *link, const char *destination, const char *gateway, gint64 metric)
{
    VpRoute *route = vp_spec_object_new(&vp_spec_route_type);

    route->destination = g_strdup(destination);
    route->gateway = g_strdup(gateway);
    route->metric = metric;
    g_ptr_array_add(link->routes, route);
}

static GPtrArray *
plan_of(const VpSpec *spec)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *plan = vp_render_network_plan(spec, &error);

    g_assert_no_error(error);
    return plan;
}

/* Both forms are those of the golden file. */
static void
assert_forms(VpSpec *taken, const char *golden)
{
    g_autoptr(VpSpec) spec = taken;
    g_autoptr(GPtrArray) plan = plan_of(spec);
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GError) error = NULL;
    GBytes *drive = vp_render_network_data_json(spec, plan, &error);
    GBytes *nocloud = vp_render_network_config(plan, &error);

    g_assert_no_error(error);
    g_assert_true(vp_image_tree_add(tree, "network_data.json", drive, &error));
    g_assert_true(vp_image_tree_add(tree, "network-config", nocloud, &error));
    golden_compare(tree, golden);
}

static void
test_dhcp(void)
{
    VpSpec *spec = spec_new();
    VpLink *link = add_link(spec, NULL, MAC_1);

    link->dhcp4 = VP_YES;
    link->dhcp6 = VP_YES;
    assert_forms(spec, "network-dhcp.txt");
}

static void
test_static(void)
{
    VpSpec *spec = spec_new();
    VpLink *link = add_link(spec, "eth0", MAC_1);

    link->mtu = 9000;
    spec_add(link->addresses, "192.0.2.5/24");
    spec_add(link->addresses, "2001:db8::5/64");
    spec_add(link->gateways, "2001:db8::1");
    spec_add(link->gateways, "192.0.2.1");
    spec_add(link->dns, "9.9.9.9");
    spec_add(link->search, "example.com");
    add_route(link, "10.0.0.0/8", "192.0.2.2", 7);
    assert_forms(spec, "network-static.txt");
}

static void
test_vlan_over_bond(void)
{
    VpSpec *spec = spec_new();
    VpLink *bond;

    add_link(spec, "eth0", MAC_1);
    add_link(spec, "eth1", MAC_2);
    bond = add_bond(spec, "bond0", "eth0", "eth1");
    bond->mtu = 1400;
    add_vlan(spec, "bond0.10", "bond0", 10)->dhcp4 = VP_YES;
    assert_forms(spec, "network-vlan-over-bond.txt");
}

/* Which form NoCloud has: one that renames nothing, unless that is more than cloud-init can read.
 */
static void
test_version(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpLink *named = add_link(spec, "lan", MAC_1), *other;
    g_autoptr(GPtrArray) plan = NULL;

    named->dhcp4 = VP_YES;
    plan = plan_of(spec);
    g_assert_false(vp_render_network_config_is_version_2(plan));
    g_ptr_array_unref(plan);
    other = add_link(spec, NULL, MAC_2);
    other->dhcp4 = VP_YES;
    plan = plan_of(spec);
    g_assert_true(vp_render_network_config_is_version_2(plan));
    g_ptr_array_unref(plan);
    spec_add(named->search, "example.com");
    plan = plan_of(spec);
    g_assert_false(vp_render_network_config_is_version_2(plan));
    g_ptr_array_unref(plan);
    other->wake_on_lan = VP_YES;
    plan = plan_of(spec);
    g_assert_true(vp_render_network_config_is_version_2(plan));
}

/* The names that convert_net_json() would make up are the only ones that a config drive can give.
 */
static void
test_config_drive_names(void)
{
    static const struct {
        const char *bond, *vlan;
        gboolean windows, taken;
    } cases[] = {
        {"bond0", "bond0.10", FALSE, TRUE},  {"uplink", "uplink.10", FALSE, FALSE},
        {"bond1", "bond1.10", FALSE, FALSE}, {"bond0", "vlan10", FALSE, FALSE},
        {"uplink", "vlan10", TRUE, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpSpec) spec = spec_new();
        g_autoptr(GPtrArray) plan = NULL;
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(GError) error = NULL;

        spec->windows = cases[i].windows;
        add_link(spec, "eth0", MAC_1);
        add_link(spec, "eth1", MAC_2);
        add_bond(spec, cases[i].bond, "eth0", "eth1");
        add_vlan(spec, cases[i].vlan, cases[i].bond, 10);
        plan = plan_of(spec);
        bytes = vp_render_network_data_json(spec, plan, &error);
        g_assert_true((bytes != NULL) == cases[i].taken);
        if (!cases[i].taken) {
            g_assert_error(error, VP_ERROR, VP_ERROR_NETWORK);
            g_assert_nonnull(strstr(error->message, "(line 5)"));
        }
    }
}

/* Its word for one is another thing's. */
static void
test_config_drive_bridge(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(GPtrArray) plan = NULL;
    VpLink *bridge;

    add_link(spec, "eth0", MAC_1);
    bridge = add_link(spec, "br0", NULL);
    bridge->type = VP_LINK_BRIDGE;
    spec_add(bridge->members, "eth0");
    plan = plan_of(spec);
    for (guint windows = 0; windows < 2; windows++) {
        g_autoptr(GError) error = NULL;

        spec->windows = windows != 0;
        g_assert_null(vp_render_network_data_json(spec, plan, &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_NETWORK);
        g_assert_nonnull(
            strstr(error->message, windows ? "cloudbase-init" : "datasource='nocloud'"));
    }
}

static void
test_names(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(GPtrArray) plan = NULL;
    static const char *const expected[] = {"net0", "net1", "net2", "net3"};

    add_link(spec, NULL, "52:54:00:00:00:01");
    add_link(spec, "net1", "52:54:00:00:00:02");
    add_link(spec, NULL, "52:54:00:00:00:03");
    add_link(spec, NULL, "52:54:00:00:00:04");
    plan = plan_of(spec);
    for (guint i = 0; i < plan->len; i++) {
        VpPlannedLink *planned = g_ptr_array_index(plan, i);

        g_assert_cmpstr(planned->name, ==, expected[i]);
    }
}

/* Name servers for no link are taken for those of every link: only said if they are. */
static void
test_common_dns(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpLink *first = add_link(spec, NULL, MAC_1), *second = add_link(spec, NULL, MAC_2);
    g_autoptr(GPtrArray) plan = NULL;

    first->dhcp4 = VP_YES;
    spec_add(first->dns, "9.9.9.9");
    plan = plan_of(spec);
    g_assert_nonnull(vp_render_network_common_dns(plan)); /* the second has no network */
    g_ptr_array_unref(plan);
    second->dhcp4 = VP_YES;
    plan = plan_of(spec);
    g_assert_null(vp_render_network_common_dns(plan));
    g_ptr_array_unref(plan);
    spec_add(second->dns, "9.9.9.9");
    plan = plan_of(spec);
    g_assert_cmpint(vp_render_network_common_dns(plan)->len, ==, 1);
}

/* A default route given as a route is a gateway; a second one, on whatever way, breaks ifcfg files.
 */
static void
test_default_route(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpLink *link = add_link(spec, NULL, MAC_1);
    g_autoptr(GPtrArray) plan = NULL;
    g_autoptr(GError) error = NULL;
    const VpPlannedLink *planned;
    const VpSubnet *subnet;

    spec_add(link->addresses, "192.0.2.5/24");
    add_route(link, "0.0.0.0/0", "192.0.2.1", -1);
    plan = plan_of(spec);
    planned = g_ptr_array_index(plan, 0);
    subnet = g_ptr_array_index(planned->subnets, 0);
    g_assert_cmpstr(subnet->gateway, ==, "192.0.2.1");
    g_assert_cmpuint(subnet->routes->len, ==, 0);

    add_route(link, "0.0.0.0/0", "192.0.2.2", 7);
    g_assert_null(vp_render_network_plan(spec, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_CONFLICT);
}

static void
test_default_route_with_metric(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpLink *link = add_link(spec, NULL, MAC_1);
    g_autoptr(GPtrArray) plan = NULL;
    const VpPlannedLink *planned;
    const VpSubnet *subnet;

    spec_add(link->addresses, "2001:db8::5/64");
    add_route(link, "::/0", "2001:db8::1", 7);
    plan = plan_of(spec);
    planned = g_ptr_array_index(plan, 0);
    subnet = g_ptr_array_index(planned->subnets, 0);
    g_assert_null(subnet->gateway);
    g_assert_cmpuint(subnet->routes->len, ==, 1);
}

/* A gateway and a route go with the address whose network holds them, whatever their order. */
static void
test_second_address(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpLink *link = add_link(spec, NULL, MAC_1);
    g_autoptr(GPtrArray) plan = NULL;
    const VpPlannedLink *planned;
    const VpSubnet *first, *second;

    spec_add(link->addresses, "192.0.2.5/24");
    spec_add(link->addresses, "198.51.100.5/24");
    spec_add(link->gateways, "198.51.100.1");
    add_route(link, "10.0.0.0/8", "198.51.100.2", -1);
    add_route(link, "10.9.0.0/16", "192.0.2.2", -1);
    plan = plan_of(spec);
    planned = plan->pdata[0];
    first = planned->subnets->pdata[0];
    second = planned->subnets->pdata[1];
    g_assert_null(first->gateway);
    g_assert_cmpstr(((VpPlannedRoute *)first->routes->pdata[0])->network, ==, "10.9.0.0");
    g_assert_cmpstr(second->gateway, ==, "198.51.100.1");
    g_assert_cmpuint(second->routes->len, ==, 1);
    g_assert_cmpstr(((VpPlannedRoute *)second->routes->pdata[0])->network, ==, "10.0.0.0");
}

/* One that no address's network holds is reached by a route to it alone, unless one is given. */
static void
test_on_link(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpLink *link = add_link(spec, NULL, MAC_1);
    g_autoptr(GPtrArray) plan = NULL;
    const VpPlannedLink *planned;
    const VpPlannedRoute *route;

    spec_add(link->addresses, "203.0.113.7/32");
    spec_add(link->addresses, "2001:db8:1::7/128");
    spec_add(link->gateways, "10.0.0.1");
    spec_add(link->gateways, "fe80::1");
    plan = plan_of(spec);
    planned = plan->pdata[0];
    route = ((VpSubnet *)planned->subnets->pdata[0])->routes->pdata[0];
    g_assert_cmpstr(route->network, ==, "10.0.0.1");
    g_assert_cmpuint(route->prefix, ==, 32);
    g_assert_cmpstr(route->gateway, ==, "0.0.0.0");
    g_assert_cmpuint(((VpSubnet *)planned->subnets->pdata[1])->routes->len, ==, 0);
    g_ptr_array_unref(plan);

    add_route(link, "10.0.0.0/24", "0.0.0.0", -1);
    plan = plan_of(spec);
    planned = plan->pdata[0];
    g_assert_cmpuint(((VpSubnet *)planned->subnets->pdata[0])->routes->len, ==, 1);
}

static char *
json_of(const VpSpec *spec)
{
    g_autoptr(GPtrArray) plan = plan_of(spec);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vp_render_network_data_json(spec, plan, &error);

    g_assert_no_error(error);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

/* cloudbase-init looks for a default route and for a bond's address, cloud-init for neither. */
static void
test_windows(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autofree char *other = NULL, *windows = NULL;
    VpLink *bond;

    add_link(spec, "a", MAC_1);
    add_link(spec, "b", MAC_2);
    bond = add_bond(spec, "bond0", "a", "b");
    spec_add(bond->addresses, "192.0.2.5/24");
    spec_add(bond->gateways, "192.0.2.1");
    other = json_of(spec);
    spec->windows = TRUE;
    windows = json_of(spec);
    g_assert_null(strstr(other, "\"network\": \"0.0.0.0\""));
    g_assert_nonnull(strstr(other, "\"gateway\": \"192.0.2.1\""));
    g_assert_nonnull(strstr(windows, "\"network\": \"0.0.0.0\""));
    g_assert_nonnull(
        strstr(windows, "\"type\": \"bond\",\n      \"ethernet_mac_address\": \"" MAC_1));
    g_assert_null(strstr(other, "\"type\": \"bond\",\n      \"ethernet_mac_address\""));
}

static void
assert_refused(VpSpec *taken)
{
    g_autoptr(VpSpec) spec = taken;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) plan = vp_render_network_plan(spec, &error);

    g_assert_error(error, VP_ERROR, VP_ERROR_NETWORK);
    g_assert_null(plan);
    g_assert_nonnull(strstr(error->message, "(line 5): "));
}

static void
test_refused(void)
{
    VpSpec *spec = spec_new();
    add_link(spec, NULL, NULL); /* no MAC */
    assert_refused(spec);

    spec = spec_new();
    spec_add(add_link(spec, NULL, MAC_1)->gateways, "192.0.2.1"); /* no address */
    assert_refused(spec);

    spec = spec_new();
    add_link(spec, NULL, MAC_1)->dhcp4 = VP_YES;
    spec_add(((VpLink *)g_ptr_array_index(spec->links, 0))->gateways, "192.0.2.1"); /* DHCP's own */
    assert_refused(spec);

    spec = spec_new();
    spec_add(add_link(spec, NULL, MAC_1)->addresses, "192.0.2.5/24");
    add_route(g_ptr_array_index(spec->links, 0), "2001:db8::/32", "2001:db8::1", -1);
    assert_refused(spec);

    spec = spec_new();
    spec_add(add_link(spec, NULL, MAC_1)->dns, "9.9.9.9");
    assert_refused(spec);

    spec = spec_new();
    spec_add(add_link(spec, NULL, MAC_1)->addresses, "192.0.2.5");
    assert_refused(spec);

    spec = spec_new();
    add_bond(spec, "bond0", "bond0", "bond0"); /* a loop has no MAC */
    assert_refused(spec);
}

static void
test_netmask(void)
{
    static const struct {
        guint prefix;
        gboolean ipv6;
        const char *netmask;
    } cases[] = {
        {0, FALSE, "0.0.0.0"},
        {24, FALSE, "255.255.255.0"},
        {25, FALSE, "255.255.255.128"},
        {32, FALSE, "255.255.255.255"},
        {0, TRUE, "::"},
        {64, TRUE, "ffff:ffff:ffff:ffff::"},
        {127, TRUE, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *netmask = vp_render_network_netmask(cases[i].prefix, cases[i].ipv6);

        g_assert_cmpstr(netmask, ==, cases[i].netmask);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/network/dhcp", test_dhcp);
    g_test_add_func("/network/static", test_static);
    g_test_add_func("/network/vlan-over-bond", test_vlan_over_bond);
    g_test_add_func("/network/config-drive-names", test_config_drive_names);
    g_test_add_func("/network/version", test_version);
    g_test_add_func("/network/config-drive-bridge", test_config_drive_bridge);
    g_test_add_func("/network/names", test_names);
    g_test_add_func("/network/common-dns", test_common_dns);
    g_test_add_func("/network/default-route", test_default_route);
    g_test_add_func("/network/default-route/with-metric", test_default_route_with_metric);
    g_test_add_func("/network/second-address", test_second_address);
    g_test_add_func("/network/on-link", test_on_link);
    g_test_add_func("/network/windows", test_windows);
    g_test_add_func("/network/refused", test_refused);
    g_test_add_func("/network/netmask", test_netmask);
    return g_test_run();
}
