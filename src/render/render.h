/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to VpTree: the files of the image for each datasource. Pure: the same spec, the same
 * bytes. */
#pragma once

#include "image/tree.h"
#include "spec/spec.h"

/* References must be resolved. File descriptors of the spec are duplicated into the tree. Generated
 * files come first; a file of the spec on one of their paths is VP_ERROR_PATH_RESERVED. */
VpTree *vp_render(const VpSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;
