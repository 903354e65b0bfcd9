/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in XML, by the names of elements: the answer files of Windows. Works on the bytes, so
 * that all else stays as it was, and on what a parser would refuse. */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"
#include "view/mask-name.h"
#include "view/xml-piece.h"

typedef struct {
    const char *content;
    gsize end;
    const VpMaskNest *nest;
    GArray *edits;
    guint depth;       /* of elements within the secret one; 0 outside */
    gboolean is_shown; /* in a harmless one */
    gboolean is_key;   /* within a <key> or <name>, whose text names the element that follows */
    gboolean is_named; /* that text was a secret's name */
} Xml;

static gboolean
is_blank(const char *content, const VpXmlPiece *piece)
{
    for (gsize i = piece->start; i < piece->end; i++) {
        if (!g_ascii_isspace(content[i]))
            return FALSE;
    }
    return TRUE;
}

/* Within a secret element these describe its form, not its value. */
static gboolean
is_harmless(const char *content, const VpXmlPiece *open)
{
    return vp_view_xml_piece_is(content, open, "PlainText") ||
           vp_view_xml_piece_is(content, open, "Username") ||
           vp_view_xml_piece_is(content, open, "Domain");
}

static void
mask_piece(const Xml *xml, const VpXmlPiece *piece)
{
    if (piece->kind == VP_XML_PIECE_CDATA || piece->kind == VP_XML_PIECE_COMMENT ||
        (piece->kind == VP_XML_PIECE_TEXT && !is_blank(xml->content, piece)))
        vp_view_mask_edits_add(xml->edits, piece->start, piece->end, VP_MASK);
}

/* "&#112;", "&#x70;", "&lt;": the character; 0 if it is not one. */
static gunichar
read_reference(const char *text, gsize length)
{
    static const struct {
        const char *name;
        char c;
    } entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    guint64 c;

    for (gsize i = 0; i < G_N_ELEMENTS(entities); i++) {
        if (length == strlen(entities[i].name) && memcmp(text, entities[i].name, length) == 0)
            return entities[i].c;
    }
    if (length < 2 || length > 10 || *text != '#')
        return 0;
    c = text[1] == 'x' ? g_ascii_strtoull(text + 2, NULL, 16)
                       : g_ascii_strtoull(text + 1, NULL, 10);
    return c < 0x110000 && g_unichar_validate(c) ? c : 0;
}

static char *
decode(const char *text, gsize length, gsize *size)
{
    GString *decoded = g_string_sized_new(length);

    for (gsize i = 0; i < length; i++) {
        const char *semicolon = text[i] == '&' ? memchr(text + i, ';', MIN(length - i, 12)) : NULL;
        gunichar c = semicolon != NULL ? read_reference(text + i + 1, semicolon - text - i - 1) : 0;

        if (c != 0) {
            g_string_append_unichar(decoded, c);
            i = semicolon - text;
        } else {
            g_string_append_c(decoded, text[i]);
        }
    }
    *size = decoded->len;
    return g_string_free(decoded, FALSE);
}

/* With its character references read. */
static gboolean
is_secret_name(const Xml *xml, gsize start, gsize end)
{
    gsize size;
    g_autofree char *name = decode(xml->content + start, end - start, &size);

    return vp_view_mask_name(name, size) != VP_MASK_NAME_PLAIN;
}

/* As the string that a parser would make of it. */
static void
search(const Xml *xml, gsize start, gsize end)
{
    gsize size;
    g_autofree char *text = decode(xml->content + start, end - start, &size);
    g_autoptr(GBytes) masked = vp_view_mask_nested(text, size, xml->nest);
    g_autofree char *shown = NULL;

    if (masked == NULL)
        return;
    shown = size == end - start ? vp_view_mask_to_text(masked) : g_strdup(VP_MASK);
    vp_view_mask_edits_add(xml->edits, start, end, shown);
}

static void
search_piece(Xml *xml, const VpXmlPiece *piece)
{
    gsize start = piece->start, end = piece->end;

    if (piece->kind == VP_XML_PIECE_CDATA) {
        start += 9;
        end -= end - start >= 3 && memcmp(xml->content + end - 3, "]]>", 3) == 0 ? 3 : 0;
    }
    while (start < end && g_ascii_isspace(xml->content[start]))
        start++;
    while (end > start && g_ascii_isspace(xml->content[end - 1]))
        end--;
    if (xml->is_key)
        xml->is_named = is_secret_name(xml, start, end);
    if (piece->kind == VP_XML_PIECE_COMMENT)
        vp_view_mask_text(xml->content, start, end, xml->edits);
    else if (end > start + 1)
        search(xml, start, end);
}

/* --- attributes ------------------------------------------------------------------------------- */

static gboolean
is_attribute(const Xml *xml, const VpXmlAttribute *attribute, const char *name)
{
    return attribute->name_end - attribute->name == strlen(name) &&
           g_ascii_strncasecmp(xml->content + attribute->name, name, strlen(name)) == 0;
}

/* <add key="password" value="..."/>, <meta key="db_password">...</meta> */
static gboolean
names_secret(const Xml *xml, const VpXmlPiece *tag)
{
    VpXmlAttribute attribute;

    for (gsize at = 0; vp_view_xml_piece_attribute(xml->content, tag, &at, &attribute);) {
        if ((is_attribute(xml, &attribute, "key") || is_attribute(xml, &attribute, "name") ||
             is_attribute(xml, &attribute, "id")) &&
            is_secret_name(xml, attribute.value, attribute.end))
            return TRUE;
    }
    return FALSE;
}

static void
mask_attributes(const Xml *xml, const VpXmlPiece *tag)
{
    gboolean is_named = names_secret(xml, tag);
    VpXmlAttribute attribute;

    for (gsize at = 0; vp_view_xml_piece_attribute(xml->content, tag, &at, &attribute);) {
        gsize length = attribute.end - attribute.value;
        const char *name = xml->content + attribute.name;

        if (length == 0)
            continue;
        if ((is_named && is_attribute(xml, &attribute, "value")) ||
            vp_view_mask_name(name, attribute.name_end - attribute.name) != VP_MASK_NAME_PLAIN)
            vp_view_mask_edits_add(xml->edits, attribute.value, attribute.end, VP_MASK);
        else
            search(xml, attribute.value, attribute.end);
    }
}

/* --- elements --------------------------------------------------------------------------------- */

static void
open_element(Xml *xml, const VpXmlPiece *piece)
{
    gboolean is_secret =
        xml->is_named || names_secret(xml, piece) ||
        vp_view_mask_name(xml->content + piece->name, piece->name_length) != VP_MASK_NAME_PLAIN;

    xml->is_named = FALSE;
    xml->is_key = vp_view_xml_piece_is(xml->content, piece, "key") ||
                  vp_view_xml_piece_is(xml->content, piece, "name");
    xml->is_shown = xml->depth > 0 && is_harmless(xml->content, piece);
    mask_attributes(xml, piece);
    if (xml->depth > 0 || is_secret)
        xml->depth++;
}

static void
read_piece(Xml *xml, const VpXmlPiece *piece)
{
    if (piece->kind == VP_XML_PIECE_OPEN) {
        open_element(xml, piece);
    } else if (piece->kind == VP_XML_PIECE_CLOSE) {
        xml->depth -= xml->depth > 0;
        xml->is_shown = FALSE;
        xml->is_key = FALSE;
    } else if (piece->kind == VP_XML_PIECE_EMPTY) {
        mask_attributes(xml, piece);
    } else if (piece->kind == VP_XML_PIECE_OTHER) {
        vp_view_mask_text(xml->content, piece->start, piece->end, xml->edits);
    } else if (xml->depth == 0) {
        search_piece(xml, piece);
    } else if (!xml->is_shown) {
        mask_piece(xml, piece);
    }
}

/* What a reference or an attribute that is not given means could be a secret of any name. */
static gboolean
declares_values(const char *content, const VpXmlPiece *piece)
{
    gsize size = piece->end - piece->start;

    return piece->kind == VP_XML_PIECE_OTHER &&
           (memmem(content + piece->start, size, "<!ENTITY", 8) != NULL ||
            memmem(content + piece->start, size, "<!ATTLIST", 9) != NULL);
}

void
vp_view_mask_xml(const char *content, gsize start, gsize end, const VpMaskNest *nest, GArray *edits)
{
    Xml xml = {.content = content, .end = end, .nest = nest, .edits = edits};
    VpXmlPiece piece;

    for (gsize at = start; at < end; at = piece.end) {
        piece = vp_view_xml_piece_next(content, at, end);
        if (declares_values(content, &piece)) {
            vp_view_mask_edits_add(edits, start, end, VP_MASK);
            return;
        }
        read_piece(&xml, &piece);
    }
}
