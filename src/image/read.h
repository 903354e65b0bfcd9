/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An image to its label and files: ISO 9660 (Rock Ridge, otherwise Joliet, otherwise plain) and
 * FAT12/16/32. The image is hostile: caps on bytes, entries, depth and work; every extent inside
 * the image. */
#pragma once

#include "image/content.h"

/* Only regular files: links, devices and what Rock Ridge relocated are skipped. Names are those of
 * Rock Ridge or the long names, otherwise the plain ones, without the version of plain ISO 9660 and
 * the final dot. The format is what the image is, raw: anything else, as qcow2, is
 * VP_ERROR_IMAGE_FORMAT, and so is anything malformed, with the mistake and its byte offset. */
VpImageContent *vp_image_read(GBytes *image, GError **error) G_GNUC_WARN_UNUSED_RESULT;
