/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The differences of two texts, line by line. Pure. */
#pragma once

#include <glib.h>

/* Lines old[old_from .. old_to) are replaced by new[new_from .. new_to); one of the two may be
 * empty. */
typedef struct {
    guint old_from, old_to;
    guint new_from, new_to;
} VpLineChange;

/* An array of VpLineChange, in order, with lines between them that are the same: a longest common
 * subsequence. If that would cost too much, the result is one change from the first line
 * that differs to the last. */
GArray *vp_view_line_diff(char *const *old, guint n_old, char *const *new, guint n_new);
