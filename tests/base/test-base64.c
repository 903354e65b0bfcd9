/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strict base64: nothing that another reader could take for something else, or for less. */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/error.h"

#define FOREIGN "has a character that is not base64"
#define GOES_ON "base64 goes on after its padding"
#define CUT_OFF "base64 is cut off, or its padding '=' is missing"
#define LEFT_OVER "base64 is cut off: bits are left over"

static const struct {
    const char *name;
    const char *text;
    const char *decoded; /* NULL: refused */
    const char *message;
} cases[] = {
    {"nothing", "", ""},
    {"blanks-only", " \t\r\n", ""},
    {"one-byte", "YQ==", "a"},
    {"two-bytes", "YWI=", "ab"},
    {"three-bytes", "YWJj", "abc"},
    {"lines", "\r\n  YWJj\n\tZA=\n =\n", "abcd"},
    {"blanks-within-four", "Y W\nJ\tj", "abc"},
    {"url-alphabet", "YW-_", NULL, FOREIGN},
    {"form-feed", "YWJj\f", NULL, FOREIGN},
    {"not-ascii", "YWJj\303\244", NULL, FOREIGN},
    {"foreign-after-the-padding", "YQ==!", NULL, FOREIGN},
    {"one-digit", "Y", NULL, CUT_OFF},
    {"no-padding", "YQ", NULL, CUT_OFF},
    {"half-of-the-padding", "YQ=", NULL, CUT_OFF},
    {"padding-without-need", "YWJj=", NULL, CUT_OFF},
    {"padding-for-a-whole-four", "YWJj====", NULL, CUT_OFF},
    {"padding-of-three", "Y===", NULL, CUT_OFF},
    {"padding-alone", "==", NULL, CUT_OFF},
    {"two-texts", "YQ==YWJj", NULL, GOES_ON},
    {"padding-first", "=YWJj", NULL, GOES_ON},
    {"bits-after-one-byte", "YR==", NULL, LEFT_OVER},
    {"bits-after-two-bytes", "YWJ=", NULL, LEFT_OVER},
};

static void
test_decode(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vp_base64_decode(cases[i].text, &error);
    g_autoptr(GBytes) again = vp_base64_decode_bytes(cases[i].text, strlen(cases[i].text));

    g_assert_cmpint(bytes != NULL, ==, cases[i].decoded != NULL);
    g_assert_cmpint(again != NULL, ==, cases[i].decoded != NULL);
    if (cases[i].decoded == NULL) {
        g_assert_error(error, VP_ERROR, VP_ERROR_BASE64);
        g_assert_cmpstr(error->message, ==, cases[i].message);
        return;
    }
    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), cases[i].decoded,
                    strlen(cases[i].decoded));
    g_assert_true(g_bytes_equal(bytes, again));
}

/* Bytes end where they say, and not before. */
static void
test_bytes(void)
{
    g_autoptr(GBytes) none = vp_base64_decode_bytes(NULL, 0);
    g_autoptr(GBytes) start = vp_base64_decode_bytes("YWJjZGVm", 4);

    g_assert_cmpuint(g_bytes_get_size(none), ==, 0);
    g_assert_cmpmem(g_bytes_get_data(start, NULL), g_bytes_get_size(start), "abc", 3);
    g_assert_null(vp_base64_decode_bytes("YWJj\0YWJj", 9));
    g_assert_null(vp_base64_decode_bytes("YWJj\0", 5));
}

/* What GLib encodes, of every length and byte. */
static void
test_round(void)
{
    guint8 bytes[256];

    for (gsize i = 0; i < sizeof(bytes); i++)
        bytes[i] = (guint8)(i * 7);
    for (gsize size = 0; size <= sizeof(bytes); size++) {
        g_autofree char *text = g_base64_encode(bytes, size);
        g_autoptr(GBytes) decoded = vp_base64_decode(text, NULL);

        g_assert_cmpmem(g_bytes_get_data(decoded, NULL), g_bytes_get_size(decoded), bytes, size);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/base64/", cases[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_decode);
    }
    g_test_add_func("/base64/bytes", test_bytes);
    g_test_add_func("/base64/round", test_round);
    return g_test_run();
}
