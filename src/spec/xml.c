/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An element of our namespace to a VpSpec, as the vocabulary's table says. */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/error.h"
#include "base/number.h"
#include "domain/xml-node.h"
#include "spec/link.h"
#include "spec/read.h"
#include "spec/table.h"

/* --- places --------------------------------------------------------------------------------- */

static gboolean
is_root(const xmlNode *element)
{
    return !element->parent || !vp_domain_xml_in_namespace(element->parent, VP_NAMESPACE);
}

/* "cloud-init/user/@name (line 12): "; the attribute may be NULL. */
static char *
place(const xmlNode *element, const char *attribute, long line)
{
    g_autoptr(GString) path = g_string_new((const char *)element->name);
    const xmlNode *node = element;

    while (!is_root(node)) {
        node = node->parent;
        g_string_prepend_c(path, '/');
        g_string_prepend(path, (const char *)node->name);
    }
    if (attribute)
        g_string_append_printf(path, "/%s", attribute);
    g_string_append_printf(path, " (line %ld): ", line);
    return g_string_free(g_steal_pointer(&path), FALSE);
}

/* Puts the place before a message of a check. Returns FALSE. */
static gboolean
prefix(const xmlNode *element, const char *attribute, GError **error)
{
    g_autofree char *where = place(element, attribute, xmlGetLineNo(element));

    g_prefix_error(error, "%s", where);
    return FALSE;
}

static gboolean G_GNUC_PRINTF(4, 5)
    fail(const xmlNode *element, VpErrorCode code, GError **error, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, VP_ERROR, code, message);
    return prefix(element, NULL, error);
}

/* "cloud-init (line 9): has an unknown element 'usr'; did you mean the element 'user'?" */
static gboolean
fail_unknown(const xmlNode *element, const VpRow *rows, const char *name, long line, GError **error)
{
    g_autofree char *where = place(element, NULL, line);
    g_autofree char *escaped = g_strescape(name + (*name == '@'), NULL);
    g_autoptr(GString) message = g_string_new(where);
    const char *meant = vp_spec_table_suggest(rows, name);

    g_string_append_printf(message, "has an unknown %s '%s'",
                           *name == '@' ? "attribute" : "element", escaped);
    if (meant)
        g_string_append_printf(message, "; did you mean the %s '%s'?",
                               *meant == '@' ? "attribute" : "element", meant + (*meant == '@'));
    g_set_error_literal(error, VP_ERROR, VP_ERROR_UNKNOWN, message->str);
    return FALSE;
}

/* --- values ---------------------------------------------------------------------------------- */

static gboolean
is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static gboolean
set_boolean(int *field, const char *text, GError **error)
{
    if (*text == '\0' || g_str_equal(text, "yes"))
        *field = TRUE;
    else if (g_str_equal(text, "no"))
        *field = FALSE;
    else {
        g_set_error_literal(error, VP_ERROR, VP_ERROR_VALUE, "is neither 'yes' nor 'no'");
        return FALSE;
    }
    return TRUE;
}

/* The position of text; -1 with an error that lists what is allowed. */
static int
find_choice(const VpRow *row, const char *text, GError **error)
{
    g_autofree char *all = NULL;

    for (int i = 0; row->choices[i]; i++)
        if (g_str_equal(row->choices[i], text))
            return i;
    all = g_strjoinv("', '", (char **)row->choices);
    g_set_error(error, VP_ERROR, row->code, "is none of '%s'", all);
    return -1;
}

static gboolean
set_choice(const VpRow *row, int *field, const char *text, GError **error)
{
    int choice = find_choice(row, text, error);

    if (choice >= 0)
        *field = choice;
    return choice >= 0;
}

static gboolean
set_number(const VpRow *row, guint *field, const char *text, GError **error)
{
    if (vp_number_parse(text, row->minimum, row->maximum, field))
        return TRUE;
    g_set_error(error, VP_ERROR, row->code, "is not a number from %u to %u", row->minimum,
                row->maximum);
    return FALSE;
}

static gboolean
set_text(const VpRow *row, gpointer field, const char *text, GError **error)
{
    if (is_blank(text)) {
        g_set_error_literal(error, VP_ERROR, VP_ERROR_MISSING, "is empty");
        return FALSE;
    }
    if (row->check && !row->check(text, error))
        return FALSE;
    if (row->choices && find_choice(row, text, error) < 0)
        return FALSE;
    if (row->many) {
        g_ptr_array_add(*(GPtrArray **)field, g_strdup(text));
        return TRUE;
    }
    g_free(*(char **)field);
    *(char **)field = g_strdup(text);
    return TRUE;
}

/* text is changed: blanks around it are cut off where they do not count. */
static gboolean
set_value(const VpRow *row, gpointer field, char *text, GError **error)
{
    switch (row->type) {
    case VP_VALUE_STRING:
        return set_text(row, field, g_strstrip(text), error);
    case VP_VALUE_EXACT:
        return set_text(row, field, text, error);
    case VP_VALUE_BOOLEAN:
    case VP_VALUE_FLAG:
        return set_boolean(field, g_strstrip(text), error);
    case VP_VALUE_CHOICE:
        return set_choice(row, field, g_strstrip(text), error);
    case VP_VALUE_NUMBER:
        return set_number(row, field, g_strstrip(text), error);
    case VP_VALUE_CUSTOM:
        return row->set(field, g_strstrip(text), error);
    case VP_VALUE_NONE:
    case VP_VALUE_DATA:
    case VP_VALUE_PART:
        break;
    }
    g_return_val_if_reached(FALSE);
}

/* --- data ------------------------------------------------------------------------------------ */

/* The bytes of a text: base64, or as it stands but for the newline that ends the
 * start tag's line. */
static GBytes *
decode(char *text, gboolean base64, GError **error)
{
    gsize skip = *text == '\n';

    if (base64)
        return vp_base64_decode(text, error);
    return g_bytes_new(text + skip, strlen(text) - skip);
}

static VpData *
new_reference(const xmlNode *element, const char *name, GError **error)
{
    VpData *data;

    if (!vp_spec_check_reference(name, error)) {
        prefix(element, "@src", error);
        return NULL;
    }
    data = vp_spec_data_new(NULL);
    data->src = g_strdup(name);
    return data;
}

static VpData *
new_data(const xmlNode *element, char *text, gboolean base64, GError **error)
{
    GBytes *bytes = decode(text, base64, error);

    if (bytes)
        return vp_spec_data_new(bytes);
    prefix(element, NULL, error);
    return NULL;
}

static gboolean
read_data(const xmlNode *element, VpData **field, GError **error)
{
    g_autofree char *text = vp_domain_xml_text(element);
    g_autofree char *encoding = vp_domain_xml_attribute(element, "encoding");
    g_autofree char *src = vp_domain_xml_attribute(element, "src");

    if (encoding && !g_str_equal(encoding, "base64"))
        return fail(element, VP_ERROR_VALUE, error, "has another encoding than 'base64'");
    if (encoding && src)
        return fail(element, VP_ERROR_CONFLICT, error,
                    "has both encoding and src; a file is taken as it is");
    if (src && !is_blank(text))
        return fail(element, VP_ERROR_CONFLICT, error,
                    "has both a text and src; give one of the two");
    *field =
        src ? new_reference(element, src, error) : new_data(element, text, encoding != NULL, error);
    if (!*field)
        return FALSE;
    (*field)->line = (guint)xmlGetLineNo(element);
    return TRUE;
}

/* --- elements -------------------------------------------------------------------------------- */

static gboolean
has_own_text(const xmlNode *element)
{
    for (const xmlNode *node = element->children; node; node = node->next)
        if ((node->type == XML_TEXT_NODE && !xmlIsBlankNode(node)) ||
            node->type == XML_CDATA_SECTION_NODE)
            return TRUE;
    return FALSE;
}

/* Neither elements nor text, nor a file in their place. */
static gboolean
is_empty(const xmlNode *element)
{
    return !vp_domain_xml_first_element(element) && !has_own_text(element) &&
           !xmlHasNsProp((xmlNode *)element, (const xmlChar *)"src", NULL);
}

static gboolean read_content(const xmlNode *element, const VpRow *rows, gpointer object,
                             GError **error);

static gpointer
object_of(const VpRow *row, gpointer object)
{
    return row->via ? G_STRUCT_MEMBER(gpointer, object, row->via) : object;
}

static gpointer
field_of(const VpRow *row, gpointer object)
{
    return G_STRUCT_MEMBER_P(object_of(row, object), row->offset);
}

static gboolean
read_attribute(const xmlNode *element, const VpRow *row, gpointer object, GError **error)
{
    g_autofree char *text = vp_domain_xml_attribute(element, row->name + 1);

    if (is_blank(text))
        g_set_error_literal(error, VP_ERROR, VP_ERROR_MISSING, "is empty");
    else if (set_value(row, field_of(row, object), text, error))
        return TRUE;
    return prefix(element, row->name, error);
}

static gboolean
read_attributes(const xmlNode *element, const VpRow *rows, gpointer object, GError **error)
{
    for (const xmlAttr *attribute = element->properties; attribute; attribute = attribute->next) {
        g_autofree char *name = g_strdup_printf("@%s", (const char *)attribute->name);
        const VpRow *row = attribute->ns ? NULL : vp_spec_table_find(rows, name);

        if (!row)
            return fail_unknown(element, rows, name, xmlGetLineNo(element), error);
        if (row->type != VP_VALUE_PART && !read_attribute(element, row, object, error))
            return FALSE;
    }
    return TRUE;
}

/* The value of an element that holds text alone. */
static gboolean
read_text(const xmlNode *element, const VpRow *row, gpointer object, GError **error)
{
    g_autofree char *text = vp_domain_xml_text(element);

    return set_value(row, field_of(row, object), text, error) || prefix(element, NULL, error);
}

/* An element that becomes an object of its own, or fills the one it stands in. */
static gboolean
read_object(const xmlNode *element, const VpRow *row, gpointer object, GError **error)
{
    gpointer field = field_of(row, object);
    gpointer made;

    if (!row->of && is_empty(element))
        return fail(element, VP_ERROR_MISSING, error, "is empty");
    if (!row->of)
        return read_content(element, row->rows, object_of(row, object), error);
    made = row->of->make();
    if (row->of->line >= 0)
        G_STRUCT_MEMBER(guint, made, row->of->line) = (guint)xmlGetLineNo(element);
    if (!read_content(element, row->rows, made, error)) {
        row->of->destroy(made);
        return FALSE;
    }
    if (row->many)
        g_ptr_array_add(*(GPtrArray **)field, made);
    else
        *(gpointer *)field = made;
    return TRUE;
}

static gboolean
read_child(const xmlNode *child, const VpRow *row, gpointer object, GError **error)
{
    const VpRow none[] = {{NULL}};

    if (row->rows)
        return read_object(child, row, object, error);
    return read_content(child, none, object, error) && read_text(child, row, object, error);
}

/* lines: where each row's element was seen last, by its position; 0: not yet. */
static gboolean
read_children(const xmlNode *element, const VpRow *rows, gpointer object, guint lines[],
              GError **error)
{
    for (xmlNode *child = vp_domain_xml_first_element(element); child;
         child = vp_domain_xml_next_element(child)) {
        const char *name = (const char *)child->name;
        const VpRow *row =
            vp_domain_xml_in_namespace(child, VP_NAMESPACE) ? vp_spec_table_find(rows, name) : NULL;

        if (!row)
            return fail_unknown(element, rows, name, xmlGetLineNo(child), error);
        if (lines[row - rows] && !row->many)
            return fail(child, VP_ERROR_DUPLICATE, error,
                        "is given on line %u already; give it once", lines[row - rows]);
        lines[row - rows] = (guint)xmlGetLineNo(child);
        if (!read_child(child, row, object, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_required(const xmlNode *element, const VpRow *rows, const guint lines[], GError **error)
{
    for (const VpRow *row = rows; row->name; row++) {
        gboolean attribute = *row->name == '@';

        if (!row->required)
            continue;
        if (attribute ? !xmlHasNsProp((xmlNode *)element, (const xmlChar *)row->name + 1, NULL)
                      : !lines[row - rows])
            return fail(element, VP_ERROR_MISSING, error, "needs the %s '%s'",
                        attribute ? "attribute" : "element", row->name + attribute);
    }
    return TRUE;
}

static const VpRow *
find_text_row(const VpRow *rows)
{
    while (rows->name && *rows->name)
        rows++;
    return rows->name ? rows : NULL;
}

/* What stands beside the attributes of an element; blanks alone are nothing. */
static gboolean
read_own_text(const xmlNode *element, const VpRow *row, gpointer object, GError **error)
{
    if (row->type == VP_VALUE_DATA)
        return read_data(element, field_of(row, object), error);
    return !has_own_text(element) || read_text(element, row, object, error);
}

static gboolean
read_content(const xmlNode *element, const VpRow *rows, gpointer object, GError **error)
{
    const VpRow *text = find_text_row(rows);
    guint lines[VP_ROWS_MAX] = {0};

    if (!read_attributes(element, rows, object, error) ||
        !read_children(element, rows, object, lines, error) ||
        !check_required(element, rows, lines, error))
        return FALSE;
    if (text)
        return read_own_text(element, text, object, error);
    if (rows->name && has_own_text(element))
        return fail(element, VP_ERROR_VALUE, error, "has a text beside its elements");
    return TRUE;
}

/* --- the whole ------------------------------------------------------------------------------- */

static VpSpec *
new_spec(const VpDomain *domain, const char *root)
{
    VpSpec *spec = vp_spec_new(domain->name, domain->uuid, domain->smbios_uuid);

    spec->windows = vp_domain_is_windows(domain);
    if (g_str_equal(root, "sysprep")) {
        spec->kind = VP_KIND_SYSPREP;
        spec->sysprep = vp_spec_sysprep_new();
    }
    return spec;
}

VpSpec *
vp_spec_xml_read(const VpDomain *domain, const xmlNode *element, GError **error)
{
    const VpRow *root = vp_spec_table_find(vp_spec_table_roots(), (const char *)element->name);
    g_autoptr(VpSpec) spec = NULL;

    if (!root) {
        fail_unknown(element->parent, vp_spec_table_roots(), (const char *)element->name,
                     xmlGetLineNo(element), error);
        return NULL;
    }
    spec = new_spec(domain, root->name);
    if (!read_content(element, root->rows, spec, error))
        return NULL;
    if (spec->bus == VP_BUS_FDC && !xmlHasProp((xmlNode *)element, (const xmlChar *)"format"))
        spec->format = VP_FORMAT_VFAT;
    if (!vp_spec_link_resolve(spec, domain, error) || !vp_spec_validate(spec, error))
        return NULL;
    return g_steal_pointer(&spec);
}
