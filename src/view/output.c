/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files written for the user. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/io.h"
#include "view/output.h"
#include "view/term.h"

static void
set_errno(GError **error, int errnum, const char *path)
{
    g_autofree char *name = vp_escape_name(path);

    vp_error_set_errno(error, errnum, "%s", name);
}

static void
prefix_path(GError **error, const char *path)
{
    g_autofree char *name = vp_escape_name(path);

    g_prefix_error(error, "%s: ", name);
}

/* The owner is set before the rename: at no time do others read what they might not read before. */
static gboolean
fill(int fd, GBytes *content, const struct stat *old, const char *path, GError **error)
{
    gsize size;
    const void *data = g_bytes_get_data(content, &size);

    if (!vp_io_pwrite(fd, data, size, 0, error)) {
        prefix_path(error, path);
        return FALSE;
    }
    if ((old != NULL &&
         (fchown(fd, old->st_uid, old->st_gid) < 0 || fchmod(fd, old->st_mode & 07777) < 0)) ||
        fsync(fd) < 0) {
        set_errno(error, errno, path);
        return FALSE;
    }
    return TRUE;
}

/* What another user put into a directory like /tmp would keep its owner, who would read what root
 * writes. The kernel holds to the same rule (fs.protected_regular). */
static gboolean
is_planted(const char *path, const struct stat *file)
{
    g_autofree char *parent = g_path_get_dirname(path);
    struct stat directory;

    return file->st_uid != geteuid() && stat(parent, &directory) == 0 &&
           (directory.st_mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH) &&
           directory.st_uid != file->st_uid;
}

/* Whether what is there may be replaced. */
static gboolean
check_old(const char *path, const struct stat *file, GError **error)
{
    g_autofree char *name = vp_escape_name(path);

    if (!S_ISREG(file->st_mode))
        return vp_error_set(error, VP_ERROR_VALUE, "%s: not a regular file", name);
    return !is_planted(path, file) ||
           vp_error_set(
               error, VP_ERROR_VALUE,
               "%s: another user's file in a directory that everyone may write to; remove it first",
               name);
}

gboolean
vp_view_output_replace(const char *path, GBytes *content, GError **error)
{
    g_autofree char *temporary = g_strdup_printf("%s.XXXXXX", path);
    struct stat status;
    gboolean is_there = lstat(path, &status) == 0;
    vp_autofd int fd = -1;

    if (is_there && !check_old(path, &status, error))
        return FALSE;
    fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        set_errno(error, errno, path);
        return FALSE;
    }
    if (!fill(fd, content, is_there ? &status : NULL, path, error)) {
        unlink(temporary);
        return FALSE;
    }
    if (rename(temporary, path) < 0) {
        set_errno(error, errno, path);
        unlink(temporary);
        return FALSE;
    }
    return TRUE;
}

gboolean
vp_view_output_binary(GBytes *content, GError **error)
{
    gsize size;
    const void *data = g_bytes_get_data(content, &size);

    if (vp_view_term_is_output())
        return vp_error_set(error, VP_ERROR_USAGE,
                            "refusing to write an image to a terminal; use --output");
    fwrite(data, 1, size, stdout);
    return TRUE;
}

/* A directory, or a link to one, that another user put into a directory like /tmp could be changed
 * by that user while files are written, or lead anywhere. */
static gboolean
check_directory(const char *path, GError **error)
{
    g_autofree char *entry = g_strdup(path), *name = vp_escape_name(path);
    struct stat status;

    /* with a slash at the end a link would be followed */
    for (gsize length = strlen(entry); length > 1 && entry[length - 1] == '/'; length--)
        entry[length - 1] = '\0';
    if (lstat(entry, &status) < 0) {
        set_errno(error, errno, path);
        return FALSE;
    }
    return !is_planted(entry, &status) ||
           vp_error_set(error, VP_ERROR_VALUE,
                        "%s: another user's, in a directory that everyone may write to; name one "
                        "that does not exist",
                        name);
}

/* It is checked after it has been opened: only its owner can replace it. */
int
vp_view_output_open_directory(const char *path, GError **error)
{
    vp_autofd int fd = -1;

    if (mkdir(path, 0700) < 0 && errno != EEXIST) {
        set_errno(error, errno, path);
        return -1;
    }
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        set_errno(error, errno, path);
    else if (check_directory(path, error))
        return vp_fd_steal(&fd);
    return -1;
}

/* The directory of one component below another, created if missing. */
static int
enter(int directory, const char *component)
{
    if (mkdirat(directory, component, 0700) < 0 && errno != EEXIST)
        return -1;
    return openat(directory, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* A file that cannot be written whole is removed. */
static gboolean
write_new(int directory, const char *name, const char *path, GBytes *content, GError **error)
{
    vp_autofd int fd =
        openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0) {
        set_errno(error, errno, path);
        return FALSE;
    }
    if (vp_io_pwrite(fd, g_bytes_get_data(content, NULL), g_bytes_get_size(content), 0, error))
        return TRUE;
    (void)unlinkat(directory, name, 0);
    prefix_path(error, path);
    return FALSE;
}

gboolean
vp_view_output_below(int directory, const char *path, GBytes *content, GError **error)
{
    g_auto(GStrv) components = g_strsplit(path, "/", -1);
    vp_autofd int here = -1;
    guint last = g_strv_length(components) - 1;

    for (guint i = 0; i <= last; i++) {
        const char *component = components[i];

        if (component == NULL || *component == '\0' || g_str_equal(component, ".") ||
            g_str_equal(component, "..")) {
            g_autofree char *name = vp_escape_name(path);

            return vp_error_set(error, VP_ERROR_PATH, "%s: leads out of the directory", name);
        }
        if (i < last) {
            int next = enter(here >= 0 ? here : directory, component);

            if (next < 0) {
                set_errno(error, errno, path);
                return FALSE;
            }
            vp_fd_clear(&here);
            here = next;
        }
    }
    return write_new(here >= 0 ? here : directory, components[last], path, content, error);
}
