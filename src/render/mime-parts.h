/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a MIME message that a user gave, as cloud-init's reader, Python's email, finds them.
 * Sources: RFC 2045, RFC 2046 section 5.1; cloud-init's user_data.py. */
#pragma once

#include <glib.h>

typedef struct {
    guint number;       /* from 1, in the order of the message */
    const char *type;   /* lower case: "text/cloud-config"; "text/plain" if it has none */
    GBytes *content;    /* decoded */
    gboolean is_utf8;   /* FALSE: it says that it has another character set */
    gboolean is_opaque; /* its encoding is unknown, or it is nested too deeply: not decoded */
} VpMimePart;

typedef gboolean VpMimeVisit(const VpMimePart *part, gpointer data, GError **error);

/* Calls visit for each part that is not itself a multipart, until that fails. VP_ERROR_VALUE for a
 * multipart whose parts cannot be told apart, all of which a guest would drop. */
gboolean vp_render_mime_parts_foreach(GBytes *message, VpMimeVisit *visit, gpointer data,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
