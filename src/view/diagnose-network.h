/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of a valid network that a guest agent ignores, and networks that are probably mistaken.
 */
#pragma once

#include "spec/spec.h"
#include "view/diagnose-unwise.h"

void vp_view_diagnose_network(const VpSpec *spec, VpUnwise *tell, gpointer data);
