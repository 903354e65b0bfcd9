/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is allowed in a spec, and unwise. */
#pragma once

#include "spec/spec.h"

/* place: the element it is about; line: 0 where that is not known. message is static. */
typedef void VpUnwise(const char *place, guint line, const char *message, gpointer data);
void vp_view_diagnose_unwise(const VpSpec *spec, VpUnwise *tell, gpointer data);
