/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole reads and copies of open files: interrupted and short calls are continued. */
#pragma once

#include <glib.h>

/* The first size bytes of a file, its offset left alone. Fails with the errno in words; a file that
 * holds fewer is VP_ERROR_REFERENCE. */
GBytes *vp_io_read(int fd, guint64 size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Exactly size bytes from an offset. Errors as above. */
gboolean vp_io_pread(int fd, void *data, gsize size, guint64 offset,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean vp_io_pwrite(int fd, const void *data, gsize size, guint64 offset,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Copies the first size bytes of from to the offset of to: inside the kernel if the file systems
 * support that, otherwise through a small buffer. Errors as above. May move the file offset of to.
 */
gboolean vp_io_copy(int from, int to, guint64 offset, guint64 size,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes as a string, up to the first NUL; "" of no bytes, whose data GLib has as NULL. Free
 * with g_free. */
char *vp_io_to_string(GBytes *bytes);
