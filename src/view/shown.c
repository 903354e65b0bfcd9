/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The payload element masked, and as JSON, YAML and text. */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/escape.h"
#include "base/json-text.h"
#include "base/number.h"
#include "base/yaml-writer.h"
#include "domain/front-search.h"
#include "domain/xml-edit.h"
#include "domain/xml-node.h"
#include "render/data.h"
#include "view/mask-edit.h"
#include "view/mask-name.h"
#include "view/mask.h"
#include "view/shown.h"
#include "view/term.h"

enum { COLUMN = 26 }; /* where values begin */

/* What the vocabulary says of a child, as the reader of specs sees it; NULL: it does not know it.
 */
static const VpRow *
find_row(const VpRow *rows, const xmlNode *child)
{
    return rows != NULL && vp_domain_xml_in_namespace(child, VP_NAMESPACE)
               ? vp_spec_table_find(rows, (const char *)child->name)
               : NULL;
}

/* --- masks ------------------------------------------------------------------------------------ */

static gboolean
is_secret(const xmlNode *node, const VpRow *row)
{
    g_autofree char *permissions = vp_domain_xml_attribute(node, "permissions");
    g_autofree char *key = vp_domain_xml_attribute(node, "key");
    const VpRow *own = row != NULL && row->rows != NULL ? vp_spec_table_text(row->rows) : row;

    if (own == NULL || own->secret)
        return TRUE; /* nothing that the vocabulary knows may have a text here */
    if (permissions != NULL && vp_view_mask_hides(permissions))
        return TRUE; /* a file that the guest's other users may not read */
    return key != NULL && vp_view_mask_name(key, strlen(key)) != VP_MASK_NAME_PLAIN;
}

/* Files of the image are judged as documents, all else as a value. */
static gboolean
is_document(const xmlNode *node, const VpRow *row)
{
    const VpRow *own = row->rows != NULL ? vp_spec_table_text(row->rows) : row;

    return own != NULL && own->type == VP_VALUE_DATA &&
           !g_str_equal((const char *)node->name, "write-file");
}

static char *
mask_document(const char *text)
{
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    const char *why = NULL;
    g_autoptr(GBytes) masked = vp_view_mask(content, &why);

    if (masked == content)
        return NULL;
    return masked != NULL ? g_strndup(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked))
                          : g_strdup(VP_MASK);
}

/* As its guest gets it: whole if that holds a secret. */
static char *
mask_base64(const char *text)
{
    g_autoptr(GBytes) content = vp_base64_decode(text, NULL);
    const char *why = NULL;
    g_autoptr(GBytes) masked = content != NULL ? vp_view_mask(content, &why) : NULL;

    return masked == NULL || masked != content ? g_strdup(VP_MASK) : NULL;
}

/* The text as it is masked; NULL if there is nothing to mask. */
static char *
mask_text(const xmlNode *node, const VpRow *row, const char *text)
{
    g_autofree char *encoding = vp_domain_xml_attribute(node, "encoding");

    if (is_secret(node, row))
        return g_strdup(VP_MASK);
    if (encoding != NULL)
        return mask_base64(text);
    return is_document(node, row) ? mask_document(text) : vp_view_mask_string(text);
}

static void
mask_attributes(xmlNode *node, const VpRow *row)
{
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        g_autofree char *name = g_strconcat("@", (const char *)attribute->name, NULL);
        g_autofree char *value = vp_domain_xml_text((const xmlNode *)attribute);
        gboolean is_known = attribute->ns == NULL && row != NULL && row->rows != NULL &&
                            vp_spec_table_find(row->rows, name) != NULL;
        g_autofree char *masked = is_known ? vp_view_mask_string(value) : g_strdup(VP_MASK);

        if (masked != NULL)
            xmlSetNsProp(node, attribute->ns, attribute->name, BAD_CAST masked);
    }
}

static void
mask_element(xmlNode *node, const VpRow *row)
{
    g_autofree char *text = vp_domain_xml_text(node);
    g_autofree char *masked = NULL;

    if (text[strspn(text, " \t\r\n")] == '\0')
        return;
    masked = mask_text(node, row, text);
    if (masked == NULL)
        return;
    xmlNodeSetContent(node, NULL);
    xmlAddChild(node, xmlNewDocText(node->doc, BAD_CAST masked));
}

/* Text between elements has no meaning, and is nobody's to see. */
static void
mask_between(xmlNode *parent)
{
    xmlNode *next;

    for (xmlNode *node = parent->children; node != NULL; node = next) {
        next = node->next;
        if ((node->type == XML_TEXT_NODE && !xmlIsBlankNode(node)) ||
            node->type == XML_CDATA_SECTION_NODE)
            vp_domain_xml_remove(node);
    }
}

/* rows: what parent may hold; NULL: it is not of the vocabulary, and nothing in it is shown. */
static void
mask_below(xmlNode *parent, const VpRow *rows)
{
    for (xmlNode *node = vp_domain_xml_first_element(parent); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        const VpRow *row = find_row(rows, node);

        mask_attributes(node, row);
        if (vp_domain_xml_first_element(node) != NULL) {
            mask_between(node);
            mask_below(node, row != NULL ? row->rows : NULL);
        } else {
            mask_element(node, row);
        }
    }
}

/* Comments are for the author of the definition. */
static void
drop_comments(xmlNode *parent)
{
    xmlNode *next;

    for (xmlNode *node = parent->children; node != NULL; node = next) {
        next = node->next;
        if (node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE)
            vp_domain_xml_remove(node);
        else if (node->type == XML_ELEMENT_NODE)
            drop_comments(node);
    }
}

void
vp_view_shown_mask(const VpField *root)
{
    VpRow row = {.rows = root->rows};

    drop_comments(root->node);
    mask_between(root->node);
    mask_attributes(root->node, &row);
    mask_below(root->node, root->rows);
}

/* --- JSON and YAML ---------------------------------------------------------------------------- */

static gboolean
is_boolean(const VpRow *row)
{
    return row->type == VP_VALUE_BOOLEAN || row->type == VP_VALUE_FLAG;
}

/* What is neither yes nor no, or not a number, is shown as it is. */
static json_object *
value_to_json(const VpRow *row, const char *text)
{
    g_autofree char *value = g_strdup(text + (row->type == VP_VALUE_DATA && *text == '\n'));
    guint number;

    if (row->type != VP_VALUE_EXACT && row->type != VP_VALUE_DATA)
        g_strstrip(value);
    if (is_boolean(row) &&
        (*value == '\0' || g_str_equal(value, "yes") || g_str_equal(value, "no")))
        return json_object_new_boolean(!g_str_equal(value, "no"));
    if ((row->type == VP_VALUE_NUMBER || row->type == VP_VALUE_METRIC) &&
        vp_number_parse(value, 0, G_MAXUINT32, &number))
        return json_object_new_int64(number);
    return json_object_new_string(value);
}

/* The row of the one value that the element is; NULL if it has members. */
static const VpRow *
plain_row(const xmlNode *node, const VpRow *row)
{
    if (row->rows == NULL)
        return row;
    for (const VpRow *own = row->rows; own->name != NULL; own++) {
        if (*own->name == '@')
            return NULL;
    }
    return vp_domain_xml_first_element(node) == NULL ? vp_spec_table_text(row->rows) : NULL;
}

static json_object *object_to_json(const xmlNode *node, const VpRow *rows);

static json_object *
element_to_json(const xmlNode *node, const VpRow *row)
{
    const VpRow *plain = plain_row(node, row);
    g_autofree char *text = NULL;

    if (plain == NULL)
        return object_to_json(node, row->rows);
    text = vp_domain_xml_text(node);
    return value_to_json(plain, text);
}

static void
add_element(json_object *object, const VpRow *row, json_object *value)
{
    json_object *list = NULL;

    if (!row->many) {
        vp_json_add(object, row->name, value);
        return;
    }
    if (!json_object_object_get_ex(object, row->name, &list)) {
        list = json_object_new_array();
        vp_json_add(object, row->name, list);
    }
    vp_json_append(list, value);
}

static json_object *
object_to_json(const xmlNode *node, const VpRow *rows)
{
    json_object *object = json_object_new_object();
    const VpRow *own = vp_spec_table_text(rows);

    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        g_autofree char *name = g_strconcat("@", (const char *)attribute->name, NULL);
        const VpRow *row = vp_spec_table_find(rows, name);
        g_autofree char *text = vp_domain_xml_attribute(node, name + 1);

        if (row != NULL && text != NULL)
            vp_json_add(object, name + 1, value_to_json(row, text));
    }
    for (xmlNode *child = vp_domain_xml_first_element(node); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        const VpRow *row = find_row(rows, child);

        if (row != NULL)
            add_element(object, row, element_to_json(child, row));
    }
    if (own != NULL && vp_domain_xml_first_element(node) == NULL) {
        g_autofree char *text = vp_domain_xml_text(node);

        if (text[strspn(text, " \t\r\n")] != '\0')
            vp_json_add(object, "text", value_to_json(own, text));
    }
    return object;
}

json_object *
vp_view_shown_to_json(const VpField *root)
{
    json_object *object = json_object_new_object();

    vp_json_add(object, (const char *)root->node->name, object_to_json(root->node, root->rows));
    return object;
}

static void
write_yaml(VpYaml *yaml, json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_object:
        vp_yaml_begin_map(yaml);
        json_object_object_foreach(value, key, child)
        {
            vp_yaml_key(yaml, key);
            write_yaml(yaml, child);
        }
        vp_yaml_end_map(yaml);
        break;
    case json_type_array:
        vp_yaml_begin_list(yaml);
        for (size_t i = 0; i < json_object_array_length(value); i++)
            write_yaml(yaml, json_object_array_get_idx(value, i));
        vp_yaml_end_list(yaml);
        break;
    case json_type_boolean:
        vp_yaml_bool(yaml, json_object_get_boolean(value));
        break;
    case json_type_int:
        vp_yaml_int(yaml, json_object_get_int64(value));
        break;
    default:
        vp_yaml_string(yaml, json_object_get_string(value));
    }
}

GBytes *
vp_view_shown_to_yaml(const VpField *root, GError **error)
{
    g_autoptr(json_object) object = vp_view_shown_to_json(root);
    g_autoptr(VpYaml) yaml = vp_yaml_new();

    write_yaml(yaml, object);
    return vp_yaml_end(yaml, NULL, error);
}

/* --- XML ------------------------------------------------------------------------------------ */

/* Within CDATA a reference would be text. */
static void
replace_cdata(xmlNode *parent)
{
    xmlNode *next;

    for (xmlNode *node = parent->children; node != NULL; node = next) {
        next = node->next;
        if (node->type == XML_CDATA_SECTION_NODE)
            xmlFreeNode(xmlReplaceNode(node, xmlNewDocText(node->doc, node->content)));
        else if (node->type == XML_ELEMENT_NODE)
            replace_cdata(node);
    }
}

char *
vp_view_shown_to_xml(const VpField *root)
{
    g_autofree char *xml = NULL;

    replace_cdata(root->node);
    vp_domain_xml_reindent(root->node);
    xml = vp_domain_xml_element_text(root->node);
    return vp_escape_xml(xml, strlen(xml));
}

/* --- text ------------------------------------------------------------------------------------- */

static void
append_term(GString *out, guint depth, const char *name)
{
    g_string_append_printf(out, "%*s%s%s%s", (int)(2 * depth), "", vp_view_term_on(VP_STYLE_BOLD),
                           name, vp_view_term_off());
}

/* Next to the term, which ends at column; further lines of the value are put below its first. */
static void
append_value(GString *out, gsize column, const char *text)
{
    g_autofree char *escaped = vp_escape_text(text, strlen(text));
    g_auto(GStrv) lines = g_strsplit(g_strchomp(escaped), "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        gsize gap = line == lines ? MAX(COLUMN - (int)column, 1) : COLUMN;

        g_string_append_printf(out, "%*s%s\n", **line != '\0' ? (int)gap : 0, "", *line);
    }
    if (*lines == NULL)
        g_string_append_c(out, '\n');
}

/* "(hashed, expire no)": the attributes but the one that names the element. */
static char *
attributes_text(const xmlNode *node, const VpRow *rows, const char *key)
{
    GString *text = g_string_new(NULL);

    for (const VpRow *row = rows; row != NULL && row->name != NULL; row++) {
        g_autofree char *value =
            *row->name == '@' ? vp_domain_xml_attribute(node, row->name + 1) : NULL;
        gboolean is_flag = is_boolean(row) && g_strcmp0(value, "yes") == 0;

        if (value == NULL || g_strcmp0(row->name, key) == 0)
            continue;
        g_string_append_printf(text, "%s%s%s%s", text->len > 0 ? ", " : "(", row->name + 1,
                               is_flag ? "" : " ", is_flag ? "" : value);
    }
    if (text->len > 0)
        g_string_append_c(text, ')');
    return g_string_free(text, FALSE);
}

/* The first required attribute, or the first one that an interface is chosen by. */
static const char *
key_of(const xmlNode *node, const VpRow *rows)
{
    for (const VpRow *row = rows; row != NULL && row->name != NULL; row++) {
        if (*row->name == '@' &&
            (row->required || g_str_equal((const char *)node->name, "interface")) &&
            xmlHasNsProp((xmlNode *)node, BAD_CAST(row->name + 1), NULL) != NULL)
            return row->name;
    }
    return NULL;
}

/* The text of an element: base64 decoded if the result is text, white space cut off if it is
 * not significant. */
static char *
own_text(const xmlNode *node, const VpRow *row)
{
    const VpRow *own = row->rows != NULL ? vp_spec_table_text(row->rows) : row;
    g_autofree char *text = own != NULL ? vp_domain_xml_text(node) : g_strdup("");
    g_autofree char *encoding = vp_domain_xml_attribute(node, "encoding");
    g_autoptr(GBytes) content = NULL;
    char *decoded;

    if (own == NULL || (own->type != VP_VALUE_EXACT && own->type != VP_VALUE_DATA))
        g_strstrip(text);
    if (row->type == VP_VALUE_BOOLEAN && *text == '\0')
        return g_strdup("yes");
    if (encoding == NULL)
        return g_strdup(text + (*text == '\n'));
    content = vp_base64_decode(text, NULL);
    decoded = content != NULL ? vp_render_data_to_text(content) : NULL;
    if (decoded != NULL || content == NULL)
        return decoded != NULL ? decoded : g_steal_pointer(&text);
    return g_strdup_printf("%" G_GSIZE_FORMAT " bytes", g_bytes_get_size(content));
}

static void append_children(GString *out, guint depth, const xmlNode *node, const VpRow *rows);

static void
append_element(GString *out, guint depth, const xmlNode *node, const VpRow *row)
{
    const char *key = key_of(node, row->rows);
    g_autofree char *name = key != NULL ? vp_domain_xml_attribute(node, key + 1) : g_strdup("");
    g_autofree char *attributes = attributes_text(node, row->rows, key);
    g_autofree char *text =
        vp_domain_xml_first_element(node) == NULL ? own_text(node, row) : g_strdup("");
    g_autofree char *head =
        g_strjoin(*name != '\0' && *attributes != '\0' ? " " : "", name, attributes, NULL);
    gboolean is_long = strchr(g_strchomp(text), '\n') != NULL;
    g_autofree char *value = g_strjoin(*head == '\0' || *text == '\0' ? ""
                                       : is_long                      ? "\n"
                                                                      : " ",
                                       head, text, NULL);

    append_term(out, depth, row->name);
    append_value(out, 2 * depth + strlen(row->name), value);
    append_children(out, depth + 1, node, row->rows);
}

static void
append_children(GString *out, guint depth, const xmlNode *node, const VpRow *rows)
{
    for (xmlNode *child = vp_domain_xml_first_element(node); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        const VpRow *row = find_row(rows, child);

        if (row != NULL)
            append_element(out, depth, child, row);
    }
}

char *
vp_view_shown_to_text(const VpField *root)
{
    GString *out = g_string_new(NULL);

    for (const VpRow *row = root->rows; row->name != NULL; row++) {
        g_autofree char *value =
            *row->name == '@' ? vp_domain_xml_attribute(root->node, row->name + 1) : NULL;

        if (value == NULL)
            continue;
        append_term(out, 0, row->name + 1);
        append_value(out, strlen(row->name + 1), value);
    }
    append_children(out, 0, root->node, root->rows);
    return g_string_free(out, FALSE);
}
