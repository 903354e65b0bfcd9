/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's own disk in the payload directory, under the name of an image: never to be replaced or
 * removed. */
#pragma once

#include "domain/domain.h"

/* The first disk that the guest may write to and whose file in this directory is named
 * "UUID[-NAME].img", UUID being the guest's own; NULL if there is none. */
const VpDisk *vp_payload_own_disk_find(const VpDomain *domain, const char *directory);

/* VP_ERROR_DRIVE, with what to do, if there is one. */
gboolean vp_payload_own_disk_check(const VpDomain *domain, const char *directory,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
