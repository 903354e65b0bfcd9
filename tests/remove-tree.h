/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes away what a test made below its own directory. */
#pragma once

#include <glib.h>
#include <stdio.h>

/* A link goes, what it leads to stays. */
static inline void
remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);

        remove_tree(child);
    }
    g_clear_pointer(&dir, g_dir_close);
    g_assert_cmpint(remove(path), ==, 0);
}
