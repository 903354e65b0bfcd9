/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpYamlMap: a user's YAML mapping, to be written beside generated keys with every scalar as it
 * was. */
#pragma once

#include "base/yaml-writer.h"

typedef struct VpYamlMap VpYamlMap;

/* One document whose root is a mapping with scalar keys, or nothing at all (an empty mapping).
 * Aliases stay aliases, so that the cost is that of the text. VP_ERROR_VALUE with the line. */
VpYamlMap *vp_yaml_map_parse(GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_yaml_map_free(VpYamlMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpYamlMap, vp_yaml_map_free)

gboolean vp_yaml_map_has(const VpYamlMap *map, const char *key);

/* Writes its pairs into the mapping that is begun. Once: the pairs are handed over. */
void vp_yaml_map_write(VpYamlMap *map, VpYaml *yaml);
