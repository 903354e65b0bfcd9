/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json-c's objects to and from text, with GLib's memory and errors: if memory runs out, the process
 * ends as in g_malloc(). */
#pragma once

#include <glib.h>
#include <json-c/json.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_object, json_object_put)

/* UTF-8, indented, ends with a line feed. Members come in the order in which they were added. The
 * layout is ours: json-c's own differs between its versions, and an image has to be the same on
 * every host. */
GBytes *vp_json_text(json_object *object);

/* Take value over. If it or the object is NULL, json-c ran out of memory. */
void vp_json_add(json_object *object, const char *key, json_object *value);
void vp_json_append(json_object *array, json_object *value);

/* The same; a value of NULL is JSON's null, and not a lack of memory. */
void vp_json_add_or_null(json_object *object, const char *key, json_object *value);

/* Adds a string; nothing if text is NULL. */
void vp_json_add_string(json_object *object, const char *key, const char *text);

/* Adds a string, or null if text is NULL. */
void vp_json_add_text(json_object *object, const char *key, const char *text);

/* Adds an array of strings. texts: of char *. */
void vp_json_add_texts(json_object *object, const char *key, const GPtrArray *texts);

/* A member; NULL if object is not an object or has none of that name. Borrowed. */
json_object *vp_json_get(json_object *object, const char *key);

/* The text of a string; NULL of anything else. Borrowed. */
const char *vp_json_get_text(json_object *value);
/* The text of a member. */
const char *vp_json_get_text_of(json_object *object, const char *key);

/* The value if it is an array, otherwise an array with only the value, or an empty one if it is
 * NULL. Free with json_object_put. */
json_object *vp_json_as_list(json_object *value);

/* One JSON object and nothing else (RFC 8259), the same whatever the version of json-c.
 * VP_ERROR_VALUE with the offset of the mistake. */
json_object *vp_json_parse_object(GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
