/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpVfatRecord: a directory or file with its names on FAT, and the directory entries it makes. */
#pragma once

#include "image/fat.h"
#include "image/node.h"

typedef struct VpVfatRecord VpVfatRecord;
struct VpVfatRecord {
    VpImageNode *node;
    VpVfatRecord *parent;            /* NULL: the root */
    GPtrArray *children;             /* of VpVfatRecord, owned; NULL: a file */
    guint8 alias[VP_FAT_ALIAS_SIZE]; /* 8.3, unique in its directory */
    gunichar2 *name;                 /* NULL: the alias says it exactly */
    guint units;                     /* of name */
};

VpVfatRecord *vp_image_vfat_record_new(VpImageNode *root);
void vp_image_vfat_record_free(VpVfatRecord *root);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpVfatRecord, vp_image_vfat_record_free)

/* Bytes of a directory's entries, those of "." and ".." or in the root of the label among them. */
guint32 vp_image_vfat_directory_size(const VpVfatRecord *directory);

/* Clusters must be known already (VpImageNode.start; 0: no content, or the root). */
void vp_image_vfat_directory_write(const VpVfatRecord *directory, const char *label, guint8 *out);
