/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts of which no copy may be left in memory. */
#pragma once

/* Clears the text before it frees it. NULL is allowed. */
void vp_secret_free(void *text);
