/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to the answer file of Windows Setup: Unattend.xml, or sysprep.inf before Windows Vista.
 * Sources: Microsoft, Unattended Windows Setup Reference; Windows Server 2003 Ref.chm for
 * sysprep.inf; the variables are those of oVirt Engine (SysprepHandler.java). */
#pragma once

#include "spec/spec.h"

/* The name that Windows Setup looks for at the root of a drive. Static. */
const char *vp_render_sysprep_file_name(const VpSpec *spec);

/* From the fields, or from the spec's template with oVirt's variables replaced. An empty
 * $ProductKey$ removes its ProductKey element (or line), because Windows Setup stops at an empty
 * one. The computer's name is the host's, its first label cut to 15, or "*" (Windows makes one).
 * Windows has no use for a hash. VP_ERROR_PASSWORD for a hashed password; VP_ERROR_TEXT for what
 * the file cannot hold. */
GBytes *vp_render_sysprep(const VpSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;
