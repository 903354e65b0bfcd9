/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload detach: removes the payload drive from a guest; the metadata is kept. */
#include <config.h>

#include "command/commands.h"
#include "command/guest.h"
#include "command/report.h"
#include "libvirt/attach.h"

typedef struct {
    gboolean config;
    gboolean live;
} Options;

static const VpOption detach_options[] = {
    {"config", '\0', VP_OPTION_FLAG, G_STRUCT_OFFSET(Options, config), NULL,
     "from the persistent definition"},
    {"live", '\0', VP_OPTION_FLAG, G_STRUCT_OFFSET(Options, live), NULL,
     "from the running guest, and its image from the host"},
    {NULL},
};

static gboolean
detach_config(VpCall *call, const VpGuest *guest, GError **error)
{
    VpDriveResult result;

    if (!vp_virt_detach_config(guest, call->conf, &result, error))
        return FALSE;
    vp_command_report(call, guest, result == VP_DRIVE_CHANGED, "%s",
                      result == VP_DRIVE_CHANGED ? "payload drive removed from the definition"
                                                 : "the definition has no payload drive");
    return TRUE;
}

static gboolean
detach_live(VpCall *call, const VpGuest *guest, GError **error)
{
    VpDriveResult result;

    if (!vp_virt_detach_live(guest, call->conf, &result, error))
        return FALSE;
    if (result == VP_DRIVE_RELEASING)
        vp_command_report(call, guest, TRUE,
                          "the running guest has been asked to release the payload drive");
    else
        vp_command_report(call, guest, result == VP_DRIVE_CHANGED, "%s",
                          result == VP_DRIVE_CHANGED
                              ? "payload drive removed from the running guest"
                              : "the running guest has no payload drive");
    return TRUE;
}

static gboolean
run_detach(VpCall *call, GError **error)
{
    const Options *options = call->options;
    g_auto(VpCallGuest) opened = {NULL, NULL};
    gboolean is_persistent;
    gboolean neither = !options->config && !options->live;

    if (!vp_command_guest_open(call, call->arguments[0], FALSE, &opened, error) ||
        !vp_virt_guest_is_persistent(opened.guest, &is_persistent, error))
        return FALSE;
    if ((options->config || (neither && is_persistent)) &&
        !detach_config(call, opened.guest, error))
        return FALSE;
    if (options->live || (neither && !is_persistent))
        return detach_live(call, opened.guest, error);
    return TRUE;
}

const VpCommand vp_command_detach = {
    .name = "detach",
    .arguments = "GUEST|UUID|ID...",
    .summary = "remove the payload drive from a guest",
    .details = "Undoes attach. The metadata is kept, and the drive is hot-plugged at each start.\n",
    .options = detach_options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = G_MAXUINT,
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_GUESTS | VP_COMMAND_REPORTS,
    .run = run_detach,
};
