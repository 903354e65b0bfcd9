/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload unset: removes fields from a guest's metadata. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/suggest.h"
#include "command/commands.h"
#include "command/definition.h"
#include "domain/xml-node.h"
#include "spec/field.h"

typedef struct {
    gboolean all;
    gboolean no_drive;
    VpEditParts parts;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"all", 'a', VP_OPTION_FLAG, AT(all), NULL, "the whole payload, and the drive"},
    VP_EDIT_PART_OPTIONS(Options, parts),
    {"no-drive", '\0', VP_OPTION_FLAG, AT(no_drive), NULL, "leave the drives alone"},
    {NULL},
};

/* The attribute that identifies an element among others of its name: the required one. */
static const char *
key_attribute(const VpRow *rows)
{
    for (const VpRow *row = rows; row != NULL && row->name != NULL; row++) {
        if (row->required && *row->name == '@')
            return row->name + 1;
    }
    return NULL;
}

static gboolean
has_value(const xmlNode *node, const char *attribute, const char *value)
{
    g_autofree char *given = attribute != NULL ? vp_domain_xml_attribute(node, attribute)
                                               : g_strstrip(vp_domain_xml_text(node));

    return g_strcmp0(given, value) == 0;
}

static guint
remove_valued(const VpField *parent, const char *name, const char *value)
{
    const VpRow *row = vp_spec_table_find(parent->rows, name);
    const char *attribute = key_attribute(row->rows);
    xmlNode *next;
    guint count = 0;

    for (xmlNode *node = vp_domain_xml_first_element(parent->node); node != NULL; node = next) {
        next = vp_domain_xml_next_element(node);
        if (g_str_equal((const char *)node->name, name) && has_value(node, attribute, value)) {
            const VpField field = {node, row->rows};

            vp_spec_field_drop(&field);
            count++;
        }
    }
    return count;
}

/* "name", "name=value": element or attribute of parent. */
static guint
remove_from(const VpField *parent, const char *name, const char *value)
{
    g_autofree char *attribute = g_strconcat("@", name, NULL);

    if (vp_spec_table_find(parent->rows, name) != NULL)
        return value != NULL ? remove_valued(parent, name, value)
                             : vp_spec_field_remove(parent, name);
    return value == NULL ? vp_spec_field_remove(parent, attribute) : 0;
}

/* "user=NAME/field[=value]" */
static guint
remove_of_user(const VpField *root, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, "/", 2);
    g_auto(GStrv) pair = g_strsplit(parts[1], "=", 2);
    VpField user;

    if (pair[0] == NULL || !vp_spec_field_find(root, "user", "name", parts[0], &user))
        return 0;
    return remove_from(&user, pair[0], pair[1]);
}

/* "interface", "bond=NAME", "vlan=MAC": of the network, which without any is removed, too. */
static guint
remove_link(const VpField *network, const char *name, const char *value)
{
    const VpRow *row = vp_spec_table_find(network->rows, name);
    xmlNode *next;
    guint count = 0;

    for (xmlNode *node = vp_domain_xml_first_element(network->node); node != NULL; node = next) {
        const VpField field = {node, row->rows};

        next = vp_domain_xml_next_element(node);
        if (!g_str_equal((const char *)node->name, name) ||
            (value != NULL && !has_value(node, "name", value) && !has_value(node, "mac", value)))
            continue;
        vp_spec_field_drop(&field);
        count++;
    }
    if (vp_domain_xml_first_element(network->node) == NULL)
        vp_spec_field_drop(network);
    return count;
}

static guint
remove_field(const VpField *root, const char *field)
{
    g_auto(GStrv) pair = g_strsplit(field, "=", 2);
    const char *name = pair[0], *value = name != NULL ? pair[1] : NULL;
    g_autofree char *attribute = g_strconcat("@", name, NULL);
    VpField user, network;

    if (name == NULL)
        return 0;
    if (g_str_equal(name, "user") && value != NULL && strchr(value, '/') != NULL)
        return remove_of_user(root, value);
    if (vp_spec_field_find(root, "network", NULL, NULL, &network) &&
        vp_spec_table_find(network.rows, name) != NULL)
        return remove_link(&network, name, value);
    if (vp_spec_table_find(root->rows, name) != NULL ||
        vp_spec_table_find(root->rows, attribute) != NULL ||
        !vp_spec_field_only(root, "user", &user))
        return remove_from(root, name, value);
    return remove_from(&user, name, value);
}

static void
add_names(GPtrArray *names, const VpRow *rows)
{
    for (const VpRow *row = rows; row->name != NULL; row++)
        g_ptr_array_add(names, (gpointer)(row->name + (*row->name == '@' ? 1 : 0)));
}

/* A field of the payload or of its users that has nearly that name; NULL: none has. */
static const char *
nearest(const VpField *root, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    add_names(names, root->rows);
    if (vp_spec_table_find(root->rows, "user") != NULL)
        add_names(names, vp_spec_table_find(root->rows, "user")->rows);
    g_ptr_array_add(names, NULL);
    return g_strv_contains((const char *const *)names->pdata, name)
               ? NULL
               : vp_suggest(name, (const char *const *)names->pdata);
}

/* The field's value is not repeated: it may be a secret. */
static gboolean
fail_missing(const VpField *root, const char *field, GError **error)
{
    g_autofree char *name = g_strndup(field, strcspn(field, "="));
    g_autofree char *escaped = vp_escape_name(name);
    const char *suggestion = nearest(root, name);

    return vp_error_set(error, VP_ERROR_NOT_FOUND,
                        "%s: the payload has no such field; %s%s%sto correct a misspelt one, use "
                        "'virt-payload edit'",
                        escaped, suggestion != NULL ? "did you mean '" : "",
                        suggestion != NULL ? suggestion : "", suggestion != NULL ? "'? " : "");
}

static gboolean
check_usage(const VpCall *call, GError **error)
{
    const Options *given = call->options;

    if (given->all != (call->n_arguments > 1))
        return TRUE;
    return vp_error_set(error, VP_ERROR_USAGE,
                        given->all ? "--all takes no field names" : "name the fields, or --all");
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    g_auto(VpEdit) edit = {0};
    VpField root;

    if (!check_usage(call, error) ||
        !vp_command_definition_open(call, call->arguments[0], &given->parts, &edit, error) ||
        !vp_spec_field_require(edit.domain, &root, "the definition has no payload", error))
        return FALSE;
    if (given->all)
        vp_spec_field_drop(&root);
    for (char **field = call->arguments + 1; *field != NULL; field++) {
        if (remove_field(&root, *field) == 0)
            return fail_missing(&root, *field, error);
    }
    return vp_command_definition_store(call, &edit,
                                       vp_command_definition_drive(FALSE, given->no_drive), error);
}

const VpCommand vp_command_unset = {
    .name = "unset",
    .arguments = "GUEST|UUID|ID|- [FIELD...]",
    .summary = "remove fields from a guest's payload",
    .details =
        "A FIELD is named as by set and show: 'hostname', 'bus', 'run-cmd'. All occurrences of a "
        "repeated field are removed, or only one by its value: 'run-cmd=touch /ready', "
        "'write-file=/etc/motd', 'user=bob'. A user's field is 'user=bob/ssh-key', or 'ssh-key' if "
        "there is only one user; an interface is 'interface=NAME' or 'interface=MAC'.\n"
        "With '-' a definition is read from standard input and written to standard output.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = G_MAXUINT,
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_REPORTS,
    .run = run,
};
