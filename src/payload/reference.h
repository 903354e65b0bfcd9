/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* @secret and @src: opens what a spec refers to, below the administrator's directories only. */
#pragma once

#include "payload/conf.h"
#include "spec/spec.h"

/* Which secrets are a guest's: those below "UUID/", "NAME/" and "shared/" of secrets-directory. A
 * @secret that begins with one of these is such a path; any other is looked up below UUID/, then
 * below NAME/. A guest that is named like another's UUID has no scope by its name. */

/* Resolves every reference of the spec: secrets into their text (one trailing newline removed),
 * files into an open descriptor and its size. The names are relative paths. No link is followed;
 * each directory on the way and the file belong to root (or the session's user) and no other may
 * write to them; the file is regular; a secret is not readable by others either; otherwise
 * VP_ERROR_REFERENCE, naming element and line. A secret's text must be valid as a password:
 * VP_ERROR_PASSWORD. */
gboolean vp_payload_reference_resolve(VpSpec *spec, const VpConf *conf,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A profile, by the rules of @src; name: of its file. */
int vp_payload_reference_open(const char *directory, const char *name, guint64 *size,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
