/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cloud-config as fields, what has none, and what a guest could not use. */
#include <config.h>

#include "base/error.h"
#include "base/yaml-text.h"
#include "command/import-case.h"
#include "command/seed-tree.h"
#include "spec/spec.h"

static char *
tell(const char *text)
{
    ImportCase is = {0};
    g_autoptr(GBytes) bytes = golden_bytes(text, "cloud-config");
    g_autoptr(GPtrArray) entries = vp_yaml_text_split(bytes, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = NULL;
    char *story;

    import_case_begin(&is, text);
    g_assert_nonnull(entries);
    if (!vp_command_set_cloud_config_entries(&is.set, entries, &error))
        g_assert_true(error->domain == VP_ERROR);
    xml = vp_view_shown_to_xml(&is.set.root);
    story = error != NULL ? g_strdup_printf("error: %s\n%s\n", error->message, xml)
                          : g_strconcat(xml, "\n", NULL);
    import_case_end(&is);
    return story;
}

static void
assert_file(const char *text, int code, const char *wanted)
{
    char *directory = seed_tree_new();
    g_autofree char *path = seed_tree_add(directory, "a", text, -1);
    g_autoptr(GError) error = NULL;
    ImportCase is = {0};

    import_case_begin(&is, "x\n");
    g_assert_false(vp_command_set_cloud_config(&is.set, "from-cloud-config", path, &error));
    g_assert_error(error, VP_ERROR, code);
    g_assert_cmpstr(error->message, ==, wanted);
    import_case_end(&is);
    seed_tree_free(directory);
}

static void
test_files(void)
{
    assert_file("", VP_ERROR_VALUE, "the cloud-config has no keys");
    assert_file("#cloud-config\n", VP_ERROR_VALUE, "the cloud-config has no keys");
    assert_file("a: canary\nb: canary\n", VP_ERROR_UNKNOWN,
                "cannot be read as fields: a, b; pass the whole file with --user-data");
}

/* Each user is searched for, so their number is bounded before the payload is checked. */
static void
test_users(void)
{
    g_autoptr(GString) text = g_string_new("x\n-- cloud-config\nusers:\n");
    g_autofree char *most = NULL, *more = NULL;

    for (guint i = 0; i < 2 * VP_SPEC_MAX_USERS; i++)
        g_string_append(text, "- {name: a}\n");
    most = tell(text->str);
    g_assert_false(g_str_has_prefix(most, "error: "));
    g_string_append(text, "- {name: a}\n");
    more = tell(text->str);
    g_assert_true(g_str_has_prefix(more, "error: names more users than a payload may have\n"));
}

static void
test_encoding(void)
{
    static const struct {
        const char *name, *wanted;
    } cases[] = {
        {NULL, NULL},      {"", NULL},        {"text/plain", NULL},    {"b", NULL},
        {"b64", "base64"}, {"B64", "base64"}, {" base64\n", "base64"}, {"gz", "gz"},
        {"GZip", "gz"},    {"gz+b64", "gz"},  {"gzip+base64", "gz"},   {"gzip+b64 ", "gz"},
        {"b64+gz", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(vp_command_set_encoding(cases[i].name), ==, cases[i].wanted);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/set-cloud-config/a-file-without-fields-is-refused", test_files);
    g_test_add_func("/set-cloud-config/users-are-counted", test_users);
    g_test_add_func("/set-cloud-config/encodings-are-cloud-init's", test_encoding);
    return golden_cases_run("set-cloud-config", tell);
}
