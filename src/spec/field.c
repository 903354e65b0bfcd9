/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of the payload element in libxml2's tree. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/hash.h"
#include "domain/xml-edit.h"
#include "domain/xml-node.h"
#include "spec/field.h"

enum { FEW = 24 }; /* names that one line can list */

#define PREFIX "payload"

gboolean
vp_spec_field_open(const VpDomain *domain, VpField *root, GError **error)
{
    g_autoptr(GPtrArray) elements = vp_domain_metadata(domain, VP_NAMESPACE);
    xmlNode *node;
    const VpRow *row;

    if (elements->len == 0)
        return FALSE;
    if (elements->len > 1)
        return vp_error_set(error, VP_ERROR_DUPLICATE,
                            "the metadata has %u payload elements; keep one", elements->len);
    node = elements->pdata[0];
    row = vp_spec_table_find(vp_spec_table_roots(), (const char *)node->name);
    if (row == NULL)
        return vp_error_set(error, VP_ERROR_UNKNOWN,
                            "the payload element is neither cloud-init nor sysprep");
    *root = (VpField){node, row->rows};
    return TRUE;
}

/* libvirt writes <metadata> after these. */
static xmlNode *
last_of_head(xmlNode *domain)
{
    static const char *const names[] = {"name", "uuid", "genid", "title", "description"};
    xmlNode *last = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        xmlNode *child = vp_domain_xml_child(domain, names[i]);

        if (child != NULL)
            last = child;
    }
    return last;
}

static xmlNode *
ensure_metadata(VpDomain *domain)
{
    xmlNode *root = xmlDocGetRootElement(domain->doc);
    xmlNode *metadata = vp_domain_xml_child(root, "metadata");

    if (metadata == NULL) {
        metadata = xmlNewDocNode(domain->doc, NULL, BAD_CAST "metadata", NULL);
        vp_domain_xml_insert_after(root, last_of_head(root), metadata);
    }
    return metadata;
}

/* The first child of an element, on its own line if the element is on one. */
static void
insert_first(xmlNode *parent, xmlNode *element)
{
    const xmlNode *before = parent->prev;
    gboolean has_line = before != NULL && before->type == XML_TEXT_NODE && xmlIsBlankNode(before);

    if (has_line) {
        g_autofree char *deeper = g_strconcat((const char *)before->content, "  ", NULL);

        xmlAddChild(parent, xmlNewDocText(parent->doc, BAD_CAST deeper));
    }
    xmlAddChild(parent, element);
    if (has_line)
        xmlAddChild(parent, xmlNewDocText(parent->doc, before->content));
}

static void
insert(xmlNode *parent, xmlNode *sibling, xmlNode *element)
{
    xmlNode *only = parent->children;

    if (only != NULL && only->next == NULL && xmlIsBlankNode(only)) {
        xmlUnlinkNode(only);
        xmlFreeNode(only);
    }
    if (parent->children != NULL)
        vp_domain_xml_insert_after(parent, sibling, element);
    else
        insert_first(parent, element);
}

gboolean
vp_spec_field_require(const VpDomain *domain, VpField *root, const char *missing, GError **error)
{
    g_autoptr(GError) failure = NULL;

    if (vp_spec_field_open(domain, root, &failure))
        return TRUE;
    if (failure == NULL)
        return vp_error_set(error, VP_ERROR_NOT_FOUND, "%s", missing);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

void
vp_spec_field_create(VpDomain *domain, const char *kind, VpField *root)
{
    xmlNode *metadata = ensure_metadata(domain);
    xmlNode *node = xmlNewDocNode(domain->doc, NULL, BAD_CAST kind, NULL);
    xmlNode *last = NULL;

    xmlSetNs(node, xmlNewNs(node, BAD_CAST VP_NAMESPACE, BAD_CAST PREFIX));
    for (xmlNode *child = vp_domain_xml_first_element(metadata); child != NULL;
         child = vp_domain_xml_next_element(child))
        last = child;
    insert(metadata, last, node);
    *root = (VpField){node, vp_spec_table_find(vp_spec_table_roots(), kind)->rows};
}

static gboolean
is_named(const xmlNode *node, const char *name)
{
    return g_str_equal((const char *)node->name, name) &&
           vp_domain_xml_in_namespace(node, VP_NAMESPACE);
}

gboolean
vp_spec_field_find(const VpField *parent, const char *name, const char *attribute,
                   const char *value, VpField *found)
{
    const VpRow *row = vp_spec_table_find(parent->rows, name);

    for (xmlNode *child = vp_domain_xml_first_element(parent->node); row != NULL && child != NULL;
         child = vp_domain_xml_next_element(child)) {
        g_autofree char *given =
            attribute != NULL ? vp_domain_xml_attribute(child, attribute) : NULL;

        if (!is_named(child, name) || (attribute != NULL && g_strcmp0(given, value) != 0))
            continue;
        *found = (VpField){child, row->rows};
        return TRUE;
    }
    return FALSE;
}

gboolean
vp_spec_field_only(const VpField *parent, const char *name, VpField *found)
{
    const VpRow *row = vp_spec_table_find(parent->rows, name);
    xmlNode *only = NULL;

    for (xmlNode *child = vp_domain_xml_first_element(parent->node); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        if (!is_named(child, name))
            continue;
        if (only != NULL)
            return FALSE;
        only = child;
    }
    if (row == NULL || only == NULL)
        return FALSE;
    *found = (VpField){only, row->rows};
    return TRUE;
}

/* The nearest name, or one that the given one is the beginning of: "addr" is "address". */
static const char *
suggest(const VpField *parent, const char *name)
{
    const char *nearest = vp_spec_table_suggest(parent->rows, name);

    for (const VpRow *row = parent->rows; nearest == NULL && row->name != NULL; row++) {
        if (strlen(name) > 2 && g_str_has_prefix(row->name, name))
            nearest = row->name;
    }
    return nearest != NULL ? nearest + (*nearest == '@') : NULL;
}

/* "; it has address, route, ...": of an element that has few; otherwise "". */
static char *
names_of(const VpField *parent)
{
    GString *names = g_string_new(NULL);
    guint count = 0;

    for (const VpRow *row = parent->rows; row->name != NULL; row++) {
        if (*row->name != '\0')
            g_string_append_printf(names, "%s%s", count++ > 0 ? ", " : "; it has ",
                                   row->name + (*row->name == '@'));
    }
    if (count > FEW)
        g_string_truncate(names, 0);
    return g_string_free(names, FALSE);
}

static void
fail_unknown(const VpField *parent, const char *name, GError **error)
{
    const char *nearest = suggest(parent, name);
    g_autofree char *hint =
        nearest != NULL ? g_strdup_printf("; did you mean '%s'?", nearest) : names_of(parent);
    g_autofree char *escaped = vp_escape_name(name + (*name == '@'));

    g_set_error(error, VP_ERROR, VP_ERROR_UNKNOWN, "%s has no %s%s",
                (const char *)parent->node->name, escaped, hint);
}

static const VpRow *
find_row(const VpField *parent, const char *name, GError **error)
{
    const VpRow *row = vp_spec_table_find(parent->rows, name);

    if (row == NULL)
        fail_unknown(parent, name, error);
    return row;
}

static gsize
position(const VpField *parent, const xmlNode *child)
{
    const VpRow *row = vp_spec_table_find(parent->rows, (const char *)child->name);

    return row != NULL ? (gsize)(row - parent->rows) : 0;
}

/* The last child that the table has at or before the row. Searches from the end, because most
 * elements are added in the table's order. */
static xmlNode *
find_place(const VpField *parent, const VpRow *row)
{
    xmlNode *child = xmlLastElementChild(parent->node);

    while (child != NULL && position(parent, child) > (gsize)(row - parent->rows))
        child = xmlPreviousElementSibling(child);
    return child;
}

gboolean
vp_spec_field_check_text(const char *text, GError **error)
{
    if (text == NULL || vp_domain_xml_can_hold(text))
        return TRUE;
    return vp_error_set(error, VP_ERROR_TEXT, "%s",
                        g_utf8_validate(text, -1, NULL) ? "has a control character"
                                                        : "is not UTF-8 text");
}

void
vp_spec_field_list_begin(const VpField *parent, const char *name, VpFieldList *list)
{
    const VpRow *row = vp_spec_table_find(parent->rows, name);

    *list = (VpFieldList){*parent, name, row, NULL, NULL};
    if (row != NULL)
        list->last = find_place(parent, row);
}

void
vp_spec_field_list_clear(VpFieldList *list)
{
    g_clear_pointer(&list->texts, g_hash_table_unref);
}

gboolean
vp_spec_field_list_add(VpFieldList *list, const char *text, VpField *added, GError **error)
{
    const VpField *parent = &list->parent;
    xmlNode *node;

    if (list->row == NULL) {
        fail_unknown(parent, list->name, error);
        return FALSE;
    }
    if (!vp_spec_field_check_text(text, error))
        return FALSE;
    node = xmlNewDocNode(parent->node->doc, parent->node->ns, BAD_CAST list->name, NULL);
    insert(parent->node, list->last, node);
    if (text != NULL)
        xmlAddChild(node, xmlNewDocText(node->doc, BAD_CAST text));
    if (added != NULL)
        *added = (VpField){node, list->row->rows};
    list->last = node;
    return TRUE;
}

gboolean
vp_spec_field_add(const VpField *parent, const char *name, const char *text, VpField *added,
                  GError **error)
{
    g_auto(VpFieldList) list;

    vp_spec_field_list_begin(parent, name, &list);
    return vp_spec_field_list_add(&list, text, added, error);
}

gboolean
vp_spec_field_set(const VpField *parent, const char *name, const char *text, GError **error)
{
    if (find_row(parent, name, error) == NULL || !vp_spec_field_check_text(text, error))
        return FALSE;
    if (*name == '@') {
        xmlSetProp(parent->node, BAD_CAST(name + 1), BAD_CAST text);
        return TRUE;
    }
    vp_spec_field_remove(parent, name);
    return vp_spec_field_add(parent, name, text, NULL, error);
}

static GHashTable *
read_texts(const VpField *parent, const char *name)
{
    GHashTable *texts = g_hash_table_new_full(vp_hash_text, g_str_equal, g_free, NULL);

    for (xmlNode *child = vp_domain_xml_first_element(parent->node); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        if (is_named(child, name))
            g_hash_table_add(texts, g_strstrip(vp_domain_xml_text(child)));
    }
    return texts;
}

gboolean
vp_spec_field_list_add_once(VpFieldList *list, const char *text, GError **error)
{
    if (list->texts == NULL)
        list->texts = read_texts(&list->parent, list->name);
    if (g_hash_table_contains(list->texts, text))
        return TRUE;
    if (!vp_spec_field_list_add(list, text, NULL, error))
        return FALSE;
    g_hash_table_add(list->texts, g_strstrip(g_strdup(text)));
    return TRUE;
}

gboolean
vp_spec_field_add_once(const VpField *parent, const char *name, const char *text, GError **error)
{
    g_auto(VpFieldList) list;

    vp_spec_field_list_begin(parent, name, &list);
    return vp_spec_field_list_add_once(&list, text, error);
}

void
vp_spec_field_drop(const VpField *field)
{
    vp_domain_xml_remove(field->node);
}

static guint
remove_attribute(const VpField *parent, const char *name)
{
    xmlAttr *attribute = xmlHasNsProp(parent->node, BAD_CAST name, NULL);

    return attribute != NULL && xmlRemoveProp(attribute) == 0 ? 1 : 0;
}

guint
vp_spec_field_remove(const VpField *parent, const char *name)
{
    xmlNode *child, *next;
    guint count = 0;

    if (*name == '@')
        return remove_attribute(parent, name + 1);
    for (child = vp_domain_xml_first_element(parent->node); child != NULL; child = next) {
        next = vp_domain_xml_next_element(child);
        if (is_named(child, name)) {
            vp_domain_xml_remove(child);
            count++;
        }
    }
    return count;
}

gboolean
vp_spec_field_copy_to(const VpField *root, VpDomain *domain, GError **error)
{
    g_autoptr(GError) failure = NULL;
    VpField old;

    if (!vp_spec_field_open(domain, &old, &failure)) {
        if (failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        vp_spec_field_create(domain, (const char *)root->node->name, &old);
    }
    xmlFreeNode(xmlReplaceNode(old.node, xmlDocCopyNode(root->node, domain->doc, 1)));
    return TRUE;
}

/* The declaration is kept if a foreign attribute or element may need it. */
static void
drop_declaration(xmlNode *node)
{
    for (xmlNs **at = &node->nsDef; *at != NULL;) {
        xmlNs *declaration = *at;

        if (g_strcmp0((const char *)declaration->href, VP_NAMESPACE) != 0) {
            at = &declaration->next;
            continue;
        }
        *at = declaration->next;
        xmlFreeNs(declaration);
    }
}

static void
drop_namespace(xmlNode *node)
{
    if (vp_domain_xml_in_namespace(node, VP_NAMESPACE))
        xmlSetNs(node, NULL);
    for (xmlNode *child = vp_domain_xml_first_element(node); child != NULL;
         child = vp_domain_xml_next_element(child))
        drop_namespace(child);
    drop_declaration(node);
}

char *
vp_spec_field_to_plain(const VpField *root)
{
    xmlNode *copy = xmlDocCopyNode(root->node, root->node->doc, 1);
    char *text;

    drop_namespace(copy);
    text = vp_domain_xml_element_text(copy);
    xmlFreeNode(copy);
    return text;
}

char *
vp_spec_field_plain_of(const VpDomain *domain)
{
    VpField root;

    return vp_spec_field_open(domain, &root, NULL) ? vp_spec_field_to_plain(&root) : NULL;
}
