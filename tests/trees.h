/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trees of files compared and searched. */
#pragma once

#include "base/io.h"
#include "image/tree.h"

static inline GBytes *
tree_file_read(const VpTreeFile *file, GError **error)
{
    return file->bytes != NULL ? g_bytes_ref(file->bytes) : vp_io_read(file->fd, file->size, error);
}

/* NULL: none has that path. */
static inline const VpTreeFile *
tree_lookup(const VpTree *tree, const char *path)
{
    for (guint i = 0; i < vp_image_tree_size(tree); i++) {
        if (g_str_equal(vp_image_tree_nth(tree, i)->path, path))
            return vp_image_tree_nth(tree, i);
    }
    return NULL;
}

static inline gboolean
tree_file_equal(const VpTreeFile *a, const VpTreeFile *b)
{
    g_autoptr(GBytes) of_a = NULL;
    g_autoptr(GBytes) of_b = NULL;

    if (!g_str_equal(a->path, b->path) || a->size != b->size)
        return FALSE;
    of_a = tree_file_read(a, NULL);
    of_b = tree_file_read(b, NULL);
    return of_a && of_b && g_bytes_equal(of_a, of_b);
}

/* The same paths with the same contents; those in files are read. */
static inline gboolean
tree_equal(const VpTree *a, const VpTree *b)
{
    if (vp_image_tree_size(a) != vp_image_tree_size(b))
        return FALSE;
    for (guint i = 0; i < vp_image_tree_size(a); i++) {
        if (!tree_file_equal(vp_image_tree_nth(a, i), vp_image_tree_nth(b, i)))
            return FALSE;
    }
    return TRUE;
}
