/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pieces of XML. */
#include <config.h>

#include <string.h>

#include "view/xml-piece.h"

static gboolean
is_in(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static gsize
find_after(const char *content, gsize at, gsize end, const char *needle)
{
    const char *found = at < end ? memmem(content + at, end - at, needle, strlen(needle)) : NULL;

    return found != NULL ? (gsize)(found - content) + strlen(needle) : end;
}

/* Past the ">", which may also be in an attribute's value. */
static gsize
end_of_tag(const char *content, gsize at, gsize end)
{
    char quote = '\0';

    for (; at < end; at++) {
        char c = content[at];

        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return at + 1;
    }
    return end;
}

static void
read_element(const char *content, VpXmlPiece *piece)
{
    gsize at = piece->start + 1, begin;

    piece->kind = content[piece->end - 2] == '/' ? VP_XML_PIECE_EMPTY : VP_XML_PIECE_OPEN;
    if (at < piece->end && content[at] == '/') {
        piece->kind = VP_XML_PIECE_CLOSE;
        at++;
    }
    for (begin = at; at < piece->end && !is_in(content[at], " \t\r\n/>=\"'"); at++) {
        if (content[at] == ':')
            begin = at + 1;
    }
    piece->name = begin;
    piece->name_length = at - begin;
}

VpXmlPiece
vp_view_xml_piece_next(const char *content, gsize at, gsize end)
{
    VpXmlPiece piece = {VP_XML_PIECE_TEXT, at, end, 0, 0};
    const char *tag = content + at;
    gsize left = end - at;

    if (*tag != '<') {
        const char *open = memchr(tag, '<', left);

        piece.end = open != NULL ? (gsize)(open - content) : end;
    } else if (left >= 9 && memcmp(tag, "<![CDATA[", 9) == 0) {
        piece.kind = VP_XML_PIECE_CDATA;
        piece.end = find_after(content, at, end, "]]>");
    } else if (left >= 4 && memcmp(tag, "<!--", 4) == 0) {
        piece.kind = VP_XML_PIECE_COMMENT;
        piece.end = find_after(content, at + 4, end, "-->");
    } else if (left >= 2 && (tag[1] == '?' || tag[1] == '!')) {
        piece.kind = VP_XML_PIECE_OTHER;
        piece.end = find_after(content, at, end, ">");
    } else {
        piece.end = end_of_tag(content, at, end);
        if (left > 1)
            read_element(content, &piece);
    }
    return piece;
}

gboolean
vp_view_xml_piece_is(const char *content, const VpXmlPiece *piece, const char *name)
{
    return piece->name_length == strlen(name) &&
           g_ascii_strncasecmp(content + piece->name, name, piece->name_length) == 0;
}

gboolean
vp_view_xml_piece_attribute(const char *content, const VpXmlPiece *piece, gsize *at,
                            VpXmlAttribute *attribute)
{
    gsize end = piece->end;

    *at = MAX(*at, piece->name + piece->name_length);
    while (*at < end && is_in(content[*at], " \t\r\n/>="))
        (*at)++;
    if (*at >= end)
        return FALSE;
    attribute->name = *at;
    while (*at < end && !is_in(content[*at], " \t\r\n/>=\"'"))
        (*at)++;
    attribute->name_end = attribute->value = attribute->end = *at;
    attribute->is_closed = FALSE;
    while (*at < end && is_in(content[*at], " \t\r\n="))
        (*at)++;
    if (*at < end && is_in(content[*at], "\"'")) {
        const char *close = memchr(content + *at + 1, content[*at], end - *at - 1);

        attribute->value = *at + 1;
        attribute->end = close != NULL ? (gsize)(close - content) : end;
        attribute->is_closed = close != NULL;
        *at = MIN(attribute->end + 1, end);
    }
    return TRUE;
}
