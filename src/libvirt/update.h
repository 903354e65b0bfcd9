/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes the payload of a running guest: its metadata, image and drive change together, so that a
 * migration or restore builds the same image. */
#pragma once

#include "domain/domain.h"
#include "libvirt/virt.h"
#include "payload/conf.h"

typedef enum {
    VP_UPDATE_FORCE = 1 << 0,   /* open a CD-ROM's tray even if the guest has locked it */
    VP_UPDATE_DRY_RUN = 1 << 1, /* change nothing; say what would be done */
} VpUpdateFlags;

typedef enum {
    VP_UPDATE_NONE,      /* the running guest has it already */
    VP_UPDATE_MEDIA,     /* a new medium in the CD-ROM or floppy drive */
    VP_UPDATE_REPLUGGED, /* the drive unplugged and plugged in again */
    VP_UPDATE_PLUGGED,   /* the running guest had no drive */
} VpUpdateKind;

typedef struct {
    VpUpdateKind kind;
    char *target; /* of the drive; NULL if it was plugged just now */
} VpUpdateResult;
void vp_virt_update_result_clear(VpUpdateResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VpUpdateResult, vp_virt_update_result_clear)

/* wanted: the running guest's definition with the payload that it is to have. An error before a
 * drive is touched changes nothing; a CD-ROM that the guest has locked is such an error.
 * VP_ERROR_DRIVE if the guest is not running, does not release its drive within 30 seconds, or if
 * the payload asks for a drive other than that of the running guest; VP_ERROR_NOT_FOUND if wanted
 * has no payload of our namespace. */
gboolean vp_virt_update_run(const VpGuest *guest, const VpConf *conf, const VpDomain *wanted,
                            VpUpdateFlags flags, VpUpdateResult *result,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same with the payload of the guest's definition; a transient guest's is that of its run. */
gboolean vp_virt_update_from_definition(const VpGuest *guest, const VpConf *conf,
                                        VpUpdateFlags flags, VpUpdateResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
