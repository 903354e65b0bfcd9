/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpImageWalk: what both readers share. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "image/read-walk.h"

static void
free_file(gpointer data)
{
    VpImageFile *file = data;

    g_free(file->path);
    g_bytes_unref(file->bytes);
    g_free(file);
}

void
vp_image_read_walk_init(VpImageWalk *walk, GBytes *image)
{
    *walk = (VpImageWalk){.image = image};
    walk->data = g_bytes_get_data(image, &walk->size);
    walk->files = g_ptr_array_new_with_free_func(free_file);
    walk->paths = g_hash_table_new(vp_hash_text, g_str_equal);
    walk->path = g_string_new(NULL);
    walk->budget = walk->size;
}

void
vp_image_read_walk_clear(VpImageWalk *walk)
{
    g_hash_table_unref(walk->paths);
    g_clear_pointer(&walk->files, g_ptr_array_unref);
    g_string_free(walk->path, TRUE);
}

gboolean
vp_image_read_walk_refuse(guint64 offset, const char *what, GError **error)
{
    return vp_error_set(error, VP_ERROR_IMAGE_FORMAT, "image %s (at byte %" G_GUINT64_FORMAT ")",
                        what, offset);
}

gboolean
vp_image_read_walk_check(const VpImageWalk *walk, guint64 offset, guint64 size, GError **error)
{
    if (offset <= walk->size && size <= walk->size - offset)
        return TRUE;
    return vp_image_read_walk_refuse(offset, "is cut off, or points past its end", error);
}

gboolean
vp_image_read_walk_spend(VpImageWalk *walk, guint64 offset, guint64 size, GError **error)
{
    if (!vp_image_read_walk_check(walk, offset, size, error))
        return FALSE;
    if (size > walk->budget)
        return vp_image_read_walk_refuse(offset, "has directories that overlap", error);
    walk->budget -= size;
    return TRUE;
}

gboolean
vp_image_read_walk_count(VpImageWalk *walk, guint64 offset, GError **error)
{
    if (++walk->entries <= VP_IMAGE_READ_MAX_ENTRIES)
        return TRUE;
    return vp_image_read_walk_refuse(offset, "has too many directory entries", error);
}

gboolean
vp_image_read_walk_enter(VpImageWalk *walk, const char *name, gsize size, guint64 offset,
                         GError **error)
{
    gboolean dots =
        (size == 1 && name[0] == '.') || (size == 2 && name[0] == '.' && name[1] == '.');

    if (size == 0 || dots || memchr(name, '/', size) != NULL || memchr(name, '\0', size) != NULL)
        return vp_image_read_walk_refuse(offset, "has an invalid file name", error);
    if (size > VP_IMAGE_READ_MAX_PATH - walk->path->len)
        return vp_image_read_walk_refuse(offset, "has a path that is too long", error);
    g_string_append_len(walk->path, name, (gssize)size);
    return TRUE;
}

void
vp_image_read_walk_leave(VpImageWalk *walk, gsize length)
{
    g_string_truncate(walk->path, length);
}

gboolean
vp_image_read_walk_descend(VpImageWalk *walk, guint64 offset, GError **error)
{
    if (walk->depth == VP_IMAGE_READ_MAX_DEPTH || walk->path->len == VP_IMAGE_READ_MAX_PATH)
        return vp_image_read_walk_refuse(offset, "has directories that are too deep", error);
    walk->depth++;
    g_string_append_c(walk->path, '/');
    return TRUE;
}

void
vp_image_read_walk_ascend(VpImageWalk *walk)
{
    walk->depth--;
}

gboolean
vp_image_read_walk_add(VpImageWalk *walk, GBytes *bytes, guint64 offset, GError **error)
{
    VpImageFile *file = g_new0(VpImageFile, 1);

    file->path = g_strndup(walk->path->str, walk->path->len);
    file->bytes = bytes;
    g_ptr_array_add(walk->files, file);
    walk->content += g_bytes_get_size(bytes);
    if (walk->files->len > VP_IMAGE_READ_MAX_FILES)
        return vp_image_read_walk_refuse(offset, "has too many files", error);
    if (walk->content > VP_IMAGE_READ_MAX_BYTES)
        return vp_image_read_walk_refuse(offset, "has files that are too large in total", error);
    if (!g_hash_table_add(walk->paths, file->path))
        return vp_image_read_walk_refuse(offset, "has two files of one path", error);
    return TRUE;
}

char *
vp_image_read_label_text(const guint8 *field, gsize size)
{
    char *label = g_strndup((const char *)field, size);

    for (gsize length = strlen(label); length > 0 && label[length - 1] == ' '; length--)
        label[length - 1] = '\0';
    return label;
}
