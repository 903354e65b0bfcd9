/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of images: read from the images of a guest's drives, or rendered from its definition.
 */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/escape.h"
#include "image/read.h"
#include "payload/payload.h"
#include "payload/profile.h"
#include "payload/recognise.h"
#include "view/contents.h"
#include "view/input.h"

void
vp_view_contents_free(VpContents *contents)
{
    if (contents == NULL)
        return;
    g_free(contents->path);
    g_free(contents->name);
    g_clear_pointer(&contents->content, vp_image_content_free);
    g_clear_pointer(&contents->image, g_bytes_unref);
    g_free(contents);
}

static GPtrArray *
contents_array_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)vp_view_contents_free);
}

static gboolean
add(GPtrArray *all, const char *path, const char *name, GBytes *image, GError **error)
{
    g_autoptr(VpContents) contents = g_new0(VpContents, 1);

    contents->content = vp_image_read(image, error);
    if (contents->content == NULL) {
        g_autofree char *escaped = vp_escape_name(name);

        g_prefix_error(error, "%s: ", escaped);
        return FALSE;
    }
    contents->path = g_strdup(path);
    contents->name = g_strdup(name);
    contents->image = g_bytes_ref(image);
    g_ptr_array_add(all, g_steal_pointer(&contents));
    return TRUE;
}

static gboolean
add_definition(GPtrArray *all, VpSpec *spec, const VpConf *conf, GError **error)
{
    g_autoptr(VpPayload) payload = vp_payload_build(spec, conf, error);
    g_autoptr(GBytes) image = payload != NULL ? vp_image_flatten(payload->image, error) : NULL;

    return image != NULL && add(all, NULL, payload->name, image, error);
}

GPtrArray *
vp_view_contents_of_definition(const VpDomain *domain, const VpConf *conf, GError **error)
{
    g_autoptr(GPtrArray) specs = vp_payload_profile_read(domain, conf, error);
    g_autoptr(GPtrArray) all = contents_array_new();

    if (specs == NULL)
        return NULL;
    for (guint i = 0; i < specs->len; i++) {
        if (!add_definition(all, specs->pdata[i], conf, error))
            return NULL;
    }
    return g_steal_pointer(&all);
}

static gboolean
add_drive(GPtrArray *all, const VpDisk *disk, GError **error)
{
    g_autofree char *name = g_path_get_basename(disk->source);
    g_autofree char *escaped = vp_escape_name(disk->source);
    g_autoptr(GBytes) image = NULL;

    if (access(disk->source, F_OK) < 0 && errno == ENOENT)
        return vp_error_set(error, VP_ERROR_NOT_FOUND, "%s: no such image", escaped);
    image = vp_view_input_file(disk->source, VP_IMAGE_READ_MAX_BYTES, FALSE, error);
    return image != NULL && add(all, disk->source, name, image, error);
}

GPtrArray *
vp_view_contents_of_drives(const VpDomain *domain, GError **error)
{
    g_autoptr(GPtrArray) all = contents_array_new();

    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (disk->source != NULL && vp_payload_recognise(domain, disk) &&
            !add_drive(all, disk, error))
            return NULL;
    }
    return g_steal_pointer(&all);
}

GPtrArray *
vp_view_contents_of_image(const char *path, GBytes *image, GError **error)
{
    g_autoptr(GPtrArray) all = contents_array_new();

    return add(all, path, path, image, error) ? g_steal_pointer(&all) : NULL;
}

static gboolean
is_last_component(const char *path, const char *name)
{
    gsize path_length = strlen(path), length = strlen(name);

    return length > 0 && length < path_length && path[path_length - length - 1] == '/' &&
           g_str_has_suffix(path, name);
}

const VpImageFile *
vp_view_contents_find(const VpContents *contents, const char *path, GError **error)
{
    const VpImageFile *found = NULL;
    guint count = 0;

    for (guint i = 0; i < contents->content->files->len; i++) {
        const VpImageFile *file = contents->content->files->pdata[i];

        if (g_str_equal(file->path, path))
            return file;
        if (is_last_component(file->path, path)) {
            found = file;
            count++;
        }
    }
    if (count != 1) {
        g_autofree char *name = vp_escape_name(path);

        return vp_error_null(error, VP_ERROR_NOT_FOUND,
                             count == 0
                                 ? "no file on the image is named %s"
                                 : "several files on the image are named %s; give the whole path",
                             name);
    }
    return found;
}
