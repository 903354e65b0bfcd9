/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The places at which a device can be hot-plugged into a guest, read from its definition: libvirt
 * writes the address of every device and controller into it before QEMU starts. Pure. */
#pragma once

#include "domain/domain.h"

/* How many PCI (on s390x: CCW) devices can be plugged. PCIe: the root and downstream ports that no
 * device is on; a guest has just the spare ones that its definition lists. Conventional PCI: the
 * free slots of bus 0, which on a PC needs ACPI. 0 on machines without either, microvm among them.
 */
guint vp_domain_hotplug_pci(const VpDomain *domain);

/* How many USB devices can be plugged: the ports of its controllers and hubs that are free. */
guint vp_domain_hotplug_usb(const VpDomain *domain);
