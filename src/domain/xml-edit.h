/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adds elements to a document and removes them without changing the text around them. */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* Puts a new element after a sibling, or first in parent if sibling is NULL. It is formatted like
 * its neighbour: on its own line, its children indented by two more, or dense. */
void vp_domain_xml_insert_after(xmlNode *parent, xmlNode *sibling, xmlNode *element);

/* Removes and frees an element and the whitespace before it: undoes vp_domain_xml_insert_after. */
void vp_domain_xml_remove(xmlNode *element);

/* Rewrites the white space between an element's descendants, as if it were at the left margin. Text
 * that is next to other text or fills its element is kept. */
void vp_domain_xml_reindent(xmlNode *element);

/* TRUE if XML can hold the text: UTF-8, without control characters but tab and line breaks. */
gboolean vp_domain_xml_can_hold(const char *text);

/* The text of one element, its children on lines of their own. */
char *vp_domain_xml_element_text(const xmlNode *element);

/* The document as UTF-8 without an XML declaration. */
char *vp_domain_xml_doc_text(xmlDoc *doc);
