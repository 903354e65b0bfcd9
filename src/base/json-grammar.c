/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of RFC 8259, section by section; one pass, and no recursion deeper than asked for. */
#include <config.h>

#include <string.h>

#include "base/json-grammar.h"

typedef struct {
    const char *text;
    const char *at;
    const char *end;
    guint depth; /* that is left */
    const VpJsonVisitor *visitor;
} Reader;

static gboolean read_value(Reader *reader);

static void
skip_space(Reader *reader)
{
    while (reader->at < reader->end && *reader->at != '\0' &&
           strchr(" \t\n\r", *reader->at) != NULL)
        reader->at++;
}

static gboolean
accept_char(Reader *reader, char wanted)
{
    if (reader->at == reader->end || *reader->at != wanted)
        return FALSE;
    reader->at++;
    return TRUE;
}

static gboolean
read_word(Reader *reader, const char *word)
{
    for (; *word; word++) {
        if (!accept_char(reader, *word))
            return FALSE;
    }
    return TRUE;
}

/* 6: a run of at least one */
static gboolean
read_digits(Reader *reader)
{
    const char *begin = reader->at;

    while (reader->at < reader->end && g_ascii_isdigit(*reader->at))
        reader->at++;
    return reader->at > begin;
}

static gboolean
read_number(Reader *reader)
{
    accept_char(reader, '-');
    if (!accept_char(reader, '0') && !read_digits(reader))
        return FALSE;
    if (accept_char(reader, '.') && !read_digits(reader))
        return FALSE;
    if (!accept_char(reader, 'e') && !accept_char(reader, 'E'))
        return TRUE;
    if (!accept_char(reader, '-'))
        accept_char(reader, '+');
    return read_digits(reader);
}

/* 7: what follows a backslash */
static gboolean
read_escape(Reader *reader)
{
    if (!accept_char(reader, 'u')) {
        if (reader->at == reader->end || *reader->at == '\0' ||
            strchr("\"\\/bfnrt", *reader->at) == NULL)
            return FALSE;
        reader->at++;
        return TRUE;
    }
    for (guint i = 0; i < 4; i++, reader->at++) {
        if (reader->at == reader->end || !g_ascii_isxdigit(*reader->at))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_string(Reader *reader)
{
    if (!accept_char(reader, '"'))
        return FALSE;
    while (reader->at < reader->end && (guchar)*reader->at >= 0x20) {
        if (accept_char(reader, '"'))
            return TRUE;
        if (!accept_char(reader, '\\'))
            reader->at++;
        else if (!read_escape(reader))
            return FALSE;
    }
    return FALSE;
}

/* From begin to the place that has been read. */
static gboolean
visit_scalar(const Reader *reader, const char *begin)
{
    const VpJsonVisitor *visitor = reader->visitor;

    return visitor == NULL || visitor->scalar(visitor->data, (gsize)(begin - reader->text),
                                              (gsize)(reader->at - reader->text));
}

static gboolean
read_member(Reader *reader)
{
    const char *begin;

    skip_space(reader);
    begin = reader->at;
    if (!read_string(reader) || !visit_scalar(reader, begin))
        return FALSE;
    skip_space(reader);
    return accept_char(reader, ':') && read_value(reader);
}

/* 4 and 5: after the opening bracket, up to the closing one */
static gboolean
read_items(Reader *reader, char closing, gboolean (*read_item)(Reader *))
{
    skip_space(reader);
    if (accept_char(reader, closing))
        return TRUE;
    do {
        if (!read_item(reader))
            return FALSE;
    } while (accept_char(reader, ','));
    return accept_char(reader, closing);
}

static gboolean
read_nested(Reader *reader)
{
    const VpJsonVisitor *visitor = reader->visitor;
    gboolean is_object = *reader->at == '{', whole;

    if (reader->depth == 0 || (visitor != NULL && !visitor->open(visitor->data, is_object)))
        return FALSE;
    reader->depth--;
    reader->at++;
    whole = is_object ? read_items(reader, '}', read_member) : read_items(reader, ']', read_value);
    reader->depth++;
    if (whole && visitor != NULL)
        visitor->close(visitor->data);
    return whole;
}

static gboolean
read_scalar(Reader *reader)
{
    switch (reader->at < reader->end ? *reader->at : '\0') {
    case '"':
        return read_string(reader);
    case 't':
        return read_word(reader, "true");
    case 'f':
        return read_word(reader, "false");
    case 'n':
        return read_word(reader, "null");
    default:
        return read_number(reader);
    }
}

/* 2: with the white space around it */
static gboolean
read_value(Reader *reader)
{
    const char *begin;

    skip_space(reader);
    begin = reader->at;
    if (begin < reader->end && (*begin == '{' || *begin == '[')
            ? !read_nested(reader)
            : !read_scalar(reader) || !visit_scalar(reader, begin))
        return FALSE;
    skip_space(reader);
    return TRUE;
}

gboolean
vp_json_grammar_read(const char *text, gsize size, guint max_depth, const VpJsonVisitor *visitor,
                     gsize *at)
{
    Reader reader = {text, text, text + size, max_depth, visitor};
    const char *invalid = text;
    gboolean holds = read_value(&reader) && reader.at == reader.end;

    /* 8.1 */
    if (!g_utf8_validate_len(text, size, &invalid) && (!holds || invalid < reader.at)) {
        reader.at = MIN(reader.at, invalid);
        holds = FALSE;
    }
    if (!holds && at != NULL)
        *at = (gsize)(reader.at - text);
    return holds;
}
