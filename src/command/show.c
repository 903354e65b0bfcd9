/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload show: the fields of a guest's metadata. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/guest.h"
#include "payload/profile.h"
#include "spec/read.h"
#include "view/input.h"
#include "view/shown.h"
#include "view/term.h"

typedef struct {
    gboolean live;
    gboolean xml;
    gboolean json;
    gboolean yaml;
    gboolean show_secrets;
    gboolean effective;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"live", '\0', VP_OPTION_FLAG, AT(live), NULL,
     "of the running guest, not of the persistent definition"},
    {"xml", 'x', VP_OPTION_FLAG, AT(xml), NULL, "as the element in <metadata>"},
    {"json", 'j', VP_OPTION_FLAG, AT(json), NULL, "as JSON"},
    {"yaml", 'y', VP_OPTION_FLAG, AT(yaml), NULL, "as YAML"},
    {"show-secrets", 's', VP_OPTION_FLAG, AT(show_secrets), NULL,
     "do not mask passwords, private "
     "keys and the like"},
    {"effective", 'e', VP_OPTION_FLAG, AT(effective), NULL,
     "with the fields of the profiles that apply"},
    {NULL},
};

static VpDomain *
load_guest(VpCall *call, const char *name, GError **error)
{
    const Options *given = call->options;
    g_auto(VpCallGuest) opened = {NULL, NULL};

    if (!vp_command_guest_open(call, name, TRUE, &opened, error))
        return NULL;
    if (given->live && vp_virt_guest_id(opened.guest) < 0)
        return vp_error_null(error, VP_ERROR_NOT_FOUND, "the guest is not running");
    return vp_virt_guest_domain(opened.guest, given->live ? VP_GUEST_LIVE : VP_GUEST_CONFIG, error);
}

static gboolean
print(const Options *given, const VpField *root, GError **error)
{
    g_autoptr(GBytes) text = NULL;

    if (given->xml) {
        g_autofree char *xml = vp_view_shown_to_xml(root);
        puts(xml);
        return TRUE;
    }
    if (given->json) {
        g_autoptr(json_object) object = vp_view_shown_to_json(root);

        vp_view_term_print_json(object);
        return TRUE;
    }
    if (given->yaml) {
        text = vp_view_shown_to_yaml(root, error);
    } else {
        char *lines = vp_view_shown_to_text(root);

        text = g_bytes_new_take(lines, strlen(lines));
    }
    if (text == NULL)
        return FALSE;
    fwrite(g_bytes_get_data(text, NULL), 1, g_bytes_get_size(text), stdout);
    return TRUE;
}

/* oVirt's payload has files, and no fields. */
static const char *
nothing_to_show(const VpDomain *domain)
{
    g_autoptr(GPtrArray) specs = vp_spec_read(domain, NULL);

    return specs != NULL && specs->len > 0
               ? "the metadata has oVirt's payload, and no fields of virt-payload; see 'dump'"
               : "the metadata has no fields of virt-payload";
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    const char *name = call->arguments[0];
    gboolean is_input = g_str_equal(name, "-") || strchr(name, '/') != NULL;
    g_autoptr(VpDomain) domain = NULL;
    g_autoptr(GError) failure = NULL;
    VpField root;

    if (given->xml + given->json + given->yaml > 1)
        return vp_error_set(error, VP_ERROR_USAGE, "--xml, --json and --yaml exclude each other");
    if (is_input && given->live)
        return vp_error_set(error, VP_ERROR_USAGE,
                            "a definition in a file has no running guest; omit --live");
    domain = is_input ? vp_view_input_domain(name, NULL, error) : load_guest(call, name, error);
    if (domain == NULL)
        return FALSE;
    vp_command_guest_name(call, domain->name);
    if (given->effective && !vp_payload_profile_apply(domain, call->conf, error))
        return FALSE;
    if (!vp_spec_field_open(domain, &root, &failure)) {
        if (failure == NULL)
            failure = g_error_new(VP_ERROR, VP_ERROR_NOT_FOUND, "%s", nothing_to_show(domain));
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!given->show_secrets)
        vp_view_shown_mask(&root);
    return print(given, &root, error);
}

const VpCommand vp_command_show = {
    .name = "show",
    .arguments = "GUEST|UUID|ID|XML|-",
    .summary = "show the fields of a guest's payload",
    .details = "Shows what the metadata of the persistent definition says. To see what the guest "
               "actually receives, use dump. A definition is read from the file XML (its path has "
               "a slash) or from standard "
               "input (-).\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 1,
    .flags = VP_COMMAND_LIBVIRT,
    .run = run,
};
