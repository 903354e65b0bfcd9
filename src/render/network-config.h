/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to NoCloud's network-config.
 * Source: cloud-init, Networking config version 1, which renames every interface; version 2 for one
 * without a name and for what version 1 cannot express. Except for netplan, cloud-init before 25.1
 * follows version 2 only in part: it makes ::/64 of ::/0, and leaves out metrics and name servers.
 */
#pragma once

#include "render/network.h" /* what the plan is of */

gboolean vp_render_network_config_is_version_2(const GPtrArray *plan);

/* The plan has at least one link. */
GBytes *vp_render_network_config(const GPtrArray *plan, GError **error) G_GNUC_WARN_UNUSED_RESULT;
