/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of a definition as it may be shown: what is not known to be harmless is masked. */
#pragma once

#include <glib.h>

/* The line text[start..start+length) of a definition, read from its beginning: a line may lie
 * within a comment, a CDATA section or a text that began above. Shown are tags, and of our elements
 * the texts and the values of attributes that the vocabulary knows and does not call secret, as
 * long as nothing in them looks like one: not passwords, files and commands, nothing with a
 * misspelt name, no comment, and nothing of other elements. *column, 1-based in characters, 0 for
 * none, follows the character that it is about. Escaped for a terminal. */
char *vp_view_diagnose_line(const char *text, gsize start, gsize length, guint *column);
