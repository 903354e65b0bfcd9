/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload import: a seed that a guest has by other means, as its payload. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/commands.h"
#include "command/definition.h"
#include "command/import.h"
#include "command/template.h"
#include "command/this-host.h"
#include "domain/xml-edit.h"
#include "payload/rewrite.h"
#include "payload/secret-store.h"
#include "view/hunks.h"
#include "view/shown.h"
#include "view/term.h"

typedef struct {
    char *user_data;
    char *meta_data;
    char *network_config;
    char *vendor_data;
    char *from;
    gboolean replace_seed;
    gboolean overwrite;
    gboolean dry_run;
    gboolean drive;
    gboolean json;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"user-data", '\0', VP_OPTION_TEXT, AT(user_data), "FILE",
     "the user-data, instead of the seed's"},
    {"meta-data", '\0', VP_OPTION_TEXT, AT(meta_data), "FILE", "the meta-data, likewise"},
    {"network-config", '\0', VP_OPTION_TEXT, AT(network_config), "FILE",
     "the network-config, likewise"},
    {"vendor-data", '\0', VP_OPTION_TEXT, AT(vendor_data), "FILE", "the vendor-data, likewise"},
    {"from", '\0', VP_OPTION_TEXT, AT(from), "GUEST|FILE",
     "copy the fields of another guest instead, as set --from does"},
    {"replace-seed", '\0', VP_OPTION_FLAG, AT(replace_seed), NULL,
     "remove the drive with the seed from the definition"},
    {"overwrite", '\0', VP_OPTION_FLAG, AT(overwrite), NULL,
     "replace the fields that the guest has"},
    {"drive", '\0', VP_OPTION_FLAG, AT(drive), NULL,
     "add the payload drive to the definition, as attach does"},
    {"dry-run", 'n', VP_OPTION_FLAG, AT(dry_run), NULL,
     "change nothing; show how the fields would change"},
    {"json", 'j', VP_OPTION_FLAG, AT(json), NULL, "print the result as JSON"},
    {NULL},
};

/* --- the seed --------------------------------------------------------------------------------- */

static gboolean
add_files(VpSeed *seed, const Options *given, GError **error)
{
    const struct {
        const char *name, *path;
    } files[] = {
        {"user-data", given->user_data},
        {"meta-data", given->meta_data},
        {"network-config", given->network_config},
        {"vendor-data", given->vendor_data},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        if (files[i].path != NULL &&
            !vp_command_import_seed_add(seed, files[i].name, files[i].path, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
has_files(const Options *given)
{
    return given->user_data != NULL || given->meta_data != NULL || given->network_config != NULL ||
           given->vendor_data != NULL;
}

/* Bare files are a NoCloud seed. */
static VpSeed *
read_seed(const VpCall *call, const VpDomain *domain, GError **error)
{
    const Options *given = call->options;
    const char *path = call->n_arguments > 1 ? call->arguments[1] : NULL;
    g_autoptr(VpSeed) seed = path != NULL ? vp_command_import_seed_read(path, call->conf, error)
                             : has_files(given)
                                 ? vp_command_import_seed_new(VP_DATASOURCE_NOCLOUD)
                                 : vp_command_import_seed_of(domain, call->conf, error);

    if (seed == NULL && path != NULL) {
        g_autofree char *name = vp_escape_name(path);

        if (error != NULL && !g_str_has_prefix((*error)->message, name))
            g_prefix_error(error, "%s: ", name);
    }
    return seed != NULL && add_files(seed, given, error) ? g_steal_pointer(&seed) : NULL;
}

/* --- the element ------------------------------------------------------------------------------ */

/* Its text, masked; "" without one. */
static char *
shown(const VpDomain *domain)
{
    g_autofree char *xml = vp_payload_rewrite_to_string(domain);
    g_autoptr(VpDomain) copy = vp_domain_parse_new(xml, strlen(xml), NULL);
    VpField root;

    if (copy == NULL || !vp_spec_field_open(copy, &root, NULL))
        return g_strdup("");
    vp_view_shown_mask(&root);
    return vp_view_shown_to_xml(&root);
}

static gboolean
open_root(VpDomain *domain, gboolean overwrite, VpField *root, GError **error)
{
    g_autoptr(GError) failure = NULL;

    if (vp_spec_field_open(domain, root, &failure)) {
        if (!overwrite)
            return vp_error_set(error, VP_ERROR_CONFLICT,
                                "the guest has fields already; --overwrite replaces them");
        vp_spec_field_drop(root);
    } else if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    vp_spec_field_create(domain, "cloud-init", root);
    return TRUE;
}

/* --- the drive of the seed -------------------------------------------------------------------- */

/* Copies of the elements: the domain is read again before they are used. */
static GPtrArray *
find_drives(const VpCall *call, const VpDomain *domain, GError **error)
{
    const Options *given = call->options;
    g_autoptr(GPtrArray) drives =
        vp_command_import_seed_drives(domain, call->n_arguments > 1 ? call->arguments[1] : NULL);

    if (!given->replace_seed || drives->len > 0)
        return g_steal_pointer(&drives);
    return vp_error_null(error, VP_ERROR_NOT_FOUND,
                         "the definition has no drive with a seed; leave --replace-seed out");
}

static GPtrArray *
take_drives(VpDomain *domain, const GPtrArray *drives)
{
    GPtrArray *elements = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < drives->len; i++) {
        VpDisk *disk = drives->pdata[i];

        g_ptr_array_add(elements, vp_payload_rewrite_element_xml(disk));
        vp_domain_xml_remove(disk->node);
        g_ptr_array_remove(domain->disks, disk);
    }
    return elements;
}

static gboolean
remove_drives(const VpGuest *guest, const GPtrArray *elements, GError **error)
{
    for (guint i = 0; i < elements->len; i++) {
        if (vp_virt_guest_detach(guest, elements->pdata[i], VP_GUEST_CONFIG, error))
            continue;
        g_prefix_error(error,
                       "the fields are stored, but the drive with the seed was not removed: ");
        return FALSE;
    }
    return TRUE;
}

/* --- the report ------------------------------------------------------------------------------- */

static void
tell_list(FILE *out, const char *guest, const char *what, const GPtrArray *names)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(line, "%s%s", i > 0 ? ", " : "", (const char *)names->pdata[i]);
    if (names->len > 0)
        fprintf(out, "%s: %s: %s\n", guest, what, line->str);
}

static void
tell(const VpImport *import, FILE *out)
{
    g_autofree char *guest = vp_escape_name(import->set->domain->name);

    tell_list(out, guest, "fields now", import->fields);
    tell_list(out, guest, "kept as given", import->kept);
    for (guint i = 0; i < import->notes->len; i++)
        g_printerr("virt-payload: note: %s\n", (const char *)import->notes->pdata[i]);
}

static void
tell_json(const VpImport *import, guint removed)
{
    g_autoptr(json_object) object = json_object_new_object();

    vp_json_add_string(object, "guest", import->set->domain->name);
    vp_json_add_string(object, "datasource",
                       import->seed->datasource == VP_DATASOURCE_NOCLOUD ? "nocloud"
                                                                         : "config-drive");
    vp_json_add_texts(object, "fields", import->fields);
    vp_json_add_texts(object, "kept", import->kept);
    vp_json_add_texts(object, "notes", import->notes);
    vp_json_add(object, "seed-drives-removed", json_object_new_int((int)removed));
    vp_view_term_print_json(object);
}

static void
show_change(const char *before, const VpDomain *domain, const GPtrArray *elements)
{
    g_autofree char *after = shown(domain);

    for (guint i = 0; i < elements->len; i++)
        printf("%s-%s%s\n", vp_view_term_on(VP_STYLE_RED), "a drive with the seed",
               vp_view_term_off());
    vp_view_hunks_print_texts(before, after);
}

/* --- the command ------------------------------------------------------------------------------ */

static gboolean
keep_secrets(const VpImport *import, const VpConf *conf, GError **error)
{
    for (guint i = 0; i < import->keys->len; i++) {
        const VpImportKey *key = import->keys->pdata[i];
        g_autofree char *name = g_strdup_printf("ssh_host_%s_key", key->type);

        if (!vp_payload_secret_store_write(conf, import->set->domain->uuid, name, key->text, FALSE,
                                           error))
            return FALSE;
    }
    return TRUE;
}

static void
note_drives(const VpImport *import, const GPtrArray *drives, gboolean is_removed)
{
    for (guint i = 0; !is_removed && i < drives->len; i++) {
        g_autofree char *target = vp_escape_name(((const VpDisk *)drives->pdata[i])->target != NULL
                                                     ? ((const VpDisk *)drives->pdata[i])->target
                                                     : "?");

        g_ptr_array_add(import->notes,
                        g_strdup_printf("drive %s still shows the seed, so the guest would have "
                                        "two; --replace-seed removes it",
                                        target));
    }
}

static gboolean
store(VpCall *call, VpEdit *edit, const VpImport *import, const GPtrArray *elements, GError **error)
{
    const Options *given = call->options;

    if (!keep_secrets(import, call->conf, error) ||
        !vp_command_definition_store(call, edit, vp_command_definition_drive(given->drive, FALSE),
                                     error))
        return FALSE;
    if (edit->opened.guest != NULL && !remove_drives(edit->opened.guest, elements, error))
        return FALSE;
    vp_command_this_host_warn(call->conf, edit->opened.virt);
    return TRUE;
}

static gboolean
import_seed(VpCall *call, VpEdit *edit, const VpSeed *seed, const GPtrArray *drives, GError **error)
{
    const Options *given = call->options;
    g_auto(VpSet) set = {.domain = edit->domain, .told = g_string_new(NULL)};
    g_auto(VpImport) import = {0};
    g_autofree char *before = shown(edit->domain);
    g_autoptr(GPtrArray) elements = NULL;
    gboolean is_text = edit->opened.guest == NULL;

    vp_command_import_init(&import, &set, seed);
    import.keeps_secrets = vp_payload_secret_store_can_write(call->conf) &&
                           (is_text || vp_virt_guest_is_local(edit->opened.guest, call->conf));
    note_drives(&import, drives, given->replace_seed);
    elements = given->replace_seed ? take_drives(edit->domain, drives)
                                   : g_ptr_array_new_with_free_func(g_free);
    if (!open_root(edit->domain, given->overwrite, &set.root, error) ||
        !vp_command_import_all(&import, error))
        return FALSE;
    if (given->dry_run) {
        if (!given->json)
            show_change(before, edit->domain, elements);
    } else if (!store(call, edit, &import, elements, error)) {
        return FALSE;
    }
    if (given->json)
        tell_json(&import, elements->len);
    else
        tell(&import, is_text || given->dry_run ? stderr : stdout);
    return TRUE;
}

/* The fields of another guest: none of them comes from a seed. */
static gboolean
import_template(VpCall *call, VpEdit *edit, GError **error)
{
    const Options *given = call->options;
    g_autofree char *before = shown(edit->domain);
    g_autoptr(GString) told = g_string_new(NULL);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    VpField root;

    if (!open_root(edit->domain, given->overwrite, &root, error) ||
        !vp_command_template_copy(call, given->from, edit->domain, told, error))
        return FALSE;
    if (given->dry_run)
        show_change(before, edit->domain, none);
    else if (!vp_command_definition_store(call, edit,
                                          vp_command_definition_drive(given->drive, FALSE), error))
        return FALSE;
    fputs(told->str, stderr);
    return TRUE;
}

static gboolean
check_usage(const VpCall *call, GError **error)
{
    const Options *given = call->options;

    if (given->from != NULL &&
        (call->n_arguments > 1 || has_files(given) || given->replace_seed || given->json))
        return vp_error_set(error, VP_ERROR_USAGE,
                            "--from excludes SEED, its files, --replace-seed and --json");
    if (g_str_equal(call->arguments[0], "-") && given->json && !given->dry_run)
        return vp_error_set(error, VP_ERROR_USAGE,
                            "the definition is written to standard output; omit --json");
    return TRUE;
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    const VpEditParts parts = {.config = !g_str_equal(call->arguments[0], "-")};
    g_auto(VpEdit) edit = {0};
    g_autoptr(VpSeed) seed = NULL;
    g_autoptr(GPtrArray) drives = NULL;

    call->is_quiet = given->json; /* what is stored is not said in text beside it */
    if (!check_usage(call, error) ||
        !vp_command_definition_open(call, call->arguments[0], &parts, &edit, error))
        return FALSE;
    if (given->from != NULL)
        return import_template(call, &edit, error);
    seed = read_seed(call, edit.domain, error);
    drives = seed != NULL ? find_drives(call, edit.domain, error) : NULL;
    return drives != NULL && import_seed(call, &edit, seed, drives, error);
}

const VpCommand vp_command_import = {
    .name = "import",
    .arguments = "GUEST|UUID|- [SEED]",
    .summary = "turn a cloud-init seed into a guest's payload",
    .details =
        "SEED is a directory of user-data, meta-data, network-config and vendor-data, or of "
        "openstack/latest; a seed image (ISO 9660 or FAT); a definition with oVirt's payload; or a "
        "file of user-data. Without it the guest's own definition is searched for one.\n"
        "A key becomes a field if that gives the guest exactly what the seed gave it. Everything "
        "else is kept as raw data. Private ssh host keys are kept as secrets of the guest.\n"
        "With '-' a definition is read from standard input and written to standard output.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 2,
    .flags = VP_COMMAND_LIBVIRT,
    .run = run,
};
