/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload list: every guest with a payload, and whether it has what its definition says. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/json-text.h"
#include "command/commands.h"
#include "command/instance.h"
#include "command/this-host.h"
#include "domain/front-search.h"
#include "libvirt/virt.h"
#include "payload/misplaced.h"
#include "payload/recognise.h"
#include "payload/plugged.h"
#include "payload/profile.h"
#include "spec/field.h"
#include "view/contents.h"
#include "view/table.h"
#include "view/term.h"

typedef struct {
    gboolean json;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"json", 'j', VP_OPTION_FLAG, AT(json), NULL, "as JSON"},
    {NULL},
};

/* Behind the columns of the table what JSON has besides. */
enum {
    GUEST,
    STATE,
    KIND,
    DRIVE,
    IMAGE,
    PAYLOAD,
    ERROR, /* "" if there is none; then no member of the JSON, and no column if no guest has one
            */
    N_COLUMNS,
    UUID = N_COLUMNS,
    NEXT_DRIVE,
    SAVED_DRIVE,
    PLUGGED,
    PROFILES,
    N_MEMBERS
};

static const char *const columns[N_MEMBERS] = {
    "guest", "state", "kind",       "drive",       "image",         "payload",
    "error", "uuid",  "next-drive", "saved-drive", "plugged-after", "profiles"};

/* Narrower than that no terminal makes them. */
static const guint least_widths[N_COLUMNS] = {8, 8, 7, 6, 7, 7, 8};

static void
row_free(gpointer row)
{
    g_strfreev(row);
}

static const char *
kind_of(const VpSpec *spec)
{
    if (spec->kind == VP_KIND_SYSPREP)
        return "sysprep";
    if (spec->kind == VP_KIND_FILES)
        return "files";
    return spec->datasource == VP_DATASOURCE_NOCLOUD ? "nocloud" : "config-drive";
}

static const VpDisk *
drive_of(const VpDomain *domain, const VpConf *conf)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (vp_payload_recognise(domain, disk) ||
            vp_payload_recognise_foreign(domain, disk, conf->directory))
            return disk;
    }
    return NULL;
}

static gboolean
has_same_payload(const VpDomain *a, const VpDomain *b)
{
    VpField ours, theirs;
    gboolean has_ours = vp_spec_field_open(a, &ours, NULL),
             has_theirs = vp_spec_field_open(b, &theirs, NULL);
    g_autofree char *text = has_ours ? vp_spec_field_to_plain(&ours) : NULL;
    g_autofree char *other = has_theirs ? vp_spec_field_to_plain(&theirs) : NULL;

    return g_strcmp0(text, other) == 0;
}

/* TRUE if profiles give the guest another image by now than the one that is attached. */
static gboolean
has_changed_profile(const VpDomain *running, const VpConf *conf)
{
    g_autoptr(GPtrArray) names = vp_payload_profile_names(running, conf);
    g_autoptr(GPtrArray) given = names->len > 0 ? vp_view_contents_of_drives(running, NULL) : NULL;
    g_autoptr(GPtrArray) made =
        given != NULL ? vp_view_contents_of_definition(running, conf, NULL) : NULL;

    return made != NULL && made->len == 1 && given->len == 1 &&
           !g_bytes_equal(((VpContents *)made->pdata[0])->image,
                          ((VpContents *)given->pdata[0])->image);
}

/* TRUE if the run's payload and the next one are the same instance to the guest. */
static gboolean
stays_instance(const VpDomain *running, const GPtrArray *specs, const VpConf *conf)
{
    g_autoptr(GPtrArray) given = vp_payload_profile_read(running, conf, NULL);

    return vp_command_instance_stays(given, specs);
}

/* Compares what the next start would produce with what the running guest has. */
static const char *
payload_state(const VpDomain *running, const VpDomain *next, const GPtrArray *specs,
              gboolean is_here, const VpConf *conf)
{
    if (specs == NULL)
        return "invalid";
    if (specs->len == 0)
        return "none";
    if (running == NULL)
        return "next start";
    if (next != NULL && has_same_payload(running, next) &&
        !(is_here && has_changed_profile(running, conf)))
        return "current";
    return stays_instance(running, specs, conf) ? "unread" : "pending";
}

/* NULL if the text has neither a payload nor a payload drive. */
static VpDomain *
parse_domain(const char *xml)
{
    return xml != NULL && (vp_domain_front_may_have_payload(xml, strlen(xml)) ||
                           vp_domain_front_may_have_image(xml, strlen(xml)))
               ? vp_domain_parse(xml, strlen(xml), NULL)
               : NULL;
}

static VpDomain *
read_domain(const VpGuest *guest, VpGuestPart part)
{
    g_autofree char *xml = vp_virt_guest_xml(guest, part, NULL);

    return parse_domain(xml);
}

/* The drive that the next start restores with the rest of a managed save. */
static char *
saved_drive(const VpGuest *guest, const VpConf *conf)
{
    g_autofree char *xml = vp_virt_guest_id(guest) < 0 ? vp_virt_guest_saved_xml(guest) : NULL;
    g_autoptr(VpDomain) saved = parse_domain(xml);
    const VpDisk *drive = saved != NULL ? drive_of(saved, conf) : NULL;

    return g_strdup(drive != NULL && drive->target != NULL ? drive->target : "none");
}

/* libvirt gives a transient guest's run for its definition. */
static gboolean
is_defined(const VpGuest *guest)
{
    gboolean is_persistent;

    if (vp_virt_guest_id(guest) < 0)
        return TRUE;
    return vp_virt_guest_is_persistent(guest, &is_persistent, NULL) && is_persistent;
}

/* Why the next start would not serve the drive, otherwise the error of the last hand-over, or that
 * its drive came late; store may be NULL, for users who may not read it. */
static char *
read_error(VpStore *store, const VpGuest *guest, const VpDomain *domain, guint n_specs,
           const VpConf *conf)
{
    const VpDisk *misplaced = vp_payload_misplaced_find(domain, n_specs, conf->directory);
    const char *uuid = vp_virt_guest_uuid(guest);
    g_autofree char *note =
        store != NULL ? vp_payload_store_read_note(store, uuid, VP_NOTE_ERROR) : NULL;
    guint took;

    if (misplaced != NULL) {
        g_autofree char *text = vp_payload_misplaced_text(domain, n_specs, misplaced);

        return vp_escape_name(text);
    }
    if (note != NULL)
        return vp_escape_name(note);
    if (store == NULL || !vp_payload_plugged_read(store, uuid, &took) || took <= VP_PLUGGED_LATE_MS)
        return g_strdup("");
    note = vp_payload_plugged_late(took, uuid);
    return g_steal_pointer(&note);
}

/* Milliseconds from the start to the drive; "" if it was there from the start. */
static char *
read_plugged(VpStore *store, const VpGuest *guest)
{
    guint took;

    return store != NULL && vp_payload_plugged_read(store, vp_virt_guest_uuid(guest), &took)
               ? g_strdup_printf("%u ms", took)
               : g_strdup("");
}

/* A guest that is off and has no drive in its definition gets one when it starts. */
static const char *
drive_to_come(const VpConf *conf, const VpDomain *running)
{
    gboolean is_plugged = conf->attach == VP_ATTACH_HOTPLUG || conf->attach == VP_ATTACH_PERSISTENT;

    return running == NULL && is_plugged ? "at start" : "none";
}

/* Those that apply, in their order; "": none. */
static char *
profiles_of(const VpDomain *domain, const VpConf *conf)
{
    g_autoptr(GPtrArray) names = vp_payload_profile_names(domain, conf);

    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

/* NULL if the guest has no payload, or is gone by now. */
static char **
make_row(const VpGuest *guest, VpStore *store, const VpConf *conf)
{
    g_autoptr(VpDomain) next = read_domain(guest, VP_GUEST_CONFIG);
    g_autoptr(VpDomain) running = vp_virt_guest_id(guest) >= 0 ? read_domain(guest, 0) : NULL;
    const VpDomain *shown = running != NULL ? running : next;
    gboolean is_here = vp_virt_guest_has_files_here(guest, conf);
    g_autoptr(GPtrArray) specs = NULL;
    const VpDisk *drive;
    char **row;

    if (shown == NULL)
        return NULL;
    specs = vp_payload_profile_read(next != NULL ? next : shown, conf, NULL);
    drive = drive_of(shown, conf);
    if (specs != NULL && specs->len == 0 && drive == NULL)
        return NULL;
    row = g_new0(char *, N_MEMBERS + 1);
    row[GUEST] = vp_escape_name(vp_virt_guest_name(guest));
    row[STATE] = g_strdup(vp_virt_guest_id(guest) >= 0 ? "running" : "shut off");
    row[KIND] = g_strdup(specs != NULL && specs->len > 0 ? kind_of(specs->pdata[0]) : "-");
    row[DRIVE] = drive != NULL
                     ? g_strdup_printf("%s (%s)", drive->target != NULL ? drive->target : "?",
                                       drive->bus != NULL ? drive->bus : "?")
                     : g_strdup(specs != NULL ? drive_to_come(conf, running) : "none");
    row[IMAGE] =
        g_strdup(!is_here                                                          ? "-"
                 : drive != NULL && g_file_test(drive->source, G_FILE_TEST_EXISTS) ? "there"
                 : running != NULL && drive != NULL                                ? "missing"
                                                                                   : "-");
    row[PAYLOAD] = g_strdup(payload_state(running, next, specs, is_here, conf));
    row[ERROR] =
        read_error(store, guest, next != NULL ? next : shown, specs != NULL ? specs->len : 1, conf);
    row[UUID] = g_strdup(vp_virt_guest_uuid(guest));
    drive = next != NULL && is_defined(guest) ? drive_of(next, conf) : NULL;
    row[PLUGGED] = read_plugged(store, guest);
    row[PROFILES] = profiles_of(next != NULL ? next : shown, conf);
    row[NEXT_DRIVE] = g_strdup(drive != NULL && drive->target != NULL ? drive->target : "none");
    row[SAVED_DRIVE] = saved_drive(guest, conf);
    return row;
}

static void
print_json(const GPtrArray *rows)
{
    g_autoptr(json_object) list = json_object_new_array();

    for (guint i = 0; i < rows->len; i++) {
        char *const *row = rows->pdata[i];
        json_object *object = json_object_new_object();

        for (guint member = 0; member < N_MEMBERS; member++) {
            if (*row[member] != '\0')
                vp_json_add_string(object, columns[member], row[member]);
        }
        vp_json_append(list, object);
    }
    vp_view_term_print_json(list);
}

static const char *
colour_of(guint column, const char *cell)
{
    if (column == ERROR || (column == PAYLOAD && g_str_equal(cell, "invalid")))
        return vp_view_term_on(VP_STYLE_RED);
    return column == PAYLOAD && (g_str_equal(cell, "pending") || g_str_equal(cell, "unread"))
               ? vp_view_term_on(VP_STYLE_YELLOW)
               : "";
}

typedef struct {
    guint widths[N_COLUMNS];
    guint count; /* of columns that are shown */
    const char *ellipsis;
} Table;

static void
print_row(const Table *table, char *const *row, gboolean is_head)
{
    for (guint column = 0; column < table->count; column++) {
        const char *on = is_head ? vp_view_term_on(VP_STYLE_BOLD) : colour_of(column, row[column]);
        g_autofree char *cell =
            vp_view_table_cut(row[column], table->widths[column], table->ellipsis);
        int gap = (int)(table->widths[column] - vp_view_table_columns(cell) + 2);

        printf("%s%s%s%*s", on, cell, *on != '\0' ? vp_view_term_off() : "",
               column < table->count - 1 ? gap : 0, "");
    }
    putchar('\n');
}

static void
print_table(const GPtrArray *rows)
{
    Table table = {{0}, N_COLUMNS, g_get_charset(NULL) ? "\xe2\x80\xa6" : "~"};
    gboolean has_error = FALSE;

    for (guint column = 0; column < N_COLUMNS; column++)
        table.widths[column] = vp_view_table_columns(columns[column]);
    for (guint i = 0; i < rows->len; i++) {
        char *const *row = rows->pdata[i];

        for (guint column = 0; column < N_COLUMNS; column++)
            table.widths[column] = MAX(table.widths[column], vp_view_table_columns(row[column]));
        has_error |= *row[ERROR] != '\0';
    }
    if (!has_error)
        table.count = ERROR;
    vp_view_table_fit(table.widths, least_widths, table.count, vp_view_term_width());
    print_row(&table, (char *const *)columns, TRUE);
    for (guint i = 0; i < rows->len; i++)
        print_row(&table, rows->pdata[i], FALSE);
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    g_autoptr(VpVirt) virt = vp_virt_open(call->uri, call->conf, TRUE, error);
    g_autoptr(GPtrArray) guests = virt != NULL ? vp_virt_list(virt, error) : NULL;
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
    g_autoptr(VpStore) store = NULL;

    if (guests == NULL)
        return FALSE;
    if (vp_virt_is_this_host(virt, call->conf))
        store = vp_payload_store_open_existing(call->conf->directory, NULL);
    vp_command_this_host_warn(call->conf, virt);
    for (guint i = 0; i < guests->len; i++) {
        char **row = make_row(guests->pdata[i], store, call->conf);

        if (row != NULL)
            g_ptr_array_add(rows, row);
    }
    if (given->json)
        print_json(rows);
    else
        print_table(rows);
    return TRUE;
}

const VpCommand vp_command_list = {
    .name = "list",
    .arguments = "",
    .summary = "list the guests that have a payload",
    .details =
        "The payload is 'current' if the running guest has what the definition says, 'pending' if "
        "the definition has changed since, 'unread' if moreover the guest will not read the "
        "change, because its instance-id stays the same (see set --instance-id=content), 'next "
        "start' for a guest that is shut off, 'invalid' if a start would be refused (see "
        "validate), and 'none' for a guest that has only a payload drive. The drive is 'at start' "
        "if it will be hot-plugged then. 'error' "
        "says "
        "why the drive could not be hot-plugged, that it came late, or why it cannot be served.\n"
        "On a terminal, columns are truncated to fit.\n",
    .options = options,
    .options_size = sizeof(Options),
    .flags = VP_COMMAND_LIBVIRT,
    .run = run,
};
