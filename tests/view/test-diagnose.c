/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnoses: each error at its place, all of them, advice only if there is none, no value repeated.
 */
#include <config.h>

#include <string.h>

#include "view/diagnose.h"

#define ROOT "<p:cloud-init xmlns:p=\"urn:virt-payload:1\""

typedef struct {
    guint line;
    guint column;
    gboolean is_warning;
    const char *name;
} Wanted;

static void
assert_found(const VpDiagnoseInput *input, const Wanted *wanted, gsize count)
{
    g_autoptr(GPtrArray) found = vp_view_diagnose(input, NULL);
    g_autofree char *text = vp_view_diagnose_to_text(found, input, "file");

    g_test_message("%s", text);
    g_assert_null(strstr(text, "canary"));
    g_assert_cmpuint(found->len, ==, count);
    for (guint i = 0; i < found->len; i++) {
        const VpDiagnosis *diagnosis = found->pdata[i];

        g_assert_cmpstr(diagnosis->name, ==, wanted[i].name);
        g_assert_cmpuint(diagnosis->line, ==, wanted[i].line);
        g_assert_cmpuint(diagnosis->column, ==, wanted[i].column);
        g_assert_cmpint(diagnosis->is_warning, ==, wanted[i].is_warning);
    }
}

static VpDiagnoseInput
input_of(const char *text)
{
    return (VpDiagnoseInput){.text = text, .size = strlen(text)};
}

static void
test_errors(void)
{
    const VpDiagnoseInput input = input_of(
        "<?xml version='1.0'?>\n<!-- a comment -->\n" ROOT " bus='isa'\n  datasource='x'>\n"
        "  <p:hostname>can ary</p:hostname>\n"
        "\t<p:user naem='a'><p:password>canary</p:password><p:sell>/canary</p:sell></p:user>\n"
        "  <p:write-file path='motd'>canary</p:write-file>\n"
        "</p:cloud-init>\n");
    const Wanted wanted[] = {
        {3, 44, FALSE, "value"}, /* bus: libxml2 says line 4, at the tag's end */
        {4, 3, FALSE, "value"},    {5, 6, FALSE, "hostname"},
        {6, 10, FALSE, "unknown"}, /* and not that the name is missing, which this is */
        {6, 53, FALSE, "unknown"}, {7, 17, FALSE, "path"},
    };

    assert_found(&input, wanted, G_N_ELEMENTS(wanted));
}

/* Of several elements on a line, each error marks its own; CDATA and comments are not elements. */
static void
test_one_line(void)
{
    const VpDiagnoseInput input = input_of(
        ROOT "><p:package>vim</p:package><!-- <p:package>-a --><p:package>-b</p:package>"
             "<p:run-cmd><![CDATA[<p:package>]]></p:run-cmd><p:package>\303\244</p:package>"
             "<p:user\n  name = '>'/><p:network><p:bond nam='x'/></p:network></p:cloud-init>");
    const Wanted wanted[] = {{1, 95, FALSE, "value"},
                             {1, 166, FALSE, "value"},
                             {2, 3, FALSE, "user"},
                             {2, 34, FALSE, "unknown"}};

    assert_found(&input, wanted, G_N_ELEMENTS(wanted));
}

/* What contradicts itself, all of it. */
static void
test_conflicts(void)
{
    const VpDiagnoseInput input =
        input_of(ROOT " ec2='yes' datasource='nocloud'><p:user name='a'/><p:user name='a'/>"
                      "<p:meta key='k'/><p:meta key='k'/></p:cloud-init>");
    const Wanted wanted[] = {
        {1, 44, FALSE, "conflict"}, {1, 96, FALSE, "duplicate"}, {1, 131, FALSE, "duplicate"}};

    assert_found(&input, wanted, G_N_ELEMENTS(wanted));
}

static void
test_syntax(void)
{
    const VpDiagnoseInput open = input_of(ROOT ">\n<p:hostname>\n</p:cloud-init>\n");
    const VpDiagnoseInput empty = input_of("");
    const VpDiagnoseInput dtd = input_of("\n<!DOCTYPE a><domain/>");
    const Wanted mismatch[] = {{3, 0, FALSE, "xml-syntax"}};
    const Wanted end[] = {{1, 0, FALSE, "xml-end"}};
    const Wanted doctype[] = {{2, 0, FALSE, "xml-dtd"}};

    assert_found(&open, mismatch, 1);
    assert_found(&empty, end, 1);
    assert_found(&dtd, doctype, 1);
}

static void
test_frame(void)
{
    VpDiagnoseInput input =
        input_of(ROOT ">\n<p:hostname>web1</p:hostname>\n<p:x/></p:cloud-init>\n");
    const Wanted wanted[] = {{3, 4, FALSE, "unknown"}};

    input.before = "<domain type='kvm'><name>web1</name>"
                   "<uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid><metadata>";
    input.behind = "</metadata></domain>";
    assert_found(&input, wanted, 1);
}

static void
test_advice(void)
{
    const VpDiagnoseInput input = input_of(
        ROOT " bus='sata'>\n<p:user name='root'>\n<p:password clear='yes'>canary</p:password>\n"
             "</p:user>\n<p:user name='bob'/>\n<p:ssh-password-auth>yes</p:ssh-password-auth>\n"
             "<p:user-data>canary</p:user-data></p:cloud-init>\n");
    const Wanted wanted[] = {
        {1, 44, TRUE, "unwise"}, {3, 4, TRUE, "unwise"}, {3, 4, TRUE, "unwise"},
        {3, 4, TRUE, "unwise"},  {5, 4, TRUE, "unwise"}, {7, 4, TRUE, "unwise"},
    };

    assert_found(&input, wanted, G_N_ELEMENTS(wanted));
}

static void
test_schema(void)
{
    g_autofree char *schema =
        g_test_build_filename(G_TEST_DIST, "..", "data", "metadata.rng", NULL);
    VpDiagnoseInput input = input_of(ROOT "><p:hostname>web1</p:hostname></p:cloud-init>");
    const Wanted missing[] = {{0, 0, TRUE, "schema"}};

    input.schema = schema;
    assert_found(&input, NULL, 0);
    input.schema = "/nonexistent/metadata.rng";
    assert_found(&input, missing, 1);
}

/* 78: nothing of CDATA, of comments, of elements that are misspelt or hold secrets is in an
 * excerpt, wherever it begins and ends. */
static void
test_excerpt(void)
{
    static const char *const texts[] = {
        "<p:user name='a'><p:password><![CDATA[P&ss<canary]]></p:password><p:ssh-kye/></p:user>",
        "<p:user name='a'><p:password>\ncanary</p:password><p:ssh-kye/></p:user>",
        "<!-- x\ncanary --><p:ssh-kye/>",
        "<!-- canary --><p:ssh-kye>canary</p:ssh-kye>",
        "<p:user name='a'>canary<p:ssh-kye x='canary' canary='y'/>canary</p:user>",
        "<p:run-cmd>canary</p:run-cmd><p:ssh-kye/><p:meta key='k'>canary</p:meta>",
        "<p:mount>//a/b /mnt cifs password=canary</p:mount><p:ssh-kye/>",
        "<p:write-file path='/a' encoding='base64'>canary</p:write-file><p:ssh-kye/>",
        "<x:y xmlns:x='canary' z='canary'>canary</x:y><p:ssh-kye/>",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *xml = g_strconcat(ROOT ">", texts[i], "</p:cloud-init>\n", NULL);
        const VpDiagnoseInput input = input_of(xml);
        g_autoptr(GPtrArray) found = vp_view_diagnose(&input, NULL);
        g_autofree char *report = vp_view_diagnose_to_text(found, &input, "file");

        g_test_message("%s", report);
        g_assert_nonnull(strstr(report, "<p:ssh-kye"));
        g_assert_null(strstr(report, ">canary"));
        g_assert_null(strstr(report, "=canary"));
        g_assert_null(strstr(report, "'canary"));
        g_assert_null(strstr(report, " canary "));
        g_assert_null(strstr(report, "<canary"));
        g_assert_nonnull(strstr(report, "********"));
    }
}

/* A document with an error on each line ends. */
static void
test_many(void)
{
    g_autoptr(GString) text = g_string_new(ROOT ">");
    VpDiagnoseInput input;
    g_autoptr(GPtrArray) found = NULL;

    for (guint i = 0; i < 5000; i++)
        g_string_append(text, "\n<p:x/>");
    g_string_append(text, "</p:cloud-init>");
    input = input_of(text->str);
    found = vp_view_diagnose(&input, NULL);
    g_assert_cmpuint(found->len, ==, 20);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/diagnose/errors", test_errors);
    g_test_add_func("/diagnose/one-line", test_one_line);
    g_test_add_func("/diagnose/conflicts", test_conflicts);
    g_test_add_func("/diagnose/syntax", test_syntax);
    g_test_add_func("/diagnose/frame", test_frame);
    g_test_add_func("/diagnose/advice", test_advice);
    g_test_add_func("/diagnose/schema", test_schema);
    g_test_add_func("/diagnose/excerpt", test_excerpt);
    g_test_add_func("/diagnose/many", test_many);
    return g_test_run();
}
