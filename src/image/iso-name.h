/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identifiers of plain ISO 9660, for readers that know neither Rock Ridge nor Joliet. */
#pragma once

#include "image/node.h"

/* One for each child, in the order of the children: d-characters, unique, files with exactly one
 * '.' and without a version number; at most 30 characters besides that '.', so that the longest
 * path does not exceed 255 (ECMA-119 6.8.2.1, 7.5.1, 7.6.3). The same directory always gives the
 * same names. */
GPtrArray *vp_image_iso_names(const VpImageNode *directory);
