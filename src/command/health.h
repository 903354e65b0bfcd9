/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with one guest's payload: why its next start would be refused, found by the code
 * that the hook runs, and whether the running guest has its drive and image. */
#pragma once

#include "libvirt/virt.h"
#include "payload/store.h"

typedef struct {
    const VpGuest *guest;
    const VpConf *conf;
    VpStore *store;        /* NULL: none, or it may not be read */
    gboolean is_this_host; /* directory, secrets and configuration are those of the guest's host */
    const char *xml;       /* of the next start */
    const char *live;      /* of the running guest; NULL: it does not run */
    const char *saved;     /* of its managed save; NULL: none */
} VpHealth;

typedef enum {
    VP_HEALTH_REFUSED, /* a start would be refused */
    VP_HEALTH_BARE,    /* the guest would start without its payload */
    VP_HEALTH_SAVED,   /* it would go on with another payload */
    VP_HEALTH_DRIVE,   /* something else about its drives */
} VpHealthKind;

/* message ends with the command to run, if there is one. The most serious comes first. */
typedef void VpHealthTell(VpHealthKind kind, const char *message, gpointer data);
void vp_command_health(const VpHealth *health, VpHealthTell *tell, gpointer data);
