/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpPayload: a spec made into its image, for the hook that stores it and the command
 * that shows it. */
#pragma once

#include "image/image.h"
#include "image/tree.h"
#include "domain/domain.h"
#include "payload/conf.h"
#include "spec/spec.h"

typedef struct {
    char *name;   /* of the image's file: "UUID.img" */
    VpTree *tree; /* owns the descriptors that image borrows */
    VpImage *image;
} VpPayload;

/* Resolves the spec's references, renders it and lays the image out in the spec's format. */
VpPayload *vp_payload_build(VpSpec *spec, const VpConf *conf,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of an array of VpSpec: an array of VpPayload. */
GPtrArray *vp_payload_build_all(const GPtrArray *specs, const VpConf *conf,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Stores its image in the payload directory, which is created if needed; it is owned by the user
 * that domain (may be NULL) and configuration name. */
gboolean vp_payload_store_one(const VpPayload *payload, const VpDomain *domain, const VpConf *conf,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_payload_store_all(const GPtrArray *payloads, const VpDomain *domain, const VpConf *conf,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_payload_free(VpPayload *payload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpPayload, vp_payload_free)
