/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpIsoHierarchy: one of the two directory trees of an image, plain with Rock Ridge or Joliet: its
 * path tables, directories and continuation area. */
#pragma once

#include "image/iso-record.h"

typedef struct {
    VpIsoNames names; /* VP_ISO_ROCK_RIDGE or VP_ISO_JOLIET */
    VpIsoRecord *root;
    GPtrArray *directories; /* of VpIsoRecord, borrowed from root: in the path table's order */
    guint32 path_table_size;
    guint32 path_table_l; /* sectors, once placed */
    guint32 path_table_m;
    guint32 continuation;
    guint32 continuation_size;
} VpIsoHierarchy;

VpIsoHierarchy *vp_image_iso_hierarchy_new(const VpImageNode *root, VpIsoNames names);
void vp_image_iso_hierarchy_free(VpIsoHierarchy *hierarchy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpIsoHierarchy, vp_image_iso_hierarchy_free)

/* Gives everything its sector from the one given on; returns the next free one. */
guint32 vp_image_iso_hierarchy_place(VpIsoHierarchy *hierarchy, guint32 sector);

/* image: from the end of the system area on, zeros in the place of this tree. Files must have
 * their sectors (VpImageNode.start) already. */
void vp_image_iso_hierarchy_write(VpIsoHierarchy *hierarchy, guchar *image);

/* The fields of a volume descriptor that are this tree's: path tables and root directory. */
void vp_image_iso_hierarchy_describe(const VpIsoHierarchy *hierarchy, guchar *descriptor);
