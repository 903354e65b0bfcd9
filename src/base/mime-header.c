/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The headers of a MIME message and their parameters. */
#include <config.h>

#include <string.h>

#include "base/mime-header.h"

const char *
vp_mime_next_line(const char *at, const char *end)
{
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    if (at < end && *at++ == '\r' && at < end && *at == '\n')
        at++;
    return at;
}

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static gboolean
is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* The colon after a header's name, which may be empty; NULL if the line is not a header. */
static const char *
find_colon(const char *at, const char *end)
{
    while (at < end && g_ascii_isgraph(*at) && *at != ':')
        at++;
    return at < end && *at == ':' ? at : NULL;
}

static gboolean
is_mbox_line(const char *at, const char *end)
{
    return end - at >= 5 && memcmp(at, "From ", 5) == 0;
}

static const char *
skip_continuation(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at = vp_mime_next_line(at, end);
    return at;
}

/* As Python does, which keeps the line end of a value that is folded before its first word. */
static VpMimeRange
trim(VpMimeRange value)
{
    while (value.start < value.end && is_blank(*value.start))
        value.start++;
    while (value.end > value.start && is_line_end(value.end[-1]))
        value.end--;
    return value;
}

gboolean
vp_mime_header_next(VpMimeRange *rest, VpMimeHeader *header)
{
    const char *line = rest->start, *next = vp_mime_next_line(line, rest->end);
    const char *colon = find_colon(line, rest->end);

    if (line < rest->end && is_line_end(*line)) {
        rest->start = next;
        return FALSE;
    }
    if (colon == NULL && !is_mbox_line(line, rest->end) && (line == rest->end || !is_blank(*line)))
        return FALSE;
    rest->start = skip_continuation(next, rest->end);
    header->name = (VpMimeRange){line, colon != NULL ? colon : line};
    header->value = trim((VpMimeRange){colon != NULL ? colon + 1 : line, rest->start});
    return TRUE;
}

gboolean
vp_mime_header_is_mbox(const VpMimeHeader *header)
{
    return header->value.start == header->name.start &&
           is_mbox_line(header->value.start, header->value.end);
}

gboolean
vp_mime_header_is(const VpMimeHeader *header, const char *name)
{
    gsize length = strlen(name);

    return (gsize)(header->name.end - header->name.start) == length &&
           g_ascii_strncasecmp(header->name.start, name, length) == 0;
}

char *
vp_mime_header_text(const VpMimeHeader *header)
{
    GString *text = g_string_new_len(header->value.start, header->value.end - header->value.start);

    for (gsize i = 0; i < text->len; i++) {
        if (text->str[i] == '\0')
            text->str[i] = '\1';
    }
    return g_string_free(text, FALSE);
}

/* Before the ';' that an even number of quotation marks precedes; Python does not count those after
 * a backslash. */
static const char *
end_of_parameter(const char *start)
{
    const char *at = start;
    gboolean is_quoted = FALSE;

    for (; *at != '\0' && (is_quoted || *at != ';'); at++) {
        if (*at == '"' && (at == start || at[-1] != '\\'))
            is_quoted = !is_quoted;
    }
    return at;
}

static char *
unquote(const char *value)
{
    gsize length = strlen(value);
    GString *text;

    if (length > 1 && *value == '<' && value[length - 1] == '>')
        return g_strndup(value + 1, length - 2);
    if (length < 2 || *value != '"' || value[length - 1] != '"')
        return g_strdup(value);
    text = g_string_new_len(value + 1, (gssize)length - 2);
    g_string_replace(text, "\\\\", "\\", 0);
    g_string_replace(text, "\\\"", "\"", 0);
    return g_string_free(text, FALSE);
}

char *
vp_mime_header_parameter(const char *text, const char *name)
{
    const char *at = end_of_parameter(text);

    while (*at == ';') {
        const char *end = end_of_parameter(at + 1);
        g_autofree char *parameter = g_strndup(at + 1, (gsize)(end - at - 1));
        char *value = strchr(parameter, '=');

        at = end;
        if (value != NULL)
            *value++ = '\0';
        if (g_ascii_strcasecmp(g_strstrip(parameter), name) == 0)
            return unquote(value != NULL ? g_strstrip(value) : "");
    }
    return NULL;
}
