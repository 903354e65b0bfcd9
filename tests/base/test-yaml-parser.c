/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libyaml is given to read: neither deeper nor with more directives than it reads in a bounded
 * time. */
#include <config.h>

#include <string.h>

#include "base/yaml-parser.h"

static void
assert_can_load(const char *text, gboolean can)
{
    gsize size = strlen(text);
    g_autofree char *copy = g_memdup2(text, size);

    g_assert_cmpint(vp_yaml_parser_can_load(copy, size), ==, can);
}

static void
test_levels(void)
{
    for (guint levels = VP_YAML_MAX_LEVELS; levels <= VP_YAML_MAX_LEVELS + 1; levels++) {
        g_autofree char *open = g_strnfill(levels, '['), *close = g_strnfill(levels, ']');
        g_autofree char *flow = g_strconcat(open, "a", close, NULL);
        g_autoptr(GString) block = g_string_new(NULL);

        for (guint i = 0; i < levels; i++)
            g_string_append_printf(block, "%*sa:\n", (int)i, "");
        assert_can_load(flow, levels == VP_YAML_MAX_LEVELS);
        assert_can_load(block->str, levels == VP_YAML_MAX_LEVELS);
    }
}

/* Levels that are closed do not count. */
static void
test_many(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < 1000; i++)
        g_string_append(text, "- [[a], {b: [c]}]\n");
    assert_can_load(text->str, TRUE);
}

/* Without a limit hours. */
static void
test_brackets(void)
{
    g_autofree char *text = g_strnfill(1 << 20, '[');
    gint64 start = g_get_monotonic_time();

    assert_can_load(text, FALSE);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 10 * G_USEC_PER_SEC);
}

static void
test_directives(void)
{
    static const struct {
        const char *line, *first;
        guint count;
        gboolean can;
    } cases[] = {
        {"%TAG !a! b\n", "", 16, TRUE}, {"%TAG !a! b\n", "", 17, FALSE},
        {"\r%a", "", 16, TRUE},         {"\r%a", "", 17, FALSE},
        {"\n%", "%", 16, FALSE},        {"a%b %c\n", "", 1000, TRUE},
        {" %a\n", "", 1000, TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) text = g_string_new(cases[i].first);
        yaml_parser_t parser;
        gboolean begun;

        for (guint n = 0; n < cases[i].count; n++)
            g_string_append(text, cases[i].line);
        g_test_message("%u of %s", cases[i].count, cases[i].line);
        assert_can_load(text->str, cases[i].can);
        begun = vp_yaml_parser_begin(&parser, text->str, text->len);
        g_assert_cmpint(begun, ==, cases[i].can);
        if (begun)
            vp_yaml_parser_clear(&parser);
    }
}

/* That a text is not YAML is for others to say. */
static void
test_malformed(void)
{
    assert_can_load("", TRUE);
    assert_can_load("a: [b", TRUE);
    assert_can_load("\377", TRUE);
    g_assert_true(vp_yaml_parser_can_load(NULL, 0));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/yaml-parser/levels", test_levels);
    g_test_add_func("/yaml-parser/many", test_many);
    g_test_add_func("/yaml-parser/brackets", test_brackets);
    g_test_add_func("/yaml-parser/directives", test_directives);
    g_test_add_func("/yaml-parser/malformed", test_malformed);
    return g_test_run();
}
