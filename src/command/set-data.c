/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content of files into a payload element. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/set.h"
#include "domain/xml-edit.h"
#include "domain/xml-node.h"
#include "render/data.h"
#include "view/input.h"

/* Base64 and the rest of the definition have to fit into libvirt's messages too (VP_XML_MAX_BYTES).
 */
#define MAX_CONTENT (G_GUINT64_CONSTANT(2) << 20)

void
vp_command_set_clear(VpSet *set)
{
    if (set->told != NULL)
        g_string_free(g_steal_pointer(&set->told), TRUE);
    g_clear_pointer(&set->given, g_hash_table_unref);
}

/* --- elements of which there may be several --------------------------------------------------- */

/* Without the blanks between elements, which depend on when they were added. */
static char *
element_text(const xmlNode *node)
{
    xmlBuffer *buffer = xmlBufferCreate();
    char *text;

    xmlNodeDump(buffer, node->doc, (xmlNode *)node, 0, 0);
    text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

static guint
count_same(const xmlNode *element, const char *text)
{
    guint count = 0;

    for (const xmlNode *other = vp_domain_xml_first_element(element->parent); other != NULL;
         other = vp_domain_xml_next_element(other)) {
        g_autofree char *theirs = element_text(other);

        count += g_str_equal(theirs, text);
    }
    return count;
}

void
vp_command_set_once(VpSet *set, const VpField *element)
{
    char *text = element_text(element->node);
    guint times;

    if (set->given == NULL)
        set->given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    times = GPOINTER_TO_UINT(g_hash_table_lookup(set->given, text)) + 1;
    if (count_same(element->node, text) > times)
        vp_spec_field_drop(element);
    g_hash_table_replace(set->given, text, GUINT_TO_POINTER(times));
}

void
vp_command_set_empty(const VpField *element)
{
    xmlNode *node = element->node;

    while (node->properties != NULL)
        xmlRemoveProp(node->properties);
    while (node->children != NULL) {
        xmlNode *child = node->children;

        xmlUnlinkNode(child);
        xmlFreeNode(child);
    }
}

static gboolean
check_size(const char *path, GBytes *content, GError **error)
{
    if (g_bytes_get_size(content) <= MAX_CONTENT)
        return TRUE;
    return vp_error_set(
        error, VP_ERROR_QUOTA,
        "too large for a definition; put it below files-directory and name it as src:NAME");
}

GBytes *
vp_command_set_read(VpSet *set, const char *path, GError **error)
{
    g_autoptr(GBytes) content = NULL;

    if (!g_str_equal(path, "-")) {
        content = vp_view_input_text(path, error);
    } else if (set->is_stdin_read) {
        g_set_error(error, VP_ERROR, VP_ERROR_USAGE, "standard input can be read once only");
    } else {
        set->is_stdin_read = TRUE;
        content = vp_view_input_text(path, error);
    }
    if (content == NULL || !check_size(path, content, error))
        return NULL;
    return g_steal_pointer(&content);
}

/* Carriage returns do not survive a parser, nor does a newline at the start, so one is put before.
 */
void
vp_command_set_store(const VpField *element, GBytes *content)
{
    g_autofree char *text = vp_render_data_to_text(content);
    g_autofree char *base64 = NULL;

    if (text != NULL && strchr(text, '\r') == NULL && vp_domain_xml_can_hold(text)) {
        if (strchr(text, '\n') != NULL)
            xmlAddChild(element->node, xmlNewDocText(element->node->doc, BAD_CAST "\n"));
        xmlAddChild(element->node, xmlNewDocText(element->node->doc, BAD_CAST text));
        return;
    }
    base64 = g_base64_encode(g_bytes_get_data(content, NULL), g_bytes_get_size(content));
    xmlSetProp(element->node, BAD_CAST "encoding", BAD_CAST "base64");
    xmlAddChild(element->node, xmlNewDocText(element->node->doc, BAD_CAST base64));
}

/* "src:NAME" refers to the host's file at each start; all else is read now. */
static gboolean
fill(VpSet *set, const VpField *element, const char *value, GError **error)
{
    g_autoptr(GBytes) content = NULL;

    if (g_str_has_prefix(value, "src:")) {
        xmlSetProp(element->node, BAD_CAST "src", BAD_CAST(value + strlen("src:")));
        return TRUE;
    }
    content = vp_command_set_read(set, value, error);
    if (content == NULL)
        return FALSE;
    vp_command_set_store(element, content);
    return TRUE;
}

static gboolean
set_content(VpSet *set, const VpField *parent, const VpRow *row, const char *value, GError **error)
{
    VpField element;

    if (!row->many)
        vp_spec_field_remove(parent, row->name);
    return vp_spec_field_add(parent, row->name, NULL, &element, error) &&
           fill(set, &element, value, error);
}

/* An element without text is identified by its first attribute: a keyboard by its layout. */
static gboolean
set_first_attribute(const VpField *parent, const VpRow *row, const char *value, GError **error)
{
    VpField element;

    return (vp_spec_field_find(parent, row->name, NULL, NULL, &element) ||
            vp_spec_field_add(parent, row->name, NULL, &element, error)) &&
           vp_spec_field_set(&element, row->rows->name, value, error);
}

gboolean
vp_command_set_field_of(VpSet *set, const VpField *parent, const char *name, const char *value,
                        GError **error)
{
    g_autofree char *attribute = g_strconcat("@", name, NULL);
    const VpRow *row = vp_spec_table_find(parent->rows, name);
    const VpRow *own = row != NULL && row->rows != NULL ? vp_spec_table_text(row->rows) : row;
    VpField element;

    if (row == NULL && vp_spec_table_find(parent->rows, attribute) != NULL)
        return vp_spec_field_set(parent, attribute, value, error);
    if (row != NULL && own == NULL)
        return set_first_attribute(parent, row, value, error);
    if (row != NULL && own->type == VP_VALUE_DATA)
        return set_content(set, parent, row, value, error);
    if (row == NULL || !row->many)
        return vp_spec_field_set(parent, name, value, error);
    if (row->rows != NULL) { /* commands may be given twice on purpose, in one call */
        if (!vp_spec_field_add(parent, name, value, &element, error))
            return FALSE;
        vp_command_set_once(set, &element);
        return TRUE;
    }
    return vp_spec_field_add_once(parent, name, value, error);
}

gboolean
vp_command_set_field(VpSet *set, const char *name, const char *value, GError **error)
{
    return vp_command_set_field_of(set, &set->root, name, value, error);
}

/* "A=B": both parts; NULL and VP_ERROR_USAGE, which says the form, if it has no '='. */
static char **
split(const char *form, const char *value, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(value, "=", 2);

    if (g_strv_length(parts) == 2 && *parts[0] != '\0')
        return g_steal_pointer(&parts);
    return vp_error_null(error, VP_ERROR_USAGE, "takes %s", form);
}

/* Empties the element whose key attribute has this value, or adds one. */
static gboolean
replace(VpSet *set, const char *name, const char *attribute, const char *value, VpField *element,
        GError **error)
{
    g_autofree char *row = g_strconcat("@", attribute, NULL);

    if (vp_spec_field_find(&set->root, name, attribute, value, element))
        vp_command_set_empty(element);
    else if (!vp_spec_field_add(&set->root, name, NULL, element, error))
        return FALSE;
    return vp_spec_field_set(element, row, value, error);
}

gboolean
vp_command_set_ssh_host_key(VpSet *set, const char *name, const char *value, GError **error)
{
    g_auto(GStrv) parts = split("TYPE=NAME", value, error);
    VpField element;

    return parts != NULL && replace(set, name, "type", parts[0], &element, error) &&
           vp_spec_field_set(&element, "@secret", parts[1], error);
}

gboolean
vp_command_set_meta(VpSet *set, const char *name, const char *value, GError **error)
{
    g_auto(GStrv) parts = split("KEY=VALUE", value, error);
    VpField element;

    if (parts == NULL || !vp_spec_field_check_text(parts[1], error) ||
        !replace(set, name, "key", parts[0], &element, error))
        return FALSE;
    xmlAddChild(element.node, xmlNewDocText(element.node->doc, BAD_CAST parts[1]));
    return TRUE;
}

gboolean
vp_command_set_file(VpSet *set, const char *name, const char *value, GError **error)
{
    g_auto(GStrv) parts = split("PATH=FILE", value, error);
    VpField element;

    return parts != NULL && replace(set, name, "path", parts[0], &element, error) &&
           fill(set, &element, parts[1], error);
}

gboolean
vp_command_set_write_file(VpSet *set, const char *name, const char *value, GError **error)
{
    g_auto(GStrv) parts = split("PATH=FILE", value, error);
    g_auto(GStrv) words = parts != NULL ? g_strsplit(parts[1], ",", -1) : NULL;
    VpField element;

    if (words == NULL || !replace(set, name, "path", parts[0], &element, error))
        return FALSE;
    for (char **word = words + (*words != NULL); *word != NULL; word++) {
        g_auto(GStrv) pair = split("PATH=FILE,WORD=VALUE", *word, error);
        g_autofree char *attribute = pair != NULL ? g_strconcat("@", pair[0], NULL) : NULL;

        if (pair == NULL || !vp_spec_field_set(&element, attribute, pair[1], error))
            return FALSE;
    }
    return fill(set, &element, *words != NULL ? *words : "", error);
}

/* --- in place of what is there ---------------------------------------------------------------- */

gboolean
vp_command_set_replace(VpSet *set, const char *name, const char *value, GError **error)
{
    const VpRow *row = vp_spec_table_find(set->root.rows, value);
    const VpRow *user = vp_spec_table_find(set->root.rows, "user");
    g_autofree char *escaped = vp_escape_name(value);

    if (row != NULL) {
        vp_spec_field_remove(&set->root, value);
        if (g_str_equal(value, "user"))
            set->user.node = NULL;
        return TRUE;
    }
    if (user != NULL && vp_spec_table_find(user->rows, value) != NULL)
        return vp_command_set_replace_of_user(set, value, error);
    g_set_error(error, VP_ERROR, VP_ERROR_USAGE,
                "there is no field %s; name it as show does: 'run-cmd', 'ssh-key'", escaped);
    return FALSE;
}
