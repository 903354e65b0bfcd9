/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks that a guest will not have as they are, or that are probably mistaken. */
#include <config.h>

#include "spec/object.h"
#include "view/diagnose-network.h"
#include "advice.h"

#define UUID "c7a5fdbd-cdaf-9455-926a-d65c16db1809"
/* Of a network; the guest has two interfaces. */
static void
assert_told(const char *os, const char *attributes, const char *links, const char *wanted)
{
    g_autofree char *payload = g_strconcat("<cloud-init xmlns='" VP_NAMESPACE "' ", attributes,
                                           "><network>", links, "</network></cloud-init>", NULL);

    advice_assert(vp_view_diagnose_network, os, payload,
                  "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>"
                  "<interface type='user'><mac address='52:54:00:00:00:02'/></interface>",
                  wanted);
}

typedef struct {
    const char *os, *attributes, *links, *wanted;
} Case;

#define REST "<interface><dhcp4/></interface>"
#define NAMED(name, more) "<interface name='" name "'><dhcp4/>" more "</interface>"
#define NOCLOUD "datasource='nocloud'"
#define V4 "<address>192.0.2.10/24</address>"
#define MEMBERS "<interface name='a'/><interface name='b'/>"

static const Case cases[] = {
    {"", "", "<interface><dhcp4/></interface>" REST, ""},
    {"", "", "<interface><dhcp4/></interface>", "interface"},
    {"", "", "<interface mac='52:54:00:00:00:02'><dhcp4/></interface>", "interface"},
    {"", "", "<interface><dhcp4/><dns>192.0.2.53</dns><search>a.example</search></interface>" REST,
     "dns search"},
    {"", NOCLOUD, "<interface><dhcp4/><dns>192.0.2.53</dns></interface>" REST, "dns network"},
    {"", NOCLOUD, NAMED("a", "") NAMED("b", ""), ""},
    {"", NOCLOUD, NAMED("a", "<search>a.example</search>") NAMED("b", ""), "search"},
    {"", NOCLOUD, NAMED("a", "<search>a.example</search>") REST, "search interface"},
    {"", NOCLOUD, NAMED("a", "<search>a.example</search><wake-on-lan/>") NAMED("b", ""),
     "search network"},
    {"", "", "<interface><dhcp4/>" V4 "<dns>192.0.2.53</dns></interface>" REST, ""},
    {"", "",
     "<interface><dhcp4/><route destination='10.0.0.0/8' gateway='192.0.2.1'/></interface>" REST,
     "route"},
    {"", "", "<interface>" V4 "<gateway>192.0.2.1</gateway></interface>" REST, ""},
    {"", "", "<interface>" V4 "<gateway>192.0.2.10</gateway></interface>" REST, "gateway"},
    {"", "", "<interface>" V4 "<gateway>198.51.100.1</gateway></interface>" REST, "gateway"},
    {"", "",
     "<interface><address>203.0.113.7/32</address><gateway>10.0.0.1</gateway></interface>" REST,
     ""},
    {"", "",
     "<interface><address>2001:db8::7/64</address><gateway>fe80::1</gateway></interface>" REST, ""},
    {"", "", "<interface><address>192.0.2.0/24</address></interface>" REST, "address"},
    {"", "", "<interface><address>192.0.2.8/31</address></interface>" REST, ""},
    {"", "",
     "<interface>" V4 "<route destination='10.0.0.0/8' gateway='198.51.100.1'/></interface>" REST,
     "route"},
    {"", "", "<interface><address>2001:db8::7/64</address></interface>" REST, "address"},
    {"", "", "<interface><address>2001:db8::7/64</address><accept-ra/></interface>" REST, ""},
    {"", "", "<interface><address>2001:db8::7/64</address><slaac/></interface>" REST, ""},
    {"", "",
     "<interface>" V4 "<gateway>192.0.2.1</gateway></interface>"
     "<interface><address>198.51.100.10/24</address><gateway>198.51.100.1</gateway></interface>",
     "gateway"},
    {"", "",
     "<interface>" V4 "<gateway>192.0.2.1</gateway></interface><interface>"
     "<address>198.51.100.10/24</address>"
     "<route destination='0.0.0.0/0' gateway='198.51.100.1' metric='200'/></interface>",
     "route"},
    {"", "",
     "<interface>" V4 "<route destination='10.0.0.0/8' gateway='192.0.2.1' metric='2'/>"
     "</interface>" REST,
     "route"},
    {"", "",
     "<interface><address>2001:db8::7/64</address><gateway>fe80::1</gateway>"
     "<route destination='fd00::/8' gateway='2001:db8::1'/></interface>" REST,
     "route"},
    {"", "",
     "<interface><address>2001:db8::7/64</address><gateway>fe80::1</gateway>"
     "<accept-ra>no</accept-ra></interface>" REST,
     "accept-ra"},
    {"", "",
     "<interface><dhcp4/><dhcp-use-dns>no</dhcp-use-dns><dhcp-use-routes>no</dhcp-use-routes>"
     "<dhcp-metric>5</dhcp-metric><wake-on-lan/></interface>" REST,
     "dhcp-use-dns dhcp-use-routes dhcp-metric wake-on-lan"},
    {"", NOCLOUD,
     "<interface><dhcp4/><dhcp-use-dns>no</dhcp-use-dns><wake-on-lan/></interface>" REST,
     "network"},
    {"", "", "<interface><dhcp4/><accept-ra>no</accept-ra></interface>" REST, "accept-ra"},
    {"", "",
     MEMBERS "<bond name='bond0' mode='802.3ad' mac='52:54:00:bb:00:01'><link>a</link>"
             "<link>b</link><dhcp4/></bond>",
     "bond @mac @mac @mode"},
    {"", NOCLOUD,
     MEMBERS "<bond name='x' mode='802.3ad'><link>a</link><link>b</link><dhcp4/></bond>", "bond"},
    {"", NOCLOUD, MEMBERS "<vlan name='x' link='a' id='7'><dhcp4/><mtu>1400</mtu></vlan>",
     "vlan mtu"},
    {"", NOCLOUD, MEMBERS "<vlan name='x' link='a' id='7' mac='52:54:00:bb:00:01'><dhcp4/></vlan>",
     "vlan @mac"},
    {"", NOCLOUD,
     MEMBERS "<bond name='x' mode='802.3ad' transmit-hash-policy='layer3+4' lacp-rate='fast'>"
             "<link>a</link><link>b</link><dhcp4/></bond>",
     "bond @transmit-hash-policy @lacp-rate network"},
    {"", NOCLOUD,
     MEMBERS "<bridge name='br0' stp='yes'><link>a</link><link>b</link><dhcp4/></bridge>",
     "bridge"},
    {"", NOCLOUD,
     MEMBERS "<bridge name='br0'><link>a</link><link>b</link><dhcp4/><mtu>1400</mtu></bridge>",
     "bridge mtu network"},
    {"", NOCLOUD,
     MEMBERS "<bridge name='br0' mac='52:54:00:bb:00:01'><link>a</link><dhcp4/></bridge>",
     "bridge @mac network"},
    {WINDOWS, "",
     MEMBERS "<bond name='team' mode='802.3ad'><link>a</link><link>b</link><dhcp4/></bond>"
             "<vlan name='v' link='team' id='7'><dhcp4/></vlan>",
     ""},
    {WINDOWS, "", MEMBERS "<vlan name='v' link='a' id='7'><dhcp4/></vlan>", "vlan"},
    {WINDOWS, "",
     MEMBERS "<bond name='team' mode='broadcast' mac='52:54:00:bb:00:01' lacp-rate='fast' "
             "transmit-hash-policy='vlan+srcmac' mii-monitor-interval='50'>"
             "<link>a</link><link>b</link><dhcp4/></bond>",
     "@mode @transmit-hash-policy @mac @lacp-rate @mii-monitor-interval"},
    {WINDOWS, "",
     "<interface>" V4 "<address>198.51.100.7/24</address><gateway>192.0.2.1</gateway>"
     "<route destination='10.0.0.0/8' gateway='192.0.2.9'/><search>a.example</search>"
     "<dns>192.0.2.53</dns></interface>" REST,
     "route search address"},
    {WINDOWS, "",
     "<interface>" V4 "<route destination='0.0.0.0/0' gateway='192.0.2.1'/></interface>" REST, ""},
    {WINDOWS, "", "<interface><dhcp4/><dns>192.0.2.53</dns></interface>" REST, "dns"},
};

static void
test_case(gconstpointer data)
{
    const Case *given = data;

    assert_told(given->os, given->attributes, given->links, given->wanted);
}

/* Each default route of equal metric names the line of the one that it equals, the interface its
 * MAC. */
static void
note_text(const char *name G_GNUC_UNUSED, const VpPlace *place G_GNUC_UNUSED, const char *message,
          gpointer data)
{
    g_string_append(data, message);
}

static void
test_texts(void)
{
    g_autoptr(VpSpec) spec = vp_spec_new("web1", UUID, NULL);
    g_autoptr(GString) told = g_string_new(NULL);

    for (guint i = 0; i < 2; i++) {
        VpLink *link = vp_spec_object_new(&vp_spec_interface_type);

        link->place.line = 4 + i;
        g_ptr_array_add(link->addresses, g_strdup("192.0.2.10/24"));
        g_ptr_array_add(link->gateways, g_strdup("192.0.2.1"));
        g_ptr_array_add(spec->links, link);
    }
    spec->idle_mac = g_strdup("52:54:00:00:00:09");
    vp_view_diagnose_network(spec, note_text, told);
    g_assert_nonnull(strstr(told->str, "besides that of line 4"));
    g_assert_nonnull(strstr(told->str, "52:54:00:00:00:09"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/diagnose-network/%u", i);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/diagnose-network/texts", test_texts);
    return g_test_run();
}
