/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call of the hook, as the front hands it to the core; libc only. */
#pragma once

#include <stddef.h>

#include "hook/operation.h"

typedef struct {
    const char *guest; /* argv[1]: plain data, may be "--help" */
    VpOperation operation;
    const char *xml; /* standard input, whole */
    size_t size;
} VpHookCall;

/* Entry of the private shared object: loads the configuration, runs, writes standard output once
 * and whole, or one line on standard error. Returns the exit status. */
int vp_hook_main(const VpHookCall *call);
