/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers one by one, as Python's email package reads them, and the parameters of their values. */
#include <config.h>

#include <string.h>

#include "base/mime-header.h"

typedef struct {
    const char *name;
    const char *text;
    const char *expected;
} Case;

/* --- headers ---------------------------------------------------------------------------------- */

static void
append(GString *out, VpMimeRange range)
{
    g_string_append_len(out, range.start, range.end - range.start);
}

/* "NAME=VALUE|" of each, "mbox" before those, and the body. */
static char *
tell_headers(const char *text, gsize size)
{
    g_autofree char *copy = g_memdup2(text, size);
    VpMimeRange rest = {copy, copy + size};
    GString *told = g_string_new(NULL);
    VpMimeHeader header;

    while (vp_mime_header_next(&rest, &header)) {
        g_string_append(told, vp_mime_header_is_mbox(&header) ? "mbox" : "");
        append(told, header.name);
        g_string_append_c(told, '=');
        append(told, header.value);
        g_string_append_c(told, '|');
    }
    g_string_append(told, "body:");
    append(told, rest);
    return g_string_free(told, FALSE);
}

static const Case headers[] = {
    {"nothing", "", "body:"},
    {"one-at-the-end", "A: b", "A=b|body:"},
    {"empty-value", "A:\nB: \n\nc", "A=|B=|body:c"},
    {"blanks", "A: \t b \t\nC:d\n\n", "A=b \t|C=d|body:"},
    {"body-after-an-empty-line", "A: b\n\n\nc\n", "A=b|body:\nc\n"},
    {"body-at-once", "\na", "body:a"},
    {"body-without-an-empty-line", "A: b\nno header\n\n", "A=b|body:no header\n\n"},
    {"empty-line-of-windows", "A: b\r\n\r\nc", "A=b|body:c"},
    {"empty-line-of-old-macs", "A: b\r\rc", "A=b|body:c"},
    {"lf-before-cr", "A: b\n\rc", "A=b|body:c"},
    {"folded", "A: b\n c\r\n\td\ne", "A=b\n c\r\n\td|body:e"},
    {"folded-before-the-first-word", "A:\n b\n", "A=\n b|body:"},
    {"folded-with-nothing", "A: b\n \n\nc", "A=b\n |body:c"},
    {"continues-nothing", " a\n b\nC: d", "=a\n b|C=d|body:"},
    {"no-name", ": a\nB: c", "=a|B=c|body:"},
    {"colon-in-the-value", "A: b: c", "A=b: c|body:"},
    {"blank-in-the-name", "A b: c", "body:A b: c"},
    {"blank-before-the-colon", "A : b", "body:A : b"},
    {"odd-characters-in-the-name", "A/\"!~: b", "A/\"!~=b|body:"},
    {"not-ascii-in-the-name", "\303\244: b", "body:\303\244: b"},
    {"not-ascii-in-the-value", "A: \303\244", "A=\303\244|body:"},
    {"mbox-line", "From me Mon\nA: b\n\n", "mbox=From me Mon|A=b|body:"},
    {"mbox-line-later", "A: b\nFrom me\nC: d", "A=b|mbox=From me|C=d|body:"},
    {"mbox-line-without-a-blank", "From\nA: b", "body:From\nA: b"},
    {"mbox-line-in-lower-case", "from me\n", "body:from me\n"},
    {"header-that-is-named-so", "From: me\n", "From=me|body:"},
};

static void
test_headers(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *told = tell_headers(given->text, strlen(given->text));

    g_assert_cmpstr(told, ==, given->expected);
}

/* Values that begin like the line, which is at the start of its own. */
static void
test_mbox(void)
{
    static const char *const texts[] = {"A: From me\n", ":From me\n", " From me\n"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        VpMimeRange rest = {texts[i], texts[i] + strlen(texts[i])};
        VpMimeHeader header;

        g_test_message("%s", texts[i]);
        g_assert_true(vp_mime_header_next(&rest, &header));
        g_assert_false(vp_mime_header_is_mbox(&header));
    }
}

static void
test_is(void)
{
    static const char text[] = "Content-Type: a";
    VpMimeRange rest = {text, text + strlen(text)};
    VpMimeHeader header;

    g_assert_true(vp_mime_header_next(&rest, &header));
    g_assert_true(vp_mime_header_is(&header, "content-TYPE"));
    g_assert_false(vp_mime_header_is(&header, "content"));
    g_assert_false(vp_mime_header_is(&header, "content-types"));
    g_assert_false(vp_mime_header_is(&header, ""));
}

static void
test_nul(void)
{
    static const char text[] = "A: b\0c\n \0\n\n\0";
    g_autofree char *copy = g_memdup2(text, sizeof(text) - 1), *value = NULL;
    VpMimeRange rest = {copy, copy + sizeof(text) - 1};
    VpMimeHeader header;

    g_assert_true(vp_mime_header_next(&rest, &header));
    value = vp_mime_header_text(&header);
    g_assert_cmpstr(value, ==, "b\1c\n \1");
    g_assert_false(vp_mime_header_next(&rest, &header));
    g_assert_cmpmem(rest.start, (gsize)(rest.end - rest.start), "\0", 1);
}

static void
test_next_line(void)
{
    static const struct {
        const char *text;
        gsize next;
    } lines[] = {{"", 0},       {"a", 1},    {"a\nb", 2}, {"a\rb", 2},
                 {"a\r\nb", 3}, {"\n\n", 1}, {"a\r", 2},  {"\n\r", 1}};

    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        gsize size = strlen(lines[i].text);
        g_autofree char *copy = g_memdup2(lines[i].text, size);

        g_test_message("%zu", i);
        g_assert_true(vp_mime_next_line(copy, copy + size) == copy + lines[i].next);
    }
}

/* --- parameters ------------------------------------------------------------------------------- */

/* Of "boundary"; NULL: it is not given. */
static const Case parameters[] = {
    {"none", "multipart/mixed", NULL},
    {"nothing-at-all", "", NULL},
    {"plain", "a/b; boundary=c", "c"},
    {"blanks", "a/b ;\n\tBoundary = c d\t; e=f", "c d"},
    {"first-of-two", "a/b; boundary=c; boundary=d", "c"},
    {"after-another", "a/b; xboundary=c; boundary=d", "d"},
    {"of-rfc2231", "a/b; boundary*=utf-8''c; boundary*0=d", NULL},
    {"no-value", "a/b; boundary", ""},
    {"empty-value", "a/b; boundary=;", ""},
    {"before-the-first-semicolon", "boundary=c", NULL},
    {"quoted", "a/b; boundary=\"c; d\"; e=f", "c; d"},
    {"quoted-empty", "a/b; boundary=\"\"", ""},
    {"quoted-in-another", "a/b; x=\"; boundary=c\"; boundary=d", "d"},
    {"quoted-with-quotes", "a/b; boundary=\"c\\\"; \\\\d\"", "c\"; \\d"},
    {"quotes-in-pairs-of-angles", "a/b; boundary=<c>", "c"},
    {"one-angle", "a/b; boundary=<c", "<c"},
    {"one-quote", "a/b; boundary=\"c; d=e", "\"c; d=e"},
    {"lonely-quote", "a/b; boundary=\"", "\""},
    {"quote-at-the-end-only", "a/b; boundary=c\"", "c\""},
    {"equals-in-the-value", "a/b; boundary=c=d", "c=d"},
    {"quotes-before-the-first-semicolon", "a/\"b; boundary=c\"; boundary=d", "d"},
};

static void
test_parameter(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *value = vp_mime_header_parameter(given->text, "boundary");

    g_assert_cmpstr(value, ==, given->expected);
}

#define ADD(folder, cases, test)                                                                   \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path = g_strconcat("/mime-header/" folder "/", (cases)[i].name, NULL);    \
        g_test_add_data_func(path, &(cases)[i], test);                                             \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("headers", headers, test_headers)
    g_test_add_func("/mime-header/mbox", test_mbox);
    g_test_add_func("/mime-header/is", test_is);
    g_test_add_func("/mime-header/nul", test_nul);
    g_test_add_func("/mime-header/next-line", test_next_line);
    ADD("parameter", parameters, test_parameter)
    return g_test_run();
}
