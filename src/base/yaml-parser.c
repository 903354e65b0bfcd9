/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libyaml's parser, set up. */
#include <config.h>

#include <string.h>

#include "base/yaml-parser.h"

enum { MAX_DIRECTIVES = 16 };

static gboolean
has_many_directives(const char *text, gsize size)
{
    const char *end = text + size;
    guint count = 0;

    for (const char *at = text; (at = memchr(at, '%', (gsize)(end - at))) != NULL; at++) {
        count += at == text || at[-1] == '\n' || at[-1] == '\r';
        if (count > MAX_DIRECTIVES)
            return TRUE;
    }
    return FALSE;
}

gboolean
vp_yaml_parser_begin(yaml_parser_t *parser, const void *text, gsize size)
{
    if (size > 0 && has_many_directives(text, size))
        return FALSE;
    if (!yaml_parser_initialize(parser))
        g_error("yaml: out of memory");
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, size > 0 ? text : "", size);
    return TRUE;
}

void
vp_yaml_parser_clear(yaml_parser_t *parser)
{
    explicit_bzero(parser->raw_buffer.start,
                   (gsize)(parser->raw_buffer.end - parser->raw_buffer.start));
    explicit_bzero(parser->buffer.start, (gsize)(parser->buffer.end - parser->buffer.start));
    yaml_parser_delete(parser);
}

static void
clear_event(yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        explicit_bzero(event->data.scalar.value, event->data.scalar.length);
    yaml_event_delete(event);
}

gboolean
vp_yaml_parser_can_load(const void *text, gsize size)
{
    yaml_parser_t parser;
    yaml_event_t event;
    yaml_event_type_t type = YAML_NO_EVENT;
    int depth = 0;

    if (!vp_yaml_parser_begin(&parser, text, size))
        return FALSE;
    while (type != YAML_STREAM_END_EVENT && depth <= VP_YAML_MAX_LEVELS &&
           yaml_parser_parse(&parser, &event)) {
        type = event.type;
        depth += type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
        depth -= type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
        clear_event(&event);
    }
    vp_yaml_parser_clear(&parser);
    return depth <= VP_YAML_MAX_LEVELS;
}
