/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpImageNode: a VpTree as nested directories. */
#include <config.h>

#include <string.h>

#include "image/node.h"

static void
free_node(gpointer data)
{
    VpImageNode *node = data;

    g_clear_pointer(&node->children, g_ptr_array_unref);
    g_free(node->name);
    g_free(node);
}

void
vp_image_node_free(VpImageNode *root)
{
    if (root != NULL)
        free_node(root);
}

/* Takes name over. */
static VpImageNode *
append(VpImageNode *parent, char *name, const VpTreeFile *file)
{
    VpImageNode *node = g_new0(VpImageNode, 1);

    node->parent = parent;
    node->name = name;
    node->file = file;
    if (file == NULL)
        node->children = g_ptr_array_new_with_free_func(free_node);
    if (parent != NULL)
        g_ptr_array_add(parent->children, node);
    return node;
}

/* The tree's order keeps a directory's files together: it is the last one, or it is new. */
static VpImageNode *
enter(VpImageNode *parent, const char *name, gsize length)
{
    VpImageNode *last = parent->children->len > 0
                            ? g_ptr_array_index(parent->children, parent->children->len - 1)
                            : NULL;

    if (last != NULL && strncmp(last->name, name, length) == 0 && last->name[length] == '\0')
        return last;
    return append(parent, g_strndup(name, length), NULL);
}

VpImageNode *
vp_image_node_new(const VpTree *tree)
{
    VpImageNode *root = append(NULL, g_strdup(""), NULL);

    for (guint i = 0; i < vp_image_tree_size(tree); i++) {
        const VpTreeFile *file = vp_image_tree_nth(tree, i);
        const char *name = file->path, *slash;
        VpImageNode *directory = root;

        for (; (slash = strchr(name, '/')) != NULL; name = slash + 1)
            directory = enter(directory, name, (gsize)(slash - name));
        append(directory, g_strdup(name), file);
    }
    return root;
}

static void
collect(VpImageNode *node, GPtrArray *files)
{
    if (node->file != NULL)
        g_ptr_array_add(files, node);
    for (guint i = 0; node->children != NULL && i < node->children->len; i++)
        collect(g_ptr_array_index(node->children, i), files);
}

GPtrArray *
vp_image_node_files(VpImageNode *root)
{
    GPtrArray *files = g_ptr_array_new();

    collect(root, files);
    return files;
}
