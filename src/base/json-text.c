/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json-c's objects to and from text. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/json-grammar.h"
#include "base/json-text.h"

enum { MAX_DEPTH = 64 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_tokener, json_tokener_free)

static void append(GString *text, json_object *value, guint depth);

static void G_GNUC_NORETURN
out_of_memory(void)
{
    g_error("json: out of memory");
}

static void
append_line(GString *text, guint depth)
{
    g_string_append_c(text, '\n');
    for (guint i = 0; i < depth; i++)
        g_string_append(text, "  ");
}

/* RFC 8259, 7, and not json-c's, whose buffer loses what it has no memory for. */
static void
append_string(GString *text, const char *string, gsize length)
{
    static const char special[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";

    g_string_append_c(text, '"');
    for (gsize i = 0; i < length; i++) {
        const char *found = string[i] != '\0' ? strchr(special, string[i]) : NULL;

        if (found != NULL)
            g_string_append_printf(text, "\\%c", letters[found - special]);
        else if ((guchar)string[i] < 0x20)
            g_string_append_printf(text, "\\u%04x", (guint)string[i]);
        else
            g_string_append_c(text, string[i]);
    }
    g_string_append_c(text, '"');
}

/* Numbers, words and NULL for null. */
static void
append_scalar(GString *text, json_object *value)
{
    const char *word;

    if (json_object_is_type(value, json_type_string)) {
        append_string(text, json_object_get_string(value),
                      (gsize)json_object_get_string_len(value));
        return;
    }
    word = json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);
    if (word == NULL || *word == '\0')
        out_of_memory();
    g_string_append(text, word);
}

static void
append_key(GString *text, const char *key)
{
    append_string(text, key, strlen(key));
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

    if (object == NULL)
        out_of_memory();
    append(text, object, 0);
    g_string_append_c(text, '\n');
    return g_string_free_to_bytes(text);
}

void
vp_json_add(json_object *object, const char *key, json_object *value)
{
    if (object == NULL || value == NULL || json_object_object_add(object, key, value) != 0)
        out_of_memory();
}

void
vp_json_add_or_null(json_object *object, const char *key, json_object *value)
{
    if (object == NULL || json_object_object_add(object, key, value) != 0)
        out_of_memory();
}

void
vp_json_append(json_object *array, json_object *value)
{
    if (array == NULL || value == NULL || json_object_array_add(array, value) != 0)
        out_of_memory();
}

void
vp_json_add_string(json_object *object, const char *key, const char *text)
{
    if (text != NULL)
        vp_json_add(object, key, json_object_new_string(text));
}

void
vp_json_add_text(json_object *object, const char *key, const char *text)
{
    if (text != NULL)
        vp_json_add_string(object, key, text);
    else
        vp_json_add_or_null(object, key, NULL);
}

void
vp_json_add_texts(json_object *object, const char *key, const GPtrArray *texts)
{
    json_object *array = json_object_new_array();

    for (guint i = 0; i < texts->len; i++)
        vp_json_append(array, json_object_new_string(texts->pdata[i]));
    vp_json_add(object, key, array);
}

static gboolean
is_same(json_object *a, json_object *b)
{
    g_autoptr(GBytes) text_a = a != NULL ? vp_json_text(a) : NULL;
    g_autoptr(GBytes) text_b = b != NULL ? vp_json_text(b) : NULL;

    return text_a && text_b ? g_bytes_equal(text_a, text_b) : a == b;
}

static json_object *
parse(json_tokener *tokener, const char *data, gsize size)
{
    if (size == 0 || size > G_MAXINT)
        return NULL;
    json_tokener_reset(tokener);
    return json_tokener_parse_ex(tokener, data, (int)size);
}

/* The text is known to be valid JSON here, which every version of json-c reads in the same way. */
static json_object *
parse_json(const char *data, gsize size)
{
    /* json-c counts one level more, some versions two */
    g_autoptr(json_tokener) tokener = json_tokener_new_ex(MAX_DEPTH + 2);
    g_autoptr(json_object) object = NULL, again = NULL;

    if (!tokener)
        out_of_memory();
    /* json-c before 0.17 leaves members out, without a word, for which it has no memory */
    again = parse(tokener, data, size);
    object = parse(tokener, data, size);
    if (!is_same(object, again))
        out_of_memory();
    return g_steal_pointer(&object);
}

json_object *
vp_json_get(json_object *object, const char *key)
{
    return json_object_is_type(object, json_type_object) ? json_object_object_get(object, key)
                                                         : NULL;
}

const char *
vp_json_get_text(json_object *value)
{
    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

const char *
vp_json_get_text_of(json_object *object, const char *key)
{
    return vp_json_get_text(vp_json_get(object, key));
}

json_object *
vp_json_as_list(json_object *value)
{
    json_object *list;

    if (json_object_is_type(value, json_type_array))
        return json_object_get(value);
    list = json_object_new_array();
    if (value != NULL)
        vp_json_append(list, json_object_get(value));
    return list;
}

json_object *
vp_json_parse_object(GBytes *text, GError **error)
{
    g_autoptr(json_object) object = NULL;
    gsize size, at = 0;
    const char *data = g_bytes_get_data(text, &size);

    if (data != NULL && vp_json_grammar_read(data, size, MAX_DEPTH, NULL, &at))
        object = parse_json(data, size);
    if (!object || !json_object_is_type(object, json_type_object))
        return vp_error_null(error, VP_ERROR_VALUE, "is not a JSON object (at byte %zu)", at);
    return g_steal_pointer(&object);
}
