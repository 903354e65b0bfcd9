/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cases that are read in one file, what is given and what comes of it: "== NAME", then "-- PART"
 * and its text, last "-- result". To accept new results after reading the difference:
 * VP_UPDATE_GOLDEN=1 make check. */
#pragma once

#include <glib.h>
#include <string.h>

/* text: of the case. What came of it; free with g_free. */
typedef char *GoldenTell(const char *text);

static GoldenTell *golden_tell;

/* The text of a part; NULL: the case has none of that name. Free with g_free. */
static inline char *
golden_part(const char *text, const char *name)
{
    g_autofree char *head = g_strdup_printf("\n-- %s\n", name);
    const char *start = strstr(text, head), *end;

    if (start == NULL)
        return NULL;
    start += strlen(head);
    end = strstr(start - 1, "\n-- ");
    return end != NULL ? g_strndup(start, (gsize)(end + 1 - start)) : g_strdup(start);
}

static inline GBytes *
golden_bytes(const char *text, const char *name)
{
    char *part = golden_part(text, name);

    return part != NULL ? g_bytes_new_take(part, strlen(part)) : NULL;
}

static inline void
golden_check(gconstpointer text)
{
    g_autofree char *wanted = golden_part(text, "result"), *got = golden_tell(text);

    g_assert_cmpstr(got, ==, wanted);
}

static inline int
golden_update(const char *path, char **cases)
{
    g_autoptr(GString) whole = g_string_new(cases[0]);

    for (char **text = cases + 1; *text != NULL; text++) {
        g_autofree char *result = golden_tell(*text);
        const char *end = strstr(*text, "\n-- result\n");
        gsize size = end != NULL ? (gsize)(end + 1 - *text) : strlen(*text);

        g_string_append_printf(whole, "== %.*s-- result\n%s", (int)size, *text, result);
    }
    return g_file_set_contents(path, whole->str, -1, NULL) ? 0 : 1;
}

/* After g_test_init(): a test of each case in tests/data/command/cases/NAME, and the tests that are
 * added already. */
static inline int
golden_cases_run(const char *name, GoldenTell *tell)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "data", "command", "cases", name, NULL);
    g_autofree char *whole = NULL;
    g_auto(GStrv) cases = NULL;

    golden_tell = tell;
    g_assert_true(g_file_get_contents(path, &whole, NULL, NULL));
    cases = g_regex_split_simple("^== ", whole, G_REGEX_MULTILINE, 0);
    if (g_getenv("VP_UPDATE_GOLDEN") != NULL)
        return golden_update(path, cases);
    for (char **text = cases + 1; *text != NULL; text++) {
        g_autofree char *title = g_strndup(*text, strcspn(*text, "\n"));
        g_autofree char *test = g_strdup_printf("/command/%s/%s", name, title);

        g_test_add_data_func(test, *text, golden_check);
    }
    return g_test_run();
}
