/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A MIME message, in order: its headers, its parts, and the text between them that no agent reads.
 * Parts are found as Python's email package finds them, which cloud-init and cloudbase-init use;
 * tests/test-mime-python.py compares the two. Sources: RFC 2046, section 5.1; Python's
 * email/feedparser.py and email/message.py (get_content_type, get_boundary). */
#pragma once

#include "base/mime-encoding.h"

typedef enum {
    VP_MIME_LEAF,         /* a body with content */
    VP_MIME_NO_BOUNDARY,  /* a multipart without a boundary: agents drop it */
    VP_MIME_NO_DELIMITER, /* a multipart in which no part begins: as well */
    VP_MIME_UNCLEAR,      /* not read here: nested too deep; message/delivery-status; boundary* of
                           * RFC 2231; a type with other than printable ASCII characters; an mbox
                           * line after other headers */
} VpMimeKind;

typedef struct {
    VpMimeKind kind;
    guint depth;         /* the number of multiparts and messages around it */
    gboolean is_message; /* the whole message, or that in a message/rfc822 */
    gboolean has_type;   /* a Content-Type is given */
    const char *type;    /* lower case: "text/cloud-config"; "text/plain" if invalid or absent */
    const char *charset; /* as given; NULL if it is not */
    VpMimeEncoding encoding; /* of a leaf */
    VpMimeRange body;        /* without the line end that belongs to the delimiter after it */
} VpMimePart;

/* Callbacks, called in the order of the text. Their arguments are valid only during the call, but
 * ranges point into the bytes that are read. */
typedef struct {
    void (*header)(const VpMimeHeader *header, gpointer data); /* NULL: not wanted */
    void (*unread)(VpMimeRange text, gpointer data); /* preamble or epilogue; NULL: not wanted */
    gboolean (*part)(const VpMimePart *part, gpointer data); /* FALSE ends the walk */
} VpMimeVisitor;

/* FALSE if a part ended the walk. */
gboolean vp_mime_walk(VpMimeRange message, const VpMimeVisitor *visitor, gpointer data);
