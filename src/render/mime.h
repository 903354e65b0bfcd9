/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The user's own user-data and cloud-config from fields, both for one guest: a MIME multipart.
 * Sources: RFC 2045, RFC 2046 section 5.1; cloud-init, User-data formats, and its
 * cloudinit/handlers/__init__.py (INCLUSION_TYPES_MAP), user_data.py. */
#pragma once

#include <glib.h>

typedef enum {
    VP_USER_DATA_CLOUD_CONFIG,
    VP_USER_DATA_CLOUD_CONFIG_ARCHIVE,
    VP_USER_DATA_CLOUD_CONFIG_JSONP,
    VP_USER_DATA_SHELL_SCRIPT,
    VP_USER_DATA_INCLUDE,
    VP_USER_DATA_INCLUDE_ONCE,
    VP_USER_DATA_BOOTHOOK,
    VP_USER_DATA_PART_HANDLER,
    VP_USER_DATA_JINJA,
    VP_USER_DATA_MIME,
    VP_USER_DATA_IGNITION,
    VP_USER_DATA_WINDOWS, /* a script for cloudbase-init */
    VP_USER_DATA_GZIP,
    VP_USER_DATA_UNKNOWN, /* cloud-init ignores it with a warning */
} VpUserDataType;

/* By the first text that is not white space. */
VpUserDataType vp_render_mime_detect(GBytes *user_data);

/* A multipart of user_data, unchanged, and then cloud_config. If both are cloud-config, the guest
 * merges them: values of user_data win; lists are concatenated, those of the fields first.
 * VP_ERROR_CONFLICT, saying why, if user_data cannot be combined. */
GBytes *vp_render_mime_join(GBytes *user_data, GBytes *cloud_config,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
