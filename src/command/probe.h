/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a server of SSH answers. */
#pragma once

#include <glib.h>

enum { VP_PROBE_MAX = 32 };

/* The first of the addresses (numeric, char *, VP_PROBE_MAX at most) at which one answers: its
 * first line says so. All are tried at the same time; each has a second for the connection, and
 * another one for the line. NULL: none does. */
const char *vp_command_probe_ssh(const GPtrArray *addresses, guint port);
