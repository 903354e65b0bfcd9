/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What no single field of a VpSpec shows: contradictions, and names that must lead somewhere. */
#include <config.h>

#include "error.h"
#include "spec.h"

gboolean
vp_spec_validate(const VpSpec *spec, GError **error)
{
    if (spec->links->len > 0 && spec->network_config) {
        g_set_error(error, VP_ERROR, VP_ERROR_CONFLICT,
                    "network-config (line %u): excludes network; give one of the two",
                    spec->network_config->line);
        return FALSE;
    }
    return TRUE;
}
