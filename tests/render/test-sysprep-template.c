/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's answer file filled in, as XML and as sysprep.inf. $OrgName$ is "a<&\"]]>b" and
 * $OwnerName$ is empty; no other variable has a value but the name. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "render/sysprep-template.h"
#include "specs.h"

#define XML "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"

typedef struct {
    const char *name;
    const char *template;
    const char *expected;
} Case;

static VpSysprepValues *
values_of(VpSpec *spec, const char *organization, const char *key)
{
    g_autoptr(GError) error = NULL;
    VpSysprepValues *values;

    spec->sysprep.organization = g_strdup(organization);
    spec->sysprep.product_key = g_strdup(key);
    spec->sysprep.owner = g_strdup("");
    values = vp_render_sysprep_values_new(spec, &error);
    g_assert_no_error(error);
    return values;
}

static char *
text_of(GBytes *taken, GError *error)
{
    g_autoptr(GBytes) bytes = taken;

    g_assert_no_error(error);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

/* --- XML -------------------------------------------------------------------------------------- */

static const Case filled[] = {
    {"nothing", "<u/>", "<u/>"},
    {"text", "<u>[$OrgName$]</u>", "<u>[a&lt;&amp;\"]]&gt;b]</u>"},
    {"attribute", "<u b='$OrgName$' c='$5'/>", "<u b=\"a&lt;&amp;&quot;]]&gt;b\" c=\"$5\"/>"},
    {"cdata", "<u><![CDATA[<$ComputerName$>]]></u>", "<u><![CDATA[<web1>]]></u>"},
    {"cdata-that-its-value-would-end", "<u><![CDATA[$OrgName$]]></u>",
     "<u><![CDATA[a<&\"]]]]><![CDATA[>b]]></u>"},
    {"after-deeper-elements", "<u><a><b><c>x</c></b></a>$ComputerName$</u>",
     "<u><a><b><c>x</c></b></a>web1</u>"},
    {"comment-and-instruction-stay", "<u><!-- $OrgName$ --><?a $OrgName$?></u>",
     "<u><!-- $OrgName$ --><?a $OrgName$?></u>"},
    {"without-a-value", "<u><b>$TimeZone$</b><c>x$OwnerName$y</c></u>", "<u><b></b><c>xy</c></u>"},
    {"name-is-not-replaced", "<OrgName/>", "<OrgName/>"},
    {"variable-by-references", "<u>&#36;ComputerName&#x24;</u>", "<u>web1</u>"},
    {"variable-in-pieces", "<u>$Computer<!-- -->Name$</u>", "<u>$Computer<!-- -->Name$</u>"},
    {"prefixes-and-blanks-stay", "<p:u xmlns:p='u'>\n\t<p:b> $ComputerName$ </p:b>\n</p:u>",
     "<p:u xmlns:p=\"u\">\n\t<p:b> web1 </p:b>\n</p:u>"},

    {"product-key", "<u><ProductKey>$ProductKey$</ProductKey><b/></u>", "<u><b/></u>"},
    {"outermost-product-key",
     "<u><ProductKey x='y'><Key><ProductKey>$ProductKey$</ProductKey></Key>x</ProductKey></u>",
     "<u/>"},
    {"product-key-of-another-element", "<u><b>x$ProductKey$</b><c>$ComputerName$</c></u>",
     "<u><c>web1</c></u>"},
    {"product-key-of-a-namespace",
     "<u xmlns='u'><ProductKey><![CDATA[$ProductKey$]]></ProductKey></u>", "<u xmlns=\"u\"/>"},
    {"product-keys", "<u><b>$ProductKey$</b>$ComputerName$<b>$ProductKey$</b></u>", "<u>web1</u>"},
    {"product-key-at-the-end", "<u><a><b>$ProductKey$</b></a><c>$ComputerName$</c></u>",
     "<u><a/><c>web1</c></u>"},
    {"product-key-of-the-root", "<u>[$ProductKey$]<b>$ComputerName$</b></u>",
     "<u>[]<b>web1</b></u>"},
    {"product-key-in-an-attribute", "<u><b c='$ProductKey$'/></u>", "<u><b c=\"\"/></u>"},
};

static void
test_xml(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(VpSysprepValues) values = values_of(spec, "a<&\"]]>b", NULL);
    g_autoptr(GBytes) template =
        g_bytes_new(given->template, strlen(given->template)); /* NULL if empty */
    g_autofree char *expected = g_strconcat(XML, given->expected, "\n", NULL);
    GError *error = NULL;
    g_autofree char *text =
        text_of(vp_render_sysprep_template_fill_xml(values, template, &error), error);

    g_assert_cmpstr(text, ==, expected);
}

static void
test_xml_refused(void)
{
    static const struct {
        const char *template;
        VpErrorCode code;
    } cases[] = {
        {"", VP_ERROR_XML_END},
        {"<u", VP_ERROR_XML_END},
        {"<u>", VP_ERROR_XML_SYNTAX},
        {"<u>&unknown;</u>", VP_ERROR_XML_SYNTAX},
        {"<u></v>", VP_ERROR_XML_SYNTAX},
        {"<!DOCTYPE u><u/>", VP_ERROR_XML_DTD},
        {"[Unattended]\n", VP_ERROR_XML_SYNTAX},
        {"<?xml version='1.0' encoding='iso-8859-1'?><u/>", VP_ERROR_XML_ENCODING},
        {"\377\376<", VP_ERROR_XML_ENCODING},
    };
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(VpSysprepValues) values = values_of(spec, NULL, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) template =
            g_bytes_new_static(cases[i].template, strlen(cases[i].template));
        g_autoptr(GError) error = NULL;

        g_test_message("%s", cases[i].template);
        g_assert_null(vp_render_sysprep_template_fill_xml(values, template, &error));
        g_assert_error(error, VP_ERROR, (int)cases[i].code);
    }
}

/* --- sysprep.inf ------------------------------------------------------------------------------ */

typedef struct {
    const char *name;
    const char *template;
    const char *kept;    /* lines with an empty value stay */
    const char *dropped; /* they go; NULL: the same */
} Inf;

static const Inf infs[] = {
    {"nothing", "", ""},
    {"one-line", "a=$OrgName$", "a=b; c"},
    {"line-ends", "a=$OrgName$\r\nb\n\r\n", "a=b; c\r\nb\n\r\n"},
    {"empty-value", "a\na=$OwnerName$\r\nb\n", "a\na=\r\nb\n", "a\nb\n"},
    {"missing-value", "a=$TimeZone$\nb", "a=\nb", "b"},
    {"empty-value-beside-another", "a=$OrgName$$TimeZone$\n", "a=b; c\n", ""},
    {"empty-value-in-the-last-line", "a\nb=$TimeZone$", "a\nb=", "a\n"},
    {"product-key", "a\nk=$ProductKey$\r\nb=$OrgName$\n", "a\nb=b; c\n"},
    {"product-key-in-the-last-line", "a\nk=$ProductKey$", "a\n"},
    {"only-a-product-key", "k=$ProductKey$", ""},
    {"not-ascii", "; \344\n", "; \344\n"},
};

static void
test_inf(gconstpointer data)
{
    const Inf *given = data;
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(VpSysprepValues) values = values_of(spec, "b; c", NULL);
    g_autoptr(GBytes) template =
        g_bytes_new(given->template, strlen(given->template)); /* NULL if empty */
    GError *error = NULL;
    g_autofree char *kept =
        text_of(vp_render_sysprep_template_fill_inf(values, template, FALSE, &error), error);
    g_autofree char *dropped =
        text_of(vp_render_sysprep_template_fill_inf(values, template, TRUE, &error), error);

    g_assert_cmpstr(kept, ==, given->kept);
    g_assert_cmpstr(dropped, ==, given->dropped != NULL ? given->dropped : given->kept);
}

#define ONLY_ASCII "sysprep: sysprep.inf can hold only ASCII without quotation marks"
#define NUL "has a NUL byte, as UTF-16 does; save it in the guest's own code page"

static void
test_inf_refused(void)
{
    static const struct {
        const char *value, *template;
        gsize size;
        const char *message;
    } cases[] = {
        {"a\"b", "", 0, ONLY_ASCII},
        {"\303\244", "", 0, ONLY_ASCII},
        {"a", "a\0b", 3, NUL},
        {"a", "\377\376a\0\n\0", 6, NUL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpSpec) spec = spec_new();
        g_autoptr(VpSysprepValues) values = values_of(spec, cases[i].value, NULL);
        g_autoptr(GBytes) template = g_bytes_new_static(cases[i].template, cases[i].size);
        g_autoptr(GError) error = NULL;

        g_assert_null(vp_render_sysprep_template_fill_inf(values, template, FALSE, &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_TEXT);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

#define ADD(folder, cases, test)                                                                   \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path =                                                                    \
            g_strconcat("/sysprep-template/" folder "/", (cases)[i].name, NULL);                   \
        g_test_add_data_func(path, &(cases)[i], test);                                             \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("xml", filled, test_xml)
    g_test_add_func("/sysprep-template/xml-refused", test_xml_refused);
    ADD("inf", infs, test_inf)
    g_test_add_func("/sysprep-template/inf-refused", test_inf_refused);
    return g_test_run();
}
