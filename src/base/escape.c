/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Escapes of foreign bytes, for names in messages and for contents on a terminal. */
#include <config.h>

#include <string.h>

#include "base/escape.h"

static gboolean
is_visible(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
        return FALSE;
    default:
        return TRUE;
    }
}

static gboolean
is_layout(const char *at, const char *end)
{
    return *at == '\n' || *at == '\t' || (*at == '\r' && at + 1 < end && at[1] == '\n');
}

static char *
escape(const char *bytes, gsize size, gboolean one_line)
{
    GString *out = g_string_sized_new(size + 16);
    const char *end = bytes + size;

    for (const char *at = bytes; at < end;) {
        gunichar c = g_utf8_get_char_validated(at, end - at);
        gboolean is_valid = c != (gunichar)-1 && c != (gunichar)-2;

        if (*at == '\0' || !is_valid) {
            g_string_append_printf(out, "\\x%02x", (guchar)*at++);
            continue;
        }
        if (one_line && c == '\\')
            g_string_append(out, "\\\\");
        else if (is_visible(c) || (!one_line && is_layout(at, end)))
            g_string_append_unichar(out, c);
        else if (c < 0x80)
            g_string_append_printf(out, "\\x%02x", c);
        else
            g_string_append_printf(out, "\\u{%04x}", c);
        at = g_utf8_next_char(at);
    }
    return g_string_free(out, FALSE);
}

char *
vp_escape_name(const char *text)
{
    return escape(text, strlen(text), TRUE);
}

char *
vp_escape_text(const char *bytes, gsize size)
{
    return escape(bytes, size, FALSE);
}
