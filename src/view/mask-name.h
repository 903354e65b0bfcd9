/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which names mean a secret: of keys in YAML, JSON and INI, of XML's elements, of variables and of
 * options. The one rule for all that is shown; the vocabulary's own fields are marked in its table
 * (VpRow.secret). */
#pragma once

#include <glib.h>

typedef enum {
    VP_MASK_NAME_PLAIN,
    VP_MASK_NAME_LIKELY, /* holds a telling word: its value is secret unless vp_view_mask_is_flag */
    VP_MASK_NAME_SECRET, /* "password" and its like */
} VpMaskName;

/* By the words of the name, compared without case: "db_password", "apiKey", "X-Auth-Token". Names
 * that say something about a secret are plain: "passwd_file", "token_ring",
 * "PasswordAuthentication", "chpasswd". */
VpMaskName vp_view_mask_name(const char *name, gsize length);

/* TRUE for words that are not secret whatever they are called: "yes", "null", "". */
gboolean vp_view_mask_is_flag(const char *text, gsize length);

/* A mode of a file, in octal ("0600", "0o600"), that keeps the guest's other users from reading it.
 */
gboolean vp_view_mask_hides(const char *mode);

/* TRUE if "key", "private" or "shared" has a key of WireGuard's. */
gboolean vp_view_mask_is_key(const char *name, gsize name_length, const char *value, gsize length);
