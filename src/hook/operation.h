/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one table of libvirt's hook operations that concern a payload; libc only, because both the
 * hook's front end and its core use it. https://libvirt.org/hooks.html, "/etc/libvirt/hooks/qemu".
 */
#pragma once

#include <stdbool.h>

typedef enum {
    VP_OPERATION_NONE,    /* all others: nothing is read, nothing is done, success */
    VP_OPERATION_PREPARE, /* builds the image */
    VP_OPERATION_STARTED, /* hands over to the command if the drive is missing */
    VP_OPERATION_RELEASE, /* removes the image */
    VP_OPERATION_FILTER,  /* migrate, restore: repoints the drive; only their output is read */
} VpOperation;

VpOperation vp_hook_operation_find(const char *operation, const char *suboperation);

/* libvirt continues after a failing release, and so does the guest's clean-up: it always exits with
 * 0. */
bool vp_hook_operation_may_fail(VpOperation operation);
