/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to metadata. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/json-text.h"
#include "base/yaml-map.h"
#include "render/access.h"
#include "render/data.h"
#include "render/meta-data.h"
#include "spec/check.h"

enum { NETBIOS_NAME_LENGTH = 15 };

char *
vp_render_meta_data_hostname(const VpSpec *spec)
{
    const char *name = spec->hostname;
    gsize length;

    if (name == NULL && vp_spec_check_hostname(spec->guest_name, NULL))
        name = spec->guest_name;
    if (name == NULL)
        return NULL;
    if (!spec->windows && spec->kind != VP_KIND_SYSPREP)
        return g_strdup(name);
    length = strcspn(name, ".");
    return g_strndup(name, MIN(length, NETBIOS_NAME_LENGTH));
}

/* Of char *, borrowed. */
static GPtrArray *
public_keys(const VpSpec *spec)
{
    const VpUser *user = vp_render_access_superuser(spec);
    GPtrArray *keys = g_ptr_array_new();

    for (guint i = 0; user != NULL && i < user->ssh_keys->len; i++) {
        char *key = g_ptr_array_index(user->ssh_keys, i);

        if (vp_render_access_key_is_public(spec, TRUE, key))
            g_ptr_array_add(keys, key);
    }
    return keys;
}

static void
add_public_keys(json_object *object, const VpSpec *spec)
{
    g_autoptr(GPtrArray) keys = public_keys(spec);
    json_object *names;

    if (keys->len == 0)
        return;
    names = json_object_new_object();
    for (guint i = 0; i < keys->len; i++) {
        g_autofree char *name = g_strdup_printf("key-%u", i);

        vp_json_add_string(names, name, g_ptr_array_index(keys, i));
    }
    vp_json_add(object, "public_keys", names);
}

/* cloudbase-init's get_admin_username(): whom password and keys of the metadata are for. Without it
 * that is who its own configuration names, "Admin". */
#define ADMIN_USERNAME "admin_username"

static void
add_meta(json_object *object, const VpSpec *spec)
{
    const VpUser *user = spec->windows ? vp_render_access_superuser(spec) : NULL;
    json_object *meta;

    if (spec->meta->len == 0 && user == NULL)
        return;
    meta = json_object_new_object();
    if (user != NULL)
        vp_json_add_string(meta, ADMIN_USERNAME, user->name);
    for (guint i = 0; i < spec->meta->len; i++) {
        const VpMeta *entry = g_ptr_array_index(spec->meta, i);

        vp_json_add_string(meta, entry->key, entry->value);
    }
    vp_json_add(object, "meta", meta);
}

static gboolean
add_admin_password(json_object *object, const VpSpec *spec, GError **error)
{
    const VpUser *user = spec->windows ? vp_render_access_superuser(spec) : NULL;

    if (user == NULL || user->password == NULL)
        return TRUE;
    if (!vp_render_access_check_windows_password(user, error))
        return FALSE;
    vp_json_add_string(object, "admin_pass", user->password->text);
    return TRUE;
}

static gboolean
begins_object(GBytes *bytes)
{
    gsize size;
    const char *text = g_bytes_get_data(bytes, &size);

    while (size > 0 && g_ascii_isspace(*text)) {
        text++;
        size--;
    }
    return size > 0 && *text == '{';
}

static gboolean
merge(json_object *object, const VpData *raw, GError **error)
{
    g_autoptr(GBytes) bytes = vp_render_data_read(raw, "cloud-init/meta-data", error);
    g_autoptr(json_object) given = NULL;

    if (!bytes)
        return FALSE;
    given = vp_json_parse_object(bytes, error);
    if (!given && !begins_object(bytes)) {
        g_clear_error(error);
        g_set_error_literal(
            error, VP_ERROR, VP_ERROR_VALUE,
            "is not a JSON object, which a config drive requires; if it is for NoCloud, add "
            "datasource='nocloud' (set --datasource nocloud)");
    }
    if (!given) {
        (void)vp_error_set_place(error, "cloud-init/meta-data", &raw->place);
        return FALSE;
    }
    json_object_object_foreach(given, key, value)
    {
        if (value != NULL)
            vp_json_add(object, key, json_object_get(value));
        else
            json_object_object_del(object, key);
    }
    return TRUE;
}

/* Members that cloud-init and other agents require: without them they ignore the whole drive. */
static gboolean
check_merged(json_object *object, const VpData *raw, GError **error)
{
    const char *text = vp_json_get_text_of(object, "uuid");

    if (text == NULL || *text == '\0' || strchr(text, '/') != NULL)
        return vp_error_set_at(error, VP_ERROR_VALUE, "cloud-init/meta-data", &raw->place,
                               "its uuid is not a string, is empty, or has a '/'");
    return TRUE;
}

GBytes *
vp_render_meta_data_openstack(const VpSpec *spec, const char *instance_id, GError **error)
{
    g_autoptr(json_object) object = json_object_new_object();
    g_autofree char *hostname = vp_render_meta_data_hostname(spec);

    vp_json_add_string(object, "uuid", instance_id);
    vp_json_add_string(object, "hostname", hostname);
    vp_json_add_string(object, "name", spec->guest_name);
    vp_json_add(object, "launch_index", json_object_new_int(0));
    vp_json_add_string(object, "availability_zone", spec->availability_zone);
    add_public_keys(object, spec);
    add_meta(object, spec);
    if (!add_admin_password(object, spec, error))
        return NULL;
    if (spec->meta_data != NULL &&
        (!merge(object, spec->meta_data, error) || !check_merged(object, spec->meta_data, error)))
        return NULL;
    return vp_json_text(object);
}

static void
write_meta(VpYaml *yaml, const VpSpec *spec)
{
    vp_yaml_key(yaml, "meta");
    vp_yaml_begin_map(yaml);
    for (guint i = 0; i < spec->meta->len; i++) {
        const VpMeta *entry = g_ptr_array_index(spec->meta, i);

        vp_yaml_string(yaml, entry->key);
        vp_yaml_string(yaml, entry->value);
    }
    vp_yaml_end_map(yaml);
}

/* Nothing if the spec's own meta-data has that key. */
static void
write_string(VpYaml *yaml, const VpYamlMap *given, const char *key, const char *text)
{
    if (!vp_yaml_map_has(given, key))
        vp_yaml_add_string(yaml, key, text);
}

static VpYamlMap *
read_given(const VpData *raw, GError **error)
{
    g_autoptr(GBytes) bytes = raw != NULL ? vp_render_data_read(raw, "cloud-init/meta-data", error)
                                          : g_bytes_new(NULL, 0);
    VpYamlMap *given = bytes ? vp_yaml_map_parse(bytes, error) : NULL;

    if (raw != NULL && bytes && given == NULL)
        (void)vp_error_set_place(error, "cloud-init/meta-data", &raw->place);
    return given;
}

GBytes *
vp_render_meta_data_nocloud(const VpSpec *spec, const char *instance_id, GError **error)
{
    g_autoptr(VpYamlMap) given = read_given(spec->meta_data, error);
    g_autoptr(VpYaml) yaml = vp_yaml_new();
    g_autofree char *hostname = vp_render_meta_data_hostname(spec);
    g_autoptr(GPtrArray) keys = public_keys(spec);

    if (!given)
        return NULL;
    vp_yaml_begin_map(yaml);
    write_string(yaml, given, "instance-id", instance_id);
    write_string(yaml, given, "local-hostname", hostname);
    write_string(yaml, given, "availability-zone", spec->availability_zone);
    if (!vp_yaml_map_has(given, "public-keys"))
        vp_yaml_add_strings(yaml, "public-keys", keys);
    if (spec->meta->len > 0 && !vp_yaml_map_has(given, "meta"))
        write_meta(yaml, spec);
    vp_yaml_map_write(given, yaml);
    vp_yaml_end_map(yaml);
    return vp_yaml_end(yaml, NULL, error);
}

/* EC2's public keys: an index to { "openssh-key": … }. */
static void
add_ec2_keys(json_object *object, const VpSpec *spec)
{
    g_autoptr(GPtrArray) keys = public_keys(spec);
    json_object *indices;

    if (keys->len == 0)
        return;
    indices = json_object_new_object();
    for (guint i = 0; i < keys->len; i++) {
        g_autofree char *name = g_strdup_printf("key-%u", i);
        g_autofree char *index = g_strdup_printf("%u", i);
        json_object *key = json_object_new_object();

        vp_json_add_string(key, "_name", name);
        vp_json_add_string(key, "openssh-key", g_ptr_array_index(keys, i));
        vp_json_add(indices, index, key);
    }
    vp_json_add(object, "public-keys", indices);
}

GBytes *
vp_render_meta_data_ec2(const VpSpec *spec, const char *instance_id, GError **error)
{
    g_autoptr(json_object) object = json_object_new_object();
    g_autofree char *hostname = vp_render_meta_data_hostname(spec);

    vp_json_add_string(object, "instance-id", instance_id);
    vp_json_add_string(object, "hostname", hostname);
    vp_json_add_string(object, "local-hostname", hostname);
    if (spec->availability_zone != NULL) {
        json_object *placement = json_object_new_object();

        vp_json_add_string(placement, "availability-zone", spec->availability_zone);
        vp_json_add(object, "placement", placement);
    }
    add_ec2_keys(object, spec);
    return vp_json_text(object);
}
