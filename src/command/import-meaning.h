/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What cloud-config means to cloud-init, in one form for each meaning, so that two texts can be
 * compared. Source: cloud-init's users_groups, set_passwords, ssh and write_files modules. */
#pragma once

#include "base/yaml-text.h"

/* entries: of VpYamlEntry, the keys of a cloud-config; public_keys: those of the metadata. NULL for
 * anything that only its own text expresses. Clear-text passwords are compared by the hash that
 * this guest gets. */
json_object *vp_command_import_meaning(const char *guest_uuid, const GPtrArray *entries,
                                       json_object *public_keys);

/* The public keys of a meta_data.json, as a list of texts. */
json_object *vp_command_import_meaning_keys_of(GBytes *meta_data);

/* A list of texts of what metadata has under public-keys: a text, a list, or an object of texts;
 * NULL for anything else. */
json_object *vp_command_import_meaning_keys(json_object *value);
