/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content-Transfer-Encoding. */
#include <config.h>

#include "base/base64.h"
#include "base/mime-encoding.h"

VpMimeEncoding
vp_mime_encoding_of(const char *text)
{
    static const char *const none[] = {"7bit", "8bit", "binary", NULL};
    g_autofree char *lower = text != NULL ? g_ascii_strdown(text, -1) : NULL;

    if (lower == NULL || g_strv_contains(none, lower))
        return VP_MIME_ENCODING_NONE;
    if (g_str_equal(lower, "base64"))
        return VP_MIME_ENCODING_BASE64;
    return g_str_equal(lower, "quoted-printable") ? VP_MIME_ENCODING_QUOTED
                                                  : VP_MIME_ENCODING_OTHER;
}

/* "=3D" is a character, "=" at the end of a line joins it to the next. */
static GBytes *
decode_quoted(const char *at, const char *end)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    while (at < end) {
        guint8 byte = (guint8)*at++;

        if (byte == '=' && end - at >= 2 && g_ascii_isxdigit(at[0]) && g_ascii_isxdigit(at[1])) {
            byte = (guint8)(g_ascii_xdigit_value(at[0]) * 16 + g_ascii_xdigit_value(at[1]));
            at += 2;
        } else if (byte == '=') {
            at += end - at >= 2 && *at == '\r' && at[1] == '\n';
            if (at < end && *at++ != '\n')
                return NULL;
            continue;
        }
        g_byte_array_append(bytes, &byte, 1);
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

GBytes *
vp_mime_encoding_decode(VpMimeEncoding encoding, VpMimeRange body)
{
    gsize length = (gsize)(body.end - body.start);

    switch (encoding) {
    case VP_MIME_ENCODING_NONE:
        return g_bytes_new(body.start, length);
    case VP_MIME_ENCODING_BASE64:
        return vp_base64_decode_bytes(body.start, length);
    case VP_MIME_ENCODING_QUOTED:
        return decode_quoted(body.start, body.end);
    default:
        return NULL;
    }
}
