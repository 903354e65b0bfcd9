/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The changes between two texts: their places, that applying them gives the other text, and that
 * large texts cost no more than others. */
#include <config.h>

#include "view/line-diff.h"

/* "a b c": a line each. */
static char **
lines(const char *words)
{
    return *words != '\0' ? g_strsplit(words, " ", -1) : g_new0(char *, 1);
}

static char *
describe(const GArray *changes)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < changes->len; i++) {
        const VpLineChange *change = &g_array_index(changes, VpLineChange, i);

        g_string_append_printf(text, "%s%u-%u/%u-%u", i > 0 ? " " : "", change->old_from,
                               change->old_to, change->new_from, change->new_to);
    }
    return g_string_free(text, FALSE);
}

static void
test_changes(void)
{
    static const struct {
        const char *old;
        const char *new;
        const char *changes;
    } cases[] = {
        {"", "", ""},
        {"a b", "a b", ""},
        {"", "a b", "0-0/0-2"},
        {"a b", "", "0-2/0-0"},
        {"a b c", "a x c", "1-2/1-2"},
        {"a b c d e", "a x c d y", "1-2/1-2 4-5/4-5"},
        {"a b c", "a c", "1-2/1-1"},
        {"a c", "a b c", "1-1/1-2"},
        {"a b c a b b a", "c b a b a c", "0-2/0-0 3-4/1-1 5-5/2-3 7-7/5-6"},
        {"a a a", "a a", "2-3/2-2"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) old = lines(cases[i].old), new = lines(cases[i].new);
        g_autoptr(GArray) changes =
            vp_view_line_diff(old, g_strv_length(old), new, g_strv_length(new));
        g_autofree char *text = describe(changes);

        g_assert_cmpstr(text, ==, cases[i].changes);
    }
}

/* Random texts of few different lines: what the changes leave is the same in both. */
static void
test_random(void)
{
    static char *const words[] = {(char *)"a", (char *)"b", (char *)"c"};

    for (guint round = 0; round < 2000; round++) {
        char *old[20], *new[20];
        guint n_old = (guint)g_test_rand_int_range(0, 20),
              n_new = (guint)g_test_rand_int_range(0, 20);
        guint i = 0, j = 0;
        g_autoptr(GArray) changes = NULL;

        for (guint k = 0; k < n_old; k++)
            old[k] = words[g_test_rand_int_range(0, 3)];
        for (guint k = 0; k < n_new; k++)
            new[k] = words[g_test_rand_int_range(0, 3)];
        changes = vp_view_line_diff(old, n_old, new, n_new);
        for (guint k = 0; k <= changes->len; k++) {
            const VpLineChange end = {n_old, n_old, n_new, n_new};
            const VpLineChange *change =
                k < changes->len ? &g_array_index(changes, VpLineChange, k) : &end;

            for (; i < change->old_from; i++, j++)
                g_assert_cmpstr(old[i], ==, new[j]);
            g_assert_cmpuint(j, ==, change->new_from);
            i = change->old_to;
            j = change->new_to;
        }
    }
}

static void
test_large(void)
{
    enum { N = 20000 };
    g_autofree char **old = g_new(char *, N), **new = g_new(char *, N);
    g_autoptr(GArray) changes = NULL;
    g_autofree char *text = NULL;

    for (guint i = 0; i < N; i++) {
        old[i] = (char *)(i % 2 == 0 ? "a" : "b");
        new[i] = (char *)(i % 3 == 1 ? "a" : "c");
    }
    changes = vp_view_line_diff(old, N, new, N);
    text = describe(changes);
    g_assert_cmpstr(text, ==, "0-20000/0-20000");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/line-diff/changes", test_changes);
    g_test_add_func("/line-diff/random", test_random);
    g_test_add_func("/line-diff/large", test_large);
    return g_test_run();
}
