/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An element of our namespace to a VpSpec, as the vocabulary's table says. */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/error.h"
#include "base/faults.h"
#include "base/number.h"
#include "domain/xml-node.h"
#include "spec/link.h"
#include "spec/object.h"
#include "spec/read.h"

/* --- places --------------------------------------------------------------------------------- */

static gboolean
is_root(const xmlNode *element)
{
    return element->parent == NULL || !vp_domain_xml_in_namespace(element->parent, VP_NAMESPACE);
}

/* "cloud-init/user/@name"; the attribute may be NULL. */
static char *
path_of(const xmlNode *element, const char *attribute)
{
    g_autoptr(GString) path = g_string_new((const char *)element->name);
    const xmlNode *node = element;

    while (!is_root(node)) {
        node = node->parent;
        g_string_prepend_c(path, '/');
        g_string_prepend(path, (const char *)node->name);
    }
    if (attribute != NULL)
        g_string_append_printf(path, "/%s", attribute);
    return g_string_free(g_steal_pointer(&path), FALSE);
}

static VpPlace
place_of(const xmlNode *node)
{
    const xmlNode *element = node->type == XML_ATTRIBUTE_NODE ? node->parent : node;

    return (VpPlace){(guint)xmlGetLineNo(element), node};
}

/* Takes the error over; node is what it is about. Returns whether to continue. */
static gboolean
note_at(const xmlNode *element, const char *attribute, const xmlNode *node, GError *cause,
        VpFaults *faults)
{
    g_autofree char *path = path_of(element, attribute);
    VpPlace place = place_of(node);

    (void)vp_error_set_place(&cause, path, &place);
    return vp_faults_note(faults, cause);
}

static gboolean G_GNUC_PRINTF(4, 5)
    note(const xmlNode *element, VpErrorCode code, VpFaults *faults, const char *format, ...)
{
    GError *error;
    va_list args;

    va_start(args, format);
    error = g_error_new_valist(VP_ERROR, code, format, args);
    va_end(args);
    return note_at(element, NULL, element, error, faults);
}

/* "cloud-init (line 9): has an unknown element 'usr'; did you mean the element 'user'?" */
static gboolean
note_unknown(const xmlNode *element, const VpRow *rows, const char *name, const xmlNode *node,
             VpFaults *faults)
{
    g_autofree char *escaped = g_strescape(name + (*name == '@'), NULL);
    g_autoptr(GString) message = g_string_new(NULL);
    const char *meant = vp_spec_table_suggest(rows, name);

    g_string_append_printf(message, "has an unknown %s '%s'",
                           *name == '@' ? "attribute" : "element", escaped);
    if (meant != NULL)
        g_string_append_printf(message, "; did you mean the %s '%s'?",
                               *meant == '@' ? "attribute" : "element", meant + (*meant == '@'));
    return note_at(element, NULL, node,
                   g_error_new_literal(VP_ERROR, VP_ERROR_UNKNOWN, message->str), faults);
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
        return vp_error_set(error, VP_ERROR_VALUE, "is neither 'yes' nor 'no'");
    }
    return TRUE;
}

/* The position of text; -1 with an error that lists what is allowed. */
static int
find_choice(const VpRow *row, const char *text, GError **error)
{
    g_autofree char *all = NULL;

    for (int i = 0; row->choices[i] != NULL; i++)
        if (g_str_equal(row->choices[i], text))
            return i;
    all = g_strjoinv("', '", (char **)row->choices);
    g_set_error(error, VP_ERROR, row->code, "is not one of '%s'", all);
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
    return vp_error_set(error, row->code, "is not a number from %u to %u", row->minimum,
                        row->maximum);
}

static gboolean
set_metric(gint64 *field, const char *text, GError **error)
{
    guint number;

    if (vp_number_parse(text, 0, G_MAXUINT32, &number)) {
        *field = number;
        return TRUE;
    }
    return vp_error_set(error, VP_ERROR_NETWORK, "is not a number from 0 to 4294967295");
}

static gboolean
set_text(const VpRow *row, gpointer field, const char *text, GError **error)
{
    if (is_blank(text))
        return vp_error_set(error, VP_ERROR_MISSING, "is empty");
    if (row->check != NULL && !row->check(text, error))
        return FALSE;
    if (row->choices != NULL && find_choice(row, text, error) < 0)
        return FALSE;
    if (row->many) {
        g_ptr_array_add(*(GPtrArray **)field, g_strdup(text));
        return TRUE;
    }
    g_free(*(char **)field);
    *(char **)field = g_strdup(text);
    return TRUE;
}

/* text is changed: white space around it is cut off if it is not significant. */
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
    case VP_VALUE_METRIC:
        return set_metric(field, g_strstrip(text), error);
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

/* The bytes of a text: base64, or verbatim except for the newline that ends the start tag's line.
 */
static GBytes *
decode(char *text, gboolean base64, GError **error)
{
    gsize skip = *text == '\n';

    if (base64)
        return vp_base64_decode(text, error);
    return g_bytes_new(text + skip, strlen(text) - skip);
}

static VpData *
new_reference(const char *name, GError **error)
{
    VpData *data;

    if (!vp_spec_check_reference(name, error))
        return NULL;
    data = vp_spec_data_new(NULL);
    data->src = g_strdup(name);
    return data;
}

static VpData *
new_data(char *text, gboolean base64, GError **error)
{
    GBytes *bytes = decode(text, base64, error);

    return bytes != NULL ? vp_spec_data_new(bytes) : NULL;
}

static gboolean
read_data(const xmlNode *element, VpData **field, VpFaults *faults)
{
    g_autofree char *text = vp_domain_xml_text(element);
    g_autofree char *encoding = vp_domain_xml_attribute(element, "encoding");
    xmlAttr *attribute = xmlHasNsProp((xmlNode *)element, (const xmlChar *)"src", NULL);
    g_autofree char *src = vp_domain_xml_attribute(element, "src");
    GError *error = NULL;

    if (encoding != NULL && !g_str_equal(encoding, "base64"))
        return note(element, VP_ERROR_VALUE, faults, "has an encoding other than 'base64'");
    if (encoding != NULL && src != NULL)
        return note(element, VP_ERROR_CONFLICT, faults,
                    "has both encoding and src; a file is taken as it is");
    if (src != NULL && !is_blank(text))
        return note(element, VP_ERROR_CONFLICT, faults,
                    "has both a text and src; give one of the two");
    *field = src != NULL ? new_reference(src, &error) : new_data(text, encoding != NULL, &error);
    if (*field == NULL)
        return src != NULL ? note_at(element, "@src", (xmlNode *)attribute, error, faults)
                           : note_at(element, NULL, element, error, faults);
    (*field)->place = place_of(element);
    return TRUE;
}

/* --- elements -------------------------------------------------------------------------------- */

static gboolean
has_own_text(const xmlNode *element)
{
    for (const xmlNode *node = element->children; node != NULL; node = node->next)
        if ((node->type == XML_TEXT_NODE && !xmlIsBlankNode(node)) ||
            node->type == XML_CDATA_SECTION_NODE)
            return TRUE;
    return FALSE;
}

/* Neither elements nor text, nor a file in their place. */
static gboolean
is_empty(const xmlNode *element)
{
    return vp_domain_xml_first_element(element) == NULL && !has_own_text(element) &&
           !xmlHasNsProp((xmlNode *)element, (const xmlChar *)"src", NULL);
}

/* The content of an element that has been read. */
typedef struct {
    guint lines[VP_ROWS_MAX]; /* where each row's element was last, by its position; 0: nowhere */
    gboolean has_unknown;     /* which may be what another is missed for */
} Seen;

static gboolean read_content(const xmlNode *element, const VpRow *rows, gpointer object,
                             VpFaults *faults);

static gpointer
field_of(const VpRow *row, gpointer object)
{
    return G_STRUCT_MEMBER_P(object, row->offset);
}

static gboolean
read_attribute(const xmlAttr *attribute, const VpRow *row, gpointer object, VpFaults *faults)
{
    const xmlNode *element = attribute->parent;
    g_autofree char *text = vp_domain_xml_attribute(element, row->name + 1);
    GError *error = NULL;

    if (is_blank(text))
        g_set_error_literal(&error, VP_ERROR, VP_ERROR_MISSING, "is empty");
    else if (set_value(row, field_of(row, object), text, &error))
        return TRUE;
    return note_at(element, row->name, (const xmlNode *)attribute, error, faults);
}

static gboolean
read_attributes(const xmlNode *element, const VpRow *rows, gpointer object, Seen *seen,
                VpFaults *faults)
{
    for (const xmlAttr *attribute = element->properties; attribute != NULL;
         attribute = attribute->next) {
        g_autofree char *name = g_strdup_printf("@%s", (const char *)attribute->name);
        const VpRow *row = attribute->ns != NULL ? NULL : vp_spec_table_find(rows, name);

        seen->has_unknown |= row == NULL;
        if (row == NULL
                ? !note_unknown(element, rows, name, (const xmlNode *)attribute, faults)
                : row->type != VP_VALUE_PART && !read_attribute(attribute, row, object, faults))
            return FALSE;
    }
    return TRUE;
}

/* The value of an element that holds only text. */
static gboolean
read_text(const xmlNode *element, const VpRow *row, gpointer object, VpFaults *faults)
{
    g_autofree char *text = vp_domain_xml_text(element);
    GError *error = NULL;

    return set_value(row, field_of(row, object), text, &error) ||
           note_at(element, NULL, element, error, faults);
}

/* An element that becomes its own object, or fills the one of its parent. */
static gboolean
read_object(const xmlNode *element, const VpRow *row, gpointer object, VpFaults *faults)
{
    gpointer field = field_of(row, object);
    guint before = faults->errors->len;
    gboolean goes_on;
    gpointer made;

    if (row->of == NULL && is_empty(element))
        return note(element, VP_ERROR_MISSING, faults, "is empty");
    if (row->of == NULL)
        return read_content(element, row->rows, object, faults);
    made = vp_spec_object_new(row->of);
    *(VpPlace *)made = place_of(element);
    goes_on = read_content(element, row->rows, made, faults);
    if (faults->errors->len > before)
        vp_spec_object_free(made); /* it lacks what was wrong */
    else if (row->many)
        g_ptr_array_add(*(GPtrArray **)field, made);
    else
        *(gpointer *)field = made;
    return goes_on;
}

static gboolean
read_child(const xmlNode *child, const VpRow *row, gpointer object, VpFaults *faults)
{
    const VpRow none[] = {{NULL}};

    if (row->rows != NULL)
        return read_object(child, row, object, faults);
    return read_content(child, none, object, faults) && read_text(child, row, object, faults);
}

static gboolean
is_full(const VpRow *row, gpointer object)
{
    return row->many && row->maximum > 0 &&
           (*(GPtrArray **)field_of(row, object))->len >= row->maximum;
}

static gboolean
read_known_child(const xmlNode *child, const VpRow *row, gpointer object, guint *line,
                 VpFaults *faults)
{
    if (*line && !row->many)
        return note(child, VP_ERROR_DUPLICATE, faults, "is already given on line %u; give it once",
                    *line);
    *line = (guint)xmlGetLineNo(child);
    if (is_full(row, object)) {
        (void)note(child, VP_ERROR_QUOTA, faults, "is one too many; give at most %u", row->maximum);
        return FALSE;
    }
    return read_child(child, row, object, faults);
}

static gboolean
read_children(const xmlNode *element, const VpRow *rows, gpointer object, Seen *seen,
              VpFaults *faults)
{
    for (xmlNode *child = vp_domain_xml_first_element(element); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        const char *name = (const char *)child->name;
        const VpRow *row =
            vp_domain_xml_in_namespace(child, VP_NAMESPACE) ? vp_spec_table_find(rows, name) : NULL;

        seen->has_unknown |= row == NULL;
        if (row == NULL ? !note_unknown(element, rows, name, child, faults)
                        : !read_known_child(child, row, object, &seen->lines[row - rows], faults))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_required(const xmlNode *element, const VpRow *rows, const Seen *seen, VpFaults *faults)
{
    for (const VpRow *row = rows; row->name != NULL; row++) {
        gboolean attribute = *row->name == '@';

        if (!row->required || seen->has_unknown)
            continue;
        if (attribute ? !xmlHasNsProp((xmlNode *)element, (const xmlChar *)row->name + 1, NULL)
                      : !seen->lines[row - rows]) {
            if (!note(element, VP_ERROR_MISSING, faults, "needs the %s '%s'",
                      attribute ? "attribute" : "element", row->name + attribute))
                return FALSE;
        }
    }
    return TRUE;
}

/* The content of an element besides its attributes; white space alone does not count. */
static gboolean
read_own_text(const xmlNode *element, const VpRow *row, gpointer object, VpFaults *faults)
{
    if (row->type == VP_VALUE_DATA)
        return read_data(element, field_of(row, object), faults);
    return !has_own_text(element) || read_text(element, row, object, faults);
}

static gboolean
read_content(const xmlNode *element, const VpRow *rows, gpointer object, VpFaults *faults)
{
    const VpRow *text = vp_spec_table_text(rows);
    Seen seen = {{0}, FALSE};

    if (!read_attributes(element, rows, object, &seen, faults) ||
        !read_children(element, rows, object, &seen, faults) ||
        !check_required(element, rows, &seen, faults))
        return FALSE;
    if (text != NULL)
        return read_own_text(element, text, object, faults);
    if (rows->name != NULL && has_own_text(element))
        return note(element, VP_ERROR_VALUE, faults, "has text as well as elements");
    return TRUE;
}

/* --- the whole ------------------------------------------------------------------------------- */

static VpSpec *
new_spec(const VpDomain *domain, const char *root)
{
    VpSpec *spec = vp_spec_new(domain->name, domain->uuid, domain->smbios_uuid);

    spec->windows = vp_domain_is_windows(domain);
    if (g_str_equal(root, "sysprep"))
        spec->kind = VP_KIND_SYSPREP;
    return spec;
}

VpSpec *
vp_spec_xml_read(const VpDomain *domain, const xmlNode *element, VpFaults *faults)
{
    const VpRow *root = vp_spec_table_find(vp_spec_table_roots(), (const char *)element->name);
    g_autoptr(VpSpec) spec = NULL;
    guint before = faults->errors->len;

    if (root == NULL) {
        (void)note_unknown(element->parent, vp_spec_table_roots(), (const char *)element->name,
                           element, faults);
        return NULL;
    }
    spec = new_spec(domain, root->name);
    spec->place = place_of(element);
    if (!read_content(element, root->rows, spec, faults))
        return NULL;
    if (spec->bus == VP_BUS_FDC && !xmlHasProp((xmlNode *)element, (const xmlChar *)"format"))
        spec->format = VP_FORMAT_VFAT;
    /* Contradictions with a field that could not be read are unknown. */
    if (faults->errors->len == before && vp_spec_link_resolve(spec, domain, faults))
        vp_spec_validate(spec, faults);
    return faults->errors->len == before ? g_steal_pointer(&spec) : NULL;
}
