/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One JSON object, no more and no less; text that reads back. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/json-text.h"

static json_object *
parse(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));

    return vp_json_parse_object(bytes, error);
}

static void
test_round_trip(void)
{
    g_autoptr(json_object) object = json_object_new_object();
    g_autoptr(json_object) again = NULL;
    g_autoptr(GBytes) text = NULL;
    g_autoptr(GError) error = NULL;

    vp_json_add_string(object, "plain", "a/b");
    vp_json_add_string(object, "hard", "\"\\\n\t\x01\x7f h\u00e9 \U0001f600 \u2028");
    vp_json_add_string(object, "absent", NULL);
    text = vp_json_text(object);
    again = vp_json_parse_object(text, &error);
    g_assert_no_error(error);
    g_assert_true(json_object_equal(object, again));
    g_assert_cmpint(json_object_object_length(again), ==, 2);
    g_assert_nonnull(strstr(g_bytes_get_data(text, NULL), "a/b"));
}

/* To the byte: two hosts of one guest may have different versions of json-c. */
static void
test_layout(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_object) object =
        parse("{\"b\": {}, \"a\": [], \"c\": [1, {\"d\": null}], \"e/f\": true}", &error);
    g_autoptr(GBytes) text = NULL;
    g_autofree char *copy = NULL;

    g_assert_no_error(error);
    text = vp_json_text(object);
    copy = g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text));
    g_assert_cmpstr(copy, ==,
                    "{\n"
                    "  \"b\": {},\n"
                    "  \"a\": [],\n"
                    "  \"c\": [\n"
                    "    1,\n"
                    "    {\n"
                    "      \"d\": null\n"
                    "    }\n"
                    "  ],\n"
                    "  \"e/f\": true\n"
                    "}\n");
}

static void
test_accepted(void)
{
    static const char *const texts[] = {"{}", " \n{\"a\": [1, null, {}]}\n ", "{\"a\": 1e400}",
                                        "{'a': 1}"};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_object) object = parse(texts[i], &error);

        g_assert_no_error(error);
        g_assert_nonnull(object);
    }
}

static void
test_refused(void)
{
    static const char *const texts[] = {
        "",          " ",   "[]",          "1",     "\"a\"",
        "null",      "{",   "{}x",         "{} {}", "{\"a\": \"\xff\"}",
        "{\"a\" 1}", "{,}", "{\"a\": 1,}",
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_object) object = parse(texts[i], &error);

        g_test_message("%s", texts[i]);
        g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
        g_assert_null(object);
    }
}

static void
test_deep(void)
{
    g_autofree char *text = g_strnfill(200000, '[');
    g_autoptr(GError) error = NULL;
    g_autoptr(json_object) object = NULL;

    text[0] = '{';
    memcpy(text + 1, "\"a\":", 4);
    object = parse(text, &error);
    g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json-text/round-trip", test_round_trip);
    g_test_add_func("/json-text/layout", test_layout);
    g_test_add_func("/json-text/accepted", test_accepted);
    g_test_add_func("/json-text/refused", test_refused);
    g_test_add_func("/json-text/deep", test_deep);
    return g_test_run();
}
