/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Specs and parts of them, as the tests of rendering need them. */
#pragma once

#include <string.h>

#include "spec/object.h"
#include "spec/object.h"

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define KEY                                                                                        \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZ6zSFuDmyTVrZvZcE7kBqE4MBTNPZ1yzpmZk6hM0qk me@laptop"

static inline VpSpec *
spec_new(void)
{
    return vp_spec_new("web1", UUID, NULL);
}

static inline VpData *
spec_data(const char *text)
{
    VpData *data = vp_spec_data_new(g_bytes_new(text, strlen(text)));

    data->place.line = 7;
    return data;
}

static inline VpUser *
spec_add_user(VpSpec *spec, const char *name)
{
    VpUser *user = vp_spec_object_new(&vp_spec_user_type);

    user->name = g_strdup(name);
    g_ptr_array_add(spec->users, user);
    return user;
}

static inline VpPassword *
spec_set_password(VpUser *user, const char *text)
{
    user->password = vp_spec_object_new(&vp_spec_password_type);
    user->password->text = g_strdup(text);
    user->password->place.line = 9;
    return user->password;
}

static inline void
spec_add(GPtrArray *texts, const char *text)
{
    g_ptr_array_add(texts, g_strdup(text));
}

static inline VpGuestCommand *
spec_add_command(GPtrArray *commands, const char *text)
{
    VpGuestCommand *command = vp_spec_object_new(&vp_spec_command_type);

    command->text = g_strdup(text);
    g_ptr_array_add(commands, command);
    return command;
}

static inline void
spec_add_meta(VpSpec *spec, const char *key, const char *value)
{
    VpMeta *meta = vp_spec_object_new(&vp_spec_meta_type);

    meta->key = g_strdup(key);
    g_free(meta->value);
    meta->value = g_strdup(value);
    g_ptr_array_add(spec->meta, meta);
}

static inline VpWriteFile *
spec_add_write_file(VpSpec *spec, const char *path, GBytes *bytes)
{
    VpWriteFile *file = vp_spec_object_new(&vp_spec_write_file_type);

    file->path = g_strdup(path);
    file->data = vp_spec_data_new(bytes);
    g_ptr_array_add(spec->write_files, file);
    return file;
}

static inline void
spec_add_file(VpSpec *spec, const char *path, const char *text)
{
    VpFile *file = vp_spec_object_new(&vp_spec_file_type);

    file->path = g_strdup(path);
    file->data = spec_data(text);
    g_ptr_array_add(spec->files, file);
}

/* oVirt's first-run case: root with a password and a key. */
static inline VpSpec *
spec_of_root(void)
{
    VpSpec *spec = spec_new();
    VpUser *root = spec_add_user(spec, "root");

    spec->hostname = g_strdup("web1.example.com");
    spec->timezone = g_strdup("Europe/Prague");
    spec->output = g_strdup("| tee -a /var/log/cloud-init-output.log");
    spec_set_password(root, "abc123");
    spec_add(root->ssh_keys, KEY);
    spec->regenerate_ssh_keys = VP_YES;
    spec_add_command(spec->run_cmds, "touch /var/tmp/ready");
    return spec;
}
