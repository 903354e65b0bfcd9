/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to openstack/latest/network_data.json.
 * Source: OpenStack Nova, doc/api_schemas/network_data.json; read by cloud-init's
 * convert_net_json() (cloudinit/sources/helpers/openstack.py) and cloudbase-init's
 * baseopenstackservice.py. */
#pragma once

#include "render/network.h" /* what the plan is of */

/* The plan has at least one link. VP_ERROR_NETWORK, in addition to what vp_render_network_plan()
 * finds, if cloud-init would name a bond or VLAN differently from the spec: bonds are bond0, bond1
 * … by order, VLANs LINK.ID. */
GBytes *vp_render_network_data_json(const VpSpec *spec, const GPtrArray *plan,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
