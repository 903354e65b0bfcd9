/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in the parts of a MIME message, RFC 2045 and 2046: each part is masked as what it is. */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"

typedef struct {
    gsize start;
    gsize end;
} Range;

/* After the blank line that ends the headers. */
static gsize
find_body(const char *content, Range part)
{
    gsize line = part.start;

    while (line < part.end) {
        const char *newline = memchr(content + line, '\n', part.end - line);
        gsize end = newline != NULL ? (gsize)(newline - content) : part.end;

        if (end == line || (end == line + 1 && content[line] == '\r'))
            return MIN(end + 1, part.end);
        line = end + 1;
    }
    return part.end;
}

/* A header's value, continuation lines joined to it; NULL where it is not given. */
static char *
find_header(const char *content, Range headers, const char *name)
{
    g_autofree char *text = g_strndup(content + headers.start, headers.end - headers.start);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *value = NULL;

    for (char **line = lines; *line != NULL; line++) {
        gsize length = strlen(name);

        if (value != NULL && (**line == ' ' || **line == '\t'))
            g_string_append(value, g_strchomp(*line));
        else if (value != NULL)
            break;
        else if (g_ascii_strncasecmp(*line, name, length) == 0 && (*line)[length] == ':')
            value = g_string_new(g_strstrip(*line + length + 1));
    }
    return value != NULL ? g_string_free(value, FALSE) : NULL;
}

static char *
find_boundary(const char *content_type)
{
    g_autofree char *lower = g_ascii_strdown(content_type, -1);
    const char *found = strstr(lower, "boundary=");
    const char *value;

    if (found == NULL)
        return NULL;
    value = content_type + (found - lower) + strlen("boundary=");
    if (*value == '"')
        return g_strndup(value + 1, strcspn(value + 1, "\""));
    return g_strndup(value, strcspn(value, "; \t\r"));
}

/* The next line that is a delimiter, from the beginning of a line on; its end in *after. */
static gsize
find_delimiter(const char *content, Range body, const char *boundary, gsize *after)
{
    gsize length = strlen(boundary);

    for (gsize line = body.start; line < body.end;) {
        const char *newline = memchr(content + line, '\n', body.end - line);
        gsize end = newline != NULL ? (gsize)(newline - content) + 1 : body.end;

        if (end - line >= length + 2 && memcmp(content + line, "--", 2) == 0 &&
            memcmp(content + line + 2, boundary, length) == 0) {
            *after = end;
            return line;
        }
        line = end;
    }
    *after = body.end;
    return body.end;
}

static void
mask_encoded(const char *content, Range body, const VpMaskNest *nest, GArray *edits)
{
    gint state = 0;
    guint saved = 0;
    g_autofree guchar *decoded = g_malloc((body.end - body.start) / 4 * 3 + 3);
    gsize size =
        g_base64_decode_step(content + body.start, body.end - body.start, decoded, &state, &saved);
    g_autoptr(GBytes) masked = vp_view_mask_nested((const char *)decoded, size, nest);
    g_autofree char *text = NULL;

    if (masked == NULL)
        return;
    text = g_strdup_printf("(decoded from base64)\n%.*s\n", (int)g_bytes_get_size(masked),
                           (const char *)g_bytes_get_data(masked, NULL));
    vp_view_mask_edits_add(edits, body.start, body.end, text);
}

static void
mask_part(const char *content, Range part, const VpMaskNest *nest, GArray *edits)
{
    Range body = {find_body(content, part), part.end};
    Range headers = {part.start, body.start};
    g_autofree char *type = find_header(content, headers, "Content-Type");
    g_autofree char *encoding = find_header(content, headers, "Content-Transfer-Encoding");
    const VpMaskNest deeper = {nest->depth + 1, nest->mask};
    const char *why = NULL;

    if (type != NULL && g_ascii_strncasecmp(type, "multipart/", 10) == 0)
        vp_view_mask_mime(content, part.start, part.end, &deeper, edits);
    else if (encoding != NULL && g_ascii_strcasecmp(encoding, "base64") == 0)
        mask_encoded(content, body, nest, edits);
    else if (encoding != NULL && g_ascii_strcasecmp(encoding, "quoted-printable") == 0)
        why = "quoted-printable";
    else
        why = vp_view_mask_within(content, body.start, body.end, nest, edits);
    if (why != NULL && body.end > body.start)
        vp_view_mask_edits_add(edits, body.start, body.end, VP_MASK "\n");
}

static void
mask_parts(const char *content, Range body, const char *boundary, const VpMaskNest *nest,
           GArray *edits)
{
    gsize after, preamble = body.start;

    body.start = find_delimiter(content, body, boundary, &after);
    vp_view_mask_text(content, preamble, body.start, edits);
    while (body.start < body.end) {
        Range rest = {after, body.end};
        Range part = {after, find_delimiter(content, rest, boundary, &after)};

        mask_part(content, part, nest, edits);
        body.start = part.end;
    }
}

void
vp_view_mask_mime(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                  GArray *edits)
{
    Range all = {start, end};
    Range body = {find_body(content, all), end};
    Range headers = {start, body.start};
    g_autofree char *type = find_header(content, headers, "Content-Type");
    g_autofree char *boundary = type != NULL ? find_boundary(type) : NULL;

    if (boundary != NULL && nest->depth < VP_MASK_MAX_DEPTH)
        mask_parts(content, body, boundary, nest, edits);
    else if (type != NULL && g_ascii_strncasecmp(type, "multipart/", 10) != 0)
        mask_part(content, all, nest, edits);
    else if (body.end > body.start)
        vp_view_mask_edits_add(edits, body.start, body.end, VP_MASK "\n");
}
