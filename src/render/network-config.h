/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to NoCloud's network-config.
 * Source: cloud-init, Networking config version 1. Version 2 is not used: before 25.3 it makes /64
 * of ::/0, drops the metric of a route, and calls gateway4 deprecated, each in other renderers. */
#pragma once

#include "render/network.h"

/* The plan has at least one link. */
GBytes *vp_render_network_config(const GPtrArray *plan, GError **error) G_GNUC_WARN_UNUSED_RESULT;
