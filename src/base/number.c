/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decimal numbers within bounds. */
#include <config.h>

#include "base/number.h"

gboolean
vp_number_parse(const char *text, guint minimum, guint maximum, guint *number)
{
    gboolean has_zero = text[0] == '0' && text[1] != '\0';
    guint64 value;

    if (has_zero || !g_ascii_string_to_unsigned(text, 10, minimum, maximum, &value, NULL))
        return FALSE;
    *number = (guint)value;
    return TRUE;
}
