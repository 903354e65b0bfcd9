/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An image to its label and files. */
#include <config.h>

#include <string.h>

#include "image/read-walk.h"
#include "image/read.h"

static VpImageContent *
new_content(VpImageWalk *walk, char *label, const char *format)
{
    VpImageContent *content = g_new0(VpImageContent, 1);

    content->label = label;
    content->format = g_strdup(format);
    content->files = g_steal_pointer(&walk->files);
    return content;
}

VpImageContent *
vp_image_read(GBytes *image, GError **error)
{
    g_auto(VpImageWalk) walk;
    char *label = NULL;

    vp_image_read_walk_init(&walk, image);
    if (walk.size > VP_IMAGE_READ_MAX_BYTES) {
        vp_image_read_walk_refuse(VP_IMAGE_READ_MAX_BYTES, "is larger than any payload", error);
        return NULL;
    }
    if (walk.size >= 4 && memcmp(walk.data, "QFI\xfb", 4) == 0) {
        vp_image_read_walk_refuse(0, "is qcow2; payload images are raw", error);
        return NULL;
    }
    if (vp_image_read_is_iso(&walk))
        return vp_image_read_iso(&walk, &label, error) ? new_content(&walk, label, "iso9660")
                                                       : NULL;
    if (vp_image_read_is_vfat(&walk))
        return vp_image_read_vfat(&walk, &label, error) ? new_content(&walk, label, "vfat") : NULL;
    vp_image_read_walk_refuse(0, "is neither ISO 9660 nor FAT", error);
    return NULL;
}
