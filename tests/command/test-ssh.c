/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload ssh: the command that it makes, and when it gives up. */
#include <config.h>

#include "command/commands.h"
#include "command/probe.h"
#include "libvirt/fake-command.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZ6zSFuDmyTVrZvZcE7kBqE4MBTNPZ1yzpmZk6hM0qk"
#define ALIAS "-o HostKeyAlias=virt-payload-" FAKE_UUID
#define LEASE "vnet0 52:54:00:00:00:01 192.0.2.5/24"
#define USER(name, more) "<p:user name='" name "'>" more "</p:user>"
#define LOGIN "<p:ssh-key>" KEY "</p:ssh-key>"
#define HOST_KEY "<p:ssh-host-key type='ed25519' secret='key' public='" KEY "'/>"

typedef struct {
    const char *name;
    const char *words;
    const char *expected;
    const char *addresses; /* of the leases */
    const char *answering;
    const char *metadata;
    guint wakes;
    void (*meanwhile)(void);
} Case;

static FakeGuest fixture;
static const char *answering;
static guint asked_port;

/* command/probe.c's */
const char *
vp_command_probe_ssh(const GPtrArray *addresses, guint port)
{
    asked_port = port;
    for (guint i = 0; i < addresses->len; i++) {
        if (g_strcmp0(addresses->pdata[i], answering) == 0)
            return addresses->pdata[i];
    }
    return NULL;
}

static void
restart(void)
{
    g_assert_cmpint(virDomainDestroy(fixture.domain), ==, 0);
    g_assert_cmpint(virDomainCreate(fixture.domain), ==, 0);
}

static void
answer(void)
{
    answering = "192.0.2.5";
}

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *xml = fake_definition(" id='2'", given->metadata, "");
    g_autofree char *text = NULL;

    fake_set_up(&fixture, xml, xml);
    fake.addresses[VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE] = given->addresses;
    fake.wakes = given->wakes;
    fake.meanwhile = given->meanwhile;
    answering = given->answering;
    text = fake_run(&fixture, &vp_command_ssh, given->words);
    g_assert_cmpstr(text, ==, given->expected);
    fake_tear_down(&fixture);
}

#define NOT_EXECUTED "web1: ssh: No such file or directory [failed]\n"
#define PORT_RANGE "--port takes a number from 1 to 65535 [usage]\n"

static const Case cases[] = {
    {"no-user", "--print web1", "ssh " ALIAS " -- 192.0.2.5\n", LEASE},
    {"first-user-with-a-key", "--print web1", "ssh " ALIAS " -l b -- 192.0.2.5\n", LEASE,
     .metadata = PAYLOAD(USER("a", "") USER("b", LOGIN) USER("c", LOGIN))},
    {"first-user-with-a-key-elsewhere", "--print web1", "ssh " ALIAS " -l b -- 192.0.2.5\n", LEASE,
     .metadata = PAYLOAD(USER("a", "") USER("b", "<p:ssh-import-id>gh:b</p:ssh-import-id>"))},
    {"first-user-without-keys", "--print web1", "ssh " ALIAS " -l a -- 192.0.2.5\n", LEASE,
     .metadata = PAYLOAD(USER("a", "") USER("b", ""))},
    {"user-asked-for", "--print -u root web1", "ssh " ALIAS " -l root -- 192.0.2.5\n", LEASE,
     .metadata = PAYLOAD(USER("a", LOGIN))},
    {"no-payload", "--print web1", "ssh " ALIAS " -- 192.0.2.5\n", LEASE, .metadata = ""},
    {"port-and-key", "--print -p 2222 -i /k web1",
     "ssh " ALIAS " -o Port=2222 -i /k -- 192.0.2.5\n", LEASE},
    {"port-of-its-own", "--print -p 22 web1", "ssh " ALIAS " -- 192.0.2.5\n", LEASE},
    {"words-are-quoted", "--print web1 -- ls -l $HOME it's",
     "ssh " ALIAS " -- 192.0.2.5 ls -l '$HOME' 'it'\\''s'\n", LEASE},
    {"ipv6", "--print web1", "ssh " ALIAS " -- 2001:db8::5\n", "vnet0 - 2001:db8::5/64"},
    {"print-asks-no-sshd", "--print -t 0 web1", "ssh " ALIAS " -- 192.0.2.5\n", LEASE},

    {"port-0", "-p 0 web1", PORT_RANGE, LEASE, "192.0.2.5"},
    {"port-1", "-p 1 web1", NOT_EXECUTED, LEASE, "192.0.2.5"},
    {"port-65535", "-p 65535 web1", NOT_EXECUTED, LEASE, "192.0.2.5"},
    {"port-65536", "-p 65536 web1", PORT_RANGE, LEASE, "192.0.2.5"},

    {"answers", "web1", NOT_EXECUTED, LEASE, "192.0.2.5"},
    {"answers-later", "-t 9 web1", NOT_EXECUTED, LEASE, .wakes = 9, .meanwhile = answer},
    {"answers-too-late", "-t 9 web1", "web1: its sshd does not answer [not-found]\n", LEASE,
     .wakes = 10, .meanwhile = answer},
    {"does-not-answer", "web1", "web1: its sshd does not answer [not-found]\n", LEASE},
    {"no-address", "-t 0 web1", "web1: no address is known [not-found]\n"},
    {"print-without-address", "--print -t 0 web1", "web1: no address is known [not-found]\n"},
    {"restarts", "web1", "web1: the guest has stopped [drive]\n", LEASE, .wakes = 3,
     .meanwhile = restart},
};

/* --- the host key ----------------------------------------------------------------------------- */

static void
test_host_key(void)
{
    g_autofree char *xml = fake_definition(" id='2'", PAYLOAD(HOST_KEY), "");
    g_autofree char *path =
        g_build_filename(g_get_user_cache_dir(), "virt-payload", "known_hosts", FAKE_UUID, NULL);
    g_autofree char *wanted = g_strdup_printf(
        "ssh " ALIAS " -o 'UserKnownHostsFile=\"%s\"' -o GlobalKnownHostsFile=/dev/null "
        "-o StrictHostKeyChecking=yes -- 192.0.2.5\n",
        path);
    g_autofree char *text = NULL, *known = NULL;

    fake_set_up(&fixture, xml, xml);
    fake.addresses[VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE] = LEASE;
    text = fake_run(&fixture, &vp_command_ssh, "--print web1");
    g_assert_cmpstr(text, ==, wanted);
    g_assert_true(g_file_get_contents(path, &known, NULL, NULL));
    g_assert_cmpstr(known, ==, "virt-payload-" FAKE_UUID " " KEY "\n");
    fake_tear_down(&fixture);
}

/* sshd is asked at the port that ssh will use. */
static void
test_port(void)
{
    const Case given = {.words = "-p 2222 web1",
                        .expected = NOT_EXECUTED,
                        .addresses = LEASE,
                        .answering = "192.0.2.5"};

    test_case(&given);
    g_assert_cmpuint(asked_port, ==, 2222);
}

int
main(int argc, char **argv)
{
    g_autofree char *cache = g_dir_make_tmp("virt-payload-ssh.XXXXXX", NULL);
    int failed;

    g_test_init(&argc, &argv, NULL);
    g_setenv("XDG_CACHE_HOME", cache, TRUE);
    g_setenv("PATH", "/nonexistent", TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/ssh/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/ssh/host-key-is-the-only-one-accepted", test_host_key);
    g_test_add_func("/ssh/probed-port-is-ssh's", test_port);
    failed = g_test_run();
    remove_tree(cache);
    return failed;
}
