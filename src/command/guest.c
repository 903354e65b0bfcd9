/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks a guest up. */
#include <config.h>

#include "base/error.h"
#include "command/guest.h"

void
vp_command_guest_clear(VpCallGuest *opened)
{
    g_clear_pointer(&opened->guest, vp_virt_guest_free);
    g_clear_pointer(&opened->virt, vp_virt_close);
}

void
vp_command_guest_name(VpCall *call, const char *name)
{
    g_free(call->guest);
    call->guest = g_strdup(name);
}

gboolean
vp_command_guest_open(VpCall *call, const char *name, gboolean read_only, VpCallGuest *opened,
                      GError **error)
{
    vp_command_guest_name(call, name);
    opened->virt = vp_virt_open(call->uri, call->conf, read_only, error);
    opened->guest = opened->virt != NULL ? vp_virt_find(opened->virt, name, error) : NULL;
    if (opened->guest == NULL)
        return FALSE;
    vp_command_guest_name(call, vp_virt_guest_name(opened->guest));
    return TRUE;
}

gboolean
vp_command_guest_open_running(VpCall *call, VpCallGuest *opened, GError **error)
{
    if (!vp_command_guest_open(call, call->arguments[0], FALSE, opened, error))
        return FALSE;
    return vp_virt_guest_id(opened->guest) >= 0 ||
           vp_error_set(error, VP_ERROR_DRIVE, "the guest is not running; start it first");
}

gboolean
vp_command_guest_check_run(const VpGuest *guest, const char *stopped, GError **error)
{
    int id;

    return vp_virt_guest_current_id(guest, &id, error) &&
           (id == vp_virt_guest_id(guest) || vp_error_set(error, VP_ERROR_DRIVE, "%s", stopped));
}
