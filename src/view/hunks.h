/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The differences of two texts on standard output, as diff -u prints them. */
#pragma once

#include <glib.h>

/* Lines that fit for a terminal already. FALSE if they are the same, and nothing is printed then.
 */
gboolean vp_view_hunks_print(char *const *old, guint n_old, char *const *new, guint n_new);

/* The same, line by line: sign is ' ', '-' or '+' or, of a hunk's first line, '@', which that line
 * begins with. */
typedef void VpHunksLine(char sign, const char *rest, gpointer data);
gboolean vp_view_hunks_each(char *const *old, guint n_old, char *const *new, guint n_new,
                            VpHunksLine *each, gpointer data);
VpHunksLine vp_view_hunks_print_line;

/* The same as vp_view_hunks_print of whole texts. */
gboolean vp_view_hunks_print_texts(const char *old, const char *new);
