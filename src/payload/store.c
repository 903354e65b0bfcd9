/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpStore: the payload directory; images are created whole, replaced by rename, removed by name. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/io.h"
#include "domain/image-name.h"
#include "image/fat.h"
#include "image/iso.h"
#include "image/iso9660.h"
#include "image/vfat.h"
#include "payload/store.h"

struct VpStore {
    int fd;
    char *directory;
};

/* --- the directory --------------------------------------------------------------------------- */

/* O_PATH needs no permission to read, so another user's directory can be distinguished from a
 * missing permission. */
static int
open_directory(const char *directory)
{
    return TEMP_FAILURE_RETRY(open(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/* The umask is lifted instead of fixing the mode afterwards: a run that is killed in between would
 * leave a directory that QEMU cannot search. */
static int
make_directory(const char *directory)
{
    mode_t mask = umask(0);
    int failed = TEMP_FAILURE_RETRY(mkdir(directory, 0711)) < 0 ? errno : 0;

    umask(mask);
    return failed == EEXIST ? 0 : failed;
}

static gboolean
set_open_error(GError **error, const char *directory, int errnum)
{
    if (errnum == ENOTDIR || errnum == ELOOP)
        return vp_error_set(
            error, VP_ERROR_DIRECTORY,
            "payload directory %s: is a link or not a directory; remove it, or configure another",
            directory);
    return vp_error_set_errno(error, errnum, "payload directory %s", directory);
}

static gboolean
check_directory(int fd, const char *directory, GError **error)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return vp_error_set_errno(error, errno, "payload directory %s", directory);
    if (status.st_uid != geteuid())
        return vp_error_set(error, VP_ERROR_DIRECTORY,
                            "payload directory %s: belongs to user %u; run: chown %s %s", directory,
                            (guint)status.st_uid, geteuid() == 0 ? "root" : g_get_user_name(),
                            directory);
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return vp_error_set(
            error, VP_ERROR_DIRECTORY,
            "payload directory %s: others may write to it (mode %04o); run: chmod 0711 %s",
            directory, (guint)status.st_mode & 07777, directory);
    return TRUE;
}

static VpStore *
take_directory(int opened, char *directory, GError **error)
{
    vp_autofd int fd = opened;
    VpStore *store;

    if (!check_directory(fd, directory, error))
        return NULL;
    store = g_new(VpStore, 1);
    store->fd = vp_fd_steal(&fd);
    store->directory = g_strdup(directory);
    return store;
}

/* A slash at the end would make the kernel follow a link in the last component. */
static char *
without_slashes(const char *directory)
{
    gsize length = strlen(directory);

    while (length > 1 && directory[length - 1] == '/')
        length--;
    return g_strndup(directory, length);
}

VpStore *
vp_payload_store_open(const char *directory, GError **error)
{
    g_autofree char *path = without_slashes(directory);
    int fd = open_directory(path);
    int failed = fd < 0 ? errno : 0;

    if (failed == ENOENT) {
        failed = make_directory(path);
        if (failed == 0 && (fd = open_directory(path)) < 0)
            failed = errno;
    }
    if (failed != 0) {
        set_open_error(error, path, failed);
        return NULL;
    }
    return take_directory(fd, path, error);
}

VpStore *
vp_payload_store_open_existing(const char *directory, GError **error)
{
    g_autofree char *path = without_slashes(directory);
    int fd = open_directory(path);

    if (fd < 0) {
        if (errno != ENOENT)
            set_open_error(error, path, errno);
        return NULL;
    }
    return take_directory(fd, path, error);
}

void
vp_payload_store_close(VpStore *store)
{
    if (store == NULL)
        return;
    close(store->fd);
    g_free(store->directory);
    g_free(store);
}

/* --- temporaries: a writer holds the lock on its own until it is renamed --------------------- */

static char *
temporary_name(const char *name)
{
    return g_strconcat(".", name, VP_IMAGE_NAME_TEMPORARY, NULL);
}

/* Whether name still is the open file; returns 0 or an errno. */
static int
compare_named(const VpStore *store, const char *name, int fd, gboolean *same)
{
    struct stat named, opened;

    *same = FALSE;
    if (fstatat(store->fd, name, &named, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : errno;
    if (fstat(fd, &opened) < 0)
        return errno;
    *same = named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
    return 0;
}

static int
unlink_name(const VpStore *store, const char *name)
{
    return TEMP_FAILURE_RETRY(unlinkat(store->fd, name, 0)) < 0 && errno != ENOENT ? errno : 0;
}

/* Removes a temporary that no writer holds; lock LOCK_EX waits for the writer, LOCK_EX | LOCK_NB
 * gives EWOULDBLOCK if there is one. The name is looked at again under the lock: meanwhile the
 * file may have been renamed into place, and the name may be the next writer's. Returns 0 or an
 * errno. */
static int
remove_stale(const VpStore *store, const char *name, int lock)
{
    struct stat status;
    vp_autofd int fd = -1;
    gboolean same;
    int failed;

    if (fstatat(store->fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : errno;
    if (!S_ISREG(status.st_mode))
        return unlink_name(store, name);
    fd =
        TEMP_FAILURE_RETRY(openat(store->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (fd < 0)
        return errno == ENOENT ? 0 : errno;
    if (TEMP_FAILURE_RETRY(flock(fd, lock)) < 0)
        return errno;
    failed = compare_named(store, name, fd, &same);
    return failed == 0 && same ? unlink_name(store, name) : failed;
}

/* Before it was locked, another writer may have removed it as stale: *ours. */
static int
lock_own(const VpStore *store, const char *name, int fd, gboolean *ours)
{
    int failed = TEMP_FAILURE_RETRY(flock(fd, LOCK_EX)) < 0 ? errno : 0;

    if (failed == 0)
        failed = compare_named(store, name, fd, ours);
    if (failed != 0)
        unlink_name(store, name);
    return failed;
}

/* One fixed name for each image, so that a killed run's temporary is found without reading the
 * whole directory, and O_EXCL, so that the file is new: ours, regular, and 0600 from the first
 * byte. O_TMPFILE would not save the temporary name, for linkat(2) cannot replace. */
static int
create_temporary(const VpStore *store, const char *name, GError **error)
{
    for (;;) {
        vp_autofd int fd = TEMP_FAILURE_RETRY(
            openat(store->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        int failed = fd < 0 ? errno : 0;
        gboolean ours = FALSE;

        if (failed == EEXIST)
            failed = remove_stale(store, name, LOCK_EX);
        else if (failed == 0)
            failed = lock_own(store, name, fd, &ours);
        if (failed != 0) {
            vp_error_set_errno(error, failed, "payload image %s/%s", store->directory, name);
            return -1;
        }
        if (ours)
            return vp_fd_steal(&fd);
    }
}

/* --- images ---------------------------------------------------------------------------------- */

static gboolean
is_directory(const VpStore *store, const char *name)
{
    struct stat status;

    return fstatat(store->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

static gboolean
set_in_the_way(GError **error, const VpStore *store, const char *name)
{
    return vp_error_set(error, VP_ERROR_DIRECTORY,
                        "payload image %s/%s: a directory is in its place; remove it",
                        store->directory, name);
}

static gboolean
fill_and_rename(const VpStore *store, int fd, const char *temporary, const char *name,
                const VpImage *image, GError **error)
{
    int failed;

    if (!vp_image_write(image, fd, error)) {
        g_prefix_error(error, "payload image %s/%s: ", store->directory, name);
        return FALSE;
    }
    if (TEMP_FAILURE_RETRY(fdatasync(fd)) == 0 &&
        TEMP_FAILURE_RETRY(renameat(store->fd, temporary, store->fd, name)) == 0)
        return TRUE;
    failed = errno;
    if (is_directory(store, name))
        return set_in_the_way(error, store, name);
    return vp_error_set_errno(error, failed, "payload image %s/%s", store->directory, name);
}

/* A few lines of a definition can refer to a large file many times over. The directory is on the
 * host's own /run, whose last room other programs need more; a small image takes what it gets. */
enum { SMALL_IMAGE = 1 << 20, SHARE_OF_ROOM = 4 };

static gboolean
check_room(const VpStore *store, const VpImage *image, GError **error)
{
    struct statfs status;

    if (image->size <= SMALL_IMAGE || fstatfs(store->fd, &status) < 0 || status.f_blocks == 0 ||
        image->size <= (guint64)status.f_bavail * (guint64)status.f_bsize / SHARE_OF_ROOM)
        return TRUE;
    return vp_error_set(
        error, VP_ERROR_QUOTA,
        "payload image: of %" G_GUINT64_FORMAT
        " MiB would take more than a quarter of the free space in %s; refer to less, or "
        "configure a larger directory",
        (image->size + (1 << 20) - 1) >> 20, store->directory);
}

/* The descriptor is the new file's, whatever its name leads to now. After the rename: without
 * capabilities root could not open another user's temporary, to remove it after a kill. */
static gboolean
give(const VpStore *store, int fd, const char *name, const VpOwner *owner, GError **error)
{
    int failed;

    if (!owner->is_set || geteuid() != 0 || fchown(fd, owner->uid, owner->gid) == 0)
        return TRUE;
    failed = errno;
    unlink_name(store, name);
    return vp_error_set_errno(error, failed,
                              "payload image %s/%s: cannot be given to user %u, group %u",
                              store->directory, name, owner->uid, owner->gid);
}

gboolean
vp_payload_store_write(VpStore *store, const char *name, const VpImage *image, const VpOwner *owner,
                       GError **error)
{
    g_autofree char *temporary = temporary_name(name);
    vp_autofd int fd = -1;

    if (!check_room(store, image, error))
        return FALSE;
    fd = create_temporary(store, temporary, error);
    if (fd < 0)
        return FALSE;
    if (!fill_and_rename(store, fd, temporary, name, image, error)) {
        unlink_name(store, temporary);
        return FALSE;
    }
    return give(store, fd, name, owner, error);
}

/* --- without writing -------------------------------------------------------------------------- */

/* What its stop gives back: the image of a guest that still runs. */
static guint64
held_room(const VpStore *store, const char *name)
{
    struct stat status;

    return fstatat(store->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0
               ? (guint64)status.st_blocks * 512
               : 0;
}

/* Blocks that its extents touch: what lies between them stays a hole. */
static guint64
needed_room(const VpImage *image, guint64 block)
{
    guint64 blocks = 0, next = 0; /* the first block that is not counted yet */

    for (guint i = 0; i < image->extents->len; i++) {
        const VpExtent *extent = &g_array_index(image->extents, VpExtent, i);
        guint64 first = MAX(extent->offset / block, next);
        guint64 end = (extent->offset + extent->size + block - 1) / block;

        blocks += end > first ? end - first : 0;
        next = MAX(next, end);
    }
    return blocks * block;
}

/* What the kernel would answer to a new file of that size. */
static int
compare_room(const VpStore *store, const VpImage *image, const char *name)
{
    struct statfs status;
    guint64 block, room;

    if (faccessat(store->fd, ".", W_OK | X_OK, AT_EACCESS) < 0)
        return errno;
    if (fstatfs(store->fd, &status) < 0 || status.f_blocks == 0)
        return 0;
    block = (guint64)status.f_bsize;
    room = (guint64)status.f_bavail * block + held_room(store, name);
    return needed_room(image, block) > room || (status.f_files > 0 && status.f_ffree == 0) ? ENOSPC
                                                                                           : 0;
}

static gboolean
check_parent(const char *directory, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(directory);

    if (access(parent, W_OK | X_OK) == 0)
        return TRUE;
    set_open_error(error, directory, errno);
    return FALSE;
}

gboolean
vp_payload_store_check(const char *directory, const char *name, const VpImage *image,
                       GError **error)
{
    GError *failure = NULL;
    g_autoptr(VpStore) store = vp_payload_store_open_existing(directory, &failure);
    g_autofree char *temporary = temporary_name(name);
    int failed;

    if (failure != NULL) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (store == NULL)
        return check_parent(directory, error);
    if (!check_room(store, image, error))
        return FALSE;
    if (is_directory(store, name))
        return set_in_the_way(error, store, name);
    failed = compare_room(store, image, name);
    if (failed == ENOSPC)
        vp_error_set_errno(error, failed, "payload image %s/%s: cannot be written",
                           store->directory, name);
    else if (failed != 0)
        vp_error_set_errno(error, failed, "payload image %s/%s", store->directory, temporary);
    return failed == 0;
}

/* --- removal ---------------------------------------------------------------------------------- */

static gboolean
remove_name(const VpStore *store, const char *name, GError **error)
{
    int failed = vp_domain_image_name_is_temporary(name)
                     ? remove_stale(store, name, LOCK_EX | LOCK_NB)
                     : unlink_name(store, name);

    if (failed == 0 || (failed == EWOULDBLOCK && vp_domain_image_name_is_temporary(name)))
        return TRUE;
    return vp_error_set_errno(error, failed, "payload image %s/%s", store->directory, name);
}

static void remove_notes(VpStore *store, const char *uuid, GError **error);

/* Everything that can be removed is; the first error is reported. */
gboolean
vp_payload_store_remove_guest(VpStore *store, const char *uuid, GError **error)
{
    g_autoptr(GPtrArray) names = vp_payload_store_list(store, error);
    GError *first = NULL;

    if (!names)
        return FALSE;
    remove_notes(store, uuid, &first);
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *owner = vp_domain_image_name_uuid(name);

        if (g_ascii_strcasecmp(owner, uuid) == 0)
            (void)!remove_name(store, name, first != NULL ? NULL : &first);
    }
    if (first == NULL)
        return TRUE;
    g_propagate_error(error, first);
    return FALSE;
}

gboolean
vp_payload_store_remove_guest_from(const char *directory, const char *uuid, GError **error)
{
    GError *failure = NULL;
    g_autoptr(VpStore) store = vp_payload_store_open_existing(directory, &failure);

    if (store)
        return vp_payload_store_remove_guest(store, uuid, error);
    if (failure == NULL)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

static gboolean
has_text(int fd, guint64 offset, const char *text)
{
    char found[16];

    g_return_val_if_fail(strlen(text) <= sizeof(found), FALSE);
    return vp_io_pread(fd, found, strlen(text), offset, NULL) &&
           memcmp(found, text, strlen(text)) == 0;
}

static gboolean
has_maker(int fd)
{
    const guint64 descriptor = VP_ISO_SYSTEM_SECTORS * VP_ISO_SECTOR;

    if (has_text(fd, descriptor + VP_ISO_VD_ID, VP_ISO_STANDARD_ID))
        return has_text(fd, descriptor + VP_ISO_VD_APPLICATION, VP_IMAGE_ISO_MAKER);
    return has_text(fd, VP_FAT_BS_OEM, VP_IMAGE_VFAT_MAKER);
}

gboolean
vp_payload_store_holds(VpStore *store, const char *name)
{
    vp_autofd int fd =
        TEMP_FAILURE_RETRY(openat(store->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status;

    return fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1 &&
           has_maker(fd);
}

/* --- names ----------------------------------------------------------------------------------- */

static gboolean
read_names(DIR *stream, GPtrArray *names)
{
    const struct dirent *entry;

    errno = 0;
    while ((entry = readdir(stream)) != NULL) {
        g_autofree char *uuid = vp_domain_image_name_uuid(entry->d_name);

        if (uuid != NULL)
            g_ptr_array_add(names, g_strdup(entry->d_name));
        errno = 0;
    }
    return errno == 0;
}

GPtrArray *
vp_payload_store_list(VpStore *store, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    int fd = TEMP_FAILURE_RETRY(openat(store->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    gboolean complete = stream != NULL && read_names(stream, names);
    int failed = errno;

    if (stream != NULL)
        closedir(stream);
    else if (fd >= 0)
        close(fd);
    if (!complete) {
        vp_error_set_errno(error, failed, "payload directory %s", store->directory);
        return NULL;
    }
    g_ptr_array_sort(names, vp_compare_text);
    return g_steal_pointer(&names);
}

/* --- notes ----------------------------------------------------------------------------------- */

static const char *const note_suffixes[] = {
    [VP_NOTE_ERROR] = ".error",
    [VP_NOTE_PLUGGED] = ".plugged",
    [VP_NOTE_RESUMED] = ".resumed",
};

gboolean
vp_payload_store_note(VpStore *store, const char *uuid, VpNote note, const char *text,
                      GError **error)
{
    g_autofree char *name = g_strconcat(uuid, note_suffixes[note], NULL);
    int failed = unlink_name(store, name);
    vp_autofd int fd = -1;

    if (failed == 0 && text != NULL) {
        fd = TEMP_FAILURE_RETRY(
            openat(store->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        failed = fd < 0 ? errno : 0;
    }
    if (failed != 0)
        return vp_error_set_errno(error, failed, "%s/%s", store->directory, name);
    return text == NULL || vp_io_pwrite(fd, text, strnlen(text, VP_STORE_NOTE_MAX), 0, error);
}

static void
remove_notes(VpStore *store, const char *uuid, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(note_suffixes); i++)
        (void)!vp_payload_store_note(store, uuid, (VpNote)i, NULL, *error != NULL ? NULL : error);
}

char *
vp_payload_store_read_note(VpStore *store, const char *uuid, VpNote note)
{
    g_autofree char *name = g_strconcat(uuid, note_suffixes[note], NULL);
    vp_autofd int fd =
        TEMP_FAILURE_RETRY(openat(store->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    char text[VP_STORE_NOTE_MAX];
    ssize_t size = fd >= 0 ? TEMP_FAILURE_RETRY(read(fd, text, sizeof(text))) : -1;

    return size > 0 ? g_strndup(text, (gsize)size) : NULL;
}
