/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpCallGuest: the guest of a command, looked up. */
#pragma once

#include "command/command.h"
#include "libvirt/virt.h"

typedef struct {
    VpVirt *virt;
    VpGuest *guest;
} VpCallGuest;

void vp_command_guest_clear(VpCallGuest *opened);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VpCallGuest, vp_command_guest_clear)

/* Connects and finds the guest. Errors then name it: as it was typed until it is found, after that
 * by its name. */
gboolean vp_command_guest_open(VpCall *call, const char *name, gboolean read_only,
                               VpCallGuest *opened, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for the guest that is the first argument. VP_ERROR_DRIVE if it is not running. */
gboolean vp_command_guest_open_running(VpCall *call, VpCallGuest *opened,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VP_ERROR_DRIVE with the message stopped if the guest no longer runs as it was when it was looked
 * up; VP_ERROR_NOT_FOUND if it is gone. */
gboolean vp_command_guest_check_run(const VpGuest *guest, const char *stopped,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The subject of an error. */
void vp_command_guest_name(VpCall *call, const char *name);
