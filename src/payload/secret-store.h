/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets of a guest, written to where @secret finds them: below secrets-directory/UUID. */
#pragma once

#include "payload/conf.h"

/* TRUE if this process may write secrets of that configuration. */
gboolean vp_payload_secret_store_can_write(const VpConf *conf);

/* A new file NAME of the guest, 0600, with the directories on its way, 0700. An existing file with
 * the same text stays; with another it is VP_ERROR_REFERENCE, unless replaces. */
gboolean vp_payload_secret_store_write(const VpConf *conf, const char *uuid, const char *name,
                                       const char *text, gboolean replaces,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The guest's own directory of secrets, made if it is not there; its path. */
char *vp_payload_secret_store_prepare(const VpConf *conf, const char *uuid,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
