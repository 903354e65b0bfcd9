/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edits of the maskers, and content within content. */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"

static void
edit_clear(gpointer edit)
{
    g_free(((VpMaskEdit *)edit)->text);
}

GArray *
vp_view_mask_edits_new(void)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(VpMaskEdit));

    g_array_set_clear_func(edits, edit_clear);
    return edits;
}

void
vp_view_mask_edits_add(GArray *edits, gsize start, gsize end, const char *text)
{
    VpMaskEdit edit = {start, end, g_strdup(text)};

    g_array_append_val(edits, edit);
}

void
vp_view_mask_edits_move(GArray *edits, GArray *from)
{
    for (guint i = 0; i < from->len; i++) {
        VpMaskEdit *edit = &g_array_index(from, VpMaskEdit, i);

        g_array_append_val(edits, *edit);
        edit->text = NULL;
    }
}

static gint
compare_edits(gconstpointer a, gconstpointer b)
{
    const VpMaskEdit *left = a, *right = b;

    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    return left->end > right->end ? -1 : left->end < right->end;
}

/* If two ranges overlap (an anchor's, and the text masker's within it), the first covers both. */
GBytes *
vp_view_mask_edits_apply(GBytes *content, GArray *edits)
{
    gsize size, at = 0;
    const char *bytes = g_bytes_get_data(content, &size);
    GByteArray *out = g_byte_array_sized_new(size);

    g_array_sort(edits, compare_edits);
    for (guint i = 0; i < edits->len; i++) {
        const VpMaskEdit *edit = &g_array_index(edits, VpMaskEdit, i);

        if (edit->start >= at) {
            g_byte_array_append(out, (const guchar *)bytes + at, edit->start - at);
            g_byte_array_append(out, (const guchar *)edit->text, strlen(edit->text));
        }
        at = MAX(at, edit->end);
    }
    g_byte_array_append(out, (const guchar *)bytes + at, size - at);
    return g_byte_array_free_to_bytes(out);
}

const char *
vp_view_mask_within(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                    GArray *edits)
{
    VpMaskNest deeper = {nest->depth + 1, nest->mask, FALSE};

    /* cppcheck-suppress returnDanglingLifetime; what is returned is static */
    return nest->mask(content, start, end, &deeper, edits);
}

static GBytes *
mask_copy(const char *text, gsize size, const VpMaskNest *nest)
{
    g_autoptr(GBytes) content = g_bytes_new(text, size);
    g_autoptr(GArray) edits = vp_view_mask_edits_new();

    if (nest->mask(text, 0, size, nest, edits) != NULL)
        return g_bytes_new_static(VP_MASK, strlen(VP_MASK));
    return edits->len > 0 ? vp_view_mask_edits_apply(content, edits) : NULL;
}

GBytes *
vp_view_mask_nested(const char *text, gsize size, const VpMaskNest *nest)
{
    const VpMaskNest deeper = {nest->depth + 1, nest->mask, TRUE};

    return mask_copy(text, size, &deeper);
}

GBytes *
vp_view_mask_decoded(const char *text, gsize size, const VpMaskNest *nest)
{
    const VpMaskNest deeper = {nest->depth + 1, nest->mask, FALSE};

    return mask_copy(text, size, &deeper);
}

char *
vp_view_mask_to_text(GBytes *masked)
{
    gsize size;
    const char *text = g_bytes_get_data(masked, &size);

    return size > 0 && memchr(text, '\0', size) == NULL ? g_strndup(text, size) : g_strdup(VP_MASK);
}
