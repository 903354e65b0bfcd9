/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of libvirt/host, with the facts of this host. */
#include <config.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "command/this-host.h"
#include "libvirt/hook-file.h"
#include "libvirt/qemu-user.h"
#include "payload/store.h"

static VpHost
this_host(const VpConf *conf)
{
    return (VpHost){.root = "",
                    .hooks = VP_HOOKDIR,
                    .program = VP_SBINDIR "/virt-payload-hook",
                    .directory = conf->directory};
}

/* --- the daemon ------------------------------------------------------------------------------- */

/* When systemd last saw the daemon start, reload or stop, in seconds since 1970; 0 if it cannot be
 * asked. libvirt itself does not tell. */
static gint64
reload_of(const VpHost *host)
{
    g_autofree char *unit = vp_virt_host_daemon_unit(host);
    const char *argv[] = {"systemctl", "show", "--property=StateChangeTimestampMonotonic",
                          "--value",   unit,   NULL};
    g_autofree char *out = NULL;
    gint64 monotonic;

    if (unit == NULL || access("/run/systemd/system", F_OK) < 0 ||
        !g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &out, NULL, NULL, NULL))
        return 0;
    monotonic = g_ascii_strtoll(out, NULL, 10);
    if (monotonic <= 0)
        return 0;
    return (g_get_real_time() - g_get_monotonic_time() + monotonic) / G_USEC_PER_SEC;
}

static gint64
last_image(const char *directory)
{
    g_autoptr(VpStore) store = vp_payload_store_open_existing(directory, NULL);
    g_autoptr(GPtrArray) names = store != NULL ? vp_payload_store_list(store, NULL) : NULL;
    gint64 last = 0;

    for (guint i = 0; names != NULL && i < names->len; i++) {
        g_autofree char *path = g_build_filename(directory, names->pdata[i], NULL);
        struct stat status;

        if (lstat(path, &status) == 0)
            last = MAX(last, status.st_mtime);
    }
    return last;
}

static void
note(const char *what, const char *message, gpointer data)
{
    *(gboolean *)data = TRUE;
}

/* systemd and the images are asked only if the daemon is older than the hook. */
static void
check_daemon(VpHost *host, VpHostTell *tell, gpointer data)
{
    gboolean is_older = FALSE;

    vp_virt_host_check_daemon(host, note, &is_older);
    if (!is_older)
        return;
    host->reloaded = reload_of(host);
    host->last_image = last_image(host->directory);
    vp_virt_host_check_daemon(host, tell, data);
}

static void
check_hook(VpHost *host, VpHostTell *tell, gpointer data)
{
    g_autoptr(GPtrArray) hooks = vp_virt_hook_file_find(host);

    vp_virt_hook_file_check(host, tell, data);
    if (hooks->len == 0)
        return;
    host->hook = hooks->pdata[0];
    check_daemon(host, tell, data);
    vp_virt_host_check_selinux_hook(host, tell, data);
    host->hook = NULL;
}

void
vp_command_this_host_check(const VpConf *conf, VpHostTell *tell, gpointer data)
{
    VpHost host = this_host(conf);

    check_hook(&host, tell, data);
    vp_virt_host_check_apparmor(&host, tell, data);
    vp_virt_host_check_selinux(&host, tell, data);
    vp_virt_qemu_user_check(&host, conf, tell, data);
}

/* --- a warning -------------------------------------------------------------------------------- */

static void
warn_once(const char *what, const char *message, gpointer data)
{
    gboolean *is_told = data;
    g_autofree char *path = vp_escape_name(what);
    g_autofree char *text = vp_escape_name(message);

    if (!*is_told)
        fprintf(stderr, "virt-payload: warning: %s: %s\n", path, text);
    *is_told = TRUE;
}

void
vp_command_this_host_warn(const VpConf *conf, const VpVirt *virt)
{
    VpHost host = this_host(conf);
    gboolean is_told = FALSE;

    if (virt != NULL && vp_virt_is_qemu(virt) && vp_virt_is_this_host(virt, conf)) {
        check_hook(&host, warn_once, &is_told);
        vp_virt_qemu_user_check(&host, conf, warn_once, &is_told);
    }
}
