/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adds the payload drive to a guest of libvirt's, and removes it. Both are idempotent.
 */
#pragma once

#include "libvirt/virt.h"
#include "payload/conf.h"
#include "payload/rewrite.h"

typedef enum {
    VP_DRIVE_UNCHANGED, /* nothing was to be done */
    VP_DRIVE_CHANGED,
    VP_DRIVE_RELEASING, /* detach: the guest was asked to release the drive, and has not yet */
    VP_DRIVE_RUN_OVER,  /* the guest no longer runs with that id */
} VpDriveResult;

/* The definition of the next start: the drive as it is cold-plugged. VP_ERROR_NOT_FOUND if its
 * metadata has no payload, VP_ERROR_DRIVE if the guest is transient and so has none. */
gboolean vp_virt_attach_config(const VpGuest *guest, const VpConf *conf, VpDriveResult *result,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a definition that was read already, whose payload may have been changed since:
 * without specs the drive is removed. mode: VP_REWRITE_ENSURE, or VP_REWRITE_FOLLOW to
 * add none. */
gboolean vp_virt_attach_config_read(const VpGuest *guest, VpDomain *domain, GPtrArray *specs,
                                    const VpConf *conf, VpRewriteMode mode, VpDriveResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The running guest: inserts the image into an empty payload CD-ROM, otherwise hot-plugs a new
 * drive. run: the id that the guest must have, whose image the hook has built; 0: any, and the
 * image is built here, from the running guest's metadata. VP_ERROR_DRIVE if the guest is not
 * running or has no place for the drive. */
gboolean vp_virt_attach_live(const VpGuest *guest, const VpConf *conf, int run,
                             VpDriveResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* If a drive of the running guest cannot be unplugged (SATA, IDE, floppy), its medium is ejected.
 */
gboolean vp_virt_detach_config(const VpGuest *guest, const VpConf *conf, VpDriveResult *result,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_virt_detach_live(const VpGuest *guest, const VpConf *conf, VpDriveResult *result,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- steps of these, for other changes to a running guest's drive; domain: of the run --------- */

/* VP_ERROR_DRIVE if this host is not the guest's, or a disk of its own is where the image would be.
 */
gboolean vp_virt_attach_check_image(const VpGuest *guest, const VpDomain *domain,
                                    const VpConf *conf, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Inserts a medium into an empty CD-ROM or floppy drive, or (path NULL) ejects the one that is in
 * it. With force a tray is opened that the guest has locked; an empty one always is, because
 * nothing is in it that the guest could be using. */
gboolean vp_virt_attach_media(const VpGuest *guest, const VpDomain *domain, const VpDisk *disk,
                              const char *path, gboolean force,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE for a drive on a bus that devices can be unplugged from while the guest runs. */
gboolean vp_virt_attach_can_unplug(const VpDisk *disk);

/* Asks the guest to release the drive; libvirt waits some seconds for it. */
gboolean vp_virt_attach_unplug(const VpGuest *guest, const VpDisk *disk,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
