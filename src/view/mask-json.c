/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in JSON: values by their names, and text in strings (vendor_data.json's cloud-config). */
#include <config.h>

#include <json-c/json.h>
#include <string.h>

#include "view/mask-edit.h"

enum { MAX_DEPTH = 64 };

/* Within an object that has a secret's name everything is secret. */
typedef struct {
    const char *content;
    gsize end;
    GArray *edits;
    const VpMaskNest *nest;
    gboolean is_object[MAX_DEPTH];
    VpMaskName names[MAX_DEPTH]; /* of the value that a level stands at */
    gboolean is_passwd;          /* the last name was Ignition's section of users */
    guint level;
    gboolean expects_name;
} Json;

static gsize
end_of_string(const Json *json, gsize at)
{
    for (at++; at < json->end && json->content[at] != '"'; at++) {
        if (json->content[at] == '\\')
            at++;
    }
    return MIN(at + 1, json->end);
}

static VpMaskName
name_of_value(const Json *json)
{
    VpMaskName name = VP_MASK_NAME_PLAIN;

    for (guint i = 0; i < json->level; i++)
        name = MAX(name, json->is_object[i] ? json->names[i] : VP_MASK_NAME_PLAIN);
    return name;
}

static json_object *
decode(const Json *json, gsize start, gsize end)
{
    json_tokener *tokener = json_tokener_new();
    json_object *string = json_tokener_parse_ex(tokener, json->content + start, end - start);

    json_tokener_free(tokener);
    return string;
}

static void
add_string(Json *json, gsize start, gsize end, GBytes *text)
{
    gsize size;
    const char *data = g_bytes_get_data(text, &size);
    json_object *string = json_object_new_string_len(data, size);

    vp_view_mask_edits_add(json->edits, start, end,
                           json_object_to_json_string_ext(string, JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(string);
}

/* Ignition: "data:;base64,..." and "data:,..." */
static gboolean
is_data_url(const char *text)
{
    return g_str_has_prefix(text, "data:") && strchr(text, ',') != NULL;
}

/* A string that holds a document of its own is masked as that one, and quoted again. */
static void
mask_string(Json *json, gsize start, gsize end)
{
    json_object *string = decode(json, start, end);
    const char *text = string != NULL ? json_object_get_string(string) : NULL;
    g_autoptr(GBytes) masked = NULL;

    if (text == NULL || is_data_url(text)) {
        vp_view_mask_edits_add(json->edits, start, end, VP_MASK_QUOTED);
    } else {
        masked = vp_view_mask_nested(text, json_object_get_string_len(string), json->nest);
        if (masked != NULL)
            add_string(json, start, end, masked);
    }
    json_object_put(string);
}

static void
mask_value(Json *json, gsize start, gsize end)
{
    VpMaskName name = name_of_value(json);
    gboolean is_string = json->content[start] == '"';
    gboolean is_word = g_ascii_isalpha(json->content[start]); /* true, false, null */

    if (name == VP_MASK_NAME_SECRET || (name == VP_MASK_NAME_LIKELY && !is_word))
        vp_view_mask_edits_add(json->edits, start, end, VP_MASK_QUOTED);
    else if (is_string)
        mask_string(json, start, end);
}

static void
open_level(Json *json, gboolean is_object)
{
    g_return_if_fail(json->level < MAX_DEPTH);
    if (json->level > 0 && json->is_passwd && is_object)
        json->names[json->level - 1] = VP_MASK_NAME_PLAIN;
    json->is_passwd = FALSE;
    json->is_object[json->level] = is_object;
    json->names[json->level] = VP_MASK_NAME_PLAIN;
    json->level++;
    json->expects_name = is_object;
}

static gsize
read_string(Json *json, gsize at)
{
    gsize end = end_of_string(json, at);

    if (json->expects_name && json->level > 0) {
        json->names[json->level - 1] = vp_view_mask_name(json->content + at + 1, end - at - 2);
        json->is_passwd = end - at == 8 && memcmp(json->content + at, "\"passwd\"", 8) == 0;
    } else {
        mask_value(json, at, end);
    }
    return end;
}

static gsize
read_word(Json *json, gsize at)
{
    gsize end = at;

    while (end < json->end && strchr(" \t\r\n,]}", json->content[end]) == NULL)
        end++;
    mask_value(json, at, end);
    return end;
}

/* The content is valid JSON and no deeper than MAX_DEPTH: only what tells values from names is
 * looked at. */
static void
walk(Json *json, gsize at)
{
    while (at < json->end) {
        char c = json->content[at];

        if (c == '"') {
            at = read_string(json, at);
            continue;
        }
        if (c == '{' || c == '[') {
            open_level(json, c == '{');
        } else if (c == '}' || c == ']') {
            json->level -= json->level > 0;
            json->expects_name = FALSE;
        } else if (c == ':') {
            json->expects_name = FALSE;
        } else if (c == ',') {
            json->expects_name = json->level > 0 && json->is_object[json->level - 1];
        } else if (!g_ascii_isspace(c)) {
            at = read_word(json, at);
            continue;
        }
        at++;
    }
}

static gboolean
is_valid(const char *text, gsize size)
{
    json_tokener *tokener = json_tokener_new_ex(MAX_DEPTH);
    json_object *value = NULL;
    gsize end = 0;

    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
    if (size <= G_MAXINT)
        value = json_tokener_parse_ex(tokener, text, size);
    if (value != NULL)
        end = json_tokener_get_parse_end(tokener);
    while (end > 0 && end < size && g_ascii_isspace(text[end]))
        end++;
    json_object_put(value);
    json_tokener_free(tokener);
    return end == size;
}

gboolean
vp_view_mask_json(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                  GArray *edits)
{
    Json json = {.content = content, .end = end, .edits = edits, .nest = nest};

    if (!is_valid(content + start, end - start))
        return FALSE;
    walk(&json, start);
    return TRUE;
}
