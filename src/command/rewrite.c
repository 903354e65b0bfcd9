/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload rewrite: a definition in, the definition with its payload drive out; no libvirt. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/commands.h"
#include "payload/payload.h"
#include "payload/profile.h"
#include "payload/rewrite.h"
#include "view/input.h"
#include "view/output.h"

typedef struct {
    char *in_place;
    char *directory;
    gboolean build;
    gboolean remove;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"in-place", 'i', VP_OPTION_TEXT, AT(in_place), "FILE",
     "read FILE, and replace it if it changes"},
    {"directory", 'd', VP_OPTION_TEXT, AT(directory), "DIR",
     "the payload directory where the guest runs, if not here"},
    {"build", 'b', VP_OPTION_FLAG, AT(build), NULL,
     "also write the image into the payload directory"},
    {"remove", 'r', VP_OPTION_FLAG, AT(remove), NULL, "remove the payload drives instead"},
    {NULL},
};

static gboolean
build_images(const GPtrArray *specs, const VpDomain *domain, const VpConf *conf, GError **error)
{
    g_autoptr(GPtrArray) payloads = vp_payload_build_all(specs, conf, error);

    return payloads != NULL && vp_payload_store_all(payloads, domain, conf, error);
}

/* *result: the input itself if nothing has to be changed. */
static gboolean
rewrite(VpCall *call, VpDomain *domain, GBytes *text, GBytes **result, GError **error)
{
    const Options *given = call->options;
    const char *directory = given->directory != NULL ? given->directory : call->conf->directory;
    VpRewriteMode mode = given->remove ? VP_REWRITE_REMOVE : VP_REWRITE_ENSURE;
    g_autoptr(GPtrArray) specs = NULL;
    gboolean changed = FALSE;
    char *xml;

    specs = given->remove ? g_ptr_array_new() : vp_payload_profile_read(domain, call->conf, error);
    if (specs == NULL ||
        !vp_payload_rewrite_domain(domain, specs, directory, mode, &changed, error))
        return FALSE;
    if (given->build && !build_images(specs, domain, call->conf, error))
        return FALSE;
    if (!changed) {
        *result = g_bytes_ref(text);
        return TRUE;
    }
    xml = vp_payload_rewrite_to_string(domain);
    *result = g_bytes_new_take(xml, strlen(xml));
    return TRUE;
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    g_autoptr(GBytes) text = NULL, result = NULL;
    g_autoptr(VpDomain) domain = NULL;
    gsize size;
    const void *data;

    if (given->build && given->remove)
        return vp_error_set(error, VP_ERROR_USAGE, "--build and --remove exclude each other");
    if (given->directory != NULL && !g_path_is_absolute(given->directory))
        return vp_error_set(error, VP_ERROR_USAGE, "--directory takes an absolute path");
    domain = vp_view_input_domain(given->in_place, &text, error);
    if (domain == NULL)
        return FALSE;
    call->guest = g_strdup(domain->name);
    if (!rewrite(call, domain, text, &result, error))
        return FALSE;
    if (given->in_place != NULL)
        return result == text || vp_view_output_replace(given->in_place, result, error);
    data = g_bytes_get_data(result, &size);
    fwrite(data, 1, size, stdout);
    return TRUE;
}

const VpCommand vp_command_rewrite = {
    .name = "rewrite",
    .arguments = "",
    .summary = "add the payload drive to a definition, as a filter",
    .details =
        "Reads domain XML from standard input and writes it with the payload drive to standard "
        "output. A definition that needs no change is copied byte for byte.\n",
    .options = options,
    .options_size = sizeof(Options),
    .run = run,
};
