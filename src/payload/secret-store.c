/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of secrets: written completely or not at all, readable only by root from the first byte. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "payload/secret-store.h"

gboolean
vp_payload_secret_store_can_write(const VpConf *conf)
{
    return !conf->is_roots;
}

static gboolean
check_directory(int fd, const char *path, GError **error)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return vp_error_set_errno(error, errno, "%s", path);
    if (status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return TRUE;
    return vp_error_set(error, VP_ERROR_REFERENCE,
                        "%s: others may write to it; chown root, chmod go-w", path);
}

/* parent: AT_FDCWD for an absolute name. */
static int
open_directory(int parent, const char *name, GError **error)
{
    vp_autofd int fd = -1;

    if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST) {
        vp_error_set_errno(error, errno, "%s", name);
        return -1;
    }
    fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        vp_error_set_errno(error, errno, "%s", name);
        return -1;
    }
    return check_directory(fd, name, error) ? vp_fd_steal(&fd) : -1;
}

static int
open_guest(const VpConf *conf, const char *uuid, GError **error)
{
    vp_autofd int directory = -1;

    if (g_mkdir_with_parents(conf->secrets_directory, 0700) < 0) {
        vp_error_set_errno(error, errno, "%s", conf->secrets_directory);
        return -1;
    }
    directory = open_directory(AT_FDCWD, conf->secrets_directory, error);
    return directory >= 0 ? open_directory(directory, uuid, error) : -1;
}

static gboolean
has_text(int directory, const char *name, const char *text)
{
    vp_autofd int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    gsize length = strlen(text);
    g_autofree char *there = g_malloc(length + 1);
    gboolean is_same = fd >= 0 && read(fd, there, length + 1) == (ssize_t)length &&
                       memcmp(there, text, length) == 0;

    explicit_bzero(there, length + 1);
    return is_same;
}

static gboolean
fill(int fd, const char *text)
{
    gsize length = strlen(text), done = 0;

    while (done < length) {
        ssize_t n = TEMP_FAILURE_RETRY(write(fd, text + done, length - done));

        if (n < 0)
            return FALSE;
        done += (gsize)n;
    }
    return fsync(fd) == 0;
}

/* Beside it first, so that a crash leaves none that is cut off. */
static gboolean
write_new(int directory, const char *name, const char *text, gboolean replaces, GError **error)
{
    g_autofree char *temporary = g_strconcat(".", name, ".new", NULL);
    vp_autofd int fd = -1;
    int errnum;

    (void)unlinkat(directory, temporary, 0);
    fd = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0 && fill(fd, text) &&
        (replaces ? renameat(directory, temporary, directory, name)
                  : linkat(directory, temporary, directory, name, 0)) == 0) {
        (void)unlinkat(directory, temporary, 0);
        return TRUE;
    }
    errnum = errno;
    (void)unlinkat(directory, temporary, 0);
    if (errnum == EEXIST)
        return vp_error_set(error, VP_ERROR_REFERENCE,
                            "the guest already has another secret named %s; remove that first",
                            name);
    return vp_error_set_errno(error, errnum, "the secret %s", name);
}

gboolean
vp_payload_secret_store_write(const VpConf *conf, const char *uuid, const char *name,
                              const char *text, gboolean replaces, GError **error)
{
    vp_autofd int directory = open_guest(conf, uuid, error);

    return directory >= 0 &&
           (has_text(directory, name, text) || write_new(directory, name, text, replaces, error));
}

char *
vp_payload_secret_store_prepare(const VpConf *conf, const char *uuid, GError **error)
{
    vp_autofd int directory = open_guest(conf, uuid, error);

    return directory >= 0 ? g_build_filename(conf->secrets_directory, uuid, NULL) : NULL;
}
