/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YAML (cloud-config, network-config, NoCloud's meta-data) as a tree: libyaml's events say where
 * each scalar is in the text. */
#include <config.h>

#include <string.h>
#include <yaml.h>

#include "base/hash.h"
#include "base/yaml-parser.h"
#include "view/mask-tree.h"

typedef struct {
    const char *content;
    gsize byte; /* of the character numbered index: libyaml counts characters */
    gsize index;
    gsize end;
    gsize gap; /* end of the last scalar */
    GArray *edits;
    VpMaskTree *tree;
    GHashTable *anchors; /* name → number of the node */
    guint levels;
} Yaml;

static gsize
byte_of(Yaml *yaml, gsize index)
{
    for (; yaml->index < index && yaml->byte < yaml->end; yaml->index++)
        yaml->byte += g_utf8_next_char(yaml->content + yaml->byte) - (yaml->content + yaml->byte);
    return MIN(yaml->byte, yaml->end);
}

/* Only comments matter in what lies between scalars. */
static void
mask_gap(const Yaml *yaml, gsize end)
{
    if (end > yaml->gap && memchr(yaml->content + yaml->gap, '#', end - yaml->gap) != NULL)
        vp_view_mask_text(yaml->content, yaml->gap, end, yaml->edits);
}

/* A scalar's anchor and tag stay. */
static gsize
skip_properties(const Yaml *yaml, gsize at, gsize end)
{
    while (at < end && (yaml->content[at] == '&' || yaml->content[at] == '!')) {
        while (at < end && !g_ascii_isspace(yaml->content[at]))
            at++;
        while (at < end && g_ascii_isspace(yaml->content[at]))
            at++;
    }
    return at;
}

static void
note_anchor(const Yaml *yaml, const yaml_char_t *anchor, guint id)
{
    if (anchor != NULL)
        g_hash_table_replace(yaml->anchors, g_strdup((const char *)anchor), GUINT_TO_POINTER(id));
}

static VpMaskStyle
style_of(yaml_scalar_style_t style)
{
    switch (style) {
    case YAML_PLAIN_SCALAR_STYLE:
        return VP_MASK_STYLE_PLAIN;
    case YAML_LITERAL_SCALAR_STYLE:
        return VP_MASK_STYLE_LITERAL;
    case YAML_FOLDED_SCALAR_STYLE:
        return VP_MASK_STYLE_FOLDED;
    default:
        return VP_MASK_STYLE_QUOTED;
    }
}

/* Without the line ends that a block takes with it. */
static void
read_scalar(Yaml *yaml, const yaml_event_t *event)
{
    const char *tag = (const char *)event->data.scalar.tag;
    VpMaskScalar scalar = {.text = (const char *)event->data.scalar.value,
                           .length = event->data.scalar.length,
                           .style = style_of(event->data.scalar.style),
                           .is_binary = tag != NULL && g_str_has_suffix(tag, ":binary")};

    scalar.start = byte_of(yaml, event->start_mark.index);
    scalar.end = byte_of(yaml, event->end_mark.index);
    while (scalar.end > scalar.start && g_ascii_isspace(yaml->content[scalar.end - 1]))
        scalar.end--;
    mask_gap(yaml, scalar.start);
    yaml->gap = scalar.end;
    scalar.start = skip_properties(yaml, scalar.start, scalar.end);
    note_anchor(yaml, event->data.scalar.anchor, vp_view_mask_tree_scalar(yaml->tree, &scalar));
}

static gboolean
read_alias(const Yaml *yaml, const yaml_event_t *event)
{
    guint target = GPOINTER_TO_UINT(g_hash_table_lookup(yaml->anchors, event->data.alias.anchor));

    return target != 0 && vp_view_mask_tree_alias(yaml->tree, target) != 0;
}

static gboolean
open_level(Yaml *yaml, const yaml_event_t *event)
{
    gboolean is_map = event->type == YAML_MAPPING_START_EVENT;
    guint id = vp_view_mask_tree_open(yaml->tree, is_map);

    note_anchor(yaml, is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
                id);
    yaml->levels++;
    return id != 0;
}

static gboolean
read_event(Yaml *yaml, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        if (yaml->levels == 0)
            return FALSE; /* one scalar is plain text */
        read_scalar(yaml, event);
        return TRUE;
    case YAML_ALIAS_EVENT:
        return read_alias(yaml, event);
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        return open_level(yaml, event);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        vp_view_mask_tree_close(yaml->tree);
        yaml->levels--;
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

    if (!vp_yaml_parser_begin(&parser, yaml->content + yaml->byte, yaml->end - yaml->byte))
        return FALSE;
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
    g_autoptr(VpMaskTree) tree = vp_view_mask_tree_new();
    g_autoptr(GHashTable) anchors = g_hash_table_new_full(vp_hash_text, g_str_equal, g_free, NULL);
    Yaml yaml = {.content = content,
                 .byte = start,
                 .end = end,
                 .gap = start,
                 .edits = found,
                 .tree = tree,
                 .anchors = anchors};

    if (!g_utf8_validate_len(content + start, end - start, NULL) || !read_all(&yaml))
        return FALSE;
    mask_gap(&yaml, end);
    if (!vp_view_mask_tree_edits(tree, content, nest, found))
        return FALSE;
    vp_view_mask_edits_move(edits, found);
    return TRUE;
}
