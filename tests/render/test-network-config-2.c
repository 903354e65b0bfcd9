/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NoCloud's network-config, version 2: what netplan reads. */
#include <config.h>

#include "render/network-config-2.h"
#include "render/plan-network.h"

#define BEGIN "version: 2\nethernets:\n"

typedef struct {
    const char *name;
    const char *network; /* what the element holds */
    const char *expected;
} Case;

static const Case rendered[] = {
    {"nameless", "<interface><dhcp4/></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    dhcp4: true\n"},
    {"named", "<interface name='lan'><wake-on-lan/><dhcp6/></interface>",
     "  lan:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    set-name: \"lan\"\n"
     "    wakeonlan: true\n"
     "    dhcp6: true\n"
     "    accept-ra: true\n"},
    {"wake-on-lan-not", "<interface><wake-on-lan>no</wake-on-lan></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    wakeonlan: false\n"},
    {"advertisements", "<interface><slaac/></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    accept-ra: true\n"},
    {"stateless", "<interface><dhcp6-stateless/><mtu>1400</mtu></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    mtu: 1400\n"
     "    accept-ra: true\n"},
    {"advertisements-refused", "<interface><slaac/><accept-ra>no</accept-ra></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    accept-ra: false\n"},
    {"overrides",
     "<interface><dhcp4/><dhcp6/><dhcp-use-dns>no</dhcp-use-dns><dhcp-use-routes>yes</"
     "dhcp-use-routes><dhcp-metric>0</dhcp-metric></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    dhcp4: true\n"
     "    dhcp4-overrides:\n"
     "      use-dns: false\n"
     "      use-routes: true\n"
     "      route-metric: 0\n"
     "    dhcp6: true\n"
     "    dhcp6-overrides:\n"
     "      use-dns: false\n"
     "      use-routes: true\n"
     "      route-metric: 0\n"
     "    accept-ra: true\n"},
    {"one-override", "<interface><dhcp4/><dhcp-metric>4294967295</dhcp-metric></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    dhcp4: true\n"
     "    dhcp4-overrides:\n"
     "      route-metric: 4294967295\n"},
    {"overrides-without-dhcp",
     "<interface><address>192.0.2.5/24</address><dhcp-use-dns>no</dhcp-use-dns></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    addresses:\n"
     "    - \"192.0.2.5/24\"\n"},
    {"static",
     "<interface><address>192.0.2.5/24</address><address>2001:db8::5/64</"
     "address><gateway>192.0.2.1</gateway><gateway>2001:db8::1</gateway><dns>9.9.9.9</"
     "dns><search>a.example</search><route destination='10.0.0.0/8' gateway='192.0.2.2' "
     "metric='0'/></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    accept-ra: false\n"
     "    addresses:\n"
     "    - \"192.0.2.5/24\"\n"
     "    - \"2001:db8::5/64\"\n"
     "    nameservers:\n"
     "      addresses:\n"
     "      - \"9.9.9.9\"\n"
     "      search:\n"
     "      - \"a.example\"\n"
     "    routes:\n"
     "    - to: \"0.0.0.0/0\"\n"
     "      via: \"192.0.2.1\"\n"
     "    - to: \"10.0.0.0/8\"\n"
     "      via: \"192.0.2.2\"\n"
     "      metric: 0\n"
     "    - to: \"::/0\"\n"
     "      via: \"2001:db8::1\"\n"},
    {"gateway-alone",
     "<interface><address>192.0.2.5/24</address><gateway>192.0.2.1</gateway></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    addresses:\n"
     "    - \"192.0.2.5/24\"\n"
     "    routes:\n"
     "    - to: \"0.0.0.0/0\"\n"
     "      via: \"192.0.2.1\"\n"},
    {"name-servers-beside-dhcp", "<interface><dhcp4/><dns>9.9.9.9</dns></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    dhcp4: true\n"
     "    nameservers:\n"
     "      addresses:\n"
     "      - \"9.9.9.9\"\n"},
    {"search-domain-only", "<interface><dhcp4/><search>a.example</search></interface>",
     "  net0:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    dhcp4: true\n"
     "    nameservers:\n"
     "      search:\n"
     "      - \"a.example\"\n"},
    {"bond",
     "<interface name='a'/><interface name='b'/><bond name='team' mode='802.3ad' "
     "transmit-hash-policy='layer3+4' lacp-rate='fast' "
     "mac='52:54:00:00:00:0f'><link>a</link><link>b</link><accept-ra>yes</accept-ra></bond>",
     "  a:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    set-name: \"a\"\n"
     "  b:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:02\"\n"
     "    set-name: \"b\"\n"
     "bonds:\n"
     "  team:\n"
     "    interfaces:\n"
     "    - \"a\"\n"
     "    - \"b\"\n"
     "    macaddress: \"52:54:00:00:00:0f\"\n"
     "    parameters:\n"
     "      mode: \"802.3ad\"\n"
     "      mii-monitor-interval: 100\n"
     "      transmit-hash-policy: \"layer3+4\"\n"
     "      lacp-rate: \"fast\"\n"
     "    accept-ra: true\n"},
    {"bridge",
     "<interface name='a'/><bridge name='br0' "
     "mac='52:54:00:00:00:0f'><link>a</link><mtu>1400</mtu></bridge>",
     "  a:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    set-name: \"a\"\n"
     "bridges:\n"
     "  br0:\n"
     "    interfaces:\n"
     "    - \"a\"\n"
     "    macaddress: \"52:54:00:00:00:0f\"\n"
     "    parameters:\n"
     "      stp: false\n"
     "    mtu: 1400\n"},
    {"bridge-with-stp", "<interface name='a'/><bridge name='br0' stp='yes'><link>a</link></bridge>",
     "  a:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    set-name: \"a\"\n"
     "bridges:\n"
     "  br0:\n"
     "    interfaces:\n"
     "    - \"a\"\n"
     "    parameters:\n"
     "      stp: true\n"},
    {"vlans",
     "<interface name='a'/><vlan name='v' link='a' id='7'/><vlan name='w' link='a' id='8' "
     "mac='52:54:00:00:00:0f'><dhcp4/></vlan>",
     "  a:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    set-name: \"a\"\n"
     "vlans:\n"
     "  v:\n"
     "    id: 7\n"
     "    link: \"a\"\n"
     "  w:\n"
     "    id: 8\n"
     "    link: \"a\"\n"
     "    macaddress: \"52:54:00:00:00:0f\"\n"
     "    dhcp4: true\n"},
    {"order",
     "<vlan name='v' link='br0' id='7'/><bridge name='br0'><link>team</link></bridge><bond "
     "name='team' mode='active-backup'><link>a</link></bond><interface name='a'/><interface "
     "name='b'/>",
     "  a:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:01\"\n"
     "    set-name: \"a\"\n"
     "  b:\n"
     "    match:\n"
     "      macaddress: \"52:54:00:00:00:02\"\n"
     "    set-name: \"b\"\n"
     "bonds:\n"
     "  team:\n"
     "    interfaces:\n"
     "    - \"a\"\n"
     "    parameters:\n"
     "      mode: \"active-backup\"\n"
     "      mii-monitor-interval: 100\n"
     "bridges:\n"
     "  br0:\n"
     "    interfaces:\n"
     "    - \"team\"\n"
     "    parameters:\n"
     "      stp: false\n"
     "vlans:\n"
     "  v:\n"
     "    id: 7\n"
     "    link: \"br0\"\n"},
};

static void
test_rendered(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *expected = g_strconcat(BEGIN, given->expected, NULL);
    g_autoptr(VpSpec) spec = read_network(given->network, FALSE);
    g_autoptr(GPtrArray) plan = plan_of(spec);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vp_render_network_config_2(plan, &error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_assert_cmpstr(text, ==, expected);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rendered); i++) {
        g_autofree char *path = g_strconcat("/network-config-2/", rendered[i].name, NULL);
        g_test_add_data_func(path, &rendered[i], test_rendered);
    }
    return g_test_run();
}
