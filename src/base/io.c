/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole reads and copies of open files: interrupted and short calls are continued. */
#include <config.h>

#include <errno.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"

static gboolean
set_shorter(GError **error)
{
    return vp_error_set(error, VP_ERROR_REFERENCE,
                        "a file became shorter while it was read; try again");
}

gboolean
vp_io_pread(int fd, void *data, gsize size, guint64 offset, GError **error)
{
    gsize done = 0;

    while (done < size) {
        ssize_t n = TEMP_FAILURE_RETRY(
            pread(fd, (guchar *)data + done, size - done, (off_t)(offset + done)));

        if (n == 0)
            return set_shorter(error);
        if (n < 0)
            return vp_error_set_errno(error, errno, "reading a file");
        done += (gsize)n;
    }
    return TRUE;
}

GBytes *
vp_io_read(int fd, guint64 size, GError **error)
{
    g_autofree guchar *data = NULL;

    if (size > G_MAXSSIZE || (size > 0 && (data = g_try_malloc(size)) == NULL)) {
        vp_error_set_errno(error, ENOMEM, "reading a file");
        return NULL;
    }
    if (!vp_io_pread(fd, data, size, 0, error))
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&data), size);
}

gboolean
vp_io_pwrite(int fd, const void *data, gsize size, guint64 offset, GError **error)
{
    gsize done = 0;

    while (done < size) {
        ssize_t n = TEMP_FAILURE_RETRY(
            pwrite(fd, (const char *)data + done, size - done, (off_t)(offset + done)));

        if (n <= 0)
            return vp_error_set_errno(error, n < 0 ? errno : EIO, "cannot be written");
        done += (gsize)n;
    }
    return TRUE;
}

/* The errors of a kernel that cannot copy between these two files, before anything is copied. */
static gboolean
is_unsupported(int errnum)
{
    return errnum == EXDEV || errnum == EINVAL || errnum == ENOSYS || errnum == EOPNOTSUPP ||
           errnum == EPERM || errnum == EBADF || errnum == ETXTBSY;
}

/* Both kernel copies advance *done as far as they get; FALSE means that they could not continue,
 * with errno, which is 0 at the end of the source. */
static gboolean
copy_by_range(int from, int to, guint64 offset, guint64 size, guint64 *done)
{
    while (*done < size) {
        off_t in = (off_t)*done, out = (off_t)(offset + *done);
        ssize_t n = TEMP_FAILURE_RETRY(copy_file_range(from, &in, to, &out, size - *done, 0));

        if (n <= 0) {
            errno = n < 0 ? errno : 0;
            return FALSE;
        }
        *done += (guint64)n;
    }
    return TRUE;
}

static gboolean
copy_by_sendfile(int from, int to, guint64 offset, guint64 size, guint64 *done)
{
    if (lseek(to, (off_t)(offset + *done), SEEK_SET) < 0)
        return FALSE;
    while (*done < size) {
        off_t in = (off_t)*done;
        ssize_t n = TEMP_FAILURE_RETRY(sendfile(to, from, &in, size - *done));

        if (n <= 0) {
            errno = n < 0 ? errno : 0;
            return FALSE;
        }
        *done += (guint64)n;
    }
    return TRUE;
}

static gboolean
copy_by_buffer(int from, int to, guint64 offset, guint64 size, guint64 done, GError **error)
{
    gsize room = 64 * 1024;
    g_autofree guchar *buffer = g_malloc(room);

    while (done < size) {
        gsize part = MIN(room, size - done);

        if (!vp_io_pread(from, buffer, part, done, error) ||
            !vp_io_pwrite(to, buffer, part, offset + done, error))
            return FALSE;
        done += part;
    }
    return TRUE;
}

/* copy_file_range returns 0 for some pseudo file systems that sendfile and read can read
 * (copy_file_range(2), Bugs), so that each way hands over to the next; only the last decides that
 * the source is shorter. */
gboolean
vp_io_copy(int from, int to, guint64 offset, guint64 size, GError **error)
{
    guint64 done = 0;

    if (copy_by_range(from, to, offset, size, &done))
        return TRUE;
    if (errno != 0 && !is_unsupported(errno))
        return vp_error_set_errno(error, errno, "copying a file into the image");
    if (copy_by_sendfile(from, to, offset, size, &done))
        return TRUE;
    if (errno != 0 && !is_unsupported(errno))
        return vp_error_set_errno(error, errno, "copying a file into the image");
    return copy_by_buffer(from, to, offset, size, done, error);
}

char *
vp_io_to_string(GBytes *bytes)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    return g_strndup(size > 0 ? data : "", size);
}
