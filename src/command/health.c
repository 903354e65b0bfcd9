/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks one guest; list and doctor both report the findings. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "command/health.h"
#include "domain/front-search.h"
#include "payload/misplaced.h"
#include "payload/plugged.h"
#include "payload/profile.h"
#include "payload/recognise.h"
#include "payload/seed.h"
#include "payload/start.h"
#include "spec/field.h"

typedef struct {
    const VpHealth *health;
    VpHealthTell *tell;
    gpointer data;
} Check;

static void tell(const Check *check, VpHealthKind kind, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void
tell(const Check *check, VpHealthKind kind, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    check->tell(kind, message, check->data);
}

/* --- reading ---------------------------------------------------------------------------------- */

gboolean
vp_command_health_may_be_ours(const char *xml)
{
    return xml != NULL && (vp_domain_front_may_have_payload(xml, strlen(xml)) ||
                           vp_domain_front_may_have_image(xml, strlen(xml)));
}

/* NULL without an error if the text has neither a payload nor a payload drive. */
static VpDomain *
parse(const char *xml, GError **error)
{
    return vp_command_health_may_be_ours(xml) ? vp_domain_parse(xml, strlen(xml), error) : NULL;
}

void
vp_command_health_read(VpHealth *health)
{
    const VpGuest *guest = health->guest;
    gboolean runs = vp_virt_guest_id(guest) >= 0;
    g_autofree char *live = runs ? vp_virt_guest_xml(guest, VP_GUEST_LIVE, NULL) : NULL;
    g_autofree char *saved = NULL;

    health->is_running = live != NULL;
    health->next = parse(health->xml, &health->failure);
    health->running = parse(live, NULL);
    if (health->next == NULL && health->running == NULL)
        return;
    health->specs = vp_payload_profile_read(health->next != NULL ? health->next : health->running,
                                            health->conf, NULL);
    saved = runs ? NULL : vp_virt_guest_saved_xml(guest);
    health->saved = saved != NULL ? vp_domain_parse(saved, strlen(saved), NULL) : NULL;
}

void
vp_command_health_clear(VpHealth *health)
{
    g_clear_pointer(&health->specs, g_ptr_array_unref);
    g_clear_pointer(&health->next, vp_domain_free);
    g_clear_pointer(&health->running, vp_domain_free);
    g_clear_pointer(&health->saved, vp_domain_free);
    g_clear_error(&health->failure);
    g_clear_pointer(&health->xml, g_free);
}

/* --- the next start --------------------------------------------------------------------------- */

/* Of a guest of another host what the definition itself says. */
static gboolean
check_definition(const VpDomain *domain, const VpConf *conf, GError **error)
{
    g_autoptr(GPtrArray) specs = vp_payload_profile_read(domain, conf, error);
    const VpDisk *disk =
        specs != NULL ? vp_payload_misplaced_find(domain, specs->len, conf->directory) : NULL;
    g_autofree char *text =
        disk != NULL ? vp_payload_misplaced_text(domain, specs->len, disk, TRUE) : NULL;

    if (text != NULL)
        g_set_error(error, VP_ERROR, VP_ERROR_DRIVE, "%s", text);
    return specs != NULL && text == NULL;
}

static void
check_start(const Check *check)
{
    const VpHealth *health = check->health;
    g_autoptr(GError) error = NULL;

    if (health->is_this_host
            ? vp_payload_start_check(health->xml, strlen(health->xml), health->conf, &error)
            : check_definition(health->next, health->conf, &error))
        return;
    tell(check, VP_HEALTH_REFUSED, "its %sstart will be refused: %s",
         health->is_running ? "next " : "", error->message);
}

static void
check_bare(const Check *check)
{
    const VpHealth *health = check->health;

    if (health->is_this_host && health->specs != NULL &&
        vp_payload_start_is_bare(health->next, health->specs, health->conf))
        tell(
            check, VP_HEALTH_BARE,
            "has no payload drive, and with attach = off it gets none; run: virt-payload attach %s",
            vp_domain_shell_name(health->next));
}

static gboolean
has_cloud_init(const GPtrArray *specs)
{
    for (guint i = 0; specs != NULL && i < specs->len; i++) {
        if (((const VpSpec *)specs->pdata[i])->kind == VP_KIND_CLOUD_INIT)
            return TRUE;
    }
    return FALSE;
}

static void
check_seed(const Check *check)
{
    const VpHealth *health = check->health;
    const VpDisk *disk = health->is_this_host && has_cloud_init(health->specs)
                             ? vp_payload_seed_find(health->next)
                             : NULL;

    if (disk != NULL && disk->target != NULL)
        tell(check, VP_HEALTH_DRIVE,
             "drive %s is another seed for cloud-init, which may read that instead of the payload; "
             "run: virsh detach-disk %s %s --config",
             disk->target, vp_domain_shell_name(health->next), disk->target);
}

gboolean
vp_command_health_same_payload(const VpDomain *a, const VpDomain *b)
{
    g_autofree char *ours = vp_spec_field_plain_of(a);
    g_autofree char *theirs = vp_spec_field_plain_of(b);

    return g_strcmp0(ours, theirs) == 0;
}

static void
check_saved(const Check *check)
{
    const VpHealth *health = check->health;

    if (health->saved != NULL && !vp_command_health_same_payload(health->saved, health->next))
        tell(check, VP_HEALTH_SAVED,
             "has a managed save, so its next start resumes with the payload of that time; to boot "
             "with the present one, discard the save and its memory; run: virsh managedsave-remove "
             "%s",
             vp_domain_shell_name(health->next));
}

/* --- the running guest ------------------------------------------------------------------------ */

static void
check_image(const Check *check)
{
    const VpDomain *running = check->health->is_this_host ? check->health->running : NULL;

    for (guint i = 0; running != NULL && i < running->disks->len; i++) {
        const VpDisk *disk = running->disks->pdata[i];

        if (disk->target != NULL && vp_payload_recognise(running, disk) && disk->source[0] == '/' &&
            access(disk->source, F_OK) < 0 && errno == ENOENT)
            tell(check, VP_HEALTH_DRIVE,
                 "drive %s of the running guest shows an image that is no longer there; run: "
                 "virt-payload update %s",
                 disk->target, vp_domain_shell_name(check->health->next));
    }
}

/* What the last hand-over failed with, or that its drive came late. */
static void
check_notes(const Check *check)
{
    VpStore *store = check->health->store;
    const char *uuid = vp_virt_guest_uuid(check->health->guest);
    g_autofree char *note = NULL;
    guint took;

    if (store == NULL || !check->health->is_running)
        return;
    note = vp_payload_store_read_note(store, uuid, VP_NOTE_ERROR);
    if (note == NULL && vp_payload_plugged_read(store, uuid, &took) && took > VP_PLUGGED_LATE_MS)
        note = vp_payload_plugged_late(took, uuid);
    if (note != NULL)
        tell(check, VP_HEALTH_DRIVE, "%s", note);
}

void
vp_command_health(const VpHealth *health, VpHealthTell *tell_one, gpointer data)
{
    const Check check = {health, tell_one, data};

    if (health->failure != NULL)
        tell(&check, VP_HEALTH_REFUSED, "its start will be refused: %s", health->failure->message);
    if (health->next == NULL)
        return;
    check_start(&check);
    check_bare(&check);
    check_saved(&check);
    check_image(&check);
    check_notes(&check);
    check_seed(&check);
}
