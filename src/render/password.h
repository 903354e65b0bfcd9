/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Password hashes in the form of crypt(5), made so that the same spec gives the same bytes. */
#pragma once

#include "spec/spec.h"

/* SHA-512 crypt ("$6$", its default rounds), which every guest's libc knows. The salt comes from
 * the guest's UUID and the user's name: it differs between guests and users, and stays. It is not
 * derived from the password, because a salt is public and would let anyone try passwords without
 * the rounds. VP_ERROR_PASSWORD if libcrypt refuses (over 511 bytes). */
char *vp_render_password_hash(const char *guest_uuid, const char *user, const char *password,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What hashing the passwords of all users would cost, which grows with their lengths: within a
 * bound that takes a fraction of a second, or VP_ERROR_QUOTA. Clear texts and hashes cost
 * nothing. */
gboolean vp_render_password_check_work(const VpSpec *spec,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for passwords that arrive one at a time: FALSE if this one exceeds the bound. *work: 0
 * before the first. */
gboolean vp_render_password_add_work(gsize *work, const char *password) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE if every cloud-init recognises the text as a hash in a "user:password" line:
 * cc_set_passwords.py's \$(1|2a|2y|5|6)(\$.+){2} without ':'. */
gboolean vp_render_password_is_known_hash(const char *text);

/* TRUE if cloud-init would make a random password of the text. */
gboolean vp_render_password_is_random_word(const char *text);
