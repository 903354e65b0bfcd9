/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content-Transfer-Encoding. Sources: RFC 2045, section 6; Python's email/message.py (get_payload).
 */
#pragma once

#include "base/mime-header.h"

typedef enum {
    VP_MIME_ENCODING_NONE, /* 7bit, 8bit, binary, or not given */
    VP_MIME_ENCODING_BASE64,
    VP_MIME_ENCODING_QUOTED, /* quoted-printable */
    VP_MIME_ENCODING_OTHER,  /* unknown, or read differently by versions of Python */
} VpMimeEncoding;

VpMimeEncoding vp_mime_encoding_of(const char *text); /* NULL: not given */

/* NULL for VP_MIME_ENCODING_OTHER, and if RFC 2045 does not allow the text (base64 with other
 * characters, without its padding, or with more after it; "=" without two digits or a line end),
 * because versions of Python decode it differently. */
GBytes *vp_mime_encoding_decode(VpMimeEncoding encoding, VpMimeRange body);
