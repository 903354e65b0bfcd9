/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest's agent will not make of a valid network, and networks that are probably mistaken.
 */
#pragma once

#include "spec/spec.h"
#include "view/diagnose-unwise.h"

void vp_view_diagnose_network(const VpSpec *spec, VpUnwise *tell, gpointer data);
