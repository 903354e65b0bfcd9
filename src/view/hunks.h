/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The differences of two texts on standard output, as diff -u prints them. */
#pragma once

#include <glib.h>

/* Lines that fit for a terminal already, one by one: sign is ' ', '-' or '+' or, of a hunk's first
 * line, '@', which that line begins with. FALSE if they are the same, and nothing is printed then.
 */
typedef void VpHunksLine(char sign, const char *rest, gpointer data);
gboolean vp_view_hunks_each(char *const *old, guint n_old, char *const *new, guint n_new,
                            VpHunksLine *each, gpointer data);
VpHunksLine vp_view_hunks_print_line;

/* Prints the differences of whole texts; FALSE if there are none. */
gboolean vp_view_hunks_print_texts(const char *old, const char *new);
