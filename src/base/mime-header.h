/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The headers of a MIME message and their parameters, as Python's email package reads them:
 * cloud-init and cloudbase-init use it. Sources: RFC 5322, section 2.2; RFC 2045, section
 * 5.1; Python's email/feedparser.py (_parsegen, _parse_headers), email/message.py (_parseparam) and
 * email/utils.py (unquote). */
#pragma once

#include <glib.h>

/* A part of the bytes that are read, which may contain NUL. The caller keeps them. */
typedef struct {
    const char *start;
    const char *end;
} VpMimeRange;

typedef struct {
    VpMimeRange name;  /* empty for a line that Python ignores: an mbox "From " line, a line that
                        * continues no header, a line that begins with a colon */
    VpMimeRange value; /* with the lines that continue it, but without its last line end */
} VpMimeHeader;

/* The start of the next line, or end. A line ends with LF, CRLF or a single CR. */
const char *vp_mime_next_line(const char *at, const char *end);

/* Reads the header at the start of rest and moves rest after it. FALSE if there is none: rest is
 * then the body, without the empty line before it. */
gboolean vp_mime_header_next(VpMimeRange *rest, VpMimeHeader *header);

/* The line with which a program that writes an mbox begins a message. */
gboolean vp_mime_header_is_mbox(const VpMimeHeader *header);

/* Ignores case. */
gboolean vp_mime_header_is(const VpMimeHeader *header, const char *name);

/* The value as text, still folded, and with \1 for a NUL byte. */
char *vp_mime_header_text(const VpMimeHeader *header);

/* Of the text of Content-Type: the value of the first parameter of that name without its quotation
 * marks; NULL if there is none. Parameters of RFC 2231 ("boundary*") have other names. */
char *vp_mime_header_parameter(const char *text, const char *name);
