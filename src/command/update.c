/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload update: gives the running guest what its definition says. */
#include <config.h>

#include "command/commands.h"
#include "command/guest.h"
#include "command/instance.h"
#include "command/report.h"
#include "libvirt/update.h"
#include "payload/profile.h"

typedef struct {
    gboolean dry_run;
    gboolean force;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"dry-run", 'n', VP_OPTION_FLAG, AT(dry_run), NULL, "say what would be done, and do nothing"},
    {"force", 'f', VP_OPTION_FLAG, AT(force), NULL,
     "eject the CD-ROM even if the guest has locked the tray"},
    {NULL},
};

static void
tell(VpCall *call, const VpGuest *guest, const VpUpdateResult *result, gboolean dry_run)
{
    static const char *const actions[] = {[VP_UPDATE_NONE] = "none",
                                          [VP_UPDATE_MEDIA] = "media-changed",
                                          [VP_UPDATE_REPLUGGED] = "replugged",
                                          [VP_UPDATE_PLUGGED] = "plugged"};
    static const char *const words[][2] = {
        [VP_UPDATE_NONE] = {"the running guest has what the definition says",
                            "the running guest has what the definition says"},
        [VP_UPDATE_MEDIA] = {"media changed", "media would be changed"},
        [VP_UPDATE_REPLUGGED] = {"unplugged and plugged in again",
                                 "would be unplugged and plugged in again"},
        [VP_UPDATE_PLUGGED] = {"payload drive plugged in", "a payload drive would be plugged in"},
    };
    g_autofree char *drive =
        result->target != NULL ? g_strdup_printf("drive %s: ", result->target) : g_strdup("");
    json_object *object;

    object = vp_command_report(call, guest, result->kind != VP_UPDATE_NONE && !dry_run, "%s%s",
                               drive, words[result->kind][dry_run]);
    if (object == NULL)
        return;
    vp_json_add_text(object, "action", actions[result->kind]);
    vp_json_add_text(object, "target", result->target);
}

/* The payload of one of the guest's two definitions; NULL if it is missing or invalid. */
static GPtrArray *
read_part(const VpGuest *guest, VpGuestPart part, const VpConf *conf)
{
    g_autoptr(VpDomain) domain = vp_virt_guest_domain(guest, part, NULL);

    return domain != NULL ? vp_payload_profile_read(domain, conf, NULL) : NULL;
}

static gboolean
is_changed(const VpUpdateResult *result)
{
    return result->kind == VP_UPDATE_MEDIA || result->kind == VP_UPDATE_REPLUGGED;
}

static gboolean
update(VpCall *call, const VpGuest *guest, GError **error)
{
    const Options *given = call->options;
    VpUpdateFlags flags =
        (given->dry_run ? VP_UPDATE_DRY_RUN : 0) | (given->force ? VP_UPDATE_FORCE : 0);
    g_auto(VpUpdateResult) result = {VP_UPDATE_NONE, NULL};
    g_autoptr(GPtrArray) before = read_part(guest, VP_GUEST_LIVE, call->conf);
    g_autoptr(GPtrArray) after = read_part(guest, VP_GUEST_CONFIG, call->conf);

    if (!vp_virt_update_from_definition(guest, call->conf, flags, &result, error))
        return FALSE;
    tell(call, guest, &result, given->dry_run);
    if (is_changed(&result) && vp_command_instance_stays(before, after))
        vp_command_instance_warn(guest);
    return TRUE;
}

static void
tell_off(VpCall *call, const VpGuest *guest)
{
    json_object *object =
        vp_command_report(call, guest, FALSE, "is not running; its next start uses the definition");

    if (object == NULL)
        return;
    vp_json_add_text(object, "action", "none");
    vp_json_add_text(object, "target", NULL);
}

static gboolean
run(VpCall *call, GError **error)
{
    g_auto(VpCallGuest) opened = {NULL, NULL};

    if (!vp_command_guest_open(call, call->arguments[0], FALSE, &opened, error))
        return FALSE;
    if (vp_virt_guest_id(opened.guest) >= 0)
        return update(call, opened.guest, error);
    tell_off(call, opened.guest);
    return TRUE;
}

const VpCommand vp_command_update = {
    .name = "update",
    .arguments = "GUEST|UUID|ID...",
    .summary = "update a running guest from its definition",
    .details =
        "Rebuilds the image and puts it into the payload drive of the running guest: as a new "
        "medium if the drive is a CD-ROM or floppy, otherwise by unplugging the drive and "
        "plugging it in again. The guest has to release the drive: if it has locked its CD-ROM, "
        "or keeps the disk in use, nothing is changed. cloud-init looks at the drive at the "
        "guest's next boot, and applies the change if the instance-id is a new one.\n"
        "For a guest that is shut off there is nothing to update: its next start uses the "
        "definition.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = G_MAXUINT,
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_GUESTS | VP_COMMAND_REPORTS,
    .run = run,
};
