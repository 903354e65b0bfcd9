/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content of a spec as bytes, if it must be inspected rather than copied. */
#pragma once

#include "spec/data.h"

/* The limit for reading a file into memory, above what any guest agent accepts as user-data. */
enum { VP_DATA_MAX_READ = 32 << 20 };

/* The bytes, read from the file if they are not in memory yet. what: the element, for messages.
 * VP_ERROR_QUOTA above the limit, VP_ERROR_REFERENCE if the file has become shorter. */
GBytes *vp_render_data_read(const VpData *data, const char *what,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As text that needs no encoding: UTF-8, and no control character but tab, line feed and return.
 * NULL if it is not. Ends with a NUL of its own. */
char *vp_render_data_to_text(GBytes *bytes);
