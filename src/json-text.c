/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json-c's objects to and from text. */
#include <config.h>

#include "error.h"
#include "json-text.h"

enum { MAX_DEPTH = 64 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_tokener, json_tokener_free)

GBytes *
vp_json_text(json_object *object)
{
    const char *text = json_object_to_json_string_ext(
        object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    GString *line = g_string_new(text);

    g_string_append_c(line, '\n');
    return g_string_free_to_bytes(line);
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
