/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpDrive: what a payload's drive is in one domain: device, bus, target and address. Pure. */
#pragma once

#include "domain/domain.h"
#include "spec/spec.h"

typedef struct {
    VpBus bus;          /* never VP_BUS_AUTO */
    const char *device; /* "disk", "cdrom", "floppy" */
    char *target;       /* "vdb" */
    int controller; /* scsi: an address on this controller is to be given; -1: libvirt's own choice
                     */
    int unit;
    gboolean needs_controller; /* scsi: the domain has no controller, and libvirt's default model
                                * for PCs (lsi53c895a) is one that few guests can drive */
} VpDrive;

/* The bus that "auto" means for this domain: that of a fixed target, otherwise that of the guest's
 * own first disk or CD-ROM (but never virtio for Windows), otherwise by machine type. A fixed bus
 * is itself. */
VpBus vp_payload_drive_choose_bus(const VpDomain *domain, const VpSpec *spec);

/* The drive as it is added to a definition: on that bus or, if "auto" would find no place there, on
 * another for which the guest has a driver; with a target that sorts after the guest's own disks of
 * the bus (domain/place.h) and leaves its boot order as it is. VP_ERROR_TARGET if the requested
 * target is used or does not fit the bus, or if there is no place. */
VpDrive *vp_payload_drive_plan(const VpDomain *domain, const VpSpec *spec,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_payload_drive_free(VpDrive *drive);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpDrive, vp_payload_drive_free)

/* TRUE if an existing drive may stay: the spec fixes neither another bus nor another target,
 * and its format can be read from such a device. */
gboolean vp_payload_drive_fits(const VpDisk *disk, const VpSpec *spec);

/* TRUE if an existing drive sorts before a disk of the guest's own, or has taken the next free
 * letter, as those that earlier versions added, and the spec does not ask for that target. */
gboolean vp_payload_drive_is_early(const VpDomain *domain, const VpDisk *disk, const VpSpec *spec);

/* The ways to hot-plug the drive that can succeed, best first: CD-ROM on a virtio-scsi controller,
 * virtio disk, USB; for Windows USB only. An array of VpDrive; empty if there is none. SATA, IDE
 * and floppies cannot be plugged into a running guest (qemuDomainAttachDeviceDiskLiveInternal). */
GPtrArray *vp_payload_drive_plan_hotplug(const VpDomain *domain, const VpSpec *spec);

/* VP_ERROR_DRIVE if that array would be empty for one of the specs, each taking what it needs. */
gboolean vp_payload_drive_check_hotplug(const VpDomain *domain, const GPtrArray *specs,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
