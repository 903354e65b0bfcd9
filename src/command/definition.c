/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Definitions read, checked and stored again. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/definition.h"
#include "command/instance.h"
#include "command/report.h"
#include "domain/xml-scan.h"
#include "libvirt/attach.h"
#include "libvirt/update.h"
#include "payload/payload.h"
#include "payload/profile.h"
#include "payload/rewrite.h"
#include "spec/field.h"
#include "view/input.h"

void
vp_command_definition_clear(VpEdit *edit)
{
    g_clear_pointer(&edit->domain, vp_domain_free);
    g_clear_pointer(&edit->text, g_bytes_unref);
    g_clear_pointer(&edit->element, g_free);
    g_clear_pointer(&edit->before, g_ptr_array_unref);
    vp_command_guest_clear(&edit->opened);
}

static gboolean
choose_parts(const VpEditParts *parts, VpEdit *edit, GError **error)
{
    gboolean runs = vp_virt_guest_id(edit->opened.guest) >= 0, is_persistent;

    if (!vp_virt_guest_is_persistent(edit->opened.guest, &is_persistent, error))
        return FALSE;
    edit->config = parts->config || (parts->current && !runs);
    edit->live = parts->live || (parts->current && runs);
    if (!edit->config && !edit->live) {
        edit->config = is_persistent;
        edit->live = !is_persistent;
    }
    if (edit->config && !is_persistent)
        return vp_error_set(error, VP_ERROR_DRIVE,
                            "the guest is transient and has no persistent definition; use --live");
    if (edit->live && !runs)
        return vp_error_set(error, VP_ERROR_DRIVE, "the guest is not running");
    return TRUE;
}

static gboolean
open_guest(VpCall *call, const char *name, const VpEditParts *parts, VpEdit *edit, GError **error)
{
    if (!vp_command_guest_open(call, name, FALSE, &edit->opened, error) ||
        !choose_parts(parts, edit, error))
        return FALSE;
    edit->domain = vp_virt_guest_domain(edit->opened.guest,
                                        edit->config ? VP_GUEST_CONFIG : VP_GUEST_LIVE, error);
    return edit->domain != NULL;
}

static gboolean
check_usage(const VpCall *call, const char *name, const VpEditParts *parts, GError **error)
{
    gboolean is_input = g_str_equal(name, "-");

    if (parts->current && (parts->live || parts->config))
        return vp_error_set(error, VP_ERROR_USAGE, "--current excludes --live and --config");
    if (is_input && (parts->live || parts->current))
        return vp_error_set(
            error, VP_ERROR_USAGE,
            "a definition on standard input has no running guest; omit --live and --current");
    if (is_input && call->results != NULL)
        return vp_error_set(error, VP_ERROR_USAGE,
                            "the definition is written to standard output; omit --json");
    return TRUE;
}

gboolean
vp_command_definition_open(VpCall *call, const char *name, const VpEditParts *parts, VpEdit *edit,
                           GError **error)
{
    if (!check_usage(call, name, parts, error))
        return FALSE;
    if (!g_str_equal(name, "-")) {
        if (!open_guest(call, name, parts, edit, error))
            return FALSE;
    } else {
        edit->domain = vp_view_input_domain(NULL, &edit->text, error);
        if (edit->domain == NULL)
            return FALSE;
        vp_command_guest_name(call, edit->domain->name);
    }
    edit->before = vp_payload_profile_read(edit->domain, call->conf, NULL);
    edit->element = vp_spec_field_plain_of(edit->domain);
    return TRUE;
}

/* Checks that the definition is within the limits of the next start. */
static GPtrArray *
read_specs(const VpDomain *domain, const VpConf *conf, GError **error)
{
    g_autofree char *xml = vp_payload_rewrite_to_string(domain);

    return vp_domain_xml_scan(xml, strlen(xml), error)
               ? vp_payload_profile_read(domain, conf, error)
               : NULL;
}

static gboolean
check_image(const GPtrArray *specs, const VpConf *conf, GError **error)
{
    g_autoptr(GPtrArray) payloads = vp_payload_build_all(specs, conf, error);

    return payloads != NULL;
}

/* makes_image: only the running guest gets it, which is refused before anything is changed.
 * With --config --live two images are built, because their inputs may differ: that of the next
 * start, from the persistent definition's interfaces and SMBIOS UUID, must be known to work before
 * anything is stored; that of the running guest has the live definition's. */
static GPtrArray *
check(const VpEdit *edit, const VpConf *conf, gboolean makes_image, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) specs = read_specs(edit->domain, conf, &failure);
    g_autofree char *message = NULL;

    if (specs != NULL && (makes_image || check_image(specs, conf, &failure)))
        return g_steal_pointer(&specs);
    message = vp_error_without_line(failure);
    g_set_error_literal(error, failure->domain, failure->code, message);
    return NULL;
}

/* The payload of that name named a bus before. */
static gboolean
had_bus(const VpEdit *edit, const VpSpec *spec)
{
    for (guint i = 0; edit->before != NULL && i < edit->before->len; i++) {
        const VpSpec *old = edit->before->pdata[i];

        if (g_strcmp0(old->name, spec->name) == 0)
            return old->bus != VP_BUS_AUTO;
    }
    return FALSE;
}

/* "auto" fits a drive on any bus; only if it has just been chosen, the drive is to move. */
static gboolean
is_rebused(const VpEdit *edit, const GPtrArray *specs)
{
    gboolean rebused = edit->has_bus;

    for (guint i = 0; i < specs->len && !rebused; i++) {
        const VpSpec *spec = specs->pdata[i];

        rebused = spec->bus == VP_BUS_AUTO && had_bus(edit, spec);
    }
    return rebused;
}

/* How existing drives follow the payload. */
static VpRewriteMode
follow_mode(const VpEdit *edit, const GPtrArray *specs)
{
    if (specs->len == 0)
        return VP_REWRITE_REMOVE;
    return is_rebused(edit, specs) ? VP_REWRITE_REBUS : VP_REWRITE_FOLLOW;
}

static gboolean
store_text(VpCall *call, VpEdit *edit, GPtrArray *specs, VpEditDrive drive, GError **error)
{
    const char *directory = call->conf->directory;
    gboolean changed;
    g_autofree char *xml = NULL;

    if (drive != VP_EDIT_DRIVE_LEAVE &&
        !vp_payload_rewrite_domain(edit->domain, specs, directory, follow_mode(edit, specs),
                                   &changed, error))
        return FALSE;
    if (drive == VP_EDIT_DRIVE_ADD &&
        !vp_payload_rewrite_domain(edit->domain, specs, directory, VP_REWRITE_ENSURE, &changed,
                                   error))
        return FALSE;
    xml = vp_payload_rewrite_to_string(edit->domain);
    fputs(xml, stdout);
    return TRUE;
}

/* The definition of the next start. */
static gboolean
rewrite_drive(VpCall *call, VpEdit *edit, GPtrArray *specs, VpRewriteMode mode, gboolean *changed,
              GError **error)
{
    VpDriveResult result;

    if (!vp_virt_attach_config_read(edit->opened.guest, edit->domain, specs, call->conf, mode,
                                    &result, error))
        return FALSE;
    *changed |= result == VP_DRIVE_CHANGED;
    return TRUE;
}

static gboolean
store_drive(VpCall *call, VpEdit *edit, GPtrArray *specs, VpEditDrive drive, gboolean *changed,
            GError **error)
{
    if (drive == VP_EDIT_DRIVE_LEAVE)
        return TRUE;
    return rewrite_drive(call, edit, specs, follow_mode(edit, specs), changed, error) &&
           (drive != VP_EDIT_DRIVE_ADD ||
            rewrite_drive(call, edit, specs, VP_REWRITE_ENSURE, changed, error));
}

static gboolean
store_config(VpCall *call, VpEdit *edit, GPtrArray *specs, const char *element, VpEditDrive drive,
             gboolean *changed, GError **error)
{
    if (!vp_virt_guest_set_metadata(edit->opened.guest, VP_GUEST_CONFIG, element, error))
        return FALSE;
    edit->is_stored = TRUE;
    *changed |= g_strcmp0(element, edit->element) != 0;
    if (store_drive(call, edit, specs, drive, changed, error))
        return TRUE;
    g_prefix_error(error, "the fields are stored, but ");
    return FALSE;
}

/* The running guest. */
static gboolean
give_live(VpCall *call, VpEdit *edit, gboolean *changed, GError **error)
{
    const VpGuest *guest = edit->opened.guest;
    g_auto(VpUpdateResult) updated = {VP_UPDATE_NONE, NULL};

    if (edit->config ? !vp_virt_update_from_definition(guest, call->conf, 0, &updated, error)
                     : !vp_virt_update_run(guest, call->conf, edit->domain, 0, &updated, error))
        return FALSE;
    *changed |= updated.kind != VP_UPDATE_NONE;
    return TRUE;
}

static gboolean
store_live(VpCall *call, VpEdit *edit, const char *element, VpEditDrive drive, gboolean *changed,
           GError **error)
{
    gboolean with_drive = drive != VP_EDIT_DRIVE_LEAVE;
    VpDriveResult result = VP_DRIVE_UNCHANGED;

    *changed |= !edit->config && g_strcmp0(element, edit->element) != 0;
    if (element != NULL && with_drive)
        return give_live(call, edit, changed, error);
    if (with_drive && !vp_virt_detach_live(edit->opened.guest, call->conf, &result, error))
        return FALSE;
    *changed |= result != VP_DRIVE_UNCHANGED;
    return vp_virt_guest_set_metadata(edit->opened.guest, VP_GUEST_LIVE, element, error);
}

static void
tell(VpCall *call, const VpEdit *edit, gboolean has_payload, gboolean changed)
{
    const VpGuest *guest = edit->opened.guest;
    gboolean runs = vp_virt_guest_id(guest) >= 0;

    if (!changed)
        vp_command_report(call, guest, FALSE, "nothing to change");
    else if (!has_payload)
        vp_command_report(call, guest, TRUE, "no payload %s",
                          !edit->live    ? "from the next start"
                          : edit->config ? "any more"
                                         : "in the running guest");
    else if (!edit->live)
        vp_command_report(call, guest, TRUE, "payload stored; takes effect at the next start%s",
                          runs ? ", the running guest is unchanged" : "");
    else
        vp_command_report(call, guest, TRUE, "payload %s",
                          edit->config ? "stored and updated in the running guest"
                                       : "updated in the running guest");
}

static gboolean
store_guest(VpCall *call, VpEdit *edit, GPtrArray *specs, VpEditDrive drive, GError **error)
{
    g_autofree char *element = vp_spec_field_plain_of(edit->domain);
    gboolean changed = FALSE;

    if (edit->config && !store_config(call, edit, specs, element, drive, &changed, error))
        return FALSE;
    if (edit->live && !store_live(call, edit, element, drive, &changed, error)) {
        if (edit->config)
            g_prefix_error(error, "the payload is stored for the next start, but ");
        return FALSE;
    }
    tell(call, edit, element != NULL, changed);
    if (changed && vp_command_instance_stays(edit->before, specs))
        vp_command_instance_warn(edit->opened.guest);
    return TRUE;
}

gboolean
vp_command_definition_check_drive(const VpEditParts *parts, gboolean drive, gboolean no_drive,
                                  GError **error)
{
    if (drive && no_drive)
        return vp_error_set(error, VP_ERROR_USAGE, "--drive and --no-drive exclude each other");
    if (drive && parts->live && !parts->config)
        return vp_error_set(error, VP_ERROR_USAGE,
                            "--drive is for the persistent definition; add --config");
    return TRUE;
}

VpEditDrive
vp_command_definition_drive(gboolean drive, gboolean no_drive)
{
    if (no_drive)
        return VP_EDIT_DRIVE_LEAVE;
    return drive ? VP_EDIT_DRIVE_ADD : VP_EDIT_DRIVE_FOLLOW;
}

gboolean
vp_command_definition_store(VpCall *call, VpEdit *edit, VpEditDrive drive, GError **error)
{
    gboolean makes_image = edit->live && !edit->config && drive != VP_EDIT_DRIVE_LEAVE;
    g_autoptr(GPtrArray) specs = check(edit, call->conf, makes_image, error);

    if (specs == NULL)
        return FALSE;
    return edit->opened.guest != NULL ? store_guest(call, edit, specs, drive, error)
                                      : store_text(call, edit, specs, drive, error);
}
