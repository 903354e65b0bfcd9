/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files and commands to cloud-config. */
#include <config.h>

#include "render/cloud-config-writer.h"
#include "render/data.h"
#include "render/write-file.h"

static gboolean
write_file(const VpCloudConfig *config, const VpWriteFile *file, gboolean is_deferred,
           GError **error)
{
    g_autoptr(GBytes) bytes = vp_render_data_read(file->data, "cloud-init/write-file", error);
    g_autofree char *text = NULL;

    if (bytes == NULL)
        return FALSE;
    vp_yaml_begin_map(config->yaml);
    vp_yaml_add_string(config->yaml, "path", file->path);
    text = vp_render_data_to_text(bytes);
    if (text == NULL) {
        gsize size;
        const guchar *raw = g_bytes_get_data(bytes, &size);

        text = g_base64_encode(raw, size);
        vp_yaml_add_string(config->yaml, "encoding", "b64");
    }
    vp_yaml_add_string(config->yaml, "content", text);
    vp_yaml_add_string(config->yaml, "owner", file->owner);
    vp_yaml_add_string(config->yaml, "permissions", file->permissions);
    vp_yaml_add_tristate(config->yaml, "append", file->append);
    /* nothing for "no": cloud-init before 21.4 complains of a key that it does not know */
    vp_yaml_add_tristate(config->yaml, "defer", is_deferred ? VP_YES : VP_UNSET);
    vp_yaml_end_map(config->yaml);
    return TRUE;
}

static gboolean
write_files_of(const VpCloudConfig *config, gboolean deferred, GError **error)
{
    const GPtrArray *files = config->spec->write_files;

    for (guint i = 0; i < files->len; i++) {
        const VpWriteFile *file = files->pdata[i];

        if (vp_render_write_file_is_deferred(config->spec, file) == deferred &&
            !write_file(config, file, deferred, error))
            return FALSE;
    }
    return TRUE;
}

/* Deferred files last: cloud-init before 21.4 knows no defer, and stops at the first of them. */
static gboolean
write_files(VpCloudConfig *config, GError **error)
{
    if (config->spec->write_files->len == 0)
        return TRUE;
    vp_render_cloud_config_key(config, "write_files");
    vp_yaml_begin_list(config->yaml);
    if (!write_files_of(config, FALSE, error) || !write_files_of(config, TRUE, error))
        return FALSE;
    vp_yaml_end_list(config->yaml);
    return TRUE;
}

static void
write_mounts(VpCloudConfig *config)
{
    const GPtrArray *mounts = config->spec->mounts;

    if (mounts->len == 0)
        return;
    vp_render_cloud_config_key(config, "mounts");
    vp_yaml_begin_list(config->yaml);
    for (guint i = 0; i < mounts->len; i++) {
        vp_yaml_begin_list(config->yaml);
        for (char **field = mounts->pdata[i]; *field != NULL; field++)
            vp_yaml_string(config->yaml, *field);
        vp_yaml_end_list(config->yaml);
    }
    vp_yaml_end_list(config->yaml);
}

static void
write_words(VpYaml *yaml, const GPtrArray *words)
{
    vp_yaml_begin_list(yaml);
    for (guint i = 0; i < words->len; i++)
        vp_yaml_string(yaml, words->pdata[i]);
    vp_yaml_end_list(yaml);
}

static void
write_commands(VpCloudConfig *config, const char *key, const GPtrArray *commands)
{
    if (commands->len == 0)
        return;
    vp_render_cloud_config_key(config, key);
    vp_yaml_begin_list(config->yaml);
    for (guint i = 0; i < commands->len; i++) {
        const VpGuestCommand *command = commands->pdata[i];

        if (command->text != NULL)
            vp_yaml_string(config->yaml, command->text);
        else
            write_words(config->yaml, command->args);
    }
    vp_yaml_end_list(config->yaml);
}

gboolean
vp_render_cloud_config_files(VpCloudConfig *config, GError **error)
{
    if (!write_files(config, error))
        return FALSE;
    write_mounts(config);
    write_commands(config, "bootcmd", config->spec->boot_cmds);
    write_commands(config, "runcmd", config->spec->run_cmds);
    return TRUE;
}
