/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Escapes: nothing that a terminal acts on is left, and what is harmless stays as it is. */
#include <config.h>

#include <string.h>

#include "base/escape.h"

static void
assert_name(const char *text, const char *wanted)
{
    g_autofree char *escaped = vp_escape_name(text);

    g_assert_cmpstr(escaped, ==, wanted);
}

static void
assert_text(const char *bytes, gsize size, const char *wanted)
{
    g_autofree char *escaped = vp_escape_text(bytes, size);

    g_assert_cmpstr(escaped, ==, wanted);
}

static void
test_names(void)
{
    assert_name("", "");
    assert_name("web1", "web1");
    assert_name("Größe 東京 é", "Größe 東京 é");
    assert_name("a\033[31mb", "a\\x1b[31mb");
    assert_name("a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd");
    assert_name("a\\x1b", "a\\\\x1b");
    assert_name("a\x7f", "a\\x7f");
}

static void
test_invisible(void)
{
    assert_name("a\xc2\x9b", "a\\u{009b}"); /* C1: CSI */
    assert_name("a\xe2\x80\xae"
                "b",
                "a\\u{202e}b"); /* right-to-left override */
    assert_name("a\xe2\x81\xa6"
                "b",
                "a\\u{2066}b"); /* isolate */
    assert_name("a\xe2\x80\x8b"
                "b",
                "a\\u{200b}b"); /* zero width */
    assert_name("a\xe2\x80\xa8"
                "b",
                "a\\u{2028}b");                    /* line separator */
    assert_name("a\xef\xbb\xbf", "a\\u{feff}");    /* byte order mark */
    assert_name("\xf3\xa0\x80\xa0", "\\u{e0020}"); /* tag characters */
}

static void
test_invalid(void)
{
    assert_name("a\xff"
                "b",
                "a\\xffb");
    assert_name("a\xc3", "a\\xc3");
    assert_name("\xc0\xaf", "\\xc0\\xaf");
    assert_name("\xed\xa0\x80", "\\xed\\xa0\\x80");
}

static void
test_contents(void)
{
    static const char script[] = "#!/bin/sh\r\n\tprintf 'a\\n'\n";
    static const char hostile[] = "a\0b\033]0;t\007\rc\n";

    assert_text(script, strlen(script), script);
    assert_text(hostile, sizeof(hostile) - 1, "a\\x00b\\x1b]0;t\\x07\\x0dc\n");
    assert_text("\r", 1, "\\x0d");
    assert_text("", 0, "");
}

/* 84: within JSON and XML by escapes that their readers undo. */
static void
test_structured(void)
{
    static const char text[] = "{\"a\": \"\x7f\xc2\x9b\xe2\x80\xae\xf3\xa0\x80\xa0Gr\xc3\xb6\"}\n";
    g_autofree char *json = vp_escape_json(text, strlen(text));
    g_autofree char *xml = vp_escape_xml(text, strlen(text));

    g_assert_cmpstr(json, ==, "{\"a\": \"\\u007f\\u009b\\u202e\\udb40\\udc20Gr\xc3\xb6\"}\n");
    g_assert_cmpstr(xml, ==, "{\"a\": \"&#x7f;&#x9b;&#x202e;&#xe0020;Gr\xc3\xb6\"}\n");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/escape/names", test_names);
    g_test_add_func("/escape/invisible", test_invisible);
    g_test_add_func("/escape/invalid", test_invalid);
    g_test_add_func("/escape/contents", test_contents);
    g_test_add_func("/escape/structured", test_structured);
    return g_test_run();
}
