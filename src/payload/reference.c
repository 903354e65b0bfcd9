/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* @secret and @src: opens what a spec refers to, below the administrator's directories only. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "payload/reference.h"
#include "spec/check.h"

/* Bytes; the check of passwords has a closer limit. RSA of 16384 bits has 12 KiB. */
enum { MAX_SECRET = 1024, MAX_KEY = 16 << 10 };

/* The place of a reference, and the requirements of its file. */
typedef struct {
    const char *element;
    const char *attribute;
    VpPlace place;
    const char *directory;
    mode_t forbidden; /* of the file: what group and others may not */
    const char *path; /* whole, for messages; NULL: not to be named */
} Place;

static void
set_error(GError **error, const Place *place, const char *why)
{
    (void)vp_error_set_at(error, VP_ERROR_REFERENCE, place->element, &place->place, "%s: %s",
                          place->attribute, why);
}

/* The name of a secret is not secret, and its owner needs the whole path. */
static void
set_missing(GError **error, const Place *place)
{
    g_autofree char *quoted = NULL;

    if (place->path == NULL) {
        (void)vp_error_set_at(error, VP_ERROR_REFERENCE, place->element, &place->place,
                              "%s: no such file below %s", place->attribute, place->directory);
        return;
    }
    quoted = g_shell_quote(place->path);
    (void)vp_error_set_at(error, VP_ERROR_REFERENCE, place->element, &place->place,
                          "%s: no such file: %s; to create it, type the password into: install -D "
                          "-m 600 /dev/stdin %s",
                          place->attribute, place->path, quoted);
}

static void
set_errno(GError **error, const Place *place, int errnum)
{
    if (errnum == ENOENT)
        set_missing(error, place);
    else if ((errnum == ELOOP || errnum == ENOTDIR) && place->path != NULL)
        (void)vp_error_set_at(error, VP_ERROR_REFERENCE, place->element, &place->place,
                              "%s: %s: its path has a link, or a file where a directory should be",
                              place->attribute, place->path);
    else if (errnum == EACCES && geteuid() != 0)
        set_error(error, place, "only its owner may read it; run this as root");
    else if (errnum == ELOOP || errnum == ENOTDIR)
        set_error(error, place, "its path has a link, or a file where a directory should be");
    else {
        vp_error_set_errno(error, errnum, "%s", place->attribute);
        (void)vp_error_set_place(error, place->element, &place->place);
    }
}

/* --- the way to the file --------------------------------------------------------------------- */

/* The file itself: of a secret the whole path, of a @src only what to do. */
static void
set_exposed(GError **error, const Place *place)
{
    g_autofree char *quoted = place->path != NULL ? g_shell_quote(place->path) : NULL;

    if (quoted == NULL) {
        set_error(error, place, "others may write to the file; chown root, chmod go-w");
        return;
    }
    (void)vp_error_set_at(error, VP_ERROR_REFERENCE, place->element, &place->place,
                          "%s: %s: must be owned by root and readable only by root; run: chown "
                          "root %s && chmod 0600 %s",
                          place->attribute, place->path, quoted, quoted);
}

static gboolean
check_owner(const Place *place, const struct stat *status, mode_t forbidden, GError **error)
{
    if ((status->st_uid == geteuid() || status->st_uid == 0) && (status->st_mode & forbidden) == 0)
        return TRUE;
    if (S_ISDIR(status->st_mode))
        (void)vp_error_set_at(
            error, VP_ERROR_REFERENCE, place->element, &place->place,
            "%s: a directory on its path is owned or writable by others; below %s chown "
            "root, chmod go-w",
            place->attribute, place->directory);
    else
        set_exposed(error, place);
    return FALSE;
}

static int
open_step(const Place *place, int parent, const char *name, GError **error)
{
    vp_autofd int fd =
        TEMP_FAILURE_RETRY(openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0) {
        set_errno(error, place, errno);
        return -1;
    }
    return check_owner(place, &status, S_IWGRP | S_IWOTH, error) ? vp_fd_steal(&fd) : -1;
}

static int
open_last(const Place *place, int parent, const char *name, guint64 *size, GError **error)
{
    vp_autofd int fd = TEMP_FAILURE_RETRY(
        openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0) {
        set_errno(error, place, errno);
        return -1;
    }
    if (!S_ISREG(status.st_mode)) {
        set_error(error, place, "is not a regular file");
        return -1;
    }
    if (!check_owner(place, &status, place->forbidden, error))
        return -1;
    *size = (guint64)status.st_size;
    return vp_fd_steal(&fd);
}

/* Step by step and never through a link, so that each directory's owner is seen as well; that is
 * more than openat2(2)'s RESOLVE_BENEATH says, and needs no newer kernel. */
static int
open_beneath(const Place *place, const char *path, guint64 *size, GError **error)
{
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    guint last = g_strv_length(names);
    g_autoptr(GError) cause = NULL;
    vp_autofd int directory = -1;

    if (!vp_spec_check_reference(path, &cause)) {
        set_error(error, place, cause->message);
        return -1;
    }
    directory = open_step(place, AT_FDCWD, place->directory, error);
    for (guint i = 0; directory >= 0 && i + 1 < last; i++) {
        int next = open_step(place, directory, names[i], error);

        vp_fd_clear(&directory);
        directory = next;
    }
    return directory < 0 ? -1 : open_last(place, directory, names[last - 1], size, error);
}

/* --- secrets --------------------------------------------------------------------------------- */

#define SHARED "shared"

/* A name that is another guest's UUID gives no right to its secrets. */
static gboolean
name_is_scope(const VpSpec *spec)
{
    const char *name = spec->guest_name;

    return !g_uuid_string_is_valid(name) && strchr(name, '/') == NULL && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0;
}

static gboolean
names_scope(const VpSpec *spec, const char *secret)
{
    const char *slash = strchr(secret, '/');
    g_autofree char *first = slash != NULL ? g_strndup(secret, (gsize)(slash - secret)) : NULL;

    return first != NULL && (strcmp(first, SHARED) == 0 || strcmp(first, spec->guest_uuid) == 0 ||
                             (name_is_scope(spec) && strcmp(first, spec->guest_name) == 0));
}

/* Below the secrets' directory. */
static char *
find_secret(const VpSpec *spec, const char *directory, const char *secret)
{
    g_autofree char *by_uuid = g_strconcat(spec->guest_uuid, "/", secret, NULL);
    g_autofree char *path = g_build_filename(directory, by_uuid, NULL);

    if (names_scope(spec, secret))
        return g_strdup(secret);
    if (!name_is_scope(spec) || access(path, F_OK) == 0)
        return g_steal_pointer(&by_uuid);
    return g_strconcat(spec->guest_name, "/", secret, NULL);
}

static gboolean
check_secret(const Place *place, const char *text, const VpPassword *password, GError **error)
{
    gboolean is_good = vp_spec_check_password(text, error) &&
                       (!password->hashed || vp_spec_check_password_hash(text, error));

    if (is_good)
        return TRUE;
    g_prefix_error(error, "%s: its text ", place->attribute);
    return vp_error_set_place(error, place->element, &place->place);
}

/* UTF-8 of at most maximum bytes; the buffer has room for one more and a NUL. */
static gboolean
read_secret(const Place *place, int fd, char *text, gsize maximum, GError **error)
{
    gsize size = 0;
    ssize_t n;

    do {
        n = TEMP_FAILURE_RETRY(read(fd, text + size, maximum + 1 - size));
        size += n > 0 ? (gsize)n : 0;
    } while (n > 0 && size <= maximum);
    if (n < 0) {
        set_errno(error, place, errno);
        return FALSE;
    }
    if (size > maximum || !g_utf8_validate_len(text, size, NULL)) {
        set_error(error, place, "the file is too long, or is not UTF-8 text");
        return FALSE;
    }
    text[size] = '\0';
    return TRUE;
}

static void
drop_newline(char *text)
{
    gsize size = strlen(text);

    if (size > 0 && text[size - 1] == '\n')
        text[size - 1] = '\0';
}

static int
open_secret(Place *place, const VpSpec *spec, const char *secret, GError **error)
{
    g_autofree char *name = find_secret(spec, place->directory, secret);
    g_autofree char *path = g_build_filename(place->directory, name, NULL);
    g_autoptr(GError) cause = NULL;
    guint64 size;
    int fd;

    if (!vp_spec_check_reference(secret, &cause)) {
        set_error(error, place, cause->message);
        return -1;
    }
    place->path = path;
    fd = open_beneath(place, name, &size, error);
    place->path = NULL;
    return fd;
}

static gboolean
resolve_password(VpPassword *password, const char *element, const VpSpec *spec, const VpConf *conf,
                 GError **error)
{
    Place place = {element, "secret", {0, NULL}, conf->secrets_directory, S_IRWXG | S_IRWXO, NULL};
    char text[MAX_SECRET + 2];
    vp_autofd int fd = -1;

    if (password == NULL || password->secret == NULL || password->text != NULL)
        return TRUE;
    place.place = password->place;
    fd = open_secret(&place, spec, password->secret, error);
    if (fd >= 0 && read_secret(&place, fd, text, MAX_SECRET, error)) {
        drop_newline(text);
        if (check_secret(&place, text, password, error))
            password->text = g_strdup(text);
    }
    explicit_bzero(text, sizeof(text));
    return password->text != NULL;
}

/* sshd wants the line feed after the last line. */
static gboolean
resolve_host_key(VpSshHostKey *key, const VpSpec *spec, const VpConf *conf, GError **error)
{
    Place place = {"ssh-host-key",          "secret",          key->place,
                   conf->secrets_directory, S_IRWXG | S_IRWXO, NULL};
    char text[MAX_KEY + 2];
    vp_autofd int fd = -1;

    if (key->text != NULL)
        return TRUE;
    fd = open_secret(&place, spec, key->secret, error);
    if (fd >= 0 && read_secret(&place, fd, text, MAX_KEY, error)) {
        drop_newline(text);
        if (vp_spec_check_private_key(text, error))
            key->text = g_strconcat(text, "\n", NULL);
        else
            (void)vp_error_set_place(error, place.element, &place.place);
    }
    explicit_bzero(text, sizeof(text));
    return key->text != NULL;
}

/* --- files ----------------------------------------------------------------------------------- */

static gboolean
resolve_data(VpData *data, const char *element, const VpConf *conf, GError **error)
{
    Place place = {element, "src", {0, NULL}, conf->files_directory, S_IWGRP | S_IWOTH, NULL};

    if (data == NULL || data->src == NULL || data->fd >= 0)
        return TRUE;
    place.place = data->place;
    data->fd = open_beneath(&place, data->src, &data->size, error);
    return data->fd >= 0;
}

static gboolean
resolve_users(const VpSpec *spec, const VpConf *conf, GError **error)
{
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = spec->users->pdata[i];

        if (!resolve_password(user->password, "user/password", spec, conf, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
resolve_system(const VpSpec *spec, const VpConf *conf, GError **error)
{
    const VpSystem *system = &spec->system;

    for (guint i = 0; i < system->ssh_host_keys->len; i++) {
        if (!resolve_host_key(system->ssh_host_keys->pdata[i], spec, conf, error))
            return FALSE;
    }
    for (guint i = 0; i < system->ca_certs->len; i++) {
        if (!resolve_data(((VpCaCert *)system->ca_certs->pdata[i])->data, "ca-cert", conf, error))
            return FALSE;
    }
    for (guint i = 0; i < system->apt_repositories->len; i++) {
        const VpAptRepository *repository = system->apt_repositories->pdata[i];

        if (!resolve_data(repository->key, "apt-repository/key", conf, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
resolve_files(const VpSpec *spec, const VpConf *conf, GError **error)
{
    for (guint i = 0; i < spec->write_files->len; i++) {
        const VpWriteFile *file = spec->write_files->pdata[i];

        if (!resolve_data(file->data, "write-file", conf, error))
            return FALSE;
    }
    for (guint i = 0; i < spec->files->len; i++) {
        const VpFile *file = spec->files->pdata[i];

        if (!resolve_data(file->data, "file", conf, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
resolve_sysprep(const VpSpec *spec, const VpConf *conf, GError **error)
{
    const VpSysprep *sysprep = &spec->sysprep;

    return resolve_password(sysprep->domain_password, "domain-password", spec, conf, error) &&
           resolve_password(sysprep->admin_password, "admin-password", spec, conf, error) &&
           resolve_data(sysprep->template, "template", conf, error);
}

gboolean
vp_payload_reference_resolve(VpSpec *spec, const VpConf *conf, GError **error)
{
    return resolve_users(spec, conf, error) &&
           resolve_data(spec->network_config, "network-config", conf, error) &&
           resolve_data(spec->user_data, "user-data", conf, error) &&
           resolve_data(spec->vendor_data, "vendor-data", conf, error) &&
           resolve_data(spec->meta_data, "meta-data", conf, error) &&
           resolve_files(spec, conf, error) && resolve_system(spec, conf, error) &&
           resolve_sysprep(spec, conf, error);
}

int
vp_payload_reference_open(const char *directory, const char *name, guint64 *size, GError **error)
{
    const Place place = {"profile", name, {0, NULL}, directory, S_IWGRP | S_IWOTH, NULL};

    return open_beneath(&place, name, size, error);
}
