/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload update: what the definition says, for the run of now. */
#include <config.h>

#include "command/commands.h"
#include "command/guest.h"
#include "command/instance.h"
#include "libvirt/update.h"
#include "spec/read.h"

typedef struct {
    gboolean dry_run;
    gboolean force;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"dry-run", 'n', VP_OPTION_FLAG, AT(dry_run), NULL, "say what would be done, and do nothing"},
    {"force", 'f', VP_OPTION_FLAG, AT(force), NULL,
     "open the CD-ROM's tray though the guest has locked it"},
    {NULL},
};

static void
tell(const VpGuest *guest, const VpUpdateResult *result, gboolean dry_run)
{
    static const char *const words[][2] = {
        [VP_UPDATE_NONE] = {"the run has what the definition says",
                            "the run has what the definition says"},
        [VP_UPDATE_MEDIA] = {"media changed", "media would be changed"},
        [VP_UPDATE_REPLUGGED] = {"unplugged and plugged again",
                                 "would be unplugged and plugged again"},
        [VP_UPDATE_PLUGGED] = {"payload drive plugged in", "a payload drive would be plugged in"},
    };
    g_autofree char *drive =
        result->target != NULL ? g_strdup_printf("drive %s: ", result->target) : g_strdup("");

    vp_command_guest_tell(guest, "%s%s", drive, words[result->kind][dry_run]);
}

/* What one of the guest's two definitions says; NULL if it is not there or not valid. */
static GPtrArray *
read_part(const VpGuest *guest, VpGuestPart part)
{
    g_autoptr(VpDomain) domain = vp_virt_guest_domain(guest, part, NULL);

    return domain != NULL ? vp_spec_read(domain, NULL) : NULL;
}

static gboolean
is_changed(const VpUpdateResult *result)
{
    return result->kind == VP_UPDATE_MEDIA || result->kind == VP_UPDATE_REPLUGGED;
}

static gboolean
update(const VpCall *call, const VpGuest *guest, GError **error)
{
    const Options *given = call->options;
    VpUpdateFlags flags =
        (given->dry_run ? VP_UPDATE_DRY_RUN : 0) | (given->force ? VP_UPDATE_FORCE : 0);
    g_auto(VpUpdateResult) result = {VP_UPDATE_NONE, NULL};
    g_autoptr(GPtrArray) before = read_part(guest, VP_GUEST_LIVE);
    g_autoptr(GPtrArray) after = read_part(guest, VP_GUEST_CONFIG);

    if (!vp_virt_update_from_definition(guest, call->conf, flags, &result, error))
        return FALSE;
    tell(guest, &result, given->dry_run);
    if (is_changed(&result) && vp_command_instance_stays(before, after))
        vp_command_instance_warn(guest);
    return TRUE;
}

static gboolean
run(VpCall *call, GError **error)
{
    g_auto(VpCallGuest) opened = {NULL, NULL};

    if (!vp_command_guest_open(call, call->arguments[0], FALSE, &opened, error))
        return FALSE;
    if (vp_virt_guest_id(opened.guest) >= 0)
        return update(call, opened.guest, error);
    vp_command_guest_tell(opened.guest,
                          "does not run; its next start gives what the definition says");
    return TRUE;
}

const VpCommand vp_command_update = {
    .name = "update",
    .arguments = "GUEST|UUID|ID",
    .summary = "give a running guest what its definition says now",
    .details =
        "Makes the image anew and puts it into the payload drive of the running guest: as other "
        "media where that is a CD-ROM or floppy, else by unplugging the drive and plugging it "
        "again. The guest has to let go of it: one that has locked its CD-ROM or does not "
        "release the drive keeps what it has. cloud-init looks at it when the guest boots next, "
        "and takes up the change where the instance-id is another.\n"
        "A guest that does not run has nothing to update: its next start gives it.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 1,
    .flags = VP_COMMAND_LIBVIRT,
    .run = run,
};
