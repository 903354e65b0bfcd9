/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seed's metadata into fields; keys that fields would not reproduce word for word are kept. */
#include <config.h>

#include <string.h>

#include "base/json-text.h"
#include "base/yaml-text.h"
#include "command/import-meaning.h"
#include "command/import.h"
#include "domain/xml-edit.h"
#include "render/meta-data.h"
#include "spec/check.h"
#include "spec/read.h"

static gboolean
is_nocloud(const VpSeed *seed)
{
    return seed->datasource == VP_DATASOURCE_NOCLOUD;
}

/* JSON of a config drive is YAML too, but for what libyaml does not take. */
static GPtrArray *
split(const VpSeed *seed, GError **error)
{
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);

    return vp_yaml_text_split(seed->meta_data != NULL ? seed->meta_data : nothing, error);
}

static json_object *
value_of(const GPtrArray *entries, const char *name)
{
    const VpYamlEntry *entry = vp_yaml_text_find(entries, name);

    return entry != NULL ? entry->value : NULL;
}

/* By the name that the seed's datasource has; under the other one it means nothing to a guest. */
static json_object *
own_value(const VpSeed *seed, const GPtrArray *entries, const char *nocloud, const char *openstack)
{
    return value_of(entries, is_nocloud(seed) ? nocloud : openstack);
}

static const char *
public_keys_name(const VpSeed *seed)
{
    return is_nocloud(seed) ? "public-keys" : "public_keys";
}

json_object *
vp_command_import_public_keys(const VpSeed *seed)
{
    g_autoptr(GPtrArray) entries = split(seed, NULL);
    json_object *keys =
        entries != NULL ? vp_command_import_meaning_keys(value_of(entries, public_keys_name(seed)))
                        : NULL;

    return keys != NULL ? keys : json_object_new_array();
}

/* --- fields ----------------------------------------------------------------------------------- */

/* A guest that has booted from the seed keeps its identity, and does nothing twice. */
static gboolean
read_instance_id(VpImport *import, const GPtrArray *entries, GError **error)
{
    static const char *const words[] = {"uuid", "content", NULL};
    const VpDomain *domain = import->set->domain;
    const char *id = vp_json_get_text(own_value(import->seed, entries, "instance-id", "uuid"));
    const char *own = domain->smbios_uuid != NULL ? domain->smbios_uuid : domain->uuid;

    if (id == NULL || g_ascii_strcasecmp(id, own) == 0 || g_strv_contains(words, id) ||
        !vp_spec_check_instance_id(id, NULL))
        return TRUE;
    return vp_spec_field_set(&import->set->root, "@instance-id", id, error);
}

static gboolean
read_hostname(VpImport *import, const GPtrArray *entries, GError **error)
{
    json_object *local = is_nocloud(import->seed) ? value_of(entries, "local-hostname") : NULL;
    const char *name = vp_json_get_text(local != NULL ? local : value_of(entries, "hostname"));
    VpField there;

    if (vp_spec_field_find(&import->set->root, "hostname", NULL, NULL, &there))
        return TRUE;
    if (name != NULL && vp_spec_check_hostname(name, NULL))
        return vp_spec_field_set(&import->set->root, "hostname", name, error);
    if (name == NULL)
        g_ptr_array_add(import->notes,
                        g_strdup("the seed has no host name: the guest gets its libvirt name"));
    return TRUE;
}

static gboolean
read_zone(VpImport *import, const GPtrArray *entries, GError **error)
{
    json_object *first = value_of(entries, "availability-zone");
    const char *zone =
        vp_json_get_text(first != NULL ? first : value_of(entries, "availability_zone"));

    return zone == NULL || !vp_spec_check_line(zone, NULL) ||
           vp_spec_field_set(&import->set->root, "availability-zone", zone, error);
}

static gboolean
holds_texts_only(json_object *object)
{
    if (!json_object_is_type(object, json_type_object))
        return FALSE;
    json_object_object_foreach(object, name, value)
    {
        if (!vp_spec_check_line(name, NULL) || vp_json_get_text(value) == NULL ||
            *vp_json_get_text(value) == '\0' || !vp_domain_xml_can_hold(vp_json_get_text(value)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_meta(VpImport *import, const GPtrArray *entries, GError **error)
{
    json_object *meta = value_of(entries, "meta");

    if (!holds_texts_only(meta))
        return TRUE;
    json_object_object_foreach(meta, name, value)
    {
        g_autofree char *pair = g_strconcat(name, "=", vp_json_get_text(value), NULL);

        if (strchr(name, '=') == NULL && !vp_command_set_meta(import->set, "meta", pair, error))
            return FALSE;
    }
    return TRUE;
}

/* --- the rest --------------------------------------------------------------------------------- */

static GBytes *
render(const VpImport *import, GError **error)
{
    g_autoptr(GPtrArray) specs = vp_spec_read(import->set->domain, error);
    const VpSpec *spec;
    const char *id;

    if (specs == NULL)
        return NULL;
    spec = specs->pdata[0];
    id = spec->instance_id != NULL ? spec->instance_id : spec->smbios_uuid;
    return is_nocloud(import->seed) ? vp_render_meta_data_nocloud(spec, id, error)
                                    : vp_render_meta_data_openstack(spec, id, error);
}

/* The name without its domain is the same name to the guest, which has both from the whole. */
static gboolean
is_first_label(const VpYamlEntry *given, const VpYamlEntry *rendered)
{
    const char *label = vp_json_get_text(given->value), *name = vp_json_get_text(rendered->value);

    return label != NULL && name != NULL && *label != '\0' && g_str_has_prefix(name, label) &&
           name[strlen(label)] == '.';
}

/* Public keys that are a user's may come from the cloud-config. */
static gboolean
is_rendered(const VpImport *import, const VpYamlEntry *entry, const GPtrArray *rendered)
{
    const VpYamlEntry *same = vp_yaml_text_find(rendered, entry->name);
    gboolean is_keys = g_str_equal(entry->name, public_keys_name(import->seed));

    if (is_keys && import->public_keys->len > 0)
        return TRUE;
    if (is_keys) {
        g_autoptr(json_object) keys = vp_command_import_meaning_keys(entry->value);

        return keys != NULL && json_object_array_length(keys) == 0;
    }
    if (same == NULL && is_nocloud(import->seed) && g_str_equal(entry->name, "hostname"))
        same = vp_yaml_text_find(rendered, "local-hostname");
    if (same == NULL)
        return FALSE;
    return json_object_equal(same->value, entry->value) ||
           (g_str_has_suffix(entry->name, "hostname") && is_first_label(entry, same));
}

/* JSON keeps its types only if JSON's own reader has it. */
static GBytes *
without_members(GBytes *text, const GPtrArray *taken)
{
    g_autoptr(json_object) object = vp_json_parse_object(text, NULL);

    for (guint i = 0; object != NULL && i < taken->len; i++)
        json_object_object_del(object, ((const VpYamlEntry *)taken->pdata[i])->name);
    return object != NULL ? vp_json_text(object) : NULL;
}

static gboolean
keep_rest(VpImport *import, const GPtrArray *entries, const GPtrArray *rendered, GError **error)
{
    g_autoptr(GPtrArray) taken = g_ptr_array_new();
    g_autoptr(GBytes) rest = NULL;

    for (guint i = 0; i < entries->len; i++) {
        VpYamlEntry *entry = entries->pdata[i];
        gboolean is_taken = is_rendered(import, entry, rendered);

        vp_command_import_note(is_taken ? import->fields : import->kept, "meta-data", entry->name);
        if (is_taken)
            g_ptr_array_add(taken, entry);
    }
    if (taken->len == entries->len)
        return TRUE;
    rest = vp_yaml_text_without(import->seed->meta_data, entries, taken);
    if (rest == NULL)
        rest = without_members(import->seed->meta_data, taken);
    return vp_command_import_raw(import, "meta-data", rest != NULL ? rest : import->seed->meta_data,
                                 error);
}

gboolean
vp_command_import_meta_data(VpImport *import, GError **error)
{
    g_autoptr(GPtrArray) entries = split(import->seed, NULL);
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GPtrArray) rendered = NULL;

    if (entries == NULL) {
        vp_command_import_note(import->kept, "meta-data", NULL);
        return vp_command_import_raw(import, "meta-data", import->seed->meta_data, error);
    }
    if (!read_instance_id(import, entries, error) || !read_hostname(import, entries, error) ||
        !read_zone(import, entries, error) || !read_meta(import, entries, error))
        return FALSE;
    bytes = render(import, error);
    rendered = bytes != NULL ? vp_yaml_text_split(bytes, error) : NULL;
    return rendered != NULL && keep_rest(import, entries, rendered, error);
}
