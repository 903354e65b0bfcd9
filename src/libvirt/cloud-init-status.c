/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads cloud-init's JSON. */
#include <config.h>

#include <string.h>

#include "base/json-text.h"
#include "libvirt/cloud-init-status.h"

/* Only cloud-init's own names are shown. */
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

enum { MAX_NAME = 40 };

/* A member of "v1", which all is in; borrowed from the file. NULL if it is not of that type. */
static json_object *
find_member(json_object *file, const char *key, json_type type)
{
    json_object *value = vp_json_get(vp_json_get(file, "v1"), key);

    return json_object_is_type(value, type) ? value : NULL;
}

static char *
read_name(GBytes *bytes, const char *key)
{
    g_autoptr(json_object) file = vp_json_parse_object(bytes, NULL);
    json_object *value = find_member(file, key, json_type_string);
    const char *text = value != NULL ? json_object_get_string(value) : "";
    gsize length = strspn(text, NAME_CHARACTERS);

    return length > 0 && length <= MAX_NAME ? g_strndup(text, length) : NULL;
}

int
vp_virt_cloud_init_errors(GBytes *result)
{
    g_autoptr(json_object) file = vp_json_parse_object(result, NULL);
    json_object *errors = find_member(file, "errors", json_type_array);

    return errors != NULL ? (int)MIN(json_object_array_length(errors), G_MAXINT) : -1;
}

char *
vp_virt_cloud_init_datasource(GBytes *result)
{
    return read_name(result, "datasource");
}

char *
vp_virt_cloud_init_stage(GBytes *status)
{
    return read_name(status, "stage");
}
