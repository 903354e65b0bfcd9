/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in a MIME message, RFC 2045 and 2046: each part is masked as what it is, and what no
 * agent reads (preamble, epilogue, headers that it does not know) is not shown. */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"

typedef struct {
    gsize start;
    gsize end;
} Range;

typedef struct {
    const char *content;
    const VpMaskNest *nest;
    GArray *edits;
} Mime;

/* The values of the headers that matter here. */
typedef struct {
    char *type;
    char *encoding;
} Headers;

static void
headers_clear(Headers *headers)
{
    g_free(headers->type);
    g_free(headers->encoding);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Headers, headers_clear)

static gsize
next_line(const Mime *mime, gsize at, gsize end)
{
    const char *newline = at < end ? memchr(mime->content + at, '\n', end - at) : NULL;

    return newline != NULL ? (gsize)(newline - mime->content) + 1 : end;
}

/* The length of a header's name; 0 if the line is not one. */
static gsize
name_length(const char *content, gsize at, gsize end)
{
    gsize i = at;

    while (i < end && g_ascii_isgraph(content[i]) && content[i] != ':')
        i++;
    return i < end && content[i] == ':' ? i - at : 0;
}

static gboolean
is_blank_line(const Mime *mime, gsize at, gsize end)
{
    return at < end && (mime->content[at] == '\n' || (mime->content[at] == '\r' && at + 1 < end &&
                                                      mime->content[at + 1] == '\n'));
}

/* One header, the lines that continue it with it. */
static gsize
end_of_header(const Mime *mime, gsize at, gsize end)
{
    at = next_line(mime, at, end);
    while (at < end && (mime->content[at] == ' ' || mime->content[at] == '\t'))
        at = next_line(mime, at, end);
    return at;
}

static gboolean
is_named(const char *name, gsize length, const char *wanted)
{
    return length == strlen(wanted) && g_ascii_strncasecmp(name, wanted, length) == 0;
}

/* Headers that cloud-init and its tools write, and that hold no text of anybody's. */
static gboolean
is_known(const char *name, gsize length)
{
    static const char *const known[] = {
        "content-type",        "content-transfer-encoding",
        "content-disposition", "mime-version",
        "merge-type",          "x-merge-type",
        "number-attachments",  "launch-index",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (is_named(name, length, known[i]))
            return TRUE;
    }
    return FALSE;
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

/* Its lines joined. */
static char *
unfold(const char *value, gsize length)
{
    GString *text = g_string_new(NULL);

    for (gsize i = 0; i < length; i++) {
        if (value[i] != '\r' && value[i] != '\n' && value[i] != '\0')
            g_string_append_c(text, value[i]);
    }
    return g_strstrip(g_string_free(text, FALSE));
}

static void
read_header(const Mime *mime, Range header, Headers *headers)
{
    const char *name = mime->content + header.start;
    gsize length = name_length(mime->content, header.start, header.end);
    gsize value = header.start + length + 1, end = header.end;
    g_autofree char *text = unfold(mime->content + value, end - value);

    if (headers->type == NULL && is_named(name, length, "content-type"))
        headers->type = g_strdup(text);
    if (headers->encoding == NULL && is_named(name, length, "content-transfer-encoding"))
        headers->encoding = g_strdup(text);
    while (value < end && g_ascii_isspace(mime->content[value]))
        value++;
    while (end > value && g_ascii_isspace(mime->content[end - 1]))
        end--;
    if (value < end && (!is_known(name, length) || !is_plain_text(text)))
        vp_view_mask_edits_add(mime->edits, value, end, VP_MASK);
}

/* Returns where the body begins: after a blank line, or at the first line that is not a header. */
static gsize
read_headers(const Mime *mime, Range part, Headers *headers)
{
    gsize at = part.start;

    while (at < part.end && !is_blank_line(mime, at, part.end)) {
        gsize end = end_of_header(mime, at, part.end);

        if (name_length(mime->content, at, end) == 0)
            return at;
        read_header(mime, (Range){at, end}, headers);
        at = end;
    }
    return next_line(mime, at, part.end);
}

static gboolean
has_type(const Headers *headers, const char *prefix)
{
    return headers->type != NULL && g_ascii_strncasecmp(headers->type, prefix, strlen(prefix)) == 0;
}

static gboolean
has_encoding(const Headers *headers, const char *name)
{
    return headers->encoding != NULL && g_ascii_strcasecmp(headers->encoding, name) == 0;
}

static gboolean
is_unencoded(const Headers *headers)
{
    return headers->encoding == NULL || has_encoding(headers, "7bit") ||
           has_encoding(headers, "8bit") || has_encoding(headers, "binary");
}

static char *
find_boundary(const Headers *headers)
{
    g_autofree char *lower = g_ascii_strdown(headers->type, -1);
    const char *found = strstr(lower, "boundary=");
    const char *value;

    if (found == NULL)
        return NULL;
    value = headers->type + (found - lower) + strlen("boundary=");
    if (*value == '"')
        return g_strndup(value + 1, strcspn(value + 1, "\""));
    return g_strndup(value, strcspn(value, "; \t\r"));
}

static void
hide(const Mime *mime, Range range)
{
    while (range.start < range.end && g_ascii_isspace(mime->content[range.start]))
        range.start++;
    while (range.end > range.start && g_ascii_isspace(mime->content[range.end - 1]))
        range.end--;
    if (range.end > range.start)
        vp_view_mask_edits_add(mime->edits, range.start, range.end, VP_MASK);
}

/* --- bodies ----------------------------------------------------------------------------------- */

static GByteArray *
decode_base64(const char *text, gsize length)
{
    gint state = 0;
    guint saved = 0;
    GByteArray *decoded = g_byte_array_new();

    g_byte_array_set_size(decoded, length / 4 * 3 + 3);
    g_byte_array_set_size(decoded,
                          g_base64_decode_step(text, length, decoded->data, &state, &saved));
    return decoded;
}

/* "=3D" is a character, "=" at the end of a line joins it to the next. */
static GByteArray *
decode_quoted(const char *text, gsize length)
{
    GByteArray *decoded = g_byte_array_new();

    for (gsize i = 0; i < length; i++) {
        guint8 byte = text[i];
        gsize end = i + 1;

        if (text[i] == '=') {
            while (end < length && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r'))
                end++;
            if (end == length || text[end] == '\n') {
                i = end;
                continue;
            }
            if (i + 2 < length && g_ascii_isxdigit(text[i + 1]) && g_ascii_isxdigit(text[i + 2])) {
                byte = g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2]);
                i += 2;
            }
        }
        g_byte_array_append(decoded, &byte, 1);
    }
    return decoded;
}

/* Shown decoded if it holds a secret. */
static void
mask_encoded(const Mime *mime, Range body, const char *encoding, GByteArray *decoded)
{
    g_autoptr(GBytes) masked =
        vp_view_mask_decoded((const char *)decoded->data, decoded->len, mime->nest);
    g_autofree char *text = masked != NULL ? vp_view_mask_to_text(masked) : NULL;
    g_autofree char *shown = g_strdup_printf("(decoded from %s)\n%s\n", encoding, text);

    g_byte_array_unref(decoded);
    if (masked != NULL)
        vp_view_mask_edits_add(mime->edits, body.start, body.end, shown);
}

static void mask_message(const Mime *mime, Range part, gboolean is_message);

static void
mask_body(const Mime *mime, const Mime *within, const Headers *headers, Range body)
{
    gsize length = body.end - body.start;
    const char *text = mime->content + body.start;

    if (has_encoding(headers, "base64"))
        mask_encoded(mime, body, "base64", decode_base64(text, length));
    else if (has_encoding(headers, "quoted-printable"))
        mask_encoded(mime, body, "quoted-printable", decode_quoted(text, length));
    else if (!is_unencoded(headers))
        hide(mime, body);
    else if (has_type(headers, "message/"))
        mask_message(within, body, TRUE);
    else if (vp_view_mask_within(mime->content, body.start, body.end, mime->nest, mime->edits) !=
             NULL)
        hide(mime, body);
}

/* The next line that is a delimiter, from the beginning of a line on; its end in *after, and
 * whether it is the last one. */
static gsize
find_delimiter(const Mime *mime, Range body, const char *boundary, gsize *after, gboolean *is_last)
{
    gsize length = strlen(boundary);

    for (gsize line = body.start; line < body.end;) {
        gsize end = next_line(mime, line, body.end), at = line + 2 + length;

        if (end - line >= length + 2 && memcmp(mime->content + line, "--", 2) == 0 &&
            memcmp(mime->content + line + 2, boundary, length) == 0) {
            *is_last = end - at >= 2 && memcmp(mime->content + at, "--", 2) == 0;
            at += *is_last ? 2 : 0;
            while (at < end && g_ascii_isspace(mime->content[at]))
                at++;
            if (at == end) {
                *after = end;
                return line;
            }
        }
        line = end;
    }
    *is_last = TRUE;
    *after = body.end;
    return body.end;
}

static void
mask_parts(const Mime *mime, Range body, const char *boundary)
{
    gboolean is_last;
    gsize after;
    Range part = {body.start, find_delimiter(mime, body, boundary, &after, &is_last)};

    hide(mime, part); /* the preamble */
    while (!is_last) {
        body.start = part.start = after;
        part.end = find_delimiter(mime, body, boundary, &after, &is_last);
        mask_message(mime, part, FALSE);
    }
    hide(mime, (Range){after, body.end}); /* the epilogue */
}

/* Headers and a body. A message without a type has none; a part without one is text. */
static void
mask_message(const Mime *mime, Range part, gboolean is_message)
{
    g_auto(Headers) headers = {NULL, NULL};
    Range body = {read_headers(mime, part, &headers), part.end};
    VpMaskNest deeper = {mime->nest->depth + 1, mime->nest->mask, FALSE};
    Mime within = {mime->content, &deeper, mime->edits};
    g_autofree char *boundary = NULL;

    if (mime->nest->depth >= VP_MASK_MAX_DEPTH || (is_message && headers.type == NULL)) {
        hide(mime, body);
        return;
    }
    if (!has_type(&headers, "multipart/")) {
        mask_body(mime, &within, &headers, body);
        return;
    }
    boundary = find_boundary(&headers);
    if (boundary != NULL && *boundary != '\0' && is_unencoded(&headers))
        mask_parts(&within, body, boundary);
    else
        hide(mime, body);
}

gboolean
vp_view_mask_is_mime(const char *content, gsize start, gsize end, gboolean is_string)
{
    static const char *const first[] = {
        "content-type",
        "mime-version",
        "content-transfer-encoding",
        "content-disposition",
        "from",
        "to",
        "subject",
        "number-attachments",
        "received",
    };
    gsize length = name_length(content, start, MIN(end, start + 64));

    for (gsize i = 0; i < (is_string ? 2 : G_N_ELEMENTS(first)); i++) {
        if (is_named(content + start, length, first[i]))
            return TRUE;
    }
    return FALSE;
}

void
vp_view_mask_mime(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                  GArray *edits)
{
    const Mime mime = {content, nest, edits};

    mask_message(&mime, (Range){start, end}, TRUE);
}
