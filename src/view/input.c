/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files, pipes and standard input into memory. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/io.h"
#include "view/input.h"

static int
open_input(const char *path, gboolean follow, struct stat *status, GError **error)
{
    vp_autofd int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW));

    if (fd < 0 || fstat(fd, status) < 0) {
        int errnum = errno;
        g_autofree char *name = vp_escape_name(path);

        vp_error_set_errno(error, errnum, "%s", name);
        return -1;
    }
    return vp_fd_steal(&fd);
}

static GBytes *
read_regular(int fd, const char *path, guint64 size, guint64 limit, VpErrorCode too_large,
             GError **error)
{
    g_autofree char *name = vp_escape_name(path);
    GBytes *bytes;

    if (size > limit)
        return vp_error_null(error, too_large, "%s: larger than %" G_GUINT64_FORMAT " bytes", name,
                             limit);
    bytes = vp_io_read(fd, size, error);
    if (bytes == NULL)
        g_prefix_error(error, "%s: ", name);
    return bytes;
}

/* Some devices act when they are opened. */
static gboolean
is_special(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

static GBytes *
refuse_irregular(const char *path, GError **error)
{
    g_autofree char *name = vp_escape_name(path);

    return vp_error_null(error, VP_ERROR_IMAGE_FORMAT, "%s: not a regular file", name);
}

GBytes *
vp_view_input_file(const char *path, guint64 limit, gboolean follow, GError **error)
{
    struct stat status;
    vp_autofd int fd = -1;

    if (is_special(path))
        return refuse_irregular(path, error);
    fd = open_input(path, follow, &status, error);
    if (fd < 0)
        return NULL;
    if (!S_ISREG(status.st_mode))
        return refuse_irregular(path, error);
    return read_regular(fd, path, status.st_size, limit, VP_ERROR_QUOTA, error);
}

/* Until its end, or one byte above the limit. */
static GBytes *
read_stream(int fd, gsize limit, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint8 buffer[65536];

    while (bytes->len <= limit) {
        ssize_t got = read(fd, buffer, sizeof(buffer));

        if (got == 0)
            break;
        if (got < 0 && errno != EINTR) {
            vp_error_set_errno(error, errno, "the input cannot be read");
            return NULL;
        }
        if (got > 0)
            g_byte_array_append(bytes, buffer, got);
    }
    if (bytes->len > limit)
        return vp_error_null(error, VP_ERROR_XML_LIMIT,
                             "the input is larger than %" G_GSIZE_FORMAT " bytes", limit);
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

GBytes *
vp_view_input_text(const char *path, GError **error)
{
    struct stat status;
    vp_autofd int fd = -1;

    if (g_str_equal(path, "-"))
        return read_stream(STDIN_FILENO, VP_XML_MAX_BYTES, error);
    fd = open_input(path, TRUE, &status, error);
    if (fd < 0)
        return NULL;
    if (S_ISREG(status.st_mode))
        return read_regular(fd, path, status.st_size, VP_XML_MAX_BYTES, VP_ERROR_XML_LIMIT, error);
    if (!S_ISFIFO(status.st_mode)) {
        g_autofree char *name = vp_escape_name(path);

        return vp_error_null(error, VP_ERROR_VALUE, "%s: neither a regular file nor a pipe", name);
    }
    if (fcntl(fd, F_SETFL, 0) < 0) {
        vp_error_set_errno(error, errno, "the pipe");
        return NULL;
    }
    return read_stream(fd, VP_XML_MAX_BYTES, error);
}

VpDomain *
vp_view_input_domain(const char *path, GBytes **text, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    VpDomain *domain;

    if (path == NULL && isatty(STDIN_FILENO))
        return vp_error_null(error, VP_ERROR_USAGE,
                             "a definition is expected, as a file or on "
                             "standard input");
    bytes = vp_view_input_text(path != NULL ? path : "-", error);
    if (bytes == NULL)
        return NULL;
    domain = vp_domain_parse_new(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), error);
    if (domain != NULL && text != NULL)
        *text = g_steal_pointer(&bytes);
    return domain;
}
