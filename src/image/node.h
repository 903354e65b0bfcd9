/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpImageNode: a VpTree as nested directories, which is what the image writers go through. */
#pragma once

#include "image/tree.h"

typedef struct VpImageNode VpImageNode;
struct VpImageNode {
    VpImageNode *parent;    /* NULL: the root */
    GPtrArray *children;    /* of VpImageNode, owned, in byte order of names; NULL: a file */
    const VpTreeFile *file; /* borrowed; NULL: a directory */
    char *name;             /* one component; empty: the root */
    guint32 start;          /* for the writer: the first sector or cluster of the content */
};

/* The root. The tree must outlive it. */
VpImageNode *vp_image_node_new(const VpTree *tree);
void vp_image_node_free(VpImageNode *root);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpImageNode, vp_image_node_free)

/* The files below a node in the tree's order, of VpImageNode, borrowed. */
GPtrArray *vp_image_node_files(VpImageNode *root);
