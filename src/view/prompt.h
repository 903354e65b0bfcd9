/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks questions on the terminal, whatever standard input and output are. */
#pragma once

#include <glib.h>

/* Two times the same line, not shown as it is typed. VP_ERROR_USAGE if there is no terminal,
 * VP_ERROR_PASSWORD if the two differ or are empty. Free it with vp_secret_free. */
char *vp_view_prompt_password(const char *question, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first letter of the answer, lower case; a newline for an empty one; NUL if there is no
 * terminal, or the input ends. */
char vp_view_prompt_letter(const char *question);
