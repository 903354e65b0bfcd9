/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answer files: built in, and from a template. */
#include <config.h>

#include <libxml/parser.h>
#include <string.h>

#include "base/error.h"
#include "render/sysprep.h"
#include "specs.h"

#define HARD "a<b>&\"c'd]]>e"

static VpPassword *
password_new(const char *text)
{
    VpPassword *password = vp_spec_object_new(&vp_spec_password_type);

    password->text = g_strdup(text);
    password->place.line = 9;
    return password;
}

static VpSpec *
sysprep_new(const char *template)
{
    VpSpec *spec = spec_new();

    spec->kind = VP_KIND_SYSPREP;
    spec->hostname = g_strdup("a-long-windows-name.example.com");
    spec->sysprep.template = template != NULL ? spec_data(template) : NULL;
    return spec;
}

static char *
render(const VpSpec *spec)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vp_render_sysprep(spec, &error);

    g_assert_no_error(error);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void
assert_fails(const VpSpec *spec, VpErrorCode code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vp_render_sysprep(spec, &error);

    g_assert_error(error, VP_ERROR, (int)code);
    g_assert_null(bytes);
}

static guint
count(const char *text, const char *word)
{
    guint found = 0;

    for (const char *p = text; (p = strstr(p, word)) != NULL; p += strlen(word))
        found++;
    return found;
}

static xmlDoc *
parse(const char *text)
{
    xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET);

    g_assert_nonnull(doc);
    return doc;
}

/* The text of the first element of a name, at any depth; NULL if there is none. */
static char *
find(const xmlNode *node, const char *name)
{
    for (; node != NULL; node = node->next) {
        char *found = NULL;

        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (xmlStrEqual(node->name, (const xmlChar *)name)) {
            xmlChar *content = xmlNodeGetContent(node);

            found = g_strdup((const char *)content);
            xmlFree(content);
        }
        if (found != NULL || (found = find(node->children, name)) != NULL)
            return found;
    }
    return NULL;
}

static void
assert_element(const char *text, const char *name, const char *expected)
{
    xmlDoc *doc = parse(text);
    g_autofree char *content = find(xmlDocGetRootElement(doc), name);

    g_assert_cmpstr(content, ==, expected);
    xmlFreeDoc(doc);
}

static void
test_built_in(void)
{
    g_autoptr(VpSpec) spec = sysprep_new(NULL);
    g_autofree char *text = NULL;

    spec->timezone = g_strdup("Central Europe Standard Time");
    spec->sysprep.organization = g_strdup(HARD);
    spec->sysprep.owner = g_strdup("me");
    spec->sysprep.product_key = g_strdup("AAAAA-BBBBB");
    spec->sysprep.domain = g_strdup("example.com");
    spec->sysprep.domain_user = g_strdup("joiner");
    spec->sysprep.domain_password = password_new("join" HARD);
    spec->sysprep.machine_object_ou = g_strdup("OU=x,DC=example");
    spec->sysprep.admin_password = password_new("admin" HARD);
    spec->sysprep.input_locale = g_strdup("cs-CZ");
    spec->sysprep.ui_language = g_strdup("en-US");
    g_assert_cmpstr(vp_render_sysprep_file_name(spec), ==, "Unattend.xml");
    text = render(spec);
    assert_element(text, "ComputerName", "a-long-windows-");
    assert_element(text, "TimeZone", "Central Europe Standard Time");
    assert_element(text, "RegisteredOrganization", HARD);
    assert_element(text, "RegisteredOwner", "me");
    assert_element(text, "ProductKey", "AAAAA-BBBBB");
    assert_element(text, "JoinDomain", "example.com");
    assert_element(text, "Username", "joiner");
    assert_element(text, "Password", "join" HARD);
    assert_element(text, "MachineObjectOU", "OU=x,DC=example");
    assert_element(text, "Value", "admin" HARD);
    assert_element(text, "InputLocale", "cs-CZ");
    assert_element(text, "UILanguage", "en-US");
    assert_element(text, "SystemLocale", NULL);
    g_assert_cmpuint(count(text, "<ComputerName>"), ==, 3); /* amd64, arm64, x86 */
}

/* An element that exists but is empty stops Windows Setup, or blanks what the image has. */
static void
test_built_in_without_fields(void)
{
    g_autoptr(VpSpec) spec = sysprep_new(NULL);
    g_autofree char *text = NULL;

    g_clear_pointer(&spec->hostname, g_free);
    g_free(spec->guest_name);
    spec->guest_name = g_strdup("my guest");
    text = render(spec);
    assert_element(text, "ComputerName", "*");
    assert_element(text, "ProductKey", NULL);
    assert_element(text, "Identification", NULL);
    assert_element(text, "UserAccounts", NULL);
    assert_element(text, "InputLocale", NULL);
    assert_element(text, "HideEULAPage", "true");
}

static void
test_template(void)
{
    g_autoptr(VpSpec) spec =
        sysprep_new("<?xml version=\"1.0\"?>\n<u xmlns='urn:u'><!-- $OrgName$ -->"
                    "<Org a='$OrgName$'>[$OrgName$$OrgName$]</Org>"
                    "<Cdata><![CDATA[$AdminPassword$]]></Cdata>"
                    "<ProductKey><Key><![CDATA[$ProductKey$]]></Key></ProductKey>"
                    "<Ou>$MachineObjectOU$</Ou><Price>$5 $Unknown$ $</Price></u>");
    g_autofree char *text = NULL;

    spec->sysprep.organization = g_strdup(HARD);
    spec->sysprep.admin_password = password_new("$OrgName$" HARD);
    text = render(spec);
    assert_element(text, "Org", "[" HARD HARD "]");
    /* a value is not looked at again */
    assert_element(text, "Cdata", "$OrgName$" HARD);
    assert_element(text, "ProductKey", NULL);
    assert_element(text, "Ou", "");
    assert_element(text, "Price", "$5 $Unknown$ $");
    g_assert_nonnull(strstr(text, "<!-- $OrgName$ -->"));
    g_assert_nonnull(strstr(text, "a=\"a&lt;b&gt;&amp;&quot;c'd]]&gt;e\""));
}

static void
test_template_product_key(void)
{
    g_autoptr(VpSpec) spec = sysprep_new("<u><ProductKey>$ProductKey$</ProductKey></u>");
    g_autoptr(VpSpec) lonely = sysprep_new("<u><a>$ProductKey$ <ProductKey>$ProductKey$"
                                           "</ProductKey>$ProductKey$</a><b>x</b>$ProductKey$</u>");
    g_autofree char *text = NULL, *rest = NULL;

    spec->sysprep.product_key = g_strdup("K-E-Y");
    text = render(spec);
    assert_element(text, "ProductKey", "K-E-Y");
    rest = render(lonely);
    assert_element(rest, "a", NULL);
    assert_element(rest, "b", "x");
}

static void
test_template_is_bounded(void)
{
    g_autoptr(VpSpec) dtd = sysprep_new("<!DOCTYPE u [<!ENTITY a 'b'>]><u>&a;</u>");
    g_autoptr(VpSpec) broken = sysprep_new("<u><a></u>");

    assert_fails(dtd, VP_ERROR_XML_DTD);
    assert_fails(broken, VP_ERROR_XML_SYNTAX);
}

static void
test_legacy(void)
{
    g_autoptr(VpSpec) spec = sysprep_new(NULL);
    g_autofree char *text = NULL;

    spec->sysprep.legacy = TRUE;
    spec->sysprep.organization = g_strdup("Example & Co");
    spec->sysprep.admin_password = password_new("abc");
    g_assert_cmpstr(vp_render_sysprep_file_name(spec), ==, "sysprep.inf");
    text = render(spec);
    g_assert_nonnull(strstr(text, "AdminPassword=\"abc\"\r\n"));
    g_assert_nonnull(strstr(text, "OrgName=\"Example & Co\"\r\n"));
    g_assert_nonnull(strstr(text, "ComputerName=\"a-long-windows-\"\r\n"));
    g_assert_null(strstr(text, "ProductKey"));
    g_assert_null(strstr(text, "TimeZone"));
    g_assert_null(strchr(text, '$'));
}

static void
test_legacy_template(void)
{
    g_autoptr(VpSpec) spec = sysprep_new(
        "[UserData]\r\nProductKey=$ProductKey$\r\nOrgName=$OrgName$\r\nOu=$MachineObjectOU$");
    g_autofree char *text = NULL;

    spec->sysprep.legacy = TRUE;
    spec->sysprep.organization = g_strdup("Example");
    text = render(spec);
    g_assert_cmpstr(text, ==, "[UserData]\r\nOrgName=Example\r\nOu=");
}

static void
test_values_are_checked(void)
{
    g_autoptr(VpSpec) spec = sysprep_new(NULL);

    spec->sysprep.organization = g_strdup("a\nb");
    assert_fails(spec, VP_ERROR_TEXT);
    g_free(spec->sysprep.organization);
    spec->sysprep.organization = g_strdup("h\u00e9 \"x\"");
    g_free(render(spec));
    spec->sysprep.legacy = TRUE;
    assert_fails(spec, VP_ERROR_TEXT);
    g_clear_pointer(&spec->sysprep.organization, g_free);
    spec->sysprep.admin_password = password_new("$6$salt$sum");
    spec->sysprep.admin_password->hashed = TRUE;
    assert_fails(spec, VP_ERROR_PASSWORD);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sysprep/built-in", test_built_in);
    g_test_add_func("/sysprep/built-in/without-fields", test_built_in_without_fields);
    g_test_add_func("/sysprep/template", test_template);
    g_test_add_func("/sysprep/template/product-key", test_template_product_key);
    g_test_add_func("/sysprep/template/is-bounded", test_template_is_bounded);
    g_test_add_func("/sysprep/legacy", test_legacy);
    g_test_add_func("/sysprep/legacy/template", test_legacy_template);
    g_test_add_func("/sysprep/values-are-checked", test_values_are_checked);
    return g_test_run();
}
