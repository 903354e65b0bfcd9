/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system calls that the confined core may make, as a program for seccomp(2). Pure. */
#pragma once

#include <glib.h>
#include <linux/filter.h>

enum { VP_CONFINE_MAX_STEPS = 256 };

/* For a machine (AUDIT_ARCH_*): every call that is not in the list fails with EPERM, or with ENOSYS
 * if it is newer than the list, so that libc uses an older one. Calls by another
 * machine's convention (int 0x80, x32) are refused. process is the confined one, which may
 * abort(). Returns the number of steps; 0 for a machine that is not known. */
guint vp_hook_confine_calls(guint32 machine, guint32 process, struct sock_filter *steps);
