/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seed image of NoCloud made of files, as cloud-localds makes one; the same files, the same
 * bytes. */
#pragma once

#include <glib.h>

typedef struct {
    const char *user_data; /* paths; "-" for standard input, once */
    const char *meta_data; /* NULL: generated, its instance-id derived from the other files */
    const char *network_config;
    const char *vendor_data;
    const char *hostname; /* of a meta-data that is made; may be NULL */
    const char *format;   /* "iso9660", "vfat"; NULL: the former */
} VpSeedFiles;

/* Labelled "cidata". What no guest could read is refused: VP_ERROR_VALUE, naming the file. */
GBytes *vp_command_render_seed(const VpSeedFiles *files, GError **error) G_GNUC_WARN_UNUSED_RESULT;
