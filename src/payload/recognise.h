/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which disks of a definition are payload drives, and whose. Pure. A payload drive is a CD-ROM, a
 * floppy or a read-only disk, recognised by its source path: in any directory UUID.img or
 * UUID-NAME.img of this guest, or one of oVirt's paths, "PAYLOAD:" and /var/run/vdsm/payload/, or
 * oVirt's name, UUID.HASH.img. */
#pragma once

#include "domain/domain.h"
#include "spec/spec.h"

/* TRUE if the disk is a payload drive of this guest. */
gboolean vp_payload_recognise(const VpDomain *domain, const VpDisk *disk);

/* TRUE if the disk shows an image in the payload directory that belongs to another UUID: as in a
 * clone or a copied definition. The same for the overlay of a snapshot in there. */
gboolean vp_payload_recognise_foreign(const VpDomain *domain, const VpDisk *disk,
                                      const char *directory);

/* The drive that shows this image of the guest, by the last component of its path; NULL: none.
 * Borrowed. */
VpDisk *vp_payload_recognise_image(const VpDomain *domain, const char *image_name);

/* The drive of oVirt's that belongs to the spec: the one at its target, otherwise, if the spec is
 * the only one, the only drive. NULL: none. Borrowed. */
VpDisk *vp_payload_recognise_ovirt(const VpDomain *domain, const VpSpec *spec, gboolean only_spec);

/* The drive whose image oVirt's host agent makes of the spec; NULL: none. Borrowed. */
const VpDisk *vp_payload_recognise_vdsm(const VpDomain *domain, const VpSpec *spec);

/* TRUE if two paths are one: /var/run is a link to /run. */
gboolean vp_payload_recognise_same_path(const char *a, const char *b);
