/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NoCloud's network-config: version 1, and when it is version 2. */
#include <config.h>

#include "render/network-config.h"
#include "render/plan-network.h"

#define BEGIN "version: 1\nconfig:\n"

typedef struct {
    const char *name;
    const char *network; /* what the element holds */
    const char *expected;
} Case;

static const Case rendered[] = {
    {"dhcp", "<interface name='lan'><dhcp4/><dhcp6/></interface>",
     "- type: \"physical\"\n"
     "  name: \"lan\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "  accept-ra: true\n"
     "  subnets:\n"
     "  - type: \"dhcp4\"\n"
     "  - type: \"dhcp6\"\n"},
    {"no-network", "<interface name='lan'/>",
     "- type: \"physical\"\n"
     "  name: \"lan\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"},
    {"advertisements", "<interface name='lan'><slaac/><mtu>1400</mtu></interface>",
     "- type: \"physical\"\n"
     "  name: \"lan\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "  mtu: 1400\n"
     "  subnets:\n"
     "  - type: \"ipv6_slaac\"\n"},
    {"stateless", "<interface name='lan'><dhcp6-stateless/></interface>",
     "- type: \"physical\"\n"
     "  name: \"lan\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "  subnets:\n"
     "  - type: \"ipv6_dhcpv6-stateless\"\n"},
    {"static",
     "<interface "
     "name='lan'><address>192.0.2.5/24</address><address>2001:db8::5/64</"
     "address><gateway>192.0.2.1</gateway><gateway>2001:db8::1</gateway><dns>9.9.9.9</"
     "dns><search>a.example</search><route destination='10.0.0.0/8' gateway='192.0.2.2' "
     "metric='0'/></interface>",
     "- type: \"physical\"\n"
     "  name: \"lan\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "  accept-ra: false\n"
     "  subnets:\n"
     "  - type: \"static\"\n"
     "    address: \"192.0.2.5/24\"\n"
     "    gateway: \"192.0.2.1\"\n"
     "    dns_nameservers:\n"
     "    - \"9.9.9.9\"\n"
     "    dns_search:\n"
     "    - \"a.example\"\n"
     "    routes:\n"
     "    - network: \"10.0.0.0\"\n"
     "      netmask: \"255.0.0.0\"\n"
     "      gateway: \"192.0.2.2\"\n"
     "      metric: 0\n"
     "  - type: \"static6\"\n"
     "    address: \"2001:db8::5/64\"\n"
     "    gateway: \"2001:db8::1\"\n"
     "- type: \"nameserver\"\n"
     "  address:\n"
     "  - \"9.9.9.9\"\n"
     "  search: []\n"},
    {"advertisements-refused",
     "<interface name='lan'><dhcp4/><accept-ra>no</accept-ra></interface>",
     "- type: \"physical\"\n"
     "  name: \"lan\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "  accept-ra: false\n"
     "  subnets:\n"
     "  - type: \"dhcp4\"\n"},
    {"bond",
     "<interface name='a'/><interface name='b'/><bond name='team' mode='active-backup' "
     "mac='52:54:00:00:00:0f' "
     "mii-monitor-interval='50'><link>a</link><link>b</link><mtu>1400</mtu></bond>",
     "- type: \"physical\"\n"
     "  name: \"a\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "- type: \"physical\"\n"
     "  name: \"b\"\n"
     "  mac_address: \"52:54:00:00:00:02\"\n"
     "- type: \"bond\"\n"
     "  name: \"team\"\n"
     "  mac_address: \"52:54:00:00:00:0f\"\n"
     "  bond_interfaces:\n"
     "  - \"a\"\n"
     "  - \"b\"\n"
     "  params:\n"
     "    bond-mode: \"active-backup\"\n"
     "    bond-miimon: 50\n"
     "  mtu: 1400\n"},
    {"bridge", "<interface name='a'/><bridge name='br0'><link>a</link><dhcp4/></bridge>",
     "- type: \"physical\"\n"
     "  name: \"a\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "- type: \"bridge\"\n"
     "  name: \"br0\"\n"
     "  bridge_interfaces:\n"
     "  - \"a\"\n"
     "  params:\n"
     "    bridge_stp: \"off\"\n"
     "  subnets:\n"
     "  - type: \"dhcp4\"\n"},
    {"bridge-with-stp", "<interface name='a'/><bridge name='br0' stp='yes'><link>a</link></bridge>",
     "- type: \"physical\"\n"
     "  name: \"a\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "- type: \"bridge\"\n"
     "  name: \"br0\"\n"
     "  bridge_interfaces:\n"
     "  - \"a\"\n"
     "  params:\n"
     "    bridge_stp: \"on\"\n"},
    {"vlan",
     "<interface name='a'/><vlan name='v' link='a' id='7' mac='52:54:00:00:00:0f'><dhcp4/></vlan>",
     "- type: \"physical\"\n"
     "  name: \"a\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "- type: \"vlan\"\n"
     "  name: \"v\"\n"
     "  vlan_link: \"a\"\n"
     "  vlan_id: 7\n"
     "  mac_address: \"52:54:00:00:00:0f\"\n"
     "  subnets:\n"
     "  - type: \"dhcp4\"\n"},
    {"name-servers-that-differ",
     "<interface name='a'><address>192.0.2.5/24</address><dns>9.9.9.9</dns></interface><interface "
     "name='b'><address>198.51.100.5/24</address></interface>",
     "- type: \"physical\"\n"
     "  name: \"a\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "  subnets:\n"
     "  - type: \"static\"\n"
     "    address: \"192.0.2.5/24\"\n"
     "    dns_nameservers:\n"
     "    - \"9.9.9.9\"\n"
     "- type: \"physical\"\n"
     "  name: \"b\"\n"
     "  mac_address: \"52:54:00:00:00:02\"\n"
     "  subnets:\n"
     "  - type: \"static\"\n"
     "    address: \"198.51.100.5/24\"\n"},
    {"search-domain-only",
     "<interface><address>192.0.2.5/24</address><search>a.example</search></interface>",
     "- type: \"physical\"\n"
     "  name: \"net0\"\n"
     "  mac_address: \"52:54:00:00:00:01\"\n"
     "  subnets:\n"
     "  - type: \"static\"\n"
     "    address: \"192.0.2.5/24\"\n"
     "    dns_search:\n"
     "    - \"a.example\"\n"},
};

static void
test_rendered(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *expected = g_strconcat(BEGIN, given->expected, NULL);
    g_autoptr(VpSpec) spec = read_network(given->network, FALSE);
    g_autoptr(GPtrArray) plan = plan_of(spec);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vp_render_network_config(plan, &error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_assert_cmpstr(text, ==, expected);
}

#define A "<interface name='a'/>"
#define BOND(attributes, content)                                                                  \
    A "<bond name='b' mode='802.3ad'" attributes "><link>a</link>" content "</bond>"
#define BRIDGE(attributes, content)                                                                \
    A "<bridge name='b'" attributes "><link>a</link>" content "</bridge>"
#define SEARCH "<interface name='s'><dhcp4/><search>a.example</search></interface>"

static const struct {
    const char *name;
    const char *network;
    gboolean is_2;
} versions[] = {
    {"named", "<interface name='a'><dhcp4/></interface>", FALSE},
    {"nameless", "<interface><dhcp4/></interface>", TRUE},
    {"one-of-two-nameless", "<interface name='a'/><interface/>", TRUE},
    {"name-servers-beside-dhcp", "<interface name='a'><dhcp4/><dns>9.9.9.9</dns></interface>",
     TRUE},
    {"search-domain-only", SEARCH, FALSE},
    {"search-domain-and-nameless", SEARCH "<interface/>", FALSE},
    {"search-domain-and-need", SEARCH "<interface><wake-on-lan/></interface>", TRUE},
    {"wake-on-lan", "<interface name='a'><wake-on-lan>no</wake-on-lan></interface>", TRUE},
    {"dhcp-use-dns", "<interface name='a'><dhcp4/><dhcp-use-dns/></interface>", TRUE},
    {"dhcp-use-routes", "<interface name='a'><dhcp4/><dhcp-use-routes/></interface>", TRUE},
    {"dhcp-metric", "<interface name='a'><dhcp4/><dhcp-metric>0</dhcp-metric></interface>", TRUE},
    {"accept-ra", "<interface name='a'><accept-ra>no</accept-ra></interface>", FALSE},
    {"bond", BOND(" mac='52:54:00:00:00:0f'", "<mtu>1400</mtu>"), FALSE},
    {"bond-with-accept-ra", BOND("", "<accept-ra>no</accept-ra>"), TRUE},
    {"bond-with-a-hash-policy", BOND(" transmit-hash-policy='layer2'", ""), TRUE},
    {"bond-with-a-rate", BOND(" lacp-rate='slow'", ""), TRUE},
    {"bridge", BRIDGE(" stp='yes'", "<dhcp4/>"), FALSE},
    {"bridge-with-an-address", BRIDGE(" mac='52:54:00:00:00:0f'", ""), TRUE},
    {"bridge-with-an-mtu", BRIDGE("", "<mtu>1400</mtu>"), TRUE},
    {"vlan", A "<vlan name='v' link='a' id='7'><mtu>1400</mtu></vlan>", FALSE},
};

/* What is rendered is of the version that is said. */
static void
test_version(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(VpSpec) spec = read_network(versions[i].network, FALSE);
    g_autoptr(GPtrArray) plan = plan_of(spec);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vp_render_network_config(plan, &error);

    g_assert_no_error(error);
    g_assert_cmpint(vp_render_network_config_is_version_2(plan), ==, versions[i].is_2);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), 11,
                    versions[i].is_2 ? "version: 2\n" : "version: 1\n", 11);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rendered); i++) {
        g_autofree char *path = g_strconcat("/network-config/rendered/", rendered[i].name, NULL);
        g_test_add_data_func(path, &rendered[i], test_rendered);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autofree char *path = g_strconcat("/network-config/version/", versions[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_version);
    }
    return g_test_run();
}
