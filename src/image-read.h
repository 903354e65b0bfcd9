/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An image to its label and files: ISO 9660 (Rock Ridge, else Joliet, else plain) and FAT12/16/32.
 * The image is hostile: caps on bytes, entries, depth and work; every extent inside the image. */
#pragma once

#include "tree.h"

typedef struct {
    char *label;      /* as stored, trailing blanks removed; may hold any byte: escape before printing */
    char *format;     /* "iso9660", "vfat" */
    GPtrArray *files; /* of VpImageFile, order of the image */
} VpImageContent;

typedef struct {
    char *path;    /* '/' between components; components hold no '/', NUL, and are not "." or ".." */
    GBytes *bytes; /* a view into the image where it stands in one run */
} VpImageFile;

/* VP_ERROR_IMAGE_FORMAT with what is wrong and at which offset. */
VpImageContent *vp_image_read(GBytes *image, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_image_content_free(VpImageContent *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpImageContent, vp_image_content_free)
