/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An image to its label and files: ISO 9660 (Rock Ridge, else Joliet, else plain) and FAT12/16/32.
 * The image is hostile: caps on bytes, entries, depth and work; every extent inside the image. */
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
    char *label; /* as stored, trailing blanks removed; may hold any byte: escape before printing */
    char *format;     /* "iso9660", "vfat" */
    GPtrArray *files; /* of VpImageFile, order of the image */
} VpImageContent;

typedef struct {
    char *path; /* '/' between components; components hold no '/', NUL, and are not "." or ".." */
    GBytes *bytes; /* a view into the image where it stands in one run */
} VpImageFile;

/* Regular files alone: links, devices and what Rock Ridge relocated are passed over. Names as Rock
 * Ridge or a long name has them, else as they stand, without the version of plain ISO 9660 and the
 * final dot. The format is what the image is, raw: anything else, as qcow2, is
 * VP_ERROR_IMAGE_FORMAT, and so is all that is not sound, with what is wrong and at which byte. */
VpImageContent *vp_image_read(GBytes *image, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void vp_image_content_free(VpImageContent *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpImageContent, vp_image_content_free)
