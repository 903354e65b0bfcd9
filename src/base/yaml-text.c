/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YAML to JSON objects, together with their lines. */
#include <config.h>

#include <string.h>
#include <yaml.h>

#include "base/error.h"
#include "base/yaml-parser.h"
#include "base/yaml-text.h"

enum {
    MAX_DEPTH = 64,
    MAX_KEYS = 1024,     /* of the root: each is compared with the others */
    MAX_VALUES = 200000, /* aliases of aliases are followed as often as they are named */
};

typedef struct {
    yaml_document_t *document;
    guint values;
} Reader;

static void
entry_free(gpointer data)
{
    VpYamlEntry *entry = data;

    g_free(entry->name);
    json_object_put(entry->value);
    g_free(entry);
}

static gboolean
fail(const yaml_node_t *node, const char *what, GError **error)
{
    return vp_error_set(error, VP_ERROR_VALUE, "%s (its line %zu)", what,
                        node != NULL ? node->start_mark.line + 1 : 1);
}

/* --- values ----------------------------------------------------------------------------------- */

static gboolean
is_word(const char *text, const char *const *words)
{
    while (*words != NULL && g_ascii_strcasecmp(text, *words) != 0)
        words++;
    return *words != NULL;
}

/* Called before the object is freed. */
static void
clear_string(json_object *string, void *data)
{
    explicit_bzero((char *)json_object_get_string(string),
                   (gsize)json_object_get_string_len(string));
}

/* YAML 1.1, as PyYAML's resolver has it: "y" and "n" are texts. */
static json_object *
scalar_value(const yaml_node_t *node)
{
    static const char *const yes[] = {"true", "yes", "on", NULL};
    static const char *const no[] = {"false", "no", "off", NULL};
    static const char *const nothing[] = {"", "~", "null", NULL};
    const char *text = (const char *)node->data.scalar.value;
    gboolean is_plain = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    json_object *string;

    if (is_plain && is_word(text, nothing))
        return NULL;
    if (is_plain && (is_word(text, yes) || is_word(text, no)))
        return json_object_new_boolean(is_word(text, yes));
    string = json_object_new_string_len(text, (int)node->data.scalar.length);
    if (string != NULL)
        json_object_set_userdata(string, NULL, clear_string);
    return string;
}

static gboolean read_value(Reader *reader, int index, guint depth, json_object **value,
                           GError **error);

static gboolean
read_list(Reader *reader, const yaml_node_t *node, guint depth, json_object *list, GError **error)
{
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        json_object *value = NULL;

        if (!read_value(reader, *item, depth, &value, error))
            return FALSE;
        if (json_object_array_add(list, value) != 0)
            g_error("json: out of memory");
    }
    return TRUE;
}

/* The text of a key; NULL and an error if it is not one. */
static const char *
read_key(Reader *reader, int index, GError **error)
{
    const yaml_node_t *key = yaml_document_get_node(reader->document, index);

    if (key != NULL && key->type == YAML_SCALAR_NODE &&
        strlen((const char *)key->data.scalar.value) == key->data.scalar.length)
        return (const char *)key->data.scalar.value;
    (void)fail(key, "has a key that is not a text", error);
    return NULL;
}

static gboolean
read_map(Reader *reader, const yaml_node_t *node, guint depth, json_object *map, GError **error)
{
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const char *name = read_key(reader, pair->key, error);
        json_object *value = NULL;

        if (name == NULL)
            return FALSE;
        if (json_object_object_get_ex(map, name, NULL) || g_str_equal(name, "<<"))
            return fail(node, "has a key twice, or merges keys", error);
        if (!read_value(reader, pair->value, depth, &value, error))
            return FALSE;
        if (json_object_object_add(map, name, value) != 0)
            g_error("json: out of memory");
    }
    return TRUE;
}

static gboolean
has_plain_tag(const yaml_node_t *node)
{
    static const char *const tags[] = {YAML_STR_TAG, YAML_SEQ_TAG, YAML_MAP_TAG, NULL};

    return node->tag == NULL || g_strv_contains(tags, (const char *)node->tag);
}

static gboolean
read_value(Reader *reader, int index, guint depth, json_object **value, GError **error)
{
    const yaml_node_t *node = yaml_document_get_node(reader->document, index);
    g_autoptr(json_object) object = NULL;

    if (node == NULL || depth > MAX_DEPTH || ++reader->values > MAX_VALUES)
        return fail(node, "has too many values, or too deep ones", error);
    if (!has_plain_tag(node))
        return fail(node, "has a tag", error);
    if (node->type == YAML_SCALAR_NODE) {
        *value = scalar_value(node);
        return TRUE;
    }
    object = node->type == YAML_SEQUENCE_NODE ? json_object_new_array() : json_object_new_object();
    if (object == NULL)
        g_error("json: out of memory");
    if (node->type == YAML_SEQUENCE_NODE ? !read_list(reader, node, depth + 1, object, error)
                                         : !read_map(reader, node, depth + 1, object, error))
        return FALSE;
    *value = g_steal_pointer(&object);
    return TRUE;
}

/* --- the root --------------------------------------------------------------------------------- */

/* Where a line (from 0) begins. */
static gsize
line_offset(const char *text, gsize size, gsize line)
{
    gsize at = 0;

    for (; line > 0 && at < size; line--) {
        const char *newline = memchr(text + at, '\n', size - at);

        at = newline != NULL ? (gsize)(newline - text) + 1 : size;
    }
    return at;
}

/* An entry reaches to the next; comments and blank lines before that are the next one's. */
static void
set_ends(GPtrArray *entries, const char *text, gsize size)
{
    for (guint i = 0; i < entries->len; i++) {
        VpYamlEntry *entry = entries->pdata[i];
        const VpYamlEntry *next = i + 1 < entries->len ? entries->pdata[i + 1] : NULL;
        gsize end = next != NULL ? next->start : size;

        while (next != NULL && end > entry->start) {
            gsize line = end - 1;

            while (line > entry->start && text[line - 1] != '\n')
                line--;
            if (line == entry->start || (text[line] != '#' && text[line] != '\n'))
                break;
            end = line;
        }
        entry->end = end;
    }
}

/* Without an end of the document, "...", which would belong to the last entry. */
static gboolean
has_lines(const yaml_document_t *document, const yaml_node_t *root, const GPtrArray *entries)
{
    if (root->data.mapping.style != YAML_BLOCK_MAPPING_STYLE || !document->end_implicit)
        return FALSE;
    for (guint i = 1; i < entries->len; i++) {
        if (((const VpYamlEntry *)entries->pdata[i - 1])->start ==
            ((const VpYamlEntry *)entries->pdata[i])->start)
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_root(yaml_document_t *document, GBytes *bytes, GPtrArray *entries, GError **error)
{
    const yaml_node_t *root = yaml_document_get_root_node(document);
    Reader reader = {document, 0};
    gsize size;
    const char *text = g_bytes_get_data(bytes, &size);

    if (root == NULL)
        return TRUE;
    if (root->type != YAML_MAPPING_NODE)
        return fail(root, "is not a mapping of keys", error);
    if (root->data.mapping.pairs.top - root->data.mapping.pairs.start > MAX_KEYS)
        return fail(root, "has too many keys", error);
    for (const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        const char *name = read_key(&reader, pair->key, error);
        VpYamlEntry *entry;

        if (name == NULL)
            return FALSE;
        if (vp_yaml_text_find(entries, name) != NULL || g_str_equal(name, "<<"))
            return fail(root, "has a key twice, or merges keys", error);
        entry = g_new0(VpYamlEntry, 1);
        entry->name = g_strdup(name);
        entry->start =
            line_offset(text, size, yaml_document_get_node(document, pair->key)->start_mark.line);
        g_ptr_array_add(entries, entry);
        if (!read_value(&reader, pair->value, 1, &entry->value, error))
            return FALSE;
    }
    if (has_lines(document, root, entries)) {
        set_ends(entries, text, size);
    } else {
        for (guint i = 0; i < entries->len; i++)
            ((VpYamlEntry *)entries->pdata[i])->start = 0;
    }
    return TRUE;
}

/* Clears its texts, which may be passwords. */
static void
clear_document(yaml_document_t *document)
{
    for (const yaml_node_t *node = document->nodes.start; node < document->nodes.top; node++) {
        if (node->type == YAML_SCALAR_NODE)
            explicit_bzero(node->data.scalar.value, node->data.scalar.length);
    }
    yaml_document_delete(document);
}

/* TRUE if another document follows, or what is not YAML. */
static gboolean
has_more(yaml_parser_t *parser)
{
    yaml_document_t document;
    gboolean has_root;

    if (!yaml_parser_load(parser, &document))
        return TRUE;
    has_root = yaml_document_get_root_node(&document) != NULL;
    yaml_document_delete(&document);
    return has_root;
}

static gboolean
parse(yaml_parser_t *parser, GBytes *text, GPtrArray *entries, GError **error)
{
    yaml_document_t document;
    gboolean is_read;

    if (!yaml_parser_load(parser, &document))
        return vp_error_set(error, VP_ERROR_VALUE, "is not YAML: %s (its line %zu)",
                            parser->problem != NULL ? parser->problem : "?",
                            parser->problem_mark.line + 1);
    is_read = read_root(&document, text, entries, error);
    clear_document(&document);
    if (is_read && entries->len > 0 && has_more(parser))
        return fail(NULL, "has more than one document", error);
    return is_read;
}

GPtrArray *
vp_yaml_text_split(GBytes *text, GError **error)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);
    gsize size;
    const void *data = g_bytes_get_data(text, &size);
    yaml_parser_t parser;
    gboolean is_read;

    if (!vp_yaml_parser_can_load(data, size) || !vp_yaml_parser_begin(&parser, data, size)) {
        (void)vp_error_set(error, VP_ERROR_VALUE, "is nested too deep, or has too many directives");
        return NULL;
    }
    is_read = parse(&parser, text, entries, error);
    vp_yaml_parser_clear(&parser);
    return is_read ? g_steal_pointer(&entries) : NULL;
}

const VpYamlEntry *
vp_yaml_text_find(const GPtrArray *entries, const char *name)
{
    for (guint i = 0; i < entries->len; i++) {
        const VpYamlEntry *entry = entries->pdata[i];

        if (g_str_equal(entry->name, name))
            return entry;
    }
    return NULL;
}

/* --- less of it ------------------------------------------------------------------------------- */

static gboolean
is_same(const GPtrArray *left, const GPtrArray *entries, const GPtrArray *taken)
{
    if (left == NULL || left->len + taken->len != entries->len)
        return FALSE;
    for (guint i = 0; i < left->len; i++) {
        const VpYamlEntry *entry = left->pdata[i];
        const VpYamlEntry *before = vp_yaml_text_find(entries, entry->name);

        if (before == NULL || !json_object_equal(before->value, entry->value))
            return FALSE;
    }
    return TRUE;
}

GBytes *
vp_yaml_text_without(GBytes *text, const GPtrArray *entries, const GPtrArray *taken)
{
    const char *data = g_bytes_get_data(text, NULL);
    const VpYamlEntry *first = entries->len > 0 ? entries->pdata[0] : NULL;
    g_autoptr(GByteArray) left = g_byte_array_new();
    g_autoptr(GPtrArray) again = NULL;
    g_autoptr(GBytes) bytes = NULL;

    if (first == NULL || first->end == 0)
        return NULL;
    g_byte_array_append(left, (const guint8 *)data, first->start);
    for (guint i = 0; i < entries->len; i++) {
        const VpYamlEntry *entry = entries->pdata[i];
        gsize next =
            i + 1 < entries->len ? ((VpYamlEntry *)entries->pdata[i + 1])->start : entry->end;

        if (g_ptr_array_find((GPtrArray *)taken, entry, NULL))
            g_byte_array_append(left, (const guint8 *)data + entry->end, next - entry->end);
        else
            g_byte_array_append(left, (const guint8 *)data + entry->start, next - entry->start);
    }
    bytes = g_byte_array_free_to_bytes(g_steal_pointer(&left));
    again = vp_yaml_text_split(bytes, NULL);
    return is_same(again, entries, taken) ? g_steal_pointer(&bytes) : NULL;
}
