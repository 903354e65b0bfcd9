/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YAML and JSON as one tree of nodes, each with its place in the text, and what is secret of it:
 * by the names above a value, and by what a value holds. */
#pragma once

#include "view/mask-edit.h"

typedef enum {
    VP_MASK_STYLE_QUOTED,
    VP_MASK_STYLE_PLAIN,   /* also JSON's words and numbers */
    VP_MASK_STYLE_LITERAL, /* YAML's "|", whose lines are verbatim */
    VP_MASK_STYLE_FOLDED,
} VpMaskStyle;

typedef struct {
    gsize start;
    gsize end;
    const char *text; /* decoded */
    gsize length;
    VpMaskStyle style;
    gboolean is_binary; /* base64 by its tag */
} VpMaskScalar;

typedef struct VpMaskTree VpMaskTree;
VpMaskTree *vp_view_mask_tree_new(void);
void vp_view_mask_tree_free(VpMaskTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpMaskTree, vp_view_mask_tree_free)

/* Nodes in the order of the text; a map's children are its keys and values in turn. Each gives the
 * node's number, 0 if it would be too deep. */
guint vp_view_mask_tree_open(VpMaskTree *tree, gboolean is_map);
void vp_view_mask_tree_close(VpMaskTree *tree);
guint vp_view_mask_tree_scalar(VpMaskTree *tree, const VpMaskScalar *scalar);
/* Another node once more. */
guint vp_view_mask_tree_alias(VpMaskTree *tree, guint target);

/* Adds what is to be masked in content, which the nodes' places are in. FALSE if aliases are
 * nested too deep to follow, or a map merges more than 64 others. */
gboolean vp_view_mask_tree_edits(VpMaskTree *tree, const char *content, const VpMaskNest *nest,
                                 GArray *edits) G_GNUC_WARN_UNUSED_RESULT;
