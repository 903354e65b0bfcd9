/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML cut into markup and what is between it, by its bytes: also of what no parser would take. */
#pragma once

#include <glib.h>

typedef enum {
    VP_XML_PIECE_TEXT,
    VP_XML_PIECE_OPEN,
    VP_XML_PIECE_CLOSE,
    VP_XML_PIECE_EMPTY, /* <name/> */
    VP_XML_PIECE_OTHER, /* <?...?>, <!...> */
    VP_XML_PIECE_CDATA,
    VP_XML_PIECE_COMMENT,
} VpXmlPieceKind;

typedef struct {
    VpXmlPieceKind kind;
    gsize start;
    gsize end;
    gsize name; /* of an element: its local name */
    gsize name_length;
} VpXmlPiece;

/* The piece that begins at, before end: never empty if at is below end. */
VpXmlPiece vp_view_xml_piece_next(const char *content, gsize at, gsize end);
gboolean vp_view_xml_piece_is(const char *content, const VpXmlPiece *piece, const char *name);

/* The first name with a value in a tag, from *at on. */
typedef struct {
    gsize name, name_end; /* equal: a value without a name */
    gsize value, end;     /* within the quotes; equal to name_end: a name without a value */
    gboolean is_closed;   /* by the quote that began it */
} VpXmlAttribute;
gboolean vp_view_xml_piece_attribute(const char *content, const VpXmlPiece *piece, gsize *at,
                                     VpXmlAttribute *attribute);
