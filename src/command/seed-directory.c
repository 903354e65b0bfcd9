/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each directory is read through its descriptor: its names may change at any time. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/io.h"
#include "command/seed-directory.h"

enum { MAX_DEPTH = 6, MAX_FILES = 512 };
#define MAX_BYTES (G_GUINT64_CONSTANT(16) << 20) /* of all files */

typedef struct {
    VpSeedTake *take;
    GPtrArray *files;
    guint64 left; /* bytes */
} Reader;

static gboolean
set_quota(GError **error)
{
    return vp_error_set(error, VP_ERROR_QUOTA, "has more files or bytes than a seed");
}

static gboolean
set_name(GError **error, const char *path, int errnum)
{
    g_autofree char *name = vp_escape_name(path);

    if (errnum == ELOOP)
        return vp_error_set(error, VP_ERROR_PATH,
                            "%s: is a symbolic link, and could lead to any file; put the file "
                            "there instead",
                            name);
    if (errnum == 0)
        return vp_error_set(error, VP_ERROR_IMAGE_FORMAT, "%s: not a regular file", name);
    return vp_error_set_errno(error, errnum, "%s", name);
}

/* If others may put links into the directory, a hard link may be to any file on the host. */
static gboolean
check_links(const struct stat *directory, const struct stat *file, const char *path, GError **error)
{
    g_autofree char *name = NULL;

    if (file->st_nlink == 1 ||
        (directory->st_uid == file->st_uid && (directory->st_mode & (S_IWGRP | S_IWOTH)) == 0))
        return TRUE;
    name = vp_escape_name(path);
    return vp_error_set(error, VP_ERROR_PATH,
                        "%s: has several hard links, in a directory that others than its owner "
                        "may write to, and could be any file; put a copy there instead",
                        name);
}

static gboolean read_directory(Reader *reader, int fd, const char *prefix, guint depth,
                               GError **error);

static gboolean
read_file(Reader *reader, int fd, const char *path, guint64 size, GError **error)
{
    g_autofree char *name = vp_escape_name(path);
    g_autoptr(GBytes) bytes = NULL;

    if (size > reader->left || reader->files->len == MAX_FILES)
        return set_quota(error);
    bytes = vp_io_read(fd, size, error);
    if (bytes == NULL) {
        g_prefix_error(error, "%s: ", name);
        return FALSE;
    }
    reader->left -= size;
    reader->take(reader->files, path, bytes);
    return TRUE;
}

static gboolean
read_entry(Reader *reader, int directory, const char *prefix, const char *name, guint depth,
           GError **error)
{
    g_autofree char *path = g_strconcat(prefix, name, NULL), *below = NULL;
    vp_autofd int fd =
        openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status, parent;

    if (fd < 0 || fstat(fd, &status) < 0 || fstat(directory, &parent) < 0)
        return set_name(error, path, errno);
    if (S_ISREG(status.st_mode))
        return check_links(&parent, &status, path, error) &&
               read_file(reader, fd, path, (guint64)status.st_size, error);
    if (!S_ISDIR(status.st_mode))
        return set_name(error, path, 0);
    below = g_strconcat(path, "/", NULL);
    return read_directory(reader, fd, below, depth + 1, error);
}

/* NULL if it cannot be read, or has too many. */
static GPtrArray *
list(int fd, GError **error)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR *directory = own >= 0 ? fdopendir(own) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const struct dirent *entry;

    if (directory == NULL) {
        vp_fd_clear(&own);
        return vp_error_null(error, VP_ERROR_FAILED, "the directory cannot be read");
    }
    while (names->len <= MAX_FILES && (entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] != '.')
            g_ptr_array_add(names, g_strdup(entry->d_name));
    }
    closedir(directory);
    g_ptr_array_sort(names, vp_compare_text);
    return g_steal_pointer(&names);
}

static gboolean
read_directory(Reader *reader, int fd, const char *prefix, guint depth, GError **error)
{
    g_autoptr(GPtrArray) names = list(fd, error);

    if (names == NULL)
        return FALSE;
    if (depth > MAX_DEPTH || reader->files->len + names->len > MAX_FILES)
        return set_quota(error);
    for (guint i = 0; i < names->len; i++) {
        if (!read_entry(reader, fd, prefix, names->pdata[i], depth, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
vp_command_seed_directory_read(const char *path, VpSeedTake *take, GPtrArray *files, GError **error)
{
    Reader reader = {take, files, MAX_BYTES};
    vp_autofd int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return set_name(error, path, errno);
    return read_directory(&reader, fd, "", 0, error);
}
