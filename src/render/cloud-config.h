/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to "#cloud-config": the fields that cloud-init (or, for Windows, cloudbase-init) is to act
 * on. Source of the keys: cloud-init, Module reference (doc/rtd/reference/modules.rst), versions
 * 0.7.5 to 26.2; cloudbase-init, userdata.rst, "cloud-config". */
#pragma once

#include "spec/spec.h"

/* *bytes is the text, or NULL if the spec has nothing to say there. ASCII. */
gboolean vp_render_cloud_config(const VpSpec *spec, GBytes **bytes,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
