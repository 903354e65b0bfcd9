/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scan before the parser: what it refuses, what it lets through, and how fast. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "cputime.h"
#include "domain/front-search.h"
#include "domain/xml-scan.h"

typedef struct {
    const char *name;
    const char *xml;
    gssize size; /* -1: a string */
    int code;    /* -1: accepted */
    guint line;
} Case;

static const Case cases[] = {
    {"element", "<a/>", -1, -1, 0},
    {"quoted delimiters", "<a b='/>' c=\">\"><b d='x'/></a>", -1, -1, 0},
    {"comment", "<!-- <!DOCTYPE a> --><a/>", -1, -1, 0},
    {"cdata", "<a><![CDATA[<!DOCTYPE a><b>]]></a>", -1, -1, 0},
    {"instruction", "<?x <!DOCTYPE a> ?><a/>", -1, -1, 0},
    {"utf-8 declared", "<?xml version='1.0' encoding='utf-8'?><a/>", -1, -1, 0},
    {"ascii declared", "<?xml version=\"1.0\" encoding = \"US-ASCII\" ?><a/>", -1, -1, 0},
    {"byte order mark", "\xef\xbb\xbf<a/>", -1, -1, 0},
    {"other instruction", "<?xml-stylesheet encoding='EBCDIC'?><a/>", -1, -1, 0},
    {"doctype", "<?xml version='1.0'?>\n<!DOCTYPE a>\n<a/>", -1, VP_ERROR_XML_DTD, 2},
    {"doctype in content", "<a>\n\n<!DOCTYPE a></a>", -1, VP_ERROR_XML_DTD, 3},
    {"doctype in small letters", "<!doctype a><a/>", -1, VP_ERROR_XML_DTD, 1},
    {"entity declaration", "<!ENTITY a 'b'><a/>", -1, VP_ERROR_XML_DTD, 1},
    {"nothing", "", -1, VP_ERROR_XML_END, 1},
    {"blanks", " \n\n", -1, VP_ERROR_XML_END, 3},
    {"only a mark", "\xef\xbb\xbf", -1, VP_ERROR_XML_END, 1},
    {"in a tag", "<a>\n<b c='1'", -1, VP_ERROR_XML_END, 2},
    {"in a name", "<", -1, VP_ERROR_XML_END, 1},
    {"in a value", "<a b='1>", -1, VP_ERROR_XML_END, 1},
    {"in an end tag", "<a></a", -1, VP_ERROR_XML_END, 1},
    {"in a comment", "<a><!-- --", -1, VP_ERROR_XML_END, 1},
    {"in cdata", "<a><![CDATA[ ]]", -1, VP_ERROR_XML_END, 1},
    {"in an opening", "<a><![CD", -1, VP_ERROR_XML_END, 1},
    {"in an instruction", "<?xml version='1.0'", -1, VP_ERROR_XML_END, 1},
    {"nul", "<a>\n\0</a>", 9, VP_ERROR_XML_ENCODING, 2},
    {"nul at the end", "<a/>\0", 5, VP_ERROR_XML_ENCODING, 1},
    {"bad utf-8", "<a>\xff</a>", -1, VP_ERROR_XML_ENCODING, 1},
    {"overlong utf-8", "<a>\xc0\xaf</a>", -1, VP_ERROR_XML_ENCODING, 1},
    {"surrogate", "<a>\xed\xa0\x80</a>", -1, VP_ERROR_XML_ENCODING, 1},
    {"latin 1", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", -1, VP_ERROR_XML_ENCODING, 1},
    {"utf-7", "<?xml version='1.0' encoding=\"UTF-7\"?><a/>", -1, VP_ERROR_XML_ENCODING, 1},
    {"utf-8 as a prefix", "<?xml version='1.0' encoding='UTF-8x'?><a/>", -1, VP_ERROR_XML_ENCODING,
     1},
    {"utf-16 marked", "\xff\xfe<\0a\0/\0>\0", 10, VP_ERROR_XML_ENCODING, 1},
    {"utf-16 big", "\0<\0a\0/\0>", 8, VP_ERROR_XML_ENCODING, 1},
    {"ebcdic", "\x4c\x6f\xa7\x94\x93", -1, VP_ERROR_XML_ENCODING, 1},
};

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    gsize size = c->size < 0 ? strlen(c->xml) : (gsize)c->size;
    /* A copy of the exact size lets valgrind and ASan see a read past the end. */
    g_autofree char *copy = size ? g_malloc(size) : NULL;
    g_autofree char *place = g_strdup_printf("domain XML (line %u): ", c->line);
    g_autoptr(GError) error = NULL;

    if (size)
        memcpy(copy, c->xml, size);
    if (vp_domain_xml_scan(copy != NULL ? copy : "", size, &error)) {
        g_assert_cmpint(c->code, ==, -1);
        return;
    }
    g_assert_error(error, VP_ERROR, c->code);
    g_assert_true(g_str_has_prefix(error->message, place));
}

/* However a definition is cut off, only the end is missing, and nothing after it is read. */
static void
test_truncated(void)
{
    static const char xml[] = "<?xml version='1.0'?><!-- c --><a b='1'><![CDATA[x]]><c/></a>";

    for (gsize size = 0; size < strlen(xml); size++) {
        g_autofree char *copy = size ? g_malloc(size) : NULL;
        g_autoptr(GError) error = NULL;

        if (size)
            memcpy(copy, xml, size);
        if (!vp_domain_xml_scan(copy != NULL ? copy : "", size, &error))
            g_assert_error(error, VP_ERROR, VP_ERROR_XML_END);
    }
}

/* Wherever a byte is that does not belong to text, it is found, and the line is right. */
static void
test_bytes(void)
{
    static const char wrong[] = {'\0', '\x80', '\xc3', '\xff'};

    for (gsize at = 0; at < 40; at++) {
        for (gsize i = 0; i < sizeof(wrong); i++) {
            g_autofree char *xml = g_strnfill(48, '\n');
            g_autofree char *place = g_strdup_printf("domain XML (line %u): ", (guint)at + 1);
            g_autoptr(GError) error = NULL;

            xml[at] = wrong[i];
            g_assert_false(vp_domain_xml_scan(xml, 48, &error));
            g_assert_error(error, VP_ERROR, VP_ERROR_XML_ENCODING);
            g_assert_true(g_str_has_prefix(error->message, place));
        }
        for (gsize size = at + 6; size < at + 24; size++) {
            g_autofree char *xml =
                g_strdup_printf("%*s<a>\xc3\xa9%*s</a>", (int)at, "", (int)(size - at), "");

            g_assert_true(vp_domain_xml_scan(xml, strlen(xml), NULL));
        }
    }
}

static void
assert_limit(const GString *xml, gboolean accepted)
{
    g_autoptr(GError) error = NULL;
    clock_t start = clock();
    gboolean ok = vp_domain_xml_scan(xml->str, xml->len, &error);

    assert_cputime_below(start, 1);
    g_assert_cmpint(ok, ==, accepted);
    if (!accepted)
        g_assert_error(error, VP_ERROR, VP_ERROR_XML_LIMIT);
}

/* N repetitions of a piece; "%u" in it is its number. */
static GString *
repeat(const char *before, const char *piece, guint n, const char *after)
{
    GString *xml = g_string_new(before);
    g_auto(GStrv) halves = g_strsplit(piece, "%u", 2);

    for (guint i = 0; i < n; i++) {
        g_string_append(xml, halves[0]);
        if (halves[1] != NULL)
            g_string_append_printf(xml, "%u%s", i, halves[1]);
    }
    g_string_append(xml, after);
    return xml;
}

static void
assert_boundary(const char *before, const char *piece, guint limit, const char *after)
{
    g_autoptr(GString) most = repeat(before, piece, limit, after);
    g_autoptr(GString) more = repeat(before, piece, limit + 1, after);

    assert_limit(most, TRUE);
    assert_limit(more, FALSE);
}

static void
test_limits(void)
{
    assert_boundary("<a", " b%u='x'", VP_XML_MAX_ATTRIBUTES, "/>");
    assert_boundary("", "<a>", VP_XML_MAX_DEPTH, "");
    assert_boundary("<a>", "<b%u/>", VP_XML_MAX_NODES - 1, "</a>");
    assert_boundary("<a>", "<b c='x'/>", VP_XML_MAX_NODES / 2 - 1, "<d/></a>");
    assert_boundary("<a>", "<!---->", VP_XML_MAX_NODES - 1, "</a>");
    assert_boundary("<a>", "<b xmlns:c%u='d'/>", VP_XML_MAX_NAMESPACES, "</a>");
    assert_boundary("<", "a", VP_XML_MAX_NAME, "/>");
    assert_boundary("<a ", "b", VP_XML_MAX_NAME, "=''/>");
    assert_boundary("<a>", "x", VP_XML_MAX_BYTES - 7, "</a>");
}

/* What a parser would take minutes or gigabytes for, at the size of the largest input. */
static void
test_large(void)
{
    g_autoptr(GString) attributes = repeat("<a", " b%u=''", 200000, "/>");
    g_autoptr(GString) names = repeat("<a>", "<b%u/>", 350000, "</a>");
    g_autoptr(GString) open = repeat("", "<", VP_XML_MAX_BYTES, "");
    g_autoptr(GString) quotes = repeat("<a ", "'' ", VP_XML_MAX_BYTES / 4, "/>");
    clock_t start = clock();

    assert_limit(attributes, FALSE);
    assert_limit(names, FALSE);
    assert_limit(quotes, FALSE);
    g_assert_false(vp_domain_xml_scan(open->str, open->len, NULL));
    assert_cputime_below(start, 1);
}

static void
test_front_search(void)
{
    static const char ours[] = "<x xmlns:p='urn:virt-payload:1'/>";
    static const char ovirt[] = "<x xmlns='http://ovirt.org/vm/1.0'/>";

    g_assert_true(vp_domain_front_may_have_payload(ours, strlen(ours)));
    g_assert_true(vp_domain_front_may_have_payload(ovirt, strlen(ovirt)));
    g_assert_false(vp_domain_front_may_have_payload(ours, strlen(ours) - 4));
    g_assert_false(vp_domain_front_may_have_payload("<domain/>", 9));
    g_assert_false(vp_domain_front_may_have_payload("", 0));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/xml-scan/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/xml-scan/truncated", test_truncated);
    g_test_add_func("/xml-scan/bytes", test_bytes);
    g_test_add_func("/xml-scan/limits", test_limits);
    g_test_add_func("/xml-scan/large", test_large);
    g_test_add_func("/xml-scan/front-search", test_front_search);
    return g_test_run();
}
