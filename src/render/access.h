/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a spec's users, passwords and keys reach the guest: which go into cloud-config, which into
 * the metadata. Both generators ask here, so that no key or password is lost between them.
 *
 * Root's keys are the instance's public keys, as in every cloud. Other users' keys are not, because
 * the guest gives those to its default user, who may have more rights. A key with options
 * ("from=…") goes into cloud-config for root too: cloud-init before 26.1 drops the options of a
 * metadata key. */
#pragma once

#include "spec/spec.h"

typedef enum {
    VP_ACCESS_NONE, /* nothing for cloud-config but, at most, disable_root */
    VP_ACCESS_ROOT, /* only root, with a password: "user" and "password", which every version knows
                     */
    VP_ACCESS_LIST, /* "users" */
} VpAccessForm;

VpAccessForm vp_render_access_form(const VpSpec *spec);

/* TRUE if the image's default user is created too. Unless the spec says so, it is not if there is a
 * user other than root: if both have the same name, which only the image knows, cloud-init
 * before 26.2 gives that user the image's password lock, shell, groups and sudo rules. */
gboolean vp_render_access_keeps_default(const VpSpec *spec);

/* Root; for Windows the user named "Administrator" or "Admin". NULL if the spec has none. */
const VpUser *vp_render_access_superuser(const VpSpec *spec);

gboolean vp_render_access_is_superuser(const VpSpec *spec, const VpUser *user);

/* TRUE for a key of a user that travels as a public key of the instance. */
gboolean vp_render_access_key_is_public(const VpSpec *spec, gboolean is_superuser, const char *key);

/* TRUE for a user that cloud-config must list. Root is not, if all its keys are public: an entry
 * would lock the password that the image gave it. */
gboolean vp_render_access_needs_entry(const VpSpec *spec, const VpUser *user);

/* TRUE if a user may log in with a password given. */
gboolean vp_render_access_has_password(const VpUser *user);

/* Windows hashes passwords itself: VP_ERROR_PASSWORD for a hash, and for text not marked as clear.
 */
gboolean vp_render_access_check_windows_password(const VpUser *user,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
