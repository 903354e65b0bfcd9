/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strict base64: RFC 4648, section 4. */
#pragma once

#include <glib.h>

/* Decodes text that may be broken and indented by XML's white space (space, tab, newline, carriage
 * return). VP_ERROR_BASE64 on any other character, on missing or misplaced padding, and on bits
 * after the end that are not zero, because these indicate a value that was cut off. */
GBytes *vp_base64_decode(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of bytes, which may be none; NULL, too, if one of them is NUL. */
GBytes *vp_base64_decode_bytes(const char *bytes, gsize size) G_GNUC_WARN_UNUSED_RESULT;
