/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Escapes untrusted bytes for display: nothing is left that could act on a terminal or deceive a
 * reader. */
#pragma once

#include <glib.h>

/* These are shown as escapes: control characters (C0, DEL, C1) as "\x1b", bytes that are not UTF-8
 * as "\xff", and characters that are invisible or change the order of others (Unicode's Cc, Cf, Zl,
 * Zp, Co, Cn, bidirectional controls among them) as "\u{202e}". */

/* One line: newline and tab are escaped too, and a backslash is doubled, so that no two names look
 * alike. */
char *vp_escape_name(const char *text);

/* Text of several lines: newline, tab, and the carriage return that ends a line with a newline,
 * stay; so does the backslash. Reads size bytes, NUL among them. */
char *vp_escape_text(const char *bytes, gsize size);

/* A text of JSON or XML, with the same characters as escapes of its own ("\u202e", "&#x202e;"): its
 * reader gets the same strings. Of UTF-8 only; bytes that are not are left out. */
char *vp_escape_json(const char *text, gsize size);
char *vp_escape_xml(const char *text, gsize size);
