/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of a content, and content within content. */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"

/* --- edits ------------------------------------------------------------------------------------ */

/* Of "0123456789". */
static const struct {
    const char *name;
    struct {
        gsize start, end;
        const char *text;
    } edits[4]; /* up to one without a text */
    const char *expected;
} cases[] = {
    {"none", {{0}}, "0123456789"},
    {"one", {{3, 5, "x"}}, "012x56789"},
    {"longer", {{3, 4, "abc"}}, "012abc456789"},
    {"nothing-in-its-place", {{3, 5, ""}}, "01256789"},
    {"all", {{0, 10, "x"}}, "x"},
    {"at-both-ends", {{9, 10, "y"}, {0, 1, "x"}}, "x12345678y"},
    {"next-to-another", {{3, 5, "x"}, {5, 7, "y"}}, "012xy789"},
    {"in-any-order", {{7, 8, "z"}, {1, 2, "x"}, {4, 5, "y"}}, "0x23y56z89"},
    /* of what overlaps nothing is left that either covers */
    {"within-another", {{4, 5, "y"}, {3, 7, "x"}}, "012x789"},
    {"from-one-start", {{3, 5, "y"}, {3, 7, "x"}}, "012x789"},
    {"over-another's-end", {{3, 6, "x"}, {5, 8, "y"}}, "012x89"},
    {"over-one-after-another", {{1, 4, "x"}, {3, 6, "y"}, {5, 8, "z"}}, "0x89"},
};

static void
test_apply(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GBytes) content = g_bytes_new_static("0123456789", 10);
    g_autoptr(GArray) edits = vp_view_mask_edits_new();
    g_autoptr(GBytes) applied = NULL;

    for (gsize n = 0; cases[i].edits[n].text != NULL; n++)
        vp_view_mask_edits_add(edits, cases[i].edits[n].start, cases[i].edits[n].end,
                               cases[i].edits[n].text);
    applied = vp_view_mask_edits_apply(content, edits);
    g_assert_cmpmem(g_bytes_get_data(applied, NULL), g_bytes_get_size(applied), cases[i].expected,
                    strlen(cases[i].expected));
}

static void
test_move(void)
{
    g_autoptr(GArray) to = vp_view_mask_edits_new(), from = vp_view_mask_edits_new();

    vp_view_mask_edits_add(to, 0, 1, "a");
    vp_view_mask_edits_add(from, 2, 3, "b");
    vp_view_mask_edits_add(from, 4, 5, "c");
    vp_view_mask_edits_move(to, from);
    g_assert_cmpuint(to->len, ==, 3);
    g_assert_cmpstr(g_array_index(to, VpMaskEdit, 2).text, ==, "c");
    g_assert_cmpuint(g_array_index(to, VpMaskEdit, 2).start, ==, 4);
    g_assert_null(g_array_index(from, VpMaskEdit, 0).text);
}

/* A text cannot say a NUL byte. */
static void
test_to_text(void)
{
    static const struct {
        const char *masked;
        gsize size;
        const char *text;
    } texts[] = {{"a\nb", 3, "a\nb"}, {"", 0, VP_MASK}, {"a\0b", 3, VP_MASK}, {"a\0", 2, VP_MASK}};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GBytes) masked = g_bytes_new_static(texts[i].masked, texts[i].size);
        g_autofree char *text = vp_view_mask_to_text(masked);

        g_assert_cmpstr(text, ==, texts[i].text);
    }
}

/* --- content within content ------------------------------------------------------------------- */

/* Hides each 'x', and is unable to read a '?'; the first byte of what it was given says how. */
static const char *
mask_x(const char *content, gsize start, gsize end, const VpMaskNest *nest, GArray *edits)
{
    g_assert_cmpuint(nest->depth, ==, 4);
    g_assert_true(nest->mask == mask_x);
    for (gsize i = start; i < end; i++) {
        if (content[i] == '?')
            return "unreadable";
        if (content[i] == 'x')
            vp_view_mask_edits_add(edits, i, i + 1, nest->is_string ? "S" : "F");
    }
    return NULL;
}

static const VpMaskNest nest = {3, mask_x, TRUE};

static void
test_within(void)
{
    g_autoptr(GArray) edits = vp_view_mask_edits_new();

    g_assert_null(vp_view_mask_within("xaxb?", 1, 4, &nest, edits));
    g_assert_cmpuint(edits->len, ==, 1);
    g_assert_cmpuint(g_array_index(edits, VpMaskEdit, 0).start, ==, 2);
    g_assert_cmpstr(g_array_index(edits, VpMaskEdit, 0).text, ==, "F"); /* not a value */
    g_assert_cmpstr(vp_view_mask_within("xaxb?", 0, 5, &nest, edits), ==, "unreadable");
}

static void
test_copies(void)
{
    static const struct {
        const char *text, *nested, *decoded;
    } texts[] = {
        {"", NULL, NULL},   {"abc", NULL, NULL},       {"axb", "aSb", "aFb"},
        {"xx", "SS", "FF"}, {"a?x", VP_MASK, VP_MASK}, /* what cannot be searched is not shown */
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        gsize size = strlen(texts[i].text);
        g_autoptr(GBytes) nested = vp_view_mask_nested(texts[i].text, size, &nest);
        g_autoptr(GBytes) decoded = vp_view_mask_decoded(texts[i].text, size, &nest);
        g_autofree char *as_value = nested != NULL ? vp_view_mask_to_text(nested) : NULL;
        g_autofree char *as_file = decoded != NULL ? vp_view_mask_to_text(decoded) : NULL;

        g_assert_cmpstr(as_value, ==, texts[i].nested);
        g_assert_cmpstr(as_file, ==, texts[i].decoded);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/mask-edit/apply/", cases[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_apply);
    }
    g_test_add_func("/mask-edit/move", test_move);
    g_test_add_func("/mask-edit/to-text", test_to_text);
    g_test_add_func("/mask-edit/within", test_within);
    g_test_add_func("/mask-edit/copies", test_copies);
    return g_test_run();
}
