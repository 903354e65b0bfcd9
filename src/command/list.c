/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload list: every guest with a payload, and whether it has what its definition says. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/json-text.h"
#include "command/commands.h"
#include "command/health.h"
#include "command/instance.h"
#include "command/this-host.h"
#include "libvirt/virt.h"
#include "payload/recognise.h"
#include "payload/plugged.h"
#include "payload/profile.h"
#include "spec/field.h"
#include "view/contents.h"
#include "view/diagnose-guest.h"
#include "view/diagnose-network.h"
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

enum {
    GUEST,
    STATE,
    KIND,
    DRIVE,
    IMAGE,
    PAYLOAD,
    /* "" if there is none; no column if all have none */
    PROFILES,
    ERROR,
    N_COLUMNS,
};

static const char *const columns[N_COLUMNS] = {"guest", "state",   "kind",     "drive",
                                               "image", "payload", "profiles", "error"};

typedef struct {
    char *cells[N_COLUMNS];
    json_object *json;
} Row;

/* Narrower than that no terminal makes them. */
static const guint least_widths[N_COLUMNS] = {8, 8, 7, 6, 7, 7, 8, 8};

static void
row_free(gpointer data)
{
    Row *row = data;

    for (guint i = 0; i < N_COLUMNS; i++)
        g_free(row->cells[i]);
    json_object_put(row->json);
    g_free(row);
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

/* TRUE if profiles have changed so that the guest's image would no longer be the attached one. */
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

/* --- one guest -------------------------------------------------------------------------------- */

typedef struct {
    VpCall *call;
    VpStore *store;
    gboolean is_this_host;
} Lister;

typedef struct {
    VpHealth health;
    const VpDomain *shown; /* running or next */
    const VpDisk *drive;
    gboolean is_here;    /* its image is a file of this host */
    GPtrArray *problems; /* of char * */
    guint kinds;         /* of problems: a set of 1 << VpHealthKind */
} Guest;

static void
guest_clear(Guest *guest)
{
    g_clear_pointer(&guest->problems, g_ptr_array_unref);
    vp_command_health_clear(&guest->health);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Guest, guest_clear)

/* libvirt gives a transient guest's run for its definition. */
static gboolean
is_defined(const Guest *guest)
{
    gboolean is_persistent;

    if (!guest->health.is_running)
        return TRUE;
    return vp_virt_guest_is_persistent(guest->health.guest, &is_persistent, NULL) && is_persistent;
}

static void
note_problem(VpHealthKind kind, const char *message, gpointer data)
{
    Guest *guest = data;

    g_ptr_array_add(guest->problems, g_strdup(message));
    guest->kinds |= 1U << kind;
}

/* FALSE if the guest has no payload, or no longer exists. */
static gboolean
look_at(const Lister *lister, const VpGuest *guest, Guest *found)
{
    const VpConf *conf = lister->call->conf;
    VpHealth *health = &found->health;

    *health = (VpHealth){guest, conf, lister->store, lister->is_this_host,
                         vp_virt_guest_xml(guest, VP_GUEST_CONFIG, NULL)};
    vp_command_health_read(health);
    found->shown = health->running != NULL ? health->running : health->next;
    if (found->shown == NULL)
        return FALSE;
    found->is_here = vp_virt_guest_has_files_here(guest, conf);
    found->drive = drive_of(found->shown, conf);
    if (health->specs != NULL && health->specs->len == 0 && found->drive == NULL)
        return FALSE;
    found->problems = g_ptr_array_new_with_free_func(g_free);
    if (health->next != NULL)
        vp_command_health(health, note_problem, found);
    return TRUE;
}

/* Fields that will not work, as doctor's advice has them. */
static void
look_at_fields(const Guest *guest, VpUnwise *tell, gpointer data)
{
    for (guint i = 0; guest->health.specs != NULL && i < guest->health.specs->len; i++) {
        vp_view_diagnose_guest(guest->health.specs->pdata[i], tell, data);
        vp_view_diagnose_network(guest->health.specs->pdata[i], tell, data);
    }
}

/* Compares the next start with what the running guest has. */
static const char *
payload_state(const Guest *guest)
{
    if (guest->health.specs == NULL)
        return "invalid";
    if (guest->health.specs->len == 0)
        return "none";
    if (!guest->health.is_running && (guest->kinds & (1U << VP_HEALTH_REFUSED)) != 0)
        return "invalid";
    if (!guest->health.is_running && (guest->kinds & (1U << VP_HEALTH_BARE)) != 0)
        return "no drive";
    if (!guest->health.is_running)
        return (guest->kinds & (1U << VP_HEALTH_SAVED)) != 0 ? "pending" : "next start";
    if (guest->health.running == NULL || guest->health.next == NULL ||
        !vp_command_health_same_payload(guest->health.running, guest->health.next) ||
        (guest->is_here && has_changed_profile(guest->health.running, guest->health.conf)))
        return guest->health.running != NULL && guest->health.next != NULL &&
                       stays_instance(guest->health.running, guest->health.specs,
                                      guest->health.conf)
                   ? "unread"
                   : "pending";
    return guest->drive != NULL ? "current" : "no drive";
}

static gboolean
is_image_there(const Guest *guest)
{
    return g_file_test(guest->drive->source, G_FILE_TEST_EXISTS);
}

static char *
drive_cell(const Guest *guest)
{
    const VpDisk *drive = guest->drive;
    gboolean is_plugged = guest->health.conf->attach == VP_ATTACH_HOTPLUG ||
                          guest->health.conf->attach == VP_ATTACH_PERSISTENT;

    if (drive != NULL)
        return g_strdup_printf("%s (%s)", drive->target != NULL ? drive->target : "?",
                               drive->bus != NULL ? drive->bus : "?");
    return g_strdup(!guest->health.is_running && is_plugged && guest->health.specs != NULL &&
                            (guest->kinds & (1U << VP_HEALTH_REFUSED)) == 0
                        ? "at start"
                        : "none");
}

static const char *
image_cell(const Guest *guest)
{
    if (guest->drive == NULL || !guest->is_here)
        return "-";
    if (is_image_there(guest))
        return "there";
    return guest->health.is_running ? "missing" : "-";
}

static const char *
guest_kind(const Guest *guest)
{
    return guest->health.specs != NULL && guest->health.specs->len > 0
               ? kind_of(guest->health.specs->pdata[0])
               : NULL;
}

static void
take_first(const char *name, const VpPlace *place, const char *message, gpointer data)
{
    char **first = data;

    if (*first == NULL)
        *first = g_strdup_printf("advice: %s: %s", name, message);
}

/* The most serious error or, without any, the first field that will not work. */
static char *
error_cell(const Guest *guest)
{
    g_autofree char *advice = NULL;

    if (guest->problems->len > 0)
        return vp_escape_name(guest->problems->pdata[0]);
    look_at_fields(guest, take_first, &advice);
    return advice != NULL ? vp_escape_name(advice) : g_strdup("");
}

/* Those that apply, in their order. */
static char *
profiles_cell(const Guest *guest)
{
    g_autoptr(GPtrArray) names = vp_payload_profile_names(guest->shown, guest->health.conf);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", (const char *)names->pdata[i]);
    return vp_escape_name(text->str);
}

static void
fill_cells(const Guest *guest, Row *row)
{
    const char *kind = guest_kind(guest);

    row->cells[GUEST] = vp_escape_name(vp_virt_guest_name(guest->health.guest));
    row->cells[STATE] = g_strdup(guest->health.is_running ? "running" : "shut off");
    row->cells[KIND] = g_strdup(kind != NULL ? kind : "-");
    row->cells[DRIVE] = drive_cell(guest);
    row->cells[IMAGE] = g_strdup(image_cell(guest));
    row->cells[PAYLOAD] = g_strdup(payload_state(guest));
    row->cells[PROFILES] = profiles_cell(guest);
    row->cells[ERROR] = error_cell(guest);
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static void
add_drive(json_object *object, const char *key, const VpDisk *drive)
{
    json_object *json = NULL;

    if (drive != NULL) {
        json = json_object_new_object();
        vp_json_add_text(json, "target", drive->target);
        vp_json_add_text(json, "bus", drive->bus);
    }
    vp_json_add_or_null(object, key, json);
}

static void
add_warning(const char *name, const VpPlace *place, const char *message, gpointer data)
{
    json_object *warnings = data;
    g_autofree char *text = g_strdup_printf("%s: %s", name, message);

    vp_json_append(warnings, json_object_new_string(text));
}

static json_object *
warnings_of(const Guest *guest)
{
    json_object *warnings = json_object_new_array();

    look_at_fields(guest, add_warning, warnings);
    return warnings;
}

static json_object *
plugged_after(const Lister *lister, const Guest *guest)
{
    guint took;

    return lister->store != NULL && guest->health.is_running &&
                   vp_payload_plugged_read(lister->store, vp_virt_guest_uuid(guest->health.guest),
                                           &took)
               ? json_object_new_int64(took)
               : NULL;
}

/* What only this host's directory tells is null of a guest of another. */
static void
fill_json(const Lister *lister, const Guest *guest, Row *row)
{
    json_object *json = json_object_new_object();
    g_autoptr(GPtrArray) profiles = vp_payload_profile_names(guest->shown, guest->health.conf);

    vp_json_add_text(json, "guest", vp_virt_guest_name(guest->health.guest));
    vp_json_add_text(json, "uuid", vp_virt_guest_uuid(guest->health.guest));
    vp_json_add(json, "running", json_object_new_boolean(guest->health.is_running));
    vp_json_add_text(json, "kind", guest_kind(guest));
    vp_json_add_text(json, "payload", row->cells[PAYLOAD]);
    add_drive(json, "drive", guest->drive);
    vp_json_add_or_null(json, "image",
                        guest->drive != NULL && guest->is_here
                            ? json_object_new_boolean(is_image_there(guest))
                            : NULL);
    add_drive(json, "next-drive",
              guest->health.next != NULL && is_defined(guest)
                  ? drive_of(guest->health.next, guest->health.conf)
                  : NULL);
    add_drive(json, "saved-drive",
              guest->health.saved != NULL ? drive_of(guest->health.saved, guest->health.conf)
                                          : NULL);
    vp_json_add_or_null(json, "plugged-after-ms", plugged_after(lister, guest));
    vp_json_add_texts(json, "profiles", profiles);
    vp_json_add_texts(json, "errors", guest->problems);
    vp_json_add(json, "warnings", warnings_of(guest));
    row->json = json;
}

static Row *
make_row(const Lister *lister, const VpGuest *guest)
{
    g_auto(Guest) found = {0};
    Row *row;

    if (!look_at(lister, guest, &found))
        return NULL;
    row = g_new0(Row, 1);
    fill_cells(&found, row);
    fill_json(lister, &found, row);
    return row;
}

static void
print_json(const GPtrArray *rows)
{
    g_autoptr(json_object) list = json_object_new_array();

    for (guint i = 0; i < rows->len; i++)
        vp_json_append(list, json_object_get(((const Row *)rows->pdata[i])->json));
    vp_view_term_print_json(list);
}

/* --- as a table ------------------------------------------------------------------------------- */

static const char *
colour_of(guint column, const char *cell)
{
    if (column == ERROR && g_str_has_prefix(cell, "advice: "))
        return vp_view_term_on(VP_STYLE_YELLOW);
    if (column == ERROR || (column == PAYLOAD && g_str_equal(cell, "invalid")))
        return vp_view_term_on(VP_STYLE_RED);
    return column == PAYLOAD && (g_str_equal(cell, "pending") || g_str_equal(cell, "unread"))
               ? vp_view_term_on(VP_STYLE_YELLOW)
               : "";
}

typedef struct {
    guint columns[N_COLUMNS]; /* those that are shown */
    guint widths[N_COLUMNS];
    guint count;
    const char *ellipsis;
} Table;

static void
print_row(const Table *table, char *const *row, gboolean is_head)
{
    guint last = table->count - 1;

    while (last > 0 && *row[table->columns[last]] == '\0')
        last--;
    for (guint i = 0; i <= last; i++) {
        guint column = table->columns[i];
        const char *on = is_head ? vp_view_term_on(VP_STYLE_BOLD) : colour_of(column, row[column]);
        g_autofree char *cell = vp_view_table_cut(row[column], table->widths[i], table->ellipsis);
        int gap = (int)(table->widths[i] - vp_view_table_columns(cell) + 2);

        printf("%s%s%s%*s", on, cell, *on != '\0' ? vp_view_term_off() : "", i < last ? gap : 0,
               "");
    }
    putchar('\n');
}

static void
choose_column(Table *table, guint column, const GPtrArray *rows)
{
    guint width = vp_view_table_columns(columns[column]);
    gboolean is_empty = column == PROFILES || column == ERROR;

    for (guint i = 0; i < rows->len; i++) {
        const char *cell = ((const Row *)rows->pdata[i])->cells[column];

        width = MAX(width, vp_view_table_columns(cell));
        is_empty = is_empty && *cell == '\0';
    }
    if (is_empty)
        return;
    table->columns[table->count] = column;
    table->widths[table->count++] = width;
}

static void
print_table(const GPtrArray *rows)
{
    Table table = {.ellipsis = g_get_charset(NULL) ? "\xe2\x80\xa6" : "~"};
    guint least[N_COLUMNS];

    for (guint column = 0; column < N_COLUMNS; column++)
        choose_column(&table, column, rows);
    for (guint i = 0; i < table.count; i++)
        least[i] = least_widths[table.columns[i]];
    vp_view_table_fit(table.widths, least, table.count, vp_view_term_width());
    print_row(&table, (char *const *)columns, TRUE);
    for (guint i = 0; i < rows->len; i++)
        print_row(&table, ((const Row *)rows->pdata[i])->cells, FALSE);
}

static void
tell_other_host(const VpCall *call)
{
    if (!call->conf->is_roots)
        fputs("virt-payload: note: these guests do not belong to this host's libvirt daemon: only "
              "their own host can tell whether their images exist and whether a start would "
              "succeed\n",
              stderr);
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    g_autoptr(VpVirt) virt = vp_virt_open(call->uri, call->conf, TRUE, error);
    g_autoptr(GPtrArray) guests = virt != NULL ? vp_virt_list(virt, error) : NULL;
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
    g_autoptr(VpStore) store = NULL;
    Lister lister = {call, NULL, FALSE};

    if (guests == NULL)
        return FALSE;
    lister.is_this_host = vp_virt_is_this_host(virt, call->conf);
    if (lister.is_this_host)
        store = vp_payload_store_open_existing(call->conf->directory, NULL);
    lister.store = store;
    vp_command_this_host_warn(call->conf, virt);
    for (guint i = 0; i < guests->len; i++) {
        Row *row = make_row(&lister, guests->pdata[i]);

        if (row != NULL)
            g_ptr_array_add(rows, row);
    }
    if (given->json)
        print_json(rows);
    else
        print_table(rows);
    if (!lister.is_this_host)
        tell_other_host(call);
    return TRUE;
}

const VpCommand vp_command_list = {
    .name = "list",
    .arguments = "",
    .summary = "list the guests that have a payload",
    .details =
        "The payload is 'current' if the running guest has what the definition says, 'pending' if "
        "the definition has changed since, or since the guest was saved, 'unread' if also the "
        "guest will not read the change, because its instance-id stays the same (see set "
        "--instance-id=content), 'next start' for a guest that is shut off, 'invalid' if its start "
        "would be refused, 'no drive' for a guest that does not get or have one, and 'none' for a "
        "guest that has only a payload drive. The drive is 'at start' if it will be hot-plugged "
        "then. 'profiles' names the profiles that apply. 'error' is the most serious problem that "
        "doctor reports for the guest, or its first advice; --json shows all of them.\n"
        "On a terminal, columns are truncated to fit.\n",
    .options = options,
    .options_size = sizeof(Options),
    .flags = VP_COMMAND_LIBVIRT,
    .run = run,
};
