/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts of which no copy may be left in memory. */
#pragma once

#include <glib.h>

/* Clears the text before it frees it. NULL is allowed. */
void vp_secret_free(void *text);

/* The same with size bytes, which may have NUL bytes among them. */
void vp_secret_free_bytes(void *data, gsize size);
