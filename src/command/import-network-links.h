/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NoCloud's network-config, versions 1 and 2, as far as it is simple: interfaces that are found by
 * their MAC addresses, in one form for both versions, so that two texts can be compared.
 * Source: cloud-init, Networking config versions 1 and 2. */
#pragma once

#include "base/json-text.h"

/* An array of objects, in the order of the text, whose members are named like the fields of an
 * interface: "@mac", "dhcp4", "dhcp6", the lists "address" (with their prefixes), "gateway", "dns",
 * "search" and, if given, "@name" (which the guest gives the interface), "mtu", "accept-ra", and
 * "id" (of version 2, without a name). NULL for anything else that the text says. */
json_object *vp_command_import_network_links(GBytes *network_config);
