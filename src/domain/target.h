/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Targets of disks ("vdb") and the drive addresses that libvirt derives from them. Pure. */
#pragma once

#include "domain/bus.h"
#include "domain/domain.h"

/* "sata" and so on, as in domain XML; "sd" and so on. Static. */
const char *vp_domain_target_bus_name(VpBus bus);
const char *vp_domain_target_prefix(VpBus bus);

/* "vda" is 0, "vdz" 25, "vdaa" 26; -1 if the target is not a name of this bus. And back. */
int vp_domain_target_index(const char *target, VpBus bus);
char *vp_domain_target_name(VpBus bus, int index);

/* How many drives of the bus a domain can have; 0: no limit that matters. */
int vp_domain_target_max(VpBus bus);

/* TRUE if the target is named as those of this bus are: "sda" for SATA, SCSI and USB. */
gboolean vp_domain_target_suits(const char *target, VpBus bus);

/* The bus of a disk, given, or as libvirt derives it from the target; VP_BUS_AUTO for others (xen,
 * sd). */
VpBus vp_domain_target_disk_bus(const VpDisk *disk);

/* The controller of the address of a SCSI disk; 0 if it has none. */
int vp_domain_target_disk_controller(const VpDisk *disk);

/* TRUE if no disk has the target, the bus has room for it and, with derive, no disk of that bus has
 * the address that libvirt derives from it (virDomainDiskDefAssignAddress). */
gboolean vp_domain_target_is_free(const VpDomain *domain, VpBus bus, const char *target,
                                  gboolean derive);

/* The units that the disks of a bus, and for SCSI host devices, have on all its controllers. Read
 * once for any number of questions, because a definition may have thousands of both. */
GHashTable *vp_domain_target_units(const VpDomain *domain, VpBus bus);

/* TRUE if none of them is this unit of the controller. */
gboolean vp_domain_target_unit_is_free(GHashTable *units, VpBus bus, int controller, int unit);
