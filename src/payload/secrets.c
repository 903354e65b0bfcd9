/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks through the directory of @secret. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "payload/secrets.h"

enum { MAX_DEPTH = 8 };

typedef struct {
    VpSecretsTell *tell;
    gpointer data;
} Check;

static void check_directory(const Check *check, const char *path, guint depth);

static void
tell_command(const Check *check, const char *path, const char *what, const char *change)
{
    g_autofree char *quoted = g_shell_quote(path);
    g_autofree char *message =
        g_strdup_printf("%s; run: chown %s %s && %s %s", what,
                        geteuid() == 0 ? "root" : g_get_user_name(), quoted, change, quoted);

    check->tell(path, message, check->data);
}

static void
check_file(const Check *check, const char *path, const struct stat *status, guint depth)
{
    if (!S_ISREG(status->st_mode))
        check->tell(path, "is a link, or not a regular file; secrets are not read from it",
                    check->data);
    else if (depth == 0)
        check->tell(path,
                    "is not in a guest's directory, so no guest may use it; move it to a directory "
                    "named after the guest, or to 'shared'",
                    check->data);
    else if (status->st_uid != geteuid() || (status->st_mode & (S_IRWXG | S_IRWXO)) != 0)
        tell_command(check, path, "must be owned by root and readable only by root", "chmod 0600");
}

static void
check_entry(const Check *check, const char *path, guint depth)
{
    struct stat status;

    if (lstat(path, &status) < 0)
        return;
    if (S_ISDIR(status.st_mode))
        check_directory(check, path, depth + 1);
    else
        check_file(check, path, &status, depth);
}

static void
check_entries(const Check *check, const char *path, guint depth)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) entries = g_dir_open(path, 0, &error);
    const char *name;

    if (!entries) {
        check->tell(path, "cannot be read; only root can check what is in it", check->data);
        return;
    }
    while ((name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *entry = g_build_filename(path, name, NULL);

        check_entry(check, entry, depth);
    }
}

static void
check_directory(const Check *check, const char *path, guint depth)
{
    struct stat status;

    if (lstat(path, &status) < 0)
        return;
    if (!S_ISDIR(status.st_mode))
        check->tell(path, "is a link, or not a directory", check->data);
    else if (status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        tell_command(check, path, "others may write to it", "chmod go-w");
    else if (depth < MAX_DEPTH)
        check_entries(check, path, depth);
}

void
vp_payload_secrets_check(const char *directory, VpSecretsTell *tell, gpointer data)
{
    const Check check = {tell, data};

    check_directory(&check, directory, 0);
}
