/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content-Transfer-Encoding. Sources: RFC 2045, section 6; Python's email/message.py (get_payload).
 */
#pragma once

#include "base/mime-header.h"

typedef enum {
    VP_MIME_ENCODING_NONE, /* 7bit, 8bit, binary, or not given */
    VP_MIME_ENCODING_BASE64,
    VP_MIME_ENCODING_QUOTED, /* quoted-printable */
    VP_MIME_ENCODING_OTHER,  /* unknown, or not read alike by all versions of Python */
} VpMimeEncoding;

VpMimeEncoding vp_mime_encoding_of(const char *text); /* NULL: not given */

/* NULL for what RFC 2045 does not allow (base64 with other characters, without its padding, or with
 * more after it; a "=" that says nothing), because versions of Python make different things of it,
 * and for VP_MIME_ENCODING_OTHER. */
GBytes *vp_mime_encoding_decode(VpMimeEncoding encoding, VpMimeRange body);
