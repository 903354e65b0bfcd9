/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to "#cloud-config". */
#include <config.h>

#include "base/error.h"
#include "base/yaml-writer.h"
#include "render/access.h"
#include "render/cloud-config.h"
#include "render/data.h"
#include "render/password.h"

/* Reads the fields and writes the keys; failed once, it writes no more. */
typedef struct {
    const VpSpec *spec;
    VpYaml *yaml;
    guint count; /* of top-level keys */
} Writer;

static void
top_key(Writer *writer, const char *key)
{
    writer->count++;
    vp_yaml_key(writer->yaml, key);
}

static void
top_string(Writer *writer, const char *key, const char *text)
{
    writer->count += text != NULL;
    vp_yaml_add_string(writer->yaml, key, text);
}

static void
top_tristate(Writer *writer, const char *key, VpTristate tristate)
{
    writer->count += tristate != VP_UNSET;
    vp_yaml_add_tristate(writer->yaml, key, tristate);
}

static void
top_strings(Writer *writer, const char *key, const GPtrArray *texts)
{
    writer->count += texts->len > 0;
    vp_yaml_add_strings(writer->yaml, key, texts);
}

/* What the guest is given for a password: the hash, or the clear text where that was asked for. */
static char *
password_value(const VpSpec *spec, const VpUser *user, GError **error)
{
    const VpPassword *password = user->password;

    if (password->hashed || password->clear)
        return g_strdup(password->text);
    return vp_render_password_hash(spec->guest_uuid, user->name, password->text, error);
}

static void
write_private_keys(Writer *writer, const VpUser *user)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();

    for (guint i = 0; i < user->ssh_keys->len; i++) {
        char *key = g_ptr_array_index(user->ssh_keys, i);

        if (!vp_render_access_key_is_public(writer->spec, user, key))
            g_ptr_array_add(keys, key);
    }
    vp_yaml_add_strings(writer->yaml, "ssh_authorized_keys", keys);
}

static gboolean
write_root(Writer *writer, GError **error)
{
    const VpUser *root = vp_render_access_superuser(writer->spec);
    g_autofree char *password = password_value(writer->spec, root, error);

    if (!password)
        return FALSE;
    top_key(writer, "user");
    vp_yaml_begin_map(writer->yaml);
    vp_yaml_add_string(writer->yaml, "name", root->name);
    write_private_keys(writer, root);
    vp_yaml_end_map(writer->yaml);
    top_string(writer, "password", password);
    top_key(writer, "chpasswd");
    vp_yaml_begin_map(writer->yaml);
    vp_yaml_add_bool(writer->yaml, "expire", root->password->expire == VP_YES);
    vp_yaml_end_map(writer->yaml);
    return TRUE;
}

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
write_joined(Writer *writer, const char *key, const GPtrArray *texts, const char *separator)
{
    g_autofree char *joined = join(texts, separator);

    if (texts->len > 0)
        vp_yaml_add_string(writer->yaml, key, joined);
}

/* The default locks the password, that of an image's own root too. */
static VpTristate
lock_password(const VpUser *user)
{
    if (user->lock_password != VP_UNSET)
        return user->lock_password;
    return user->password || g_str_equal(user->name, "root") ? VP_NO : VP_UNSET;
}

static gboolean
write_user_password(Writer *writer, const VpUser *user, GError **error)
{
    g_autofree char *value = NULL;

    if (!user->password)
        return TRUE;
    value = password_value(writer->spec, user, error);
    if (!value)
        return FALSE;
    vp_yaml_add_string(writer->yaml, user->password->clear ? "plain_text_passwd" : "hashed_passwd",
                       value);
    return TRUE;
}

static gboolean
write_user(Writer *writer, const VpUser *user, GError **error)
{
    vp_yaml_begin_map(writer->yaml);
    vp_yaml_add_string(writer->yaml, "name", user->name);
    write_joined(writer, "groups", user->groups, ",");
    /* one string: a list is an error to the schema of cloud-init 22.4; sudoers(5), User_Spec */
    write_joined(writer, "sudo", user->sudo, " : ");
    vp_yaml_add_string(writer->yaml, "shell", user->shell);
    if (!write_user_password(writer, user, error))
        return FALSE;
    vp_yaml_add_tristate(writer->yaml, "lock_passwd", lock_password(user));
    write_private_keys(writer, user);
    vp_yaml_end_map(writer->yaml);
    return TRUE;
}

static gboolean
must_expire(const VpUser *user)
{
    return vp_render_access_has_password(user) && user->password->expire == VP_YES;
}

/* cloud-init expires only passwords that are set here; before 22.3 it knows no "users" and expires
 * none. */
static gboolean
write_expired_passwords(Writer *writer, GError **error)
{
    gboolean begun = FALSE;

    for (guint i = 0; i < writer->spec->users->len; i++) {
        const VpUser *user = g_ptr_array_index(writer->spec->users, i);
        g_autofree char *value = NULL;

        if (!must_expire(user))
            continue;
        value = password_value(writer->spec, user, error);
        if (!value)
            return FALSE;
        if (!begun) {
            top_key(writer, "chpasswd");
            vp_yaml_begin_map(writer->yaml);
            vp_yaml_add_bool(writer->yaml, "expire", TRUE);
            vp_yaml_key(writer->yaml, "users");
            vp_yaml_begin_list(writer->yaml);
            begun = TRUE;
        }
        vp_yaml_begin_map(writer->yaml);
        vp_yaml_add_string(writer->yaml, "name", user->name);
        vp_yaml_add_string(writer->yaml, "type", user->password->clear ? "text" : "hash");
        vp_yaml_add_string(writer->yaml, "password", value);
        vp_yaml_end_map(writer->yaml);
    }
    if (begun) {
        vp_yaml_end_list(writer->yaml);
        vp_yaml_end_map(writer->yaml);
    }
    return TRUE;
}

static gboolean
write_users(Writer *writer, GError **error)
{
    const VpSpec *spec = writer->spec;

    top_key(writer, "users");
    vp_yaml_begin_list(writer->yaml);
    vp_yaml_string(writer->yaml, "default");
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = g_ptr_array_index(spec->users, i);

        if (vp_render_access_needs_entry(spec, user) && !write_user(writer, user, error))
            return FALSE;
    }
    vp_yaml_end_list(writer->yaml);
    return write_expired_passwords(writer, error);
}

/* cloudbase-init: names other keys, takes clear text only, and sets the administrator's by
 * metadata. */
static gboolean
write_windows_users(Writer *writer, GError **error)
{
    const VpSpec *spec = writer->spec;

    top_key(writer, "users");
    vp_yaml_begin_list(writer->yaml);
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = g_ptr_array_index(spec->users, i);

        if (!vp_render_access_needs_entry(spec, user))
            continue;
        if (!vp_render_access_check_windows_password(user, error))
            return FALSE;
        vp_yaml_begin_map(writer->yaml);
        vp_yaml_add_string(writer->yaml, "name", user->name);
        write_joined(writer, "groups", user->groups, ",");
        vp_yaml_add_string(writer->yaml, "passwd", user->password ? user->password->text : NULL);
        write_private_keys(writer, user);
        vp_yaml_end_map(writer->yaml);
    }
    vp_yaml_end_list(writer->yaml);
    return TRUE;
}

static gboolean
write_access(Writer *writer, GError **error)
{
    switch (vp_render_access_form(writer->spec)) {
    case VP_ACCESS_NONE:
        return TRUE;
    case VP_ACCESS_ROOT:
        return write_root(writer, error);
    case VP_ACCESS_LIST:
        break;
    }
    return writer->spec->windows ? write_windows_users(writer, error) : write_users(writer, error);
}

/* Who gives a password means to log in with it; a key or a password for root means to log in as
 * root. */
static void
write_ssh(Writer *writer)
{
    const VpSpec *spec = writer->spec;
    const VpUser *superuser = vp_render_access_superuser(spec);
    VpTristate password_auth = spec->ssh_password_auth;
    VpTristate disable_root = spec->disable_root;

    for (guint i = 0; !spec->windows && i < spec->users->len; i++) {
        if (password_auth == VP_UNSET &&
            vp_render_access_has_password(g_ptr_array_index(spec->users, i)))
            password_auth = VP_YES;
    }
    if (!spec->windows && disable_root == VP_UNSET && superuser &&
        (vp_render_access_has_password(superuser) || superuser->ssh_keys->len > 0))
        disable_root = VP_NO;
    top_tristate(writer, "ssh_pwauth", password_auth);
    top_tristate(writer, "disable_root", disable_root);
    top_tristate(writer, "ssh_deletekeys", spec->regenerate_ssh_keys);
}

static gboolean
write_file(Writer *writer, const VpWriteFile *file, GError **error)
{
    g_autoptr(GBytes) bytes = vp_render_data_read(file->data, "cloud-init/write-file", error);
    g_autofree char *text = NULL;

    if (!bytes)
        return FALSE;
    vp_yaml_begin_map(writer->yaml);
    vp_yaml_add_string(writer->yaml, "path", file->path);
    text = vp_render_data_to_text(bytes);
    if (!text) {
        gsize size;
        const guchar *raw = g_bytes_get_data(bytes, &size);

        text = g_base64_encode(raw, size);
        vp_yaml_add_string(writer->yaml, "encoding", "b64");
    }
    vp_yaml_add_string(writer->yaml, "content", text);
    vp_yaml_add_string(writer->yaml, "owner", file->owner);
    vp_yaml_add_string(writer->yaml, "permissions", file->permissions);
    vp_yaml_add_tristate(writer->yaml, "append", file->append);
    vp_yaml_add_tristate(writer->yaml, "defer", file->defer);
    vp_yaml_end_map(writer->yaml);
    return TRUE;
}

static gboolean
write_files(Writer *writer, GError **error)
{
    const GPtrArray *files = writer->spec->write_files;

    if (files->len == 0)
        return TRUE;
    top_key(writer, "write_files");
    vp_yaml_begin_list(writer->yaml);
    for (guint i = 0; i < files->len; i++) {
        if (!write_file(writer, g_ptr_array_index(files, i), error))
            return FALSE;
    }
    vp_yaml_end_list(writer->yaml);
    return TRUE;
}

static void
write_mounts(Writer *writer)
{
    const GPtrArray *mounts = writer->spec->mounts;

    if (mounts->len == 0)
        return;
    top_key(writer, "mounts");
    vp_yaml_begin_list(writer->yaml);
    for (guint i = 0; i < mounts->len; i++) {
        vp_yaml_begin_list(writer->yaml);
        for (char **field = g_ptr_array_index(mounts, i); *field; field++)
            vp_yaml_string(writer->yaml, *field);
        vp_yaml_end_list(writer->yaml);
    }
    vp_yaml_end_list(writer->yaml);
}

static void
write_output(Writer *writer)
{
    if (!writer->spec->output)
        return;
    top_key(writer, "output");
    vp_yaml_begin_map(writer->yaml);
    vp_yaml_add_string(writer->yaml, "all", writer->spec->output);
    vp_yaml_end_map(writer->yaml);
}

static gboolean
write_all(Writer *writer, GError **error)
{
    const VpSpec *spec = writer->spec;

    write_output(writer);
    top_string(writer, spec->windows ? "set_timezone" : "timezone", spec->timezone);
    top_string(writer, "locale", spec->locale);
    if (!write_access(writer, error))
        return FALSE;
    write_ssh(writer);
    top_tristate(writer, "package_update", spec->package_update);
    top_tristate(writer, "package_upgrade", spec->package_upgrade);
    top_strings(writer, "packages", spec->packages);
    if (!write_files(writer, error))
        return FALSE;
    write_mounts(writer);
    top_strings(writer, "bootcmd", spec->boot_cmds);
    top_strings(writer, "runcmd", spec->run_cmds);
    top_string(writer, "final_message", spec->final_message);
    return TRUE;
}

gboolean
vp_render_cloud_config(const VpSpec *spec, GBytes **bytes, GError **error)
{
    g_autoptr(VpYaml) yaml = vp_yaml_new();
    Writer writer = {.spec = spec, .yaml = yaml};
    g_autoptr(GBytes) text = NULL;

    vp_yaml_begin_map(yaml);
    if (!write_all(&writer, error))
        return FALSE;
    vp_yaml_end_map(yaml);
    text = vp_yaml_end(yaml, "#cloud-config\n", error);
    if (!text)
        return FALSE;
    *bytes = writer.count > 0 ? g_steal_pointer(&text) : NULL;
    return TRUE;
}
