/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to VpTree: the files of each datasource and their paths. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/json-text.h"
#include "render/cloud-config.h"
#include "render/data.h"
#include "render/meta-data.h"
#include "render/mime.h"
#include "render/network-config.h"
#include "render/network-data-json.h"
#include "render/password.h"
#include "render/raw.h"
#include "render/render.h"
#include "render/sysprep.h"

enum {
    CONTENT_HASH_LENGTH = 16, /* hexadecimal digits: chance repeats one in 2^32 changes */
    HASH_CHUNK = 16 << 10,
};

static gboolean
add_data(VpTree *tree, const char *path, const VpData *data, GError **error)
{
    int fd;

    if (data->bytes != NULL)
        return vp_image_tree_add(tree, path, data->bytes, error);
    fd = fcntl(data->fd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        return vp_error_set_errno(error, errno, "%s", path);
    if (!vp_image_tree_add_fd(tree, path, fd, data->size, error)) {
        close(fd);
        return FALSE;
    }
    return TRUE;
}

/* Takes bytes over; NULL is the error of the caller's renderer, passed on. */
static gboolean
add_rendered(VpTree *tree, const char *path, GBytes *rendered, GError **error)
{
    g_autoptr(GBytes) bytes = rendered;

    return bytes && vp_image_tree_add(tree, path, bytes, error);
}

/* What the guest agent is to act on: *bytes if it is generated, *data if it is only raw.
 */
typedef struct {
    GBytes *bytes;
    const VpData *data;
} UserData;

static gboolean
is_given(const VpData *data)
{
    return data != NULL && data->size > 0;
}

/* Content that is too large to be read is not checked. */
static gboolean
check_raw(const VpData *raw, const char *what, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;

    if (!is_given(raw) || raw->size > VP_DATA_MAX_READ)
        return TRUE;
    bytes = vp_render_data_read(raw, what, error);
    if (!bytes)
        return FALSE;
    return vp_render_raw_check_user_data(bytes, error) ||
           vp_error_set_place(error, what, &raw->place);
}

static GBytes *
join(const VpData *raw, GBytes *generated, GError **error)
{
    g_autoptr(GBytes) bytes = vp_render_data_read(raw, "cloud-init/user-data", error);
    GBytes *joined = NULL;

    if (bytes && vp_render_raw_check_merge(bytes, generated, error))
        joined = vp_render_mime_join(bytes, generated, error);

    if (bytes && joined == NULL)
        (void)vp_error_set_place(error, "cloud-init/user-data", &raw->place);
    return joined;
}

static gboolean
make_user_data(const VpSpec *spec, UserData *user_data, GError **error)
{
    g_autoptr(GBytes) generated = NULL;

    if (!check_raw(spec->user_data, "cloud-init/user-data", error) ||
        !check_raw(spec->vendor_data, "cloud-init/vendor-data", error) ||
        !vp_render_cloud_config(spec, &generated, error))
        return FALSE;
    if (generated && is_given(spec->user_data)) {
        user_data->bytes = join(spec->user_data, generated, error);
        return user_data->bytes != NULL;
    }
    user_data->bytes = g_steal_pointer(&generated);
    user_data->data = is_given(spec->user_data) ? spec->user_data : NULL;
    return TRUE;
}

/* No file if the guest gets none. */
static gboolean
add_user_data(VpTree *tree, const char *path, const UserData *user_data, GError **error)
{
    if (user_data->bytes != NULL)
        return vp_image_tree_add(tree, path, user_data->bytes, error);
    return user_data->data == NULL || add_data(tree, path, user_data->data, error);
}

static GBytes *
network_data_json(const VpSpec *spec, GError **error)
{
    g_autoptr(GPtrArray) plan = vp_render_network_plan(spec, error);

    return plan ? vp_render_network_data_json(spec, plan, error) : NULL;
}

static GBytes *
network_config(const VpSpec *spec, GError **error)
{
    g_autoptr(GPtrArray) plan = vp_render_network_plan(spec, error);

    return plan ? vp_render_network_config(plan, error) : NULL;
}

/* An invalid network_data.json costs the guest the whole drive, not only its network. */
static GBytes *
given_network_data_json(const VpData *raw, GError **error)
{
    g_autoptr(GBytes) bytes = vp_render_data_read(raw, "cloud-init/network-config", error);
    g_autoptr(json_object) object = bytes ? vp_json_parse_object(bytes, error) : NULL;

    if (object && json_object_object_get_ex(object, "version", NULL) &&
        !json_object_object_get_ex(object, "links", NULL)) {
        g_set_error(error, VP_ERROR, VP_ERROR_VALUE,
                    "is for NoCloud; a config drive takes links, networks and services");
        g_clear_pointer(&object, json_object_put);
    }
    if (bytes && !object) {
        g_prefix_error(error, "on a config drive, network_data.json: ");
        (void)vp_error_set_place(error, "cloud-init/network-config", &raw->place);
    }
    return object ? vp_json_text(object) : NULL;
}

static GBytes *
given_network_config(const VpData *raw, GError **error)
{
    g_autoptr(GBytes) bytes = vp_render_data_read(raw, "cloud-init/network-config", error);

    if (bytes && vp_render_raw_check_network_config(bytes, error))
        return g_steal_pointer(&bytes);
    if (bytes)
        (void)vp_error_set_place(error, "cloud-init/network-config", &raw->place);
    return NULL;
}

/* vendor_data.json: {"cloud-init": text} as cloud-init's convert_vendordata() reads it; an object
 * is the whole file. */
static GBytes *
vendor_data_json(const VpData *raw, GError **error)
{
    g_autoptr(GBytes) bytes = vp_render_data_read(raw, "cloud-init/vendor-data", error);
    g_autoptr(json_object) object = bytes ? vp_json_parse_object(bytes, NULL) : NULL;
    g_autofree char *text = NULL;

    if (!bytes)
        return NULL;
    if (object)
        return vp_json_text(object);
    text = vp_render_data_to_text(bytes);
    if (text == NULL) {
        (void)vp_error_set_at(error, VP_ERROR_TEXT, "cloud-init/vendor-data", &raw->place,
                              "is not UTF-8 text, which JSON cannot hold");
        return NULL;
    }
    object = json_object_new_object();
    vp_json_add_string(object, "cloud-init", text);
    return vp_json_text(object);
}

static gboolean
add_openstack(VpTree *tree, const VpSpec *spec, const char *instance_id, GError **error)
{
    if (!add_rendered(tree, "openstack/latest/meta_data.json",
                      vp_render_meta_data_openstack(spec, instance_id, error), error))
        return FALSE;
    if (is_given(spec->vendor_data) &&
        !add_rendered(tree, "openstack/latest/vendor_data.json",
                      vendor_data_json(spec->vendor_data, error), error))
        return FALSE;
    if (spec->links->len > 0)
        return add_rendered(tree, "openstack/latest/network_data.json",
                            network_data_json(spec, error), error);
    return !is_given(spec->network_config) ||
           add_rendered(tree, "openstack/latest/network_data.json",
                        given_network_data_json(spec->network_config, error), error);
}

static gboolean
add_config_drive(VpTree *tree, const VpSpec *spec, const char *instance_id,
                 const UserData *user_data, GError **error)
{
    if (!add_openstack(tree, spec, instance_id, error) ||
        !add_user_data(tree, "openstack/latest/user_data", user_data, error))
        return FALSE;
    if (!spec->ec2)
        return TRUE;
    return add_rendered(tree, "ec2/latest/meta-data.json",
                        vp_render_meta_data_ec2(spec, instance_id, error), error) &&
           add_user_data(tree, "ec2/latest/user-data", user_data, error);
}

static gboolean
add_nocloud_network(VpTree *tree, const VpSpec *spec, GError **error)
{
    if (spec->links->len > 0)
        return add_rendered(tree, "network-config", network_config(spec, error), error);
    return !is_given(spec->network_config) ||
           add_rendered(tree, "network-config", given_network_config(spec->network_config, error),
                        error);
}

/* The first two must be there, empty or not: DataSourceNoCloud._get_data, "required". */
static gboolean
add_nocloud(VpTree *tree, const VpSpec *spec, const char *instance_id, const UserData *user_data,
            GError **error)
{
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    gboolean any = user_data->bytes != NULL || user_data->data != NULL;

    if (!add_rendered(tree, "meta-data", vp_render_meta_data_nocloud(spec, instance_id, error),
                      error) ||
        !(any ? add_user_data(tree, "user-data", user_data, error)
              : vp_image_tree_add(tree, "user-data", empty, error)))
        return FALSE;
    if (is_given(spec->vendor_data) && !add_data(tree, "vendor-data", spec->vendor_data, error))
        return FALSE;
    return add_nocloud_network(tree, spec, error);
}

static gboolean
add_cloud_init(VpTree *tree, const VpSpec *spec, const char *instance_id, GError **error)
{
    UserData user_data = {NULL, NULL};
    gboolean added;

    if (!make_user_data(spec, &user_data, error)) {
        g_clear_pointer(&user_data.bytes, g_bytes_unref);
        return FALSE;
    }
    if (spec->datasource == VP_DATASOURCE_NOCLOUD)
        added = add_nocloud(tree, spec, instance_id, &user_data, error);
    else
        added = add_config_drive(tree, spec, instance_id, &user_data, error);
    g_clear_pointer(&user_data.bytes, g_bytes_unref);
    return added;
}

/* cloud-init takes the newest directory that it knows ("2018-08-27"), and "latest" only after
 * those. */
static gboolean
hides_generated_files(const VpSpec *spec, const char *path)
{
    return spec->kind == VP_KIND_CLOUD_INIT && spec->datasource == VP_DATASOURCE_CONFIG_DRIVE &&
           g_str_has_prefix(path, "openstack/") && !g_str_has_prefix(path, "openstack/latest/") &&
           !g_str_has_prefix(path, "openstack/content/");
}

static gboolean
add_files(VpTree *tree, const VpSpec *spec, GError **error)
{
    guint generated = vp_image_tree_size(tree);
    g_autoptr(GHashTable) reserved = g_hash_table_new(vp_hash_text, g_str_equal);

    for (guint i = 0; i < generated; i++)
        g_hash_table_add(reserved, vp_image_tree_nth(tree, i)->path);
    for (guint i = 0; i < spec->files->len; i++) {
        const VpFile *file = g_ptr_array_index(spec->files, i);

        if (g_hash_table_contains(reserved, file->path) || hides_generated_files(spec, file->path))
            return vp_error_set_at(error, VP_ERROR_PATH_RESERVED, "file", &file->place,
                                   "its path is, or hides, that of a generated file");
        if (!add_data(tree, file->path, file->data, error))
            return vp_error_set_place(error, "file", &file->place);
    }
    return TRUE;
}

static VpTree *
render(const VpSpec *spec, const char *instance_id, GError **error)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();

    if (spec->kind == VP_KIND_CLOUD_INIT && !add_cloud_init(tree, spec, instance_id, error))
        return NULL;
    if (spec->kind == VP_KIND_SYSPREP && !add_rendered(tree, vp_render_sysprep_file_name(spec),
                                                       vp_render_sysprep(spec, error), error))
        return NULL;
    if (!add_files(tree, spec, error))
        return NULL;
    return g_steal_pointer(&tree);
}

static gboolean
hash_fd(GChecksum *checksum, int fd, guint64 size, GError **error)
{
    guchar chunk[HASH_CHUNK];

    for (guint64 done = 0; done < size;) {
        gsize length = (gsize)MIN((guint64)sizeof chunk, size - done);

        if (!vp_io_pread(fd, chunk, length, done, error))
            return FALSE;
        g_checksum_update(checksum, chunk, (gssize)length);
        done += length;
    }
    return TRUE;
}

static gboolean
hash_file(GChecksum *checksum, const VpTreeFile *file, GError **error)
{
    g_autofree char *head = g_strdup_printf("%s\n%" G_GUINT64_FORMAT "\n", file->path, file->size);
    gsize size;
    const guchar *data;

    g_checksum_update(checksum, (const guchar *)head, -1);
    if (file->bytes == NULL)
        return hash_fd(checksum, file->fd, file->size, error);
    data = g_bytes_get_data(file->bytes, &size);
    g_checksum_update(checksum, data, (gssize)size);
    return TRUE;
}

/* Of every path, size and byte of the tree. */
static char *
hash(const VpTree *tree, GError **error)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    for (guint i = 0; i < vp_image_tree_size(tree); i++) {
        if (!hash_file(checksum, vp_image_tree_nth(tree, i), error))
            return NULL;
    }
    return g_strndup(g_checksum_get_string(checksum), CONTENT_HASH_LENGTH);
}

/* UUID-HASH, of all that is rendered but the instance-id itself. */
static VpTree *
render_with_content_id(const VpSpec *spec, GError **error)
{
    g_autoptr(VpTree) tree = render(spec, spec->smbios_uuid, error);
    g_autofree char *content = tree ? hash(tree, error) : NULL;
    g_autofree char *instance_id = NULL;

    if (content == NULL)
        return NULL;
    instance_id = g_strdup_printf("%s-%s", spec->smbios_uuid, content);
    return render(spec, instance_id, error);
}

VpTree *
vp_render(const VpSpec *spec, GError **error)
{
    if (!vp_render_password_check_work(spec, error))
        return NULL;
    switch (spec->instance_id_policy) {
    case VP_INSTANCE_ID_UUID:
        break;
    case VP_INSTANCE_ID_CONTENT:
        return render_with_content_id(spec, error);
    case VP_INSTANCE_ID_LITERAL:
        return render(spec, spec->instance_id, error);
    }
    return render(spec, spec->smbios_uuid, error);
}
