/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's YAML mapping, read as libyaml's events and written as those. */
#include <config.h>

#include <string.h>
#include <yaml.h>

#include "base/error.h"
#include "base/yaml-map.h"

struct VpYamlMap {
    GArray *events;   /* of yaml_event_t: what stands between the root's start and its end */
    GHashTable *keys; /* of the root */
};

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(yaml_parser_t, yaml_parser_delete)

static void
event_clear(gpointer data)
{
    yaml_event_delete(data);
}

void
vp_yaml_map_free(VpYamlMap *map)
{
    if (!map)
        return;
    g_array_unref(map->events);
    g_hash_table_unref(map->keys);
    g_free(map);
}

static gboolean
fail(GError **error, const char *what, yaml_mark_t mark)
{
    g_set_error(error, VP_ERROR, VP_ERROR_VALUE, "%s (its line %zu)", what, mark.line + 1);
    return FALSE;
}

static gboolean
next_event(yaml_parser_t *parser, yaml_event_t *event, GError **error)
{
    if (yaml_parser_parse(parser, event))
        return TRUE;
    if (parser->error == YAML_MEMORY_ERROR)
        g_error("yaml: out of memory");
    return fail(error, "is no YAML", parser->problem_mark);
}

static int
nesting(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return 1;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return -1;
    default:
        return 0;
    }
}

/* Untagged text stays untagged whatever style the emitter must choose for it. */
static void
take_event(VpYamlMap *map, yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT && !event->data.scalar.tag &&
        event->data.scalar.plain_implicit)
        event->data.scalar.quoted_implicit = 1;
    g_array_append_val(map->events, *event);
}

/* What stands in the root, its start being read, up to its end. */
static gboolean
read_pairs(VpYamlMap *map, yaml_parser_t *parser, GError **error)
{
    int depth = 0;
    gboolean key_is_due = TRUE;

    for (;;) {
        yaml_event_t event;

        if (!next_event(parser, &event, error))
            return FALSE;
        if (depth == 0 && event.type == YAML_MAPPING_END_EVENT)
            return TRUE;
        if (depth == 0 && key_is_due && event.type != YAML_SCALAR_EVENT) {
            fail(error, "has a key that is no text", event.start_mark);
            yaml_event_delete(&event);
            return FALSE;
        }
        if (depth == 0 && key_is_due)
            g_hash_table_add(map->keys, g_strdup((const char *)event.data.scalar.value));
        depth += nesting(&event);
        take_event(map, &event);
        if (depth == 0)
            key_is_due = !key_is_due;
    }
}

static gboolean
read_root(VpYamlMap *map, yaml_parser_t *parser, GError **error)
{
    yaml_event_t event;
    yaml_event_type_t type;

    if (!next_event(parser, &event, error))
        return FALSE;
    type = event.type;
    if (type != YAML_MAPPING_START_EVENT)
        fail(error, "is no mapping of keys to values", event.start_mark);
    yaml_event_delete(&event);
    return type == YAML_MAPPING_START_EVENT && read_pairs(map, parser, error);
}

/* STREAM-START (DOCUMENT-START root DOCUMENT-END)? STREAM-END: libyaml's grammar, and no second
 * document. */
static gboolean
read_stream(VpYamlMap *map, yaml_parser_t *parser, GError **error)
{
    for (guint documents = 0;;) {
        yaml_event_t event;
        yaml_event_type_t type;
        yaml_mark_t mark;

        if (!next_event(parser, &event, error))
            return FALSE;
        type = event.type;
        mark = event.start_mark;
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return TRUE;
        if (type != YAML_DOCUMENT_START_EVENT)
            continue;
        if (documents++ > 0)
            return fail(error, "has a second document", mark);
        if (!read_root(map, parser, error))
            return FALSE;
    }
}

VpYamlMap *
vp_yaml_map_parse(GBytes *text, GError **error)
{
    g_autoptr(VpYamlMap) map = g_new0(VpYamlMap, 1);
    g_auto(yaml_parser_t) parser;
    gsize size;
    const void *data = g_bytes_get_data(text, &size);

    map->events = g_array_new(FALSE, FALSE, sizeof(yaml_event_t));
    g_array_set_clear_func(map->events, event_clear);
    map->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!yaml_parser_initialize(&parser))
        g_error("yaml: out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, data ? data : (const guchar *)"", size);
    return read_stream(map, &parser, error) ? g_steal_pointer(&map) : NULL;
}

gboolean
vp_yaml_map_has(const VpYamlMap *map, const char *key)
{
    return g_hash_table_contains(map->keys, key);
}

void
vp_yaml_map_write(VpYamlMap *map, VpYaml *yaml)
{
    for (guint i = 0; i < map->events->len; i++) {
        yaml_event_t *event = &g_array_index(map->events, yaml_event_t, i);

        vp_yaml_event(yaml, event);
        memset(event, 0, sizeof *event); /* YAML_NO_EVENT: nothing left to delete */
    }
}
