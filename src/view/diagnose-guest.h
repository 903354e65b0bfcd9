/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which fields of a valid spec a guest will not act on, or only from some version of its agent on:
 * cloud-init 20.4 to 26.2, or cloudbase-init for Windows. */
#pragma once

#include "spec/spec.h"
#include "view/diagnose-unwise.h"

void vp_view_diagnose_guest(const VpSpec *spec, VpUnwise *tell, gpointer data);
