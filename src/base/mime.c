/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A MIME message: its headers and parts. */
#include <config.h>

#include <string.h>

#include "base/mime.h"

enum { MAX_DEPTH = 8 }; /* of multiparts; each is searched once for every level above it */

typedef struct {
    const VpMimeVisitor *visitor;
    gpointer data;
} Walk;

typedef enum { IN_MESSAGE, IN_MULTIPART, IN_DIGEST } Place;

/* If a header is given several times, the first counts. */
static void
take_header(const VpMimeHeader *header, const char *name, char **text)
{
    if (*text == NULL && vp_mime_header_is(header, name))
        *text = vp_mime_header_text(header);
}

/* Returns the body. If an mbox line comes after other headers, versions of Python disagree on
 * whether it belongs to the body. */
static VpMimeRange
read_headers(const Walk *walk, VpMimeRange text, char **type, char **encoding, gboolean *is_clear)
{
    VpMimeHeader header;

    *is_clear = TRUE;
    for (gboolean is_first = TRUE; vp_mime_header_next(&text, &header); is_first = FALSE) {
        *is_clear &= is_first || !vp_mime_header_is_mbox(&header);
        take_header(&header, "content-type", type);
        take_header(&header, "content-transfer-encoding", encoding);
        if (walk->visitor->header != NULL)
            walk->visitor->header(&header, walk->data);
    }
    return text;
}

/* "TEXT/X; charset=y" is "text/x"; without exactly one slash it is plain text (RFC 2045, 5.2). */
static char *
type_of(const char *content_type)
{
    g_autofree char *type = g_strndup(content_type, strcspn(content_type, ";"));
    const char *slash = strchr(g_strstrip(type), '/');

    return slash == NULL || strchr(slash + 1, '/') != NULL ? g_strdup("text/plain")
                                                           : g_ascii_strdown(type, -1);
}

static gboolean
is_printable(const char *text)
{
    while (g_ascii_isprint(*text) || (*text != '\0' && strchr("\t\r\n", *text) != NULL))
        text++;
    return *text == '\0';
}

/* --- parts ------------------------------------------------------------------------------------ */

typedef struct {
    const char *line; /* NULL if there is none */
    const char *after;
    gboolean is_last;
} Delimiter;

/* TRUE if one is at the start of text, which is the start of a line. */
static gboolean
read_delimiter(VpMimeRange text, const char *boundary, Delimiter *delimiter)
{
    gsize length = strlen(boundary);
    const char *end = vp_mime_next_line(text.start, text.end), *at;
    gboolean is_last;

    if ((gsize)(end - text.start) < length + 2 || memcmp(text.start, "--", 2) != 0 ||
        memcmp(text.start + 2, boundary, length) != 0)
        return FALSE;
    at = text.start + 2 + length;
    is_last = end - at >= 2 && memcmp(at, "--", 2) == 0;
    at += is_last ? 2 : 0;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (at < end && *at != '\n' && *at != '\r')
        return FALSE;
    *delimiter = (Delimiter){text.start, end, is_last};
    return TRUE;
}

static Delimiter
find_delimiter(VpMimeRange text, const char *boundary)
{
    Delimiter delimiter = {NULL, text.end, TRUE};

    while (text.start < text.end && !read_delimiter(text, boundary, &delimiter))
        text.start = vp_mime_next_line(text.start, text.end);
    return delimiter;
}

/* The line end before a delimiter belongs to the delimiter. */
static VpMimeRange
trim_line_end(VpMimeRange text)
{
    if (text.end > text.start && text.end[-1] == '\n')
        text.end--;
    if (text.end > text.start && text.end[-1] == '\r')
        text.end--;
    return text;
}

static void
leave_unread(const Walk *walk, const char *start, const char *end)
{
    if (start < end && walk->visitor->unread != NULL)
        walk->visitor->unread((VpMimeRange){start, end}, walk->data);
}

static gboolean walk_entity(const Walk *walk, VpMimeRange text, guint depth, Place place);

/* Consecutive delimiters count as one, even if the second is a closing one. */
static gboolean
walk_parts(const Walk *walk, const VpMimePart *multipart, const char *boundary, Delimiter delimiter)
{
    Place place = g_str_equal(multipart->type, "multipart/digest") ? IN_DIGEST : IN_MULTIPART;
    VpMimeRange rest = multipart->body;

    leave_unread(walk, rest.start, delimiter.line);
    while (!delimiter.is_last) {
        VpMimeRange part;

        do
            rest.start = delimiter.after;
        while (read_delimiter(rest, boundary, &delimiter));
        delimiter = find_delimiter(rest, boundary);
        part = (VpMimeRange){rest.start, delimiter.line != NULL ? delimiter.line : rest.end};
        if (!walk_entity(walk, trim_line_end(part), multipart->depth + 1, place))
            return FALSE;
    }
    leave_unread(walk, delimiter.after, rest.end);
    return TRUE;
}

static gboolean
walk_multipart(const Walk *walk, VpMimePart *part, const char *content_type)
{
    g_autofree char *boundary = vp_mime_header_parameter(content_type, "boundary");
    Delimiter first = {NULL, NULL, TRUE};

    if (boundary != NULL)
        first = find_delimiter(part->body, g_strchomp(boundary));
    if (!first.is_last)
        return walk_parts(walk, part, boundary, first);
    part->kind = boundary != NULL                                ? VP_MIME_NO_DELIMITER
                 : strcasestr(content_type, "boundary*") != NULL ? VP_MIME_UNCLEAR
                                                                 : VP_MIME_NO_BOUNDARY;
    return walk->visitor->part(part, walk->data);
}

static gboolean
walk_entity(const Walk *walk, VpMimeRange text, guint depth, Place place)
{
    g_autofree char *content_type = NULL, *encoding = NULL, *type = NULL, *charset = NULL;
    gboolean is_multipart, is_message, is_clear;
    VpMimeRange body = read_headers(walk, text, &content_type, &encoding, &is_clear);
    VpMimePart part = {VP_MIME_LEAF, .depth = depth, .body = body};

    part.has_type = content_type != NULL;
    part.is_message = place == IN_MESSAGE;
    if (content_type == NULL)
        content_type = g_strdup(place == IN_DIGEST ? "message/rfc822" : "text/plain");
    part.type = type = type_of(content_type);
    part.charset = charset = vp_mime_header_parameter(content_type, "charset");
    part.encoding = vp_mime_encoding_of(encoding);
    is_multipart = g_str_has_prefix(type, "multipart/");
    is_message = g_str_has_prefix(type, "message/");
    /* Python also strips other blanks, and converts more than ASCII to lower case */
    if (!is_clear || !is_printable(is_multipart ? content_type : type) ||
        g_str_equal(type, "message/delivery-status") ||
        (depth >= MAX_DEPTH && (is_multipart || is_message)))
        part.kind = VP_MIME_UNCLEAR;
    else if (is_multipart)
        return walk_multipart(walk, &part, content_type);
    else if (is_message)
        return walk_entity(walk, body, depth + 1, IN_MESSAGE);
    return walk->visitor->part(&part, walk->data);
}

gboolean
vp_mime_walk(VpMimeRange message, const VpMimeVisitor *visitor, gpointer data)
{
    const Walk walk = {visitor, data};

    return walk_entity(&walk, message, 0, IN_MESSAGE);
}
