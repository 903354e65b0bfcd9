/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-to-tree IMAGE DIRECTORY: an image's files into a directory, "FORMAT LABEL" to stdout, for
 * the tests that make images with other programs. */
#include <config.h>

#include <stdio.h>

#include "base/error.h"
#include "image/read.h"

static gboolean
write_file(const VpImageFile *file, const char *directory, GError **error)
{
    g_autofree char *path = g_build_filename(directory, file->path, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    gsize size;
    const char *data = g_bytes_get_data(file->bytes, &size);

    g_mkdir_with_parents(parent, 0700);
    return g_file_set_contents(path, size ? data : "", (gssize)size, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GMappedFile) file = NULL;
    g_autoptr(GBytes) image = NULL;
    g_autoptr(VpImageContent) content = NULL;
    g_autoptr(GError) error = NULL;
    gboolean written = TRUE;

    if (argc != 3)
        return 2;
    file = g_mapped_file_new(argv[1], FALSE, &error);
    if (file) {
        image = g_mapped_file_get_bytes(file);
        content = vp_image_read(image, &error);
    }
    for (guint i = 0; content && written && i < content->files->len; i++)
        written = write_file(g_ptr_array_index(content->files, i), argv[2], &error);
    if (error) {
        fprintf(stderr, "image-to-tree: %s [%s]\n", error->message, vp_error_name(error));
        return 1;
    }
    printf("%s %s\n", content->format, content->label);
    return 0;
}
