/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpImage: an image as a list of extents, laid out in memory and written in one pass. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "image/image.h"

static void
clear_extent(gpointer data)
{
    VpExtent *extent = data;

    g_clear_pointer(&extent->bytes, g_bytes_unref);
}

VpImage *
vp_image_new(void)
{
    VpImage *image = g_new0(VpImage, 1);

    image->extents = g_array_new(FALSE, FALSE, sizeof(VpExtent));
    g_array_set_clear_func(image->extents, clear_extent);
    return image;
}

void
vp_image_free(VpImage *image)
{
    if (image == NULL)
        return;
    g_array_unref(image->extents);
    g_free(image);
}

/* Every extent ends at an offset that an off_t can hold. */
static void
append(VpImage *image, VpExtent extent)
{
    g_assert(extent.offset >= image->size);
    g_assert(extent.size <= (guint64)G_MAXINT64 - extent.offset);
    g_array_append_val(image->extents, extent);
    image->size = extent.offset + extent.size;
}

void
vp_image_append(VpImage *image, guint64 offset, GBytes *bytes)
{
    append(image, (VpExtent){offset, g_bytes_get_size(bytes), bytes, -1});
}

void
vp_image_append_file(VpImage *image, guint64 offset, const VpTreeFile *file)
{
    if (file->bytes != NULL)
        vp_image_append(image, offset, g_bytes_ref(file->bytes));
    else
        append(image, (VpExtent){offset, file->size, NULL, file->fd});
}

gboolean
vp_image_check_label(const char *label, gsize max, GError **error)
{
    gsize length = strspn(label, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_");

    if (length > 0 && length <= max && label[length] == '\0')
        return TRUE;
    return vp_error_set(error, VP_ERROR_VALUE,
                        "label of the image is not 1 to %" G_GSIZE_FORMAT
                        " characters of A-Z a-z 0-9 '-' '_'",
                        max);
}

GBytes *
vp_image_flatten(const VpImage *image, GError **error)
{
    g_autofree guchar *data = g_try_malloc0(MAX(image->size, 1));

    if (data == NULL) {
        vp_error_set_errno(error, ENOMEM, "holding the image in memory");
        return NULL;
    }
    for (guint i = 0; i < image->extents->len; i++) {
        const VpExtent *extent = &g_array_index(image->extents, VpExtent, i);
        g_autoptr(GBytes) content = extent->bytes != NULL
                                        ? g_bytes_ref(extent->bytes)
                                        : vp_io_read(extent->fd, extent->size, error);
        gsize size;
        const void *start;

        if (!content)
            return NULL;
        start = g_bytes_get_data(content, &size);
        if (size > 0)
            memcpy(data + extent->offset, start, size);
    }
    return g_bytes_new_take(g_steal_pointer(&data), image->size);
}

static gboolean
write_extent(const VpExtent *extent, int fd, GError **error)
{
    gsize size;
    const void *data;

    if (extent->bytes == NULL)
        return vp_io_copy(extent->fd, fd, extent->offset, extent->size, error);
    data = g_bytes_get_data(extent->bytes, &size);
    return vp_io_pwrite(fd, data, size, extent->offset, error);
}

gboolean
vp_image_write(const VpImage *image, int fd, GError **error)
{
    for (guint i = 0; i < image->extents->len; i++) {
        if (!write_extent(&g_array_index(image->extents, VpExtent, i), fd, error))
            return FALSE;
    }
    if (TEMP_FAILURE_RETRY(ftruncate(fd, (off_t)image->size)) < 0)
        return vp_error_set_errno(error, errno, "cannot be written");
    return TRUE;
}
