/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A config drive as bytes that a test may change, and what must hold of any image written or read.
 */
#pragma once

#include "image/content.h"
#include "image/tree.h"

typedef enum { DRIVE_ISO, DRIVE_VFAT, DRIVE_FLOPPY, N_DRIVES } DriveFormat;

/* openstack/latest/{meta_data.json,network_data.json,user_data} */
VpTree *drive_tree(void);
void drive_add(VpTree *tree, const char *path, const char *text);

/* Label "config-2" */
GBytes *drive_image(const VpTree *tree, DriveFormat format);
/* The same files give the same bytes, whichever was added first. */
void drive_assert_order_does_not_matter(DriveFormat format);
GByteArray *drive_new(DriveFormat format);

VpImageContent *drive_read(const GByteArray *drive, GError **error);

/* Of all paths, in the image's order, a line each. */
char *drive_list(const GByteArray *drive);

/* The position of these bytes at or after an offset; they must exist. */
guint8 *drive_find(GByteArray *drive, gsize offset, const void *bytes, gsize size);

/* A way to harm a reader, and what it must say. */
typedef struct {
    const char *name;
    void (*patch)(GByteArray *drive);
    const char *says;
} Hostile;

/* Registers a test of each under PREFIX/hostile/NAME, and under PREFIX/cut-off and PREFIX/mutations
 * those that cut the drive off at every place, and change it at random. hostile must be static. */
void drive_add_tests(const char *prefix, DriveFormat format, const Hostile *hostile, gsize size);
