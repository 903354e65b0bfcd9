/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Elements put into a document and taken out again: byte for byte what it was, whatever its
 * indentation. */
#include <config.h>

#include <string.h>

#include "domain/domain.h"
#include "domain/xml-edit.h"
#include "domain/xml-node.h"

static xmlDoc *
parse(const char *xml)
{
    g_autoptr(GError) error = NULL;
    xmlDoc *doc = vp_domain_read_document(xml, strlen(xml), &error);

    g_assert_no_error(error);
    return doc;
}

static xmlNode *
new_disk(xmlDoc *doc)
{
    xmlNode *disk = xmlNewDocNode(doc, NULL, BAD_CAST "disk", NULL);

    xmlNewChild(disk, NULL, BAD_CAST "source", NULL);
    xmlNewChild(disk, NULL, BAD_CAST "readonly", NULL);
    return disk;
}

static void
test_insert_and_remove(void)
{
    static const struct {
        const char *before, *sibling, *after;
    } cases[] = {
        {"<devices>\n  <a/>\n</devices>\n", "a",
         "<devices>\n  <a/>\n  <disk>\n    <source/>\n    <readonly/>\n  </disk>\n</devices>\n"},
        {"<devices>\n  <a/>\n  <b/>\n</devices>\n", "a",
         "<devices>\n  <a/>\n  <disk>\n    <source/>\n    <readonly/>\n  </disk>\n  "
         "<b/>\n</devices>\n"},
        {"<devices>\n\t<a/>\n</devices>\n", "a",
         "<devices>\n\t<a/>\n\t<disk>\n\t  <source/>\n\t  <readonly/>\n\t</disk>\n</devices>\n"},
        {"<devices><a/><b/></devices>\n", "a",
         "<devices><a/><disk><source/><readonly/></disk><b/></devices>\n"},
        {"<devices>\n  <a/>\n</devices>\n", NULL,
         "<devices>\n  <disk>\n    <source/>\n    <readonly/>\n  </disk>\n  <a/>\n</devices>\n"},
        {"<devices/>\n", NULL, "<devices><disk><source/><readonly/></disk></devices>\n"},
        {"<devices>text<a/></devices>\n", "a",
         "<devices>text<a/><disk><source/><readonly/></disk></devices>\n"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        xmlDoc *doc = parse(cases[i].before);
        xmlNode *root = xmlDocGetRootElement(doc), *disk = new_disk(doc);
        xmlNode *sibling =
            cases[i].sibling != NULL ? vp_domain_xml_child(root, cases[i].sibling) : NULL;
        g_autofree char *with = NULL, *without = NULL;

        vp_domain_xml_insert_after(root, sibling, disk);
        with = vp_domain_xml_doc_text(doc);
        g_assert_cmpstr(with, ==, cases[i].after);
        vp_domain_xml_remove(disk);
        without = vp_domain_xml_doc_text(doc);
        g_assert_cmpstr(without, ==, cases[i].before);
        xmlFreeDoc(doc);
    }
}

static void
test_reindent(void)
{
    static const char text[] = "<metadata>\n        <p:cloud-init xmlns:p=\"urn:x\">\n"
                               "            <p:user name=\"a\"><p:group>adm</p:group></p:user>\n"
                               "            <p:run-cmd>  a\n   b</p:run-cmd>\n"
                               "        </p:cloud-init></metadata>";
    xmlDoc *doc = parse(text);
    xmlNode *element = vp_domain_xml_first_element(xmlDocGetRootElement(doc));
    g_autofree char *shown = NULL;

    vp_domain_xml_reindent(element);
    shown = vp_domain_xml_element_text(element);
    g_assert_cmpstr(shown, ==,
                    "<p:cloud-init xmlns:p=\"urn:x\">\n"
                    "  <p:user name=\"a\"><p:group>adm</p:group></p:user>\n"
                    "  <p:run-cmd>  a\n   b</p:run-cmd>\n"
                    "</p:cloud-init>");
    xmlFreeDoc(doc);
}

/* An element on one line is opened, and its document is not touched. */
static void
test_element_text(void)
{
    static const char text[] = "<a><b x=\"1\"/><c>&amp;</c></a>\n";
    xmlDoc *doc = parse(text);
    g_autofree char *shown = vp_domain_xml_element_text(xmlDocGetRootElement(doc));
    g_autofree char *again = vp_domain_xml_doc_text(doc);

    g_assert_cmpstr(shown, ==, "<a>\n  <b x=\"1\"/>\n  <c>&amp;</c>\n</a>");
    g_assert_cmpstr(again, ==, text);
    xmlFreeDoc(doc);
}

static void
test_can_hold(void)
{
    static const char *const good[] = {"", "a\tb\nc\r", "B\u00fcro \U0001f600", "\x7f", "<&>'\""};
    static const char *const bad[] = {"\x01",         "a\x1b[31m",    "\xff",        "B\xfcro",
                                      "\xed\xa0\x80", "\xef\xbf\xbe", "\xef\xbf\xbf"};

    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(vp_domain_xml_can_hold(good[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(vp_domain_xml_can_hold(bad[i]));
}

static void
test_numbers(void)
{
    static const struct {
        const char *text;
        int number;
    } cases[] = {{"0", 0},          {"7", 7},   {"2147483647", G_MAXINT},
                 {"2147483648", 0}, {"-1", 0},  {"", 0},
                 {" 7", 0},         {"0x7", 0}, {"7 eth0", 0},
                 {"a", 0}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *xml = g_strdup_printf("<address unit='%s'/>", cases[i].text);
        xmlDoc *doc = parse(xml);

        g_test_message("%s", xml);
        g_assert_cmpint(vp_domain_xml_number(xmlDocGetRootElement(doc), "unit"), ==,
                        cases[i].number);
        g_assert_cmpint(vp_domain_xml_number(xmlDocGetRootElement(doc), "bus"), ==, 0);
        xmlFreeDoc(doc);
    }
    g_assert_cmpint(vp_domain_xml_number(NULL, "unit"), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xml-edit/insert-and-remove", test_insert_and_remove);
    g_test_add_func("/xml-edit/reindent", test_reindent);
    g_test_add_func("/xml-edit/element-text", test_element_text);
    g_test_add_func("/xml-edit/can-hold", test_can_hold);
    g_test_add_func("/xml-edit/numbers", test_numbers);
    return g_test_run();
}
