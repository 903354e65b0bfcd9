/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a definition in a temporary file, for an editor. */
#pragma once

#include <glib.h>

/* The file is in a private directory and is removed with everything that the editor left next to
 * it: by vp_command_edit_file_free, and when a signal ends the program, the editor then too. One at
 * a time. */
typedef struct VpEditFile VpEditFile;
VpEditFile *vp_command_edit_file_new(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *vp_command_edit_file_path(const VpEditFile *file);

/* Runs $VISUAL, $EDITOR or vi on it. VP_ERROR_FAILED if that fails. */
gboolean vp_command_edit_file_run(VpEditFile *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keeps the file; the caller has to print its path. */
void vp_command_edit_file_keep(VpEditFile *file);

void vp_command_edit_file_free(VpEditFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpEditFile, vp_command_edit_file_free)
