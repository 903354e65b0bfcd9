/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which masker a content is for. */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"
#include "view/mask.h"

/* YAML and JSON become many small objects in memory; a guest's agent would not take more either. */
#define MAX_STRUCTURED (G_GUINT64_CONSTANT(8) << 20)

typedef struct {
    const char *content;
    gsize start;
    gsize end;
    const VpMaskNest *nest;
} View;

static gboolean
starts(const View *view, const char *prefix)
{
    gsize length = strlen(prefix);

    return view->end - view->start >= length &&
           g_ascii_strncasecmp(view->content + view->start, prefix, length) == 0;
}

static gboolean
starts_with_one_of(const View *view, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++) {
        if (starts(view, *prefixes))
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

static void
skip_blanks(View *view)
{
    while (view->start < view->end) {
        if (starts(view, "\xef\xbb\xbf"))
            view->start += 3;
        else if (g_ascii_isspace(view->content[view->start]))
            view->start++;
        else
            break;
    }
}

/* Content that is not structured text, whatever it looks like. */
static gboolean
is_script(const View *view)
{
    static const char *const heads[] = {"#!",       "#cloud-boothook", "#part-handler",
                                        "#include", "#upstart-job",    "#ps1",
                                        "rem cmd",  "<powershell",     NULL};

    return starts_with_one_of(view, heads);
}

/* Content that must be YAML. */
static gboolean
is_declared(const View *view)
{
    static const char *const heads[] = {"#cloud-config", "## template", "%YAML", "---\n",
                                        "---\r\n",       "--- ",        NULL};

    return starts_with_one_of(view, heads);
}

/* "{" with a name or nothing within, "[" with a value: not a shell's or a template's. */
static gboolean
looks_like_json(const View *view)
{
    gsize at = view->start;
    char open = at < view->end ? view->content[at] : '\0';

    if (open != '{' && open != '[')
        return FALSE;
    for (at++; at < view->end && g_ascii_isspace(view->content[at]);)
        at++;
    if (at == view->end)
        return TRUE;
    if (open == '{')
        return strchr("\"'}/,", view->content[at]) != NULL;
    return strchr("{[", view->content[at]) != NULL ||
           (view->content[at] == '"' && !view->nest->is_string);
}

/* "key:" or "key: value" */
static gboolean
is_key_line(const View *view, gsize at)
{
    gsize end = at;

    while (end < view->end &&
           (g_ascii_isalnum(view->content[end]) ||
            (view->content[end] != '\0' && strchr("_-\"'", view->content[end]) != NULL)))
        end++;
    return end > at && end < view->end && view->content[end] == ':' &&
           (end + 1 == view->end || g_ascii_isspace(view->content[end + 1]));
}

/* A file whose first line that says anything is a key's; a string of which another line is, too. */
static gboolean
looks_like_yaml(const View *view)
{
    gsize at = view->start;
    guint keys = 0, needed = view->nest->is_string ? 2 : 1;
    gboolean is_first = TRUE;

    while (at < view->end && keys < needed) {
        const char *newline = memchr(view->content + at, '\n', view->end - at);
        gboolean is_key = is_key_line(view, at);

        if (is_first && !is_key && view->content[at] != '#' && !g_ascii_isspace(view->content[at]))
            return FALSE;
        is_first &= !is_key;
        keys += is_key;
        at = newline != NULL ? (gsize)(newline + 1 - view->content) : view->end;
    }
    return keys >= needed;
}

static gboolean
has_lines(const View *view)
{
    return memchr(view->content + view->start, '\n', view->end - view->start) != NULL;
}

static const char *
mask_structured(const View *view, GArray *edits)
{
    gboolean is_valid =
        g_utf8_validate_len(view->content + view->start, view->end - view->start, NULL);
    gboolean is_json = looks_like_json(view), is_string = view->nest->is_string;

    if (view->end - view->start > MAX_STRUCTURED)
        return "too large";
    if (is_valid && is_json &&
        vp_view_mask_json(view->content, view->start, view->end, view->nest, edits))
        return NULL;
    if (is_valid && (has_lines(view) || !is_string || is_json) &&
        vp_view_mask_yaml(view->content, view->start, view->end, view->nest, edits))
        return NULL;
    if (is_json || is_declared(view) || looks_like_yaml(view))
        return "malformed YAML or JSON";
    vp_view_mask_text(view->content, view->start, view->end, edits);
    return NULL;
}

/* Python skips misplaced padding; GLib counts it, which shifts everything after it. */
static guchar *
decode_leniently(const char *text, gsize *size)
{
    GString *letters = g_string_new(NULL);
    g_autofree char *padded = NULL;

    for (; *text != '\0'; text++) {
        if (*text != '=' && !g_ascii_isspace(*text))
            g_string_append_c(letters, *text);
    }
    while (letters->len % 4 != 0)
        g_string_append_c(letters, '=');
    padded = g_string_free(letters, FALSE);
    return g_base64_decode(padded, size);
}

/* A whole content in base64, which cloudbase-init decodes by itself; FALSE if it is not. */
static gboolean
mask_base64(const View *view, GArray *edits)
{
    g_autofree char *text = NULL;
    g_autofree guchar *decoded = NULL;
    g_autoptr(GBytes) masked = NULL;
    gsize size;

    if (view->end - view->start < 16)
        return FALSE;
    for (gsize i = view->start; i < view->end; i++) {
        char c = view->content[i];

        if (!g_ascii_isalnum(c) && !g_ascii_isspace(c) && (c == '\0' || strchr("+/=", c) == NULL))
            return FALSE;
    }
    text = g_strndup(view->content + view->start, view->end - view->start);
    decoded = decode_leniently(text, &size);
    masked = vp_view_mask_nested((const char *)decoded, size, view->nest);
    if (masked == NULL)
        return FALSE;
    vp_view_mask_edits_add(edits, view->start, view->end, VP_MASK);
    return TRUE;
}

static const char *
mask_any(const char *content, gsize start, gsize end, const VpMaskNest *nest, GArray *edits)
{
    View view = {content, start, end, nest};

    if (nest->depth > VP_MASK_MAX_DEPTH)
        return "nested too deep";
    if (is_compressed(&view))
        return "compressed data";
    skip_blanks(&view);
    if (view.start == end || mask_base64(&view, edits))
        return NULL;
    if (vp_view_mask_is_mime(content, view.start, end, nest->is_string))
        vp_view_mask_mime(content, view.start, end, nest, edits);
    else if (is_script(&view))
        vp_view_mask_text(content, view.start, end, edits);
    else if (content[view.start] == '<')
        vp_view_mask_xml(content, view.start, end, nest, edits);
    else
        return mask_structured(&view, edits);
    return NULL;
}

/* Answer files may be UTF-16. NULL if the content has no byte order mark. */
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

/* Data with NUL bytes, UTF-16 without its mark too, is searched as the text that it would be
 * without them. */
static const char *
check_binary(const char *bytes, gsize size)
{
    const VpMaskNest nest = {0, mask_any, FALSE};
    const char *reason;
    g_autoptr(GString) text = NULL;
    g_autoptr(GArray) edits = vp_view_mask_edits_new();

    if (size == 0 || memchr(bytes, '\0', size) == NULL)
        return NULL;
    text = g_string_sized_new(size);
    for (gsize i = 0; i < size; i++) {
        if (bytes[i] != '\0')
            g_string_append_c(text, bytes[i]);
    }
    reason = mask_any(text->str, 0, text->len, &nest, edits);
    if (reason == NULL && edits->len > 0)
        reason = "binary data with what looks like a secret";
    return reason;
}

static GBytes *
mask(GBytes *content, gboolean is_string, const char **why)
{
    const VpMaskNest nest = {0, mask_any, is_string};
    g_autoptr(GArray) edits = vp_view_mask_edits_new();
    g_autoptr(GBytes) converted = from_utf16(content);
    GBytes *searched = converted != NULL ? converted : content;
    gsize size;
    const char *bytes = g_bytes_get_data(searched, &size);
    const char *reason = check_binary(bytes, size);

    if (reason == NULL)
        reason = mask_any(bytes, 0, size, &nest, edits);
    if (reason != NULL) {
        *why = reason;
        return NULL;
    }
    return edits->len > 0 ? vp_view_mask_edits_apply(searched, edits) : g_bytes_ref(content);
}

GBytes *
vp_view_mask(GBytes *content, const char **why)
{
    return mask(content, FALSE, why);
}

char *
vp_view_mask_string(const char *text)
{
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    const char *why = NULL;
    g_autoptr(GBytes) masked = mask(content, TRUE, &why);

    if (masked == content)
        return NULL;
    if (masked == NULL)
        return g_strdup(VP_MASK);
    return g_strndup(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked));
}
