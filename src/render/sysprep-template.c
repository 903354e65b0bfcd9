/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's answer file, filled in. */
#include <config.h>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "domain/xml-scan.h"
#include "render/sysprep-template.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/* The outermost ProductKey around a text; the text's own element if there is none. */
static xmlNode *
find_product_key(xmlNode *text)
{
    xmlNode *found = text->parent;

    for (xmlNode *node = text->parent; node != NULL && node->type == XML_ELEMENT_NODE;
         node = node->parent) {
        if (xmlStrEqual(node->name, (const xmlChar *)"ProductKey"))
            found = node;
    }
    return found;
}

static void
fill_text(const VpSysprepValues *values, xmlNode *text)
{
    g_autofree char *replaced =
        text->content != NULL
            ? vp_render_sysprep_values_replace(values, (const char *)text->content)
            : NULL;

    if (replaced != NULL)
        xmlNodeSetContent(text, (const xmlChar *)replaced);
}

static void
fill_attributes(const VpSysprepValues *values, xmlNode *element)
{
    for (xmlAttr *attribute = element->properties; attribute != NULL; attribute = attribute->next) {
        for (xmlNode *text = attribute->children; text != NULL; text = text->next)
            fill_text(values, text);
    }
}

/* The next node in the document's order that is not below this one. */
static xmlNode *
next_outside(xmlNode *node)
{
    while (node != NULL && node->next == NULL)
        node = node->parent;
    return node != NULL ? node->next : NULL;
}

/* Fills a text, or removes its element; returns the node to continue with. */
static xmlNode *
fill_or_remove(const VpSysprepValues *values, xmlNode *text)
{
    xmlNode *element = find_product_key(text), *next;

    if (text->content == NULL ||
        !vp_render_sysprep_values_lacks_key(values, (const char *)text->content) ||
        element == xmlDocGetRootElement(text->doc)) {
        fill_text(values, text);
        return next_outside(text);
    }
    next = next_outside(element);
    xmlUnlinkNode(element);
    xmlFreeNode(element);
    return next;
}

static void
fill_document(const VpSysprepValues *values, xmlDoc *doc)
{
    xmlNode *node = xmlDocGetRootElement(doc);

    while (node != NULL) {
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
            node = fill_or_remove(values, node);
            continue;
        }
        if (node->type == XML_ELEMENT_NODE)
            fill_attributes(values, node);
        node = node->type == XML_ELEMENT_NODE && node->children != NULL ? node->children
                                                                        : next_outside(node);
    }
}

GBytes *
vp_render_sysprep_template_fill_xml(const VpSysprepValues *values, GBytes *xml, GError **error)
{
    g_autoptr(xmlDoc) doc = NULL;
    gsize size;
    const char *text = g_bytes_get_data(xml, &size);
    xmlChar *output = NULL;
    int output_size = 0;
    GBytes *filled;

    if (!vp_domain_xml_scan(text, size, error))
        return NULL;
    doc = xmlReadMemory(text, (int)size, NULL, NULL,
                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!doc)
        return vp_error_null(error, VP_ERROR_XML_SYNTAX, "is not well-formed XML");
    fill_document(values, doc);
    xmlDocDumpMemoryEnc(doc, &output, &output_size, "utf-8");
    filled = g_bytes_new(output, (gsize)output_size);
    xmlFree(output);
    return filled;
}

static gboolean
check_inf(const VpSysprepValues *values, GError **error)
{
    for (guint i = 0; i < VP_SYSPREP_N_VALUES; i++) {
        const char *text = values->texts[i];

        if (text != NULL && (!g_str_is_ascii(text) || strchr(text, '"') != NULL))
            return vp_error_set(error, VP_ERROR_TEXT,
                                "sysprep: sysprep.inf can hold only ASCII without quotation marks");
    }
    return TRUE;
}

GBytes *
vp_render_sysprep_template_fill_inf(const VpSysprepValues *values, GBytes *inf, gboolean drop_empty,
                                    GError **error)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    GString *filled;
    gsize size;
    const char *data = g_bytes_get_data(inf, &size);

    if (!check_inf(values, error))
        return NULL;
    if (size > 0 && memchr(data, '\0', size) != NULL)
        return vp_error_null(
            error, VP_ERROR_TEXT,
            "has a NUL byte, as UTF-16 does; save it in the guest's own code page");
    text = vp_io_to_string(inf);
    lines = g_strsplit(text, "\n", -1);
    filled = g_string_new(NULL);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *replaced = NULL;

        if (vp_render_sysprep_values_lacks_key(values, lines[i]) ||
            (drop_empty && vp_render_sysprep_values_lacks_any(values, lines[i])))
            continue;
        replaced = vp_render_sysprep_values_replace(values, lines[i]);
        g_string_append(filled, replaced != NULL ? replaced : lines[i]);
        if (lines[i + 1] != NULL)
            g_string_append_c(filled, '\n');
    }
    return g_string_free_to_bytes(filled);
}
