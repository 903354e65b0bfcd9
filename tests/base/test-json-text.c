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
    static const char *const texts[] = {
        "{}",
        " \n{\"a\": [1, null, {}]}\n ",
        "{\"a\": 1e400}",
        "{\"a\": [-0, 0.5, -1E+2, true, false]}",
        "{\"B\u00fcro\": \"\U0001f600 \\u00fc\\ud83d\\ude00\"}",
        "{\"a\": \"\x7f\\\"\\\\\\/\\b\\f\\n\\r\\t\"}",
    };

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
        "",
        " ",
        "[]",
        "1",
        "\"a\"",
        "null",
        "{",
        "{}x",
        "{} {}",
        "{\"a\": \"\xff\"}",
        "{\"a\" 1}",
        "{,}",
        "{\"a\": 1,}",
        "{'a': 1}",
        "{\"a\": 'b'}",
        "{\"a\": \"\t\"}",
        "{\"a\": \"\\x\"}",
        "{\"a\": \"\\u00g0\"}",
        "{\"a\": \"\xc0\x80\"}",
        "{\"a\": \"\xed\xa0\x80\"}",
        "{\"a\": 01}",
        "{\"a\": .5}",
        "{\"a\": 1.}",
        "{\"a\": +1}",
        "{\"a\": 1e}",
        "{\"a\": -}",
        "{\"a\": NaN}",
        "{\"a\": Infinity}",
        "{\"a\": nul}",
        "{\"a\": True}",
        "{\"a\": [1,]}",
        "{\"a\": [1 2]}",
        "{\"a\": 1} // b",
        "{\"a\": /* b */ 1}",
        "{a: 1}",
        "{\"a\": 1,, \"b\": 2}",
        "{\"a\": [}",
        "\xef\xbb\xbf{}",
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

/* The limit is ours, for json-c counts in one way or another. */
static void
test_depth(gconstpointer data)
{
    guint depth = GPOINTER_TO_UINT(data);
    g_autofree char *opening = g_strnfill(depth - 1, '['), *closing = g_strnfill(depth - 1, ']');
    g_autofree char *text = g_strdup_printf("{\"a\": %s%s}", opening, closing);
    g_autoptr(GError) error = NULL;
    G_GNUC_UNUSED g_autoptr(json_object) object = parse(text, &error);

    if (depth <= 64)
        g_assert_no_error(error);
    else
        g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
}

static void
test_get(void)
{
    g_autoptr(json_object) object = parse("{\"a\": \"x\", \"b\": [], \"c\": null}", NULL);

    g_assert_cmpstr(vp_json_get_text(vp_json_get(object, "a")), ==, "x");
    g_assert_nonnull(vp_json_get(object, "b"));
    g_assert_null(vp_json_get_text(vp_json_get(object, "b")));
    g_assert_null(vp_json_get(object, "c"));
    g_assert_null(vp_json_get(object, "d"));
    g_assert_null(vp_json_get(vp_json_get(object, "b"), "a"));
    g_assert_null(vp_json_get(NULL, "a"));
    g_assert_null(vp_json_get_text(NULL));
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
    g_test_add_data_func("/json-text/deep/within", GUINT_TO_POINTER(64), test_depth);
    g_test_add_data_func("/json-text/deep/beyond", GUINT_TO_POINTER(65), test_depth);
    g_test_add_func("/json-text/get", test_get);
    return g_test_run();
}
