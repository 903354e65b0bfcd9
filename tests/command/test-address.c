/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload address: which source is asked, what is taken from it, and how it is printed. */
#include <config.h>

#include "command/commands.h"
#include "command/probe.h"
#include "libvirt/fake-command.h"

#define MAC "52:54:00:00:00:01"
#define LEASE "vnet0 " MAC " 192.0.2.5/24"
#define FIELDS                                                                                     \
    PAYLOAD("<p:network><p:interface name='lan' mac='" MAC "'><p:address>198.51.100.7/24"          \
            "</p:address></p:interface></p:network>")
#define NIC "<interface type='network'><mac address='" MAC "'/></interface>"
#define UNKNOWN                                                                                    \
    "web1: no address is known yet; 'virt-payload wait --for address " FAKE_UUID                   \
    "' waits for one [not-found]\n"

typedef struct {
    const char *name;
    const char *words;
    const char *expected;
    const char *agent, *lease, *arp;
    const char *metadata;
} Case;

static FakeGuest fixture;

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *xml = fake_definition(" id='2'", given->metadata, NIC);
    g_autofree char *text = NULL;

    fake_set_up(&fixture, xml, xml);
    fake.addresses[VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE] = given->lease;
    fake.addresses[VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT] = given->agent;
    fake.addresses[VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP] = given->arp;
    text = fake_run(&fixture, &vp_command_address, given->words);
    g_assert_cmpstr(text, ==, given->expected);
    fake_tear_down(&fixture);
}

static const Case cases[] = {
    {"agent-first", "web1", "192.0.2.1\n", "eth0 " MAC " 192.0.2.1/24", LEASE},
    {"lease-next", "web1", "192.0.2.5\n", NULL, LEASE, "vnet0 " MAC " 192.0.2.9/0", FIELDS},
    {"arp-next", "web1", "192.0.2.9\n", NULL, NULL, "vnet0 " MAC " 192.0.2.9/0", FIELDS},
    {"fields-last", "web1", "198.51.100.7\n", .metadata = FIELDS},
    {"agent-without-an-address-of-use", "web1", "192.0.2.5\n", "lo - 127.0.0.1/8", LEASE},
    {"ipv4-before-ipv6", "web1", "192.0.2.1\n", "eth0 " MAC " 2001:db8::1/64 192.0.2.1/24"},
    {"ipv6-only", "web1", "2001:db8::1\n", "eth0 " MAC " fe80::1/64 2001:db8::1/64"},
    {"by-uuid", FAKE_UUID, "192.0.2.5\n", NULL, LEASE},
    {"unknown", "web1", UNKNOWN},
    {"agent-that-lies", "web1", UNKNOWN,
     "eth0 " MAC " -oProxyCommand=x/24 /24 127.0.0.1/8 ::1/128 0.0.0.0/0 224.0.0.1/4 fe80::1/64"},

    {"all-of-the-agent", "web1 --all",
     "192.0.2.1  eth0  " MAC "  agent\n2001:db8::1  eth0  " MAC "  agent\n",
     "eth0 " MAC " 2001:db8::1/64 192.0.2.1/24", LEASE},
    {"all-of-the-agent-escaped", "web1 -a", "192.0.2.1  \\x1b[2J  -  agent\n",
     "\033[2J - 192.0.2.1/24"},
    {"all-of-the-leases", "web1 -a", "192.0.2.5  -  " MAC "  lease\n", NULL, LEASE},
    {"all-of-the-fields", "web1 -a", "198.51.100.7  lan  " MAC "  fields\n", .metadata = FIELDS},

    {"json", "web1 --json",
     "[\n  {\n    \"address\": \"192.0.2.1\",\n    \"prefix\": 24,\n    \"interface\": \"eth0\",\n"
     "    \"mac\": \"" MAC "\",\n    \"source\": \"agent\"\n  }\n]\n",
     "eth0 " MAC " 192.0.2.1/24"},
    {"json-without-prefix-and-name", "web1 --json",
     "[\n  {\n    \"address\": \"192.0.2.9\",\n    \"prefix\": null,\n    \"interface\": null,\n"
     "    \"mac\": null,\n    \"source\": \"arp\"\n  }\n]\n",
     NULL, NULL, "vnet0 - 192.0.2.9/0"},
    {"json-unknown", "web1 --json", "[]\n" UNKNOWN},
};

/* As many as are ever tried. */
static void
test_many(void)
{
    g_autofree char *xml = fake_definition(" id='2'", NULL, "");
    g_autoptr(GString) agent = g_string_new("eth0 " MAC);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    for (guint i = 0; i <= VP_PROBE_MAX; i++)
        g_string_append_printf(agent, " 192.0.2.%u/24", i + 1);
    fake_set_up(&fixture, xml, xml);
    fake.addresses[VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT] = agent->str;
    text = fake_run(&fixture, &vp_command_address, "web1 --all");
    lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, VP_PROBE_MAX + 1);
    fake_tear_down(&fixture);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/address/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/address/an-agent's-thousands-are-cut", test_many);
    return g_test_run();
}
