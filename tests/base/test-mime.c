/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers, parts and encodings of MIME messages, hostile ones too. */
#include <config.h>

#include <string.h>

#include "base/mime.h"

/* All that a walk tells, a line each: "NAME: VALUE", "unread TEXT", "DEPTH KIND TYPE BODY". */
typedef struct {
    GString *text;
    guint left; /* parts until the visitor ends the walk; 0: never */
} Story;

static void
append(GString *text, VpMimeRange range)
{
    for (; range.start < range.end; range.start++)
        g_string_append_c(text, *range.start != '\0' ? *range.start : '0');
}

static void
tell_header(const VpMimeHeader *header, gpointer data)
{
    Story *story = data;

    append(story->text, header->name);
    g_string_append(story->text, ": ");
    append(story->text, header->value);
    g_string_append_c(story->text, '|');
}

static void
tell_unread(VpMimeRange range, gpointer data)
{
    Story *story = data;

    g_string_append(story->text, "unread ");
    append(story->text, range);
    g_string_append_c(story->text, '|');
}

static gboolean
tell_part(const VpMimePart *part, gpointer data)
{
    static const char *const kinds[] = {"leaf", "no-boundary", "no-delimiter", "unclear"};
    Story *story = data;

    g_string_append_printf(story->text, "%u %s %s ", part->depth, kinds[part->kind], part->type);
    append(story->text, part->body);
    g_string_append_c(story->text, '|');
    return story->left == 0 || --story->left > 0;
}

static char *
story_of(const char *message, gsize size, const VpMimeVisitor *visitor)
{
    Story story = {g_string_new(NULL), 0};
    g_autofree char *copy = g_memdup2(message, size); /* exactly so long, for valgrind */

    g_assert_true(vp_mime_walk((VpMimeRange){copy, copy + size}, visitor, &story));
    return g_string_free(story.text, FALSE);
}

static void
assert_parts(const char *message, const char *wanted)
{
    static const VpMimeVisitor visitor = {.part = tell_part};
    g_autofree char *story = story_of(message, strlen(message), &visitor);

    g_assert_cmpstr(story, ==, wanted);
}

static void
assert_all(const char *message, gsize size, const char *wanted)
{
    static const VpMimeVisitor visitor = {tell_header, tell_unread, tell_part};
    g_autofree char *story = story_of(message, size, &visitor);

    g_assert_cmpstr(story, ==, wanted);
}

#define MULTI(boundary) "Content-Type: multipart/mixed; " boundary "\n\n"

static void
test_parts(void)
{
    assert_parts("Content-Type: text/x\n\nbody\n", "0 leaf text/x body\n|");
    assert_parts("", "0 leaf text/plain |");
    assert_parts("A: b", "0 leaf text/plain |");
    assert_parts(
        MULTI("boundary=b") "--b\nContent-Type: TEXT/X ; y=z\n\none\n\n--b\n\ntwo\n--b--\n",
        "1 leaf text/x one\n|1 leaf text/plain two|");
    assert_parts(MULTI("boundary=b") "--b\n\none", "1 leaf text/plain one|");
    assert_parts(MULTI("boundary=b") "--b", "1 leaf text/plain |");
    assert_parts(MULTI("boundary=b") "--b\nContent-Type: text/x", "1 leaf text/x |");
    assert_parts(MULTI("boundary=b") "--b\nno header\n--b--", "1 leaf text/plain no header|");
    assert_parts("Content-Type: a/b/c\n\nx", "0 leaf text/plain x|");
    assert_parts("Content-Type: multipart\n\nx", "0 leaf text/plain x|");
    assert_parts("Content-Type: text/a\ncontent-type: text/b\n\nx", "0 leaf text/a x|");
}

static void
test_unread(void)
{
    static const char text[] = "MIME-Version: 1.0\n" MULTI(
        "boundary=b") "preamble\n--b\nX: y\n\none\n--b--\nepilogue\n--b\n\nno part\n";

    assert_all(text, strlen(text),
               "MIME-Version: 1.0|Content-Type: multipart/mixed; boundary=b|unread preamble\n|"
               "X: y|1 leaf text/plain one|unread epilogue\n--b\n\nno part\n|");
    assert_all("", 0, "0 leaf text/plain |");
}

static void
test_lines(void)
{
    assert_parts("Content-Type: multipart/mixed;\r\n boundary=b\r\n\r\n--b\r\n\r\none\r\n--b--\r\n",
                 "1 leaf text/plain one|");
    assert_parts("Content-Type: multipart/mixed; boundary=b\r\r--b\r\rone\r--b--",
                 "1 leaf text/plain one|");
    assert_parts(MULTI("boundary=b") "--b\r\n\r\none\r\r\n--b--", "1 leaf text/plain one\r|");
    assert_parts(MULTI("boundary=b") "--b\n\n\n--b--", "1 leaf text/plain |");
}

static void
test_delimiters(void)
{
    assert_parts(MULTI("boundary=b") "--b \t\n\none\n--bx\n--b-\n --b\n--b x\n--b-- \n",
                 "1 leaf text/plain one\n--bx\n--b-\n --b\n--b x|");
    assert_parts(MULTI("boundary=b") "--b\n--b\n--b--\n\none\n--b", /* one delimiter */
                 "1 leaf text/plain one|1 leaf text/plain |");
    assert_parts(MULTI("boundary=b") "--b--\n--b\n\none",
                 "0 no-delimiter multipart/mixed --b--\n--b\n\none|");
    assert_parts(MULTI("boundary=b") "--c\n\none", "0 no-delimiter multipart/mixed --c\n\none|");
    assert_parts(MULTI("boundary=\"\"") "--\n\none\n----", "1 leaf text/plain one|");
    assert_parts(MULTI("boundary=b--") "--b--\n\none\n--b----", "1 leaf text/plain one|");
}

static void
test_boundary(void)
{
    assert_parts(MULTI("boundary=\"a b \"") "--a b\n\none", "1 leaf text/plain one|");
    assert_parts(MULTI("boundary=\"a\\\"b\\\\c\"") "--a\"b\\c\n\none", "1 leaf text/plain one|");
    assert_parts(MULTI("boundary=<b>") "--b\n\none", "1 leaf text/plain one|");
    assert_parts(MULTI("boundary=\"b") "--\"b\n\none", "1 leaf text/plain one|");
    assert_parts(MULTI("boundary=b; boundary=c") "--c\n--b\n\none", "1 leaf text/plain one|");
    assert_parts(MULTI("xboundary=c;Boundary = b") "--b\n\none", "1 leaf text/plain one|");
    assert_parts(MULTI("x=\"; boundary=c\"; boundary=b") "--b\n\none", "1 leaf text/plain one|");
    assert_parts(MULTI("x=\"\\\"; boundary=c\"; boundary=b") "--b\n\none",
                 "1 leaf text/plain one|");
    assert_parts(MULTI("x=\"; boundary=b") "--b\n\none",
                 "0 no-boundary multipart/mixed --b\n\none|");
    assert_parts("Content-Type: multipart/mixed\n\n--b", "0 no-boundary multipart/mixed --b|");
    assert_parts(MULTI("boundary=\"a\n b\"") "--a b\n", "0 no-delimiter multipart/mixed --a b\n|");
    assert_parts(MULTI("boundary*=utf-8''b") "--b\n", "0 unclear multipart/mixed --b\n|");
    assert_parts(MULTI("boundary*0=b; boundary=c") "--c\n\none", "1 leaf text/plain one|");
    assert_parts(MULTI("boundary=\xc2\xa0"
                       "b") "--b\n",
                 "0 unclear multipart/mixed --b\n|");
}

static void
test_headers(void)
{
    static const char text[] = "From me\n x\n\ty\nA:b\n: no name\n c: d\nE:  f \r\n g\r\n"
                               "Content-Type:\n text/x\nnot a header: h\n\nbody";

    assert_all(text, strlen(text),
               ": From me\n x\n\ty|A: b|: no name\n c: d|E: f \r\n g|"
               "Content-Type: \n text/x|0 leaf text/x not a header: h\n\nbody|");
    assert_all(" a: b\nc: d\n\n", 12, ": a: b|c: d|0 leaf text/plain |");
    assert_all("A: b\nFrom me\nbody", 17, "A: b|: From me|0 unclear text/plain body|");
    assert_all("A: b\n \n\nbody", 12, "A: b\n |0 leaf text/plain body|");
}

static void
test_nul(void)
{
    static const char text[] = "Content-Type: text/x\0y\n\na\0b";
    static const char type[] = "Content-Type: multipart/mixed; boundary=b\0\n\n--b\n\na";
    static const VpMimeVisitor visitor = {.part = tell_part};
    g_autofree char *story = story_of(text, sizeof(text) - 1, &visitor);
    g_autofree char *other = story_of(type, sizeof(type) - 1, &visitor);

    g_assert_cmpstr(story, ==, "0 unclear text/x\1y a0b|");
    g_assert_cmpstr(other, ==, "0 unclear multipart/mixed --b\n\na|");
}

static void
test_nested(void)
{
    GString *deep = g_string_new(NULL);

    assert_parts(MULTI("boundary=a") "--a\n" MULTI(
                     "boundary=b") "--b\n\none\n--b--\nepilogue\n--a\n\ntwo\n--a--",
                 "2 leaf text/plain one|1 leaf text/plain two|");
    /* the outer delimiter ends the inner parts, even if it is the inner delimiter as well */
    assert_parts(MULTI("boundary=a") "--a\n" MULTI("boundary=b") "--b\n\none\n--a\n\ntwo",
                 "2 leaf text/plain one|1 leaf text/plain two|");
    assert_parts(MULTI("boundary=a") "--a\n" MULTI("boundary=a") "--a\n\none",
                 "1 no-delimiter multipart/mixed |1 leaf text/plain one|");
    assert_parts("Content-Type: message/rfc822\n\nContent-Type: text/x\n\none",
                 "1 leaf text/x one|");
    assert_parts("Content-Type: multipart/digest; boundary=b\n\n--b\n\nContent-Type: text/x\n\none",
                 "2 leaf text/x one|");
    assert_parts("Content-Type: message/delivery-status\n\nA: b\n\nC: d",
                 "0 unclear message/delivery-status A: b\n\nC: d|");
    for (guint i = 0; i < 100; i++)
        g_string_append_printf(deep, "Content-Type: multipart/mixed; boundary=%u\n\n--%u\n", i, i);
    {
        static const VpMimeVisitor visitor = {.part = tell_part};
        g_autofree char *story = story_of(deep->str, deep->len, &visitor);

        g_assert_true(g_str_has_prefix(story, "8 unclear multipart/mixed --8\nContent-Type"));
    }
    g_string_free(deep, TRUE);
}

static void
test_end(void)
{
    static const VpMimeVisitor visitor = {.part = tell_part};
    static const char text[] = MULTI("boundary=b") "--b\n\none\n--b\n\ntwo\n--b\n\nthree";
    Story story = {g_string_new(NULL), 2};

    g_assert_false(vp_mime_walk((VpMimeRange){text, text + strlen(text)}, &visitor, &story));
    g_assert_cmpstr(story.text->str, ==, "1 leaf text/plain one|1 leaf text/plain two|");
    g_string_free(story.text, TRUE);
}

/* --- encodings -------------------------------------------------------------------------------- */

static void
test_encoding_names(void)
{
    g_assert_cmpint(vp_mime_encoding_of(NULL), ==, VP_MIME_ENCODING_NONE);
    g_assert_cmpint(vp_mime_encoding_of("8Bit"), ==, VP_MIME_ENCODING_NONE);
    g_assert_cmpint(vp_mime_encoding_of("BASE64"), ==, VP_MIME_ENCODING_BASE64);
    g_assert_cmpint(vp_mime_encoding_of("Quoted-Printable"), ==, VP_MIME_ENCODING_QUOTED);
    g_assert_cmpint(vp_mime_encoding_of("base64 "), ==, VP_MIME_ENCODING_OTHER);
    g_assert_cmpint(vp_mime_encoding_of("\n base64"), ==, VP_MIME_ENCODING_OTHER);
    g_assert_cmpint(vp_mime_encoding_of(""), ==, VP_MIME_ENCODING_OTHER);
    g_assert_cmpint(vp_mime_encoding_of("x-uuencode"), ==, VP_MIME_ENCODING_OTHER);
}

typedef struct {
    const char *body;
    const char *decoded; /* NULL if it is not */
} Case;

static void
assert_decoded(VpMimeEncoding encoding, const Case *cases, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        gsize length = strlen(cases[i].body);
        g_autofree char *copy = g_memdup2(cases[i].body, length);
        g_autoptr(GBytes) decoded =
            vp_mime_encoding_decode(encoding, (VpMimeRange){copy, copy + length});

        g_test_message("%s", cases[i].body);
        g_assert_cmpint(decoded != NULL, ==, cases[i].decoded != NULL);
        if (decoded != NULL)
            g_assert_cmpmem(g_bytes_get_data(decoded, NULL), g_bytes_get_size(decoded),
                            cases[i].decoded, strlen(cases[i].decoded));
    }
}

static void
test_base64(void)
{
    static const Case cases[] = {
        {"YWJjZGU=", "abcde"}, {"YWJj\r\nZGU=\n", "abcde"},
        {" YQ= =\t", "a"},     {"", ""},
        {"YWJjZGU", NULL},     {"YW!Jj", NULL},
        {"=YWJj", NULL},       {"YWJj=", NULL},
        {"YQ=Q", NULL},        {"YQ==YWJj", NULL},
        {"YWI=!", NULL},       {"YWJjY\n", NULL},
    };
    static const char nul[] = "YWJj\0ZGVm";
    VpMimeRange with_nul = {nul, nul + sizeof(nul) - 1};

    assert_decoded(VP_MIME_ENCODING_BASE64, cases, G_N_ELEMENTS(cases));
    g_assert_null(vp_mime_encoding_decode(VP_MIME_ENCODING_BASE64, with_nul));
}

static void
test_quoted(void)
{
    static const Case cases[] = {
        {"a=3Db=3d", "a=b="}, {"a=\nb=\r\nc=", "abc"}, {"a b ", "a b "}, {"=41=", "A"},
        {"=\n", ""},          {"a=4", NULL},           {"a=4G", NULL},   {"a= \nb", NULL},
        {"a==41", NULL},      {"a=\rb\nc", NULL},      {"a=\r", NULL},   {"a=\xc3\xa4", NULL},
    };

    assert_decoded(VP_MIME_ENCODING_QUOTED, cases, G_N_ELEMENTS(cases));
    assert_decoded(VP_MIME_ENCODING_NONE, &(Case){"a=3D", "a=3D"}, 1);
    assert_decoded(VP_MIME_ENCODING_OTHER, &(Case){"a=3D", NULL}, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mime/parts", test_parts);
    g_test_add_func("/mime/unread", test_unread);
    g_test_add_func("/mime/lines", test_lines);
    g_test_add_func("/mime/delimiters", test_delimiters);
    g_test_add_func("/mime/boundary", test_boundary);
    g_test_add_func("/mime/headers", test_headers);
    g_test_add_func("/mime/nul", test_nul);
    g_test_add_func("/mime/nested", test_nested);
    g_test_add_func("/mime/end", test_end);
    g_test_add_func("/mime/encoding-names", test_encoding_names);
    g_test_add_func("/mime/base64", test_base64);
    g_test_add_func("/mime/quoted", test_quoted);
    return g_test_run();
}
