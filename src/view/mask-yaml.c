/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in YAML (cloud-config, network-config, NoCloud's meta-data): libyaml's events say where
 * each scalar stands in the text, and the names above it what it is. */
#include <config.h>

#include <string.h>
#include <yaml.h>

#include "view/mask-edit.h"

enum { MAX_DEPTH = 128 };

typedef struct {
    gsize start;
    gsize end;
} Range;

typedef struct {
    gboolean is_mapping;
    gboolean expects_key;
    char key[32];    /* of the value at hand, cut */
    VpMaskName name; /* what that key says */
    /* Of an entry of write_files, whose keys come in any order. */
    Range content;
    char *text; /* content's, decoded by YAML; NULL where there is none */
    gboolean is_private;
    gboolean is_base64;
    gboolean is_packed;
} Level;

typedef struct {
    const char *content;
    gsize byte; /* of the character numbered index: libyaml counts characters */
    gsize index;
    gsize end;
    gsize gap; /* end of the last scalar */
    GArray *edits;
    GArray *levels;      /* of Level */
    GHashTable *anchors; /* name → Range */
    const VpMaskNest *nest;
} Yaml;

static void
level_clear(gpointer level)
{
    g_free(((Level *)level)->text);
}

static Level *
level_above(const Yaml *yaml, guint n)
{
    return yaml->levels->len > n ? &g_array_index(yaml->levels, Level, yaml->levels->len - 1 - n)
                                 : NULL;
}

static gsize
byte_of(Yaml *yaml, gsize index)
{
    for (; yaml->index < index && yaml->byte < yaml->end; yaml->index++)
        yaml->byte += g_utf8_next_char(yaml->content + yaml->byte) - (yaml->content + yaml->byte);
    return yaml->byte;
}

/* Without the line ends that a block scalar takes with it. */
static Range
range_of(Yaml *yaml, const yaml_event_t *event)
{
    Range range;

    range.start = byte_of(yaml, event->start_mark.index);
    range.end = byte_of(yaml, event->end_mark.index);
    while (range.end > range.start && g_ascii_isspace(yaml->content[range.end - 1]))
        range.end--;
    return range;
}

/* Only comments matter in what lies between scalars. */
static void
mask_gap(Yaml *yaml, gsize end)
{
    if (end > yaml->gap && memchr(yaml->content + yaml->gap, '#', end - yaml->gap) != NULL)
        vp_view_mask_text(yaml->content, yaml->gap, end, yaml->edits);
}

static void
mask_range(Yaml *yaml, Range range)
{
    vp_view_mask_edits_add(yaml->edits, range.start, range.end, VP_MASK_QUOTED);
}

/* Tells a mapping's key from its value; TRUE where the node that begins is a key. */
static gboolean
begin_node(Yaml *yaml)
{
    Level *level = level_above(yaml, 0);
    gboolean is_key = level != NULL && level->is_mapping && level->expects_key;

    if (level != NULL)
        level->expects_key = !level->expects_key;
    return is_key;
}

static gboolean
has_key(const Yaml *yaml, guint n, const char *key)
{
    const Level *level = level_above(yaml, n);

    return level != NULL && level->is_mapping && g_str_equal(level->key, key);
}

/* chpasswd: {list: "user:password\n..."} or {list: [user:password]} */
static gboolean
is_password_list(const Yaml *yaml)
{
    guint list = level_above(yaml, 0) != NULL && !level_above(yaml, 0)->is_mapping ? 1 : 0;

    return has_key(yaml, list, "list") && has_key(yaml, list + 1, "chpasswd");
}

static gboolean
is_write_file(const Yaml *yaml)
{
    const Level *sequence = level_above(yaml, 1);

    return sequence != NULL && !sequence->is_mapping && has_key(yaml, 2, "write_files");
}

static VpMaskName
name_of_value(const Yaml *yaml)
{
    VpMaskName name = VP_MASK_NAME_PLAIN;

    for (guint i = 0; i < yaml->levels->len; i++)
        name = MAX(name, g_array_index(yaml->levels, Level, i).name);
    return name;
}

static gboolean
is_boolean(const yaml_event_t *event)
{
    static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null", "~", ""};

    if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp((const char *)event->data.scalar.value, words[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

/* One "user:password" a line; a quoted scalar may hold several and goes whole. */
static void
mask_password_list(Yaml *yaml, const yaml_event_t *event, Range range)
{
    gboolean is_block = event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                        event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;

    if (!is_block && event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
        mask_range(yaml, range);
        return;
    }
    for (gsize at = range.start; at < range.end;) {
        const char *line = yaml->content + at;
        const char *newline = memchr(line, '\n', range.end - at);
        gsize end = newline != NULL ? (gsize)(newline - yaml->content) : range.end;
        const char *colon = memchr(line, ':', end - at);

        if (colon != NULL)
            vp_view_mask_edits_add(yaml->edits, colon + 1 - yaml->content, end, VP_MASK);
        else if (at != range.start)
            vp_view_mask_edits_add(yaml->edits, at, end, VP_MASK);
        at = end + 1;
    }
}

static gboolean
decodes_to_secret(const char *base64, const VpMaskNest *nest)
{
    gsize size;
    g_autofree guchar *decoded = g_base64_decode(base64, &size);
    g_autoptr(GBytes) masked = vp_view_mask_nested((const char *)decoded, size, nest);

    return masked != NULL;
}

static gboolean
hides_from_others(const char *permissions)
{
    guint64 mode = g_ascii_strtoull(
        g_str_has_prefix(permissions, "0o") ? permissions + 2 : permissions, NULL, 8);

    return (mode & 4) == 0;
}

/* An entry's keys but path and owner; FALSE where this is none of them. */
static gboolean
note_write_file(Yaml *yaml, const char *value, Range range)
{
    Level *level = level_above(yaml, 0);

    g_assert(level != NULL); /* is_write_file() */
    if (g_str_equal(level->key, "content")) {
        g_free(level->text);
        level->text = g_strdup(value);
        level->content = range;
    } else if (g_str_equal(level->key, "permissions")) {
        level->is_private = hides_from_others(value);
    } else if (g_str_equal(level->key, "encoding")) {
        level->is_packed = strstr(value, "gz") != NULL;
        level->is_base64 = !level->is_packed && strstr(value, "b") != NULL;
    } else {
        return FALSE;
    }
    return TRUE;
}

static void
mask_write_file(Yaml *yaml, const Level *level)
{
    gboolean is_secret = level->is_private || level->is_packed ||
                         (level->is_base64 && decodes_to_secret(level->text, yaml->nest));

    if (is_secret)
        mask_range(yaml, level->content);
    else if (!level->is_base64)
        vp_view_mask_text(yaml->content, level->content.start, level->content.end, yaml->edits);
}

/* A document within a scalar (cloud-config-archive), or base64 by its tag. */
static gboolean
holds_secret_document(const Yaml *yaml, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    const char *tag = (const char *)event->data.scalar.tag;
    g_autoptr(GBytes) masked = NULL;

    if (tag != NULL && g_str_has_suffix(tag, ":binary"))
        return decodes_to_secret(value, yaml->nest);
    if (*value != '#' && !g_str_has_prefix(value, "Content-Type:") && *value != '{')
        return FALSE;
    masked = vp_view_mask_nested(value, event->data.scalar.length, yaml->nest);
    return masked != NULL;
}

static void
mask_value(Yaml *yaml, const yaml_event_t *event, Range range)
{
    VpMaskName name = name_of_value(yaml);
    const char *value = (const char *)event->data.scalar.value;

    if (name == VP_MASK_NAME_SECRET || (name == VP_MASK_NAME_LIKELY && !is_boolean(event)))
        mask_range(yaml, range);
    else if (is_password_list(yaml))
        mask_password_list(yaml, event, range);
    else if (is_write_file(yaml) && note_write_file(yaml, value, range))
        return;
    else if (holds_secret_document(yaml, event))
        mask_range(yaml, range);
    else
        vp_view_mask_text(yaml->content, range.start, range.end, yaml->edits);
}

static void
read_scalar(Yaml *yaml, const yaml_event_t *event)
{
    Range range = range_of(yaml, event);
    Level *level = level_above(yaml, 0);

    mask_gap(yaml, range.start);
    yaml->gap = range.end;
    if (event->data.scalar.anchor != NULL) {
        Range *anchored = g_new(Range, 1);

        *anchored = range;
        g_hash_table_replace(yaml->anchors, g_strdup((const char *)event->data.scalar.anchor),
                             anchored);
    }
    if (begin_node(yaml)) {
        g_strlcpy(level->key, (const char *)event->data.scalar.value, sizeof(level->key));
        level->name =
            vp_view_mask_name((const char *)event->data.scalar.value, event->data.scalar.length);
    } else {
        mask_value(yaml, event, range);
    }
}

/* A secret given by alias stands where its anchor is. */
static void
read_alias(Yaml *yaml, const yaml_event_t *event)
{
    const Range *range = g_hash_table_lookup(yaml->anchors, event->data.alias.anchor);

    if (!begin_node(yaml) && range != NULL && name_of_value(yaml) != VP_MASK_NAME_PLAIN)
        mask_range(yaml, *range);
}

static gboolean
open_level(Yaml *yaml, gboolean is_mapping)
{
    Level level = {.is_mapping = is_mapping, .expects_key = is_mapping};

    if (yaml->levels->len == MAX_DEPTH)
        return FALSE;
    (void)begin_node(yaml);
    g_array_append_val(yaml->levels, level);
    return TRUE;
}

static void
close_level(Yaml *yaml)
{
    const Level *level = level_above(yaml, 0);

    g_assert(level != NULL); /* libyaml's events are balanced */
    if (level->text != NULL)
        mask_write_file(yaml, level);
    g_array_set_size(yaml->levels, yaml->levels->len - 1);
}

static gboolean
read_event(Yaml *yaml, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        if (yaml->levels->len == 0)
            return FALSE; /* one scalar is plain text */
        read_scalar(yaml, event);
        return TRUE;
    case YAML_ALIAS_EVENT:
        read_alias(yaml, event);
        return TRUE;
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        return open_level(yaml, event->type == YAML_MAPPING_START_EVENT);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        close_level(yaml);
        return TRUE;
    default:
        return TRUE;
    }
}

static gboolean
read_all(Yaml *yaml)
{
    yaml_parser_t parser;
    gboolean is_good = TRUE, is_end = FALSE;

    if (!yaml_parser_initialize(&parser))
        return FALSE;
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const guchar *)yaml->content + yaml->byte,
                                 yaml->end - yaml->byte);
    while (is_good && !is_end) {
        yaml_event_t event;

        is_good = yaml_parser_parse(&parser, &event) != 0;
        if (parser.error == YAML_MEMORY_ERROR)
            g_error("yaml: out of memory");
        if (!is_good)
            break;
        is_end = event.type == YAML_STREAM_END_EVENT;
        is_good = read_event(yaml, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return is_good;
}

gboolean
vp_view_mask_yaml(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                  GArray *edits)
{
    g_autoptr(GArray) found = vp_view_mask_edits_new();
    g_autoptr(GArray) levels = g_array_new(FALSE, TRUE, sizeof(Level));
    g_autoptr(GHashTable) anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Yaml yaml = {.content = content,
                 .byte = start,
                 .end = end,
                 .gap = start,
                 .edits = found,
                 .levels = levels,
                 .anchors = anchors,
                 .nest = nest};

    g_array_set_clear_func(levels, level_clear);
    if (!g_utf8_validate_len(content + start, end - start, NULL) || !read_all(&yaml))
        return FALSE;
    mask_gap(&yaml, end);
    vp_view_mask_edits_move(edits, found);
    return TRUE;
}
