/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan of a network to NoCloud's network-config, version 2: what netplan reads. */
#pragma once

#include "render/network.h" /* what the plan is of */

GBytes *vp_render_network_config_2(const GPtrArray *plan, GError **error) G_GNUC_WARN_UNUSED_RESULT;
