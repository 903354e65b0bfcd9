/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a guest that has booted applies a changed payload: its agent repeats its
 * once-per-instance steps if the instance-id differs from that of the last boot, and otherwise does
 * not read the drive. */
#pragma once

#include "libvirt/virt.h"

/* TRUE if the payload before and the one after it, arrays of VpSpec as read, have the same
 * instance-id. FALSE if either is NULL, and for payloads that have none. */
gboolean vp_command_instance_stays(const GPtrArray *before, const GPtrArray *after);

/* Says so on standard error, and how to make each change a new instance. */
void vp_command_instance_warn(const VpGuest *guest);
