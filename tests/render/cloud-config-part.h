/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One part of a cloud-config, rendered on its own. */
#pragma once

#include "render/cloud-config-writer.h"

/* The fields that write adds, as the whole of a cloud-config; NULL and error if it refuses. */
static inline char *
render_part(const VpSpec *spec, gboolean (*write)(VpCloudConfig *config, GError **error),
            GError **error)
{
    g_autoptr(VpYaml) yaml = vp_yaml_new();
    VpCloudConfig config = {spec, yaml, 0};
    g_autoptr(GBytes) bytes = NULL;

    vp_yaml_begin_map(yaml);
    if (!write(&config, error))
        return NULL;
    vp_yaml_end_map(yaml);
    bytes = vp_yaml_end(yaml, NULL, error);
    return bytes != NULL ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
}
