/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the secret is in an option of a command that takes one. */
#include <config.h>

#include <string.h>

#include "view/mask-command.h"

/* at: the start of the secret in the word; -1: none. NEXT: it is the next word. */
enum { NEXT = 1000 };

static const struct {
    const char *command, *word;
    gssize at;
} options[] = {
    {"curl", "-u", NEXT},
    {"curl", "-uname:x", 2},
    {"curl", "-sSu", NEXT},
    {"curl", "-sux", 3},
    {"curl", "-s", -1},
    {"curl", "--user", NEXT},
    {"curl", "--user=name:x", 7},
    {"curl", "--proxy-user", NEXT},
    {"curl", "--user-agent", -1},
    {"curl", "--use", -1},
    {"curl", "--", -1},
    {"curl", "-", -1},
    {"curl", "", -1},
    {"curl", "user", -1},
    {"curl", "u", -1},
    /* mysql asks for the password after "-p", and takes a database's name next */
    {"mysql", "-p", -1},
    {"mysql", "-px", 2},
    {"mysql", "-up", -1},
    {"mysql", "-upx", -1},
    {"7z", "-psecret", 2},
    {"zip", "-P", NEXT},
    {"zip", "-p", -1},
    {"zip", "-rP", NEXT},
    {"snmpget", "-c", NEXT},
    {"snmpget", "-cpublic", 2},
    {"snmpget", "-v2c", -1}, /* no community, but a version */
    {"snmpget", "-A", NEXT},
    {"snmpget", "-x", -1},
    {"openssl", "-k", NEXT},
    {"openssl", "-kx", -1},
    {"openssl", "-K", NEXT},
    {"openssl", "-pass", -1},
    {"nmcli", "-p", -1},
    {"kubectl", "--from-literal=a=b", 15},
    {"kubectl", "-f", -1},
};

static void
test_options(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
        const VpMaskCommand *command =
            vp_view_mask_command(options[i].command, strlen(options[i].command));
        gsize length = strlen(options[i].word);
        g_autofree char *word = g_memdup2(options[i].word, length);
        gssize at = vp_view_mask_command_option(command, word, length);

        g_test_message("%s %s", options[i].command, options[i].word);
        g_assert_cmpint(at, ==, options[i].at == NEXT ? (gssize)length : options[i].at);
    }
}

static void
test_names(void)
{
    g_assert_nonnull(vp_view_mask_command("curl -u", 4));
    g_assert_null(vp_view_mask_command("curly", 5));
    g_assert_null(vp_view_mask_command("cur", 3));
    g_assert_null(vp_view_mask_command("Curl", 4));
    g_assert_null(vp_view_mask_command("", 0));
    g_assert_true(vp_view_mask_command("net", 3) != vp_view_mask_command("net.exe", 7));
}

/* Subcommands after which everything is secret, or the command itself. */
static void
test_hides(void)
{
    static const struct {
        const char *command, *word;
        gboolean hides;
    } words[] = {
        {"openssl", "passwd", TRUE},   {"openssl", "rand", FALSE},
        {"openssl", "openssl", FALSE}, {"htpasswd", "htpasswd", TRUE},
        {"htpasswd", "-b", FALSE},     {"htpasswd", "", FALSE},
        {"net", "use", TRUE},          {"net", "user", TRUE},
        {"net", "users", FALSE},       {"net", "us", FALSE},
        {"curl", "curl", FALSE},       {"nmcli", "802-11-wireless-security.psk", TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        const VpMaskCommand *command =
            vp_view_mask_command(words[i].command, strlen(words[i].command));

        g_test_message("%s %s", words[i].command, words[i].word);
        g_assert_cmpint(vp_view_mask_command_hides(command, words[i].word, strlen(words[i].word)),
                        ==, words[i].hides);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mask-command/options", test_options);
    g_test_add_func("/mask-command/names", test_names);
    g_test_add_func("/mask-command/hides", test_hides);
    return g_test_run();
}
