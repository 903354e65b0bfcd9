/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as an image: what is read keeps what image-read.h promises. */
#include <config.h>

#include <string.h>

#include "fuzz.h"
#include "image/iso9660.h"
#include "image/read.h"

static gboolean
is_component(const char *start, gsize size)
{
    return size > 0 && !(size == 1 && start[0] == '.') &&
           !(size == 2 && memcmp(start, "..", 2) == 0);
}

static void
check_path(const char *path)
{
    guint depth = 0;

    for (const char *start = path, *end;; start = end + 1) {
        end = strchrnul(start, '/');
        g_assert(is_component(start, (gsize)(end - start)));
        g_assert(depth++ <= VP_IMAGE_READ_MAX_DEPTH);
        if (*end == '\0')
            break;
    }
    g_assert(strlen(path) <= VP_IMAGE_READ_MAX_PATH);
}

/* Reads its ends so that a view outside the image is seen. */
static void
touch(GBytes *bytes)
{
    gsize size;
    const volatile guint8 *data = g_bytes_get_data(bytes, &size);

    if (size > 0) {
        (void)data[0];
        (void)data[size - 1];
    }
}

static void
check(const VpImageContent *content)
{
    guint64 bytes = 0;

    g_assert(content->label != NULL && content->format != NULL);
    g_assert(content->files->len <= VP_IMAGE_READ_MAX_FILES);
    for (guint i = 0; i < content->files->len; i++) {
        const VpImageFile *file = g_ptr_array_index(content->files, i);

        check_path(file->path);
        touch(file->bytes);
        bytes += g_bytes_get_size(file->bytes);
    }
    g_assert(bytes <= VP_IMAGE_READ_MAX_BYTES);
}

/* An input that begins with a volume descriptor is read as an image, with 32 KiB before it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gboolean descriptor = size > 6 && memcmp(data + VP_ISO_VD_ID, VP_ISO_STANDARD_ID, 5) == 0;
    size_t before = descriptor ? VP_ISO_SYSTEM_SECTORS * VP_ISO_SECTOR : 0;
    guint8 *copy = g_malloc0(before + size);
    g_autoptr(GBytes) image = NULL;
    g_autoptr(VpImageContent) content = NULL;

    if (size > 0)
        memcpy(copy + before, data, size);
    image = g_bytes_new_take(copy, before + size);
    content = vp_image_read(image, NULL);
    if (content)
        check(content);
    return 0;
}
