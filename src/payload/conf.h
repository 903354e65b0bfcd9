/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpConf: the administrator's choices, read from virt-payload.conf (a key file). */
#pragma once

#include <sys/types.h>

#include <glib.h>

#include "payload/owner.h"

#define VP_CONF_PATH VP_SYSCONFDIR "/virt-payload.conf"

typedef enum {
    VP_ATTACH_HOTPLUG,    /* a start without the drive: hot-plug it at this start */
    VP_ATTACH_PERSISTENT, /* the same, and add it to the definition for later starts */
    VP_ATTACH_REFUSE,     /* such a start fails, and names the command to run */
    VP_ATTACH_OFF,        /* the image is built, but no drive is added */
} VpAttach;

typedef struct {
    char *directory;         /* of images: absolute */
    char *secrets_directory; /* of @secret */
    char *files_directory;   /* of @src */
    char *profiles_directory;
    VpAttach attach;
    VpOwner image_owner; /* not set: libvirt gives the image to QEMU's user */
    char *uri;           /* libvirt's, for the hand-over; NULL: by euid */
    gboolean is_roots;   /* the system's, and this process is not root's: its images and secrets
                            cannot be read */
} VpConf;

/* The file: comments (#), one group [virt-payload], and KEY = VALUE. One table of keys drives
 * parsing, validation and the documentation test; the defaults are those of that user.
 * VP_ERROR_CONFIG with origin and line. */
VpConf *vp_payload_conf_parse(uid_t user, const char *text, gsize size, const char *origin,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Defaults if the file does not exist. A file that others may write to is refused. If the euid is
 * not 0, no file is read, and the defaults of a session apply: images below /run/user/UID, the rest
 * in ~/.config. */
VpConf *vp_payload_conf_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The system's configuration, for every user. */
VpConf *vp_payload_conf_load_system(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_payload_conf_free(VpConf *conf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpConf, vp_payload_conf_free)
