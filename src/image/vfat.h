/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpTree to a FAT image (12 or 16 bits) with long names. Pure and deterministic.
 * Source: Microsoft Extensible Firmware Initiative FAT32 File System Specification 1.03
 * (fatgen103). */
#pragma once

#include "image/image.h"
#include "image/tree.h"

/* The beginning of the OEM name of every image. */
#define VP_IMAGE_VFAT_MAKER "VIRTPAY"

/* label: 1 to 11 characters, written as it is. floppy: the geometry of a 1.44 MB floppy disk, and
 * VP_ERROR_QUOTA if that does not hold the files. */
VpImage *vp_image_vfat_layout(const VpTree *tree, const char *label, gboolean floppy,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
