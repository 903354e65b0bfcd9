/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpYamlMap: a user's YAML mapping, to be written next to generated keys, with every scalar
 * unchanged. */
#pragma once

#include "base/yaml-writer.h"

typedef struct VpYamlMap VpYamlMap;

typedef enum {
    VP_YAML_ABSENT,
    VP_YAML_SCALAR,
    VP_YAML_LIST,
    VP_YAML_MAP,
    VP_YAML_ALIAS, /* of any of these */
} VpYamlKind;

/* One document whose root is a mapping with scalar keys, or nothing at all (an empty mapping).
 * Aliases stay aliases, so that the cost is that of the text. VP_ERROR_VALUE with line and column,
 * also for what PyYAML's safe loader, and so cloud-init, refuses: an alias without its anchor, a
 * tag that is not one of YAML's own, more than 128 levels, or 16 lines that could be directives. */
VpYamlMap *vp_yaml_map_parse(GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_yaml_map_free(VpYamlMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpYamlMap, vp_yaml_map_free)

gboolean vp_yaml_map_has(const VpYamlMap *map, const char *key);

/* Of the key's last value, because that one counts. */
VpYamlKind vp_yaml_map_kind(const VpYamlMap *map, const char *key);

/* The text of a scalar; NULL for another kind. Borrowed. */
const char *vp_yaml_map_text(const VpYamlMap *map, const char *key);

/* Calls visit for each key, in no order. */
typedef void VpYamlVisit(const char *key, VpYamlKind kind, gpointer data);
void vp_yaml_map_foreach(const VpYamlMap *map, VpYamlVisit *visit, gpointer data);

/* Writes its pairs into the mapping that is begun. Once: the pairs are handed over. */
void vp_yaml_map_write(VpYamlMap *map, VpYaml *yaml);
