/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network of a guest with three NICs, read and planned as for a renderer. */
#pragma once

#include "read-spec.h"
#include "render/network.h"

#define NIC(mac) "<interface type='user'><mac address='" mac "'/></interface>"
#define NICS NIC("52:54:00:00:00:01") NIC("52:54:00:00:00:02") NIC("52:54:00:00:00:03")

/* network: what the element holds. Free with vp_spec_free. */
static inline VpSpec *
read_network(const char *network, gboolean windows)
{
    g_autofree char *content = g_strconcat("<network>", network, "</network>", NULL);

    return read_spec(content, NICS, windows);
}

/* Free with g_ptr_array_unref. */
static inline GPtrArray *
plan_of(const VpSpec *spec)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *plan = vp_render_network_plan(spec, &error);

    g_assert_no_error(error);
    return plan;
}
