/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users, passwords and keys to cloud-config. */
#include <config.h>

#include "base/secret.h"
#include "render/access.h"
#include "render/cloud-config-writer.h"
#include "render/password.h"
#include "render/write-file.h"

/* The password as the guest gets it: the hash, or the clear text if that was asked for. */
static char *
password_value(const VpSpec *spec, const VpUser *user, GError **error)
{
    const VpPassword *password = user->password;

    if (password->hashed || password->clear)
        return g_strdup(password->text);
    return vp_render_password_hash(spec->guest_uuid, user->name, password->text, error);
}

static void
write_private_keys(const VpCloudConfig *config, const VpUser *user)
{
    gboolean is_superuser = vp_render_access_is_superuser(config->spec, user);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();

    for (guint i = 0; i < user->ssh_keys->len; i++) {
        char *key = g_ptr_array_index(user->ssh_keys, i);

        if (!vp_render_access_key_is_public(config->spec, is_superuser, key))
            g_ptr_array_add(keys, key);
    }
    vp_yaml_add_strings(config->yaml, "ssh_authorized_keys", keys);
}

static gboolean
write_root(VpCloudConfig *config, GError **error)
{
    const VpUser *root = vp_render_access_superuser(config->spec);
    char *password = password_value(config->spec, root, error);

    if (password == NULL)
        return FALSE;
    vp_render_cloud_config_key(config, "user");
    vp_yaml_begin_map(config->yaml);
    vp_yaml_add_string(config->yaml, "name", root->name);
    write_private_keys(config, root);
    vp_yaml_end_map(config->yaml);
    vp_render_cloud_config_string(config, "password", password);
    vp_secret_free(password);
    vp_render_cloud_config_key(config, "chpasswd");
    vp_yaml_begin_map(config->yaml);
    vp_yaml_add_bool(config->yaml, "expire", root->password->expire == VP_YES);
    vp_yaml_end_map(config->yaml);
    return TRUE;
}

/* --- an entry of users ------------------------------------------------------------------------ */

static char *
join(const GPtrArray *texts, const char *separator)
{
    GString *joined = g_string_new(NULL);

    for (guint i = 0; i < texts->len; i++) {
        if (i > 0)
            g_string_append(joined, separator);
        g_string_append(joined, g_ptr_array_index(texts, i));
    }
    return g_string_free(joined, FALSE);
}

static void
write_joined(VpYaml *yaml, const char *key, const GPtrArray *texts, const char *separator)
{
    g_autofree char *joined = join(texts, separator);

    if (texts->len > 0)
        vp_yaml_add_string(yaml, key, joined);
}

/* The groups that users ask for, which cloud-init creates before the users. */
static GHashTable *
all_groups(const VpSpec *spec)
{
    GHashTable *all = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = spec->users->pdata[i];

        for (guint j = 0; j < user->groups->len; j++)
            g_hash_table_add(all, user->groups->pdata[j]);
        if (user->primary_group != NULL)
            g_hash_table_add(all, user->primary_group);
    }
    return all;
}

/* Whether there is a group of the user's name before the user is made. */
static gboolean
has_group_of_name(const VpUser *user, GHashTable *all)
{
    static const char *const of_packages[] = {"crontab", "docker", "libvirt", "lxd",
                                              "netdev",  "sgx",    "ssh",     NULL};

    if (g_str_equal(user->name, "root"))
        return FALSE;
    return g_hash_table_contains(all, user->name) ||
           vp_render_write_file_is_base_name(user->name) ||
           g_strv_contains(of_packages, user->name);
}

/* cloud-init creates a missing group only if it is one of groups. If a group has the user's own
 * name, useradd creates no user unless it is said to be the primary group. */
static void
write_groups(VpYaml *yaml, const VpUser *user, GHashTable *all)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new();
    char *primary = user->primary_group;

    if (primary == NULL && has_group_of_name(user, all))
        primary = user->name;
    for (guint i = 0; i < user->groups->len; i++)
        g_ptr_array_add(groups, user->groups->pdata[i]);
    if (primary != NULL && !g_ptr_array_find_with_equal_func(groups, primary, g_str_equal, NULL))
        g_ptr_array_add(groups, primary);
    write_joined(yaml, "groups", groups, ",");
    vp_yaml_add_string(yaml, "primary_group", primary);
}

/* Unlocked with a password only: cloud-init 25.1 and later warn of an account that is neither. */
static VpTristate
lock_password(const VpUser *user)
{
    if (user->lock_password != VP_UNSET)
        return user->lock_password;
    return user->password != NULL ? VP_NO : VP_UNSET;
}

/* value: of the password; NULL if there is none. */
static void
write_user(const VpCloudConfig *config, const VpUser *user, const char *value, GHashTable *groups)
{
    VpYaml *yaml = config->yaml;

    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "name", user->name);
    vp_yaml_add_string(yaml, "gecos", user->gecos);
    if (user->uid > 0)
        vp_yaml_add_int(yaml, "uid", user->uid);
    vp_yaml_add_string(yaml, "homedir", user->home);
    vp_yaml_add_tristate(yaml, "no_create_home", user->no_create_home);
    vp_yaml_add_tristate(yaml, "system", user->system);
    write_groups(yaml, user, groups);
    /* one string: a list is an error to the schema of cloud-init 22.4; sudoers(5), User_Spec */
    write_joined(yaml, "sudo", user->sudo, " : ");
    vp_yaml_add_string(yaml, "shell", user->shell);
    if (value != NULL)
        vp_yaml_add_string(yaml, user->password->clear ? "plain_text_passwd" : "hashed_passwd",
                           value);
    vp_yaml_add_tristate(yaml, "lock_passwd", lock_password(user));
    write_private_keys(config, user);
    vp_yaml_add_strings(yaml, "ssh_import_id", user->ssh_import_ids);
    vp_yaml_end_map(yaml);
}

/* --- passwords once more ---------------------------------------------------------------------- */

static gboolean
must_expire(const VpUser *user)
{
    return vp_render_access_has_password(user) && user->password->expire == VP_YES;
}

static gboolean
some_must_expire(const VpSpec *spec)
{
    for (guint i = 0; i < spec->users->len; i++) {
        if (must_expire(spec->users->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

/* chpasswd comes after the entries of users: it unlocks an account that cloud-init has locked
 * because the image's default user has its name, and it is what expires passwords. It expires all
 * that it sets, so those that stay are not among them if one must be changed. Before 22.3
 * cloud-init reads no chpasswd/users. */
static void
write_passwords(VpCloudConfig *config, char *const values[])
{
    const VpSpec *spec = config->spec;
    gboolean expire = some_must_expire(spec);

    vp_render_cloud_config_key(config, "chpasswd");
    vp_yaml_begin_map(config->yaml);
    vp_yaml_add_bool(config->yaml, "expire", expire);
    vp_yaml_key(config->yaml, "users");
    vp_yaml_begin_list(config->yaml);
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = spec->users->pdata[i];

        if (values[i] == NULL || (expire && !must_expire(user)))
            continue;
        vp_yaml_begin_map(config->yaml);
        vp_yaml_add_string(config->yaml, "name", user->name);
        vp_yaml_add_string(config->yaml, "type", user->password->clear ? "text" : "hash");
        vp_yaml_add_string(config->yaml, "password", values[i]);
        vp_yaml_end_map(config->yaml);
    }
    vp_yaml_end_list(config->yaml);
    vp_yaml_end_map(config->yaml);
}

/* An entry that names nobody: "users" must not be empty, and without it the default user is made.
 */
static void
write_nobody(VpYaml *yaml)
{
    vp_yaml_begin_list(yaml);
    vp_yaml_end_list(yaml);
}

static gboolean
write_users(VpCloudConfig *config, GError **error)
{
    const VpSpec *spec = config->spec;
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(vp_secret_free);
    g_autoptr(GHashTable) groups = all_groups(spec);
    gboolean has_passwords = FALSE, is_empty = !vp_render_access_keeps_default(spec);

    vp_render_cloud_config_key(config, "users");
    vp_yaml_begin_list(config->yaml);
    if (!is_empty)
        vp_yaml_string(config->yaml, "default");
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = spec->users->pdata[i];
        char *value = NULL;

        g_ptr_array_add(values, NULL);
        if (!vp_render_access_needs_entry(spec, user))
            continue;
        if (user->password != NULL && (value = password_value(spec, user, error)) == NULL)
            return FALSE;
        values->pdata[i] = value;
        has_passwords = has_passwords || value != NULL;
        write_user(config, user, value, groups);
        is_empty = FALSE;
    }
    if (is_empty)
        write_nobody(config->yaml);
    vp_yaml_end_list(config->yaml);
    if (has_passwords)
        write_passwords(config, (char *const *)values->pdata);
    return TRUE;
}

/* --- Windows ---------------------------------------------------------------------------------- */

/* cloudbase-init's users.py: a list of groups, because it splits a text only at ", ". The
 * administrator has password and keys from the metadata; if it has an entry, it needs the password
 * here too, or it would get a random one. */
static gboolean
write_windows_user(const VpCloudConfig *config, const VpUser *user, GError **error)
{
    VpYaml *yaml = config->yaml;

    if (!vp_render_access_check_windows_password(user, error))
        return FALSE;
    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "name", user->name);
    vp_yaml_add_string(yaml, "gecos", user->gecos);
    vp_yaml_add_strings(yaml, "groups", user->groups);
    vp_yaml_add_string(yaml, "primary_group", user->primary_group);
    vp_yaml_add_string(yaml, "passwd", user->password != NULL ? user->password->text : NULL);
    vp_yaml_add_tristate(yaml, "no_create_home", user->no_create_home);
    write_private_keys(config, user);
    vp_yaml_end_map(yaml);
    return TRUE;
}

static gboolean
write_windows_users(VpCloudConfig *config, GError **error)
{
    const VpSpec *spec = config->spec;

    vp_render_cloud_config_key(config, "users");
    vp_yaml_begin_list(config->yaml);
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = spec->users->pdata[i];

        if (vp_render_access_needs_entry(spec, user) && !write_windows_user(config, user, error))
            return FALSE;
    }
    vp_yaml_end_list(config->yaml);
    return TRUE;
}

/* --- the whole -------------------------------------------------------------------------------- */

static gboolean
write_access(VpCloudConfig *config, GError **error)
{
    switch (vp_render_access_form(config->spec)) {
    case VP_ACCESS_NONE:
        return TRUE;
    case VP_ACCESS_ROOT:
        return write_root(config, error);
    case VP_ACCESS_LIST:
        break;
    }
    return config->spec->windows ? write_windows_users(config, error) : write_users(config, error);
}

/* Who gives a password means to log in with it; a key or a password for root means to log in as
 * root. */
static void
write_ssh(VpCloudConfig *config)
{
    const VpSpec *spec = config->spec;
    const VpUser *superuser = vp_render_access_superuser(spec);
    VpTristate password_auth = spec->ssh_password_auth;
    VpTristate disable_root = spec->disable_root;

    for (guint i = 0; !spec->windows && i < spec->users->len; i++) {
        if (password_auth == VP_UNSET && vp_render_access_has_password(spec->users->pdata[i]))
            password_auth = VP_YES;
    }
    if (!spec->windows && disable_root == VP_UNSET && superuser != NULL &&
        (vp_render_access_has_password(superuser) || superuser->ssh_keys->len > 0 ||
         superuser->ssh_import_ids->len > 0))
        disable_root = VP_NO;
    vp_render_cloud_config_tristate(config, "ssh_pwauth", password_auth);
    vp_render_cloud_config_tristate(config, "disable_root", disable_root);
    vp_render_cloud_config_tristate(config, "ssh_deletekeys", spec->regenerate_ssh_keys);
}

gboolean
vp_render_cloud_config_users(VpCloudConfig *config, GError **error)
{
    if (!write_access(config, error))
        return FALSE;
    write_ssh(config);
    return TRUE;
}
