/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file of an image with its secrets replaced by asterisks, and the rest byte for byte. */
#pragma once

#include <glib.h>

/* Recognises by content, as the guests' agents do: cloud-config and other YAML, JSON, MIME (also
 * base64 parts, shown decoded where they hold a secret), answer files of Windows, and other text.
 * By name are masked: passwords, their hashes, secrets, tokens, private keys; content of
 * write_files that the guest's other users may not read. In any text: private key blocks, crypt(5)
 * hashes, credentials in URLs, and what follows a telling name (password=...). A secret that has no
 * such form is not recognised.
 *
 * Returns content itself where nothing is masked; NULL where secrets could not be looked for, and
 * *why (static) then says so: "compressed data". */
GBytes *vp_view_mask(GBytes *content, const char **why) G_GNUC_WARN_UNUSED_RESULT;
