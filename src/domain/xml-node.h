/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small questions to libxml2's tree, answered in GLib's strings. */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* First of all in a process: libxml2 then prints nothing, and ends the process as GLib does if
 * memory runs out, which many of its calls cannot report. */
void vp_domain_xml_set_up(void);

/* TRUE if the element or attribute is in this namespace; NULL means no namespace. */
gboolean vp_domain_xml_in_namespace(const xmlNode *node, const char *namespace_uri);

/* The first child element, or the next sibling element; NULL if there is none. parent may be
 * NULL. Borrowed. */
xmlNode *vp_domain_xml_first_element(const xmlNode *parent);
xmlNode *vp_domain_xml_next_element(const xmlNode *element);

/* The first child element of this name in no namespace; parent may be NULL. Borrowed. */
xmlNode *vp_domain_xml_child(const xmlNode *parent, const char *name);

/* An attribute in no namespace; element may be NULL. NULL if it is not given. */
char *vp_domain_xml_attribute(const xmlNode *element, const char *name);

/* TRUE if the attribute has this value; NULL: if it is not given. element may be NULL. */
gboolean vp_domain_xml_has(const xmlNode *element, const char *name, const char *value);

/* All text below a node, references resolved; "" if there is none. */
char *vp_domain_xml_text(const xmlNode *node);

/* An attribute as a number from 0 to INT_MAX; 0 if it is not given or is not such a number. */
int vp_domain_xml_number(const xmlNode *element, const char *name);
