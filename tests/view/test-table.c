/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns that fit, and texts that are cut to them. */
#include <config.h>

#include "view/table.h"

static void
test_columns(void)
{
    g_assert_cmpuint(vp_view_table_columns(""), ==, 0);
    g_assert_cmpuint(vp_view_table_columns("web1"), ==, 4);
    g_assert_cmpuint(vp_view_table_columns("w\xc3\xa9"
                                           "b"),
                     ==, 3);
    g_assert_cmpuint(vp_view_table_columns("we\xcc\x81"
                                           "b"),
                     ==, 3);
    g_assert_cmpuint(vp_view_table_columns("\xe4\xb8\xad\xe6\x96\x87"), ==, 4);
}

static void
test_fit(void)
{
    const guint least[] = {4, 4, 4};
    guint free_widths[] = {10, 50, 6}, widths[] = {10, 50, 6}, narrow[] = {10, 50, 6};

    vp_view_table_fit(free_widths, least, 3, 0);
    g_assert_cmpuint(free_widths[1], ==, 50);
    vp_view_table_fit(widths, least, 3, 30);
    g_assert_cmpuint(widths[0] + widths[1] + widths[2] + 4, ==, 30);
    g_assert_cmpuint(widths[2], ==, 6);
    vp_view_table_fit(narrow, least, 3, 5);
    g_assert_cmpuint(narrow[0] + narrow[1] + narrow[2], ==, 12);
}

static void
test_cut(void)
{
    static const struct {
        const char *text;
        guint width;
        const char *cut;
    } cases[] = {
        {"web1", 4, "web1"},
        {"web12", 4, "web~"},
        {"web12", 1, "~"},
        {"web12", 0, ""},
        {"", 0, ""},
        {"\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97", 4, "\xe4\xb8\xad~"},
        {"\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97", 5, "\xe4\xb8\xad\xe6\x96\x87~"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *cut = vp_view_table_cut(cases[i].text, cases[i].width, "~");

        g_assert_cmpstr(cut, ==, cases[i].cut);
        g_assert_cmpuint(vp_view_table_columns(cut), <=, cases[i].width);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/table/columns", test_columns);
    g_test_add_func("/table/fit", test_fit);
    g_test_add_func("/table/cut", test_cut);
    return g_test_run();
}
