/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a seed in a directory, which may be another user's. */
#pragma once

#include <glib.h>

/* path: below the directory, with '/'; it and the bytes are borrowed. */
typedef void VpSeedTake(GPtrArray *files, const char *path, GBytes *bytes);

/* Takes every file that is not hidden, in the order of names, so that the result is the same
 * wherever the directory is. Symbolic links in it, which can lead to any file that the caller may
 * read, are VP_ERROR_PATH, more files or bytes than a seed has VP_ERROR_QUOTA. */
gboolean vp_command_seed_directory_read(const char *path, VpSeedTake *take, GPtrArray *files,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
