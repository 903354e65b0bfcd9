/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The user that libvirt runs QEMU as, and whether it can read payload images. */
#pragma once

#include "libvirt/host.h"
#include "payload/conf.h"

/* Reads libvirt's qemu.conf for the user and for dynamic_ownership, and tries as that user to pass
 * through the payload directory and to open the images in it. Tells nothing if this process is not
 * root's or the file cannot be read. */
void vp_virt_qemu_user_check(const VpHost *host, const VpConf *conf, VpHostTell *tell,
                             gpointer data);
