/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strict base64. */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/error.h"

/* The six bits of a character; -1 if it is not in the alphabet. */
static int
value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

static GBytes *
fail(const char *message, GError **error)
{
    return vp_error_null(error, VP_ERROR_BASE64, "%s", message);
}

GBytes *
vp_base64_decode(const char *text, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_sized_new(strlen(text) / 4 * 3 + 3);
    guint bits = 0, digits = 0, padding = 0;

    for (const char *p = text; *p; p++) {
        int value = value_of(*p);

        if (strchr(" \t\n\r", *p) != NULL)
            continue;
        if (*p == '=') {
            padding++;
            continue;
        }
        if (value < 0)
            return fail("has a character that is not base64", error);
        if (padding > 0)
            return fail("base64 goes on after its padding", error);
        bits = (bits << 6 | (guint)value) & 0xffffff;
        if (++digits % 4 != 1) {
            guint8 byte = bits >> (6 - 2 * ((digits - 1) % 4));

            g_byte_array_append(bytes, &byte, 1);
        }
    }
    if (padding > 2 || (digits + padding) % 4 != 0)
        return fail("base64 is cut off, or its padding '=' is missing", error);
    if (bits & ((1U << 2 * padding) - 1))
        return fail("base64 is cut off: bits are left over", error);
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

GBytes *
vp_base64_decode_bytes(const char *bytes, gsize size)
{
    g_autofree char *text = g_strndup(size > 0 ? bytes : "", size);

    return strlen(text) == size ? vp_base64_decode(text, NULL) : NULL;
}
