/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decimal numbers: how they are written, and their bounds. */
#include <config.h>

#include "base/number.h"

static const struct {
    const char *text;
    guint minimum, maximum;
    gboolean is_number;
    guint number;
} cases[] = {
    {"0", 0, 0, TRUE, 0},
    {"7", 7, 7, TRUE, 7},
    {"6", 7, 9, FALSE},
    {"7", 7, 9, TRUE, 7},
    {"9", 7, 9, TRUE, 9},
    {"10", 7, 9, FALSE},
    {"4294967295", 0, G_MAXUINT32, TRUE, G_MAXUINT32},
    {"4294967296", 0, G_MAXUINT32, FALSE},
    {"18446744073709551616", 0, G_MAXUINT32, FALSE},
    {"", 0, 9, FALSE},
    {"00", 0, 9, FALSE},
    {"07", 0, 9, FALSE},
    {"+7", 0, 9, FALSE},
    {"-0", 0, 9, FALSE},
    {" 7", 0, 9, FALSE},
    {"7 ", 0, 9, FALSE},
    {"7\n", 0, 9, FALSE},
    {"7.0", 0, 9, FALSE},
    {"0x7", 0, 9, FALSE},
    {"\331\247", 0, 9, FALSE}, /* an Arabic seven */
};

static void
test_parse(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint number = 4711;

        g_test_message("%s from %u to %u", cases[i].text, cases[i].minimum, cases[i].maximum);
        g_assert_cmpint(vp_number_parse(cases[i].text, cases[i].minimum, cases[i].maximum, &number),
                        ==, cases[i].is_number);
        g_assert_cmpuint(number, ==, cases[i].is_number ? cases[i].number : 4711);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/number/parse", test_parse);
    return g_test_run();
}
