/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor's checks of a guest's payload drive. */
#pragma once

#include "domain/domain.h"
#include "libvirt/virt.h"
#include "payload/conf.h"
#include "payload/store.h"

typedef void VpDoctorTell(const char *guest, const char *message, gpointer data);

typedef struct {
    VpDoctorTell *complain; /* something is wrong */
    VpDoctorTell *advise;   /* something could be better */
    gpointer data;
    const VpConf *conf;
    VpStore *store; /* NULL: it may not be read */
} VpDoctorDrive;

/* Of a guest's definition and its specs: a start that would be refused for want of a place to
 * hot-plug into, a drive that sorts before the guest's own, and, while it runs, a drive that could
 * not be plugged or came late. */
void vp_command_doctor_drive(const VpDoctorDrive *doctor, const VpGuest *guest,
                             const VpDomain *definition, const GPtrArray *specs);
