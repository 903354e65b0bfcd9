/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload doctor: what on this host keeps guests from their payload, and how to fix it. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/hash.h"
#include "command/commands.h"
#include "command/doctor-profiles.h"
#include "command/health.h"
#include "command/report.h"
#include "command/this-host.h"
#include "domain/front-search.h"
#include "domain/image-name.h"
#include "libvirt/virt.h"
#include "payload/drive.h"
#include "payload/profile.h"
#include "payload/recognise.h"
#include "payload/secrets.h"
#include "payload/store.h"
#include "payload/stray.h"
#include "view/diagnose-guest.h"
#include "view/diagnose-network.h"
#include "view/diagnose-unwise.h"
#include "view/input.h"
#include "view/term.h"

typedef struct {
    char *profiles;
} Options;

static const VpOption options[] = {
    {"compare-profiles", '\0', VP_OPTION_TEXT, G_STRUCT_OFFSET(Options, profiles), "FILE",
     "compare the profiles with another host's checksums (sha256sum)"},
    {NULL},
};

/* How every message ends that knows what to do. */
#define VP_RUN "; run: "

typedef struct {
    VpCall *call;
    guint complaints;
} Doctor;

static void complain(Doctor *doctor, const char *what, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* With the command that helps, if there is one, by itself. */
static void
add_json(Doctor *doctor, const char *about, const char *severity, const char *message)
{
    json_object *object = vp_command_report_object(doctor->call);
    const char *command = strstr(message, VP_RUN);

    if (object == NULL)
        return;
    vp_json_add_text(object, "about", about);
    vp_json_add_text(object, "severity", severity);
    vp_json_add_text(object, "message", message);
    vp_json_add_text(object, "command", command != NULL ? command + strlen(VP_RUN) : NULL);
}

static void
complain(Doctor *doctor, const char *what, const char *format, ...)
{
    g_autofree char *name = vp_escape_name(what);
    g_autofree char *message = NULL, *text = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    text = vp_escape_name(message);
    if (vp_command_report_is_text(doctor->call))
        printf("%s%s:%s %s\n", vp_view_term_on(VP_STYLE_RED), name, vp_view_term_off(), text);
    add_json(doctor, what, "error", message);
    doctor->complaints++;
}

/* --- the host --------------------------------------------------------------------------------- */

static void
tell_host(const char *what, const char *message, gpointer data)
{
    complain(data, what, "%s", message);
}

static gboolean
compare_profiles(Doctor *doctor, GError **error)
{
    const Options *given = doctor->call->options;
    g_autoptr(GBytes) sums =
        given->profiles != NULL ? vp_view_input_text(given->profiles, error) : NULL;

    return given->profiles == NULL ||
           (sums != NULL &&
            vp_command_doctor_profiles(doctor->call->conf, sums, tell_host, doctor, error));
}

/* The names in the payload directory; NULL if there is none, or it is not as it should be. */
static GPtrArray *
list_images(Doctor *doctor)
{
    g_autoptr(GError) error = NULL;
    const char *directory = doctor->call->conf->directory;
    g_autoptr(VpStore) store = NULL;
    GPtrArray *names;

    if (doctor->call->conf->is_roots) {
        complain(doctor, directory,
                 "only root can look into it, or check secrets; run this as root");
        return NULL;
    }
    store = vp_payload_store_open_existing(directory, &error);
    names = store != NULL ? vp_payload_store_list(store, &error) : NULL;
    if (error != NULL)
        complain(doctor, directory, "%s", error->message);
    return names;
}

/* Another daemon knows nothing of the guests whose images are here. */
static gboolean
is_this_host(Doctor *doctor, const VpVirt *virt)
{
    g_autoptr(GError) error = NULL;

    if (vp_virt_check_this_host(virt, doctor->call->conf, &error))
        return TRUE;
    complain(doctor, "libvirt", "%s", error->message);
    return FALSE;
}

/* Images of guests that do not run. */
static void
check_images(Doctor *doctor, const GPtrArray *names, const GPtrArray *guests)
{
    g_autoptr(GHashTable) running = vp_virt_running(guests);

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *uuid = vp_domain_image_name_uuid(names->pdata[i]);

        if (!g_hash_table_contains(running, uuid))
            complain(doctor, names->pdata[i],
                     "its guest is not running; 'virt-payload sweep --remove' removes it");
    }
}

static void
add_strays(GHashTable *paths, const VpGuest *guest, VpGuestPart part, const char *directory)
{
    g_autofree char *xml = vp_virt_guest_xml(guest, part, NULL);
    g_autoptr(VpDomain) domain = NULL;
    const char *uuid = xml != NULL ? vp_domain_front_find_uuid(xml, strlen(xml)) : NULL;

    if (uuid == NULL || !vp_domain_front_names_image(uuid, strlen(uuid)))
        return;
    domain = vp_domain_parse(xml, strlen(xml), NULL);
    if (domain != NULL)
        vp_payload_stray_add(paths, domain, directory);
}

/* Images of the time before the payload directory was configured elsewhere: the hook removes
 * nothing there. */
static void
check_strays(Doctor *doctor, const GPtrArray *guests)
{
    const char *directory = doctor->call->conf->directory;
    g_autoptr(GHashTable) paths = g_hash_table_new_full(vp_hash_text, g_str_equal, g_free, NULL);
    g_autoptr(GList) sorted = NULL;

    vp_payload_stray_add_default(paths, directory);
    for (guint i = 0; i < guests->len; i++) {
        add_strays(paths, guests->pdata[i], VP_GUEST_CONFIG, directory);
        if (vp_virt_guest_id(guests->pdata[i]) >= 0)
            add_strays(paths, guests->pdata[i], VP_GUEST_LIVE, directory);
    }
    sorted = g_list_sort(g_hash_table_get_keys(paths), (GCompareFunc)strcmp);
    for (const GList *at = sorted; at != NULL; at = at->next) {
        g_autofree char *quoted = g_shell_quote(at->data);

        complain(doctor, at->data,
                 "is not in the configured payload directory and is not removed when its guest "
                 "stops; then run: rm %s",
                 quoted);
    }
}

/* --- guests ----------------------------------------------------------------------------------- */

typedef struct {
    Doctor *doctor;
    const char *guest;
    const VpDomain *domain;
} Patient;

/* Of the advice there is, what keeps a guest from its drive. */
static void
tell_drive(const char *name, const VpPlace *place, const char *message, gpointer data)
{
    const Patient *patient = data;

    if (g_str_equal(name, "@bus"))
        complain(patient->doctor, patient->guest, "%s" VP_RUN "virt-payload unset %s bus", message,
                 vp_domain_shell_name(patient->domain));
    if (g_str_equal(name, "@datasource"))
        complain(patient->doctor, patient->guest, "%s", message);
}

/* No complaint: the guest works as it is. */
static void
advise(Doctor *doctor, const char *guest, const char *message)
{
    g_autofree char *name = vp_escape_name(guest);
    g_autofree char *text = vp_escape_name(message);

    if (vp_command_report_is_text(doctor->call))
        printf("%s: advice: %s\n", name, text);
    add_json(doctor, guest, "advice", message);
}

/* Before or next to the guest's own disks. */
static void
check_early(const Patient *patient, const VpDisk *disk, const VpSpec *spec)
{
    const char *name = vp_domain_shell_name(patient->domain);

    if (vp_payload_drive_is_early(patient->domain, disk, spec))
        complain(
            patient->doctor, patient->guest,
            "its definition has the payload drive at %s, before or next to the guest's own "
            "disks, where it takes their place in the boot order or their next free letter; "
            "'virt-payload attach %s' moves it, 'virt-payload detach %s' has it hot-plugged at "
            "each start",
            disk->target, name, name);
}

/* It can be hot-plugged: otherwise vp_command_health() has told so. */
static void
check_late(const Patient *patient, const VpGuest *guest, const GPtrArray *missing)
{
    VpAttach attach = patient->doctor->call->conf->attach;
    g_autofree char *message = NULL;

    if (missing->len == 0 || (attach != VP_ATTACH_HOTPLUG && attach != VP_ATTACH_PERSISTENT) ||
        !vp_virt_guest_is_autostarted(guest) ||
        !vp_payload_drive_check_hotplug(patient->domain, missing, NULL))
        return;
    message = g_strdup_printf(
        "is started automatically, and libvirt's daemon hot-plugs drives only after the last such "
        "guest has started; with 'virt-payload attach %s' the drive is present from the start",
        vp_domain_shell_name(patient->domain));
    advise(patient->doctor, patient->guest, message);
}

/* The start of a guest that is off, and of one that runs its next. */
static void
check_drives(const Patient *patient, const VpGuest *guest, const GPtrArray *specs)
{
    g_autoptr(GPtrArray) missing = g_ptr_array_new();

    for (guint i = 0; i < specs->len; i++) {
        const VpSpec *spec = specs->pdata[i];
        g_autofree char *name = vp_spec_image_name(spec);
        const VpDisk *disk = vp_payload_recognise_image(patient->domain, name);

        if (disk == NULL)
            disk = vp_payload_recognise_vdsm(patient->domain, spec);
        if (disk == NULL)
            g_ptr_array_add(missing, (gpointer)spec);
        else
            check_early(patient, disk, spec);
    }
    check_late(patient, guest, missing);
}

/* A field that this guest's agent, or an older one, does not act on. */
static void
advise_field(const char *name, const VpPlace *place, const char *message, gpointer data)
{
    const Patient *patient = data;
    g_autofree char *text = g_strdup_printf("%s: %s", name, message);

    advise(patient->doctor, patient->guest, text);
}

static void
tell_health(VpHealthKind kind, const char *message, gpointer data)
{
    const Patient *patient = data;

    complain(patient->doctor, patient->guest, "%s", message);
}

static void
check_guest(Doctor *doctor, const VpGuest *guest)
{
    const VpConf *conf = doctor->call->conf;
    g_autoptr(VpStore) store = NULL;
    g_auto(VpHealth) health = {.guest = guest,
                               .conf = conf,
                               .is_this_host = vp_virt_guest_is_local(guest, conf),
                               .xml = vp_virt_guest_xml(guest, VP_GUEST_CONFIG, NULL)};
    Patient patient = {doctor, vp_virt_guest_name(guest), NULL};

    if (!vp_command_health_may_be_ours(health.xml))
        return;
    store = vp_payload_store_open_existing(conf->directory, NULL);
    health.store = store;
    vp_command_health_read(&health);
    vp_command_health(&health, tell_health, &patient);
    patient.domain = health.next;
    if (health.next == NULL || health.specs == NULL)
        return;
    for (guint i = 0; i < health.specs->len; i++) {
        vp_view_diagnose_unwise(health.specs->pdata[i], tell_drive, &patient);
        vp_view_diagnose_guest(health.specs->pdata[i], advise_field, &patient);
        vp_view_diagnose_network(health.specs->pdata[i], advise_field, &patient);
    }
    check_drives(&patient, guest, health.specs);
}

static gboolean
run(VpCall *call, GError **error)
{
    Doctor doctor = {call, 0};
    g_autoptr(GError) failure = NULL;
    /* before the guests: what starts meanwhile has no image yet */
    g_autoptr(GPtrArray) names = list_images(&doctor);
    g_autoptr(VpVirt) virt = vp_virt_open(call->uri, call->conf, TRUE, &failure);
    g_autoptr(GPtrArray) guests = virt != NULL ? vp_virt_list(virt, &failure) : NULL;

    vp_command_this_host_check(call->conf, tell_host, &doctor);
    if (!call->conf->is_roots)
        vp_payload_secrets_check(call->conf->secrets_directory, tell_host, &doctor);
    vp_payload_profile_check(call->conf, tell_host, &doctor);
    if (!compare_profiles(&doctor, error))
        return FALSE;
    if (guests == NULL)
        complain(&doctor, "libvirt", "%s", failure->message);
    else if (names != NULL && is_this_host(&doctor, virt))
        check_images(&doctor, names, guests);
    if (guests != NULL)
        check_strays(&doctor, guests);
    for (guint i = 0; guests != NULL && i < guests->len; i++)
        check_guest(&doctor, guests->pdata[i]);
    if (doctor.complaints == 0 && vp_command_report_is_text(call))
        puts("no problems found");
    call->status = doctor.complaints > 0 ? VP_EXIT_FAILED : VP_EXIT_OK;
    return TRUE;
}

const VpCommand vp_command_doctor = {
    .name = "doctor",
    .arguments = "",
    .summary = "find problems that keep guests from getting their payload",
    .details = "Checks the hook and whether libvirt's daemon was reloaded since it was installed, "
               "AppArmor and SELinux, the payload directory, stale images and images left in "
               "another directory, the secrets' owners and modes, payloads that a start would "
               "refuse, and drives that the guest's kernel is likely not to see, that cannot be "
               "hot-plugged, could not be hot-plugged or were late, or that sort before the "
               "guest's own disks. The exit status is 1 if there is a problem to fix.\n",
    .options = options,
    .options_size = sizeof(Options),
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_REPORTS,
    .run = run,
};
