/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec's fields of the system to cloud-config. Each key is one that cloud-init 20.4 to 26.2 takes
 * without a word; what an older one does not know it leaves out (vp_view_diagnose_guest() says so).
 */
#include <config.h>

#include "base/error.h"
#include "render/cloud-config-writer.h"
#include "render/data.h"
#include "spec/check.h"

static void
begin(VpCloudConfig *config, const char *key)
{
    vp_render_cloud_config_key(config, key);
    vp_yaml_begin_map(config->yaml);
}

static void
write_ntp(VpCloudConfig *config)
{
    if (config->spec->system.ntp_servers->len == 0 && config->spec->system.ntp_pools->len == 0)
        return;
    begin(config, "ntp");
    vp_yaml_add_bool(config->yaml, "enabled", TRUE);
    vp_yaml_add_strings(config->yaml, "servers", config->spec->system.ntp_servers);
    vp_yaml_add_strings(config->yaml, "pools", config->spec->system.ntp_pools);
    vp_yaml_end_map(config->yaml);
}

/* A text that the guest is to have: UTF-8, as JSON and YAML need it. */
static char *
read_text(const VpData *data, const char *place, GError **error)
{
    g_autoptr(GBytes) bytes = vp_render_data_read(data, place, error);
    char *text = bytes != NULL ? vp_render_data_to_text(bytes) : NULL;

    if (bytes != NULL && text == NULL)
        (void)vp_error_set_at(error, VP_ERROR_TEXT, place, &data->place, "is not UTF-8 text");
    return text;
}

static gboolean
write_ca_certs(VpCloudConfig *config, GError **error)
{
    if (config->spec->system.ca_certs->len == 0)
        return TRUE;
    begin(config, "ca_certs");
    vp_yaml_key(config->yaml, "trusted");
    vp_yaml_begin_list(config->yaml);
    for (guint i = 0; i < config->spec->system.ca_certs->len; i++) {
        const VpCaCert *cert = config->spec->system.ca_certs->pdata[i];
        g_autofree char *text = read_text(cert->data, "cloud-init/ca-cert", error);
        g_autoptr(GError) cause = NULL;

        if (text == NULL)
            return FALSE;
        if (!vp_spec_check_certificates(text, &cause)) {
            return vp_error_set_at(error, VP_ERROR_VALUE, "cloud-init/ca-cert", &cert->place, "%s",
                                   cause->message);
        }
        vp_yaml_string(config->yaml, text);
    }
    vp_yaml_end_list(config->yaml);
    vp_yaml_end_map(config->yaml);
    return TRUE;
}

static void
write_swap(VpCloudConfig *config, const VpSwap *swap)
{
    if (swap == NULL)
        return;
    begin(config, "swap");
    vp_yaml_add_string(config->yaml, "filename", swap->path != NULL ? swap->path : "/swapfile");
    vp_yaml_add_string(config->yaml, "size", swap->size);
    vp_yaml_add_string(config->yaml, "maxsize", swap->maximum);
    vp_yaml_end_map(config->yaml);
}

static void
write_power_state(VpCloudConfig *config, const VpPowerState *state)
{
    if (state == NULL)
        return;
    begin(config, "power_state");
    vp_yaml_add_string(config->yaml, "mode", state->mode);
    if (state->delay > 0)
        vp_yaml_add_int(config->yaml, "delay", state->delay);
    vp_yaml_add_string(config->yaml, "message", state->message);
    if (state->timeout > 0)
        vp_yaml_add_int(config->yaml, "timeout", state->timeout);
    vp_yaml_end_map(config->yaml);
}

static void
write_growpart(VpCloudConfig *config, const VpGrowpart *growpart)
{
    if (growpart == NULL)
        return;
    begin(config, "growpart");
    vp_yaml_add_string(config->yaml, "mode", growpart->mode);
    vp_yaml_add_strings(config->yaml, "devices", growpart->devices);
    vp_yaml_end_map(config->yaml);
}

/* cc_ssh makes the public key of each, and makes no key of another type. */
static void
write_host_keys(VpCloudConfig *config)
{
    if (config->spec->system.ssh_host_keys->len == 0)
        return;
    begin(config, "ssh_keys");
    for (guint i = 0; i < config->spec->system.ssh_host_keys->len; i++) {
        const VpSshHostKey *key = config->spec->system.ssh_host_keys->pdata[i];
        g_autofree char *name = g_strconcat(key->type, "_private", NULL);

        vp_yaml_add_string(config->yaml, name, key->text);
    }
    vp_yaml_end_map(config->yaml);
}

static void
write_keyboard(VpCloudConfig *config, const VpKeyboard *keyboard)
{
    if (keyboard == NULL)
        return;
    begin(config, "keyboard");
    vp_yaml_add_string(config->yaml, "layout", keyboard->layout);
    vp_yaml_add_string(config->yaml, "model", keyboard->model);
    vp_yaml_add_string(config->yaml, "variant", keyboard->variant);
    vp_yaml_add_string(config->yaml, "options", keyboard->options);
    vp_yaml_end_map(config->yaml);
}

static void
write_apt_mirror(const char *key, const char *mirror, VpYaml *yaml)
{
    if (mirror == NULL)
        return;
    vp_yaml_key(yaml, key);
    vp_yaml_begin_list(yaml);
    vp_yaml_begin_map(yaml);
    vp_yaml_key(yaml, "arches");
    vp_yaml_begin_list(yaml);
    vp_yaml_string(yaml, "default");
    vp_yaml_end_list(yaml);
    vp_yaml_add_string(yaml, "uri", mirror);
    vp_yaml_end_map(yaml);
    vp_yaml_end_list(yaml);
}

static gboolean
write_apt_repository(const VpAptRepository *repository, VpYaml *yaml, GError **error)
{
    g_autofree char *file = g_strconcat(repository->name, ".list", NULL);
    g_autofree char *key = NULL;

    if (repository->key != NULL) {
        key = read_text(repository->key, "cloud-init/apt-repository/key", error);
        if (key == NULL)
            return FALSE;
    }
    vp_yaml_string(yaml, file);
    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "source", repository->source);
    vp_yaml_add_string(yaml, "key", key);
    vp_yaml_end_map(yaml);
    return TRUE;
}

static gboolean
write_apt(VpCloudConfig *config, GError **error)
{
    if (config->spec->system.apt_mirror == NULL && config->spec->system.apt_repositories->len == 0)
        return TRUE;
    begin(config, "apt");
    write_apt_mirror("primary", config->spec->system.apt_mirror, config->yaml);
    write_apt_mirror("security", config->spec->system.apt_security_mirror, config->yaml);
    if (config->spec->system.apt_repositories->len > 0) {
        vp_yaml_key(config->yaml, "sources");
        vp_yaml_begin_map(config->yaml);
        for (guint i = 0; i < config->spec->system.apt_repositories->len; i++) {
            if (!write_apt_repository(config->spec->system.apt_repositories->pdata[i], config->yaml,
                                      error))
                return FALSE;
        }
        vp_yaml_end_map(config->yaml);
    }
    vp_yaml_end_map(config->yaml);
    return TRUE;
}

gboolean
vp_render_cloud_config_system(VpCloudConfig *config, GError **error)
{
    const VpSystem *system = &config->spec->system;

    write_ntp(config);
    write_host_keys(config);
    write_keyboard(config, system->keyboard);
    write_growpart(config, system->growpart);
    write_swap(config, system->swap);
    write_power_state(config, system->power_state);
    return write_ca_certs(config, error) && write_apt(config, error);
}
