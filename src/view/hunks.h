/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The differences of two texts on standard output, as diff -u prints them. */
#pragma once

#include <glib.h>

/* Lines that fit for a terminal already. FALSE if they are the same, and nothing is printed then.
 */
gboolean vp_view_hunks_print(char *const *old, guint n_old, char *const *new, guint n_new);

/* The same of whole texts. */
gboolean vp_view_hunks_print_texts(const char *old, const char *new);
