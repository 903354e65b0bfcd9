/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's YAML mapping is copied with its scalars unchanged, and anything else is refused. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/yaml-map.h"
#include "base/yaml-parser.h"

static VpYamlMap *
parse(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));

    return vp_yaml_map_parse(bytes, error);
}

static void
assert_copied(const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpYamlMap) map = parse(text, &error);
    g_autoptr(VpYaml) yaml = vp_yaml_new();
    g_autoptr(GBytes) bytes = NULL;
    g_autofree char *copy = NULL;

    g_assert_no_error(error);
    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "ours", "x");
    vp_yaml_map_write(map, yaml);
    vp_yaml_end_map(yaml);
    bytes = vp_yaml_end(yaml, NULL, &error);
    g_assert_no_error(error);
    copy = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_assert_cmpstr(copy, ==, expected);
}

static void
test_copied(void)
{
    assert_copied("", "ours: \"x\"\n");
    assert_copied("# nothing\n", "ours: \"x\"\n");
    assert_copied("{}", "ours: \"x\"\n");
    assert_copied("a: 0777\nb: '0777'\nc: no # comment\nd: !!str 5\n",
                  "ours: \"x\"\na: 0777\nb: '0777'\nc: no\nd: !!str 5\n");
    assert_copied("a: [1, {b: c}]\nlit: |\n  x\n  y\n",
                  "ours: \"x\"\na: [1, {b: c}]\nlit: |\n  x\n  y\n");
    assert_copied("a: &x {k: v}\nb: *x\n", "ours: \"x\"\na: &x {k: v}\nb: *x\n");
    assert_copied("{\"json\": [true, null, 1.5]}", "ours: \"x\"\n\"json\": [true, null, 1.5]\n");
    assert_copied("a: h\u00e9\n", "ours: \"x\"\na: \"h\\xE9\"\n");
}

static void
test_has(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpYamlMap) map = parse("a: {b: c}\n\"d e\": [f]\ng:\n", &error);

    g_assert_no_error(error);
    g_assert_true(vp_yaml_map_has(map, "a"));
    g_assert_true(vp_yaml_map_has(map, "d e"));
    g_assert_true(vp_yaml_map_has(map, "g"));
    g_assert_false(vp_yaml_map_has(map, "b"));
    g_assert_false(vp_yaml_map_has(map, "c"));
    g_assert_false(vp_yaml_map_has(map, "f"));
}

/* text, n times. */
static char *
repeat(const char *text, guint n)
{
    g_autoptr(GString) all = g_string_new(NULL);

    while (n-- > 0)
        g_string_append(all, text);
    return g_string_free(g_steal_pointer(&all), FALSE);
}

/* Whether so many of that within each other are refused as too deep. */
static gboolean
is_too_deep(const char *open, guint n)
{
    g_autofree char *many = repeat(open, n);
    g_autofree char *text = g_strconcat("a:\n  ", many, NULL);
    g_autoptr(GError) error = NULL;
    G_GNUC_UNUSED g_autoptr(VpYamlMap) map = parse(text, &error);

    g_assert_cmpint(vp_yaml_parser_can_load(text, strlen(text)), ==, n < 128);
    return error != NULL && strstr(error->message, "128 levels") != NULL;
}

/* At once, however many levels there are: libyaml's own time grows with their square. */
static void
test_deep(void)
{
    static const char *const forms[] = {"[", "{a: ", "[b, ", "!!seq [", "&a [", "- "};

    for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_assert_false(is_too_deep(forms[i], 64));
        g_assert_true(is_too_deep(forms[i], 129));
        g_assert_true(is_too_deep(forms[i], 500000));
    }
}

static void
test_directives(void)
{
    g_autofree char *lines = repeat("%TAG !a! b\n", 300000);
    g_autofree char *late = g_strconcat("a: b\n...\n", lines, "---\n", NULL);
    g_autoptr(GError) error = NULL, other = NULL;

    assert_copied("%YAML 1.1\n---\na: '100%'\n", "ours: \"x\"\na: '100%'\n");
    g_assert_null(parse(lines, &error));
    g_assert_cmpstr(error->message, ==, "has more than 16 lines that begin with '%'");
    g_assert_null(parse(late, &other));
    g_assert_cmpstr(other->message, ==, error->message);
}

static void
test_refused(void)
{
    static const char *const texts[] = {
        "text",      "- a\n",        "a: b\n---\nc: d\n",
        "a: [",      "? [a]\n: b\n", "{a: b",
        "a: \xff\n", "a:\tb\n\t- c", "a: *unknown_but_syntax_ok\n: :\n\t",
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VpYamlMap) map = parse(texts[i], &error);

        g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
        g_assert_null(map);
    }
}

static void
test_line(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpYamlMap) map = parse("a: b\n\nc: [\n", &error);

    g_assert_null(map);
    g_assert_true(strstr(error->message, "line 4") != NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/yaml-map/copied", test_copied);
    g_test_add_func("/yaml-map/has", test_has);
    g_test_add_func("/yaml-map/refused", test_refused);
    g_test_add_func("/yaml-map/deep", test_deep);
    g_test_add_func("/yaml-map/directives", test_directives);
    g_test_add_func("/yaml-map/line", test_line);
    return g_test_run();
}
