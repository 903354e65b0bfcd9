/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Golden files of rendered trees: one text per tree, each file below its path. To accept new ones
 * after reading the difference: VP_UPDATE_GOLDEN=1 make check. */
#pragma once

#include "trees.h"

static inline char *
golden_describe(const VpTree *tree)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < vp_image_tree_size(tree); i++) {
        const VpTreeFile *file = vp_image_tree_nth(tree, i);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = tree_file_read(file, &error);
        gsize size;
        const char *data;

        g_assert_no_error(error);
        data = g_bytes_get_data(bytes, &size);
        g_string_append_printf(text, "=== %s, %zu bytes\n", file->path, size);
        g_string_append_len(text, data, (gssize)size);
        if (size > 0 && data[size - 1] != '\n')
            g_string_append(text, "\n=== no line feed\n");
    }
    return g_string_free(text, FALSE);
}

static inline void
golden_compare(const VpTree *tree, const char *name)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", "render", name, NULL);
    g_autofree char *expected = NULL, *actual = golden_describe(tree);
    g_autoptr(GError) error = NULL;

    if (g_getenv("VP_UPDATE_GOLDEN")) {
        g_assert_true(g_file_set_contents(path, actual, -1, &error));
        g_test_message("%s: written", name);
    }
    g_assert_true(g_file_get_contents(path, &expected, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(actual, ==, expected);
}
