/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain XML in, domain XML out: adds, repoints or removes the payload drives. Pure. All that it does
 * not mean to change stays canonically equal (Canonical XML 1.0). */
#pragma once

#include "domain.h"
#include "drive.h"
#include "spec.h"

typedef enum {
    VP_REWRITE_ENSURE,  /* every spec has its drive with the right source: added, repointed or, where
                         * the spec now fixes another bus or target, replaced */
    VP_REWRITE_REPOINT, /* only the source path of drives that are there: what a filter may do */
    VP_REWRITE_REMOVE,  /* every payload drive of the guest goes, whatever the specs */
} VpRewriteMode;

/* Changes the domain's document and its disks; *changed says whether anything was. A drive is
 * recognised by its source path: any directory, then UUID.img or UUID-NAME.img of this guest, and oVirt's
 * "PAYLOAD:" and /var/run/vdsm/payload/ paths. It is a CD-ROM, a floppy or read-only: a disk of the
 * guest's own that happens to be named by its UUID is never touched, nor an administrator's empty
 * CD-ROM. /run and /var/run are the same directory. After an error the document is to be thrown away.
 * VP_ERROR_TARGET where the target asked for is taken or does not fit. */
gboolean vp_rewrite_domain(VpDomain *domain, GPtrArray *specs, const char *image_directory,
                           VpRewriteMode mode, gboolean *changed, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The document as text, as libvirt formats it: no XML declaration, indented by two. */
char *vp_rewrite_to_string(const VpDomain *domain);

/* The <disk> element of a drive alone, for libvirt's calls that take a device. */
char *vp_rewrite_disk_xml(const VpDomain *domain, const VpDrive *drive, const char *image_path);

/* The SCSI controller that a drive with needs_controller wants; marked, so that it goes with it. */
char *vp_rewrite_controller_xml(const VpDomain *domain);

/* The disk that shows this image, by its source path; NULL where there is none. Borrowed. */
const VpDisk *vp_rewrite_find_drive(const VpDomain *domain, const char *image_name);

/* TRUE where the disk is a payload drive of this guest, whichever. */
gboolean vp_rewrite_is_drive(const VpDomain *domain, const VpDisk *disk);
