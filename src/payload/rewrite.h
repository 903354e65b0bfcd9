/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain XML in, domain XML out: adds, repoints or removes the payload drives. Pure. All that it
 * does not mean to change stays canonically equal (Canonical XML 1.0). */
#pragma once

#include "domain/domain.h"
#include "payload/drive.h"

typedef enum {
    VP_REWRITE_ENSURE, /* every spec has its drive with the right source: added, repointed or, if
                        * the spec now fixes another bus or target or the drive sorts before the
                        * guest's own disks, replaced */
    VP_REWRITE_FOLLOW, /* the same for existing drives; none is added, and none is moved that
                        * an earlier version put early */
    VP_REWRITE_REBUS,  /* the same as FOLLOW, and a drive is moved that is on another bus than would
                        * be chosen for it now */
    VP_REWRITE_REPOINT, /* only the source path of our existing drives: what a filter may do.
                         * VDSM's are left to it, because its image of the same files has other
                         * bytes */
    VP_REWRITE_REMOVE,  /* every payload drive of the guest is removed, whatever the specs */
} VpRewriteMode;

/* Changes the domain's document and its disks; *changed says whether anything was. A drive is
 * recognised by its source path: any directory, then UUID.img or UUID-NAME.img of this guest, and
 * oVirt's "PAYLOAD:" and /var/run/vdsm/payload/ paths. It is a CD-ROM, a floppy or read-only: a
 * disk of the guest's own that happens to be named by its UUID is never touched, nor an
 * administrator's empty CD-ROM. /run and /var/run are the same directory. After an error the
 * document must be discarded. A drive that shows another guest's image in image_directory, as in a
 * clone's definition, becomes this guest's, or is removed. VP_ERROR_TARGET if the requested target
 * is used or does not fit. */
gboolean vp_payload_rewrite_domain(VpDomain *domain, GPtrArray *specs, const char *image_directory,
                                   VpRewriteMode mode, gboolean *changed,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same as single steps on devices, in order, for libvirt's calls that change one device at a
 * time: they cannot restore a definition that somebody has removed or changed meanwhile. */
typedef enum {
    VP_REWRITE_ATTACH, /* a new device */
    VP_REWRITE_UPDATE, /* the device of that target, whole */
    VP_REWRITE_DETACH,
} VpRewriteChangeKind;

typedef struct {
    VpRewriteChangeKind kind;
    char *xml; /* of the device */
} VpRewriteChange;

/* An array of VpRewriteChange, empty if nothing needs a change. */
GPtrArray *vp_payload_rewrite_changes(VpDomain *domain, GPtrArray *specs,
                                      const char *image_directory, VpRewriteMode mode,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The document as text, as libvirt formats it: no XML declaration, indented by two. */
char *vp_payload_rewrite_to_string(const VpDomain *domain);

/* The <disk> element of an existing disk, and of just a drive (image_path: NULL for none), for
 * libvirt's calls that take a device. */
char *vp_payload_rewrite_element_xml(const VpDisk *disk);
char *vp_payload_rewrite_disk_xml(const VpDomain *domain, const VpDrive *drive,
                                  const char *image_path);

/* The same for an existing drive, to change its medium. */
char *vp_payload_rewrite_media_xml(const VpDomain *domain, const VpDisk *disk,
                                   const char *image_path);
