/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file of an image with its secrets replaced by asterisks, and the rest byte for byte. */
#pragma once

#include <glib.h>

/* Recognises by content, as the guests' agents do: cloud-config and other YAML, JSON, MIME by the
 * headers at its very start (its parts decoded if they hold a secret), answer files of Windows, and
 * other text. These are masked:
 * - values with a name like a secret's (view/mask-name.h), in YAML, JSON, XML, INI files, scripts
 * and command lines, through aliases, escapes and encodings;
 * - content of write_files that other users of the guest may not read, or that is packed;
 * - in any text: private key blocks, crypt(5) hashes, users and passwords in URLs, tokens of known
 *   services, data: URLs, the arguments of commands that take a secret by a letter (curl -u), and
 *   what is fed to chpasswd and its like;
 * - a MIME message's preamble, epilogue and unknown headers;
 * - XML that declares entities or default values of attributes, as a whole.
 * A secret that has no such form is not recognised.
 *
 * Returns content itself if nothing is masked; NULL if secrets could not be looked for, and *why
 * (static) then says so: "compressed data", "malformed YAML or JSON". */
GBytes *vp_view_mask(GBytes *content, const char **why) G_GNUC_WARN_UNUSED_RESULT;

/* Of a single value (a command, the content of a file in the guest) that is text: NULL if nothing
 * is masked. */
char *vp_view_mask_string(const char *text);
