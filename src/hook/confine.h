/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drops privileges before the hook reads a definition, so that a flaw in a parser does not give
 * root's power. */
#pragma once

#include <glib.h>

#include "payload/conf.h"

/* Every capability: the hook works only with root's own files, except that an image may have to be
 * given to another user (keep_chown). This does not affect the hand-over: a program that root
 * starts has them again. */
void vp_hook_confine_capabilities(gboolean keep_chown);

/* In addition, for the rest of the process: no new privileges; only the payload directory
 * may be written to, and only it and the configuration's other directories may be read (Landlock);
 * only the system calls of vp_hook_confine_calls (seccomp) work. Directories that do not exist yet
 * cannot be reached afterwards: create the payload directory before.
 *
 * Each part is skipped if the kernel does not have it: a host with an older kernel starts its
 * guests too. */
void vp_hook_confine(const VpConf *conf, gboolean keep_chown);

/* The same as on a kernel whose Landlock is of this version; 0 for none. */
void vp_hook_confine_to_version(const VpConf *conf, gboolean keep_chown, int newest);
