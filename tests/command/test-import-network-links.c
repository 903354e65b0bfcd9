/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NoCloud's network-config in the form that is compared: versions 1 and 2 of one network are equal,
 * and what the form cannot say makes the whole text unknown, so that nothing of it is lost. */
#include <config.h>

#include <string.h>

#include "command/import-network-links.h"

#define MAC1 "52:54:00:12:34:56"
#define MAC2 "52:54:00:12:34:57"
#define V1 "version: 1\nconfig:\n"
#define NIC1 "- {type: physical, name: eth0, mac_address: '" MAC1 "'"
#define NIC2 "- {type: physical, name: eth1, mac_address: '" MAC2 "'"
#define V2 "version: 2\nethernets:\n  lan: "
#define MATCH "match: {macaddress: '" MAC1 "'}"

/* The members of a link in the order of the text, all of them that it always has. */
#define LINK(dhcp4, dhcp6, addresses, gateways, dns, search)                                       \
    "{\"@mac\":\"" MAC1 "\",\"dhcp4\":" dhcp4 ",\"dhcp6\":" dhcp6 ",\"address\":[" addresses       \
    "],\"gateway\":[" gateways "],\"dns\":[" dns "],\"search\":[" search "]"

static json_object *
links_of(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));

    return vp_command_import_network_links(bytes);
}

static void
assert_links(const char *text, const char *wanted)
{
    g_autoptr(json_object) links = links_of(text);

    if (links == NULL)
        g_test_message("not read: %s", text);
    g_assert_nonnull(links);
    g_assert_cmpstr(json_object_to_json_string_ext(links, JSON_C_TO_STRING_PLAIN |
                                                              JSON_C_TO_STRING_NOSLASHESCAPE),
                    ==, wanted);
}

static void
test_version_1(void)
{
    assert_links(V1 NIC1 ", subnets: [{type: dhcp}]}\n",
                 "[" LINK("true", "false", "", "", "", "") ",\"@name\":\"eth0\"}]");
    assert_links(V1 NIC1
                 ", mtu: 9000, accept-ra: false, subnets: [{type: dhcp4}, {type: dhcp6}]}\n",
                 "[" LINK("true", "true", "", "", "",
                          "") ",\"@name\":\"eth0\",\"mtu\":\"9000\",\"accept-ra\":false}]");
    assert_links(V1 NIC1 ", subnets: [{type: static, address: 192.0.2.5/24, gateway: 192.0.2.1,\n"
                         "    dns_nameservers: [192.0.2.2], dns_search: example.com}]}\n",
                 "[" LINK("false", "false", "\"192.0.2.5/24\"", "\"192.0.2.1\"", "\"192.0.2.2\"",
                          "\"example.com\"") ",\"@name\":\"eth0\"}]");
    /* as old tools write it, in capitals */
    assert_links("version: 1\nconfig:\n- {type: physical, name: eth0, mac_address: "
                 "'52:54:00:AA:BB:CC'}\n",
                 "[{\"@mac\":\"52:54:00:aa:bb:cc\",\"dhcp4\":false,\"dhcp6\":false,\"address\":[],"
                 "\"gateway\":[],\"dns\":[],\"search\":[],\"@name\":\"eth0\"}]");
}

static void
test_netmask(void)
{
    static const struct {
        const char *netmask;
        const char *address; /* NULL: not read */
    } cases[] = {
        {"255.255.255.0", "192.0.2.5/24"},
        {"255.255.255.255", "192.0.2.5/32"},
        {"255.255.254.0", "192.0.2.5/23"},
        {"0.0.0.0", "192.0.2.5/0"},
        {"24", "192.0.2.5/24"},
        {"255.0.255.0", NULL},
        {"0.255.255.255", NULL},
        {"255.255.255", NULL},
        {"'ffff::'", NULL},
        {"''", NULL},
        {"x", NULL},
        {"-1", NULL},
        {"[24]", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            V1 NIC1 ", subnets: [{type: static, address: 192.0.2.5, netmask: %s}]}\n",
            cases[i].netmask);
        g_autoptr(json_object) links = links_of(text);
        json_object *addresses;

        g_test_message("%s", text);
        g_assert_true((links != NULL) == (cases[i].address != NULL));
        if (links == NULL)
            continue;
        addresses = vp_json_get(json_object_array_get_idx(links, 0), "address");
        g_assert_cmpuint(json_object_array_length(addresses), ==, 1);
        g_assert_cmpstr(vp_json_get_text(json_object_array_get_idx(addresses, 0)), ==,
                        cases[i].address);
    }
}

/* Version 1's name servers belong to no interface: they can be said of one interface, or if all
 * have them already. */
static void
test_common_name_servers(void)
{
    static const char known[] =
        V1 NIC1 ", subnets: [{type: dhcp, dns_nameservers: [192.0.2.2]}]}\n" NIC2
                ", subnets: [{type: dhcp, dns_nameservers: [192.0.2.2]}]}\n"
                "- {type: nameserver, address: 192.0.2.2}\n";
    g_autoptr(json_object) links = links_of(known);
    static const char *const unknown[] = {
        /* two interfaces without, or with others */
        V1 NIC1 "}\n" NIC2 "}\n- {type: nameserver, address: 192.0.2.2}\n",
        V1 NIC1 ", subnets: [{type: dhcp, dns_nameservers: [192.0.2.3]}]}\n"
                "- {type: nameserver, address: 192.0.2.2}\n",
        V1 NIC1 "}\n" NIC2 "}\n- {type: nameserver, search: example.com}\n",
        V1 NIC1 "}\n- {type: nameserver, address: 192.0.2.2, interface: eth0}\n",
        V1 "- {type: nameserver, address: 192.0.2.2}\n",
    };

    assert_links(V1 NIC1 "}\n- {type: nameserver, address: [192.0.2.2], search: [example.com]}\n",
                 "[" LINK("false", "false", "", "", "\"192.0.2.2\"",
                          "\"example.com\"") ",\"@name\":\"eth0\"}]");
    g_assert_cmpuint(json_object_array_length(links), ==, 2);
    for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++) {
        g_test_message("%s", unknown[i]);
        g_assert_null(links_of(unknown[i]));
    }
}

static void
test_version_2(void)
{
    assert_links(V2 "{" MATCH ", dhcp4: true}\n",
                 "[" LINK("true", "false", "", "", "", "") ",\"id\":\"lan\"}]");
    assert_links(V2 "{" MATCH ", set-name: eth0, dhcp6: true, accept-ra: true, mtu: 1400}\n",
                 "[" LINK("false", "true", "", "", "",
                          "") ",\"@name\":\"eth0\",\"mtu\":\"1400\",\"accept-ra\":true}]");
    assert_links(V2 "{" MATCH ", set-name: eth0, addresses: [192.0.2.5/24, '2001:db8::5/64'],\n"
                    "    gateway4: 192.0.2.1, routes: [{to: '::/0', via: '2001:db8::1'}],\n"
                    "    nameservers: {addresses: [192.0.2.2], search: [example.com]}}\n",
                 "[" LINK("false", "false", "\"192.0.2.5/24\",\"2001:db8::5/64\"",
                          "\"192.0.2.1\",\"2001:db8::1\"", "\"192.0.2.2\"",
                          "\"example.com\"") ",\"@name\":\"eth0\"}]");
}

static void
test_versions_agree(void)
{
    g_autoptr(json_object) one =
        links_of(V1 NIC1 ", mtu: 1400, subnets: [{type: static, address: 192.0.2.5,\n"
                         "    netmask: 255.255.255.0, gateway: 192.0.2.1, dns_search: [a, b]}]}\n");
    g_autoptr(json_object) two = links_of(
        V2 "{set-name: eth0, " MATCH ", mtu: 1400, addresses: [192.0.2.5/24],\n"
           "    routes: [{to: default, via: 192.0.2.1}], nameservers: {search: [a, b]}}\n");

    g_assert_nonnull(one);
    g_assert_true(json_object_equal(one, two));
}

/* A word of these that was passed over would be lost to the guest. */
static void
test_unknown(void)
{
    static const char *const texts[] = {
        "",
        "version: 3\nethernets: {}\n",
        "ethernets: {}\n",
        "version: 1\n",
        "version: 1\nconfig: disabled\n",
        "version: 1\nconfig: []\n",
        "version: 2\nethernets: {}\n",
        "version: 2\nethernets: []\n",
        "version: 2\nrenderer: networkd\nethernets:\n  lan: {" MATCH "}\n",
        "version: 2\nversion: 2\nethernets:\n  lan: {" MATCH "}\n",
        "version: 2\nethernets:\n  lan: {" MATCH "}\nbonds: {}\n",
        "network:\n  version: 2\n",
        "version: 1\nconfig: [\n",
        V1 "- {type: bond, name: bond0, mac_address: '" MAC1 "'}\n",
        V1 "- {type: physical, name: eth0}\n",
        V1 "- {type: physical, mac_address: '" MAC1 "'}\n",
        V1 "- physical\n",
        V1 NIC1 ", keep_configuration: true}\n",
        V1 NIC1 ", mtu: [1400]}\n",
        V1 NIC1 ", mtu: null}\n",
        V1 NIC1 ", accept-ra: maybe}\n",
        V1 NIC1 ", subnets: {type: dhcp}}\n",
        V1 NIC1 ", subnets: [dhcp]}\n",
        V1 NIC1 ", subnets: [{type: manual}]}\n",
        V1 NIC1 ", subnets: [{type: ipv6_slaac}]}\n",
        V1 NIC1 ", subnets: [{address: 192.0.2.5/24}]}\n",
        V1 NIC1 ", subnets: [{type: dhcp, metric: 5}]}\n",
        V1 NIC1 ", subnets: [{type: dhcp, address: 192.0.2.5/24}]}\n",
        V1 NIC1 ", subnets: [{type: static}]}\n",
        V1 NIC1 ", subnets: [{type: static, address: 192.0.2.5}]}\n",
        V1 NIC1 ", subnets: [{type: static, address: 192.0.2.5/24, netmask: 255.255.255.0}]}\n",
        V1 NIC1 ", subnets: [{type: static, address: 192.0.2.5/24, routes: []}]}\n",
        V1 NIC1 ", subnets: [{type: dhcp, dns_nameservers: [{a: b}]}]}\n",
        V2 "{dhcp4: true}\n",
        V2 "{match: {name: 'en*'}, dhcp4: true}\n",
        V2 "{match: {macaddress: '" MAC1 "', driver: virtio_net}}\n",
        V2 "{" MATCH ", dhcp4: 1}\n",
        V2 "{" MATCH ", wakeonlan: true}\n",
        V2 "{" MATCH ", set-name: [a]}\n",
        V2 "{" MATCH ", addresses: [{192.0.2.5/24: {label: x}}]}\n",
        V2 "{" MATCH ", routes: {to: default, via: 192.0.2.1}}\n",
        V2 "{" MATCH ", routes: [{to: 198.51.100.0/24, via: 192.0.2.1}]}\n",
        V2 "{" MATCH ", routes: [{to: default, via: 192.0.2.1, metric: 5}]}\n",
        V2 "{" MATCH ", routes: [{to: default}]}\n",
        V2 "{" MATCH ", nameservers: [192.0.2.2]}\n",
        V2 "{" MATCH ", nameservers: {addresses: [192.0.2.2], options: [x]}}\n",
        V2 "{" MATCH "}\n  wan: {dhcp4: true}\n",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(json_object) links = links_of(texts[i]);

        if (links != NULL)
            g_test_message("read: %s as %s", texts[i], json_object_to_json_string(links));
        g_assert_null(links);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import-network-links/version-1", test_version_1);
    g_test_add_func("/import-network-links/netmask", test_netmask);
    g_test_add_func("/import-network-links/common-name-servers", test_common_name_servers);
    g_test_add_func("/import-network-links/version-2", test_version_2);
    g_test_add_func("/import-network-links/versions-agree", test_versions_agree);
    g_test_add_func("/import-network-links/unknown", test_unknown);
    return g_test_run();
}
