/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hook's operations. They never call libvirt, because the daemon holds the guest's lock. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "domain/domain.h"
#include "hook/handover.h"
#include "hook/hook.h"
#include "hook/resumed.h"
#include "payload/drive.h"
#include "payload/misplaced.h"
#include "payload/own-disk.h"
#include "payload/payload.h"
#include "payload/profile.h"
#include "payload/recognise.h"
#include "payload/rewrite.h"
#include "payload/store.h"

#define VDSM_DIRECTORY "/run/vdsm" /* there from boot on, by the agent's own tmpfiles.d */

/* On a host of oVirt's its own agent makes the images of its payloads. */
static void
leave_to_vdsm(const VpDomain *domain, GPtrArray *specs)
{
    for (guint i = specs->len; i > 0; i--) {
        if (vp_payload_recognise_vdsm(domain, specs->pdata[i - 1]) != NULL)
            g_ptr_array_remove_index(specs, i - 1);
    }
}

/* The specs that are ours to serve. */
static GPtrArray *
read_specs(const VpDomain *domain, const VpConf *conf, GError **error)
{
    GPtrArray *specs = vp_payload_profile_read(domain, conf, error);

    if (specs != NULL)
        leave_to_vdsm(domain, specs);
    return specs;
}

static gboolean
has_drive(const VpDomain *domain, const VpSpec *spec)
{
    g_autofree char *name = vp_spec_image_name(spec);

    return vp_payload_recognise_image(domain, name) != NULL;
}

/* The specs whose drive is not in the definition; borrowed. */
static GPtrArray *
without_drive(const VpDomain *domain, const GPtrArray *specs)
{
    GPtrArray *missing = g_ptr_array_new();

    for (guint i = 0; i < specs->len; i++) {
        if (!has_drive(domain, specs->pdata[i]))
            g_ptr_array_add(missing, specs->pdata[i]);
    }
    return missing;
}

/* --- prepare: the image ---------------------------------------------------------------------- */

/* A snapshot has its own definition: libvirt reverts to it without a filter that could leave a
 * note. */
static gboolean
set_refusal(const VpDomain *domain, const char *reason, GError **error)
{
    return vp_error_set(
        error, VP_ERROR_DRIVE, "%s; run: virt-payload attach %s%s", reason,
        vp_domain_shell_name(domain),
        geteuid() == 0
            ? " (to revert to a snapshot without the drive, set attach = off for that time)"
            : "");
}

/* That a guest would boot without its payload is known before it boots. */
static gboolean
check_drives(const VpDomain *domain, const GPtrArray *specs, const VpConf *conf, GError **error)
{
    g_autoptr(GPtrArray) missing = without_drive(domain, specs);
    g_autoptr(GError) failure = NULL;

    if (missing->len == 0 || conf->attach == VP_ATTACH_OFF ||
        vp_hook_resumed_check(domain, conf->directory))
        return TRUE;
    if (conf->attach == VP_ATTACH_REFUSE)
        return set_refusal(domain, "has a payload and no drive for it", error);
    return vp_payload_drive_check_hotplug(domain, missing, &failure) ||
           set_refusal(domain, failure->message, error);
}

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

/* No guest gets the image of another, and none starts with a drive whose image would be missing. */
static gboolean
check_owner(const VpDomain *domain, const GPtrArray *specs, const VpConf *conf, GError **error)
{
    const VpDisk *disk = vp_payload_misplaced_find(domain, specs->len, conf->directory);
    g_autofree char *text = NULL;

    if (disk == NULL || is_own_overlay(domain, disk))
        return TRUE;
    text = vp_payload_misplaced_text(domain, specs->len, disk);
    return vp_error_set(error, VP_ERROR_DRIVE, "%s", text);
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
                "its drive shows an image that oVirt's host agent would create, and "
                "neither is on this host; run: virt-payload attach %s",
                vp_domain_shell_name(domain));
    }
    return TRUE;
}

/* Nothing is written before all that can be refused has been. */
static gboolean
prepare(VpDomain *domain, const VpConf *conf, char **output, GError **error)
{
    g_autoptr(GPtrArray) specs = vp_payload_profile_read(domain, conf, error);
    g_autoptr(GPtrArray) payloads = NULL;

    if (!specs || !check_owner(domain, specs, conf, error) || !check_vdsm(domain, specs, error))
        return FALSE;
    leave_to_vdsm(domain, specs);
    if (specs->len == 0)
        return TRUE;
    if (!check_drives(domain, specs, conf, error) || !check_directory(domain, specs, conf, error) ||
        !vp_payload_own_disk_check(domain, conf->directory, error))
        return FALSE;
    payloads = vp_payload_build_all(specs, conf, error);
    return payloads && vp_payload_store_all(payloads, domain, conf, error);
}

/* --- the others ------------------------------------------------------------------------------ */

static gboolean
started(VpDomain *domain, const VpConf *conf, char **output, GError **error)
{
    g_autoptr(GPtrArray) specs = read_specs(domain, conf, error);
    g_autoptr(GPtrArray) missing = specs ? without_drive(domain, specs) : NULL;

    if (!specs)
        return FALSE;
    if (missing->len == 0 || vp_hook_resumed_forget(domain, conf->directory) ||
        conf->attach == VP_ATTACH_REFUSE || conf->attach == VP_ATTACH_OFF)
        return TRUE;
    return vp_hook_handover_start(domain, conf, error);
}

/* libvirt taints a guest whose filter says anything, so that it says nothing if nothing changes.
 * No image is written: libvirt does not know yet whether a guest of this UUID runs here already. */
static gboolean
filter(VpDomain *domain, const VpConf *conf, char **output, GError **error)
{
    g_autoptr(GPtrArray) specs = read_specs(domain, conf, error);
    g_autoptr(GPtrArray) missing = specs ? without_drive(domain, specs) : NULL;
    gboolean changed;

    if (!specs)
        return FALSE;
    if (specs->len == 0)
        return TRUE;
    if (missing->len > 0)
        vp_hook_resumed_note(domain, conf->directory);
    if (!vp_payload_rewrite_domain(domain, specs, conf->directory, VP_REWRITE_REPOINT, &changed,
                                   error))
        return FALSE;
    if (changed)
        *output = vp_payload_rewrite_to_string(domain);
    return TRUE;
}

/* Canonical, and also of what no parser accepts: libvirt formats some text that is not XML. NULL if
 * there is none. */
static char *
find_uuid(const VpHookCall *call, const VpDomain *domain)
{
    const char *found = vp_domain_front_find_uuid(call->xml, call->size);

    if (domain != NULL)
        return g_strdup(domain->uuid);
    return found != NULL ? g_strndup(found, VP_UUID_LENGTH) : NULL;
}

/* The guest's images in the configured directory are removed, whatever else its definition says by
 * now. Only a disk of the guest's own that has the name of an image is left. */
static gboolean
release(const VpHookCall *call, const VpConf *conf, GError **error)
{
    g_autoptr(VpDomain) domain = vp_domain_parse(call->xml, call->size, NULL);
    g_autofree char *uuid = find_uuid(call, domain);

    if (uuid == NULL || (domain && vp_payload_own_disk_find(domain, conf->directory) != NULL))
        return TRUE;
    return vp_payload_store_remove_guest_from(conf->directory, uuid, error);
}

static gboolean
check_identity(const VpDomain *domain, const VpHookCall *call, GError **error)
{
    if (strcmp(domain->name, call->guest) == 0)
        return TRUE;
    return vp_error_set(error, VP_ERROR_IDENTITY,
                        "the definition's <name> is not the guest's that the hook was called for");
}

gboolean
vp_hook_run(const VpHookCall *call, const VpConf *conf, char **output, GError **error)
{
    static gboolean (*const run[])(VpDomain *, const VpConf *, char **, GError **) = {
        [VP_OPERATION_PREPARE] = prepare,
        [VP_OPERATION_STARTED] = started,
        [VP_OPERATION_FILTER] = filter,
    };
    g_autoptr(VpDomain) domain = NULL;
    GError *failure = NULL;

    *output = NULL;
    if (call->operation == VP_OPERATION_NONE)
        return TRUE;
    if (call->operation == VP_OPERATION_RELEASE)
        return release(call, conf, error);
    domain = vp_domain_parse(call->xml, call->size, &failure);
    if (domain)
        return check_identity(domain, call, error) &&
               run[call->operation](domain, conf, output, error);
    if (g_error_matches(failure, VP_ERROR, VP_ERROR_NOT_FOUND)) {
        g_error_free(failure); /* no domain: none of ours */
        return TRUE;
    }
    g_propagate_error(error, failure);
    return FALSE;
}
