/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files into a seed image. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/yaml-map.h"
#include "base/yaml-writer.h"
#include "command/import-seed.h"
#include "command/render-seed.h"
#include "image/image.h"
#include "image/iso.h"
#include "image/vfat.h"
#include "render/raw.h"
#include "spec/check.h"
#include "view/input.h"

#define LABEL "cidata"

/* --- files ------------------------------------------------------------------------------------ */

typedef gboolean Check(GBytes *bytes, GError **error);

static gboolean
check_meta_data(GBytes *bytes, GError **error)
{
    g_autoptr(VpYamlMap) map = vp_yaml_map_parse(bytes, error);

    return map != NULL;
}

/* TRUE without a path, and then there is no file. */
static gboolean
read_one(const char *path, const char *name, Check *check, GBytes **bytes, GError **error)
{
    if (path == NULL)
        return TRUE;
    *bytes = vp_view_input_text(path, error);
    if (*bytes == NULL)
        return FALSE;
    if (check(*bytes, error))
        return TRUE;
    g_prefix_error(error, "%s: ", name);
    return FALSE;
}

/* The second one would find it empty. */
static gboolean
check_input(const VpSeedFiles *files, GError **error)
{
    const char *const paths[] = {files->user_data, files->meta_data, files->network_config,
                                 files->vendor_data};
    guint count = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
        count += g_strcmp0(paths[i], "-") == 0;
    return count < 2 || vp_error_set(error, VP_ERROR_USAGE, "standard input can be read once only");
}

static gboolean
read_all(const VpSeedFiles *files, VpSeed *seed, GError **error)
{
    return check_input(files, error) &&
           read_one(files->user_data, "user-data", vp_render_raw_check_user_data, &seed->user_data,
                    error) &&
           read_one(files->meta_data, "meta-data", check_meta_data, &seed->meta_data, error) &&
           read_one(files->network_config, "network-config", vp_render_raw_check_network_config,
                    &seed->network_config, error) &&
           read_one(files->vendor_data, "vendor-data", vp_render_raw_check_user_data,
                    &seed->vendor_data, error);
}

/* --- a meta-data that is not given ------------------------------------------------------------ */

static void
add_to_hash(GChecksum *hash, GBytes *bytes)
{
    gsize size = 0;
    const guchar *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;
    guint64 length = GUINT64_TO_LE((guint64)size);

    g_checksum_update(hash, (const guchar *)&length, sizeof(length));
    if (size > 0)
        g_checksum_update(hash, data, (gssize)size);
}

/* Another content is another instance, and the guest then takes it up. */
static char *
instance_id(const VpSeed *seed)
{
    g_autoptr(GChecksum) hash = g_checksum_new(G_CHECKSUM_SHA256);

    add_to_hash(hash, seed->user_data);
    add_to_hash(hash, seed->network_config);
    add_to_hash(hash, seed->vendor_data);
    return g_strdup_printf("iid-%.16s", g_checksum_get_string(hash));
}

static gboolean
make_meta_data(const VpSeedFiles *files, VpSeed *seed, GError **error)
{
    g_autoptr(VpYaml) yaml = vp_yaml_new();
    g_autofree char *id = instance_id(seed);

    if (files->hostname != NULL && !vp_spec_check_hostname(files->hostname, error)) {
        g_prefix_error(error, "--hostname: ");
        return FALSE;
    }
    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "instance-id", id);
    vp_yaml_add_string(yaml, "local-hostname", files->hostname);
    vp_yaml_end_map(yaml);
    seed->meta_data = vp_yaml_end(yaml, NULL, error);
    return seed->meta_data != NULL;
}

/* --- the image -------------------------------------------------------------------------------- */

static VpTree *
make_tree(const VpSeed *seed, GError **error)
{
    const struct {
        const char *name;
        GBytes *bytes;
    } files[] = {
        {"user-data", seed->user_data},
        {"meta-data", seed->meta_data},
        {"network-config", seed->network_config},
        {"vendor-data", seed->vendor_data},
    };
    g_autoptr(VpTree) tree = vp_image_tree_new();

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        if (files[i].bytes != NULL &&
            !vp_image_tree_add(tree, files[i].name, files[i].bytes, error))
            return NULL;
    }
    return g_steal_pointer(&tree);
}

static VpImage *
lay_out(const VpTree *tree, const char *format, GError **error)
{
    if (format == NULL || g_str_equal(format, "iso9660"))
        return vp_image_iso_layout(tree, LABEL, error);
    if (g_str_equal(format, "vfat"))
        return vp_image_vfat_layout(tree, LABEL, FALSE, error);
    (void)vp_error_set(error, VP_ERROR_USAGE, "--format takes iso9660 or vfat");
    return NULL;
}

GBytes *
vp_command_render_seed(const VpSeedFiles *files, GError **error)
{
    g_autoptr(VpSeed) seed = vp_command_import_seed_new(VP_DATASOURCE_NOCLOUD);
    g_autoptr(VpTree) tree = NULL;
    g_autoptr(VpImage) image = NULL;

    if (files->meta_data != NULL && files->hostname != NULL) {
        (void)vp_error_set(error, VP_ERROR_USAGE, "--hostname and META-DATA exclude each other");
        return NULL;
    }
    if (!read_all(files, seed, error) ||
        (seed->meta_data == NULL && !make_meta_data(files, seed, error)))
        return NULL;
    tree = make_tree(seed, error);
    image = tree != NULL ? lay_out(tree, files->format, error) : NULL;
    return image != NULL ? vp_image_flatten(image, error) : NULL;
}
