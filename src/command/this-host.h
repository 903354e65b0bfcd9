/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether libvirt runs the hook on this host, for the commands that would otherwise promise a drive
 * without an image. */
#pragma once

#include "libvirt/host.h"
#include "libvirt/virt.h"
#include "payload/conf.h"

/* The hook's files, the daemon, and confinement. */
void vp_command_this_host_check(const VpConf *conf, VpHostTell *tell, gpointer data);

/* If the connection is to this host's daemon: the first of what is wrong with the hook, as a
 * warning on standard error. */
void vp_command_this_host_warn(const VpConf *conf, const VpVirt *virt);
