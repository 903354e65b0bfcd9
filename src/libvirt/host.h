/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks for what keeps libvirt's daemon from the hook, or guests from their images, although both
 * are in place: a daemon that has not seen the hook, and confinement. */
#pragma once

#include <glib.h>

typedef struct {
    const char *root;      /* prepended to every path that is checked: "" for this host */
    const char *hooks;     /* libvirt's hook directory */
    const char *hook;      /* the copy of the program in it */
    const char *program;   /* as it is installed */
    const char *directory; /* of payloads */
    gint64 reloaded;       /* when the daemon last reloaded, seconds since 1970; 0 if not known */
    gint64 last_image;     /* when the newest image was made: the hook was called; 0 for none */
} VpHost;

/* what: the path it is about */
typedef void VpHostTell(const char *what, const char *message, gpointer data);

/* libvirt looks for hooks when it starts and when it reloads (virHookInitialize). */
void vp_virt_host_check_daemon(const VpHost *host, VpHostTell *tell, gpointer data);
/* AppArmor's profile of the daemon, and that of the hook if it is loaded. */
void vp_virt_host_check_apparmor(const VpHost *host, VpHostTell *tell, gpointer data);
/* SELinux, if it enforces: the types of the program and of the payload directory. */
void vp_virt_host_check_selinux(const VpHost *host, VpHostTell *tell, gpointer data);
/* And whether its policy lets the daemon run the hook. */
void vp_virt_host_check_selinux_hook(const VpHost *host, VpHostTell *tell, gpointer data);

/* The systemd unit of the running daemon, "libvirtd.service"; NULL if none is running. */
char *vp_virt_host_daemon_unit(const VpHost *host);
