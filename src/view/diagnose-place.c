/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Start tags of a text are counted as the elements of its tree are: libxml2 keeps no more than the
 * line on which a start tag ends. */
#include <config.h>

#include <string.h>

#include "domain/xml-node.h"
#include "view/diagnose-place.h"

typedef struct {
    const char *at;
    const char *end;
} Text;

/* --- the tree ----------------------------------------------------------------------------------
 */

static const xmlNode *
next_in_document(const xmlNode *element)
{
    const xmlNode *next = vp_domain_xml_first_element(element);

    while (next == NULL && element != NULL && element->type == XML_ELEMENT_NODE) {
        next = vp_domain_xml_next_element(element);
        element = element->parent;
    }
    return next;
}

/* The element that is node or has it as an attribute, and how many come before it. NULL: none. */
static const xmlNode *
find_element(const xmlDoc *doc, const void *node, guint *before)
{
    const xmlNode *element = xmlDocGetRootElement((xmlDoc *)doc);

    for (*before = 0; element != NULL; (*before)++) {
        if (element == node)
            return element;
        for (const xmlAttr *attribute = element->properties; attribute != NULL;
             attribute = attribute->next) {
            if (attribute == node)
                return element;
        }
        element = next_in_document(element);
    }
    return NULL;
}

static const xmlNode *
find_child(const xmlNode *element, const char *name)
{
    for (const xmlNode *child = vp_domain_xml_first_element(element); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        if (g_str_equal((const char *)child->name, name))
            return child;
    }
    return NULL;
}

/* --- the text ----------------------------------------------------------------------------------
 */

static void
skip_past(Text *text, const char *needle)
{
    const char *found = memmem(text->at, text->end - text->at, needle, strlen(needle));

    text->at = found != NULL ? found + strlen(needle) : text->end;
}

static gboolean
begins(const Text *text, const char *prefix)
{
    gsize length = strlen(prefix);

    return (gsize)(text->end - text->at) >= length && memcmp(text->at, prefix, length) == 0;
}

/* Goes to the next start tag's '<'. FALSE: there is none. */
static gboolean
find_start_tag(Text *text)
{
    for (;;) {
        const char *open = memchr(text->at, '<', text->end - text->at);

        text->at = open != NULL ? open : text->end;
        if (open == NULL)
            return FALSE;
        if (begins(text, "<!--"))
            skip_past(text, "-->");
        else if (begins(text, "<![CDATA["))
            skip_past(text, "]]>");
        else if (begins(text, "<?"))
            skip_past(text, "?>");
        else if (begins(text, "</"))
            skip_past(text, ">");
        else
            return TRUE;
    }
}

static gsize
name_length(const Text *text)
{
    gsize length = 0;

    while (text->at + length < text->end && strchr(" \t\r\n/>=", text->at[length]) == NULL)
        length++;
    return length;
}

/* "payload:" */
static void
skip_prefix(Text *text)
{
    const char *colon = memchr(text->at, ':', name_length(text));

    if (colon != NULL)
        text->at = colon + 1;
}

/* From a start tag's name on to the attribute's; name has its prefix. FALSE: there is none. */
static gboolean
find_attribute(Text *text, const char *name)
{
    text->at += name_length(text);
    while (text->at < text->end && *text->at != '>') {
        gsize length = name_length(text);

        if (length == strlen(name) && memcmp(text->at, name, length) == 0) {
            skip_prefix(text);
            return TRUE;
        }
        text->at += MAX(length, 1);
        if (text->at < text->end && (*text->at == '"' || *text->at == '\'')) {
            char quote[] = {*text->at++, '\0'};

            skip_past(text, quote);
        }
    }
    return FALSE;
}

static char *
full_name(const xmlAttr *attribute)
{
    const char *name = (const char *)attribute->name;

    return attribute->ns != NULL ? g_strconcat((const char *)attribute->ns->prefix, ":", name, NULL)
                                 : g_strdup(name);
}

gboolean
vp_view_diagnose_place(const char *text, gsize size, const xmlDoc *doc, const void *node,
                       const char *name, VpDiagnosePlace *place)
{
    Text scan = {text, text + size}, tag;
    guint before;
    const xmlNode *element = find_element(doc, node, &before);
    const xmlNode *child = element != NULL ? find_child(element, name) : NULL;
    gboolean is_attribute = element != NULL && element != node;
    g_autofree char *attribute = NULL;

    if (element == NULL)
        return FALSE;
    if (!is_attribute && child != NULL && !g_str_equal((const char *)element->name, name))
        return vp_view_diagnose_place(text, size, doc, child, "", place);
    while (find_start_tag(&scan) && before-- > 0)
        scan.at++;
    if (scan.at == scan.end)
        return FALSE;
    scan.at++;
    skip_prefix(&scan);
    tag = scan;
    if (is_attribute)
        attribute = full_name(node);
    else if (*name == '@')
        attribute = g_strdup(name + 1);
    if (attribute == NULL || !find_attribute(&tag, attribute))
        tag = scan;
    *place = (VpDiagnosePlace){tag.at - text, name_length(&tag)};
    return TRUE;
}
