/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload detach: takes the payload drive from a guest; the metadata stays. */
#include <config.h>

#include <stdio.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/commands.h"
#include "libvirt/attach.h"

typedef struct {
    gboolean config;
    gboolean live;
} Options;

static const VpOption detach_options[] = {
    {"config", '\0', VP_OPTION_FLAG, G_STRUCT_OFFSET(Options, config), NULL,
     "from the definition, for every start to come"},
    {"live", '\0', VP_OPTION_FLAG, G_STRUCT_OFFSET(Options, live), NULL,
     "from the running guest, now, and its image from the host"},
    {NULL},
};

static void
tell(const VpGuest *guest, const char *text)
{
    g_autofree char *name = vp_escape_name(vp_virt_guest_name(guest));

    printf("%s: %s\n", name, text);
}

static gboolean
detach_config(const VpGuest *guest, GError **error)
{
    VpDriveResult result;

    if (!vp_virt_detach_config(guest, &result, error))
        return FALSE;
    tell(guest, result == VP_DRIVE_CHANGED ? "no payload drive from the next start"
                                           : "the definition has no payload drive");
    return TRUE;
}

static gboolean
detach_live(const VpGuest *guest, const VpConf *conf, GError **error)
{
    VpDriveResult result;

    if (!vp_virt_detach_live(guest, conf, &result, error))
        return FALSE;
    if (result == VP_DRIVE_RELEASING)
        tell(guest, "the running guest has been asked to let go of the payload drive");
    else
        tell(guest, result == VP_DRIVE_CHANGED ? "payload drive taken from the running guest"
                                               : "the running guest has no payload drive");
    return TRUE;
}

static gboolean
run_detach(VpCall *call, GError **error)
{
    const Options *options = call->options;
    g_autoptr(VpVirt) virt = NULL;
    g_autoptr(VpGuest) guest = NULL;
    gboolean is_persistent;
    gboolean neither = !options->config && !options->live;

    call->guest = g_strdup(call->arguments[0]);
    virt = vp_virt_open(call->uri, call->conf, FALSE, error);
    if (virt == NULL)
        return FALSE;
    guest = vp_virt_find(virt, call->arguments[0], error);
    if (guest == NULL || !vp_virt_guest_is_persistent(guest, &is_persistent, error))
        return FALSE;
    if ((options->config || (neither && is_persistent)) && !detach_config(guest, error))
        return FALSE;
    if (options->live || (neither && !is_persistent))
        return detach_live(guest, call->conf, error);
    return TRUE;
}

const VpCommand vp_command_detach = {
    .name = "detach",
    .arguments = "GUEST|UUID|ID",
    .summary = "take the payload drive from a guest",
    .details = "Undoes attach. The metadata stays: as long as it does, and the configuration "
               "says 'attach = auto', the next start brings the drive back.\n",
    .options = detach_options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 1,
    .flags = VP_COMMAND_LIBVIRT,
    .run = run_detach,
};
