/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain XML in, domain XML out: adds, repoints or removes the payload drives. Pure. All that it does
 * not mean to change stays canonically equal (Canonical XML 1.0). */
#pragma once

#include "domain.h"
#include "spec.h"

typedef enum {
    VP_REWRITE_ENSURE,  /* every spec has its drive with the right source: added or repointed */
    VP_REWRITE_REPOINT, /* only the source path of drives that are there: what a filter may do */
    VP_REWRITE_REMOVE,  /* the payload drives go */
} VpRewriteMode;

/* Changes the domain's document; *changed says whether anything was. A drive is recognised by its
 * source path alone: image_directory/UUID.img (or UUID-NAME.img) whatever the directory; oVirt's
 * "PAYLOAD:" and /var/run/vdsm/payload/ paths too. An administrator's empty CD-ROM is never taken.
 * VP_ERROR_TARGET where the target asked for is taken or does not fit. */
gboolean vp_rewrite_domain(VpDomain *domain, GPtrArray *specs, const char *image_directory,
                           VpRewriteMode mode, gboolean *changed, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The document as text, as libvirt formats it: no XML declaration, indented by two. */
char *vp_rewrite_to_string(const VpDomain *domain);

/* The <disk> element alone, for virDomainAttachDeviceFlags, fit for that domain. */
char *vp_rewrite_disk_xml(const VpDomain *domain, const VpSpec *spec, const char *image_directory,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The disk that shows this image, by its source path; NULL where there is none. Borrowed. */
const VpDisk *vp_rewrite_find_drive(const VpDomain *domain, const char *image_name);

/* The bus that "auto" means for this domain, and that fixed buses are. Never VP_BUS_AUTO. */
VpBus vp_rewrite_choose_bus(const VpDomain *domain, const VpSpec *spec);
