/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Several guests for one command: names, shell patterns, and all that have a payload. */
#pragma once

#include "command/command.h"

/* TRUE if the arguments may mean more guests than one. */
gboolean vp_command_many_is_meant(const VpCall *call);

/* UUIDs, each once, NULL-terminated; free with g_strfreev. VP_ERROR_NOT_FOUND for a pattern that no
 * guest matches, VP_ERROR_USAGE if guests are named beside --all, or standard input is. */
char **vp_command_many_expand(const VpCall *call, GError **error) G_GNUC_WARN_UNUSED_RESULT;
