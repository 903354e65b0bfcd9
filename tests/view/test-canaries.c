/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Planted secrets: random documents, bare and within definitions, through everything that shows
 * them. No canary comes out of dump and diff (the masked bytes of the image's files), show in each
 * of its formats, the report of validate and edit, nor of the error that the hook gives to libvirt
 * and the journal. VP_CANARIES says how many documents; without it a sample. */
#include <config.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/escape.h"
#include "canary-element.h"
#include "view/contents.h"
#include "view/diagnose.h"
#include "view/mask.h"
#include "view/shown.h"

enum { SAMPLE = 1000 };

#define DOMAIN                                                                                     \
    "<domain type='kvm'><name>web1</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>"        \
    "<metadata>"
#define BEHIND "</metadata><devices/></domain>"

/* What was looked at, so that a test that looks at nothing fails. */
typedef struct {
    guint documents, masked, refused, files, shown, reports, errors;
} Counts;

typedef struct {
    guint number;
    const char *document; /* for the log */
    Counts *counts;
} Run;

static void
check(const Run *run, const char *where, const char *text, gsize size)
{
    g_autofree char *escaped = NULL;

    if (!canary_is_in(text, size))
        return;
    escaped = vp_escape_text(text, size);
    g_printerr("document %u:\n%s\n\n%s shows:\n%s\n", run->number, run->document, where, escaped);
    g_assert_not_reached();
}

static void
check_text(const Run *run, const char *where, const char *text)
{
    check(run, where, text, strlen(text));
}

static void
check_masked(const Run *run, const char *where, GBytes *content)
{
    const char *why = NULL;
    g_autoptr(GBytes) masked = vp_view_mask(content, &why);
    gsize size;
    const char *text = masked != NULL ? g_bytes_get_data(masked, &size) : NULL;

    if (text != NULL)
        check(run, where, text, size);
    else
        check_text(run, "the reason", why);
    run->counts->masked += text != NULL;
    run->counts->refused += text == NULL;
}

static void
check_error(const Run *run, const char *where, const GError *error)
{
    if (error == NULL)
        return;
    check_text(run, where, error->message);
    run->counts->errors++;
}

static VpConf *
no_references(void)
{
    static const char text[] =
        "[virt-payload]\nsecrets-directory = /nonexistent\nfiles-directory = /nonexistent\n";
    GError *error = NULL;

    VpConf *conf = vp_payload_conf_parse(geteuid(), text, strlen(text), "conf", &error);

    g_assert_no_error(error);
    return conf;
}

/* What dump and diff read, and what the hook says if it cannot be made. */
static void
check_contents(const Run *run, const VpDomain *domain, const VpConf *conf)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = vp_view_contents_of_definition(domain, conf, &error);

    check_error(run, "the hook's error", error);
    for (guint i = 0; all != NULL && i < all->len; i++) {
        const VpContents *contents = all->pdata[i];

        for (guint j = 0; j < contents->content->files->len; j++) {
            const VpImageFile *file = contents->content->files->pdata[j];

            check_masked(run, file->path, file->bytes);
            run->counts->files++;
        }
    }
}

static void
check_shown(const Run *run, const VpDomain *domain)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_object) json = NULL;
    g_autoptr(GBytes) json_text = NULL, yaml = NULL;
    g_autofree char *text = NULL, *xml = NULL;
    VpField root;

    if (!vp_spec_field_open(domain, &root, &error)) {
        check_error(run, "show's error", error);
        return;
    }
    vp_view_shown_mask(&root);
    json = vp_view_shown_to_json(&root);
    json_text = vp_json_text(json);
    yaml = vp_view_shown_to_yaml(&root, &error);
    text = vp_view_shown_to_text(&root);
    xml = vp_view_shown_to_xml(&root);
    check(run, "show --json", g_bytes_get_data(json_text, NULL), g_bytes_get_size(json_text));
    check_error(run, "show --yaml's error", error);
    if (yaml != NULL)
        check(run, "show --yaml", g_bytes_get_data(yaml, NULL), g_bytes_get_size(yaml));
    check_text(run, "show", text);
    check_text(run, "show --xml", xml);
    run->counts->shown++;
}

/* validate's, of the whole definition; edit's, of the element in its frame. */
static void
check_reports(const Run *run, const char *xml, const char *element, const VpConf *conf)
{
    VpDiagnoseInput inputs[] = {
        {.text = xml, .size = strlen(xml), .conf = conf},
        {.text = element,
         .size = strlen(element),
         .before = DOMAIN,
         .behind = BEHIND,
         .conf = conf},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(inputs); i++) {
        g_autoptr(GPtrArray) found = vp_view_diagnose(&inputs[i], NULL);
        g_autofree char *report = vp_view_diagnose_to_text(found, &inputs[i], "file");

        check_text(run, i == 0 ? "validate" : "edit", report);
        run->counts->reports += found->len;
    }
}

static void
check_definition(const Run *run, const char *element)
{
    g_autofree char *xml = g_strconcat(DOMAIN, element, BEHIND, NULL);
    g_autoptr(VpConf) conf = no_references();
    g_autoptr(GError) error = NULL;
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), &error);

    check_error(run, "the parser's error", error);
    check_reports(run, xml, element, conf);
    if (domain == NULL)
        return;
    check_contents(run, domain, conf);
    check_shown(run, domain);
}

static void
test_documents(void)
{
    const char *wanted = g_getenv("VP_CANARIES");
    guint count = wanted != NULL ? strtoul(wanted, NULL, 10) : SAMPLE;
    Counts counts = {0};

    for (guint i = 0; i < count; i++) {
        Choices choices = {.random = g_rand_new_with_seed(i)};
        g_autoptr(GBytes) bytes = canary_bytes(&choices);
        g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_autofree char *readable =
            vp_escape_text(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_autofree char *element = canary_element(&choices, text);
        Run run = {i, readable, &counts};

        check_masked(&run, "the masked document", bytes);
        run.document = element;
        check_definition(&run, element);
        counts.documents++;
        g_rand_free(choices.random);
    }
    g_test_message("%u documents: %u contents masked, %u refused; %u files of images; %u shown; %u "
                   "remarks of validate and edit; %u errors",
                   counts.documents, counts.masked, counts.refused, counts.files, counts.shown,
                   counts.reports, counts.errors);
    g_assert_cmpuint(counts.masked, >, count);
    g_assert_cmpuint(counts.files, >, count / 4);
    g_assert_cmpuint(counts.shown, >, count / 4);
    g_assert_cmpuint(counts.reports, >, count);
    g_assert_cmpuint(counts.errors, >, count / 8);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/canaries/documents", test_documents);
    return g_test_run();
}
