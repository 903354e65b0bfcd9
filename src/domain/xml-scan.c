/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scan of XML bytes before a parser sees them. Grammar: Extensible Markup Language 1.0, 5th
 * edition. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "domain/xml-scan.h"

/* The state of the scan. Lines are counted only once there is an error to report. */
typedef struct {
    const char *start;
    const char *end;
    const char *at; /* first byte that is not yet understood */
    guint depth;
    guint nodes;
    guint namespaces;
} Scan;

/* From 1. */
static guint
line_at(const Scan *scan)
{
    guint line = 1;

    for (const char *p = scan->start; p < scan->at; p++)
        line += *p == '\n';
    return line;
}

static gboolean
fail(const Scan *scan, VpErrorCode code, const char *message, GError **error)
{
    VpPlace place = {line_at(scan), NULL};

    return vp_error_set_at(error, code, "domain XML", &place, "%s", message);
}

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The characters that end a name within a tag. */
static gboolean
is_delimiter(char c)
{
    return c == '=' || c == '/' || c == '>' || c == '<' || c == '"' || c == '\'';
}

static gboolean
starts_with(const Scan *scan, const char *text)
{
    gsize length = strlen(text);

    return (gsize)(scan->end - scan->at) >= length && memcmp(scan->at, text, length) == 0;
}

/* TRUE if the input ends within text. */
static gboolean
ends_within(const Scan *scan, const char *text)
{
    gsize left = scan->end - scan->at;

    return left < strlen(text) && memcmp(scan->at, text, left) == 0;
}

static gboolean
count_node(Scan *scan, GError **error)
{
    if (++scan->nodes > VP_XML_MAX_NODES)
        return fail(scan, VP_ERROR_XML_LIMIT, "too many elements and attributes", error);
    return TRUE;
}

/* Goes to the byte after the next terminator. */
static gboolean
skip_past(Scan *scan, gsize opening, const char *terminator, const char *what, GError **error)
{
    const char *from = scan->at + opening;
    gsize length = strlen(terminator);
    const char *found = memmem(from, scan->end - from, terminator, length);

    if (found == NULL)
        return fail(scan, VP_ERROR_XML_END, what, error);
    scan->at = found + length;
    return TRUE;
}

/* Length of the run of bytes that a name can contain, as far as finding its end goes. */
static gsize
name_length(const Scan *scan)
{
    const char *p = scan->at;

    while (p < scan->end && !is_blank(*p) && !is_delimiter(*p))
        p++;
    return p - scan->at;
}

static void
skip_blanks(Scan *scan)
{
    while (scan->at < scan->end && is_blank(*scan->at))
        scan->at++;
}

static gboolean
scan_name(Scan *scan, GError **error)
{
    gsize length = name_length(scan);

    if (length > VP_XML_MAX_NAME)
        return fail(scan, VP_ERROR_XML_LIMIT, "a name is too long", error);
    scan->at += length;
    return TRUE;
}

/* A quoted value; each belongs to one attribute. */
static gboolean
scan_value(Scan *scan, guint *attributes, GError **error)
{
    const char quote[] = {*scan->at, '\0'};

    if (++*attributes > VP_XML_MAX_ATTRIBUTES)
        return fail(scan, VP_ERROR_XML_LIMIT, "an element has too many attributes", error);
    return count_node(scan, error) && skip_past(scan, 1, quote, "ends inside an attribute", error);
}

static gboolean
scan_attribute_name(Scan *scan, GError **error)
{
    if (starts_with(scan, "xmlns") && ++scan->namespaces > VP_XML_MAX_NAMESPACES)
        return fail(scan, VP_ERROR_XML_LIMIT, "too many namespace declarations", error);
    return scan_name(scan, error);
}

static gboolean
scan_start_tag(Scan *scan, GError **error)
{
    guint attributes = 0;
    gboolean empty = FALSE;

    if (++scan->depth > VP_XML_MAX_DEPTH)
        return fail(scan, VP_ERROR_XML_LIMIT, "elements are nested too deep", error);
    if (!count_node(scan, error))
        return FALSE;
    scan->at++;
    if (!scan_name(scan, error))
        return FALSE;
    for (skip_blanks(scan); scan->at < scan->end && *scan->at != '>'; skip_blanks(scan)) {
        const char c = *scan->at;

        empty = c == '/';
        if (c == '"' || c == '\'') {
            if (!scan_value(scan, &attributes, error))
                return FALSE;
        } else if (is_delimiter(c)) {
            scan->at++;
        } else if (!scan_attribute_name(scan, error)) {
            return FALSE;
        }
    }
    if (scan->at == scan->end)
        return fail(scan, VP_ERROR_XML_END, "ends inside a tag", error);
    scan->at++;
    if (empty)
        scan->depth--;
    return TRUE;
}

static gboolean
scan_end_tag(Scan *scan, GError **error)
{
    if (scan->depth > 0)
        scan->depth--;
    return skip_past(scan, 2, ">", "ends inside a tag", error);
}

static gboolean
scan_declaration(Scan *scan, GError **error)
{
    if (starts_with(scan, "<!--"))
        return count_node(scan, error) && skip_past(scan, 4, "-->", "ends inside a comment", error);
    if (starts_with(scan, "<![CDATA["))
        return count_node(scan, error) &&
               skip_past(scan, 9, "]]>", "ends inside a CDATA section", error);
    if (ends_within(scan, "<!--") || ends_within(scan, "<![CDATA["))
        return fail(scan, VP_ERROR_XML_END, "ends inside markup", error);
    return fail(scan, VP_ERROR_XML_DTD, "has a document type declaration; remove it", error);
}

static gboolean
scan_instruction(Scan *scan, GError **error)
{
    return count_node(scan, error) &&
           skip_past(scan, 2, "?>", "ends inside a processing instruction", error);
}

static gboolean
scan_markup(Scan *scan, GError **error)
{
    if (scan->end - scan->at < 2)
        return fail(scan, VP_ERROR_XML_END, "ends inside a tag", error);
    switch (scan->at[1]) {
    case '!':
        return scan_declaration(scan, error);
    case '?':
        return scan_instruction(scan, error);
    case '/':
        return scan_end_tag(scan, error);
    default:
        return scan_start_tag(scan, error);
    }
}

/* XML 1.0, section 4.3.3 and production 80: the value of encoding="..." within the declaration. */
static gboolean
check_encoding_declaration(const Scan *scan, GError **error)
{
    static const char *const accepted[] = {"UTF-8", "US-ASCII"};
    const char *end;
    Scan value = *scan;

    if (!starts_with(scan, "<?xml"))
        return TRUE;
    end = memmem(scan->at, scan->end - scan->at, "?>", 2);
    if (end == NULL || !is_blank(scan->at[5]))
        return TRUE;
    value.end = end;
    value.at = memmem(scan->at, end - scan->at, "encoding", 8);
    if (value.at == NULL)
        return TRUE;
    value.at += 8;
    while (value.at < end &&
           (is_blank(*value.at) || *value.at == '=' || *value.at == '"' || *value.at == '\''))
        value.at++;
    for (gsize i = 0; i < G_N_ELEMENTS(accepted); i++) {
        gsize length = strlen(accepted[i]);

        if ((gsize)(end - value.at) > length &&
            (value.at[length] == '"' || value.at[length] == '\'') &&
            g_ascii_strncasecmp(value.at, accepted[i], length) == 0)
            return TRUE;
    }
    return fail(scan, VP_ERROR_XML_ENCODING, "is declared with an encoding other than UTF-8",
                error);
}

/* Up to seven bytes before the first byte that is NUL or not ASCII. Most definitions have none, and
 * GLib reads one byte at a time, which took longer than the parser. */
static const char *
skip_ascii(const char *at, const char *end)
{
    guint64 word;

    for (; (gsize)(end - at) >= sizeof(word); at += sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        if (((word | (word - G_GUINT64_CONSTANT(0x0101010101010101))) &
             G_GUINT64_CONSTANT(0x8080808080808080)) != 0)
            break;
    }
    return at;
}

static gboolean
check_bytes(Scan *scan, GError **error)
{
    gsize size = scan->end - scan->start;
    const char *text = skip_ascii(scan->start, scan->end);

    if (size > VP_XML_MAX_BYTES)
        return fail(scan, VP_ERROR_XML_LIMIT, "is larger than 4 MiB", error);
    if (!g_utf8_validate_len(text, (gsize)(scan->end - text), &scan->at))
        return fail(scan, VP_ERROR_XML_ENCODING, "has a byte that is not UTF-8 text", error);
    scan->at = scan->start;
    if (starts_with(scan, "\xef\xbb\xbf"))
        scan->at += 3;
    return check_encoding_declaration(scan, error);
}

gboolean
vp_domain_xml_scan(const char *xml, gsize size, GError **error)
{
    Scan scan = {.start = xml, .end = xml + size, .at = xml};

    if (!check_bytes(&scan, error))
        return FALSE;
    skip_blanks(&scan);
    if (scan.at == scan.end)
        return fail(&scan, VP_ERROR_XML_END, "is empty", error);
    while ((scan.at = memchr(scan.at, '<', scan.end - scan.at)) != NULL)
        if (!scan_markup(&scan, error))
            return FALSE;
    return TRUE;
}
