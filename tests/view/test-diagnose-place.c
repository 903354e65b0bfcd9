/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An element or attribute of a parsed document is found in its text, to the byte. */
#include <config.h>

#include <libxml/parser.h>
#include <string.h>

#include "domain/xml-node.h"
#include "view/diagnose-place.h"

typedef struct {
    const char *name;
    const char *text;
    const char *path; /* "n" or "n@attribute": the element numbered n, or its attribute */
    const char *about;
    const char *expected; /* "OFFSET NAME" */
} Case;

static const xmlNode *
nth_element(const xmlNode *node, int *n)
{
    for (; node != NULL; node = vp_domain_xml_next_element(node)) {
        const xmlNode *below;

        if ((*n)-- == 0)
            return node;
        below = nth_element(vp_domain_xml_first_element(node), n);
        if (below != NULL)
            return below;
    }
    return NULL;
}

static const void *
node_at(const xmlDoc *doc, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "@", 2);
    int n = atoi(parts[0]);
    const xmlNode *element = nth_element(xmlDocGetRootElement(doc), &n);

    g_assert_nonnull(element);
    if (parts[1] == NULL)
        return element;
    for (const xmlAttr *attribute = element->properties; attribute != NULL;
         attribute = attribute->next) {
        if (g_str_equal(attribute->name, parts[1]))
            return attribute;
    }
    g_assert_not_reached();
}

static const Case cases[] = {
    {"root", "<a/>", "0", "a", "1 a"},
    {"after-a-declaration", "<?xml version='1.0'?>\n<a/>", "0", "", "23 a"},
    {"prefix", "<p:a xmlns:p='u'/>", "0", "", "3 a"},
    {"second-of-its-name", "<a><b/><b/></a>", "2", "b", "8 b"},
    {"after-a-nested-one", "<a><b><c/></b><d/></a>", "3", "d", "15 d"},
    {"after-a-comment", "<a><!-- <b/> --><b/></a>", "1", "b", "17 b"},
    {"after-cdata", "<a><![CDATA[><b/>]]><b/></a>", "1", "b", "21 b"},
    {"after-an-instruction", "<a><?x <b/> ?><b/></a>", "1", "b", "15 b"},
    {"after-a-value-with-greater", "<a x='>'><b/></a>", "1", "b", "10 b"},
    {"after-a-value-with-a-quote", "<a x='\"' y=\"'\"><b/></a>", "1", "b", "16 b"},
    {"on-another-line", "<a>\r\n\303\244<b\n/></a>", "1", "b", "8 b"},

    {"child", "<a><b/><c/></a>", "0", "c", "8 c"},
    {"first-child-of-two", "<a><b/><b/></a>", "0", "b", "4 b"},
    {"child-of-its-own-name", "<a><a/></a>", "0", "a", "1 a"},
    {"grandchild-is-not-a-child", "<a><b><c/></b></a>", "0", "c", "1 a"},
    {"child-that-is-missing", "<a/>", "0", "b", "1 a"},

    {"attribute", "<a b='c'/>", "0", "@b", "3 b"},
    {"second-attribute", "<a b='c' d='e'/>", "0", "@d", "9 d"},
    {"attribute-on-another-line", "<a\n  b\n= 'c'/>", "0", "@b", "5 b"},
    {"attribute-that-is-missing", "<a b='c'/>", "0", "@x", "1 a"},
    {"attribute-named-in-a-value", "<a b=' c=\"d\"' c='e'/>", "0", "@c", "14 c"},
    {"attribute-named-as-its-element", "<b b='c'/>", "0", "@b", "3 b"},
    {"attribute-named-as-the-start-of-another", "<a bc='d' b='e'/>", "0", "@b", "10 b"},
    {"attribute-is-of-no-child", "<a><c b='d'/></a>", "0", "@b", "1 a"},
    {"attribute-itself", "<a b='c' d='e'/>", "0@d", "whatever", "9 d"},
    {"attribute-of-another-element", "<a><b c='d'/><b c='e'/></a>", "2@c", "@c", "16 c"},
    {"attribute-with-a-prefix", "<a xmlns:p='u' p:b='c'/>", "0@b", "", "17 b"},
    {"attribute-after-a-declaration-of-its-name", "<a xmlns:b='u' b='c'/>", "0", "@b", "15 b"},
    {"attribute-after-one-with-a-prefix", "<a xmlns:p='u' p:b='c' b='d'/>", "0", "@b", "23 b"},
};

static void
test_place(gconstpointer data)
{
    const Case *given = data;
    gsize size = strlen(given->text);
    g_autofree char *copy = g_memdup2(given->text, size);
    xmlDoc *doc = xmlReadMemory(copy, (int)size, NULL, NULL, 0);
    VpDiagnosePlace place;
    g_autofree char *told = NULL;

    g_assert_nonnull(doc);
    g_assert_true(
        vp_view_diagnose_place(copy, size, doc, node_at(doc, given->path), given->about, &place));
    told = g_strdup_printf("%zu %.*s", place.start, (int)place.length, copy + place.start);
    g_assert_cmpstr(told, ==, given->expected);
    xmlFreeDoc(doc);
}

static void
test_foreign(void)
{
    static const char text[] = "<a b='c'><d/></a>";
    xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, 0);
    xmlDoc *other = xmlReadMemory(text, (int)strlen(text), NULL, NULL, 0);
    const xmlNode *foreign = xmlDocGetRootElement(other);
    VpDiagnosePlace place = {17, 18};

    g_assert_false(vp_view_diagnose_place(text, strlen(text), doc, foreign, "", &place));
    g_assert_false(
        vp_view_diagnose_place(text, strlen(text), doc, foreign->properties, "", &place));
    g_assert_false(vp_view_diagnose_place(text, strlen(text), doc, NULL, "", &place));
    g_assert_false(vp_view_diagnose_place(text, strlen(text), doc, doc, "", &place));
    g_assert_cmpuint(place.start, ==, 17);
    g_assert_cmpuint(place.length, ==, 18);
    xmlFreeDoc(doc);
    xmlFreeDoc(other);
}

/* The text has changed since: it holds fewer elements, or ends within a tag. */
static void
test_shorter(void)
{
    static const char text[] = "<a><b c='d'/></a>";
    xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, 0);
    const xmlNode *last = xmlDocGetRootElement(doc)->children;

    for (gsize size = 1; size < strlen(text); size++) {
        g_autofree char *copy = g_memdup2(text, size);
        VpDiagnosePlace place = {0, 0};
        gboolean is_found = vp_view_diagnose_place(copy, size, doc, last, "@c", &place);

        g_test_message("%zu", size);
        g_assert_cmpint(is_found, ==, size > 3);
        g_assert_cmpuint(place.start + place.length, <=, size);
    }
    xmlFreeDoc(doc);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/diagnose-place/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_place);
    }
    g_test_add_func("/diagnose-place/foreign", test_foreign);
    g_test_add_func("/diagnose-place/shorter", test_shorter);
    return g_test_run();
}
