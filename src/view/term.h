/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the terminal on standard output can do. */
#pragma once

#include "base/json-text.h"

/* TRUE if standard output is a terminal. */
gboolean vp_view_term_is_output(void);

/* Columns of the terminal; 0 if standard output is not one. */
guint vp_view_term_width(void);

typedef enum {
    VP_STYLE_BOLD,
    VP_STYLE_DIM,
    VP_STYLE_RED,
    VP_STYLE_GREEN,
    VP_STYLE_YELLOW,
    VP_STYLE_CYAN,
} VpStyle;

/* The sequences that turn a style on, and every style off; "" if no colours are to be used. Static.
 */
const char *vp_view_term_on(VpStyle style);
const char *vp_view_term_off(void);

/* Shows a line on standard error instead of the previous one; NULL removes it. Does nothing if
 * standard error is not a terminal, or a "dumb" one. */
void vp_view_term_progress(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* JSON on standard output, escaped as vp_escape_json does. */
void vp_view_term_print_json(json_object *object);
