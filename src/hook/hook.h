/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hook's core: what each operation does. Loaded by the front (hooks/qemu.c) only for guests
 * that may be ours. */
#pragma once

#include <glib.h>

#include "hook/call.h"
#include "payload/conf.h"

/* Runs the call. *output is for standard output: the rewritten XML of a filter that
 * changed it, what vp_hook_handover_start takes of a guest that started and needs its drive
 * hot-plugged, otherwise NULL. A guest without a payload is left alone. VP_ERROR_IDENTITY if the
 * XML is another guest's; VP_ERROR_DRIVE if attach is "refuse" and the guest has no drive; and the
 * errors of the modules.
 */
gboolean vp_hook_run(const VpHookCall *call, const VpConf *conf, char **output,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
