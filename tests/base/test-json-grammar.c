/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8259 to the byte: what holds, where what does not begins, and what a visitor sees. */
#include <config.h>

#include <string.h>

#include "base/json-grammar.h"

typedef struct {
    const char *name;
    const char *text;
    int at; /* the first byte that does not fit; -1: all do */
} Case;

/* A copy that ends where its allocation does, so that a read beyond it is seen. */
static gboolean
read_copy(const char *text, gsize size, guint depth, const VpJsonVisitor *visitor, gsize *at)
{
    g_autofree char *copy = g_memdup2(text, size);

    return vp_json_grammar_read(copy, size, depth, visitor, at);
}

static const Case cases[] = {
    {"nothing", "", 0},
    {"blanks-only", " \t\r\n", 4},
    {"words", "[true, false, null]", -1},
    {"word-cut-off", "tru", 3},
    {"word-misspelt", "[nil]", 2},
    {"word-in-upper-case", "True", 0},
    {"word-too-long", "nulls", 4},
    {"blanks-around", " \t\r\n1 \t\r\n", -1},
    {"form-feed", "\f1", 0},
    {"second-value", "1 2", 2},
    {"comment", "1 // a", 2},

    {"zero", "0", -1},
    {"minus-zero", "-0", -1},
    {"leading-zero", "01", 1},
    {"plus", "+1", 0},
    {"minus-alone", "-", 1},
    {"minus-word", "-Infinity", 1},
    {"fraction", "-10.05", -1},
    {"fraction-without-digits", "1.", 2},
    {"fraction-without-a-whole", ".5", 0},
    {"exponents", "[1e0, 1E+09, 0.1e-5]", -1},
    {"exponent-without-digits", "1e+", 3},
    {"exponent-with-two-signs", "1e+-1", 3},
    {"hexadecimal", "0x1", 1},

    {"strings", "[\"\", \"a/\\/\303\244\", \"\177\"]", -1},
    {"escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00fF\"", -1},
    {"string-open", "\"a", 2},
    {"string-with-a-line-end", "\"a\n\"", 2},
    {"string-with-the-last-control-character", "\"a\037\"", 2},
    {"string-of-quotes-of-another-kind", "'a'", 0},
    {"escape-unknown", "\"\\a\"", 2},
    {"escape-cut-off", "\"\\", 2},
    {"escape-of-three-digits", "\"\\u123\"", 6},
    {"escape-of-another-digit", "\"\\u12g4\"", 5},
    {"escape-in-upper-case", "\"\\U0041\"", 2},
    {"not-utf8", "\"a\377\"", 2},
    {"utf8-cut-off", "\"\303", 1},
    {"surrogate-as-utf8", "\"\355\240\200\"", 1},
    {"mistake-before-what-is-not-utf8", "[x\377", 1},
    {"not-utf8-after-the-value", "1\377", 1},
    {"byte-order-mark", "\357\273\2771", 0},

    {"empty-list", "[ ]", -1},
    {"list-open", "[1", 2},
    {"list-with-a-comma-at-its-end", "[1,]", 3},
    {"list-with-a-comma-at-its-start", "[,1]", 1},
    {"list-without-a-comma", "[1 2]", 3},
    {"list-closed-as-an-object", "[1}", 2},
    {"empty-object", "{\n}", -1},
    {"object", "{\"a\" : 1 , \"\":{}}", -1},
    {"object-with-a-name-twice", "{\"a\":1,\"a\":2}", -1},
    {"object-open", "{", 1},
    {"object-without-a-colon", "{\"a\" 1}", 5},
    {"object-without-a-value", "{\"a\":}", 5},
    {"object-with-a-comma-at-its-end", "{\"a\":1,}", 7},
    {"object-with-a-name-that-is-a-number", "{1:2}", 1},
};

static void
test_grammar(gconstpointer data)
{
    const Case *given = data;
    gsize at = 4711;

    g_assert_cmpint(read_copy(given->text, strlen(given->text), 8, NULL, &at), ==, given->at < 0);
    g_assert_cmpuint(at, ==, given->at < 0 ? 4711 : (gsize)given->at);
    g_assert_cmpint(read_copy(given->text, strlen(given->text), 8, NULL, NULL), ==, given->at < 0);
}

/* Each end of a text before its own, of which none may be taken for the whole. */
static void
test_cut(void)
{
    static const char whole[] = "{\"a\": [true, -1.5e3, \"\\u00e4\303\244\"], \"b\": {}}";

    for (gsize size = 0; size < strlen(whole); size++) {
        gsize at = 4711;

        g_assert_false(read_copy(whole, size, 8, NULL, &at));
        g_assert_cmpuint(at, <=, size);
    }
}

static void
test_nul(void)
{
    static const struct {
        const char *text;
        gsize size, at;
    } texts[] = {{"1\0", 2, 1}, {"\0", 1, 0}, {"\"\\\0\"", 4, 2}, {"[\0]", 3, 1}, {"\"\0\"", 3, 1}};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        gsize at = 4711;

        g_assert_false(read_copy(texts[i].text, texts[i].size, 8, NULL, &at));
        g_assert_cmpuint(at, ==, texts[i].at);
    }
}

static void
test_depth(void)
{
    static const struct {
        const char *text;
        guint depth;
        int at;
    } depths[] = {
        {"1", 0, -1},        {"[]", 0, 0},         {"[1]", 1, -1},       {"[[]]", 1, 1},
        {"[[], {}]", 2, -1}, {"[[], [[]]]", 2, 6}, {"{\"a\":{}}", 1, 5}, {"[{}, [], {}]", 2, -1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(depths); i++) {
        gsize at = 0;

        g_test_message("%s", depths[i].text);
        g_assert_cmpint(
            read_copy(depths[i].text, strlen(depths[i].text), depths[i].depth, NULL, &at), ==,
            depths[i].at < 0);
        g_assert_cmpuint(at, ==, (gsize)MAX(depths[i].at, 0));
    }
}

/* --- visitors --------------------------------------------------------------------------------- */

/* "{", "[", ")" for an end, "START-END " for a scalar; FALSE once it has been called as often as
 * it may be. */
typedef struct {
    GString *told;
    guint left;
} Visitor;

static gboolean
goes_on(Visitor *visitor)
{
    return --visitor->left > 0;
}

static gboolean
visit_open(gpointer data, gboolean is_object)
{
    g_string_append_c(((Visitor *)data)->told, is_object ? '{' : '[');
    return goes_on(data);
}

static void
visit_close(gpointer data)
{
    g_string_append_c(((Visitor *)data)->told, ')');
}

static gboolean
visit_scalar(gpointer data, gsize start, gsize end)
{
    g_string_append_printf(((Visitor *)data)->told, "%zu-%zu ", start, end);
    return goes_on(data);
}

static void
assert_told(const char *text, guint calls, gboolean holds, const char *expected)
{
    Visitor data = {g_string_new(NULL), calls};
    const VpJsonVisitor visitor = {visit_open, visit_close, visit_scalar, &data};

    g_assert_cmpint(read_copy(text, strlen(text), 8, &visitor, NULL), ==, holds);
    g_assert_cmpstr(data.told->str, ==, expected);
    g_string_free(data.told, TRUE);
}

static void
test_visitor(void)
{
    assert_told(" 12 ", 9, TRUE, "1-3 ");
    assert_told("\"a\\n\"", 9, TRUE, "0-5 ");
    assert_told("{\"a\": [1, null], \"b\":{}}", 9, TRUE, "{1-4 [7-8 10-14 )17-20 {))");
    /* told before the mistake */
    assert_told("[1, x]", 9, FALSE, "[1-2 ");
    assert_told("[1", 9, FALSE, "[1-2 ");
}

static void
test_visitor_ends(void)
{
    assert_told("[[1], 2]", 1, FALSE, "[");
    assert_told("[[1], 2]", 2, FALSE, "[[");
    assert_told("[[1], 2]", 3, FALSE, "[[2-3 ");
    assert_told("{\"a\": 1}", 2, FALSE, "{1-4 ");
    assert_told("1", 1, FALSE, "0-1 ");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/json-grammar/text/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_grammar);
    }
    g_test_add_func("/json-grammar/cut", test_cut);
    g_test_add_func("/json-grammar/nul", test_nul);
    g_test_add_func("/json-grammar/depth", test_depth);
    g_test_add_func("/json-grammar/visitor", test_visitor);
    g_test_add_func("/json-grammar/visitor/ends", test_visitor_ends);
    return g_test_run();
}
