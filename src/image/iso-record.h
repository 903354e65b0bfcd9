/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpIsoRecord: a directory or file of one tree of the image, plain with Rock Ridge or Joliet, and
 * the directory records that it makes. */
#pragma once

#include "image/iso9660.h"
#include "image/node.h"

typedef struct VpIsoRecord VpIsoRecord;
struct VpIsoRecord {
    const VpImageNode *node;
    VpIsoRecord *parent; /* the root's own is the root (ECMA-119 6.8.2.2) */
    GPtrArray *children; /* of VpIsoRecord, owned, in the order of ECMA-119 9.3; NULL: a file */
    guint8 id[128];      /* ECMA-119 7.5, 7.6; Joliet: 64 characters of 16 bits */
    guint8 id_size;
    guint16 number; /* in the path table, from 1 */
    guint32 sector; /* of a directory */
    guint32 size;   /* of a directory: bytes, whole sectors */
    guint32
        continuation; /* offset in the continuation area of what its record there has no room for */
};

/* Which of a directory's records one is. */
typedef enum { VP_ISO_SELF, VP_ISO_PARENT, VP_ISO_CHILD } VpIsoRole;

typedef enum { VP_ISO_PLAIN, VP_ISO_ROCK_RIDGE, VP_ISO_JOLIET } VpIsoNames;

typedef struct {
    guint8 bytes[VP_ISO_DR_MAX];
    gsize size;
    guint8 more[VP_ISO_DR_MAX]; /* for the continuation area */
    gsize more_size;
} VpIsoEncoded;

/* The tree of records below a node, which must outlive it. */
VpIsoRecord *vp_image_iso_record_new(const VpImageNode *root, VpIsoNames names);
void vp_image_iso_record_free(VpIsoRecord *root);

/* The records of a directory or file. continuation: the first sector of that area. */
void vp_image_iso_record_encode(const VpIsoRecord *record, VpIsoRole role, VpIsoNames names,
                                guint32 continuation, VpIsoEncoded *out);
