/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reasons to refuse a start, in the order in which they are looked for. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "payload/drive.h"
#include "payload/misplaced.h"
#include "payload/own-disk.h"
#include "payload/payload.h"
#include "payload/profile.h"
#include "payload/recognise.h"
#include "payload/rewrite.h"
#include "payload/start.h"
#include "payload/store.h"

#define VDSM_DIRECTORY "/run/vdsm" /* there from boot on, by the agent's own tmpfiles.d */

/* --- which drives ----------------------------------------------------------------------------- */

void
vp_payload_start_leave_to_vdsm(const VpDomain *domain, GPtrArray *specs)
{
    for (guint i = specs->len; i > 0; i--) {
        if (vp_payload_recognise_vdsm(domain, specs->pdata[i - 1]) != NULL)
            g_ptr_array_remove_index(specs, i - 1);
    }
}

static gboolean
has_drive(const VpDomain *domain, const VpSpec *spec)
{
    g_autofree char *name = vp_spec_image_name(spec);

    return vp_payload_recognise_image(domain, name) != NULL;
}

GPtrArray *
vp_payload_start_missing(const VpDomain *domain, const GPtrArray *specs)
{
    GPtrArray *missing = g_ptr_array_new();

    for (guint i = 0; i < specs->len; i++) {
        if (!has_drive(domain, specs->pdata[i]))
            g_ptr_array_add(missing, specs->pdata[i]);
    }
    return missing;
}

gboolean
vp_payload_start_is_bare(const VpDomain *domain, const GPtrArray *specs, const VpConf *conf)
{
    for (guint i = 0; conf->attach == VP_ATTACH_OFF && i < specs->len; i++) {
        if (!has_drive(domain, specs->pdata[i]) &&
            vp_payload_recognise_vdsm(domain, specs->pdata[i]) == NULL)
            return TRUE;
    }
    return FALSE;
}

/* --- a drive that is to come ------------------------------------------------------------------ */

/* A snapshot brings its own definition: libvirt reverts to it without a filter that could leave a
 * note. */
static gboolean
set_refusal(const VpStart *start, const VpDomain *domain, const char *reason, GError **error)
{
    return vp_error_set(
        error, VP_ERROR_DRIVE, "%s; run: virt-payload attach %s%s", reason,
        vp_domain_shell_name(domain),
        geteuid() == 0 && !start->is_defined
            ? " (to revert to a snapshot without the drive, set attach = off for that time)"
            : "");
}

/* The field that keeps the drive from a place: NULL if there is none without it either. */
static const char *
find_obstacle(const VpDomain *domain, const VpSpec *spec)
{
    const char *field = spec->target != NULL ? "target" : "bus";
    VpSpec without = *spec;
    g_autoptr(VpDrive) drive = NULL;

    if (spec->target == NULL)
        without.bus = VP_BUS_AUTO;
    without.target = NULL;
    drive = vp_payload_drive_plan(domain, &without, NULL);
    return drive != NULL ? field : NULL;
}

/* What keeps the drive even from the definition, so that "attach" would be no help. */
static gboolean
check_place(const VpDomain *domain, const GPtrArray *missing, GError **error)
{
    for (guint i = 0; i < missing->len; i++) {
        const VpSpec *spec = missing->pdata[i];
        g_autoptr(GError) reason = NULL;
        g_autoptr(VpDrive) drive = vp_payload_drive_plan(domain, spec, &reason);
        const char *obstacle = drive == NULL ? find_obstacle(domain, spec) : NULL;

        if (drive != NULL)
            continue;
        if (obstacle != NULL)
            g_set_error(error, VP_ERROR, reason->code, "%s; run: virt-payload unset %s %s",
                        reason->message, vp_domain_shell_name(domain), obstacle);
        else
            g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    return TRUE;
}

/* That a guest would boot without its payload is known before it boots. */
static gboolean
check_drives(const VpStart *start, const VpDomain *domain, const GPtrArray *specs, GError **error)
{
    g_autoptr(GPtrArray) missing = vp_payload_start_missing(domain, specs);
    g_autoptr(GError) failure = NULL;

    if (missing->len == 0 || start->conf->attach == VP_ATTACH_OFF ||
        (start->is_resumed != NULL && start->is_resumed(domain, start->conf->directory)))
        return TRUE;
    if (start->conf->attach != VP_ATTACH_REFUSE &&
        vp_payload_drive_check_hotplug(domain, missing, &failure))
        return TRUE;
    if (!check_place(domain, missing, error))
        return FALSE;
    return set_refusal(start, domain,
                       failure != NULL ? failure->message : "has a payload and no drive for it",
                       error);
}

/* --- existing drives -------------------------------------------------------------------------- */

/* A definition made when the payload directory was another names an image that nobody makes. */
static gboolean
check_directory(VpDomain *domain, GPtrArray *specs, const VpConf *conf, GError **error)
{
    gboolean is_elsewhere;

    if (!vp_payload_rewrite_domain(domain, specs, conf->directory, VP_REWRITE_REPOINT,
                                   &is_elsewhere, error))
        return FALSE;
    if (is_elsewhere)
        g_set_error(error, VP_ERROR, VP_ERROR_DRIVE,
                    "its drive points outside the configured payload directory; run: virt-payload "
                    "attach %s",
                    vp_domain_shell_name(domain));
    return !is_elsewhere;
}

/* The overlay of a snapshot of this guest's drive, if it is there: a guest that was saved with it
 * needs it again, and it shows this guest's image. */
static gboolean
is_own_overlay(const VpDomain *domain, const VpDisk *disk)
{
    const char *slash = strrchr(disk->source, '/');

    return g_str_has_prefix(slash + 1, domain->uuid) && slash[1 + strlen(domain->uuid)] == '.' &&
           !g_str_has_suffix(slash, ".img") && access(disk->source, F_OK) == 0;
}

/* No guest is given the image of another, and none starts with a drive that nobody makes an image
 * for. */
static gboolean
check_owner(const VpStart *start, const VpDomain *domain, const GPtrArray *specs, GError **error)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];
        g_autofree char *text = NULL;

        if (!vp_payload_misplaced_is(domain, specs->len, disk, start->conf->directory) ||
            is_own_overlay(domain, disk))
            continue;
        text = vp_payload_misplaced_text(domain, specs->len, disk, start->is_defined);
        return vp_error_set(error, VP_ERROR_DRIVE, "%s", text);
    }
    return TRUE;
}

/* oVirt's own agent makes an image before it starts the guest; "PAYLOAD:" is what it replaces. */
static gboolean
is_missing(const VpDisk *disk)
{
    return disk->source[0] != '/' || (access(disk->source, F_OK) < 0 && errno == ENOENT);
}

/* On a host without the agent nobody makes that image, and QEMU would say no more than that it
 * cannot open it. */
static gboolean
check_vdsm(const VpDomain *domain, const GPtrArray *specs, GError **error)
{
    for (guint i = 0; i < specs->len; i++) {
        const VpDisk *disk = vp_payload_recognise_vdsm(domain, specs->pdata[i]);

        if (disk != NULL && is_missing(disk) && access(VDSM_DIRECTORY, F_OK) < 0)
            return vp_error_set(
                error, VP_ERROR_DRIVE,
                "its drive shows an image that oVirt's host agent would create, and neither is on "
                "this host; run: virt-payload attach %s",
                vp_domain_shell_name(domain));
    }
    return TRUE;
}

/* --- the whole -------------------------------------------------------------------------------- */

GPtrArray *
vp_payload_start_build(const VpStart *start, VpDomain *domain, GError **error)
{
    g_autoptr(GPtrArray) specs = vp_payload_profile_read(domain, start->conf, error);

    if (specs == NULL || !check_owner(start, domain, specs, error) ||
        !check_vdsm(domain, specs, error))
        return NULL;
    vp_payload_start_leave_to_vdsm(domain, specs);
    if (specs->len > 0 && (!check_drives(start, domain, specs, error) ||
                           !check_directory(domain, specs, start->conf, error) ||
                           !vp_payload_own_disk_check(domain, start->conf->directory, error)))
        return NULL;
    return vp_payload_build_all(specs, start->conf, error);
}

gboolean
vp_payload_start_check(const char *xml, gsize size, const VpConf *conf, GError **error)
{
    const VpStart start = {.conf = conf, .is_defined = TRUE};
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, size, error);
    g_autoptr(GPtrArray) payloads =
        domain != NULL ? vp_payload_start_build(&start, domain, error) : NULL;

    for (guint i = 0; payloads != NULL && i < payloads->len; i++) {
        const VpPayload *payload = payloads->pdata[i];

        if (!vp_payload_store_check(conf->directory, payload->name, payload->image, error))
            return FALSE;
    }
    return payloads != NULL;
}
