/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which masker a content is for. */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"
#include "view/mask.h"

/* YAML and JSON become many small objects in memory; a guest's agent would not take more either. */
#define MAX_STRUCTURED (G_GUINT64_CONSTANT(32) << 20)

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
mask_structured(const View *view, char first, const VpMaskNest *nest, GArray *edits)
{
    if (view->end - view->start > MAX_STRUCTURED)
        return "too large";
    if ((first == '{' || first == '[') &&
        vp_view_mask_json(view->content, view->start, view->end, nest, edits))
        return NULL;
    if (vp_view_mask_yaml(view->content, view->start, view->end, nest, edits))
        return NULL;
    if (first == '{' || starts(view, "#cloud-config") || starts(view, "## template"))
        return "malformed YAML or JSON";
    vp_view_mask_text(view->content, view->start, view->end, edits);
    return NULL;
}

static const char *
mask_any(const char *content, gsize start, gsize end, const VpMaskNest *nest, GArray *edits)
{
    View view = {content, start, end};
    gsize visible;

    if (nest->depth > VP_MASK_MAX_DEPTH)
        return "nested too deep";
    if (is_compressed(&view))
        return "compressed data";
    if (starts(&view, "\xef\xbb\xbf"))
        view.start += 3;
    visible = first_visible(&view);
    if (visible == end)
        return NULL;
    if (is_mime(&view))
        vp_view_mask_mime(content, view.start, end, nest, edits);
    else if (content[visible] == '<')
        vp_view_mask_xml(content, view.start, end, edits);
    else if (starts(&view, "#!") ||
             !g_utf8_validate_len(content + view.start, end - view.start, NULL))
        vp_view_mask_text(content, view.start, end, edits);
    else
        return mask_structured(&view, content[visible], nest, edits);
    return NULL;
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
vp_view_mask(GBytes *content, const char **why)
{
    g_autoptr(GArray) edits = vp_view_mask_edits_new();
    g_autoptr(GBytes) converted = from_utf16(content);
    GBytes *searched = converted != NULL ? converted : content;
    const char *bytes = g_bytes_get_data(searched, NULL);
    const VpMaskNest nest = {0, mask_any};
    const char *reason = mask_any(bytes, 0, g_bytes_get_size(searched), &nest, edits);

    if (reason != NULL) {
        *why = reason;
        return NULL;
    }
    return edits->len > 0 ? vp_view_mask_edits_apply(searched, edits) : g_bytes_ref(content);
}
