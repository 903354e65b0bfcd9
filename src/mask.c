/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which masker a content is for, and the edits that they make. */
#include <config.h>

#include <string.h>

#include "mask-edit.h"
#include "mask.h"

/* YAML and JSON become many small objects in memory; a guest's agent would not take more either. */
#define MAX_STRUCTURED (G_GUINT64_CONSTANT(32) << 20)

static void
edit_clear(gpointer edit)
{
    g_free(((VpMaskEdit *)edit)->text);
}

GArray *
vp_mask_edits_new(void)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(VpMaskEdit));

    g_array_set_clear_func(edits, edit_clear);
    return edits;
}

void
vp_mask_edits_add(GArray *edits, gsize start, gsize end, const char *text)
{
    VpMaskEdit edit = {start, end, g_strdup(text)};

    g_array_append_val(edits, edit);
}

void
vp_mask_edits_move(GArray *edits, GArray *from)
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

/* Where two ranges overlap (an anchor's, and the text masker's within it), the first takes all. */
GBytes *
vp_mask_edits_apply(GBytes *content, GArray *edits)
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

typedef struct {
    const char *content;
    gsize start;
    gsize end;
} View;

static gboolean
starts(const View *view, const char *prefix)
{
    gsize length = strlen(prefix);

    return view->end - view->start >= length &&
           g_ascii_strncasecmp(view->content + view->start, prefix, length) == 0;
}

/* cloud-init's own rule (user_data.py): the words anywhere in the first 4096 bytes. */
static gboolean
is_mime(const View *view)
{
    gsize size = MIN(view->end - view->start, 4096);

    if (starts(view, "content-type:"))
        return TRUE;
    for (gsize i = 0; i + 13 <= size; i++) {
        if (g_ascii_strncasecmp(view->content + view->start + i, "mime-version:", 13) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_compressed(const View *view)
{
    static const char *const magics[] = {"\x1f\x8b", "BZh", "\xfd\x37zXZ", "\x28\xb5\x2f\xfd",
                                         "PK\x03\x04"};

    for (gsize i = 0; i < G_N_ELEMENTS(magics); i++) {
        gsize length = strlen(magics[i]);

        if (view->end - view->start >= length &&
            memcmp(view->content + view->start, magics[i], length) == 0)
            return TRUE;
    }
    return FALSE;
}

static gsize
first_visible(const View *view)
{
    gsize at = view->start;

    while (at < view->end && g_ascii_isspace(view->content[at]))
        at++;
    return at;
}

static const char *
mask_structured(const View *view, char first, guint depth, GArray *edits)
{
    if (view->end - view->start > MAX_STRUCTURED)
        return "too large";
    if ((first == '{' || first == '[') &&
        vp_mask_json(view->content, view->start, view->end, depth, edits))
        return NULL;
    if (vp_mask_yaml(view->content, view->start, view->end, depth, edits))
        return NULL;
    if (first == '{' || starts(view, "#cloud-config") || starts(view, "## template"))
        return "malformed YAML or JSON";
    vp_mask_text(view->content, view->start, view->end, edits);
    return NULL;
}

const char *
vp_mask_any(const char *content, gsize start, gsize end, guint depth, GArray *edits)
{
    View view = {content, start, end};
    gsize visible;

    if (depth > VP_MASK_MAX_DEPTH)
        return "nested too deep";
    if (is_compressed(&view))
        return "compressed data";
    if (starts(&view, "\xef\xbb\xbf"))
        view.start += 3;
    visible = first_visible(&view);
    if (visible == end)
        return NULL;
    if (is_mime(&view))
        vp_mask_mime(content, view.start, end, depth, edits);
    else if (content[visible] == '<')
        vp_mask_xml(content, view.start, end, edits);
    else if (starts(&view, "#!") ||
             !g_utf8_validate_len(content + view.start, end - view.start, NULL))
        vp_mask_text(content, view.start, end, edits);
    else
        return mask_structured(&view, content[visible], depth, edits);
    return NULL;
}

GBytes *
vp_mask_nested(const char *text, gsize size, guint depth)
{
    g_autoptr(GBytes) content = g_bytes_new(text, size);
    g_autoptr(GArray) edits = vp_mask_edits_new();

    if (vp_mask_any(text, 0, size, depth, edits) != NULL)
        return g_bytes_new_static(VP_MASK, strlen(VP_MASK));
    return edits->len > 0 ? vp_mask_edits_apply(content, edits) : NULL;
}

/* Answer files come in UTF-16 too. NULL where the content has no mark of it. */
static GBytes *
from_utf16(GBytes *content)
{
    gsize size, written;
    const guchar *bytes = g_bytes_get_data(content, &size);
    char *text;

    if (size < 2 ||
        !((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
        return NULL;
    text = g_convert((const char *)bytes, size, "UTF-8", "UTF-16", NULL, &written, NULL);
    return text != NULL ? g_bytes_new_take(text, written) : NULL;
}

GBytes *
vp_mask(GBytes *content, const char **why)
{
    g_autoptr(GArray) edits = vp_mask_edits_new();
    g_autoptr(GBytes) converted = from_utf16(content);
    GBytes *searched = converted != NULL ? converted : content;
    const char *bytes = g_bytes_get_data(searched, NULL);
    const char *reason = vp_mask_any(bytes, 0, g_bytes_get_size(searched), 0, edits);

    if (reason != NULL) {
        *why = reason;
        return NULL;
    }
    return edits->len > 0 ? vp_mask_edits_apply(searched, edits) : g_bytes_ref(content);
}
