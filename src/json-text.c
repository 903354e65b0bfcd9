/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json-c's objects to and from text. */
#include <config.h>

#include "error.h"
#include "json-text.h"

enum { MAX_DEPTH = 64 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_tokener, json_tokener_free)

static void append(GString *text, json_object *value, guint depth);

static void
append_line(GString *text, guint depth)
{
    g_string_append_c(text, '\n');
    for (guint i = 0; i < depth; i++)
        g_string_append(text, "  ");
}

static void
append_scalar(GString *text, json_object *value)
{
    g_string_append(text, json_object_to_json_string_ext(value, JSON_C_TO_STRING_NOSLASHESCAPE));
}

static void
append_key(GString *text, const char *key)
{
    g_autoptr(json_object) quoted = json_object_new_string(key);

    append_scalar(text, quoted);
    g_string_append(text, ": ");
}

static void
append_object(GString *text, json_object *object, guint depth)
{
    const char *separator = "";

    g_string_append_c(text, '{');
    json_object_object_foreach(object, key, value)
    {
        g_string_append(text, separator);
        append_line(text, depth + 1);
        append_key(text, key);
        append(text, value, depth + 1);
        separator = ",";
    }
    if (*separator)
        append_line(text, depth);
    g_string_append_c(text, '}');
}

static void
append_array(GString *text, json_object *array, guint depth)
{
    gsize length = json_object_array_length(array);

    g_string_append_c(text, '[');
    for (gsize i = 0; i < length; i++) {
        if (i > 0)
            g_string_append_c(text, ',');
        append_line(text, depth + 1);
        append(text, json_object_array_get_idx(array, i), depth + 1);
    }
    if (length > 0)
        append_line(text, depth);
    g_string_append_c(text, ']');
}

static void
append(GString *text, json_object *value, guint depth)
{
    if (json_object_is_type(value, json_type_object))
        append_object(text, value, depth);
    else if (json_object_is_type(value, json_type_array))
        append_array(text, value, depth);
    else
        append_scalar(text, value);
}

GBytes *
vp_json_text(json_object *object)
{
    GString *text = g_string_new(NULL);

    append(text, object, 0);
    g_string_append_c(text, '\n');
    return g_string_free_to_bytes(text);
}

void
vp_json_add_string(json_object *object, const char *key, const char *text)
{
    if (text)
        json_object_object_add(object, key, json_object_new_string(text));
}

json_object *
vp_json_parse_object(GBytes *text, GError **error)
{
    g_autoptr(json_tokener) tokener = json_tokener_new_ex(MAX_DEPTH);
    g_autoptr(json_object) object = NULL;
    gsize size;
    const char *data = g_bytes_get_data(text, &size);

    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    if (size > 0 && size <= G_MAXINT)
        object = json_tokener_parse_ex(tokener, data, (int)size);
    if (!object || !json_object_is_type(object, json_type_object)) {
        g_set_error(error, VP_ERROR, VP_ERROR_VALUE, "is no JSON object (seen at byte %zu)",
                    json_tokener_get_parse_end(tokener));
        return NULL;
    }
    for (gsize i = json_tokener_get_parse_end(tokener); i < size; i++) {
        if (!g_ascii_isspace(data[i])) {
            g_set_error(error, VP_ERROR, VP_ERROR_VALUE,
                        "has something after its JSON object (at byte %zu)", i);
            return NULL;
        }
    }
    return g_steal_pointer(&object);
}
