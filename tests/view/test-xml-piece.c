/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML cut into pieces, well-formed or not: each byte is in exactly one of them. */
#include <config.h>

#include <string.h>

#include "view/xml-piece.h"

typedef struct {
    const char *name;
    const char *text;
    const char *expected;
} Case;

/* A copy that ends where its allocation does, so that a read beyond it is seen. */
static char *
copy_of(const char *text, gsize *size)
{
    *size = strlen(text);
    return g_memdup2(text, *size);
}

/* --- pieces ----------------------------------------------------------------------------------- */

/* Kind, name, and "{...}" with all that the piece covers. */
static char *
tell_pieces(const char *content, gsize size)
{
    static const char *const kinds[] = {"text",  "open",  "close",  "empty",
                                        "other", "cdata", "comment"};
    GString *told = g_string_new(NULL);
    VpXmlPiece piece;

    for (gsize at = 0; at < size; at = piece.end) {
        piece = vp_view_xml_piece_next(content, at, size);
        g_assert_cmpuint(piece.start, ==, at);
        g_assert_cmpuint(piece.end, >, at);
        g_assert_cmpuint(piece.end, <=, size);
        g_assert_cmpuint(piece.name + piece.name_length, <=, piece.end);
        g_string_append_printf(told, "%s %.*s{%.*s}", kinds[piece.kind], (int)piece.name_length,
                               content + piece.name, (int)(piece.end - at), content + at);
    }
    return g_string_free(told, FALSE);
}

static const Case pieces[] = {
    {"nothing", "", ""},
    {"text", "a > b", "text {a > b}"},
    {"element", "<a>b</a>", "open a{<a>}text {b}close a{</a>}"},
    {"empty-element", "<a/><b />", "empty a{<a/>}empty b{<b />}"},
    {"local-name", "<p:a/></x:y:b>", "empty a{<p:a/>}close b{</x:y:b>}"},
    {"name-before-a-line-end", "<a\r\nb='c'>", "open a{<a\r\nb='c'>}"},
    {"name-before-a-quote", "<a'>'>", "open a{<a'>'>}"},
    {"greater-in-a-value", "<a b='>' c=\"'>\">d", "open a{<a b='>' c=\"'>\">}text {d}"},
    {"slash-in-a-value", "<a b='/'>", "open a{<a b='/'>}"},
    {"blank-after-less", "< a>", "open {< a>}"},
    {"comment", "<!-- <a>--><a>", "comment {<!-- <a>-->}open a{<a>}"},
    {"comment-of-two-dashes", "<!-->-->a", "comment {<!-->-->}text {a}"},
    {"cdata", "<![CDATA[<a>]]]]>b", "cdata {<![CDATA[<a>]]]]>}text {b}"},
    {"cdata-in-lower-case", "<![cdata[a]]>", "other {<![cdata[a]]>}"},
    {"instruction", "<?a b?><c>", "other {<?a b?>}open c{<c>}"},
    {"doctype", "<!DOCTYPE a>b", "other {<!DOCTYPE a>}text {b}"},
    {"open-comment", "<!-- a", "comment {<!-- a}"},
    {"open-comment-of-a-dash", "<!--->", "comment {<!--->}"},
    {"open-cdata", "<![CDATA[a]]", "cdata {<![CDATA[a]]}"},
    {"open-instruction", "<?", "other {<?}"},
    {"open-tag", "<a b='c", "open a{<a b='c}"},
    {"open-quote", "<a b='c>\n<d>", "open a{<a b='c>\n<d>}"},
    {"open-name", "</a", "close a{</a}"},
    {"less-at-the-end", "a<", "text {a}text {<}"},
    {"less-and-slash", "</", "close {</}"},
    {"no-name", "<></>", "open {<>}close {</>}"},
    {"not-ascii", "<\303\244>\303\266", "open \303\244{<\303\244>}text {\303\266}"},
};

static void
test_pieces(gconstpointer data)
{
    const Case *given = data;
    gsize size;
    g_autofree char *copy = copy_of(given->text, &size);
    g_autofree char *told = tell_pieces(copy, size);

    g_assert_cmpstr(told, ==, given->expected);
}

/* All that could be cut off at an end, so that no cut reads beyond it or loses a byte. */
static void
test_cut(void)
{
    static const char whole[] = "<?x?><!DOCTYPE a><p:a b='c'\td=\"e\"/><!-- f --><g>h"
                                "<![CDATA[i]]></g>";

    for (gsize size = 0; size < strlen(whole); size++) {
        g_autofree char *copy = g_memdup2(whole, size);
        g_autofree char *told = tell_pieces(copy, size);

        g_assert_cmpuint(strlen(told), >=, size);
    }
}

/* A NUL is a character as any other. */
static void
test_nul(void)
{
    static const char text[] = "a\0<b\0c>";
    VpXmlPiece before = vp_view_xml_piece_next(text, 0, sizeof(text) - 1);
    VpXmlPiece tag = vp_view_xml_piece_next(text, 2, sizeof(text) - 1);

    g_assert_cmpuint(before.end, ==, 2);
    g_assert_cmpuint(tag.end, ==, sizeof(text) - 1);
    g_assert_cmpuint(tag.name_length, ==, 3);
}

static void
test_is(void)
{
    static const struct {
        const char *text, *name;
        gboolean is;
    } cases[] = {
        {"<p:Password>", "password", TRUE},
        {"<passwords>", "password", FALSE},
        {"<pass>", "password", FALSE},
        {"<!-- password -->", "password", FALSE},
        {"text", "", TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        VpXmlPiece piece = vp_view_xml_piece_next(cases[i].text, 0, strlen(cases[i].text));

        g_test_message("%s", cases[i].text);
        g_assert_cmpint(vp_view_xml_piece_is(cases[i].text, &piece, cases[i].name), ==,
                        cases[i].is);
    }
}

/* --- attributes ------------------------------------------------------------------------------- */

static const Case attributes[] = {
    {"none", "<a>", ""},
    {"none-but-blanks", "<a \n/>", ""},
    {"one", "<a b='c'>", "b=c|"},
    {"both-quotes", "<a b='\"' c=\"'\">", "b=\"|c='|"},
    {"without-a-blank-between", "<a b='c'd='e'/>", "b=c|d=e|"},
    {"blanks-around-the-sign", "<a b\n=\t'c'>", "b=c|"},
    {"prefix-is-of-the-name", "<p:a xmlns:p='u'>", "xmlns:p=u|"},
    {"empty-value", "<a b=''>", "b=|"},
    {"greater-in-a-value", "<a b='>'>", "b=>|"},
    {"no-value", "<a b>", "b|"},
    {"no-quotes", "<a b=c d='e'>", "b|c|d=e|"},
    {"no-sign", "<a b 'c'>", "b=c|"},
    {"no-name", "<a 'b' ='c'>", "=b|=c|"},
    {"value-next-to-the-element", "<a'b'>", "=b|"},
    {"open-value", "<a b='c>", "b=c>...|"},
    {"open-empty-value", "<a b='", "b=...|"},
    {"of-an-end", "</a b='c'>", "b=c|"},
};

static void
test_attributes(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(GString) told = g_string_new(NULL);
    gsize size, at = 0;
    g_autofree char *copy = copy_of(given->text, &size);
    VpXmlPiece tag = vp_view_xml_piece_next(copy, 0, size);
    VpXmlAttribute found;

    while (vp_view_xml_piece_attribute(copy, &tag, &at, &found)) {
        g_assert_cmpuint(at, <=, size);
        g_string_append_len(told, copy + found.name, (gssize)(found.name_end - found.name));
        if (found.value != found.name_end)
            g_string_append_printf(told, "=%.*s%s", (int)(found.end - found.value),
                                   copy + found.value, found.is_closed ? "" : "...");
        g_string_append_c(told, '|');
    }
    g_assert_cmpstr(told->str, ==, given->expected);
}

#define ADD(folder, cases, test)                                                                   \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path = g_strconcat("/xml-piece/" folder "/", (cases)[i].name, NULL);      \
        g_test_add_data_func(path, &(cases)[i], test);                                             \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("pieces", pieces, test_pieces)
    g_test_add_func("/xml-piece/cut", test_cut);
    g_test_add_func("/xml-piece/nul", test_nul);
    g_test_add_func("/xml-piece/is", test_is);
    ADD("attributes", attributes, test_attributes)
    return g_test_run();
}
