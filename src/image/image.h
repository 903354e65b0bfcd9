/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpImage: an image as a list of extents, laid out in memory and written in one pass. */
#pragma once

#include "image/tree.h"

/* One run of bytes at an offset. Extents are ascending and do not overlap; what lies between is
 * zero. */
typedef struct {
    guint64 offset;
    guint64 size;
    GBytes *bytes; /* NULL if fd is used */
    int fd; /* borrowed from the VpTree that the image was laid out from; -1 if bytes is used */
} VpExtent;

typedef struct {
    GArray *extents; /* of VpExtent */
    guint64 size;    /* of the whole image, a multiple of the sector */
} VpImage;

VpImage *vp_image_new(void);
void vp_image_free(VpImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpImage, vp_image_free)

/* Appends at offset, which is at or after the end of the last extent. Takes the reference of bytes.
 */
void vp_image_append(VpImage *image, guint64 offset, GBytes *bytes);
void vp_image_append_file(VpImage *image, guint64 offset, const VpTreeFile *file);

/* 1 to max characters of A-Z a-z 0-9 '-' '_', which every format stores unchanged; otherwise
 * VP_ERROR_VALUE. */
gboolean vp_image_check_label(const char *label, gsize max,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The whole image in memory: for tests, dump and small images. Reads extents that are in files.
 */
GBytes *vp_image_flatten(const VpImage *image, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the whole image to fd, which is an empty regular file open for writing: bytes by pwrite,
 * files by copy_file_range or sendfile. Interrupted and short writes are continued. Fails with the
 * errno in words; a source file that became shorter is VP_ERROR_REFERENCE. */
gboolean vp_image_write(const VpImage *image, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;
