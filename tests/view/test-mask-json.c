/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scalars of JSON at their places in the text, and what is refused. Every secret holds the word
 * "canary". */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"

#define Q VP_MASK_QUOTED

/* The masker of content within content: a text with the word is hidden. */
static const char *
mask_canary(const char *content, gsize start, gsize end, const VpMaskNest *nest, GArray *edits)
{
    g_assert_true(nest->is_string);
    if (start < end && memmem(content + start, end - start, "canary", 6) != NULL)
        vp_view_mask_edits_add(edits, start, end, "M");
    return NULL;
}

/* What comes before and after the range is not JSON; NULL if the range is refused. */
static char *
mask(const char *json)
{
    const VpMaskNest nest = {1, mask_canary, FALSE};
    g_autofree char *text = g_strconcat("}\302", json, "]\302", NULL);
    gsize end = 2 + strlen(json);
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    g_autoptr(GBytes) masked = NULL;
    g_autoptr(GArray) edits = vp_view_mask_edits_new();

    if (!vp_view_mask_json(text, 2, end, &nest, edits)) {
        g_assert_cmpuint(edits->len, ==, 0);
        return NULL;
    }
    masked = vp_view_mask_edits_apply(content, edits);
    return g_strndup((const char *)g_bytes_get_data(masked, NULL) + 2,
                     g_bytes_get_size(masked) - 4);
}

static const struct {
    const char *name;
    const char *json;
    const char *expected; /* NULL: refused */
} cases[] = {
    {"object", "{\"a\": 1, \"password\": \"canary\"}", "{\"a\": 1, \"password\": " Q "}"},
    {"below-a-secret-name", "{\"password\": [\"can\", {\"a\": \"ary\"}, 17]}",
     "{\"password\": [" Q ", {\"a\": " Q "}, " Q "]}"},
    {"blanks", "\n { \"password\" :\t\"canary\" }\n", "\n { \"password\" :\t" Q " }\n"},
    {"name-by-escapes", "{\"p\\u0061ssw\\u006fRd\": \"canary\"}",
     "{\"p\\u0061ssw\\u006fRd\": " Q "}"},
    {"value-by-escapes", "{\"a\": \"c\\u0061nary\"}", "{\"a\": \"M\"}"},
    {"not-ascii", "{\"\303\244\": \"\342\202\254\", \"password\": \"canary\"}",
     "{\"\303\244\": \"\342\202\254\", \"password\": " Q "}"},
    {"number-and-word", "{\"password\": 17, \"api_key\": null}",
     "{\"password\": " Q ", \"api_key\": null}"},
    {"name-twice", "{\"password\": \"canary\", \"password\": \"canary\"}",
     "{\"password\": " Q ", \"password\": " Q "}"},
    {"scalar", "\"canary\"", "\"M\""},
    {"empty", "[{}, [], \"\"]", "[{}, [], \"\"]"},
    {"yaml's-words-are-texts", "{\"<<\": {\"a\": 1}, \"a\": \"*b\"}",
     "{\"<<\": {\"a\": 1}, \"a\": \"*b\"}"},

    {"nothing", "", NULL},
    {"open", "{\"password\": \"canary\"", NULL},
    {"comma-at-the-end", "{\"password\": \"canary\",}", NULL},
    {"comment", "{\"password\": \"canary\" /* a */}", NULL},
    {"two-values", "{\"password\": \"canary\"} {}", NULL},
    {"not-utf8", "{\"password\": \"canary\", \"a\": \"\377\"}", NULL},
};

static void
test_json(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autofree char *shown = mask(cases[i].json);

    g_assert_cmpstr(shown, ==, cases[i].expected);
}

static GString *seen;

static const char *
see(const char *content, gsize start, gsize end, const VpMaskNest *nest, GArray *edits)
{
    g_string_append_len(seen, content + start, (gssize)(end - start));
    return NULL;
}

/* Half of a pair becomes U+FFFD. */
static void
test_decoded(void)
{
    static const struct {
        const char *json, *text;
        gsize length;
    } strings[] = {
        {"\"\"", "", 0},
        {"\"a\\n\\r\\t\\b\\f\\\"\\\\\\/b\"", "a\n\r\t\b\f\"\\/b", 10},
        {"\"\\u00E9\\u20ac\"", "\303\251\342\202\254", 5},
        {"\"\\u0000\"", "\0", 1},
        {"\"\\ud83d\\ude00\"", "\360\237\230\200", 4},
        {"\"\\ud83d\"", "\357\277\275", 3},
        {"\"\\ud83da\"", "\357\277\275a", 4},
        {"\"\\ud83d\\u0061\"", "\357\277\275a", 4},
        {"\"\\ude00\\ud83d\"", "\357\277\275\357\277\275", 6},
        {"\"\\ud83d\\ud83d\\ude00\"", "\357\277\275\360\237\230\200", 7},
        {"-1.50e+1", "-1.50e+1", 8},
    };
    const VpMaskNest nest = {1, see, FALSE};

    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
        g_autoptr(GArray) edits = vp_view_mask_edits_new();
        gsize size = strlen(strings[i].json);
        g_autofree char *copy = g_memdup2(strings[i].json, size);

        g_test_message("%s", strings[i].json);
        seen = g_string_new(NULL);
        g_assert_true(vp_view_mask_json(copy, 0, size, &nest, edits));
        g_assert_cmpmem(seen->str, seen->len, strings[i].text, strings[i].length);
        g_string_free(seen, TRUE);
    }
}

static void
test_levels(void)
{
    for (gsize levels = 100; levels <= 101; levels++) {
        g_autofree char *open = g_strnfill(levels, '['), *close = g_strnfill(levels, ']');
        g_autofree char *json = g_strconcat(open, "\"canary\"", close, NULL);
        g_autofree char *expected = g_strconcat(open, "\"M\"", close, NULL);
        g_autofree char *shown = mask(json);

        g_assert_cmpstr(shown, ==, levels == 100 ? expected : NULL);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/mask-json/", cases[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_json);
    }
    g_test_add_func("/mask-json/decoded", test_decoded);
    g_test_add_func("/mask-json/levels", test_levels);
    return g_test_run();
}
