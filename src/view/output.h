/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that the user asked for: whole or not at all, and below a directory that hostile names
 * cannot leave. */
#pragma once

#include <glib.h>

/* Writes a temporary file next to path and renames it over path. An existing file keeps its mode
 * and owner; a new one gets 0600. VP_ERROR_VALUE if path is not a regular file. */
gboolean vp_view_output_replace(const char *path, GBytes *content,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* To standard output, checked by main when it ends. VP_ERROR_USAGE if that is a terminal and the
 * content is not for one. */
gboolean vp_view_output_binary(GBytes *content, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Opens a directory that files are written below, made (0700) if it is not there. -1 and an
 * error, also for another user's in a directory like /tmp. */
int vp_view_output_open_directory(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new file, 0600, with the directories on its way, 0700. No link is followed and no existing file
 * is written to. path: '/' between components, none of them "." or "..". */
gboolean vp_view_output_below(int directory, const char *path, GBytes *content,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
