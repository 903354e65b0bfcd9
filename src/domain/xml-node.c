/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small questions to libxml2's tree. */
#include <config.h>

#include <libxml/xmlerror.h>

#include "domain/xml-node.h"

static void *
allocate(size_t size)
{
    return g_malloc(MAX(size, 1));
}

static void *
reallocate(void *memory, size_t size)
{
    return g_realloc(memory, MAX(size, 1));
}

static void
ignore_error(void *data, const char *format, ...)
{
}

void
vp_domain_xml_set_up(void)
{
    xmlMemSetup(g_free, allocate, reallocate, g_strdup);
    xmlSetGenericErrorFunc(NULL, ignore_error);
}

static xmlNode *
element_from(xmlNode *node)
{
    while (node != NULL && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

/* A GLib copy of a string of libxml2's, which may have its own allocator. */
static char *
take_string(xmlChar *text)
{
    char *copy = g_strdup((const char *)text);

    if (text != NULL)
        xmlFree(text);
    return copy;
}

gboolean
vp_domain_xml_in_namespace(const xmlNode *node, const char *namespace_uri)
{
    return g_strcmp0(node->ns != NULL ? (const char *)node->ns->href : NULL, namespace_uri) == 0;
}

xmlNode *
vp_domain_xml_first_element(const xmlNode *parent)
{
    return parent != NULL ? element_from(parent->children) : NULL;
}

xmlNode *
vp_domain_xml_next_element(const xmlNode *element)
{
    return element_from(element->next);
}

xmlNode *
vp_domain_xml_child(const xmlNode *parent, const char *name)
{
    for (xmlNode *node = vp_domain_xml_first_element(parent); node != NULL;
         node = vp_domain_xml_next_element(node))
        if (vp_domain_xml_in_namespace(node, NULL) && g_str_equal(node->name, name))
            return node;
    return NULL;
}

char *
vp_domain_xml_attribute(const xmlNode *element, const char *name)
{
    if (element == NULL)
        return NULL;
    return take_string(xmlGetNoNsProp((xmlNode *)element, (const xmlChar *)name));
}

gboolean
vp_domain_xml_has(const xmlNode *element, const char *name, const char *value)
{
    g_autofree char *text = vp_domain_xml_attribute(element, name);

    return g_strcmp0(text, value) == 0;
}

/* libxml2 would copy what may be a large file three times, while it usually is one node. */
static const char *
find_only_text(const xmlNode *node)
{
    const xmlNode *child = node->type == XML_ELEMENT_NODE ? node->children : NULL;

    if (child == NULL || child->next != NULL || child->type != XML_TEXT_NODE)
        return NULL;
    return (const char *)child->content;
}

char *
vp_domain_xml_text(const xmlNode *node)
{
    const char *only = find_only_text(node);
    char *text = only != NULL ? g_strdup(only) : take_string(xmlNodeGetContent((xmlNode *)node));

    return text != NULL ? text : g_strdup("");
}

int
vp_domain_xml_number(const xmlNode *element, const char *name)
{
    g_autofree char *text = vp_domain_xml_attribute(element, name);
    guint64 value = 0;

    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT, &value, NULL))
        return 0;
    return (int)value;
}
