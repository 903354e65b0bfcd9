/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether bytes are JSON as RFC 8259 has it. json-c's strict mode is another in each version: 0.16
 * takes control characters in strings, 0.18 refuses every byte above 0x7f. */
#pragma once

#include <glib.h>

/* Callbacks, called in the order of the text; start and end are offsets into it. The keys and
 * values of an object alternate. FALSE ends the reading. */
typedef struct {
    gboolean (*open)(gpointer data, gboolean is_object);
    void (*close)(gpointer data);
    gboolean (*scalar)(gpointer data, gsize start, gsize end); /* a string with its quotes */
    gpointer data;
} VpJsonVisitor;

/* One value, with white space around it, in UTF-8; no deeper than max_depth. Otherwise *at, unless
 * NULL, is the first byte that does not fit. visitor: NULL for none. */
gboolean vp_json_grammar_read(const char *text, gsize size, guint max_depth,
                              const VpJsonVisitor *visitor, gsize *at);
