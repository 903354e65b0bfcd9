/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* @secret and @src: opens what a spec refers to, below the administrator's directories only. */
#pragma once

#include "conf.h"
#include "spec.h"

/* Resolves every reference of the spec: secrets into their text (one trailing newline removed), files
 * into an open descriptor and size, or into bytes where the content must be seen to be merged. Opened
 * with RESOLVE_BENEATH and without links, regular, owned by root (or the session's user), not writable
 * by others; secrets not readable by others either: else VP_ERROR_REFERENCE, naming element and line. */
gboolean vp_reference_resolve(VpSpec *spec, const VpConf *conf, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
