/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of "#cloud-config", each in its own file; only for cloud-config.c. */
#pragma once

#include "base/yaml-writer.h"
#include "spec/spec.h"

typedef struct {
    const VpSpec *spec;
    VpYaml *yaml; /* the mapping that the keys are written into */
    guint count;  /* of top-level keys */
} VpCloudConfig;

/* Users, their passwords and keys, and whether sshd accepts them. */
gboolean vp_render_cloud_config_users(VpCloudConfig *config,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Files, mounts and commands. */
gboolean vp_render_cloud_config_files(VpCloudConfig *config,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Time servers, certificates, swap, host keys, keyboard, apt, the end of the first boot. */
gboolean vp_render_cloud_config_system(VpCloudConfig *config,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A key of the top level. The last three write nothing if there is no value. */
void vp_render_cloud_config_key(VpCloudConfig *config, const char *key);
void vp_render_cloud_config_string(VpCloudConfig *config, const char *key, const char *text);
void vp_render_cloud_config_tristate(VpCloudConfig *config, const char *key, VpTristate tristate);
