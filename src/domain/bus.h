/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Buses that a drive can be on. */
#pragma once

typedef enum {
    VP_BUS_AUTO, /* the bus of the guest's own first disk */
    VP_BUS_SATA,
    VP_BUS_IDE,
    VP_BUS_SCSI,
    VP_BUS_VIRTIO,
    VP_BUS_USB,
    VP_BUS_FDC, /* a floppy: sysprep, and oVirt's */
} VpBus;
