/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpImageWalk: what both readers share: bounds, budgets, names and the files found so far. */
#pragma once

#include "image/content.h"

typedef struct {
    GBytes *image; /* borrowed */
    const guint8 *data;
    gsize size;
    GPtrArray *files;  /* of VpImageFile */
    GHashTable *paths; /* of those files, borrowed */
    GString *path;     /* of the directory walked now, with the '/' after it */
    guint depth;
    guint entries;
    guint64 content; /* bytes of the files */
    guint64 budget;  /* bytes of directories that may still be read: those of a sound image do not
                        overlap, and so are no more than the image */
} VpImageWalk;

void vp_image_read_walk_init(VpImageWalk *walk, GBytes *image);
void vp_image_read_walk_clear(VpImageWalk *walk);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VpImageWalk, vp_image_read_walk_clear)

/* Sets VP_ERROR_IMAGE_FORMAT "image WHAT (at byte OFFSET)"; FALSE always. */
gboolean vp_image_read_walk_refuse(guint64 offset, const char *what, GError **error);

/* Whether size bytes at offset are inside the image; spend also charges them to the budget. */
gboolean vp_image_read_walk_check(const VpImageWalk *walk, guint64 offset, guint64 size,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_image_read_walk_spend(VpImageWalk *walk, guint64 offset, guint64 size,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Counts a directory entry found at offset. */
gboolean vp_image_read_walk_count(VpImageWalk *walk, guint64 offset,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Appends a component to the path, whose length before must be given to leave. A name with '/' or
 * NUL, an empty one, "." and ".." are refused. */
gboolean vp_image_read_walk_enter(VpImageWalk *walk, const char *name, gsize size, guint64 offset,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_image_read_walk_leave(VpImageWalk *walk, gsize length);

/* The same for a directory, which ends in '/' and counts as a level. */
gboolean vp_image_read_walk_descend(VpImageWalk *walk, guint64 offset,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_image_read_walk_ascend(VpImageWalk *walk);

/* Adds a file at the path; takes bytes over. */
gboolean vp_image_read_walk_add(VpImageWalk *walk, GBytes *bytes, guint64 offset,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The two readers: fill in the files and the label. */
gboolean vp_image_read_iso(VpImageWalk *walk, char **label,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_image_read_vfat(VpImageWalk *walk, char **label,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_image_read_is_iso(const VpImageWalk *walk);
gboolean vp_image_read_is_vfat(const VpImageWalk *walk);

/* A label field as text: to the first NUL, without trailing spaces. */
char *vp_image_read_label_text(const guint8 *field, gsize size);
