/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors with the place they are about, found one after the other. */
#include <config.h>

#include <libxml/relaxng.h>
#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/faults.h"
#include "domain/xml-error.h"
#include "domain/xml-node.h"
#include "payload/misplaced.h"
#include "payload/payload.h"
#include "payload/profile.h"
#include "payload/seed.h"
#include "payload/start.h"
#include "spec/read.h"
#include "view/diagnose-line.h"
#include "view/diagnose-place.h"
#include "view/diagnose-guest.h"
#include "view/diagnose-network.h"
#include "view/diagnose-unwise.h"
#include "view/diagnose.h"
#include "view/term.h"

/* Above these limits a file is probably something else. */
enum { MAX_ERRORS = 20, MAX_WARNINGS = 50 };

/* libxml2 compares each repeated element with all before it. The reader judges every element, with
 * the schema or without. */
enum { MAX_SCHEMA_ELEMENTS = 5000 };

/* Of a line: characters before and after its caret that are shown. */
enum { SHOWN_BEFORE = 100, SHOWN_BEHIND = 100 };

/* A definition around a bare element; on its first line, so that lines stay the same.
 * A <hostdev> may have any MAC address: what interfaces the guest has is not known. */
#define BEFORE                                                                                     \
    "<domain "                                                                                     \
    "type='kvm'><name>guest</name><uuid>00000000-0000-4000-8000-000000000000</uuid><metadata>"
#define BEHIND "</metadata><devices><hostdev mode='subsystem' type='pci'/></devices></domain>"

typedef struct {
    const VpDiagnoseInput *input;
    GPtrArray *found;
    char *wrapped;    /* NULL: the input is a whole definition */
    const char *text; /* what is parsed: the input, or the input wrapped */
    gsize size;
    gsize before;     /* of the input within the text */
    VpDomain *domain; /* NULL: it cannot be parsed */
    guint n_advice;
} Diagnoser;

static void
diagnosis_free(gpointer data)
{
    g_free(((VpDiagnosis *)data)->message);
    g_free(data);
}

/* --- places ----------------------------------------------------------------------------------- */

/* The n-th line, 1-based; its length without the newline in *length. NULL if there is none. */
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

/* To what the text has at that byte. */
static void
mark(const Diagnoser *diagnoser, VpDiagnosis *diagnosis, const VpDiagnosePlace *place)
{
    const char *text = diagnoser->input->text;
    const char *line = text;
    const char *at = text + (place->start - diagnoser->before);

    diagnosis->line = 1;
    for (const char *p = text; (p = memchr(p, '\n', at - p)) != NULL; line = ++p)
        diagnosis->line++;
    diagnosis->column = g_utf8_strlen(line, at - line) + 1;
    diagnosis->length = g_utf8_strlen(at, place->length);
}

static void
locate(const Diagnoser *diagnoser, VpDiagnosis *diagnosis, const VpPlace *at, const char *path)
{
    const char *slash = strrchr(path, '/');
    VpDiagnosePlace place;

    diagnosis->line = at->line;
    if (at->node != NULL && diagnoser->domain != NULL &&
        vp_view_diagnose_place(diagnoser->text, diagnoser->size, diagnoser->domain->doc, at->node,
                               slash != NULL ? slash + 1 : path, &place) &&
        place.start >= diagnoser->before &&
        place.start + place.length <= diagnoser->before + diagnoser->input->size)
        mark(diagnoser, diagnosis, &place);
}

/* --- errors ----------------------------------------------------------------------------------- */

static void
add(const Diagnoser *diagnoser, const char *path, const VpPlace *place, const char *text,
    const char *name, gboolean is_warning)
{
    VpDiagnosis *diagnosis = g_new0(VpDiagnosis, 1);

    diagnosis->is_warning = is_warning;
    diagnosis->name = name;
    diagnosis->message = g_strdup_printf("%s%s%s", path, *path != '\0' ? ": " : "", text);
    locate(diagnoser, diagnosis, place, path);
    g_ptr_array_add(diagnoser->found, diagnosis);
}

static void
add_error(const Diagnoser *diagnoser, const GError *error, gboolean is_warning)
{
    const VpPlace nowhere = {0, NULL};
    const char *path = "", *text = error->message;
    const VpPlace *place = vp_error_get_place(error, &path, &text);

    add(diagnoser, path, place != NULL ? place : &nowhere, text, vp_error_name(error), is_warning);
}

static GPtrArray *
read_specs(const Diagnoser *diagnoser)
{
    g_auto(VpFaults) faults;
    GPtrArray *specs;

    vp_faults_init(&faults, MAX_ERRORS);
    specs = vp_spec_read_noting(diagnoser->domain, &faults);
    for (guint i = 0; i < faults.errors->len; i++)
        add_error(diagnoser, faults.errors->pdata[i], FALSE);
    return specs;
}

/* --- the schema ------------------------------------------------------------------------------- */

/* libxml2's message repeats values; the place is what it is good for. */
static void
note_schema(void *data, VpXmlError *cause)
{
    guint *line = data;

    if (*line == 0)
        *line = cause->line > 0 ? cause->line : 1;
}

static void
ignore(void *data, VpXmlError *cause)
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

/* Counts no further than that matters. */
static gboolean
is_small(const xmlNode *top)
{
    const xmlNode *element = top;
    guint count = 0;

    while (element != NULL && ++count <= MAX_SCHEMA_ELEMENTS) {
        const xmlNode *next = vp_domain_xml_first_element(element);

        while (next == NULL && element != top) {
            next = vp_domain_xml_next_element(element);
            element = element->parent;
        }
        element = next;
    }
    return element == NULL;
}

static void
check_schema(const Diagnoser *diagnoser)
{
    g_autoptr(GPtrArray) elements = vp_domain_metadata(diagnoser->domain, VP_NAMESPACE);
    xmlRelaxNG *schema = NULL;
    VpPlace place = {0, NULL};

    if (elements->len == 1 && !is_small(elements->pdata[0])) {
        add(diagnoser, "", &place,
            "has more than 5000 elements, too many for the schema, which was not used", "schema",
            TRUE);
        return;
    }
    schema = elements->len == 1 ? load_schema(diagnoser->input->schema) : NULL;
    place.line = schema != NULL ? first_violation(schema, elements->pdata[0]) : 0;
    if (elements->len == 1 && schema == NULL)
        add(diagnoser, "", &place, "the schema cannot be read, and was not used", "schema", TRUE);
    else if (place.line > 0)
        add(diagnoser, "", &place, "does not match the vocabulary's schema", "schema", FALSE);
    xmlRelaxNGFree(schema);
}

/* --- advice ----------------------------------------------------------------------------------- */

/* Each takes as long as the definition is. */
static void
add_advice(const char *name, const VpPlace *place, const char *message, gpointer data)
{
    Diagnoser *diagnoser = data;

    if (diagnoser->n_advice++ < MAX_WARNINGS)
        add(diagnoser, name, place, message, "unwise", TRUE);
}

static void
count_omitted(const Diagnoser *diagnoser)
{
    const VpPlace nowhere = {0, NULL};
    g_autofree char *text = NULL;

    if (diagnoser->n_advice <= MAX_WARNINGS)
        return;
    text = g_strdup_printf("%u more warnings are not shown", diagnoser->n_advice - MAX_WARNINGS);
    add(diagnoser, "", &nowhere, text, "unwise", TRUE);
}

/* Mistakes in the fields of profiles have no place in the text. TRUE if any apply. */
static gboolean
check_profiles(const Diagnoser *diagnoser)
{
    const VpConf *conf = diagnoser->input->conf;
    const VpPlace nowhere = {0, NULL};
    g_autoptr(GPtrArray) names = vp_payload_profile_names(diagnoser->domain, conf);
    g_autoptr(GPtrArray) specs = NULL, payloads = NULL;
    g_autoptr(GError) error = NULL;

    if (names->len == 0)
        return FALSE;
    specs = vp_payload_profile_read(diagnoser->domain, conf, &error);
    payloads = specs != NULL ? vp_payload_build_all(specs, conf, &error) : NULL;
    if (payloads == NULL)
        add(diagnoser, "", &nowhere, error->message, vp_error_name(error),
            g_error_matches(error, VP_ERROR, VP_ERROR_REFERENCE));
    return TRUE;
}

static void
check_specs(Diagnoser *diagnoser, GPtrArray *specs)
{
    gboolean is_checked = diagnoser->input->conf != NULL && check_profiles(diagnoser);

    for (guint i = 0; i < specs->len; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VpPayload) payload = NULL;

        vp_view_diagnose_unwise(specs->pdata[i], add_advice, diagnoser);
        vp_view_diagnose_guest(specs->pdata[i], add_advice, diagnoser);
        vp_view_diagnose_network(specs->pdata[i], add_advice, diagnoser);
        if (diagnoser->input->conf == NULL || is_checked)
            continue;
        payload = vp_payload_build(specs->pdata[i], diagnoser->input->conf, &error);
        if (payload == NULL)
            add_error(diagnoser, error,
                      !diagnoser->input->is_guest &&
                          g_error_matches(error, VP_ERROR, VP_ERROR_REFERENCE));
    }
    count_omitted(diagnoser);
}

/* A drive that no start can serve. */
static void
check_drives(const Diagnoser *diagnoser, guint n_specs)
{
    const VpConf *conf = diagnoser->input->conf;
    const VpDisk *disk =
        conf != NULL ? vp_payload_misplaced_find(diagnoser->domain, n_specs, conf->directory)
                     : NULL;
    g_autofree char *text = NULL;
    VpPlace place = {0, NULL};

    if (disk == NULL)
        return;
    place = (VpPlace){(guint)xmlGetLineNo(disk->node), disk->node};
    text = vp_payload_misplaced_text(diagnoser->domain, n_specs, disk, diagnoser->input->is_guest);
    add(diagnoser, "", &place, text, "drive", FALSE);
}

/* What else the hook would refuse a start for. */
static void
check_start(const Diagnoser *diagnoser, const GPtrArray *specs)
{
    const VpDiagnoseInput *input = diagnoser->input;
    const VpPlace nowhere = {0, NULL};
    g_autoptr(GError) error = NULL;

    if (!input->is_guest || vp_view_diagnose_has_error(diagnoser->found))
        return;
    if (!vp_payload_start_check(input->text, input->size, input->conf, &error))
        add_error(diagnoser, error, FALSE);
    else if (vp_payload_start_is_bare(diagnoser->domain, specs, input->conf))
        add(diagnoser, "", &nowhere, "has no payload drive, and with attach = off it gets none",
            "drive", TRUE);
}

static void
check_seed(const Diagnoser *diagnoser)
{
    const VpDisk *disk =
        diagnoser->input->is_guest ? vp_payload_seed_find(diagnoser->domain) : NULL;
    VpPlace place = {0, NULL};

    if (disk == NULL)
        return;
    place = (VpPlace){(guint)xmlGetLineNo(disk->node), disk->node};
    add(diagnoser, "", &place,
        "is another seed for cloud-init, which may read that instead of the payload", "drive",
        TRUE);
}

/* --- the whole -------------------------------------------------------------------------------- */

/* TRUE if the first element is not <domain> but one of ours. *behind_declaration: its start. */
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

/* Lines before the element count: only its declaration, if any, is overwritten with spaces. */
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

static void
parse(Diagnoser *diagnoser)
{
    const VpDiagnoseInput *input = diagnoser->input;
    gsize behind_declaration;
    g_autoptr(GError) error = NULL;

    if (is_bare(input, &behind_declaration) || input->before != NULL) {
        diagnoser->wrapped = wrap(input, behind_declaration);
        diagnoser->before = strlen(input->before != NULL ? input->before : BEFORE);
    }
    diagnoser->text = diagnoser->wrapped != NULL ? diagnoser->wrapped : input->text;
    diagnoser->size = diagnoser->wrapped != NULL ? strlen(diagnoser->wrapped) : input->size;
    diagnoser->domain = vp_domain_parse_new(diagnoser->text, diagnoser->size, &error);
    if (diagnoser->domain == NULL)
        add_error(diagnoser, error, FALSE);
}

GPtrArray *
vp_view_diagnose(const VpDiagnoseInput *input, VpDomain **domain)
{
    Diagnoser diagnoser = {.input = input, .found = g_ptr_array_new_with_free_func(diagnosis_free)};
    g_autoptr(GPtrArray) specs = NULL;

    parse(&diagnoser);
    specs = diagnoser.domain != NULL ? read_specs(&diagnoser) : NULL;
    if (specs != NULL) {
        check_drives(&diagnoser, specs->len);
        if (input->schema != NULL)
            check_schema(&diagnoser);
        check_specs(&diagnoser, specs);
        check_seed(&diagnoser);
        check_start(&diagnoser, specs);
    }
    g_ptr_array_sort(diagnoser.found, compare);
    g_free(diagnoser.wrapped);
    if (domain != NULL)
        *domain = diagnoser.domain;
    else
        g_clear_pointer(&diagnoser.domain, vp_domain_free);
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

/* The part of a line, the caret's column being counted from its start. */
typedef struct {
    const char *start;
    gsize length;
    guint column;
    gboolean begins_late, ends_early;
} Part;

static Part
find_part(const VpDiagnosis *diagnosis, const char *line, gsize length)
{
    guint before = MIN(diagnosis->column - 1, SHOWN_BEFORE);
    glong skipped = diagnosis->column - 1 - before;
    const char *end = line + length, *stop;
    Part part = {.start = g_utf8_offset_to_pointer(line, skipped),
                 .column = before + 1,
                 .begins_late = skipped > 0};

    stop = part.start;
    for (guint left = before + diagnosis->length + SHOWN_BEHIND; left > 0 && stop < end; left--)
        stop = g_utf8_next_char(stop);
    stop = MIN(stop, end);
    part.length = stop - part.start;
    part.ends_early = stop < end;
    return part;
}

/* Tabs are kept, so that the caret is below its character. */
static void
append_source(GString *out, const VpDiagnosis *diagnosis, const VpDiagnoseInput *input,
              const char *line, gsize length)
{
    Part part = find_part(diagnosis, line, length);
    guint column = part.column;
    g_autofree char *shown =
        vp_view_diagnose_line(input->text, part.start - input->text, part.length, &column);
    const char *at = shown;

    g_string_append_printf(out, "%s%s%s\n", part.begins_late ? "..." : "", shown,
                           part.ends_early ? "..." : "");
    g_string_append(out, part.begins_late ? "   " : "");
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
        append_source(out, diagnosis, input, line, length);
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
