/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's YAML mapping, read as libyaml's events and written as those. */
#include <config.h>

#include <string.h>
#include <yaml.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/yaml-map.h"
#include "base/yaml-parser.h"

typedef struct {
    VpYamlKind kind;
    char *text; /* of a scalar */
} Value;

struct VpYamlMap {
    GArray *events;      /* of yaml_event_t: those between the root's start and its end */
    GHashTable *keys;    /* of the root: name → Value */
    GHashTable *anchors; /* names of those that were read */
    GByteArray *levels;  /* of Level: what is open below the root */
};

typedef enum { IN_LIST, BEFORE_KEY, BEFORE_VALUE } Level;

static void
value_free(gpointer data)
{
    g_free(((Value *)data)->text);
    g_free(data);
}

static void
event_clear(gpointer data)
{
    yaml_event_delete(data);
}

void
vp_yaml_map_free(VpYamlMap *map)
{
    if (map == NULL)
        return;
    g_array_unref(map->events);
    g_hash_table_unref(map->keys);
    g_hash_table_unref(map->anchors);
    g_byte_array_unref(map->levels);
    g_free(map);
}

static gboolean
fail(GError **error, const char *what, yaml_mark_t mark)
{
    return vp_error_set(error, VP_ERROR_VALUE, "%s (its line %zu, column %zu)", what, mark.line + 1,
                        mark.column + 1);
}

static gboolean
next_event(yaml_parser_t *parser, yaml_event_t *event, GError **error)
{
    g_autofree char *what = NULL;

    if (yaml_parser_parse(parser, event))
        return TRUE;
    if (parser->error == YAML_MEMORY_ERROR)
        g_error("yaml: out of memory");
    what = g_strdup_printf("is not YAML: %s", parser->problem != NULL ? parser->problem : "?");
    return fail(error, what, parser->problem_mark);
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

/* PyYAML's SafeConstructor: YAML's own types; a bare "!" means no tag. */
static gboolean
is_known_tag(const yaml_char_t *tag)
{
    static const char *const names[] = {"binary",    "bool", "float", "int", "map",
                                        "null",      "omap", "pairs", "seq", "set",
                                        "timestamp", "str",  NULL};
    static const char prefix[] = "tag:yaml.org,2002:";
    const char *text = (const char *)tag;

    return tag == NULL || g_str_equal(text, "!") ||
           (g_str_has_prefix(text, prefix) && g_strv_contains(names, text + strlen(prefix)));
}

/* The anchor that a node defines, and its tag; NULL if it has none. */
static void
properties(const yaml_event_t *event, const yaml_char_t **anchor, const yaml_char_t **tag)
{
    *anchor = *tag = NULL;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        *anchor = event->data.scalar.anchor;
        *tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        *anchor = event->data.sequence_start.anchor;
        *tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        *anchor = event->data.mapping_start.anchor;
        *tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
}

/* Follows the nesting. FALSE for a mapping or list as a key, which PyYAML cannot hash: "{{ x }}" of
 * a template that is not marked as one. */
static gboolean
follow(GByteArray *levels, const yaml_event_t *event)
{
    static const guint8 before_key = BEFORE_KEY, in_list = IN_LIST;
    guint8 *level = levels->len > 0 ? &levels->data[levels->len - 1] : NULL;
    gboolean is_key = level != NULL && *level == BEFORE_KEY;

    if (nesting(event) < 0) {
        g_byte_array_set_size(levels, levels->len > 0 ? levels->len - 1 : 0);
        return TRUE;
    }
    if (level != NULL && *level != IN_LIST)
        *level = is_key ? BEFORE_VALUE : BEFORE_KEY;
    if (event->type == YAML_MAPPING_START_EVENT)
        g_byte_array_append(levels, &before_key, 1);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        g_byte_array_append(levels, &in_list, 1);
    return !is_key || nesting(event) == 0;
}

static gboolean
check_event(VpYamlMap *map, const yaml_event_t *event, GError **error)
{
    const yaml_char_t *anchor, *tag;

    if (event->type == YAML_ALIAS_EVENT &&
        !g_hash_table_contains(map->anchors, event->data.alias.anchor))
        return fail(error, "has an alias without its anchor", event->start_mark);
    if (!follow(map->levels, event))
        return fail(error, "has a key that is not a text", event->start_mark);
    if (map->levels->len > VP_YAML_MAX_LEVELS)
        return fail(error, "is nested more than 128 levels deep", event->start_mark);
    properties(event, &anchor, &tag);
    if (!is_known_tag(tag))
        return fail(error, "has a tag that no agent knows", event->start_mark);
    if (anchor != NULL)
        g_hash_table_add(map->anchors, g_strdup((const char *)anchor));
    return TRUE;
}

static Value *
value_new(const yaml_event_t *event)
{
    Value *value = g_new0(Value, 1);

    switch (event->type) {
    case YAML_SEQUENCE_START_EVENT:
        value->kind = VP_YAML_LIST;
        break;
    case YAML_MAPPING_START_EVENT:
        value->kind = VP_YAML_MAP;
        break;
    case YAML_ALIAS_EVENT:
        value->kind = VP_YAML_ALIAS;
        break;
    default:
        value->kind = VP_YAML_SCALAR;
        value->text = g_strdup((const char *)event->data.scalar.value);
    }
    return value;
}

/* Untagged text stays untagged whatever style the emitter must choose for it. */
static void
take_event(VpYamlMap *map, yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT && event->data.scalar.tag == NULL &&
        event->data.scalar.plain_implicit)
        event->data.scalar.quoted_implicit = 1;
    g_array_append_val(map->events, *event);
}

static gboolean
check_key(const yaml_event_t *event, GError **error)
{
    return event->type == YAML_SCALAR_EVENT ||
           fail(error, "has a key that is not a text", event->start_mark);
}

/* The content of the root, whose start has been read, up to its end. */
static gboolean
read_pairs(VpYamlMap *map, yaml_parser_t *parser, GError **error)
{
    int depth = 0;
    g_autofree char *key = NULL; /* of the value that is due at depth 0 */

    for (;;) {
        yaml_event_t event;

        if (!next_event(parser, &event, error))
            return FALSE;
        if (depth == 0 && event.type == YAML_MAPPING_END_EVENT)
            return TRUE;
        if (!check_event(map, &event, error) ||
            (depth == 0 && key == NULL && !check_key(&event, error))) {
            yaml_event_delete(&event);
            return FALSE;
        }
        if (depth == 0 && key == NULL)
            key = g_strdup((const char *)event.data.scalar.value);
        else if (depth == 0 && nesting(&event) >= 0)
            g_hash_table_replace(map->keys, g_steal_pointer(&key), value_new(&event));
        depth += nesting(&event);
        take_event(map, &event);
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
        fail(error, "is not a mapping of keys to values", event.start_mark);
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

static gboolean
read_parsed(VpYamlMap *map, yaml_parser_t *parser, GError **error)
{
    gboolean is_read = read_stream(map, parser, error);

    yaml_parser_delete(parser);
    return is_read;
}

VpYamlMap *
vp_yaml_map_parse(GBytes *text, GError **error)
{
    g_autoptr(VpYamlMap) map = g_new0(VpYamlMap, 1);
    yaml_parser_t parser;
    gsize size;
    const void *data = g_bytes_get_data(text, &size);

    map->events = g_array_new(FALSE, FALSE, sizeof(yaml_event_t));
    g_array_set_clear_func(map->events, event_clear);
    map->keys = g_hash_table_new_full(vp_hash_text, g_str_equal, g_free, value_free);
    map->levels = g_byte_array_new();
    map->anchors = g_hash_table_new_full(vp_hash_text, g_str_equal, g_free, NULL);
    if (!vp_yaml_parser_begin(&parser, data, size)) {
        g_set_error_literal(error, VP_ERROR, VP_ERROR_VALUE,
                            "has more than 16 lines that begin with '%'");
        return NULL;
    }
    return read_parsed(map, &parser, error) ? g_steal_pointer(&map) : NULL;
}

gboolean
vp_yaml_map_has(const VpYamlMap *map, const char *key)
{
    return g_hash_table_contains(map->keys, key);
}

VpYamlKind
vp_yaml_map_kind(const VpYamlMap *map, const char *key)
{
    const Value *value = g_hash_table_lookup(map->keys, key);

    return value != NULL ? value->kind : VP_YAML_ABSENT;
}

const char *
vp_yaml_map_text(const VpYamlMap *map, const char *key)
{
    const Value *value = g_hash_table_lookup(map->keys, key);

    return value != NULL ? value->text : NULL;
}

void
vp_yaml_map_foreach(const VpYamlMap *map, VpYamlVisit *visit, gpointer data)
{
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, map->keys);
    while (g_hash_table_iter_next(&iter, &key, &value))
        visit(key, ((const Value *)value)->kind, data);
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
