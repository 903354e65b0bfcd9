/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor's checks of a guest's payload drive. */
#pragma once

#include "domain/domain.h"
#include "libvirt/virt.h"
#include "payload/conf.h"

typedef void VpDoctorTell(const char *guest, const char *message, gpointer data);

typedef struct {
    VpDoctorTell *complain; /* something is wrong */
    VpDoctorTell *advise;   /* something could be better */
    gpointer data;
    const VpConf *conf;
} VpDoctorDrive;

/* Of a guest's definition and its specs: a drive that sorts before the guest's own, and one that is
 * hot-plugged late because the guest starts with the host. */
void vp_command_doctor_drive(const VpDoctorDrive *doctor, const VpGuest *guest,
                             const VpDomain *definition, const GPtrArray *specs);
