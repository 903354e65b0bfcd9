/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with one guest's payload: why its next start would be refused, found by the code
 * that the hook runs, and whether the running guest has its drive and image. */
#pragma once

#include "libvirt/virt.h"
#include "payload/store.h"

/* A guest as it is: the definition of its next start, the running one, its managed save. */
typedef struct {
    const VpGuest *guest;
    const VpConf *conf;
    VpStore *store;        /* NULL: none, or it may not be read */
    gboolean is_this_host; /* directory, secrets and configuration are those of the guest's host */
    char *xml;             /* of the next start; NULL: it cannot be read */
    /* by vp_command_health_read() */
    gboolean is_running;
    VpDomain *next, *running, *saved; /* NULL: not there, invalid, or nothing of ours */
    GError *failure;                  /* why next is invalid */
    GPtrArray *specs; /* of the next start, otherwise of the running guest; NULL: invalid */
} VpHealth;

/* TRUE if the text of a definition may have a payload, or a payload drive. */
gboolean vp_command_health_may_be_ours(const char *xml);

/* Reads and parses each definition once; borrows the store. */
void vp_command_health_read(VpHealth *health);
void vp_command_health_clear(VpHealth *health);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VpHealth, vp_command_health_clear)

typedef enum {
    VP_HEALTH_REFUSED, /* a start would be refused */
    VP_HEALTH_BARE,    /* the guest would start without its payload */
    VP_HEALTH_SAVED,   /* it would go on with another payload */
    VP_HEALTH_DRIVE,   /* something else about its drives */
} VpHealthKind;

/* message ends with the command to run, if there is one. The most serious comes first. */
typedef void VpHealthTell(VpHealthKind kind, const char *message, gpointer data);

/* The guest must have been read. If its next start is not known, tell is never called. */
void vp_command_health(const VpHealth *health, VpHealthTell *tell, gpointer data);

/* TRUE if both definitions have the same fields, or none. */
gboolean vp_command_health_same_payload(const VpDomain *a, const VpDomain *b);
