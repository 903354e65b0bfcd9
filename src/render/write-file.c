/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owners and homes of files that cloud-init writes. */
#include <config.h>

#include <string.h>

#include "render/write-file.h"

/* Accounts and groups of Debian's base-passwd and Fedora's setup. */
static const char *const base_names[] = {"adm",
                                         "audio",
                                         "backup",
                                         "bin",
                                         "cdrom",
                                         "daemon",
                                         "dialout",
                                         "dip",
                                         "disk",
                                         "fax",
                                         "floppy",
                                         "ftp",
                                         "games",
                                         "gnats",
                                         "halt",
                                         "input",
                                         "irc",
                                         "kmem",
                                         "kvm",
                                         "list",
                                         "lock",
                                         "lp",
                                         "mail",
                                         "man",
                                         "mem",
                                         "news",
                                         "nobody",
                                         "nogroup",
                                         "operator",
                                         "plugdev",
                                         "proxy",
                                         "render",
                                         "root",
                                         "sasl",
                                         "shadow",
                                         "shutdown",
                                         "src",
                                         "staff",
                                         "sudo",
                                         "sync",
                                         "sys",
                                         "systemd-journal",
                                         "systemd-network",
                                         "systemd-resolve",
                                         "tape",
                                         "tty",
                                         "users",
                                         "utmp",
                                         "uucp",
                                         "video",
                                         "voice",
                                         "wheel",
                                         "www-data",
                                         NULL};

/* Those of them that are groups only. */
static const char *const base_groups[] = {
    "audio",  "cdrom", "dialout", "dip",  "disk",  "fax",     "floppy",
    "input",  "kmem",  "kvm",     "lock", "mem",   "nogroup", "plugdev",
    "render", "sasl",  "shadow",  "src",  "staff", "sudo",    "systemd-journal",
    "tape",   "tty",   "users",   "utmp", "video", "voice",   "wheel",
    NULL};

static gboolean
is_group_of(const VpUser *user, const char *name)
{
    return g_strcmp0(user->primary_group, name) == 0 ||
           g_ptr_array_find_with_equal_func(user->groups, name, g_str_equal, NULL);
}

/* A user's name, or one of the groups that are made with it. */
static gboolean
is_made(const VpSpec *spec, const char *name)
{
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = spec->users->pdata[i];

        if (g_str_equal(user->name, name) || is_group_of(user, name))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_below(const char *path, const char *directory)
{
    gsize length = strlen(directory);

    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

static gboolean
is_in_a_home(const VpSpec *spec, const char *path)
{
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = spec->users->pdata[i];
        g_autofree char *home =
            user->home != NULL ? g_strdup(user->home) : g_strconcat("/home/", user->name, NULL);

        if (!g_str_equal(user->name, "root") && is_below(path, home))
            return TRUE;
    }
    return FALSE;
}

gboolean
vp_render_write_file_is_deferred(const VpSpec *spec, const VpWriteFile *file)
{
    g_auto(GStrv) names = g_strsplit(file->owner != NULL ? file->owner : "root", ":", 2);

    if (file->defer != VP_UNSET || spec->windows)
        return file->defer == VP_YES;
    for (char **name = names; *name != NULL; name++) {
        if (!g_strv_contains(base_names, *name) && is_made(spec, *name))
            return TRUE;
    }
    return is_in_a_home(spec, file->path);
}

gboolean
vp_render_write_file_is_base_name(const char *name)
{
    return g_strv_contains(base_names, name);
}

gboolean
vp_render_write_file_is_base_user(const char *name)
{
    return vp_render_write_file_is_base_name(name) && !g_strv_contains(base_groups, name);
}

gboolean
vp_render_write_file_owner_is_known(const VpWriteFile *file)
{
    g_auto(GStrv) names = g_strsplit(file->owner != NULL ? file->owner : "root", ":", 2);

    for (char **name = names; *name != NULL; name++) {
        if (!g_strv_contains(base_names, *name))
            return FALSE;
    }
    return TRUE;
}
