/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A YAML mapping is split by its keys, or refused if that would change a value. */
#include <config.h>

#include <string.h>

#include "base/yaml-text.h"

static GPtrArray *
split(const char *text, GBytes **bytes)
{
    *bytes = g_bytes_new_static(text, strlen(text));
    return vp_yaml_text_split(*bytes, NULL);
}

static void
test_values(void)
{
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"a: yes\n", "true"},       {"a: 'yes'\n", "\"yes\""}, {"a: y\n", "\"y\""},
        {"a:\n", "null"},           {"a: ~\n", "null"},        {"a: 0755\n", "\"0755\""},
        {"a: [b, {c: d}]\n", NULL}, {"a: !!str x\n", "\"x\""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(GPtrArray) entries = split(cases[i].text, &bytes);
        json_object *value;

        g_assert_nonnull(entries);
        g_assert_cmpuint(entries->len, ==, 1);
        value = vp_yaml_text_find(entries, "a")->value;
        g_assert_cmpstr(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN), ==,
                        cases[i].json != NULL ? cases[i].json : "[\"b\",{\"c\":\"d\"}]");
    }
}

static void
test_refused(void)
{
    static const char *const texts[] = {
        "- a\n",
        "a: 1\na: 2\n",
        "[a]: 1\n",
        "a: !x y\n",
        "a: b\n---\nc: d\n",
        "a: {b: 1, b: 2}\n",
        "a: &x b\n<<: {c: d}\n",
        "a: [\n",
        "a: *x\n",
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
        "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
        "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(GPtrArray) entries = split(texts[i], &bytes);

        if (entries != NULL)
            g_test_message("taken: %s", texts[i]);
        g_assert_null(entries);
    }
}

static char *
without(const char *text, const char *const *names)
{
    g_autoptr(GBytes) bytes = NULL, rest = NULL;
    g_autoptr(GPtrArray) entries = split(text, &bytes), taken = g_ptr_array_new();

    g_assert_nonnull(entries);
    for (; *names != NULL; names++)
        g_ptr_array_add(taken, (gpointer)vp_yaml_text_find(entries, *names));
    rest = vp_yaml_text_without(bytes, entries, taken);
    return rest != NULL ? g_strndup(g_bytes_get_data(rest, NULL), g_bytes_get_size(rest)) : NULL;
}

static void
test_many(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 1; i <= 1025; i++) {
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(GPtrArray) entries = NULL;

        g_string_append_printf(text, "k%u: 1\n", i);
        if (i < 1024)
            continue;
        entries = split(text->str, &bytes);
        g_assert_true((entries != NULL) == (i == 1024));
    }
}

static void
test_without(void)
{
    static const struct {
        const char *text, *rest;
        const char *names[3];
    } cases[] = {
        {"#cloud-config\n# \xc3\xa4\na: 1\n# of b\nb:\n  - x\nc: 3\n",
         "#cloud-config\n# \xc3\xa4\na: 1\n# of b\nc: 3\n",
         {"b"}},
        {"a: 1\nb: 2\n", "b: 2\n", {"a"}},
        {"a: 1\nb: |\n  x\n\n  # y\n\n# z\nc: 3", "a: 1\n\n# z\nc: 3", {"b"}},
        {"a: 1\nb: 2", "a: 1\n", {"b"}},
        {"{a: 1, b: 2}\n", NULL, {"a"}},
        {"a: &x 1\nb: *x\n", NULL, {"a"}},
        {"a: &x 1\nb: *x\n", "a: &x 1\n", {"b"}},
        {"a: 1\n...\n", NULL, {"a"}},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *rest = without(cases[i].text, cases[i].names);

        g_assert_cmpstr(rest, ==, cases[i].rest);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/yaml-text/values", test_values);
    g_test_add_func("/yaml-text/refused", test_refused);
    g_test_add_func("/yaml-text/many", test_many);
    g_test_add_func("/yaml-text/without", test_without);
    return g_test_run();
}
