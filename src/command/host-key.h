/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's own ssh host key, kept as its secret. */
#pragma once

#include "payload/conf.h"

#define VP_HOST_KEY_SECRET "ssh_host_ed25519_key"

/* Makes an ed25519 key in the guest's own directory of secrets, unless it has one of that name.
 * *public_key: "ssh-ed25519 BODY". VP_ERROR_FAILED without ssh-keygen(1). */
gboolean vp_command_host_key_make(const VpConf *conf, const char *uuid, char **public_key,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
