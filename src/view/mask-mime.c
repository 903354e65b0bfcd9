/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in a MIME message: each part is masked as what it is, and what no agent reads (preamble,
 * epilogue, headers that it does not know) is not shown. */
#include <config.h>

#include <string.h>

#include "base/mime.h"
#include "view/mask-edit.h"

typedef struct {
    const char *content;
    const VpMaskNest *nest;
    GArray *edits;
} Mime;

/* The blanks around it stay. */
static void
replace(VpMimeRange range, const char *text, const Mime *mime)
{
    while (range.start < range.end && g_ascii_isspace(*range.start))
        range.start++;
    while (range.end > range.start && g_ascii_isspace(range.end[-1]))
        range.end--;
    if (range.end > range.start)
        vp_view_mask_edits_add(mime->edits, (gsize)(range.start - mime->content),
                               (gsize)(range.end - mime->content), text);
}

static void
hide(VpMimeRange range, gpointer mime)
{
    replace(range, VP_MASK, mime);
}

/* --- headers ---------------------------------------------------------------------------------- */

static gboolean
is_one_of(const VpMimeHeader *header, const char *const *names)
{
    while (*names != NULL && !vp_mime_header_is(header, *names))
        names++;
    return *names != NULL;
}

static gboolean
is_plain_text(const char *value)
{
    g_autoptr(GArray) edits = vp_view_mask_edits_new();

    for (const char *at = value; *at != '\0'; at++) {
        if (!g_ascii_isprint(*at) && !g_ascii_isspace(*at))
            return FALSE;
    }
    vp_view_mask_text(value, 0, strlen(value), edits);
    return edits->len == 0 && strstr(value, "=?") == NULL;
}

/* Shows the values of headers that cloud-init and its tools write and that contain no free text. */
static void
mask_header(const VpMimeHeader *header, gpointer data)
{
    static const char *const known[] = {
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
        "mime-version",
        "merge-type",
        "x-merge-type",
        "number-attachments",
        "launch-index",
        NULL,
    };
    g_autofree char *text = vp_mime_header_text(header);
    g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);
    g_autofree char *unfolded = g_strjoinv("", lines);

    if (!is_one_of(header, known) || !is_plain_text(unfolded))
        hide(header->value, data);
}

/* --- bodies ----------------------------------------------------------------------------------- */

/* Shown decoded if that holds a secret. */
static void
mask_encoded(const Mime *mime, const VpMimePart *part, GBytes *decoded, const VpMaskNest *nest)
{
    gsize size;
    const char *bytes = g_bytes_get_data(decoded, &size);
    g_autoptr(GBytes) masked = vp_view_mask_decoded(bytes, size, nest);
    g_autofree char *text = masked != NULL ? vp_view_mask_to_text(masked) : NULL;
    g_autofree char *shown = g_strdup_printf(
        "(decoded from %s)\n%s",
        part->encoding == VP_MIME_ENCODING_BASE64 ? "base64" : "quoted-printable", text);

    if (masked != NULL)
        replace(part->body, shown, mime);
    else
        vp_view_mask_text(mime->content, (gsize)(part->body.start - mime->content),
                          (gsize)(part->body.end - mime->content), mime->edits);
}

/* A message without a type has no content; a part without one is text. */
static gboolean
mask_part(const VpMimePart *part, gpointer data)
{
    const Mime *mime = data;
    const VpMaskNest nest = {mime->nest->depth + part->depth, mime->nest->mask, FALSE};
    g_autoptr(GBytes) decoded = vp_mime_encoding_decode(part->encoding, part->body);

    if (nest.depth >= VP_MASK_MAX_DEPTH || part->kind != VP_MIME_LEAF || decoded == NULL ||
        (part->is_message && !part->has_type))
        hide(part->body, data);
    else if (part->encoding != VP_MIME_ENCODING_NONE)
        mask_encoded(mime, part, decoded, &nest);
    else if (vp_view_mask_within(mime->content, (gsize)(part->body.start - mime->content),
                                 (gsize)(part->body.end - mime->content), &nest,
                                 mime->edits) != NULL)
        hide(part->body, data);
    return TRUE;
}

gboolean
vp_view_mask_is_mime(const char *content, gsize start, gsize end, gboolean is_string)
{
    static const char *const of_strings[] = {"content-type", NULL};
    static const char *const of_files[] = {
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
        "from",
        "to",
        "subject",
        "number-attachments",
        "received",
        NULL,
    };
    const char *const *names = is_string ? of_strings : of_files;
    VpMimeRange text = {content + start, content + end};
    VpMimeHeader header;
    gboolean is_first = TRUE;

    while (vp_mime_header_next(&text, &header)) {
        if (vp_mime_header_is(&header, "mime-version") || (is_first && is_one_of(&header, names)))
            return TRUE;
        is_first &= vp_mime_header_is_mbox(&header);
    }
    return FALSE;
}

void
vp_view_mask_mime(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                  GArray *edits)
{
    const VpMimeVisitor visitor = {.header = mask_header, .unread = hide, .part = mask_part};
    Mime mime = {content, nest, edits};

    (void)vp_mime_walk((VpMimeRange){content + start, content + end}, &visitor, &mime);
}
