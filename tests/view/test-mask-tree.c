/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is secret in YAML and JSON by a map's other values and by the words of a list. Every secret
 * holds the word "canary". */
#include <config.h>

#include <string.h>

#include "view/mask.h"

#define M "********"
#define Q "\"" M "\""
#define FILES "#cloud-config\nwrite_files:\n"

typedef struct {
    const char *text;
    const char *shown; /* NULL: as it is */
} Case;

static void
assert_shown(const Case *cases, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        g_autoptr(GBytes) content = g_bytes_new_static(cases[i].text, strlen(cases[i].text));
        const char *why = NULL;
        g_autoptr(GBytes) masked = vp_view_mask(content, &why);
        g_autofree char *shown = NULL;

        g_test_message("%s", cases[i].text);
        g_assert_cmpstr(why, ==, NULL);
        shown = g_strndup(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked));
        g_assert_cmpstr(shown, ==, cases[i].shown != NULL ? cases[i].shown : cases[i].text);
        g_assert_null(strstr(shown, "canary"));
    }
}

static void
test_commands(void)
{
    static const Case cases[] = {
        {"runcmd:\n- [curl, -u, 'me:canary', h]\n", "runcmd:\n- [curl, -u, " Q ", h]\n"},
        {"runcmd:\n- [/usr/bin/mysql, -pcanary, db]\n", "runcmd:\n- [/usr/bin/mysql, " Q ", db]\n"},
        {"runcmd:\n- [x, --password, canary, y]\n", "runcmd:\n- [x, --password, " Q ", y]\n"},
        {"runcmd:\n- [nmcli, d, wifi, connect, x, password, canary]\n",
         "runcmd:\n- [nmcli, d, wifi, connect, x, password, " Q "]\n"},
        {"runcmd:\n- [docker, login, -u, me, -p, canary]\n",
         "runcmd:\n- [docker, login, -u, me, -p, " Q "]\n"},
        {"[[\"openssl\", \"passwd\", \"-6\", \"canary\"]]",
         "[[\"openssl\", \"passwd\", " Q ", " Q "]]"},
        {"runcmd:\n- [tar, -u, a]\n- [curl, -o, u, h]\n", NULL},
    };

    assert_shown(cases, G_N_ELEMENTS(cases));
}

static void
test_pairs(void)
{
    static const Case cases[] = {
        {"env:\n- {name: DB_PASSWORD, value: canary}\n- {name: DB_HOST, value: h}\n",
         "env:\n- {name: DB_PASSWORD, value: " Q "}\n- {name: DB_HOST, value: h}\n"},
        {"[{\"value\": \"canary\", \"key\": \"api_key\"}]",
         "[{\"value\": " Q ", \"key\": \"api_key\"}]"},
        {"n: &n {name: token}\ne:\n- {<<: *n, value: canary}\n",
         "n: &n {name: token}\ne:\n- {<<: *n, value: " Q "}\n"},
    };

    assert_shown(cases, G_N_ELEMENTS(cases));
}

/* Whether others may read a file is said beside its content, in a map that is merged, or twice. */
static void
test_write_files(void)
{
    static const Case cases[] = {
        {"m: &m {permissions: '0600'}\nwrite_files:\n- {<<: *m, content: canary}\n",
         "m: &m {permissions: '0600'}\nwrite_files:\n- {<<: *m, content: " Q "}\n"},
        {"m: &m {permissions: '0600'}\no: &o {owner: bob}\nwrite_files:\n"
         "- {<<: [*o, *m], content: canary}\n",
         "m: &m {permissions: '0600'}\no: &o {owner: bob}\nwrite_files:\n"
         "- {<<: [*o, *m], content: " Q "}\n"},
        {"c: &c {content: canary}\nwrite_files:\n- {<<: *c, permissions: '0600'}\n",
         "c: &c {content: " Q "}\nwrite_files:\n- {<<: *c, permissions: '0600'}\n"},
        {"{\"permissions\": \"0644\", \"content\": \"canary\", \"permissions\": \"0600\"}",
         "{\"permissions\": \"0644\", \"content\": " Q ", \"permissions\": \"0600\"}"},
        {"{\"permissions\": \"0600\", \"content\": \"a\", \"content\": \"canary\"}",
         "{\"permissions\": \"0600\", \"content\": " Q ", \"content\": " Q "}"},
        /* 0640 in decimal */
        {FILES "- {permissions: 416, content: canary}\n",
         FILES "- {permissions: 416, content: " Q "}\n"},
        {FILES "- {permissions: 0644, content: a}\n", NULL},
        {FILES "- {permissions: '0644', content: a}\n- {permissions: '0600', path: /a}\n", NULL},
    };

    assert_shown(cases, G_N_ELEMENTS(cases));
}

/* A map that merges others, or NULL if it is hidden as a whole. */
static char *
show_merges(guint merges, const char *merged)
{
    g_autoptr(GString) text = g_string_new("o: &o {a: b}\na: &a {");
    g_autoptr(GBytes) content = NULL, masked = NULL;
    const char *why = NULL;

    for (guint i = 1; i < merges; i++)
        g_string_append_printf(text, "<<: *%s, ", merged);
    g_string_append(text, "<<: {permissions: '0600'}, content: canary}\n");
    content = g_bytes_new_static(text->str, text->len);
    masked = vp_view_mask(content, &why);
    g_assert_cmpstr(why, ==, masked == NULL ? "malformed YAML or JSON" : NULL);
    return masked != NULL ? g_strndup(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked))
                          : NULL;
}

/* All merges are looked at, or nothing is shown; one of itself costs no more than others. */
static void
test_merges(void)
{
    gint64 start = g_get_monotonic_time();
    g_autofree char *most = show_merges(64, "o"), *more = show_merges(65, "o");
    g_autofree char *itself = show_merges(100, "a");

    g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
    g_assert_nonnull(strstr(most, "content: " Q));
    g_assert_null(more);
    g_assert_null(itself);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mask-tree/commands", test_commands);
    g_test_add_func("/mask-tree/pairs", test_pairs);
    g_test_add_func("/mask-tree/write-files", test_write_files);
    g_test_add_func("/mask-tree/merges", test_merges);
    return g_test_run();
}
