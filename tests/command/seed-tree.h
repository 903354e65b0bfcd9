/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory of files that a test has written. */
#pragma once

#include <glib.h>

#include "remove-tree.h"

/* Free with seed_tree_free. */
static inline char *
seed_tree_new(void)
{
    char *directory = g_dir_make_tmp("seed.XXXXXX", NULL);

    g_assert_nonnull(directory);
    return directory;
}

static inline void
seed_tree_free(char *directory)
{
    remove_tree(directory);
    g_free(directory);
}

/* The path of a new file, free with g_free; directories above it are made. size: -1 for a text. */
static inline char *
seed_tree_add(const char *directory, const char *name, const char *content, gssize size)
{
    char *path = g_build_filename(directory, name, NULL);
    g_autofree char *above = g_path_get_dirname(path);

    g_assert_cmpint(g_mkdir_with_parents(above, 0755), ==, 0);
    g_assert_true(g_file_set_contents(path, content, size, NULL));
    return path;
}
