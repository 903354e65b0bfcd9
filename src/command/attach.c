/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload attach: the payload drive for a guest, at its next start, now, or both. */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/commands.h"
#include "command/guest.h"
#include "command/report.h"
#include "libvirt/attach.h"
#include "payload/plugged.h"

typedef struct {
    gboolean config;
    gboolean live;
    int id;
    char *began;
    gboolean resumed;
} Options;

static const VpOption attach_options[] = {
    {"config", '\0', VP_OPTION_FLAG, G_STRUCT_OFFSET(Options, config), NULL,
     "in the persistent definition, for every later start"},
    {"live", '\0', VP_OPTION_FLAG, G_STRUCT_OFFSET(Options, live), NULL,
     "in the running guest, immediately"},
    {"id", '\0', VP_OPTION_NUMBER, G_STRUCT_OFFSET(Options, id), "ID",
     "with --live: only while the guest has this id"},
    {"began", '\0', VP_OPTION_TEXT, G_STRUCT_OFFSET(Options, began), "MS",
     "with --id: when the guest started, by the monotonic clock"},
    {"resumed", '\0', VP_OPTION_FLAG, G_STRUCT_OFFSET(Options, resumed), NULL,
     "with --id: only if libvirt says that the guest has booted"},
    {NULL},
};

/* Reports the result: to the user, or to the journal. */
typedef struct {
    const char *guest;
    VpCall *call; /* NULL: to the journal */
    const VpGuest *known;
} Teller;

/* To the journal. */
static void tell(const Teller *teller, int priority, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
tell(const Teller *teller, int priority, const char *format, ...)
{
    g_autofree char *name = vp_escape_name(teller->guest);
    g_autofree char *text = NULL;
    g_autofree char *line = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    line = vp_escape_name(text);
    syslog(priority, "%s: %s", name, line);
}

static void
tell_result(const Teller *teller, VpDriveResult result, int priority, const char *text)
{
    if (teller->call != NULL)
        vp_command_report(teller->call, teller->known, result == VP_DRIVE_CHANGED, "%s", text);
    else
        tell(teller, priority, "%s", text);
}

static void
tell_error(const Teller *teller, const GError *error)
{
    tell(teller, LOG_ERR, "%s [%s]", error->message, vp_error_name(error));
}

static void
tell_live(const Teller *teller, VpDriveResult result)
{
    const char *text = result == VP_DRIVE_CHANGED ? "payload drive plugged into the running guest"
                       : result == VP_DRIVE_RUN_OVER
                           ? "the guest has stopped or restarted; nothing was changed"
                           : "the running guest already has its payload drive";

    tell_result(teller, result, result == VP_DRIVE_RUN_OVER ? LOG_NOTICE : LOG_INFO, text);
}

static gboolean
attach_config(const Teller *teller, const VpGuest *guest, const VpConf *conf, GError **error)
{
    VpDriveResult result;

    if (!vp_virt_attach_config(guest, conf, &result, error))
        return FALSE;
    tell_result(teller, result, LOG_INFO,
                result == VP_DRIVE_CHANGED ? "payload drive added from the next start on"
                                           : "the definition already has the payload drive");
    return TRUE;
}

/* --- for the user ---------------------------------------------------------------------------- */

/* Neither option: the part that the guest keeps. */
static gboolean
choose_parts(const VpGuest *guest, Options *options, GError **error)
{
    gboolean is_persistent;

    if (options->config || options->live)
        return TRUE;
    if (!vp_virt_guest_is_persistent(guest, &is_persistent, error))
        return FALSE;
    options->config = is_persistent;
    options->live = !is_persistent;
    return TRUE;
}

static gboolean
attach_typed(VpCall *call, const VpGuest *guest, const Options *given, GError **error)
{
    Options parts = *given, *options = &parts; /* each guest has its own */
    const Teller teller = {vp_virt_guest_name(guest), call, guest};
    g_autoptr(GError) failure = NULL;
    g_autoptr(GError) config_failure = NULL;
    VpDriveResult result;

    if (!choose_parts(guest, options, error))
        return FALSE;
    if (options->live) {
        if (vp_virt_attach_live(guest, call->conf, 0, &result, &failure))
            tell_live(&teller, result);
    }
    /* A guest that cannot take the drive now still has it from its next start on. */
    if (options->config && !attach_config(&teller, guest, call->conf, &config_failure) &&
        failure == NULL)
        failure = g_steal_pointer(&config_failure);
    if (failure == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* --- for the hook, detached from it: nobody reads what is printed ------------------------------
 */

/* For list, because few users look into the journal first. */
static void
note_error(const VpConf *conf, const char *uuid, const GError *failure)
{
    g_autofree char *text = g_strdup_printf("%s [%s]", failure->message, vp_error_name(failure));
    g_autoptr(VpStore) store =
        g_uuid_string_is_valid(uuid) ? vp_payload_store_open_existing(conf->directory, NULL) : NULL;

    if (store != NULL)
        (void)!vp_payload_store_note(store, uuid, VP_NOTE_ERROR, text, NULL);
}

/* Nobody would remove the note of a guest that has stopped meanwhile. */
static gboolean
still_runs(const VpGuest *guest, int run)
{
    int id;

    return vp_virt_guest_current_id(guest, &id, NULL) && id == run;
}

/* The guest and start of the hand-over. */
typedef struct {
    const Teller *teller;
    const VpGuest *guest;
    const VpConf *conf;
    const Options *options;
    VpGuestOrigin origin;
} Handed;

/* From the start to now; 0 if the guest's vCPUs have not run yet. */
static guint
elapsed(const Handed *handed)
{
    gint64 began =
        handed->options->began != NULL ? g_ascii_strtoll(handed->options->began, NULL, 10) : 0;
    gint64 now = g_get_monotonic_time() / 1000;

    if (began <= 0 || handed->origin == VP_GUEST_HELD)
        return 0;
    return (guint)CLAMP(now - began, 0, G_MAXINT);
}

static void
record_plugged(const Handed *handed)
{
    guint took = elapsed(handed);
    g_autoptr(VpStore) store = vp_payload_store_open_existing(handed->conf->directory, NULL);

    tell(handed->teller, LOG_INFO,
         "payload drive plugged into the running guest, %u ms after its start", took);
    if (took > VP_PLUGGED_LATE_MS) {
        g_autofree char *late = vp_payload_plugged_late(took, vp_virt_guest_uuid(handed->guest));

        tell(handed->teller, LOG_WARNING, "%s", late);
    }
    if (store != NULL && still_runs(handed->guest, handed->options->id))
        (void)!vp_payload_plugged_record(store, vp_virt_guest_uuid(handed->guest), took, NULL);
}

/* A guest that cannot be looked at any more: attach finds out why. */
static gboolean
is_resumed(Handed *handed)
{
    if (!vp_virt_guest_origin(handed->guest, &handed->origin, NULL))
        return FALSE;
    return (handed->origin == VP_GUEST_RESUMED ||
            (handed->options->resumed && handed->origin != VP_GUEST_BOOTED)) &&
           still_runs(handed->guest, handed->options->id);
}

static gboolean
attach_live(const Handed *handed, VpDriveResult *result, GError **error)
{
    if (!vp_virt_attach_live(handed->guest, handed->conf, handed->options->id, result, error)) {
        tell_error(handed->teller, *error);
        return FALSE;
    }
    if (*result == VP_DRIVE_CHANGED)
        record_plugged(handed);
    else
        tell_live(handed->teller, *result);
    return TRUE;
}

/* attach = persistent: for the next start, even if the running guest could not get the drive. */
static gboolean
attach_next(const Handed *handed, GError **error)
{
    gboolean is_persistent = FALSE;

    if (!vp_virt_guest_is_persistent(handed->guest, &is_persistent, error) ||
        (is_persistent && !attach_config(handed->teller, handed->guest, handed->conf, error))) {
        tell_error(handed->teller, *error);
        return FALSE;
    }
    return TRUE;
}

static gboolean
attach_handed_over(Handed *handed)
{
    g_autoptr(GError) live_error = NULL;
    g_autoptr(GError) config_error = NULL;
    VpDriveResult result = VP_DRIVE_UNCHANGED;
    gboolean is_done;

    if (is_resumed(handed)) {
        tell(handed->teller, LOG_NOTICE,
             "the guest was resumed without a payload drive and is left unchanged; 'virt-payload "
             "attach --live' adds it");
        return TRUE;
    }
    is_done = attach_live(handed, &result, &live_error);
    if (result == VP_DRIVE_RUN_OVER)
        return TRUE;
    if (handed->options->config && !attach_next(handed, &config_error))
        is_done = FALSE;
    if (!is_done && still_runs(handed->guest, handed->options->id))
        note_error(handed->conf, vp_virt_guest_uuid(handed->guest),
                   live_error != NULL ? live_error : config_error);
    return is_done;
}

static void
run_handed_over(VpCall *call, const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpVirt) virt = NULL;
    g_autoptr(VpGuest) guest = NULL;
    Teller teller = {call->arguments[0], NULL, NULL};

    openlog("virt-payload", LOG_PID, LOG_DAEMON);
    call->status = VP_EXIT_FAILED;
    virt = vp_virt_open(call->uri, call->conf, FALSE, &error);
    guest = virt != NULL ? vp_virt_find_uuid(virt, call->arguments[0], &error) : NULL;
    if (guest != NULL) {
        Handed handed = {&teller, guest, call->conf, options, VP_GUEST_BOOTED};

        teller.guest = vp_virt_guest_name(guest);
        if (attach_handed_over(&handed))
            call->status = VP_EXIT_OK;
    } else if (g_error_matches(error, VP_ERROR, VP_ERROR_NOT_FOUND)) {
        tell_live(&teller, VP_DRIVE_RUN_OVER);
        call->status = VP_EXIT_OK;
    } else {
        tell_error(&teller, error);
        note_error(call->conf, call->arguments[0], error);
    }
    closelog();
}

static gboolean
run_attach(VpCall *call, GError **error)
{
    Options *options = call->options;
    g_auto(VpCallGuest) opened = {NULL, NULL};

    if (options->id != 0 && !options->live)
        return vp_error_set(error, VP_ERROR_USAGE, "--id requires --live");
    if (options->began != NULL && options->id == 0)
        return vp_error_set(error, VP_ERROR_USAGE, "--began requires --id");
    if (options->resumed && options->id == 0)
        return vp_error_set(error, VP_ERROR_USAGE, "--resumed requires --id");
    if (options->id != 0) {
        run_handed_over(call, options);
        return TRUE;
    }
    return vp_command_guest_open(call, call->arguments[0], FALSE, &opened, error) &&
           attach_typed(call, opened.guest, options, error);
}

const VpCommand vp_command_attach = {
    .name = "attach",
    .arguments = "GUEST|UUID|ID...",
    .summary = "add the payload drive to a guest",
    .details = "By default the drive is added to the guest's persistent definition, after its own "
               "disks and without changing the boot order, and is present from the first instant "
               "of every start; without this it is hot-plugged at each start. A transient guest "
               "gets it immediately. A guest that has the drive is left unchanged.\n",
    .options = attach_options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = G_MAXUINT,
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_GUESTS | VP_COMMAND_REPORTS,
    .run = run_attach,
};
