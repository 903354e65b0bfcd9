/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of operations. */
#include <config.h>

#include <string.h>

#include "hook/operation.h"

/* 'reconnect' is absent on purpose: if it fails, libvirt kills the running guest. */
static const struct {
    const char *operation;
    const char *suboperation;
    VpOperation value;
} operations[] = {
    {"prepare", "begin", VP_OPERATION_PREPARE}, {"started", "begin", VP_OPERATION_STARTED},
    {"release", "end", VP_OPERATION_RELEASE},   {"migrate", "begin", VP_OPERATION_FILTER},
    {"restore", "begin", VP_OPERATION_FILTER},
};

VpOperation
vp_hook_operation_find(const char *operation, const char *suboperation)
{
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (strcmp(operation, operations[i].operation) == 0 &&
            strcmp(suboperation, operations[i].suboperation) == 0)
            return operations[i].value;
    }
    return VP_OPERATION_NONE;
}

bool
vp_hook_operation_may_fail(VpOperation operation)
{
    return operation != VP_OPERATION_RELEASE;
}
