/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decimal numbers within bounds. */
#include <config.h>

#include <string.h>

#include "base/number.h"

gboolean
vp_number_parse(const char *text, guint minimum, guint maximum, guint *number)
{
    gsize length = strlen(text);
    guint64 value;

    if (length < 1 || length > 10 || strspn(text, "0123456789") != length ||
        (text[0] == '0' && length > 1))
        return FALSE;
    value = g_ascii_strtoull(text, NULL, 10);
    if (value < minimum || value > maximum)
        return FALSE;
    *number = (guint)value;
    return TRUE;
}
