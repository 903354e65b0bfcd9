/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of a definition as it may be shown: what could be a secret is masked. */
#pragma once

#include <glib.h>

/* Only texts of elements and values of attributes stay that the vocabulary knows, and knows to be
 * no secret: not passwords, files and commands, and nothing with a misspelt name. *column, 1-based
 * in characters, 0 for none, follows the character that it is about. Escaped for a terminal. */
char *vp_view_diagnose_line(const char *line, gsize length, guint *column);
