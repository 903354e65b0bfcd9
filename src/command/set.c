/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload set: fields into a guest's metadata, in the words of its vocabulary. */
#include <config.h>

#include <stdio.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/commands.h"
#include "command/definition.h"
#include "command/report.h"
#include "command/this-host.h"
#include "command/set.h"
#include "command/template.h"

/* One option as it was given. */
typedef struct {
    const VpOption *option;
    char *value;
} Change;

typedef struct {
    GPtrArray *changes; /* of Change, in the order of the command line */
    char *from;
    gboolean sysprep;
    gboolean drive;
    gboolean no_drive;
    gboolean is_stdin_read; /* for an earlier guest */
    VpEditParts parts;
} Options;

static void
change_free(gpointer change)
{
    g_free(((Change *)change)->value);
    g_free(change);
}

static gboolean
note(gpointer data, const VpOption *option, const char *value, GError **error)
{
    Options *all = data;
    Change *change = g_new0(Change, 1);

    if (all->changes == NULL)
        all->changes = g_ptr_array_new_with_free_func(change_free);
    change->option = option;
    change->value = g_strdup(value);
    g_ptr_array_add(all->changes, change);
    return TRUE;
}

static void
clear(gpointer options)
{
    g_clear_pointer(&((Options *)options)->changes, g_ptr_array_unref);
}

/* --- the options ------------------------------------------------------------------------------ */

#define LETTER(name, letter, argument, edit, summary)                                              \
    {                                                                                              \
        name, letter, VP_OPTION_CALLBACK, 0, argument, summary, note, (void (*)(void))(edit)       \
    }
#define EDIT(name, argument, edit, summary) LETTER(name, '\0', argument, edit, summary)
#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption user_options[] = {
    LETTER("user", 'u', "NAME", vp_command_set_user,
           "user for the options below, down to --lock-password; default: the only user, or root"),
    LETTER("ssh-key", 'k', "FILE|-|KEY", vp_command_set_ssh_key,
           "public keys for the user to log in with"),
    LETTER("password", 'p', NULL, vp_command_set_password, "ask for the user's password"),
    EDIT("password-file", "FILE|-", vp_command_set_password_file,
         "the password is the content of FILE"),
    EDIT("password-secret", "NAME", vp_command_set_password_secret,
         "keep it on the host, in NAME of the guest's own secrets"),
    EDIT("generate-password", NULL, vp_command_set_password_generated,
         "generate a random password and print it once"),
    EDIT("expire-password", "yes|no", vp_command_set_password_expire,
         "the user must change it at the first login"),
    {NULL},
};

static const VpOption element_options[] = {
    EDIT("meta", "KEY=VALUE", vp_command_set_meta, "an entry of meta in the guest's meta-data"),
    EDIT("network", "SPEC", vp_command_set_network,
         "an interface: 'eth0,address=192.0.2.5/24,gateway=192.0.2.1'; also mac=, target=, "
         "dns=, search=, mtu=, dhcp4, dhcp6, slaac, accept-ra, 'route=NET via GATEWAY'"),
    EDIT("dhcp", NULL, vp_command_set_dhcp, "configure the next interface by DHCP"),
    EDIT("write-file", "PATH=FILE", vp_command_set_write_file,
         "FILE's content as PATH in the guest; also ',owner=USER', ',permissions=0600'"),
    EDIT("ssh-host-key", "TYPE=NAME", vp_command_set_ssh_host_key,
         "the guest's host key: 'ed25519=NAME', NAME below secrets-directory"),
    EDIT("generate-host-key", NULL, vp_command_set_host_key_generated,
         "make the guest's ed25519 host key, kept as its secret"),
    EDIT("file", "PATH=FILE", vp_command_set_file, "a further file on the drive"),
    EDIT("from-cloud-config", "FILE", vp_command_set_cloud_config,
         "import a cloud-config file as fields"),
    EDIT("replace", "FIELD", vp_command_set_replace,
         "first remove everything that the payload has of FIELD, as in --replace=run-cmd "
         "--run-cmd=..."),
    {NULL},
};

static const VpOption sysprep_options[] = {
    {"sysprep", '\0', VP_OPTION_FLAG, AT(sysprep), NULL,
     "a Windows answer file instead of cloud-init"},
    EDIT("domain-password-file", "FILE", vp_command_set_sysprep_password,
         "sysprep: the password of domain-user"),
    EDIT("admin-password-file", "FILE", vp_command_set_sysprep_password,
         "sysprep: the administrator's password"),
    {NULL},
};

static const VpOption other_options[] = {
    {"from", '\0', VP_OPTION_TEXT, AT(from), "GUEST|FILE",
     "begin with the fields of another guest, except those that only one guest can have"},
    VP_EDIT_PART_OPTIONS(Options, parts),
    {"drive", '\0', VP_OPTION_FLAG, AT(drive), NULL,
     "add the drive to the definition, as attach does"},
    {"no-drive", '\0', VP_OPTION_FLAG, AT(no_drive), NULL, "leave the drives alone"},
    {NULL},
};

static void
append(GArray *options, const VpOption *more)
{
    for (; more->name != NULL; more++)
        g_array_append_vals(options, more, 1);
}

/* One option for each field of which the vocabulary says it all; summaries begin with prefix. */
static void
append_fields(GArray *options, const VpRow *rows, VpSetEdit *edit, const char *prefix)
{
    for (const VpRow *row = rows; row->name != NULL; row++) {
        const VpOption option = LETTER(row->name + (*row->name == '@'), row->letter, row->option,
                                       edit, g_strconcat(prefix, row->about, NULL));

        if (row->option != NULL)
            g_array_append_val(options, option);
    }
}

static gpointer
make_options(gpointer data)
{
    const VpRow *roots = vp_spec_table_roots();
    const VpRow *cloud_init = vp_spec_table_find(roots, "cloud-init")->rows;
    GArray *options = g_array_new(TRUE, FALSE, sizeof(VpOption));

    append(options, user_options);
    append_fields(options, vp_spec_table_find(cloud_init, "user")->rows, vp_command_set_user_field,
                  "");
    append_fields(options, cloud_init, vp_command_set_field, "");
    append(options, element_options);
    append(options, sysprep_options);
    append_fields(options, vp_spec_table_find(roots, "sysprep")->rows, vp_command_set_field,
                  "sysprep: ");
    append(options, other_options);
    return g_array_free(options, FALSE);
}

static const VpOption *
options(void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once(&once, make_options, NULL);
}

static gboolean
apply(VpSet *set, const Change *change, GError **error)
{
    VpSetEdit *edit = (VpSetEdit *)change->option->detail;

    if (edit(set, change->option->name, change->value, error))
        return TRUE;
    g_prefix_error(error, "--%s: ", change->option->name);
    return FALSE;
}

static gboolean
fail_has_fields(const VpCall *call, const VpDomain *domain, const char *which, GError **error)
{
    const char *name = call->arguments[0];

    return vp_error_set(error, VP_ERROR_CONFLICT,
                        "the guest has fields%s; 'virt-payload unset %s --all' removes them", which,
                        g_str_equal(name, "-") ? name : vp_domain_shell_name(domain));
}

/* The payload element, created as asked if the definition has none. */
static gboolean
open_root(const VpCall *call, VpDomain *domain, gboolean sysprep, VpField *root, GError **error)
{
    g_autoptr(GError) failure = NULL;
    const char *kind = sysprep ? "sysprep" : "cloud-init";

    if (!vp_spec_field_open(domain, root, &failure)) {
        if (failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        vp_spec_field_create(domain, kind, root);
        return TRUE;
    }
    if (sysprep && !g_str_equal((const char *)root->node->name, kind))
        return fail_has_fields(call, domain, " of cloud-init", error);
    return TRUE;
}

/* --ssh-key K --user op: the key would be root's. first: the option that chose a user by itself. */
static gboolean
check_order(const Change *change, const Change *first, GError **error)
{
    if (first == NULL || !g_str_equal(change->option->name, "user"))
        return TRUE;
    g_set_error(
        error, VP_ERROR, VP_ERROR_USAGE,
        "--%s comes before --user, which names the user that it applies to; put --user first",
        first->option->name);
    return FALSE;
}

/* Whether the change chose a user that no option named. */
static gboolean
chose_user(const VpSet *set, const Change *change)
{
    return set->user.node != NULL && !g_str_equal(change->option->name, "user") &&
           !g_str_equal(change->option->name, "from-cloud-config");
}

static gboolean
apply_all(VpSet *set, VpEdit *edit, const GPtrArray *changes, GError **error)
{
    const Change *first = NULL;

    for (guint i = 0; changes != NULL && i < changes->len; i++) {
        const Change *change = changes->pdata[i];
        gboolean had_user = set->user.node != NULL;

        if (!check_order(change, first, error) || !apply(set, change, error))
            return FALSE;
        if (!had_user && chose_user(set, change))
            first = change;
        edit->has_bus |= g_str_equal(change->option->name, "bus");
    }
    return TRUE;
}

/* A generated password is printed even with --quiet, because nothing else knows it, and with the
 * guest's name, because there may be several. */
static void
tell(VpCall *call, const VpEdit *edit, const VpSet *set)
{
    g_auto(GStrv) lines = g_strsplit(set->told->str, "\n", -1);
    g_autofree char *name = NULL;

    if (edit->opened.guest == NULL) {
        fputs(set->told->str, stderr);
        return;
    }
    name = vp_escape_name(vp_virt_guest_name(edit->opened.guest));
    for (char **line = lines; *line != NULL; line++) {
        if (**line == '\0')
            continue;
        if (call->results != NULL)
            vp_command_report(call, edit->opened.guest, FALSE, "%s", *line);
        else
            printf("%s: %s\n", name, *line);
    }
}

static gboolean
copy_template(VpCall *call, const char *from, VpSet *set, GError **error)
{
    VpField root;

    if (vp_spec_field_open(set->domain, &root, NULL))
        return fail_has_fields(call, set->domain, " already", error);
    return vp_command_template_copy(call, from, set->domain, set->told, error);
}

static gboolean
run(VpCall *call, GError **error)
{
    Options *given = call->options;
    g_auto(VpEdit) edit = {0};
    g_auto(VpSet) set = {0};
    gboolean is_done;

    if (given->changes == NULL && !given->sysprep && given->from == NULL)
        return vp_error_set(error, VP_ERROR_USAGE,
                            "no field was given; see virt-payload set --help");
    if (!vp_command_definition_check_drive(&given->parts, given->drive, given->no_drive, error) ||
        !vp_command_definition_open(call, call->arguments[0], &given->parts, &edit, error))
        return FALSE;
    set.domain = edit.domain;
    if (edit.opened.guest == NULL || vp_virt_guest_is_local(edit.opened.guest, call->conf))
        set.conf = call->conf;
    set.is_stdin_read = edit.opened.guest == NULL || given->is_stdin_read;
    set.told = g_string_new(NULL);
    if (given->from != NULL && !copy_template(call, given->from, &set, error))
        return FALSE;
    if (!open_root(call, edit.domain, given->sysprep, &set.root, error))
        return FALSE;
    if (!apply_all(&set, &edit, given->changes, error))
        return FALSE;
    given->is_stdin_read = set.is_stdin_read;
    is_done = vp_command_definition_store(
        call, &edit, vp_command_definition_drive(given->drive, given->no_drive), error);
    if (is_done || edit.is_stored)
        tell(call, &edit, &set);
    if (!is_done)
        return FALSE;
    vp_command_this_host_warn(call->conf, edit.opened.virt);
    return TRUE;
}

const VpCommand vp_command_set = {
    .name = "set",
    .arguments = "GUEST|UUID|ID...|-",
    .summary = "set fields of a guest's payload",
    .details =
        "Sets the fields in the guest's persistent definition; they take effect at the next start, "
        "when the payload drive is hot-plugged unless --drive or attach adds it to the definition. "
        "Repeatable fields are appended unless they are there already (use --replace or unset to "
        "remove them); all others are replaced. Repeating the same call changes nothing.\n"
        "With '-' a definition is read from standard input and written to standard output, as for "
        "'virt-install --print-xml'.\n"
        "A FILE may be '-', standard input, or for content 'src:NAME', a file below "
        "files-directory that each start reads.\n"
        "Passwords are stored as hashes, and are never read from the command line.\n",
    .make_options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = G_MAXUINT,
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_GUESTS | VP_COMMAND_REPORTS,
    .run = run,
    .clear = clear,
};
