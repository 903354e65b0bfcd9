/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decimal numbers within bounds. */
#pragma once

#include <glib.h>

/* Only digits, without sign, spaces or leading zeros. *number stays untouched on failure. */
gboolean vp_number_parse(const char *text, guint minimum, guint maximum,
                         guint *number) G_GNUC_WARN_UNUSED_RESULT;
