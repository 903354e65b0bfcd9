/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpStore: the payload directory; images are created whole, replaced by rename, removed by name. */
#pragma once

#include <glib.h>

#include "image/image.h"
#include "payload/conf.h"

typedef struct VpStore VpStore;

/* Opens the directory, creating its last component (0711) if it is missing. The last component
 * is opened without following a link, and must be a directory that belongs to this euid and that no
 * other user may write to; otherwise VP_ERROR_DIRECTORY with what to fix. */
VpStore *vp_payload_store_open(const char *directory, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As vp_payload_store_open but returns NULL without an error if the directory does not exist. */
VpStore *vp_payload_store_open_existing(const char *directory, GError **error);
void vp_payload_store_close(VpStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpStore, vp_payload_store_close)

/* Writes to a new temporary (".NAME.tmp", O_EXCL, 0600 from the first byte, locked), syncs and
 * renames over NAME. Afterwards the directory holds the old image, the new one, or none; a
 * temporary of a killed run is removed by the next write of the same NAME and by sweep. Writers of
 * one NAME take turns. The image is given to the owner once it is whole. A directory in NAME's
 * place is VP_ERROR_DIRECTORY. An image over 1 MiB takes at most a quarter of the free space:
 * otherwise VP_ERROR_QUOTA. */
gboolean vp_payload_store_write(VpStore *store, const char *name, const VpImage *image,
                                const VpOwner *owner, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a write of that image would succeed, without writing: the directory, the room in it, the
 * file's place. A missing directory passes if its parent is writable. */
gboolean vp_payload_store_check(const char *directory, const char *name, const VpImage *image,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every image of a guest: "UUID.img", "UUID-*.img" and their temporaries. */
gboolean vp_payload_store_remove_guest(VpStore *store, const char *uuid,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same; a directory that does not exist has none. */
gboolean vp_payload_store_remove_guest_from(const char *directory, const char *uuid,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether NAME is a regular file, of no other name, with an image that virt-payload made. */
gboolean vp_payload_store_holds(VpStore *store, const char *name);

/* Names in the directory that are ours by form ("UUID.img", "UUID-NAME.img", temporaries). */
GPtrArray *vp_payload_store_list(VpStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A note about a guest until it stops: a file next to the image, 0600, removed with it. Text longer
 * than VP_STORE_NOTE_MAX bytes is cut; NULL removes the note. */
typedef enum {
    VP_NOTE_ERROR,   /* "UUID.error": why the hand-over failed */
    VP_NOTE_PLUGGED, /* "UUID.plugged": milliseconds from the start to the drive */
    VP_NOTE_RESUMED, /* "UUID.resumed": when a restore or a migration of it began */
} VpNote;
enum { VP_STORE_NOTE_MAX = 1024 };
gboolean vp_payload_store_note(VpStore *store, const char *uuid, VpNote note, const char *text,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL if there is none, or it cannot be read. */
char *vp_payload_store_read_note(VpStore *store, const char *uuid, VpNote note);
