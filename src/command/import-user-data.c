/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seed's user-data into fields, key by key: tried in an empty payload, rendered, and compared
 * with the seed. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/json-text.h"
#include "base/yaml-text.h"
#include "command/import-meaning.h"
#include "command/import.h"
#include "render/cloud-config.h"
#include "render/meta-data.h"
#include "render/mime.h"
#include "spec/check.h"
#include "spec/object.h"
#include "spec/read.h"

typedef struct {
    VpImport *import;
    GBytes *text;
    GPtrArray *entries; /* of the whole text */
    GPtrArray *taken;   /* those that are fields */
    json_object *public_keys;
    const char *default_user; /* with the users that were taken */
} Reader;

/* Keys that only mean something together, and so become fields together or not at all. */
static const char *const access_keys[] = {"users",        "user",           "ssh_authorized_keys",
                                          "password",     "chpasswd",       "ssh_pwauth",
                                          "disable_root", "ssh_deletekeys", NULL};
static const char *const name_keys[] = {"hostname", "fqdn", NULL};
/* With these the order of what is merged is not the usual one. */
static const char *const merge_keys[] = {"merge_how", "merge_type", NULL};

static GPtrArray *
choose(const Reader *reader, const char *const *names)
{
    GPtrArray *chosen = g_ptr_array_new();

    for (guint i = 0; i < reader->entries->len; i++) {
        VpYamlEntry *entry = reader->entries->pdata[i];

        if (g_strv_contains(names, entry->name))
            g_ptr_array_add(chosen, entry);
    }
    return chosen;
}

/* --- a trial ---------------------------------------------------------------------------------- */

typedef struct {
    const GPtrArray *entries;
    gboolean with_public_keys;
    const char *default_user; /* the field's value; NULL: without it */
} Trial;

static gboolean
add_public_keys(const Reader *reader, VpSet *set, GError **error)
{
    const char *user = vp_domain_is_windows(set->domain) ? "Administrator" : "root";
    gsize count = json_object_array_length(reader->public_keys);
    g_auto(VpFieldList) list = {0};

    if (count == 0)
        return TRUE;
    if (!vp_command_set_user(set, "user", user, error))
        return FALSE;
    vp_spec_field_list_begin(&set->user, "ssh-key", &list);
    for (gsize i = 0; i < count; i++) {
        const char *key = json_object_get_string(json_object_array_get_idx(reader->public_keys, i));

        if (!vp_spec_field_list_add_once(&list, key, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
apply(const Reader *reader, const Trial *trial, VpSet *set, GError **error)
{
    return vp_command_set_cloud_config_entries(set, trial->entries, error) &&
           (!trial->with_public_keys || add_public_keys(reader, set, error)) &&
           (trial->default_user == NULL ||
            vp_spec_field_set(&set->root, "default-user", trial->default_user, error));
}

static VpSpec *
render_trial(const Reader *reader, const Trial *trial, GBytes **cloud_config, GBytes **meta_data)
{
    g_auto(VpSet) set = {0};
    g_autoptr(VpDomain) domain = vp_command_import_scratch(reader->import, &set.root, NULL);
    g_autoptr(GPtrArray) specs = NULL;
    VpSpec *spec;

    if (domain == NULL)
        return NULL;
    set.domain = domain;
    set.told = g_string_new(NULL);
    if (!apply(reader, trial, &set, NULL))
        return NULL;
    specs = vp_spec_read(domain, NULL);
    if (specs == NULL || specs->len != 1)
        return NULL;
    spec = specs->pdata[0];
    if (!vp_render_cloud_config(spec, cloud_config, NULL))
        return NULL;
    *meta_data = vp_render_meta_data_openstack(spec, "trial", NULL);
    if (*meta_data == NULL)
        return NULL;
    g_ptr_array_set_free_func(specs, NULL);
    return spec;
}

/* The fields mean exactly what the keys mean. */
static gboolean
holds(const Reader *reader, const Trial *trial)
{
    g_autoptr(GBytes) cloud_config = NULL, meta_data = NULL;
    g_autoptr(VpSpec) spec = render_trial(reader, trial, &cloud_config, &meta_data);
    g_autoptr(GPtrArray) rendered = NULL;
    g_autoptr(json_object) public_keys = NULL, none = json_object_new_array();
    g_autoptr(json_object) wanted = NULL, given = NULL;

    if (spec == NULL)
        return FALSE;
    rendered = cloud_config != NULL ? vp_yaml_text_split(cloud_config, NULL) : g_ptr_array_new();
    public_keys = vp_command_import_meaning_keys_of(meta_data);
    wanted = vp_command_import_meaning(spec->guest_uuid, trial->entries,
                                       trial->with_public_keys ? reader->public_keys : none);
    given = rendered != NULL ? vp_command_import_meaning(spec->guest_uuid, rendered, public_keys)
                             : NULL;
    return wanted != NULL && given != NULL && json_object_equal(wanted, given);
}

/* Into the guest's own definition what was tried. */
static gboolean
take(Reader *reader, const Trial *trial, GError **error)
{
    for (guint i = 0; i < trial->entries->len; i++)
        g_ptr_array_add(reader->taken, trial->entries->pdata[i]);
    if (!apply(reader, trial, reader->import->set, error))
        return FALSE;
    if (!trial->with_public_keys)
        return TRUE;
    for (gsize i = 0; i < json_object_array_length(reader->public_keys); i++) {
        json_object *key = json_object_array_get_idx(reader->public_keys, i);

        g_ptr_array_add(reader->import->public_keys, g_strdup(json_object_get_string(key)));
    }
    return TRUE;
}

/* --- the keys --------------------------------------------------------------------------------- */

static gboolean
take_if_it_holds(Reader *reader, const Trial *trial, gboolean *is_taken, GError **error)
{
    *is_taken = holds(reader, trial);
    return !*is_taken || take(reader, trial, error);
}

/* Who may log in, and how. Public keys of the metadata are the instance's, which only fields of
 * root say, and only if root may log in by them. */
static gboolean
read_access(Reader *reader, GError **error)
{
    static const char *const default_users[] = {NULL, "yes", "no"};
    g_autoptr(GPtrArray) entries = choose(reader, access_keys);
    gboolean has_keys = json_object_array_length(reader->public_keys) > 0, is_taken = FALSE;

    for (guint with = has_keys ? 1 : 0;; with = 0) {
        for (gsize i = 0; i < G_N_ELEMENTS(default_users); i++) {
            const Trial trial = {entries, with == 1, default_users[i]};

            if (entries->len == 0 && with == 0)
                return TRUE;
            if (!take_if_it_holds(reader, &trial, &is_taken, error))
                return FALSE;
            if (is_taken) {
                reader->default_user = default_users[i];
                return TRUE;
            }
        }
        if (with == 0)
            return TRUE;
    }
}

/* A host name becomes metadata, so it cannot be compared in the rendered user-data. Both
 * keys are one field if the long name begins with the short one. */
static gboolean
read_name(Reader *reader, GError **error)
{
    g_autoptr(GPtrArray) entries = choose(reader, name_keys);
    const VpYamlEntry *hostname = vp_yaml_text_find(entries, "hostname");
    const VpYamlEntry *fqdn = vp_yaml_text_find(entries, "fqdn");
    const char *name;

    for (guint i = 0; i < entries->len; i++) {
        if (!json_object_is_type(((VpYamlEntry *)entries->pdata[i])->value, json_type_string))
            return TRUE;
    }
    if (entries->len == 0 || vp_domain_is_windows(reader->import->set->domain))
        return TRUE;
    name = json_object_get_string((fqdn != NULL ? fqdn : hostname)->value);
    if (!vp_spec_check_hostname(name, NULL))
        return TRUE;
    if (fqdn != NULL && hostname != NULL) {
        const char *first = json_object_get_string(hostname->value);
        gsize length = strlen(first);

        if (strncmp(first, name, length) != 0 || (name[length] != '.' && name[length] != '\0'))
            return TRUE;
    }
    for (guint i = 0; i < entries->len; i++)
        g_ptr_array_add(reader->taken, entries->pdata[i]);
    return vp_spec_field_set(&reader->import->set->root, "hostname", name, error);
}

/* "ed25519_private": the type; NULL for what is not a private key. */
static char *
key_type(const char *name, const char *suffix)
{
    static const char *const types[] = {"ed25519", "ecdsa", "rsa", NULL};
    g_autofree char *type =
        g_str_has_suffix(name, suffix) ? g_strndup(name, strlen(name) - strlen(suffix)) : NULL;

    return type != NULL && g_strv_contains(types, type) ? g_steal_pointer(&type) : NULL;
}

static void
key_add(GPtrArray *keys, char *type, const char *text)
{
    VpImportKey *key = g_new0(VpImportKey, 1);

    key->type = type;
    key->text = g_strdup(text);
    g_ptr_array_add(keys, key);
}

/* All of them, or none: the guest makes the public keys of the private ones. */
static gboolean
collect_host_keys(const VpYamlEntry *entry, GPtrArray *keys)
{
    if (!json_object_is_type(entry->value, json_type_object))
        return FALSE;
    json_object_object_foreach(entry->value, name, value)
    {
        g_autofree char *public_type = key_type(name, "_public");
        char *type = key_type(name, "_private");

        if (type == NULL && public_type == NULL)
            return FALSE;
        if (type == NULL)
            continue;
        key_add(keys, type, vp_json_get_text(value) != NULL ? vp_json_get_text(value) : "");
        if (!vp_spec_check_private_key(((VpImportKey *)keys->pdata[keys->len - 1])->text, NULL))
            return FALSE;
    }
    return keys->len > 0;
}

static gboolean
set_host_key(VpImport *import, const VpYamlEntry *entry, const VpImportKey *key, GError **error)
{
    g_autofree char *value = g_strdup_printf("%s=ssh_host_%s_key", key->type, key->type);
    g_autofree char *name = g_strconcat(key->type, "_public", NULL);
    const char *given = vp_json_get_text_of(entry->value, name);
    g_autofree char *public_key = given != NULL ? g_strstrip(g_strdup(given)) : NULL;
    VpField element;

    return vp_command_set_ssh_host_key(import->set, "ssh-host-key", value, error) &&
           (public_key == NULL || !vp_spec_check_ssh_key(public_key, NULL) ||
            !vp_spec_field_find(&import->set->root, "ssh-host-key", "type", key->type, &element) ||
            vp_spec_field_set(&element, "@public", public_key, error));
}

static gboolean
read_host_keys(Reader *reader, VpYamlEntry *entry, GError **error)
{
    VpImport *import = reader->import;

    if (!import->keeps_secrets) {
        g_ptr_array_add(import->notes,
                        g_strdup("the private host keys of the seed stay in user-data, where "
                                 "anyone who may read the definition can see them; run this as "
                                 "root on the guest's host to keep them as secrets"));
        return TRUE;
    }
    if (!collect_host_keys(entry, import->keys)) {
        g_ptr_array_set_size(import->keys, 0);
        return TRUE;
    }
    for (guint i = 0; i < import->keys->len; i++) {
        if (!set_host_key(import, entry, import->keys->pdata[i], error))
            return FALSE;
    }
    g_ptr_array_add(reader->taken, entry);
    return TRUE;
}

/* As a field, a file of a user that is created waits for that user. */
static gboolean
holds_beside_users(const Reader *reader, VpYamlEntry *entry)
{
    g_autoptr(GPtrArray) entries = choose(reader, access_keys);
    const Trial trial = {entries, FALSE, reader->default_user};

    if (entries->len == 0 || !g_ptr_array_find(reader->taken, entries->pdata[0], NULL))
        return TRUE;
    g_ptr_array_add(entries, entry);
    return holds(reader, &trial);
}

static gboolean
read_other(Reader *reader, VpYamlEntry *entry, GError **error)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new();
    const Trial trial = {entries, FALSE, NULL};
    gboolean is_taken;

    if (g_str_equal(entry->name, "write_files") && !holds_beside_users(reader, entry))
        return TRUE;
    g_ptr_array_add(entries, entry);
    return take_if_it_holds(reader, &trial, &is_taken, error);
}

static gboolean
read_keys(Reader *reader, GError **error)
{
    if (!read_access(reader, error) || !read_name(reader, error))
        return FALSE;
    for (guint i = 0; i < reader->entries->len; i++) {
        VpYamlEntry *entry = reader->entries->pdata[i];
        gboolean is_done =
            g_strv_contains(access_keys, entry->name) || g_strv_contains(name_keys, entry->name);

        if (g_str_equal(entry->name, "ssh_keys") ? !read_host_keys(reader, entry, error)
                                                 : !is_done && !read_other(reader, entry, error))
            return FALSE;
    }
    return TRUE;
}

/* --- the text --------------------------------------------------------------------------------- */

static gboolean
keep_rest(Reader *reader, GError **error)
{
    VpImport *import = reader->import;
    g_autoptr(GBytes) rest = NULL;

    for (guint i = 0; i < reader->entries->len; i++) {
        const VpYamlEntry *entry = reader->entries->pdata[i];
        gboolean is_taken = g_ptr_array_find(reader->taken, entry, NULL);

        vp_command_import_note(is_taken ? import->fields : import->kept, "user-data", entry->name);
    }
    if (reader->taken->len == reader->entries->len)
        return TRUE;
    rest = vp_yaml_text_without(reader->text, reader->entries, reader->taken);
    if (rest != NULL)
        return vp_command_import_raw(import, "user-data", rest, error);
    return vp_error_set(error, VP_ERROR_FAILED,
                        "user-data: its fields cannot be separated from the rest");
}

/* TRUE if every key can be cut out of the text, whichever are. */
static gboolean
can_be_cut(GBytes *text, const GPtrArray *entries)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();

    for (guint i = 0; i < entries->len; i++) {
        g_autoptr(GBytes) rest = NULL;

        g_ptr_array_set_size(one, 0);
        g_ptr_array_add(one, entries->pdata[i]);
        rest = vp_yaml_text_without(text, entries, one);
        if (rest == NULL)
            return FALSE;
    }
    return TRUE;
}

static gboolean
can_be_fields(GBytes *text, const GPtrArray *entries)
{
    if (vp_render_mime_detect(text) != VP_USER_DATA_CLOUD_CONFIG || entries == NULL ||
        entries->len == 0 || entries->len > 64)
        return FALSE;
    for (gsize i = 0; merge_keys[i] != NULL; i++) {
        if (vp_yaml_text_find(entries, merge_keys[i]) != NULL)
            return FALSE;
    }
    return can_be_cut(text, entries);
}

gboolean
vp_command_import_user_data(VpImport *import, GError **error)
{
    GBytes *text = import->seed->user_data;
    g_autoptr(GPtrArray) entries =
        text != NULL ? vp_yaml_text_split(text, NULL) : g_ptr_array_new();
    g_autoptr(GPtrArray) taken = g_ptr_array_new();
    g_autoptr(json_object) public_keys = vp_command_import_public_keys(import->seed);
    Reader reader = {import, text, entries, taken, public_keys};

    if (text != NULL && !can_be_fields(text, entries)) {
        vp_command_import_note(import->kept, "user-data", NULL);
        return vp_command_import_raw(import, "user-data", text, error);
    }
    return read_keys(&reader, error) && (text == NULL || keep_rest(&reader, error));
}
