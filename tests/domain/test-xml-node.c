/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to libxml2's tree: namespaces, elements, attributes, texts and numbers. */
#include <config.h>

#include <libxml/parser.h>
#include <string.h>

#include "domain/xml-node.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

static xmlDoc *
parse(const char *xml)
{
    xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, 0);

    g_assert_nonnull(doc);
    return doc;
}

/* The names of the child elements, in order. */
static char *
tell_elements(const xmlNode *parent)
{
    GString *told = g_string_new(NULL);

    for (const xmlNode *node = vp_domain_xml_first_element(parent); node != NULL;
         node = vp_domain_xml_next_element(node))
        g_string_append_printf(told, "%s ", (const char *)node->name);
    return g_string_free(told, FALSE);
}

static void
test_elements(void)
{
    static const struct {
        const char *xml, *names;
    } cases[] = {
        {"<r/>", ""},
        {"<r>text<!-- c --><?p i?><![CDATA[<a/>]]></r>", ""},
        {"<r> <a/>text<!-- c --><b><c/></b><?p i?><![CDATA[d]]><e/> </r>", "a b e "},
        {"<r><x:a xmlns:x='u'/><a/></r>", "a a "},
    };
    g_autofree char *none = tell_elements(NULL);

    g_assert_cmpstr(none, ==, "");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(xmlDoc) doc = parse(cases[i].xml);
        g_autofree char *names = tell_elements(xmlDocGetRootElement(doc));

        g_assert_cmpstr(names, ==, cases[i].names);
    }
}

/* Prefixes do not matter, and an attribute without one is in no namespace. */
static void
test_namespaces(void)
{
    g_autoptr(xmlDoc) doc =
        parse("<r xmlns='u' xmlns:x='u' xmlns:y='v' a='1' y:a='2'><x:b/><y:b/><b xmlns=''/></r>");
    const xmlNode *root = xmlDocGetRootElement(doc);
    const xmlNode *x = vp_domain_xml_first_element(root), *y = vp_domain_xml_next_element(x);
    const xmlNode *none = vp_domain_xml_next_element(y);
    const xmlNode *plain = (const xmlNode *)root->properties;

    g_assert_true(vp_domain_xml_in_namespace(root, "u"));
    g_assert_true(vp_domain_xml_in_namespace(x, "u"));
    g_assert_false(vp_domain_xml_in_namespace(x, "x"));
    g_assert_false(vp_domain_xml_in_namespace(x, NULL));
    g_assert_true(vp_domain_xml_in_namespace(y, "v"));
    g_assert_true(vp_domain_xml_in_namespace(none, NULL));
    g_assert_false(vp_domain_xml_in_namespace(none, "u"));
    g_assert_true(vp_domain_xml_in_namespace(plain, NULL));
    g_assert_true(vp_domain_xml_in_namespace(plain->next, "v"));
}

static void
test_child(void)
{
    g_autoptr(xmlDoc) doc =
        parse("<r><x:a xmlns:x='u' n='1'/><b><a n='2'/></b><a n='3'/><a n='4'/></r>");
    const xmlNode *found = vp_domain_xml_child(xmlDocGetRootElement(doc), "a");

    g_assert_true(vp_domain_xml_has(found, "n", "3"));
    g_assert_null(vp_domain_xml_child(xmlDocGetRootElement(doc), "c"));
    g_assert_null(vp_domain_xml_child(NULL, "a"));
}

static void
test_attributes(void)
{
    g_autoptr(xmlDoc) doc = parse("<r xmlns:x='u' x:a='1' b='&lt;&#10;\n&quot;' c=''/>");
    const xmlNode *root = xmlDocGetRootElement(doc);
    g_autofree char *other = vp_domain_xml_attribute(root, "a");
    g_autofree char *text = vp_domain_xml_attribute(root, "b");
    g_autofree char *empty = vp_domain_xml_attribute(root, "c");

    g_assert_null(other);
    g_assert_cmpstr(text, ==, "<\n \"");
    g_assert_cmpstr(empty, ==, "");
    g_assert_null(vp_domain_xml_attribute(NULL, "a"));
    g_assert_true(vp_domain_xml_has(root, "c", ""));
    g_assert_false(vp_domain_xml_has(root, "c", NULL));
    g_assert_true(vp_domain_xml_has(root, "a", NULL));
    g_assert_false(vp_domain_xml_has(root, "a", ""));
    g_assert_true(vp_domain_xml_has(NULL, "a", NULL));
}

static void
test_text(void)
{
    static const struct {
        const char *xml, *text;
    } cases[] = {
        {"<r/>", ""},
        {"<r></r>", ""},
        {"<r> a\n</r>", " a\n"},
        {"<r>a&amp;b&#x20ac;</r>", "a&b\342\202\254"},
        {"<r>a<![CDATA[<b>]]>c</r>", "a<b>c"},
        {"<r><![CDATA[a]]></r>", "a"},
        {"<r>a<!-- b -->c<?d e?></r>", "ac"},
        {"<r>a<b>c<d/>e</b>f</r>", "acef"},
        {"<r>\r\n</r>", "\n"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(xmlDoc) doc = parse(cases[i].xml);
        g_autofree char *text = vp_domain_xml_text(xmlDocGetRootElement(doc));

        g_test_message("%s", cases[i].xml);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

static void
test_text_of_an_attribute(void)
{
    g_autoptr(xmlDoc) doc = parse("<r a='&amp;b' c=''/>");
    const xmlAttr *first = xmlDocGetRootElement(doc)->properties;
    g_autofree char *text = vp_domain_xml_text((const xmlNode *)first);
    g_autofree char *empty = vp_domain_xml_text((const xmlNode *)first->next);

    g_assert_cmpstr(text, ==, "&b");
    g_assert_cmpstr(empty, ==, "");
}

static void
test_numbers(void)
{
    static const struct {
        const char *text;
        int number;
    } cases[] = {
        {"0", 0},
        {"7", 7},
        {"007", 7},
        {"2147483647", G_MAXINT},
        {"2147483648", 0},
        {"-1", 0},
        {"+7", 0},
        {" 7", 0},
        {"7 ", 0},
        {"0x7", 0},
        {"", 0},
        {"7.5", 0},
        {"99999999999999999999", 0},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *xml = g_strdup_printf("<r n='%s'/>", cases[i].text);
        g_autoptr(xmlDoc) doc = parse(xml);

        g_test_message("%s", xml);
        g_assert_cmpint(vp_domain_xml_number(xmlDocGetRootElement(doc), "n"), ==, cases[i].number);
        g_assert_cmpint(vp_domain_xml_number(xmlDocGetRootElement(doc), "m"), ==, 0);
    }
    g_assert_cmpint(vp_domain_xml_number(NULL, "n"), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xml-node/elements", test_elements);
    g_test_add_func("/xml-node/namespaces", test_namespaces);
    g_test_add_func("/xml-node/child", test_child);
    g_test_add_func("/xml-node/attributes", test_attributes);
    g_test_add_func("/xml-node/text", test_text);
    g_test_add_func("/xml-node/text/attribute", test_text_of_an_attribute);
    g_test_add_func("/xml-node/numbers", test_numbers);
    return g_test_run();
}
