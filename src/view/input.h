/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads of what the user names, whole and bounded. */
#pragma once

#include "domain/domain.h"

/* A regular file of at most limit bytes. Never waits (O_NONBLOCK), never takes a device; follows a
 * link in the last component only with follow. VP_ERROR_QUOTA, _IMAGE_FORMAT (not a regular file),
 * or errno in words; path is part of the message. */
GBytes *vp_view_input_file(const char *path, guint64 limit, gboolean follow,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A definition: "-" is standard input; otherwise a regular file or a pipe (a shell's <(...)). At
 * most VP_XML_MAX_BYTES: VP_ERROR_XML_LIMIT. */
GBytes *vp_view_input_text(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, parsed. path: NULL for standard input, then VP_ERROR_USAGE if that is a terminal.
 * *text may be NULL. */
VpDomain *vp_view_input_domain(const char *path, GBytes **text,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
