/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether bytes are JSON as RFC 8259 has it. json-c's strict mode is another in each version: 0.16
 * takes control characters in strings, 0.18 refuses every byte above 0x7f. */
#pragma once

#include <glib.h>

/* One value, with white space around it, in UTF-8; no deeper than max_depth. Otherwise *at, unless
 * NULL, is the first byte that does not fit. */
gboolean vp_json_grammar_holds(const char *text, gsize size, guint max_depth, gsize *at);
