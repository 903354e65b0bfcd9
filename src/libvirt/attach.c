/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps on the devices of a guest: what rewrite says for its definition, hot-plug for its run. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "domain/domain.h"
#include "domain/target.h"
#include "libvirt/attach.h"
#include "payload/own-disk.h"
#include "payload/payload.h"
#include "payload/profile.h"
#include "payload/recognise.h"
#include "payload/rewrite.h"
#include "payload/store.h"

/* A running guest, as it was when it was last queried. */
typedef struct {
    const VpGuest *guest;
    const VpConf *conf;
    int run;
    VpDomain *domain; /* of the run */
    VpDomain *config; /* of the next start, if a CD-ROM is empty; NULL for a transient guest */
} Run;

static void
run_clear(Run *run)
{
    g_clear_pointer(&run->domain, vp_domain_free);
    g_clear_pointer(&run->config, vp_domain_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static GPtrArray *
read_specs(const VpDomain *domain, VpGuestPart part, const VpConf *conf, GError **error)
{
    g_autoptr(GPtrArray) specs = vp_payload_profile_read(domain, conf, error);

    if (specs == NULL || specs->len > 0)
        return g_steal_pointer(&specs);
    return vp_error_null(error, VP_ERROR_NOT_FOUND, "the metadata of %s has no payload",
                         part == VP_GUEST_CONFIG ? "the guest's definition" : "the running guest");
}

/* --- the definition -------------------------------------------------------------------------- */

static gboolean
check_persistent(const VpGuest *guest, GError **error)
{
    gboolean is_persistent;

    if (!vp_virt_guest_is_persistent(guest, &is_persistent, error))
        return FALSE;
    if (!is_persistent)
        g_set_error(error, VP_ERROR, VP_ERROR_DRIVE,
                    "the guest is transient and has no persistent definition; use --live");
    return is_persistent;
}

static VpDomain *
read_definition(const VpGuest *guest, GError **error)
{
    return check_persistent(guest, error) ? vp_virt_guest_domain(guest, VP_GUEST_CONFIG, error)
                                          : NULL;
}

static gboolean
apply_change(const VpGuest *guest, const VpRewriteChange *change, GError **error)
{
    switch (change->kind) {
    case VP_REWRITE_ATTACH:
        return vp_virt_guest_attach(guest, change->xml, VP_GUEST_CONFIG, error);
    case VP_REWRITE_UPDATE:
        return vp_virt_guest_update(guest, change->xml, VP_GUEST_CONFIG, FALSE, error);
    case VP_REWRITE_DETACH:
        return vp_virt_guest_detach(guest, change->xml, VP_GUEST_CONFIG, error);
    }
    g_return_val_if_reached(FALSE);
}

static gboolean
apply_changes(const VpGuest *guest, GPtrArray *changes, VpDriveResult *result, GError **error)
{
    for (guint i = 0; i < changes->len; i++)
        if (!apply_change(guest, changes->pdata[i], error))
            return FALSE;
    *result = changes->len > 0 ? VP_DRIVE_CHANGED : VP_DRIVE_UNCHANGED;
    return TRUE;
}

gboolean
vp_virt_attach_config_read(const VpGuest *guest, VpDomain *domain, GPtrArray *specs,
                           const VpConf *conf, VpRewriteMode mode, VpDriveResult *result,
                           GError **error)
{
    g_autoptr(GPtrArray) changes = vp_payload_rewrite_changes(
        domain, specs, conf->directory, specs->len > 0 ? mode : VP_REWRITE_REMOVE, error);

    return changes != NULL && apply_changes(guest, changes, result, error);
}

gboolean
vp_virt_attach_config(const VpGuest *guest, const VpConf *conf, VpDriveResult *result,
                      GError **error)
{
    g_autoptr(VpDomain) domain = read_definition(guest, error);
    g_autoptr(GPtrArray) specs =
        domain != NULL ? read_specs(domain, VP_GUEST_CONFIG, conf, error) : NULL;

    return specs != NULL &&
           vp_virt_attach_config_read(guest, domain, specs, conf, VP_REWRITE_ENSURE, result, error);
}

gboolean
vp_virt_detach_config(const VpGuest *guest, const VpConf *conf, VpDriveResult *result,
                      GError **error)
{
    g_autoptr(VpDomain) domain = read_definition(guest, error);
    g_autoptr(GPtrArray) changes = NULL;

    if (domain == NULL)
        return FALSE;
    changes = vp_payload_rewrite_changes(domain, NULL, conf->directory, VP_REWRITE_REMOVE, error);
    return changes != NULL && apply_changes(guest, changes, result, error);
}

/* --- the run --------------------------------------------------------------------------------- */

/* *over: the guest is gone, has stopped, or was started again. */
static gboolean
is_over(const Run *run, gboolean *over, GError **error)
{
    g_autoptr(GError) failure = NULL;
    int id = -1;

    if (!vp_virt_guest_current_id(run->guest, &id, &failure) &&
        !g_error_matches(failure, VP_ERROR, VP_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    *over = id != run->run;
    return TRUE;
}

static gboolean
is_empty_cdrom(const VpDisk *disk)
{
    return g_str_equal(disk->device, "cdrom") && disk->source == NULL;
}

static gboolean
has_empty_cdrom(const VpDomain *domain)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        if (is_empty_cdrom(domain->disks->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

/* The definition tells which empty CD-ROM is a payload's. It is read only for that: while many
 * guests start, each such call waits for starts. */
static gboolean
read_config(Run *run, GError **error)
{
    gboolean is_persistent;

    if (run->config != NULL || !has_empty_cdrom(run->domain))
        return TRUE;
    if (!vp_virt_guest_is_persistent(run->guest, &is_persistent, error))
        return FALSE;
    if (is_persistent)
        run->config = vp_virt_guest_domain(run->guest, VP_GUEST_CONFIG, error);
    return !is_persistent || run->config != NULL;
}

static gboolean
read_run(Run *run, GError **error)
{
    g_autoptr(VpDomain) domain = vp_virt_guest_domain(run->guest, VP_GUEST_LIVE, error);

    if (domain == NULL)
        return FALSE;
    g_clear_pointer(&run->domain, vp_domain_free);
    run->domain = g_steal_pointer(&domain);
    return read_config(run, error);
}

gboolean
vp_virt_attach_check_image(const VpGuest *guest, const VpDomain *domain, const VpConf *conf,
                           GError **error)
{
    if (!vp_virt_guest_is_local(guest, conf))
        return vp_error_set(
            error, VP_ERROR_DRIVE,
            "the image has to be built on the host that runs the guest; run this there");
    return vp_payload_own_disk_check(domain, conf->directory, error);
}

static gboolean
write_image(const Run *run, VpSpec *spec, GError **error)
{
    g_autoptr(VpPayload) payload = NULL;

    if (!vp_virt_attach_check_image(run->guest, run->domain, run->conf, error))
        return FALSE;
    payload = vp_payload_build(spec, run->conf, error);
    return payload != NULL && vp_payload_store_one(payload, run->domain, run->conf, error);
}

/* The drive in the definition of the next start, if it has one. */
static const VpDisk *
config_drive(const Run *run, const char *image_name)
{
    return run->config != NULL ? vp_payload_recognise_image(run->config, image_name) : NULL;
}

/* The CD-ROM that is the payload's by the guest's definition, and empty in this run. */
static const VpDisk *
empty_drive(const Run *run, const char *image_name)
{
    const VpDisk *drive = config_drive(run, image_name);

    for (guint i = 0; drive != NULL && i < run->domain->disks->len; i++) {
        const VpDisk *disk = run->domain->disks->pdata[i];

        if (is_empty_cdrom(disk) && g_strcmp0(disk->target, drive->target) == 0 &&
            g_strcmp0(disk->bus, drive->bus) == 0)
            return disk;
    }
    return NULL;
}

gboolean
vp_virt_attach_media(const VpGuest *guest, const VpDomain *domain, const VpDisk *disk,
                     const char *path, gboolean force, GError **error)
{
    g_autofree char *xml = vp_payload_rewrite_media_xml(domain, disk, path);

    return vp_virt_guest_update(guest, xml, VP_GUEST_LIVE, force || path != NULL, error);
}

/* Into an existing controller or port, so that a refusal leaves nothing in the guest. */
static gboolean
plug_drive(const Run *run, const VpDrive *drive, const char *path, GError **error)
{
    g_autofree char *xml = vp_payload_rewrite_disk_xml(run->domain, drive, path);

    return vp_virt_guest_attach(run->guest, xml, VP_GUEST_LIVE, error);
}

/* After a refusal: TRUE if nothing is left to try, because the guest has stopped or another attach
 * was quicker. */
static gboolean
is_settled(Run *run, const char *image_name, VpDriveResult *result)
{
    gboolean over = FALSE;

    if (!is_over(run, &over, NULL))
        return FALSE;
    if (over) {
        *result = VP_DRIVE_RUN_OVER;
        return TRUE;
    }
    if (!read_run(run, NULL) || vp_payload_recognise_image(run->domain, image_name) == NULL)
        return FALSE;
    *result = VP_DRIVE_UNCHANGED;
    return TRUE;
}

static gboolean
plug_new(Run *run, const VpSpec *spec, const char *path, VpDriveResult *result, GError **error)
{
    g_autofree char *name = vp_spec_image_name(spec);
    g_autoptr(GPtrArray) drives = vp_payload_drive_plan_hotplug(run->domain, spec);
    g_autoptr(GError) failure = NULL;

    for (guint i = 0; i < drives->len; i++) {
        g_clear_error(&failure);
        if (plug_drive(run, drives->pdata[i], path, &failure)) {
            *result = VP_DRIVE_CHANGED;
            return TRUE;
        }
        if (is_settled(run, name, result))
            return TRUE;
    }
    return vp_error_set(
        error, VP_ERROR_DRIVE,
        "the drive cannot be hot-plugged: %s; 'virt-payload attach %s' adds it at the next start",
        failure != NULL ? failure->message : "no bus has room for it",
        vp_domain_shell_name(run->domain));
}

static gboolean
plug(Run *run, VpSpec *spec, gboolean make_image, VpDriveResult *result, GError **error)
{
    g_autofree char *name = vp_spec_image_name(spec);
    g_autofree char *path = g_build_filename(run->conf->directory, name, NULL);
    const VpDisk *empty;

    if (vp_payload_recognise_image(run->domain, name) != NULL)
        return TRUE;
    if (make_image && !write_image(run, spec, error))
        return FALSE;
    empty = empty_drive(run, name);
    if (empty == NULL)
        return plug_new(run, spec, path, result, error);
    if (!vp_virt_attach_media(run->guest, run->domain, empty, path, FALSE, error))
        return FALSE;
    *result = VP_DRIVE_CHANGED;
    return TRUE;
}

/* A drive that was plugged has taken a target and a place, which the next one needs to know. */
static gboolean
plug_all(Run *run, const GPtrArray *specs, gboolean make_image, VpDriveResult *result,
         GError **error)
{
    for (guint i = 0; i < specs->len && *result != VP_DRIVE_RUN_OVER; i++)
        if ((i > 0 && !read_run(run, error)) ||
            !plug(run, specs->pdata[i], make_image, result, error))
            return FALSE;
    return TRUE;
}

static gboolean
start_run(Run *run, int id, VpDriveResult *result, GError **error)
{
    gboolean over = FALSE;

    run->run = id != 0 ? id : vp_virt_guest_id(run->guest);
    if (!is_over(run, &over, error))
        return FALSE;
    if (over && id != 0) {
        *result = VP_DRIVE_RUN_OVER;
        return TRUE;
    }
    if (over || run->run < 0)
        return vp_error_set(error, VP_ERROR_DRIVE, "the guest is not running");
    *result = VP_DRIVE_UNCHANGED;
    return read_run(run, error);
}

/* The error of an earlier hand-over no longer applies. */
static void
forget_failure(const Run *run)
{
    g_autoptr(VpStore) store = vp_virt_guest_is_local(run->guest, run->conf)
                                   ? vp_payload_store_open_existing(run->conf->directory, NULL)
                                   : NULL;

    if (store != NULL)
        (void)!vp_payload_store_note(store, vp_virt_guest_uuid(run->guest), VP_NOTE_ERROR, NULL,
                                     NULL);
}

gboolean
vp_virt_attach_live(const VpGuest *guest, const VpConf *conf, int id, VpDriveResult *result,
                    GError **error)
{
    g_auto(Run) run = {guest, conf};
    g_autoptr(GPtrArray) specs = NULL;
    VpDriveResult done = VP_DRIVE_UNCHANGED;

    if (!start_run(&run, id, &done, error))
        return FALSE;
    if (done != VP_DRIVE_RUN_OVER) {
        specs = read_specs(run.domain, VP_GUEST_LIVE, conf, error);
        if (specs == NULL || !plug_all(&run, specs, id == 0, &done, error))
            return FALSE;
    }
    if (done != VP_DRIVE_RUN_OVER)
        forget_failure(&run);
    *result = done;
    return TRUE;
}

/* --- and back -------------------------------------------------------------------------------- */

gboolean
vp_virt_attach_can_unplug(const VpDisk *disk)
{
    VpBus bus = vp_domain_target_disk_bus(disk);

    return bus == VP_BUS_VIRTIO || bus == VP_BUS_SCSI || bus == VP_BUS_USB;
}

gboolean
vp_virt_attach_unplug(const VpGuest *guest, const VpDisk *disk, GError **error)
{
    g_autofree char *xml = vp_payload_rewrite_element_xml(disk);

    return vp_virt_guest_detach(guest, xml, VP_GUEST_LIVE, error);
}

static gboolean
take_out(const Run *run, const VpDisk *disk, GError **error)
{
    return vp_virt_attach_can_unplug(disk)
               ? vp_virt_attach_unplug(run->guest, disk, error)
               : vp_virt_attach_media(run->guest, run->domain, disk, NULL, FALSE, error);
}

/* Another guest's too, which a clone may have been started with by an earlier version. */
static gboolean
is_drive(const Run *run, const VpDisk *disk)
{
    return vp_payload_recognise(run->domain, disk) ||
           vp_payload_recognise_foreign(run->domain, disk, run->conf->directory);
}

static guint
count_drives(const Run *run)
{
    guint n = 0;

    for (guint i = 0; i < run->domain->disks->len; i++)
        if (is_drive(run, run->domain->disks->pdata[i]))
            n++;
    return n;
}

static gboolean
take_out_all(Run *run, GError **error)
{
    for (guint i = 0; i < run->domain->disks->len; i++) {
        const VpDisk *disk = run->domain->disks->pdata[i];

        if (is_drive(run, disk) && !take_out(run, disk, error))
            return FALSE;
    }
    return read_run(run, error);
}

/* If the guest has stopped meanwhile, its image is gone, or is already that of its next run. */
static gboolean
remove_image(const Run *run, GError **error)
{
    gboolean over = FALSE;

    if (!is_over(run, &over, error))
        return FALSE;
    if (over || !vp_virt_guest_is_local(run->guest, run->conf) ||
        vp_payload_own_disk_find(run->domain, run->conf->directory) != NULL)
        return TRUE;
    return vp_payload_store_remove_guest_from(run->conf->directory, run->domain->uuid, error);
}

gboolean
vp_virt_detach_live(const VpGuest *guest, const VpConf *conf, VpDriveResult *result, GError **error)
{
    g_auto(Run) run = {guest, conf};
    VpDriveResult done = VP_DRIVE_UNCHANGED;

    if (!start_run(&run, 0, &done, error))
        return FALSE;
    if (count_drives(&run) > 0) {
        if (!take_out_all(&run, error))
            return FALSE;
        done = count_drives(&run) > 0 ? VP_DRIVE_RELEASING : VP_DRIVE_CHANGED;
    }
    if (done != VP_DRIVE_RELEASING && !remove_image(&run, error))
        return FALSE;
    *result = done;
    return TRUE;
}
