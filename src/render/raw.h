/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks raw data for mistakes because of which a guest agent would silently drop it. An error is
 * the end of a sentence that begins with the data's place. */
#pragma once

#include <glib.h>

/* user-data and vendor-data: cloud-config (YAML: VP_ERROR_VALUE with line and column in the text),
 * Ignition's JSON, each part of a MIME message as what it is. Jinja templates, scripts and
 * compressed data are not looked into. */
gboolean vp_render_raw_check_user_data(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE for an Ignition config with a key, of the root or one below, that Ignition ignores. */
gboolean vp_render_raw_has_unknown_ignition_key(GBytes *bytes);

/* Cloud-config of fields and of a user-data, which the guest merges: VP_ERROR_CONFLICT
 * for a key that is a list in one of them and not in the other, of which one would be lost. */
gboolean vp_render_raw_check_merge(GBytes *user_data, GBytes *cloud_config,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* network-config of NoCloud: version 1 or 2, and not a config drive's network_data.json. */
gboolean vp_render_raw_check_network_config(GBytes *bytes,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
