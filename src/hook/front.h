/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of the hook's front end: libc only and no allocation, because every guest on the host pays
 * for them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "hook/call.h"

/* Reads to the end of file, at most room bytes. Returns how many, or -1 with errno. */
ssize_t vp_hook_front_read(int fd, char *buffer, size_t room);

/* Whether the core has anything to do with this call. A yes may be wrong, a no is right: in doubt
 * the core is asked. */
bool vp_hook_front_needs_core(VpOperation operation, const char *xml, size_t size);

/* Before that: whether this guest may have a payload and its definition is over the size limit.
 * Reads the rest of it from fd into the same VP_XML_MAX_BYTES, because our element may be in the
 * rest. */
bool vp_hook_front_is_too_large(VpOperation operation, int fd, char *xml, size_t size);

/* Descriptors 0 to 2 exist afterwards, so that no file that is opened later becomes one of them. */
bool vp_hook_front_open_standard_fds(void);

/* Ends the process after so many seconds: with a line and 1, or silently with 0 if the operation
 * may not fail. libvirt has no time-out of its own. */
void vp_hook_front_watch(VpOperation operation, unsigned seconds);

/* A crash, and GLib's abort if memory runs out, also end with a line and 1, or silently with 0. */
void vp_hook_front_catch_crashes(VpOperation operation);

/* Prints "virt-payload: GUEST: WHAT: WHY [NAME]" (why may be NULL) in printable characters; returns
 * the exit status. */
int vp_hook_front_fail(const VpHookCall *call, const char *what, const char *why, const char *name);
