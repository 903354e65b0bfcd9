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

/* The bus that "auto" means for this domain: a fixed target's own, else that of the guest's own
 * first disk or CD-ROM (where virtio is no choice for Windows), else by machine type. A fixed bus
 * is itself. */
VpBus vp_payload_drive_choose_bus(const VpDomain *domain, const VpSpec *spec);

/* The drive on that bus with the next free target; wanted, where not NULL, is taken where it is
 * free. On the bus that vp_payload_drive_choose_bus says, spec->target is fixed: VP_ERROR_TARGET
 * where it is taken or does not fit the bus; the same where the bus can hold no further drive or
 * none that is read-only. */
VpDrive *vp_payload_drive_plan(const VpDomain *domain, const VpSpec *spec, VpBus bus,
                               const char *wanted, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_payload_drive_free(VpDrive *drive);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpDrive, vp_payload_drive_free)

/* TRUE where a drive that is there may stay: the spec fixes neither another bus nor another target,
 * and its format can be read from such a device. */
gboolean vp_payload_drive_fits(const VpDisk *disk, const VpSpec *spec);

enum { VP_DRIVE_MAX_HOTPLUG = 3 };
/* The buses on which the running domain may be given the drive, best first; returns how many. SATA
 * and IDE cannot be plugged into a running guest (qemuDomainAttachDeviceDiskLiveInternal). */
gsize vp_payload_drive_hotplug_buses(const VpDomain *domain, const VpSpec *spec,
                                     VpBus buses[VP_DRIVE_MAX_HOTPLUG]);
