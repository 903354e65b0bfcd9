/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A payload drive brought to a guest that libvirt has, and taken from it again. Each is idempotent.
 */
#pragma once

#include "libvirt/virt.h"
#include "payload/conf.h"
#include "payload/rewrite.h"

typedef enum {
    VP_DRIVE_UNCHANGED, /* nothing was to be done */
    VP_DRIVE_CHANGED,
    VP_DRIVE_RELEASING, /* detach: the guest was asked to release the drive, and has not yet */
    VP_DRIVE_RUN_OVER,  /* the run that was meant is over */
} VpDriveResult;

/* The definition of the next start: the drive as it is cold-plugged. VP_ERROR_NOT_FOUND if its
 * metadata has no payload, VP_ERROR_DRIVE if the guest is transient and so has none. */
gboolean vp_virt_attach_config(const VpGuest *guest, const VpConf *conf, VpDriveResult *result,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a definition that was read already, whose payload may have been changed since:
 * without specs the drive is taken out. mode: VP_REWRITE_ENSURE, or VP_REWRITE_FOLLOW to
 * add none. */
gboolean vp_virt_attach_config_read(const VpGuest *guest, VpDomain *domain, GPtrArray *specs,
                                    const VpConf *conf, VpRewriteMode mode, VpDriveResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The running guest: media into a payload CD-ROM that is there and empty, otherwise a new drive on
 * a bus that can be plugged. run: the id of the run that is meant, whose image the hook has made;
 * 0: whichever runs, and the image is made here, of the run's own metadata. VP_ERROR_DRIVE if the
 * guest does not run or no bus of it takes the drive. */
gboolean vp_virt_attach_live(const VpGuest *guest, const VpConf *conf, int run,
                             VpDriveResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* If a drive of the running guest cannot be unplugged (SATA, IDE, floppy), its medium is ejected.
 */
gboolean vp_virt_detach_config(const VpGuest *guest, const VpConf *conf, VpDriveResult *result,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_virt_detach_live(const VpGuest *guest, const VpConf *conf, VpDriveResult *result,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
