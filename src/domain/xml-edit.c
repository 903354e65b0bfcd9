/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits libxml2's tree together with the whitespace around what is edited. */
#include <config.h>

#include <libxml/xmlsave.h>

#include "domain/xml-edit.h"

/* The text before a node, if it is only white space: new nodes get the same, so that they are
 * indented like their neighbours and can be removed without a trace. NULL: the XML is dense. */
static const xmlChar *
indentation(const xmlNode *text)
{
    return text != NULL && text->type == XML_TEXT_NODE && xmlIsBlankNode(text) ? text->content
                                                                               : NULL;
}

/* Indents an element's children by two more than itself. */
static void
indent_children(xmlNode *element, const xmlChar *indent)
{
    g_autofree char *deeper = g_strconcat((const char *)indent, "  ", NULL);

    if (element->children == NULL)
        return;
    for (xmlNode *child = element->children; child != NULL; child = child->next)
        xmlAddPrevSibling(child, xmlNewDocText(element->doc, BAD_CAST deeper));
    xmlAddChild(element, xmlNewDocText(element->doc, indent));
}

void
vp_domain_xml_insert_after(xmlNode *parent, xmlNode *sibling, xmlNode *element)
{
    const xmlChar *indent = indentation(sibling != NULL ? sibling->prev : parent->children);
    xmlChar *copy = xmlStrdup(indent);

    if (sibling != NULL)
        xmlAddNextSibling(sibling, element);
    else if (parent->children != NULL)
        xmlAddPrevSibling(parent->children, element);
    else
        xmlAddChild(parent, element);
    if (copy != NULL) {
        indent_children(element, copy);
        xmlAddPrevSibling(element, xmlNewDocText(parent->doc, copy));
    }
    xmlFree(copy);
}

void
vp_domain_xml_remove(xmlNode *element)
{
    xmlNode *before = element->prev;

    if (indentation(before) != NULL) {
        xmlUnlinkNode(before);
        xmlFreeNode(before);
    }
    xmlUnlinkNode(element);
    xmlFreeNode(element);
}

static void
reindent(xmlNode *element, guint depth)
{
    gboolean has_elements = xmlFirstElementChild(element) != NULL;

    for (xmlNode *child = element->children; has_elements && child != NULL; child = child->next) {
        guint levels = child->next != NULL ? depth + 1 : depth;
        g_autofree char *indent = g_strdup_printf("\n%*s", (int)(2 * levels), "");

        if (child->type == XML_ELEMENT_NODE)
            reindent(child, depth + 1);
        else if (child->type == XML_TEXT_NODE && xmlIsBlankNode(child))
            xmlNodeSetContent(child, BAD_CAST indent);
    }
}

void
vp_domain_xml_reindent(xmlNode *element)
{
    reindent(element, 0);
}

static char *
take_buffer(xmlBuffer *buffer)
{
    char *text = g_strdup((const char *)xmlBufferContent(buffer));

    xmlBufferFree(buffer);
    return text;
}

/* XML 1.0, production 2. */
gboolean
vp_domain_xml_can_hold(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xfffe || c == 0xffff)
            return FALSE;
    }
    return TRUE;
}

char *
vp_domain_xml_element_text(const xmlNode *element)
{
    xmlNode *copy = xmlDocCopyNode((xmlNode *)element, element->doc, 1);
    xmlBuffer *buffer = xmlBufferCreate();

    if (indentation(copy->children) == NULL)
        indent_children(copy, BAD_CAST "\n");
    xmlNodeDump(buffer, copy->doc, copy, 0, 0);
    xmlFreeNode(copy);
    return take_buffer(buffer);
}

char *
vp_domain_xml_doc_text(xmlDoc *doc)
{
    xmlBuffer *buffer = xmlBufferCreate();
    xmlSaveCtxt *save = xmlSaveToBuffer(buffer, "UTF-8", XML_SAVE_AS_XML | XML_SAVE_NO_DECL);

    xmlSaveDoc(save, doc);
    xmlSaveClose(save);
    return take_buffer(buffer);
}
