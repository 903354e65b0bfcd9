/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An image to its label and files. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "image-read-walk.h"
#include "io.h"

void
vp_image_content_free(VpImageContent *content)
{
    if (!content)
        return;
    g_free(content->label);
    g_free(content->format);
    g_ptr_array_unref(content->files);
    g_free(content);
}

static VpImageContent *
new_content(VpImageWalk *walk, char *label, const char *format)
{
    VpImageContent *content = g_new0(VpImageContent, 1);

    content->label = label;
    content->format = g_strdup(format);
    content->files = g_steal_pointer(&walk->files);
    return content;
}

static gboolean
check_size(guint64 size, GError **error)
{
    if (size <= VP_IMAGE_READ_MAX_BYTES)
        return TRUE;
    g_set_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT, "image is over %d MiB, no payload",
                (int)(VP_IMAGE_READ_MAX_BYTES >> 20));
    return FALSE;
}

VpImageContent *
vp_image_read(GBytes *image, GError **error)
{
    g_auto(VpImageWalk) walk;
    char *label = NULL;

    vp_image_walk_init(&walk, image);
    if (!check_size(walk.size, error))
        return NULL;
    if (walk.size >= 4 && memcmp(walk.data, "QFI\xfb", 4) == 0) {
        vp_image_walk_refuse(0, "is qcow2; payload images are raw", error);
        return NULL;
    }
    if (vp_image_is_iso(&walk))
        return vp_image_read_iso(&walk, &label, error) ? new_content(&walk, label, "iso9660")
                                                       : NULL;
    if (vp_image_is_vfat(&walk))
        return vp_image_read_vfat(&walk, &label, error) ? new_content(&walk, label, "vfat") : NULL;
    vp_image_walk_refuse(0, "is neither ISO 9660 nor FAT", error);
    return NULL;
}

VpImageContent *
vp_image_read_fd(int fd, GError **error)
{
    g_autoptr(GBytes) image = NULL;
    struct stat status;

    if (fstat(fd, &status) < 0) {
        vp_error_set_errno(error, errno, "image");
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        g_set_error_literal(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT, "image is not a regular file");
        return NULL;
    }
    if (!check_size((guint64)status.st_size, error))
        return NULL;
    image = vp_io_read(fd, (guint64)status.st_size, error);
    return image ? vp_image_read(image, error) : NULL;
}
