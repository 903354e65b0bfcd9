/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Differences as diff -u prints them: which lines, and the numbers before them. */
#include <config.h>

#include <stdio.h>

#include "view/hunks.h"

static void
add_line(char sign, const char *rest, gpointer data)
{
    g_string_append_printf(data, "%c%s\n", sign, rest);
}

/* Of texts whose lines are single letters. */
static char *
diff(const char *old, const char *new)
{
    g_auto(GStrv) before = g_strsplit(old, " ", -1), after = g_strsplit(new, " ", -1);
    GString *told = g_string_new(NULL);
    gboolean differ = vp_view_hunks_each(before, g_strv_length(before), after, g_strv_length(after),
                                         add_line, told);

    g_assert_cmpint(differ, ==, told->len > 0);
    return g_string_free(told, FALSE);
}

static void
test_hunks(void)
{
    static const struct {
        const char *name, *old, *new, *told;
    } cases[] = {
        {"the same", "a b c", "a b c", ""},
        {"both empty", "", "", ""},
        {"all new", "", "a b", "@@ -0,0 +1,2 @@\n+a\n+b\n"},
        {"all gone", "a b", "", "@@ -1,2 +0,0 @@\n-a\n-b\n"},
        {"replaced", "a b c", "a x c", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
        {"at the begin", "a b c d e", "x a b c d e", "@@ -1,3 +1,4 @@\n+x\n a\n b\n c\n"},
        {"at the end", "a b c d e", "a b c d e x", "@@ -3,3 +3,4 @@\n c\n d\n e\n+x\n"},
        {"six lines between two changes: one hunk", "x 1 2 3 4 5 6 y", "1 2 3 4 5 6",
         "@@ -1,8 +1,6 @@\n-x\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n"},
        {"seven lines between two changes: two hunks", "x 1 2 3 4 5 6 7 y", "1 2 3 4 5 6 7",
         "@@ -1,4 +1,3 @@\n-x\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-y\n"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *told = diff(cases[i].old, cases[i].new);

        g_test_message("%s", cases[i].name);
        g_assert_cmpstr(told, ==, cases[i].told);
    }
}

/* The old lines with the hunks applied to them. */
static char *
patched(char *const *old, const char *told)
{
    g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
    g_autoptr(GPtrArray) result = g_ptr_array_new();
    guint at = 0, count = g_strv_length((char **)old);

    for (char **line = lines; **line != '\0'; line++) {
        guint from, length;

        if (sscanf(*line, "@@ -%u,%u", &from, &length) == 2) {
            for (from -= length > 0; at < from; at++)
                g_ptr_array_add(result, old[at]);
            continue;
        }
        if (**line != '+')
            g_assert_cmpstr(old[at++], ==, *line + 1);
        if (**line != '-')
            g_ptr_array_add(result, *line + 1);
    }
    for (; at < count; at++)
        g_ptr_array_add(result, old[at]);
    g_ptr_array_add(result, NULL);
    return g_strjoinv(" ", (char **)result->pdata);
}

static void
test_applies(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(12);

    for (guint turn = 0; turn < 300; turn++) {
        g_autoptr(GString) old = g_string_new("0"), new = g_string_new("0");
        g_auto(GStrv) lines = NULL;
        g_autofree char *told = NULL, *again = NULL;

        for (guint i = 1; i < 30; i++) {
            gint32 kind = g_rand_int_range(random, 0, 8);

            if (kind != 0)
                g_string_append_printf(old, " %u", i % 7);
            if (kind != 1)
                g_string_append_printf(new, " %u", i % 7);
        }
        told = diff(old->str, new->str);
        lines = g_strsplit(old->str, " ", -1);
        again = patched(lines, told);
        g_assert_cmpstr(again, ==, new->str);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hunks/hunks", test_hunks);
    g_test_add_func("/hunks/applies", test_applies);
    return g_test_run();
}
