/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text in columns of a terminal. Pure. */
#pragma once

#include <glib.h>

/* How many columns a text takes: wide characters two, combining ones none. */
guint vp_view_table_columns(const char *text);

/* Makes columns narrower, always the widest, until they fit into the width with a gap of two
 * between each; none below its least. width: 0 for no limit. */
void vp_view_table_fit(guint *widths, const guint *least, gsize n, guint width);

/* The text in so many columns, cut if it is longer; an ellipsis (one column) replaces the rest. */
char *vp_view_table_cut(const char *text, guint width, const char *ellipsis);
