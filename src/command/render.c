/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload render: a definition in, its payload image out; no libvirt. */
#include <config.h>

#include "base/autofd.h"
#include "base/error.h"
#include "command/commands.h"
#include "command/render-seed.h"
#include "view/contents.h"
#include "view/input.h"
#include "view/output.h"

typedef struct {
    char *output;
    char *tree;
    char *image;
    gboolean seed;
    char *network_config;
    char *vendor_data;
    char *hostname;
    char *format;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"output", 'o', VP_OPTION_TEXT, AT(output), "FILE", "write the image to FILE (0600)"},
    {"tree", 't', VP_OPTION_TEXT, AT(tree), "DIR", "write the image's files below DIR instead"},
    {"image", 'i', VP_OPTION_TEXT, AT(image), "NAME",
     "the image of this name, if the definition has several"},
    {"seed", '\0', VP_OPTION_FLAG, AT(seed), NULL,
     "make a seed image from the files USER-DATA and META-DATA, as cloud-localds does"},
    {"network-config", '\0', VP_OPTION_TEXT, AT(network_config), "FILE",
     "with --seed: the network-config"},
    {"vendor-data", '\0', VP_OPTION_TEXT, AT(vendor_data), "FILE", "with --seed: the vendor-data"},
    {"hostname", '\0', VP_OPTION_TEXT, AT(hostname), "NAME",
     "with --seed and no META-DATA: the host name"},
    {"format", '\0', VP_OPTION_TEXT, AT(format), "iso9660|vfat",
     "with --seed: the image's format; iso9660 is the default"},
    {NULL},
};

static const VpContents *
choose(const GPtrArray *all, const char *name, GError **error)
{
    if (all->len == 0)
        return vp_error_null(error, VP_ERROR_NOT_FOUND, "the definition has no payload metadata");
    if (name == NULL && all->len > 1)
        return vp_error_null(error, VP_ERROR_USAGE,
                             "the definition has %u images; choose one by "
                             "--image",
                             all->len);
    for (guint i = 0; i < all->len; i++) {
        const VpContents *contents = all->pdata[i];

        if (name == NULL || g_str_equal(contents->name, name))
            return contents;
    }
    return vp_error_null(error, VP_ERROR_NOT_FOUND,
                         "the definition has no such image; its first is "
                         "%s",
                         ((const VpContents *)all->pdata[0])->name);
}

static gboolean
write_tree(const VpImageContent *content, const char *path, GError **error)
{
    vp_autofd int directory = vp_view_output_open_directory(path, error);

    if (directory < 0)
        return FALSE;
    for (guint i = 0; i < content->files->len; i++) {
        const VpImageFile *file = content->files->pdata[i];

        if (!vp_view_output_below(directory, file->path, file->bytes, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_usage(const VpCall *call, GError **error)
{
    const Options *given = call->options;
    gboolean has_seed_options = given->network_config != NULL || given->vendor_data != NULL ||
                                given->hostname != NULL || given->format != NULL;

    if (given->seed && call->n_arguments == 0)
        return vp_error_set(error, VP_ERROR_USAGE, "--seed takes the files USER-DATA [META-DATA]");
    if (given->seed && (given->tree != NULL || given->image != NULL))
        return vp_error_set(error, VP_ERROR_USAGE, "--seed excludes --tree and --image");
    if (!given->seed && (call->n_arguments > 1 || has_seed_options))
        return vp_error_set(error, VP_ERROR_USAGE,
                            "a second file and the options of a seed require --seed");
    return TRUE;
}

static gboolean
render_seed(const VpCall *call, GError **error)
{
    const Options *given = call->options;
    const VpSeedFiles files = {
        .user_data = call->arguments[0],
        .meta_data = call->n_arguments > 1 ? call->arguments[1] : NULL,
        .network_config = given->network_config,
        .vendor_data = given->vendor_data,
        .hostname = given->hostname,
        .format = given->format,
    };
    g_autoptr(GBytes) image = vp_command_render_seed(&files, error);

    if (image == NULL)
        return FALSE;
    return given->output != NULL ? vp_view_output_replace(given->output, image, error)
                                 : vp_view_output_binary(image, error);
}

static gboolean
render_definition(VpCall *call, GError **error)
{
    const Options *given = call->options;
    g_autoptr(VpDomain) domain = vp_view_input_domain(call->arguments[0], NULL, error);
    g_autoptr(GPtrArray) all = NULL;
    const VpContents *contents;

    if (domain == NULL)
        return FALSE;
    call->guest = g_strdup(domain->name);
    all = vp_view_contents_of_definition(domain, call->conf, error);
    contents = all != NULL ? choose(all, given->image, error) : NULL;
    if (contents == NULL)
        return FALSE;
    if (given->tree != NULL && !write_tree(contents->content, given->tree, error))
        return FALSE;
    if (given->output != NULL)
        return vp_view_output_replace(given->output, contents->image, error);
    return given->tree != NULL || vp_view_output_binary(contents->image, error);
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;

    if (!check_usage(call, error))
        return FALSE;
    return given->seed ? render_seed(call, error) : render_definition(call, error);
}

const VpCommand vp_command_render = {
    .name = "render",
    .arguments = "[XML | --seed USER-DATA [META-DATA]]",
    .summary = "build the payload image of a definition, without libvirt",
    .details = "Reads domain XML from the file XML, or from standard input, and writes the image "
               "that the guest would get at its start.\n"
               "With --seed, it makes a NoCloud seed image from files instead.\n"
               "The same definition, and the same files, give the same bytes on every host.\n",
    .options = options,
    .options_size = sizeof(Options),
    .max_arguments = 2,
    .run = run,
};
