/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpImageContent: what an image that was read holds, and the bounds on it. */
#pragma once

#include <glib.h>

/* Far above what a payload image holds. */
enum {
    VP_IMAGE_READ_MAX_FILES = 4096,
    VP_IMAGE_READ_MAX_ENTRIES = 65536, /* directory entries of all kinds */
    VP_IMAGE_READ_MAX_DEPTH = 32,
    VP_IMAGE_READ_MAX_PATH = 4096, /* bytes */
};
#define VP_IMAGE_READ_MAX_BYTES                                                                    \
    (G_GUINT64_CONSTANT(256) << 20) /* of the image, and of all its files */

typedef struct {
    char *label; /* as stored, trailing spaces removed; may hold any byte: escape before printing */
    char *format;     /* "iso9660", "vfat" */
    GPtrArray *files; /* of VpImageFile, order of the image */
} VpImageContent;

typedef struct {
    char *path; /* '/' between components; components hold no '/', NUL, and are not "." or ".." */
    GBytes *bytes; /* a view into the image if it is contiguous */
} VpImageFile;

void vp_image_content_free(VpImageContent *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpImageContent, vp_image_content_free)
