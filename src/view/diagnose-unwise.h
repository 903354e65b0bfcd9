/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of a spec that are allowed but unwise. */
#pragma once

#include "spec/spec.h"

/* name: of the element, or the "@attribute", that it is about, at that place or within it. message
 * is the caller's. */
typedef void VpUnwise(const char *name, const VpPlace *place, const char *message, gpointer data);

/* The context of the checks: a spec, and the receiver of the advice. */
typedef struct {
    const VpSpec *spec;
    VpUnwise *tell;
    gpointer data;
} VpAdviser;
void vp_view_diagnose_advise(const VpAdviser *adviser, const char *name, const VpPlace *place,
                             const char *message);

void vp_view_diagnose_unwise(const VpSpec *spec, VpUnwise *tell, gpointer data);
