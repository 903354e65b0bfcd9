/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors with the place they are about, found one after the other. */
#include <config.h>

#include <libxml/relaxng.h>
#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "domain/xml-edit.h"
#include "domain/xml-node.h"
#include "domain/xml-scan.h"
#include "payload/payload.h"
#include "spec/read.h"
#include "view/diagnose-line.h"
#include "view/diagnose-unwise.h"
#include "view/diagnose.h"
#include "view/term.h"

/* Above this a file is not what it was taken for. */
enum { MAX_ERRORS = 20 };

enum { MAX_TAG_LINES = 32 };

/* A definition around an element that stands alone; on its first line, so that lines stay the same.
 * A <hostdev> may have any MAC address: what interfaces the guest has is not known. */
#define BEFORE                                                                                     \
    "<domain "                                                                                     \
    "type='kvm'><name>guest</name><uuid>00000000-0000-4000-8000-000000000000</uuid><metadata>"
#define BEHIND "</metadata><devices><hostdev mode='subsystem' type='pci'/></devices></domain>"

typedef struct {
    const VpDiagnoseInput *input;
    GPtrArray *found;
} Diagnoser;

static void
diagnosis_free(gpointer data)
{
    g_free(((VpDiagnosis *)data)->message);
    g_free(data);
}

/* --- places ----------------------------------------------------------------------------------- */

/* The n-th line, 1-based; its length without the newline in *length. NULL where there is none. */
static const char *
find_line(const VpDiagnoseInput *input, guint n, gsize *length)
{
    const char *line = input->text, *end = input->text + input->size;

    for (; n > 1 && line != NULL; n--) {
        line = memchr(line, '\n', end - line);
        line = line != NULL ? line + 1 : NULL;
    }
    if (n == 0 || line == NULL || line >= end)
        return NULL;
    *length = strcspn(line, "\r\n");
    *length = MIN(*length, (gsize)(end - line));
    return line;
}

static gboolean
is_name_char(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
}

/* Where the word stands in the line as a name of markup, in bytes; -1 where it does not. */
static gssize
find_word(const char *line, gsize length, const char *word, gboolean is_attribute)
{
    gsize word_length = strlen(word);

    for (gsize i = 1; word_length > 0 && i + word_length <= length; i++) {
        char before = line[i - 1];
        char behind = i + word_length < length ? line[i + word_length] : ' ';

        if (memcmp(line + i, word, word_length) != 0 || is_name_char(behind))
            continue;
        if (is_attribute ? g_ascii_isspace(before) && (behind == '=' || g_ascii_isspace(behind))
                         : before == '<' || before == ':')
            return i;
    }
    return -1;
}

/* libxml2 gives the line on which a start tag ends: an attribute, or the name, may stand above. */
static void
locate(const Diagnoser *diagnoser, VpDiagnosis *diagnosis, const char *word, gboolean is_attribute)
{
    for (guint n = diagnosis->line; n > 0 && n + MAX_TAG_LINES > diagnosis->line; n--) {
        gsize length;
        const char *line = find_line(diagnoser->input, n, &length);
        gssize at = line != NULL ? find_word(line, length, word, is_attribute) : -1;

        if (at >= 0) {
            diagnosis->line = n;
            diagnosis->column = g_utf8_strlen(line, at) + 1;
            diagnosis->length = strlen(word);
            return;
        }
        if (line == NULL || memchr(line, '<', length) != NULL)
            return;
    }
}

/* --- errors ----------------------------------------------------------------------------------- */

/* "cloud-init/user/@name (line 12): is empty": what the parts of a message say. */
typedef struct {
    char *path;
    guint line;
    char *text;
    char *word; /* that is to be marked: of the path, or the unknown name itself */
    gboolean is_attribute;
} Place;

static void
place_clear(Place *place)
{
    g_free(place->path);
    g_free(place->text);
    g_free(place->word);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static char *
quoted_after(const char *text, const char *before)
{
    const char *found = strstr(text, before);

    return found != NULL ? g_strndup(found + strlen(before), strcspn(found + strlen(before), "'"))
                         : NULL;
}

static void
find_marked(Place *place)
{
    g_autofree char *element = quoted_after(place->text, "unknown element '");
    g_autofree char *attribute = quoted_after(place->text, "unknown attribute '");
    const char *slash = strrchr(place->path, '/');
    const char *last = slash != NULL ? slash + 1 : place->path;

    place->is_attribute = attribute != NULL || (element == NULL && *last == '@');
    if (element != NULL)
        place->word = g_steal_pointer(&element);
    else if (attribute != NULL)
        place->word = g_steal_pointer(&attribute);
    else
        place->word = g_strdup(last + (*last == '@'));
}

static void
place_read(Place *place, const char *message)
{
    const char *line = strstr(message, " (line ");
    const char *behind = line != NULL ? strstr(line, "): ") : NULL;

    if (behind == NULL) {
        place->path = g_strdup("");
        place->text = g_strdup(message);
    } else {
        place->path = g_strndup(message, line - message);
        place->line = g_ascii_strtoull(line + strlen(" (line "), NULL, 10);
        place->text = g_strdup(behind + strlen("): "));
    }
    find_marked(place);
}

static void
add(const Diagnoser *diagnoser, const Place *place, const char *name, gboolean is_warning)
{
    VpDiagnosis *diagnosis = g_new0(VpDiagnosis, 1);

    diagnosis->line = place->line;
    diagnosis->is_warning = is_warning;
    diagnosis->name = name;
    diagnosis->message =
        g_strdup_printf("%s%s%s", place->path, *place->path != '\0' ? ": " : "", place->text);
    locate(diagnoser, diagnosis, place->word, place->is_attribute);
    g_ptr_array_add(diagnoser->found, diagnosis);
}

static void
add_error(const Diagnoser *diagnoser, const GError *error, gboolean is_warning)
{
    g_auto(Place) place = {0};

    place_read(&place, error->message);
    add(diagnoser, &place, vp_error_name(error), is_warning);
}

/* --- error after error ------------------------------------------------------------------------ */

static xmlNode *
find_node(xmlNode *node, const char *name, guint line)
{
    if (g_str_equal((const char *)node->name, name) && (guint)xmlGetLineNo(node) == line)
        return node;
    for (xmlNode *child = vp_domain_xml_first_element(node); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        xmlNode *found = find_node(child, name, line);

        if (found != NULL)
            return found;
    }
    return NULL;
}

static gboolean
drop_attribute(xmlNode *root, const Place *place)
{
    g_auto(GStrv) parts = g_strsplit(place->path, "/", -1);
    guint count = g_strv_length(parts);
    guint owner = count > 1 && *parts[count - 1] == '@' ? count - 2 : count - 1;
    xmlNode *node = count > 0 ? find_node(root, parts[owner], place->line) : NULL;
    xmlAttr *attribute = node != NULL ? xmlHasProp(node, BAD_CAST place->word) : NULL;

    return attribute != NULL && xmlRemoveProp(attribute) == 0;
}

/* Takes out what an error was about, so that the next one shows. FALSE where that
 * cannot be told. */
static gboolean
drop_cause(xmlNode *root, const char *message)
{
    g_auto(Place) place = {0};
    xmlNode *node;

    place_read(&place, message);
    if (place.line == 0)
        return FALSE;
    if (place.is_attribute)
        return drop_attribute(root, &place);
    node = find_node(root, place.word, place.line);
    if (node == NULL || node == root)
        return FALSE;
    vp_domain_xml_remove(node);
    return TRUE;
}

static GPtrArray *
read_specs(const Diagnoser *diagnoser, const VpDomain *domain)
{
    g_autoptr(GPtrArray) elements = vp_domain_metadata(domain, VP_NAMESPACE);

    for (guint i = 0; i < MAX_ERRORS; i++) {
        g_autoptr(GError) error = NULL;
        GPtrArray *specs = vp_spec_read(domain, &error);

        if (specs != NULL)
            return specs;
        add_error(diagnoser, error, FALSE);
        if (elements->len != 1 || !drop_cause(elements->pdata[0], error->message))
            return NULL;
    }
    return NULL;
}

/* --- the schema ------------------------------------------------------------------------------- */

/* libxml2's message repeats values; the place is what it is good for. */
static void
note_schema(void *data, xmlErrorPtr cause)
{
    guint *line = data;

    if (*line == 0)
        *line = cause->line > 0 ? cause->line : 1;
}

static void
ignore(void *data, xmlErrorPtr cause)
{
}

/* Through memory: libxml2 prints on standard error what it cannot open. */
static xmlRelaxNG *
load_schema(const char *path)
{
    g_autofree char *text = NULL;
    gsize size;
    xmlRelaxNGParserCtxt *parser;
    xmlRelaxNG *schema;

    if (!g_file_get_contents(path, &text, &size, NULL) || size > G_MAXINT)
        return NULL;
    parser = xmlRelaxNGNewMemParserCtxt(text, size);
    xmlRelaxNGSetParserStructuredErrors(parser, ignore, NULL);
    schema = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    return schema;
}

static guint
first_violation(xmlRelaxNG *schema, const xmlNode *element)
{
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    xmlRelaxNGValidCtxt *validator = xmlRelaxNGNewValidCtxt(schema);
    guint line = 0;

    xmlDocSetRootElement(doc, xmlDocCopyNode((xmlNode *)element, doc, 1));
    xmlRelaxNGSetValidStructuredErrors(validator, note_schema, &line);
    if (xmlRelaxNGValidateDoc(validator, doc) == 0)
        line = 0;
    xmlRelaxNGFreeValidCtxt(validator);
    xmlFreeDoc(doc);
    return line;
}

static void
check_schema(const Diagnoser *diagnoser, const VpDomain *domain, const char *path)
{
    g_autoptr(GPtrArray) elements = vp_domain_metadata(domain, VP_NAMESPACE);
    xmlRelaxNG *schema = elements->len == 1 ? load_schema(path) : NULL;
    guint line = schema != NULL ? first_violation(schema, elements->pdata[0]) : 0;

    if (elements->len == 1 && schema == NULL) {
        Place place = {(char *)"", 0, (char *)"the schema cannot be read, and was not used",
                       (char *)"", FALSE};

        add(diagnoser, &place, "schema", TRUE);
    } else if (line > 0) {
        Place place = {(char *)"", line, (char *)"does not fit the vocabulary's schema", (char *)"",
                       FALSE};

        add(diagnoser, &place, "schema", FALSE);
    }
    xmlRelaxNGFree(schema);
}

/* --- advice ----------------------------------------------------------------------------------- */

typedef struct {
    const Diagnoser *diagnoser;
    guint root_line;
} Advice;

static void
add_advice(const char *name, guint line, const char *message, gpointer data)
{
    const Advice *advice = data;
    Place place = {(char *)name, line != 0 ? line : advice->root_line, (char *)message,
                   (char *)(name + (*name == '@')), *name == '@'};

    add(advice->diagnoser, &place, "unwise", TRUE);
}

static void
check_specs(const Diagnoser *diagnoser, const VpDomain *domain, GPtrArray *specs,
            const VpConf *conf)
{
    g_autoptr(GPtrArray) elements = vp_domain_metadata(domain, VP_NAMESPACE);
    Advice advice = {diagnoser, elements->len > 0 ? (guint)xmlGetLineNo(elements->pdata[0]) : 0};

    for (guint i = 0; i < specs->len; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VpPayload) payload = NULL;

        vp_view_diagnose_unwise(specs->pdata[i], add_advice, &advice);
        if (conf == NULL)
            continue;
        payload = vp_payload_build(specs->pdata[i], conf, &error);
        if (payload == NULL)
            add_error(diagnoser, error, g_error_matches(error, VP_ERROR, VP_ERROR_REFERENCE));
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

/* TRUE where the first element is not <domain> but one of ours. *behind_declaration: where it
 * begins. */
static gboolean
is_bare(const VpDiagnoseInput *input, gsize *behind_declaration)
{
    const char *end = input->text + input->size;
    const char *at = memchr(input->text, '<', input->size);
    gsize length;

    *behind_declaration = 0;
    if (at != NULL && end - at > 2 && at[1] == '?') {
        at = memmem(at, end - at, "?>", 2);
        *behind_declaration = at != NULL ? (gsize)(at - input->text) + 2 : 0;
        at = at != NULL ? memchr(at, '<', end - at) : NULL;
    }
    while (at != NULL && end - at > 4 && memcmp(at, "<!--", 4) == 0) {
        at = memmem(at, end - at, "-->", 3);
        at = at != NULL ? memchr(at, '<', end - at) : NULL;
    }
    if (at == NULL)
        return FALSE;
    at++;
    for (length = 0; at + length < end && strchr(" \t\r\n/>", at[length]) == NULL;)
        length++;
    return (length >= 10 && memcmp(at + length - 10, "cloud-init", 10) == 0) ||
           (length >= 7 && memcmp(at + length - 7, "sysprep", 7) == 0);
}

/* Lines before the element count: only its declaration, if any, is overwritten by blanks. */
static char *
wrap(const VpDiagnoseInput *input, gsize behind_declaration)
{
    GString *xml = g_string_new(input->before != NULL ? input->before : BEFORE);

    for (gsize i = 0; i < behind_declaration; i++)
        g_string_append_c(xml, input->text[i] == '\n' ? '\n' : ' ');
    g_string_append_len(xml, input->text + behind_declaration, input->size - behind_declaration);
    g_string_append(xml, input->behind != NULL ? input->behind : BEHIND);
    return g_string_free(xml, FALSE);
}

static int
compare(gconstpointer a, gconstpointer b)
{
    const VpDiagnosis *left = *(VpDiagnosis *const *)a, *right = *(VpDiagnosis *const *)b;

    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return (int)left->column - (int)right->column;
}

static VpDomain *
parse(const Diagnoser *diagnoser)
{
    const VpDiagnoseInput *input = diagnoser->input;
    gsize behind_declaration;
    g_autofree char *wrapped = NULL;
    g_autoptr(GError) error = NULL;
    VpDomain *domain;

    if (is_bare(input, &behind_declaration) || input->before != NULL)
        wrapped = wrap(input, behind_declaration);
    domain = vp_domain_parse(wrapped != NULL ? wrapped : input->text,
                             wrapped != NULL ? strlen(wrapped) : input->size, &error);
    if (domain == NULL)
        add_error(diagnoser, error, FALSE);
    return domain;
}

GPtrArray *
vp_view_diagnose(const VpDiagnoseInput *input, VpDomain **domain)
{
    const Diagnoser diagnoser = {input, g_ptr_array_new_with_free_func(diagnosis_free)};
    g_autoptr(VpDomain) read = parse(&diagnoser);
    g_autoptr(GPtrArray) specs = read != NULL ? read_specs(&diagnoser, read) : NULL;

    if (specs != NULL && diagnoser.found->len == 0) {
        if (input->schema != NULL)
            check_schema(&diagnoser, read, input->schema);
        check_specs(&diagnoser, read, specs, input->conf);
    }
    g_ptr_array_sort(diagnoser.found, compare);
    if (domain != NULL)
        *domain = g_steal_pointer(&read);
    return diagnoser.found;
}

gboolean
vp_view_diagnose_has_error(const GPtrArray *diagnoses)
{
    for (guint i = 0; i < diagnoses->len; i++) {
        if (!((const VpDiagnosis *)diagnoses->pdata[i])->is_warning)
            return TRUE;
    }
    return FALSE;
}

/* --- printing --------------------------------------------------------------------------------- */

/* Tabs stand below tabs, so that the caret does below its character. */
static void
append_source(GString *out, const VpDiagnosis *diagnosis, const char *line, gsize length)
{
    guint column = diagnosis->column;
    g_autofree char *shown = vp_view_diagnose_line(line, length, &column);
    const char *at = shown;

    g_string_append_printf(out, "%s\n", shown);
    for (; column > 1 && *at != '\0'; column--, at = g_utf8_next_char(at))
        g_string_append_c(out, *at == '\t' ? '\t' : ' ');
    g_string_append_printf(out, "%s^", vp_view_term_on(VP_STYLE_GREEN));
    for (guint i = 1; i < diagnosis->length; i++)
        g_string_append_c(out, '~');
    g_string_append_printf(out, "%s\n", vp_view_term_off());
}

static void
append_diagnosis(GString *out, const VpDiagnosis *diagnosis, const VpDiagnoseInput *input,
                 const char *origin)
{
    g_autofree char *place = vp_escape_name(origin);
    g_autofree char *message = vp_escape_name(diagnosis->message);
    gsize length;
    const char *line = find_line(input, diagnosis->line, &length);

    g_string_append_printf(out, "%s%s:", vp_view_term_on(VP_STYLE_BOLD), place);
    if (diagnosis->line > 0)
        g_string_append_printf(out, "%u:", diagnosis->line);
    if (diagnosis->column > 0)
        g_string_append_printf(out, "%u:", diagnosis->column);
    g_string_append_printf(out, "%s %s%s:%s %s [%s]\n", vp_view_term_off(),
                           vp_view_term_on(diagnosis->is_warning ? VP_STYLE_YELLOW : VP_STYLE_RED),
                           diagnosis->is_warning ? "warning" : "error", vp_view_term_off(), message,
                           diagnosis->name);
    if (line != NULL && diagnosis->column > 0)
        append_source(out, diagnosis, line, length);
}

char *
vp_view_diagnose_to_text(const GPtrArray *diagnoses, const VpDiagnoseInput *input,
                         const char *origin)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < diagnoses->len; i++)
        append_diagnosis(out, diagnoses->pdata[i], input, origin);
    return g_string_free(out, FALSE);
}
