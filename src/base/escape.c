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

static void
append_json(GString *out, gunichar c)
{
    if (c < 0x10000)
        g_string_append_printf(out, "\\u%04x", c);
    else
        g_string_append_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                               0xdc00 + ((c - 0x10000) & 0x3ff));
}

static void
append_xml(GString *out, gunichar c)
{
    g_string_append_printf(out, "&#x%x;", c);
}

static char *
escape_for(const char *text, gsize size, void (*append)(GString *out, gunichar c))
{
    GString *out = g_string_sized_new(size + 16);
    const char *end = text + size;

    for (const char *at = text; at < end;) {
        gunichar c = g_utf8_get_char_validated(at, end - at);

        if (*at == '\0' || c == (gunichar)-1 || c == (gunichar)-2) {
            at++;
            continue;
        }
        if (is_visible(c) || *at == '\n' || *at == '\t' || *at == '\r')
            g_string_append_unichar(out, c);
        else
            append(out, c);
        at = g_utf8_next_char(at);
    }
    return g_string_free(out, FALSE);
}

char *
vp_escape_json(const char *text, gsize size)
{
    return escape_for(text, size, append_json);
}

char *
vp_escape_xml(const char *text, gsize size)
{
    return escape_for(text, size, append_xml);
}
