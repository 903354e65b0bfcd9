/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network of a config drive: what it says of each link to cloud-init and to cloudbase-init. */
#include <config.h>

#include "base/error.h"
#include "base/json-text.h"
#include "render/network-data-json.h"
#include "render/plan-network.h"

typedef struct {
    const char *name;
    const char *network; /* what the element holds */
    const char *expected;
    gboolean windows;
} Case;

static const Case rendered[] = {
    {"nameless", "<interface><dhcp4/></interface>",
     "{'links':[{'id':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'}],'networks':["
     "{'id':'network0','link':'net0','type':'ipv4_dhcp'}]}"},
    {"named", "<interface name='lan'><mtu>1400</mtu></interface>",
     "{'links':[{'id':'lan','name':'lan','mtu':1400,'type':'phy','ethernet_mac_address':'52:54:00:"
     "00:00:01'}],'networks':[]}"},
    {"nameless-for-windows", "<interface><dhcp4/></interface>",
     "{'links':[{'id':'net0','name':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'}"
     "],'networks':[{'id':'network0','link':'net0','type':'ipv4_dhcp'}]}",
     TRUE},
    {"each-way",
     "<interface><dhcp4/><dhcp6/></interface><interface><slaac/></"
     "interface><interface><dhcp6-stateless/></interface>",
     "{'links':[{'id':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'},{'id':'net1',"
     "'type':'phy','ethernet_mac_address':'52:54:00:00:00:02'},{'id':'net2','type':'phy','ethernet_"
     "mac_address':'52:54:00:00:00:03'}],'networks':[{'id':'network0','link':'net0','type':'ipv4_"
     "dhcp'},{'id':'network1','link':'net0','type':'ipv6_dhcp'},{'id':'network2','link':'net1','"
     "type':'ipv6_slaac'},{'id':'network3','link':'net2','type':'ipv6_dhcpv6-stateless'}]}"},
    {"static",
     "<interface><address>192.0.2.5/24</address><address>2001:db8::5/64</"
     "address><gateway>192.0.2.1</gateway><gateway>2001:db8::1</gateway></interface>",
     "{'links':[{'id':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'}],'networks':["
     "{'id':'network0','link':'net0','type':'ipv4','ip_address':'192.0.2.5','netmask':'255.255.255."
     "0','gateway':'192.0.2.1'},{'id':'network1','link':'net0','type':'ipv6','ip_address':'2001:"
     "db8::5','netmask':'ffff:ffff:ffff:ffff::','gateway':'2001:db8::1'}]}"},
    {"static-for-windows",
     "<interface><address>192.0.2.5/24</address><address>2001:db8::5/64</"
     "address><gateway>192.0.2.1</gateway><gateway>2001:db8::1</gateway></interface>",
     "{'links':[{'id':'net0','name':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'}"
     "],'networks':[{'id':'network0','link':'net0','type':'ipv4','ip_address':'192.0.2.5','netmask'"
     ":'255.255.255.0','routes':[{'network':'0.0.0.0','netmask':'0.0.0.0','gateway':'192.0.2.1'}]},"
     "{'id':'network1','link':'net0','type':'ipv6','ip_address':'2001:db8::5','netmask':'ffff:ffff:"
     "ffff:ffff::','routes':[{'network':'::','netmask':'::','gateway':'2001:db8::1'}]}]}",
     TRUE},
    {"ipv6-with-advertisements",
     "<interface><address>2001:db8::5/64</address><accept-ra>yes</accept-ra></interface>",
     "{'links':[{'id':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'}],'networks':["
     "{'id':'network0','link':'net0','type':'static','ip_address':'2001:db8::5','netmask':'ffff:"
     "ffff:ffff:ffff::'}]}"},
    {"ipv6-without-advertisements",
     "<interface><address>2001:db8::5/64</address><accept-ra>no</accept-ra></interface>",
     "{'links':[{'id':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'}],'networks':["
     "{'id':'network0','link':'net0','type':'ipv6','ip_address':'2001:db8::5','netmask':'ffff:ffff:"
     "ffff:ffff::'}]}"},
    {"ipv6-of-a-vlan",
     "<interface name='a'/><vlan name='a.7' link='a' "
     "id='7'><address>2001:db8::5/64</address></vlan>",
     "{'links':[{'id':'a','name':'a','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'},{'id'"
     ":'a.7','name':'a.7','type':'vlan','vlan_link':'a','vlan_id':7,'vlan_mac_address':'52:54:00:"
     "00:00:01'}],'networks':[{'id':'network0','link':'a.7','type':'static','ip_address':'2001:db8:"
     ":5','netmask':'ffff:ffff:ffff:ffff::'}]}"},
    {"ipv6-of-a-vlan-for-windows",
     "<interface name='a'/><vlan name='v' link='a' id='7'><address>2001:db8::5/64</address></vlan>",
     "{'links':[{'id':'a','name':'a','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'},{'id'"
     ":'v','name':'v','type':'vlan','vlan_link':'a','vlan_id':7,'vlan_mac_address':'52:54:00:00:00:"
     "01'}],'networks':[{'id':'network0','link':'v','type':'ipv6','ip_address':'2001:db8::5','"
     "netmask':'ffff:ffff:ffff:ffff::'}]}",
     TRUE},
    {"routes",
     "<interface><address>192.0.2.5/24</address><route destination='10.0.0.0/8' "
     "gateway='192.0.2.2' metric='0'/><route destination='172.16.0.0/12' "
     "gateway='192.0.2.3'/></interface>",
     "{'links':[{'id':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'}],'networks':["
     "{'id':'network0','link':'net0','type':'ipv4','ip_address':'192.0.2.5','netmask':'255.255.255."
     "0','routes':[{'network':'10.0.0.0','netmask':'255.0.0.0','gateway':'192.0.2.2','metric':0},{'"
     "network':'172.16.0.0','netmask':'255.240.0.0','gateway':'192.0.2.3'}]}]}"},
    {"name-servers",
     "<interface><address>192.0.2.5/24</address><address>198.51.100.5/24</address><dns>9.9.9.9</"
     "dns><dns>2620:fe::9</dns><search>a.example</search></interface>",
     "{'links':[{'id':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'}],'networks':["
     "{'id':'network0','link':'net0','type':'ipv4','ip_address':'192.0.2.5','netmask':'255.255.255."
     "0','services':[{'type':'dns','address':'9.9.9.9'},{'type':'dns','address':'2620:fe::9'}],'"
     "dns_nameservers':['9.9.9.9','2620:fe::9'],'dns_search':['a.example']},{'id':'network1','link'"
     ":'net0','type':'ipv4','ip_address':'198.51.100.5','netmask':'255.255.255.0'}],'services':[{'"
     "type':'dns','address':'9.9.9.9'},{'type':'dns','address':'2620:fe::9'}]}"},
    {"name-servers-that-differ",
     "<interface><address>192.0.2.5/24</address><dns>9.9.9.9</dns></"
     "interface><interface><address>198.51.100.5/24</address><dns>1.1.1.1</dns></interface>",
     "{'links':[{'id':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'},{'id':'net1',"
     "'type':'phy','ethernet_mac_address':'52:54:00:00:00:02'}],'networks':[{'id':'network0','link'"
     ":'net0','type':'ipv4','ip_address':'192.0.2.5','netmask':'255.255.255.0','services':[{'type':"
     "'dns','address':'9.9.9.9'}],'dns_nameservers':['9.9.9.9']},{'id':'network1','link':'net1','"
     "type':'ipv4','ip_address':'198.51.100.5','netmask':'255.255.255.0','services':[{'type':'dns',"
     "'address':'1.1.1.1'}],'dns_nameservers':['1.1.1.1']}]}"},
    {"search-domain-only",
     "<interface><address>192.0.2.5/24</address><search>a.example</search></interface>",
     "{'links':[{'id':'net0','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'}],'networks':["
     "{'id':'network0','link':'net0','type':'ipv4','ip_address':'192.0.2.5','netmask':'255.255.255."
     "0','dns_search':['a.example']}]}"},
    {"bond",
     "<interface name='a'/><interface name='b'/><bond name='bond0' mode='802.3ad' "
     "transmit-hash-policy='layer3+4' lacp-rate='fast' "
     "mii-monitor-interval='50'><link>a</link><link>b</link><dhcp4/></bond>",
     "{'links':[{'id':'a','name':'a','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'},{'id'"
     ":'b','name':'b','type':'phy','ethernet_mac_address':'52:54:00:00:00:02'},{'id':'bond0','name'"
     ":'bond0','type':'bond','bond_links':['a','b'],'bond_mode':'802.3ad','bond_miimon':50,'bond_"
     "xmit_hash_policy':'layer3+4','bond_lacp_rate':'fast'}],'networks':[{'id':'network0','link':'"
     "bond0','type':'ipv4_dhcp'}]}"},
    {"bond-with-its-own-address",
     "<interface name='a'/><interface name='b'/><bond name='bond0' mode='active-backup' "
     "mac='52:54:00:00:00:0F'><link>a</link><link>b</link></bond>",
     "{'links':[{'id':'a','name':'a','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'},{'id'"
     ":'b','name':'b','type':'phy','ethernet_mac_address':'52:54:00:00:00:02'},{'id':'bond0','name'"
     ":'bond0','type':'bond','ethernet_mac_address':'52:54:00:00:00:0f','bond_links':['a','b'],'"
     "bond_mode':'active-backup','bond_miimon':100}],'networks':[]}"},
    {"bond-for-windows",
     "<interface name='a'/><interface name='b'/><bond name='team' mode='active-backup' "
     "mac='52:54:00:00:00:0f'><link>a</link><link>b</link></bond>",
     "{'links':[{'id':'a','name':'a','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'},{'id'"
     ":'b','name':'b','type':'phy','ethernet_mac_address':'52:54:00:00:00:02'},{'id':'team','name':"
     "'team','type':'bond','ethernet_mac_address':'52:54:00:00:00:01','bond_links':['a','b'],'bond_"
     "mode':'active-backup','bond_miimon':100}],'networks':[]}",
     TRUE},
    {"bond-with-a-members-address-for-windows",
     "<interface name='a'/><interface name='b'/><bond name='team' mode='active-backup' "
     "mac='52:54:00:00:00:02'><link>a</link><link>b</link></bond>",
     "{'links':[{'id':'a','name':'a','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'},{'id'"
     ":'b','name':'b','type':'phy','ethernet_mac_address':'52:54:00:00:00:02'},{'id':'team','name':"
     "'team','type':'bond','ethernet_mac_address':'52:54:00:00:00:02','bond_links':['a','b'],'bond_"
     "mode':'active-backup','bond_miimon':100}],'networks':[]}",
     TRUE},
    {"second-bond",
     "<interface name='a'/><interface name='b'/><interface name='c'/><bond name='bond0' "
     "mode='active-backup'><link>a</link><link>b</link></bond><bond name='bond1' "
     "mode='active-backup'><link>c</link></bond>",
     "{'links':[{'id':'a','name':'a','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'},{'id'"
     ":'b','name':'b','type':'phy','ethernet_mac_address':'52:54:00:00:00:02'},{'id':'c','name':'c'"
     ",'type':'phy','ethernet_mac_address':'52:54:00:00:00:03'},{'id':'bond0','name':'bond0','type'"
     ":'bond','bond_links':['a','b'],'bond_mode':'active-backup','bond_miimon':100},{'id':'bond1','"
     "name':'bond1','type':'bond','bond_links':['c'],'bond_mode':'active-backup','bond_miimon':100}"
     "],'networks':[]}"},
    {"vlan-with-its-own-address",
     "<interface name='a'/><vlan name='a.4094' link='a' id='4094' mac='52:54:00:00:00:0f'/>",
     "{'links':[{'id':'a','name':'a','type':'phy','ethernet_mac_address':'52:54:00:00:00:01'},{'id'"
     ":'a.4094','name':'a.4094','type':'vlan','vlan_link':'a','vlan_id':4094,'vlan_mac_address':'"
     "52:54:00:00:00:0f'}],'networks':[]}"},
};

static void
test_rendered(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *expected = g_strdelimit(g_strdup(given->expected), "'", '"');
    g_autoptr(VpSpec) spec = read_network(given->network, given->windows);
    g_autoptr(GPtrArray) plan = plan_of(spec);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vp_render_network_data_json(spec, plan, &error);
    g_autoptr(json_object) object = NULL;

    g_assert_no_error(error);
    object = vp_json_parse_object(bytes, &error);
    g_assert_cmpstr(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                               JSON_C_TO_STRING_NOSLASHESCAPE),
                    ==, expected);
}

static const Case refused[] = {
    {"bridge", "<interface name='a'/><bridge name='br0'><link>a</link></bridge>",
     "cloud-init/network/bridge (line 1): a config drive cannot express it; use "
     "datasource='nocloud'"},
    {"bridge-for-windows", "<interface name='a'/><bridge name='br0'><link>a</link></bridge>",
     "cloud-init/network/bridge (line 1): cloudbase-init cannot make it", TRUE},
    {"bond-of-another-name",
     "<interface name='a'/><bond name='bond1' mode='active-backup'><link>a</link></bond>",
     "cloud-init/network/bond (line 1): a config drive cannot name it; cloud-init derives the name "
     "from its order, or its link and id, as in bond0 or eth0.10: name it so, or use "
     "datasource='nocloud'"},
    {"vlan-of-another-name", "<interface name='a'/><vlan name='v7' link='a' id='7'/>",
     "cloud-init/network/vlan (line 1): a config drive cannot name it; cloud-init derives the name "
     "from its order, or its link and id, as in bond0 or eth0.10: name it so, or use "
     "datasource='nocloud'"},
};

static void
test_refused(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(VpSpec) spec = read_network(given->network, given->windows);
    g_autoptr(GPtrArray) plan = plan_of(spec);
    g_autoptr(GError) error = NULL;

    g_assert_null(vp_render_network_data_json(spec, plan, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_NETWORK);
    g_assert_cmpstr(error->message, ==, given->expected);
}

#define ADD(folder, cases, test)                                                                   \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path =                                                                    \
            g_strconcat("/network-data-json/" folder "/", (cases)[i].name, NULL);                  \
        g_test_add_data_func(path, &(cases)[i], test);                                             \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("rendered", rendered, test_rendered)
    ADD("refused", refused, test_refused)
    return g_test_run();
}
