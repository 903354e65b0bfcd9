/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scan of XML bytes before a parser sees them: refuses what would cost a parser
 * memory or time. */
#pragma once

#include <glib.h>

#include "domain/front-search.h" /* VP_XML_MAX_BYTES */

/* The limits of a domain definition, all far above what any guest has. */
enum {
    VP_XML_MAX_DEPTH = 256,
    VP_XML_MAX_ATTRIBUTES = 256, /* on one element: libxml2 compares each with each */
    VP_XML_MAX_NODES =
        100000, /* elements, attributes, comments, instructions: some 200 bytes each */
    VP_XML_MAX_NAMESPACES = 512, /* declarations: libxml2 walks them for each prefixed name */
    VP_XML_MAX_NAME = 1024,      /* bytes of one name */
};

/* Linear in size, allocates nothing. VP_ERROR_XML_LIMIT, _XML_DTD (any "<!" that is neither a
 * comment nor CDATA), _XML_ENCODING (NUL, not UTF-8, an encoding declaration other than UTF-8 or
 * US-ASCII, a UTF-16 mark), _XML_END (empty, or ends inside markup), each with the line. The parser
 * checks well-formedness: up to the first mistake, at which the parser must stop, both see the same
 * markup. */
gboolean vp_domain_xml_scan(const char *xml, gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
