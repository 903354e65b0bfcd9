/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSeed: what a seed gives a guest, whatever holds it: a directory, an image, oVirt's payload. */
#pragma once

#include "image/content.h"
#include "payload/conf.h"
#include "domain/domain.h"
#include "spec/spec.h"

typedef struct {
    VpDatasource datasource;
    gboolean ec2;           /* it has the files of EC2's layout too */
    GBytes *user_data;      /* NULL if there is none, or it is empty; the next four as well */
    GBytes *meta_data;      /* YAML (NoCloud), a JSON object (config drive) */
    GBytes *network_config; /* network-config, network_data.json */
    GBytes *vendor_data;    /* vendor-data, vendor_data.json */
    GPtrArray *files;       /* of VpImageFile: all others */
    GPtrArray *left_out;    /* of char *: paths that no agent reads in addition to the others */
} VpSeed;

VpSeed *vp_command_import_seed_new(VpDatasource datasource);
void vp_command_import_seed_free(VpSeed *seed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpSeed, vp_command_import_seed_free)

/* A directory, an image (ISO 9660 or FAT), a definition with oVirt's payload, or a file of
 * user-data. VP_ERROR_NOT_FOUND if it has no file of a datasource. */
VpSeed *vp_command_import_seed_read(const char *path, const VpConf *conf,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The seed in the definition itself: oVirt's payload, otherwise the only seed image among its
 * drives. VP_ERROR_NOT_FOUND. */
VpSeed *vp_command_import_seed_of(const VpDomain *domain, const VpConf *conf,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One more file of the seed: "user-data", "meta-data", "network-config", "vendor-data"; replaces an
 * existing one. */
gboolean vp_command_import_seed_add(VpSeed *seed, const char *name, const char *path,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The drives of a definition that show a seed: the image at path, which may be NULL, or any with
 * the label of a datasource; not payload drives of the guest. An array of VpDisk, borrowed. */
GPtrArray *vp_command_import_seed_drives(const VpDomain *domain, const char *path);
