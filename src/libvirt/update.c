/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps: eject the drive's image, replace it, insert it again; then update the running guest's
 * metadata. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "domain/xml-node.h"
#include "image/content.h"
#include "libvirt/attach.h"
#include "libvirt/update.h"
#include "payload/drive.h"
#include "payload/payload.h"
#include "payload/profile.h"
#include "payload/recognise.h"
#include "payload/rewrite.h"
#include "spec/field.h"
#include "spec/object.h"
#include "view/input.h"
#include "view/term.h"

/* The time that a guest has to release a drive. */
enum { RELEASE_SECONDS = 30, RELEASE_POLL_MS = 200 };

typedef struct {
    const VpGuest *guest;
    const VpConf *conf;
    VpUpdateFlags flags;
    VpDomain *domain; /* of the run */
} Update;

static void
update_clear(Update *update)
{
    g_clear_pointer(&update->domain, vp_domain_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Update, update_clear)

void
vp_virt_update_result_clear(VpUpdateResult *result)
{
    g_clear_pointer(&result->target, g_free);
}

/* --- out and in ------------------------------------------------------------------------------- */

static gboolean
has_media(const VpDisk *disk)
{
    return g_str_equal(disk->device, "cdrom") || g_str_equal(disk->device, "floppy");
}

static gboolean
has_target(const VpDomain *domain, const char *target)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (g_strcmp0(disk->target, target) == 0)
            return TRUE;
    }
    return FALSE;
}

/* libvirt asks the guest, and waits at most some seconds for it. *released: FALSE if the guest has
 * not released it by then. */
static gboolean
poll_release(const Update *update, const char *target, gboolean *released, GError **error)
{
    *released = FALSE;
    for (guint waited = 0; waited < RELEASE_SECONDS * 1000; waited += RELEASE_POLL_MS) {
        g_autoptr(VpDomain) now = vp_virt_guest_domain(update->guest, VP_GUEST_LIVE, error);

        if (now == NULL)
            return FALSE;
        if (!has_target(now, target)) {
            *released = TRUE;
            return TRUE;
        }
        vp_view_term_progress("waiting for the guest to release drive %s (%u s)", target,
                              waited / 1000);
        g_usleep(RELEASE_POLL_MS * 1000);
    }
    return TRUE;
}

static gboolean
await_release(const Update *update, const char *target, GError **error)
{
    gboolean released, is_known = poll_release(update, target, &released, error);

    vp_view_term_progress(NULL);
    if (!is_known || released)
        return is_known;
    return vp_error_set(
        error, VP_ERROR_DRIVE,
        "the guest has not released drive %s (it is still booting, or uses it); try again later",
        target);
}

static gboolean
change_media(const Update *update, const VpDisk *disk, const char *path, GError **error)
{
    return vp_virt_attach_media(update->guest, update->domain, disk, path,
                                (update->flags & VP_UPDATE_FORCE) != 0, error);
}

static gboolean
unplug(const Update *update, const VpDisk *disk, GError **error)
{
    return vp_virt_attach_unplug(update->guest, disk, error) &&
           await_release(update, disk->target, error);
}

/* libvirt (seen: 9.0) does not open the tray of a CD-ROM that it has hot-plugged, and QEMU then
 * refuses to remove the medium. Whether the guest has locked the tray cannot be known, so such a
 * drive is only unplugged if that was asked for. */
static gboolean
eject(const Update *update, const VpDisk *disk, gboolean *is_unplugged, GError **error)
{
    g_autoptr(GError) failure = NULL;

    if (change_media(update, disk, NULL, &failure))
        return TRUE;
    if (!vp_virt_attach_can_unplug(disk)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if ((update->flags & VP_UPDATE_FORCE) == 0)
        return vp_error_set(error, failure->code,
                            "%s; 'update --force' unplugs the drive and plugs it in again, even "
                            "if the guest has mounted it",
                            failure->message);
    *is_unplugged = TRUE;
    return unplug(update, disk, error);
}

/* libvirt ignores a change to a medium of the same path, so it has to be ejected first. */
static gboolean
take_out(const Update *update, const VpDisk *disk, gboolean *is_unplugged, GError **error)
{
    *is_unplugged = !has_media(disk);
    return *is_unplugged ? unplug(update, disk, error) : eject(update, disk, is_unplugged, error);
}

/* The same address again, so that the guest's name for the drive stays. */
static gboolean
put_in(const Update *update, const VpDisk *disk, gboolean is_unplugged, const char *path,
       GError **error)
{
    xmlDoc *doc = update->domain->doc;
    VpDisk changed = *disk;
    g_autofree char *xml = NULL;

    if (!is_unplugged)
        return change_media(update, disk, path, error);
    changed.node = xmlDocCopyNode(disk->node, doc, 1);
    xmlSetProp(vp_domain_xml_child(changed.node, "source"), BAD_CAST "file", BAD_CAST path);
    xml = vp_payload_rewrite_element_xml(&changed);
    xmlFreeNode(changed.node);
    return vp_virt_guest_attach(update->guest, xml, VP_GUEST_LIVE, error);
}

/* The old image is there until the new one is whole. */
static gboolean
replace_image(const Update *update, const VpDisk *disk, const VpPayload *payload, GError **error)
{
    g_autofree char *path = g_build_filename(update->conf->directory, payload->name, NULL);
    gboolean is_unplugged;

    if (!take_out(update, disk, &is_unplugged, error))
        return FALSE;
    if (!vp_payload_store_one(payload, update->domain, update->conf, error)) {
        if (!put_in(update, disk, is_unplugged, disk->source, NULL))
            g_prefix_error(error, "the drive is now detached: ");
        return FALSE;
    }
    if (put_in(update, disk, is_unplugged, path, error))
        return TRUE;
    g_prefix_error(error, "the drive is now detached; run 'attach --live' to restore it: ");
    return FALSE;
}

/* --- what is to be done ----------------------------------------------------------------------- */

static gboolean
is_current(const VpDisk *disk, const VpPayload *payload, gboolean *current, GError **error)
{
    g_autoptr(GBytes) made = vp_image_flatten(payload->image, error);
    g_autoptr(GBytes) there = NULL;

    if (made == NULL)
        return FALSE;
    there = vp_view_input_file(disk->source, VP_IMAGE_READ_MAX_BYTES, FALSE, NULL);
    *current = there != NULL && g_bytes_equal(made, there);
    return TRUE;
}

static gboolean
set_metadata(const Update *update, const char *element, GError **error)
{
    g_autofree char *there = vp_spec_field_plain_of(update->domain);

    return g_strcmp0(there, element) == 0 ||
           vp_virt_guest_set_metadata(update->guest, VP_GUEST_LIVE, element, error);
}

/* The command that hot-plugs a drive reads the payload from the running guest's metadata. */
static gboolean
plug(const Update *update, const char *element, VpUpdateResult *result, GError **error)
{
    VpDriveResult done;
    g_autofree char *old = vp_spec_field_plain_of(update->domain);

    result->kind = VP_UPDATE_PLUGGED;
    if (update->flags & VP_UPDATE_DRY_RUN)
        return TRUE;
    if (!set_metadata(update, element, error))
        return FALSE;
    if (vp_virt_attach_live(update->guest, update->conf, 0, &done, error))
        return TRUE;
    (void)!vp_virt_guest_set_metadata(update->guest, VP_GUEST_LIVE, old, NULL);
    return FALSE;
}

static gboolean
change(const Update *update, const VpDisk *disk, VpSpec *spec, VpUpdateResult *result,
       GError **error)
{
    g_autoptr(VpPayload) payload = vp_payload_build(spec, update->conf, error);
    gboolean current = FALSE;

    if (payload == NULL || !is_current(disk, payload, &current, error))
        return FALSE;
    if (current)
        return TRUE;
    result->kind = has_media(disk) ? VP_UPDATE_MEDIA : VP_UPDATE_REPLUGGED;
    result->target = g_strdup(disk->target);
    return (update->flags & VP_UPDATE_DRY_RUN) || replace_image(update, disk, payload, error);
}

static gboolean
check_drive(const VpDisk *disk, const VpSpec *spec, GError **error)
{
    if (vp_payload_drive_fits(disk, spec))
        return TRUE;
    return vp_error_set(error, VP_ERROR_DRIVE,
                        "the new bus, target or format takes effect only at the next start");
}

static VpSpec *
read_spec(const VpDomain *wanted, const VpConf *conf, char **element, GError **error)
{
    g_autoptr(GPtrArray) specs = NULL;
    VpField root;

    if (!vp_spec_field_require(wanted, &root, "the metadata has no payload", error))
        return NULL;
    specs = vp_payload_profile_read(wanted, conf, error);
    if (specs == NULL)
        return NULL;
    *element = vp_spec_field_to_plain(&root);
    return g_ptr_array_steal_index(specs, 0);
}

/* Of a clone that an earlier version started with the original's image, that drive. */
static const VpDisk *
find_drive(const Update *update, const char *image_name)
{
    const VpDisk *disk = vp_payload_recognise_image(update->domain, image_name);

    for (guint i = 0; disk == NULL && i < update->domain->disks->len; i++) {
        const VpDisk *other = update->domain->disks->pdata[i];

        if (vp_payload_recognise_foreign(update->domain, other, update->conf->directory))
            disk = other;
    }
    return disk;
}

gboolean
vp_virt_update_run(const VpGuest *guest, const VpConf *conf, const VpDomain *wanted,
                   VpUpdateFlags flags, VpUpdateResult *result, GError **error)
{
    g_auto(Update) update = {guest, conf, flags, NULL};
    g_auto(VpUpdateResult) done = {VP_UPDATE_NONE, NULL};
    g_autofree char *element = NULL, *name = NULL;
    g_autoptr(VpSpec) spec = NULL;
    const VpDisk *disk;

    if (vp_virt_guest_id(guest) < 0)
        return vp_error_set(error, VP_ERROR_DRIVE, "the guest is not running");
    update.domain = vp_virt_guest_domain(guest, VP_GUEST_LIVE, error);
    spec = update.domain != NULL && vp_virt_attach_check_image(guest, update.domain, conf, error)
               ? read_spec(wanted, conf, &element, error)
               : NULL;
    if (spec == NULL)
        return FALSE;
    name = vp_spec_image_name(spec);
    disk = find_drive(&update, name);
    if (disk == NULL
            ? !plug(&update, element, &done, error)
            : !check_drive(disk, spec, error) || !change(&update, disk, spec, &done, error))
        return FALSE;
    if (disk != NULL && !(flags & VP_UPDATE_DRY_RUN) && !set_metadata(&update, element, error))
        return FALSE;
    result->kind = done.kind;
    result->target = g_steal_pointer(&done.target);
    return TRUE;
}

/* The run's definition with the payload of the next start's. */
static VpDomain *
read_wanted(const VpGuest *guest, GError **error)
{
    g_autoptr(VpDomain) wanted = vp_virt_guest_domain(guest, VP_GUEST_LIVE, error);
    g_autoptr(VpDomain) next = NULL;
    gboolean is_persistent;
    VpField root;

    if (wanted == NULL || !vp_virt_guest_is_persistent(guest, &is_persistent, error))
        return NULL;
    if (!is_persistent)
        return g_steal_pointer(&wanted);
    next = vp_virt_guest_domain(guest, VP_GUEST_CONFIG, error);
    if (next == NULL ||
        !vp_spec_field_require(next, &root,
                               "the definition has no payload; 'detach --live' removes the drive",
                               error) ||
        !vp_spec_field_copy_to(&root, wanted, error))
        return NULL;
    return g_steal_pointer(&wanted);
}

gboolean
vp_virt_update_from_definition(const VpGuest *guest, const VpConf *conf, VpUpdateFlags flags,
                               VpUpdateResult *result, GError **error)
{
    g_autoptr(VpDomain) wanted = read_wanted(guest, error);
    g_autoptr(GError) failure = NULL;

    if (wanted == NULL)
        return FALSE;
    if (vp_virt_update_run(guest, conf, wanted, flags, result, &failure))
        return TRUE;
    if (g_error_matches(failure, VP_ERROR, VP_ERROR_NETWORK))
        g_prefix_error(&failure, "the running guest may lack an interface that its definition has: "
                                 "plug it in ('virsh attach-device --live'), or restart the "
                                 "guest: ");
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}
