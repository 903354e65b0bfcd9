/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpTree to an ISO 9660 image with Rock Ridge and Joliet. Pure and deterministic.
 * Sources: ECMA-119 4th edition; IEEE P1281 (SUSP 1.12) and P1282 (RRIP 1.12, of which no more is
 * used than RRIP 1.09 has); Joliet Specification 1995. */
#pragma once

#include "image/image.h"
#include "image/tree.h"

/* The beginning of the application identifier of every image. */
#define VP_IMAGE_ISO_MAKER "VIRT-PAYLOAD "

/* label: 1 to 32 characters of A-Z a-z 0-9 '-' '_' (16 seen through Joliet), written unchanged,
 * also in lower case, because guests compare it exactly. The image borrows the tree's descriptors:
 * keep the tree. */
VpImage *vp_image_iso_layout(const VpTree *tree, const char *label,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
