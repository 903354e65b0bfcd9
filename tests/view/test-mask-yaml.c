/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scalars of YAML at their places in the text. Every secret holds the word "canary". */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"

#define Q VP_MASK_QUOTED

/* The masker of content within content: a text with the word is hidden. */
static const char *
mask_canary(const char *content, gsize start, gsize end, const VpMaskNest *nest, GArray *edits)
{
    g_assert_true(nest->is_string);
    g_assert_cmpuint(nest->depth, ==, 2);
    if (start < end && memmem(content + start, end - start, "canary", 6) != NULL)
        vp_view_mask_edits_add(edits, start, end, "M");
    return NULL;
}

/* What comes before and after the range is not YAML; NULL if the range is refused. */
static char *
mask(const char *yaml)
{
    const VpMaskNest nest = {1, mask_canary, FALSE};
    g_autofree char *text = g_strconcat("password: [", yaml, "\n]\302", NULL);
    gsize start = strlen("password: ["), end = start + strlen(yaml);
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    g_autoptr(GBytes) masked = NULL;
    g_autoptr(GArray) edits = vp_view_mask_edits_new();
    gsize size;

    if (!vp_view_mask_yaml(text, start, end, &nest, edits)) {
        g_assert_cmpuint(edits->len, ==, 0);
        return NULL;
    }
    masked = vp_view_mask_edits_apply(content, edits);
    size = g_bytes_get_size(masked);
    return g_strndup((const char *)g_bytes_get_data(masked, NULL) + start, size - start - 3);
}

typedef struct {
    const char *name;
    const char *yaml;
    const char *expected; /* NULL: refused */
} Case;

static const Case cases[] = {
    {"nothing", "", ""},
    {"plain", "a: b\npassword: canary\nc: d", "a: b\npassword: " Q "\nc: d"},
    {"quoted", "password: 'can''ary' # x\na: \"b\"", "password: " Q " # x\na: \"b\""},
    {"literal", "password: |\n  canary\n\n  canary\n\na: b", "password: " Q "\n\na: b"},
    {"folded", "password: >-\n  canary\na: b\n", "password: " Q "\na: b\n"},
    {"flow", "{a: b, password: canary, c: [d]}", "{a: b, password: " Q ", c: [d]}"},
    {"several-lines", "password: canary\n  canary\na: b", "password: " Q "\na: b"},
    {"line-ends-of-windows", "a: b\r\npassword: canary\r\nc: d\r\n",
     "a: b\r\npassword: " Q "\r\nc: d\r\n"},
    {"after-other-characters",
     "\303\244: \342\202\254 \360\237\230\200\npassword: canary # \303\266",
     "\303\244: \342\202\254 \360\237\230\200\npassword: " Q " # \303\266"},
    {"empty-value", "password:\na: b\n", "password:\na: b\n"},
    {"empty-value-with-properties", "password: &a !!str\nb: c\n", "password: &a !!str\nb: c\n"},
    {"documents", "a: b\n---\npassword: canary\n...\n", "a: b\n---\npassword: " Q "\n...\n"},

    {"anchor-and-tag-stay", "password: &a !!str canary", "password: &a !!str " Q},
    {"tag-on-a-line-of-its-own", "password: !!str\n  canary\n", "password: !!str\n  " Q "\n"},
    {"alias", "a: &a canary\npassword: *a\n", "a: &a " Q "\npassword: *a\n"},
    {"alias-of-the-later-anchor", "a: &x 1\nb: &x can\npassword: *x\n",
     "a: &x 1\nb: &x " Q "\npassword: *x\n"},
    {"alias-of-a-list", "a: &a [can, {b: c}]\npassword: *a\n",
     "a: &a [" Q ", {b: " Q "}]\npassword: *a\n"},
    {"alias-of-a-map", "a: &a {b: can}\npassword: *a\n", "a: &a {b: " Q "}\npassword: *a\n"},
    {"alias-of-what-is-around-it", "&a {b: *a, password: canary}", "&a {b: *a, password: " Q "}"},
    {"alias-as-a-key", "a: &a password\n*a : canary\n", "a: &a password\n*a : " Q "\n"},

    {"content-within", "a: an old canary\nb: c\n", "a: \"M\"\nb: c\n"},
    {"literal-content-within", "a: |\n   canary\n\nb: c\n", "a: |\n   M\n\nb: c\n"},
    {"base64-with-a-secret", "a: !!binary Y2FuYXJ5\n", "a: !!binary " Q "\n"},
    {"base64-without-one", "a: !!binary YWJj\n", "a: !!binary YWJj\n"},
    {"base64-that-is-not", "a: !!binary 'x!'\n", "a: !!binary " Q "\n"},

    {"comment-before", "# password=canary\na: b\n", "# password=" VP_MASK "\na: b\n"},
    {"comment-between", "a: # password=canary\n  b\n", "a: # password=" VP_MASK "\n  b\n"},
    {"comment-after", "a: b\n# password=canary\n", "a: b\n# password=" VP_MASK "\n"},
    {"comment-without-a-secret", "# a\na: b # c\n", "# a\na: b # c\n"},
    {"no-comment-in-a-scalar", "a: 'password=x # y'\n", "a: 'password=x # y'\n"},

    {"one-scalar", "canary", NULL},
    {"one-scalar-after-a-document", "password: canary\n---\na\n", NULL},
    {"open-list", "password: canary\na: [b", NULL},
    {"tab-as-indentation", "password: canary\na:\n\t- b", NULL},
    {"unknown-alias", "password: canary\na: *b\n", NULL},
    {"alias-before-its-anchor", "a: *b\nb: &b canary\n", NULL},
    {"not-utf8", "password: canary\na: \377\n", NULL},
    {"control-character", "password: canary\na: \1\n", NULL},
};

static void
test_yaml(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *shown = mask(given->yaml);

    g_assert_cmpstr(shown, ==, given->expected);
}

/* The list of all documents is the first level. */
static void
test_levels(void)
{
    for (gsize levels = 127; levels <= 128; levels++) {
        g_autofree char *open = g_strnfill(levels, '['), *close = g_strnfill(levels, ']');
        g_autofree char *yaml = g_strconcat(open, "canary", close, NULL);
        g_autofree char *expected = g_strconcat(open, "\"M\"", close, NULL);
        g_autofree char *shown = mask(yaml);

        g_assert_cmpstr(shown, ==, levels == 127 ? expected : NULL);
    }
}

/* Edits of others stay, whether it is refused or not. */
static void
test_edits(void)
{
    static const char good[] = "password: canary\n", bad[] = "password: canary\na: [";
    const VpMaskNest nest = {1, mask_canary, FALSE};
    g_autoptr(GArray) edits = vp_view_mask_edits_new();

    vp_view_mask_edits_add(edits, 0, 1, "x");
    g_assert_false(vp_view_mask_yaml(bad, 0, strlen(bad), &nest, edits));
    g_assert_cmpuint(edits->len, ==, 1);
    g_assert_true(vp_view_mask_yaml(good, 0, strlen(good), &nest, edits));
    g_assert_cmpuint(edits->len, ==, 2);
    g_assert_cmpstr(g_array_index(edits, VpMaskEdit, 0).text, ==, "x");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/mask-yaml/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_yaml);
    }
    g_test_add_func("/mask-yaml/levels", test_levels);
    g_test_add_func("/mask-yaml/edits", test_edits);
    return g_test_run();
}
