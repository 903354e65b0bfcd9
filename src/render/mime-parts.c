/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a MIME message that a user gave. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "render/mime-parts.h"

enum { MAX_DEPTH = 8 }; /* of multiparts; each is searched once for every level above it */

typedef struct {
    VpMimeVisit *visit;
    gpointer data;
    guint number;
} Walk;

/* A piece of the message. */
typedef struct {
    const char *start;
    const char *end;
} Range;

/* The values of the headers that matter here; NULL if not given. */
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

static const char *
next_line(const char *at, const char *end)
{
    const char *newline = at < end ? memchr(at, '\n', (gsize)(end - at)) : NULL;

    return newline != NULL ? newline + 1 : end;
}

/* --- headers ---------------------------------------------------------------------------------- */

static gboolean
is_blank_line(const char *at, const char *end)
{
    return at < end && (*at == '\n' || (*at == '\r' && at + 1 < end && at[1] == '\n'));
}

/* With the lines that continue it. */
static const char *
end_of_header(const char *at, const char *end)
{
    at = next_line(at, end);
    while (at < end && (*at == ' ' || *at == '\t'))
        at = next_line(at, end);
    return at;
}

/* Its lines joined. */
static char *
unfold(const char *value, const char *end)
{
    GString *text = g_string_new(NULL);

    for (; value < end; value++) {
        if (*value != '\r' && *value != '\n' && *value != '\0')
            g_string_append_c(text, *value);
    }
    return g_strstrip(g_string_free(text, FALSE));
}

static void
take_header(Range header, const char *name, char **value)
{
    gsize length = strlen(name);

    if (*value == NULL && (gsize)(header.end - header.start) > length &&
        header.start[length] == ':' && g_ascii_strncasecmp(header.start, name, length) == 0)
        *value = unfold(header.start + length + 1, header.end);
}

/* Returns where the body begins: after a blank line, or at the first line that is not a header. */
static const char *
read_headers(Range part, Headers *headers)
{
    const char *at = part.start;

    while (at < part.end && !is_blank_line(at, part.end)) {
        Range header = {at, end_of_header(at, part.end)};

        while (at < header.end && g_ascii_isgraph(*at) && *at != ':')
            at++;
        if (at == header.end || *at != ':')
            return header.start;
        take_header(header, "content-type", &headers->type);
        take_header(header, "content-transfer-encoding", &headers->encoding);
        at = header.end;
    }
    return next_line(at, part.end);
}

/* "TEXT/X; charset=y" is "text/x"; anything else is plain text (RFC 2045, 5.2). */
static char *
type_of(const Headers *headers)
{
    g_autofree char *type = headers->type != NULL
                                ? g_strndup(headers->type, strcspn(headers->type, ";"))
                                : g_strdup("");
    const char *slash = strchr(g_strstrip(type), '/');

    if (slash == NULL || strchr(slash + 1, '/') != NULL)
        return g_strdup("text/plain");
    return g_ascii_strdown(type, -1);
}

/* The end of a parameter, before the ';' that is not within quotation marks. */
static const char *
end_of_parameter(const char *at)
{
    gboolean quoted = FALSE;

    for (; *at != '\0' && (quoted || *at != ';'); at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (quoted && *at == '\\' && at[1] != '\0')
            at++;
    }
    return at;
}

static char *
unquote(const char *value)
{
    GString *text = g_string_new(NULL);

    if (*value != '"') {
        g_string_append(text, value);
        return g_string_free(text, FALSE);
    }
    for (value++; *value != '\0' && *value != '"'; value++) {
        if (*value == '\\' && value[1] != '\0')
            value++;
        g_string_append_c(text, *value);
    }
    return g_string_free(text, FALSE);
}

/* Of Content-Type; NULL if it has none of that name. */
static char *
find_parameter(const Headers *headers, const char *name)
{
    const char *at = headers->type != NULL ? headers->type + strcspn(headers->type, ";") : "";

    while (*at == ';') {
        const char *end = end_of_parameter(at + 1);
        g_autofree char *text = g_strndup(at + 1, (gsize)(end - at - 1));
        char *value = strchr(text, '=');

        at = end;
        if (value == NULL)
            continue;
        *value++ = '\0';
        if (g_ascii_strcasecmp(g_strstrip(text), name) == 0)
            return unquote(g_strstrip(value));
    }
    return NULL;
}

/* --- a part ----------------------------------------------------------------------------------- */

static GBytes *
decode_base64(Range body)
{
    gint state = 0;
    guint saved = 0;
    gsize length = (gsize)(body.end - body.start);
    guchar *decoded = g_malloc(length / 4 * 3 + 3);

    return g_bytes_new_take(decoded,
                            g_base64_decode_step(body.start, length, decoded, &state, &saved));
}

/* "=3D" is a character, "=" at the end of a line joins it to the next. */
static GBytes *
decode_quoted(Range body)
{
    GByteArray *decoded = g_byte_array_new();

    for (const char *at = body.start; at < body.end; at++) {
        guint8 byte = (guint8)*at;
        const char *rest = at + 1;

        if (*at == '=') {
            while (rest < body.end && (*rest == ' ' || *rest == '\t' || *rest == '\r'))
                rest++;
            if (rest == body.end || *rest == '\n') {
                at = rest;
                continue;
            }
            if (at + 2 < body.end && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
                byte = (guint8)(g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2]));
                at += 2;
            }
        }
        g_byte_array_append(decoded, &byte, 1);
    }
    return g_byte_array_free_to_bytes(decoded);
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

static gboolean
is_utf8(const Headers *headers)
{
    static const char *const names[] = {"utf-8", "utf8", "us-ascii", "ascii", NULL};
    g_autofree char *charset = find_parameter(headers, "charset");
    g_autofree char *lower = charset != NULL ? g_ascii_strdown(charset, -1) : NULL;

    return lower == NULL || g_strv_contains(names, lower);
}

static gboolean
visit_part(Walk *walk, const Headers *headers, const char *type, Range body, gboolean is_deep,
           GError **error)
{
    VpMimePart part = {.number = ++walk->number, .type = type, .is_utf8 = is_utf8(headers)};
    gboolean is_right;

    if (has_encoding(headers, "base64"))
        part.content = decode_base64(body);
    else if (has_encoding(headers, "quoted-printable"))
        part.content = decode_quoted(body);
    else
        part.content = g_bytes_new_static(body.start, (gsize)(body.end - body.start));
    part.is_opaque = is_deep || (!is_unencoded(headers) && !has_encoding(headers, "base64") &&
                                 !has_encoding(headers, "quoted-printable"));
    is_right = walk->visit(&part, walk->data, error);
    g_bytes_unref(part.content);
    return is_right;
}

/* --- a multipart ------------------------------------------------------------------------------ */

typedef struct {
    const char *line; /* NULL if there is none */
    const char *after;
    gboolean is_last;
} Delimiter;

static Delimiter
find_delimiter(Range body, const char *boundary)
{
    gsize length = strlen(boundary);

    for (const char *line = body.start; line < body.end;) {
        const char *end = next_line(line, body.end), *at = line + 2 + length;

        if ((gsize)(end - line) >= length + 2 && memcmp(line, "--", 2) == 0 &&
            memcmp(line + 2, boundary, length) == 0) {
            gboolean is_last = end - at >= 2 && memcmp(at, "--", 2) == 0;

            at += is_last ? 2 : 0;
            while (at < end && g_ascii_isspace(*at))
                at++;
            if (at == end)
                return (Delimiter){line, end, is_last};
        }
        line = end;
    }
    return (Delimiter){NULL, body.end, TRUE};
}

/* The line end before a delimiter belongs to the delimiter. */
static const char *
trim_line_end(Range part)
{
    if (part.end > part.start && part.end[-1] == '\n')
        part.end--;
    if (part.end > part.start && part.end[-1] == '\r')
        part.end--;
    return part.end;
}

static gboolean walk_message(Walk *walk, Range message, guint depth, GError **error);

static gboolean
walk_parts(Walk *walk, Range body, const char *boundary, guint depth, GError **error)
{
    Delimiter delimiter = find_delimiter(body, boundary);

    if (delimiter.line == NULL)
        return vp_error_set(error, VP_ERROR_VALUE,
                            "is a MIME multipart in which no line begins with its boundary");
    while (!delimiter.is_last) {
        Range part = {delimiter.after, body.end};

        delimiter = find_delimiter(part, boundary);
        if (delimiter.line != NULL)
            part.end = delimiter.line;
        part.end = trim_line_end(part);
        if (!walk_message(walk, part, depth, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
has_long_boundary(const Headers *headers)
{
    g_autofree char *lower = g_ascii_strdown(headers->type, -1);

    return strstr(lower, "boundary*") != NULL;
}

static gboolean
walk_message(Walk *walk, Range message, guint depth, GError **error)
{
    g_auto(Headers) headers = {NULL, NULL};
    Range body = {read_headers(message, &headers), message.end};
    g_autofree char *type = type_of(&headers);
    g_autofree char *boundary = NULL;

    if (!g_str_has_prefix(type, "multipart/"))
        return visit_part(walk, &headers, type, body, FALSE, error);
    boundary = find_parameter(&headers, "boundary");
    if (boundary == NULL && has_long_boundary(&headers)) /* RFC 2231, which is not read here */
        return TRUE;
    if (boundary == NULL || *boundary == '\0')
        return vp_error_set(error, VP_ERROR_VALUE,
                            "is a MIME multipart without a boundary in its Content-Type");
    if (depth >= MAX_DEPTH)
        return visit_part(walk, &headers, type, body, TRUE, error);
    return walk_parts(walk, body, boundary, depth + 1, error);
}

/* Without the blanks and the mbox line that Python's reader skips. */
static Range
message_of(GBytes *bytes)
{
    gsize size;
    const char *text = g_bytes_get_data(bytes, &size);
    Range range = {text, text != NULL ? text + size : text};

    while (range.start < range.end && g_ascii_isspace(*range.start))
        range.start++;
    if (range.end - range.start > 5 && memcmp(range.start, "From ", 5) == 0)
        range.start = next_line(range.start, range.end);
    return range;
}

gboolean
vp_render_mime_parts_foreach(GBytes *message, VpMimeVisit *visit, gpointer data, GError **error)
{
    Walk walk = {visit, data, 0};

    return walk_message(&walk, message_of(message), 0, error);
}
