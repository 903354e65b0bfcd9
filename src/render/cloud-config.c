/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to "#cloud-config". */
#include <config.h>

#include "render/cloud-config-writer.h"
#include "render/cloud-config.h"

void
vp_render_cloud_config_key(VpCloudConfig *config, const char *key)
{
    config->count++;
    vp_yaml_key(config->yaml, key);
}

void
vp_render_cloud_config_string(VpCloudConfig *config, const char *key, const char *text)
{
    config->count += text != NULL;
    vp_yaml_add_string(config->yaml, key, text);
}

void
vp_render_cloud_config_tristate(VpCloudConfig *config, const char *key, VpTristate tristate)
{
    config->count += tristate != VP_UNSET;
    vp_yaml_add_tristate(config->yaml, key, tristate);
}

static void
write_strings(VpCloudConfig *config, const char *key, const GPtrArray *texts)
{
    config->count += texts->len > 0;
    vp_yaml_add_strings(config->yaml, key, texts);
}

static void
write_output(VpCloudConfig *config)
{
    if (config->spec->output == NULL)
        return;
    vp_render_cloud_config_key(config, "output");
    vp_yaml_begin_map(config->yaml);
    vp_yaml_add_string(config->yaml, "all", config->spec->output);
    vp_yaml_end_map(config->yaml);
}

static gboolean
write_all(VpCloudConfig *config, GError **error)
{
    const VpSpec *spec = config->spec;

    write_output(config);
    vp_render_cloud_config_string(config, spec->windows ? "set_timezone" : "timezone",
                                  spec->timezone);
    vp_render_cloud_config_string(config, "locale", spec->locale);
    if (!vp_render_cloud_config_users(config, error))
        return FALSE;
    vp_render_cloud_config_tristate(config, "package_update", spec->package_update);
    vp_render_cloud_config_tristate(config, "package_upgrade", spec->package_upgrade);
    write_strings(config, "packages", spec->packages);
    if (!vp_render_cloud_config_files(config, error) ||
        !vp_render_cloud_config_system(config, error))
        return FALSE;
    vp_render_cloud_config_string(config, "final_message", spec->final_message);
    return TRUE;
}

gboolean
vp_render_cloud_config(const VpSpec *spec, GBytes **bytes, GError **error)
{
    g_autoptr(VpYaml) yaml = vp_yaml_new();
    VpCloudConfig config = {.spec = spec, .yaml = yaml};
    g_autoptr(GBytes) text = NULL;

    vp_yaml_begin_map(yaml);
    if (!write_all(&config, error))
        return FALSE;
    vp_yaml_end_map(yaml);
    text = vp_yaml_end(yaml, "#cloud-config\n", error);
    if (!text)
        return FALSE;
    *bytes = config.count > 0 ? g_steal_pointer(&text) : NULL;
    return TRUE;
}
