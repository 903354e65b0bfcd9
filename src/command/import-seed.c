/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Seeds, read from where they are. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "command/import-seed.h"
#include "command/seed-directory.h"
#include "image/read.h"
#include "payload/recognise.h"
#include "spec/field.h"
#include "view/contents.h"
#include "view/input.h"

#define MAX_BYTES (G_GUINT64_CONSTANT(16) << 20) /* of a file that is named */

VpSeed *
vp_command_import_seed_new(VpDatasource datasource)
{
    VpSeed *seed = g_new0(VpSeed, 1);

    seed->datasource = datasource;
    seed->files = g_ptr_array_new();
    seed->left_out = g_ptr_array_new_with_free_func(g_free);
    return seed;
}

static void
file_free(VpImageFile *file)
{
    g_free(file->path);
    g_bytes_unref(file->bytes);
    g_free(file);
}

static GPtrArray *
files_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)file_free);
}

void
vp_command_import_seed_free(VpSeed *seed)
{
    if (seed == NULL)
        return;
    g_clear_pointer(&seed->user_data, g_bytes_unref);
    g_clear_pointer(&seed->meta_data, g_bytes_unref);
    g_clear_pointer(&seed->network_config, g_bytes_unref);
    g_clear_pointer(&seed->vendor_data, g_bytes_unref);
    g_ptr_array_unref(seed->files);
    g_ptr_array_unref(seed->left_out);
    g_free(seed);
}

static void
add_file(GPtrArray *files, const char *path, GBytes *bytes)
{
    VpImageFile *file = g_new0(VpImageFile, 1);

    file->path = g_strdup(path);
    file->bytes = g_bytes_ref(bytes);
    g_ptr_array_add(files, file);
}

/* --- which file is what ----------------------------------------------------------------------- */

static GBytes **
member(VpSeed *seed, const char *path)
{
    static const struct {
        const char *nocloud, *openstack;
        gsize offset;
    } known[] = {
        {"user-data", "openstack/latest/user_data", offsetof(VpSeed, user_data)},
        {"meta-data", "openstack/latest/meta_data.json", offsetof(VpSeed, meta_data)},
        {"network-config", "openstack/latest/network_data.json", offsetof(VpSeed, network_config)},
        {"vendor-data", "openstack/latest/vendor_data.json", offsetof(VpSeed, vendor_data)},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        const char *name =
            seed->datasource == VP_DATASOURCE_NOCLOUD ? known[i].nocloud : known[i].openstack;

        if (g_ascii_strcasecmp(path, name) == 0)
            return (GBytes **)G_STRUCT_MEMBER_P(seed, known[i].offset);
    }
    return NULL;
}

static void
put(GBytes **place, GBytes *bytes)
{
    g_clear_pointer(place, g_bytes_unref);
    *place = g_bytes_get_size(bytes) > 0 ? g_bytes_ref(bytes) : NULL;
}

static gboolean
has_prefix(const GPtrArray *files, const char *prefix)
{
    for (guint i = 0; i < files->len; i++) {
        if (g_str_has_prefix(((const VpImageFile *)files->pdata[i])->path, prefix))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_path(const GPtrArray *files, const char *path)
{
    for (guint i = 0; i < files->len; i++) {
        if (g_ascii_strcasecmp(((const VpImageFile *)files->pdata[i])->path, path) == 0)
            return TRUE;
    }
    return FALSE;
}

/* "openstack/2018-08-27/...": the same for older agents, and less of it. */
static gboolean
is_dated(const char *path)
{
    return g_str_has_prefix(path, "openstack/") && g_ascii_isdigit(path[strlen("openstack/")]);
}

static void
sort_in(VpSeed *seed, const VpImageFile *file)
{
    GBytes **place = member(seed, file->path);

    if (place != NULL)
        put(place, file->bytes);
    else if (seed->datasource == VP_DATASOURCE_CONFIG_DRIVE && is_dated(file->path))
        g_ptr_array_add(seed->left_out, g_strdup(file->path));
    else if (seed->datasource == VP_DATASOURCE_CONFIG_DRIVE && g_str_has_prefix(file->path, "ec2/"))
        seed->ec2 = TRUE;
    else
        g_ptr_array_add(seed->files, g_memdup2(file, sizeof(*file)));
}

/* Takes files over. */
static VpSeed *
sort_files(GPtrArray *files, GError **error)
{
    VpSeed *seed;

    if (has_prefix(files, "openstack/latest/"))
        seed = vp_command_import_seed_new(VP_DATASOURCE_CONFIG_DRIVE);
    else if (has_path(files, "user-data") || has_path(files, "meta-data"))
        seed = vp_command_import_seed_new(VP_DATASOURCE_NOCLOUD);
    else {
        return vp_error_null(
            error, VP_ERROR_NOT_FOUND,
            "has neither user-data and meta-data (NoCloud) nor openstack/latest (config "
            "drive)");
    }
    g_ptr_array_set_free_func(seed->files, (GDestroyNotify)file_free);
    for (guint i = 0; i < files->len; i++) {
        const VpImageFile *file = files->pdata[i];
        VpImageFile copy = {g_strdup(file->path), g_bytes_ref(file->bytes)};
        guint before = seed->files->len;

        sort_in(seed, &copy);
        if (seed->files->len == before) {
            g_free(copy.path);
            g_bytes_unref(copy.bytes);
        }
    }
    return seed;
}

static VpSeed *
read_contents(const GPtrArray *all, GError **error)
{
    g_autoptr(GPtrArray) files = files_new();

    for (guint i = 0; i < all->len; i++) {
        const VpContents *contents = all->pdata[i];

        for (guint n = 0; n < contents->content->files->len; n++) {
            const VpImageFile *file = contents->content->files->pdata[n];

            add_file(files, file->path, file->bytes);
        }
    }
    return sort_files(files, error);
}

/* --- a file ----------------------------------------------------------------------------------- */

static VpSeed *
read_definition(GBytes *bytes, const VpConf *conf, GError **error)
{
    g_autoptr(VpDomain) domain =
        vp_domain_parse_new(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), error);

    return domain != NULL ? vp_command_import_seed_of(domain, conf, error) : NULL;
}

/* A single file can only be user-data, which cloud-init requires. */
static VpSeed *
read_text(GBytes *bytes)
{
    VpSeed *seed = vp_command_import_seed_new(VP_DATASOURCE_NOCLOUD);

    put(&seed->user_data, bytes);
    return seed;
}

static gboolean
begins_with(GBytes *bytes, char c)
{
    gsize size, at = 0;
    const char *text = g_bytes_get_data(bytes, &size);

    while (at < size && g_ascii_isspace(text[at]))
        at++;
    return at < size && text[at] == c;
}

static VpSeed *
read_file(const char *path, const VpConf *conf, GError **error)
{
    g_autoptr(GBytes) bytes = vp_view_input_file(path, VP_IMAGE_READ_MAX_BYTES, TRUE, error);
    g_autoptr(GPtrArray) all = NULL;
    gsize size;

    if (bytes == NULL)
        return NULL;
    if (begins_with(bytes, '<'))
        return read_definition(bytes, conf, error);
    size = g_bytes_get_size(bytes);
    if (size == 0 || memchr(g_bytes_get_data(bytes, NULL), '\0', MIN(size, 4096)) == NULL)
        return read_text(bytes);
    all = vp_view_contents_of_image(path, bytes, error);
    return all != NULL ? read_contents(all, error) : NULL;
}

VpSeed *
vp_command_import_seed_read(const char *path, const VpConf *conf, GError **error)
{
    g_autoptr(GPtrArray) files = files_new();

    if (!g_file_test(path, G_FILE_TEST_IS_DIR))
        return read_file(path, conf, error);
    return vp_command_seed_directory_read(path, add_file, files, error) ? sort_files(files, error)
                                                                        : NULL;
}

gboolean
vp_command_import_seed_add(VpSeed *seed, const char *name, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vp_view_input_file(path, MAX_BYTES, TRUE, error);
    static const char *const names[] = {"user-data", "meta-data", "network-config", "vendor-data"};
    GBytes **places[] = {&seed->user_data, &seed->meta_data, &seed->network_config,
                         &seed->vendor_data};

    for (gsize i = 0; bytes != NULL && i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i], name))
            put(places[i], bytes);
    }
    return bytes != NULL;
}

/* --- a definition ----------------------------------------------------------------------------- */

static gboolean
is_seed_label(const char *label)
{
    return g_ascii_strcasecmp(label, "cidata") == 0 || g_ascii_strcasecmp(label, "config-2") == 0;
}

static gboolean
shows_seed(const VpDisk *disk)
{
    g_autoptr(GBytes) bytes = vp_view_input_file(disk->source, VP_IMAGE_READ_MAX_BYTES, TRUE, NULL);
    g_autoptr(VpImageContent) content = bytes != NULL ? vp_image_read(bytes, NULL) : NULL;

    return content != NULL && is_seed_label(content->label);
}

static gboolean
is_drive(const VpDisk *disk)
{
    return disk->readonly || g_str_equal(disk->device, "cdrom") ||
           g_str_equal(disk->device, "floppy");
}

static gboolean
is_same_file(const char *source, const char *path)
{
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);

    return vp_payload_recognise_same_path(source, absolute);
}

/* A seed on a disk that the guest may write to, as some tools attach it, is one by its path only:
 * no image of a guest's own disk is read for its label. */
GPtrArray *
vp_command_import_seed_drives(const VpDomain *domain, const char *path)
{
    GPtrArray *drives = g_ptr_array_new();

    for (guint i = 0; i < domain->disks->len; i++) {
        VpDisk *disk = domain->disks->pdata[i];

        if (disk->source == NULL || vp_payload_recognise(domain, disk))
            continue;
        if ((path != NULL && is_same_file(disk->source, path)) ||
            (is_drive(disk) && shows_seed(disk)))
            g_ptr_array_add(drives, disk);
    }
    return drives;
}

static gboolean
has_own_fields(const VpDomain *domain)
{
    VpField root;

    return vp_spec_field_open(domain, &root, NULL);
}

VpSeed *
vp_command_import_seed_of(const VpDomain *domain, const VpConf *conf, GError **error)
{
    g_autoptr(GPtrArray) drives = vp_command_import_seed_drives(domain, NULL);
    g_autoptr(GPtrArray) all = has_own_fields(domain)
                                   ? g_ptr_array_new()
                                   : vp_view_contents_of_definition(domain, conf, error);

    if (all == NULL)
        return NULL;
    if (all->len > 0)
        return read_contents(all, error);
    if (drives->len == 1)
        return read_file(((const VpDisk *)drives->pdata[0])->source, conf, error);
    return vp_error_null(error, VP_ERROR_NOT_FOUND,
                         drives->len == 0 ? "the definition has no seed: neither a payload of "
                                            "oVirt's nor a drive labelled cidata or config-2"
                                          : "the definition has several seeds; name one");
}
