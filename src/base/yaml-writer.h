/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpYaml: writes YAML through libyaml's emitter, so that no value can become another value or key.
 * Source: YAML 1.1 (what PyYAML and so cloud-init read) and 1.2, chapters 5.7 and 7.3.1.
 *
 * Strings are always double-quoted, on one line, in ASCII: every reader takes them for strings,
 * whatever they look like ("no", "0777", "1e3", "2026-01-01"), and nothing on the way can change
 * their encoding. */
#pragma once

#include <glib.h>

typedef struct VpYaml VpYaml;

/* Starts a document whose root is the first value written. */
VpYaml *vp_yaml_new(void);
void vp_yaml_free(VpYaml *yaml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpYaml, vp_yaml_free)

void vp_yaml_begin_map(VpYaml *yaml);
void vp_yaml_end_map(VpYaml *yaml);
void vp_yaml_begin_list(VpYaml *yaml);
void vp_yaml_end_list(VpYaml *yaml);

/* A key that is written in the source code: letters, digits, '-' and '_', and not a word that YAML
 * takes for another type. Keys that come from a spec are written with vp_yaml_string(). */
void vp_yaml_key(VpYaml *yaml, const char *key);

void vp_yaml_string(VpYaml *yaml, const char *text);
void vp_yaml_bool(VpYaml *yaml, gboolean value);
void vp_yaml_int(VpYaml *yaml, gint64 value);

/* An event of libyaml's parser, taken over; only for yaml-map. */
struct yaml_event_s;
void vp_yaml_event(VpYaml *yaml, struct yaml_event_s *event);

/* A key and its value. The first three write nothing if there is no value: NULL, less than 0,
 * empty. */
void vp_yaml_add_string(VpYaml *yaml, const char *key, const char *text);
void vp_yaml_add_tristate(VpYaml *yaml, const char *key, int tristate);
void vp_yaml_add_strings(VpYaml *yaml, const char *key, const GPtrArray *texts);
void vp_yaml_add_bool(VpYaml *yaml, const char *key, gboolean value);
void vp_yaml_add_int(VpYaml *yaml, const char *key, gint64 value);

/* Ends the document and gives its text, after head if that is not NULL ("#cloud-config\n").
 * VP_ERROR_TEXT if a string was not UTF-8. */
GBytes *vp_yaml_end(VpYaml *yaml, const char *head, GError **error) G_GNUC_WARN_UNUSED_RESULT;
