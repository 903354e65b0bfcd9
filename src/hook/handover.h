/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hand-over: starts the command that hot-plugs a drive once libvirt has released the guest. */
#pragma once

#include <glib.h>

#include "payload/conf.h"

/* guest is "UUID ID" or "UUID ID resumed", and nothing else: it may come from a process that a
 * definition has taken over. Starts "virt-payload attach --live --id ID --began MS UUID" (with
 * --resumed, and with --config if the configuration says attach = persistent) as a separate
 * process: it inherits no descriptor, environment, session or (with systemd) control group of the
 * hook's, because libvirt waits until the last holder of the hook's pipes is gone. Does not wait
 * for it; its result is in the journal. In a session it connects to the daemon whose child the hook
 * is. Fails with the errno in words. */
gboolean vp_hook_handover_start(const char *guest, const VpConf *conf,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
