/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places for a drive that is added to a guest's own disks: a target that sorts after all of
 * theirs, and an address on a controller that exists. Pure. */
#pragma once

#include "domain/bus.h"
#include "domain/domain.h"

/* TRUE for a disk that is not the guest's own, but another added drive. */
typedef gboolean VpPlaceIgnore(const VpDomain *domain, const VpDisk *disk);

/* A target after every own disk of the bus: "vdz", then "vdy" and so on, but never the next free
 * letter, which scripts take for the guest's next disk. IDE has four: the last of them that is
 * free. NULL if there is none. */
char *vp_domain_place_target(const VpDomain *domain, VpBus bus, VpPlaceIgnore *ignore);

typedef struct {
    int controller;
    int unit;
} VpPlaceAddress;

/* An address of type "drive" for SATA or SCSI, as far as possible from those that libvirt derives
 * from the first letters. Without one libvirt derives it from the target, and adds every controller
 * up to that. SCSI: on the controller of the guest's own first SCSI disk, otherwise on the first of
 * model virtio-scsi, otherwise on the first; -1 as controller if the domain has none. */
VpPlaceAddress vp_domain_place_address(const VpDomain *domain, VpBus bus);

/* libvirt boots the first disk, and the first CD-ROM, in its list of the domain's disks, which it
 * sorts by target within a bus (virDomainDiskInsert). FALSE if the added drive would come before
 * all of the guest's own of its kind. */
gboolean vp_domain_place_keeps_boot_order(const VpDomain *domain, const VpDisk *added,
                                          VpPlaceIgnore *ignore);

/* The same for a drive that is among the domain's disks: FALSE also if an own disk of its bus sorts
 * after it, or if it has taken the next letter. */
gboolean vp_domain_place_is_far(const VpDomain *domain, const VpDisk *disk, VpPlaceIgnore *ignore);

/* The same on a virtio-scsi controller, the only kind that a drive can be hot-plugged into: that of
 * the guest's own first SCSI disk, otherwise the first. -1 as controller if there is none. */
VpPlaceAddress vp_domain_place_virtio_scsi(const VpDomain *domain);
