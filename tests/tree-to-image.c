/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tree-to-image iso|vfat|floppy LABEL DIRECTORY IMAGE: a directory's regular files as an image, for
 * the tests that read images with other programs. */
#include <config.h>

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "image/iso.h"
#include "image/vfat.h"

static gboolean
add_file(VpTree *tree, const char *path, const char *file, GError **error)
{
    struct stat status;
    int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status) < 0)
        g_error("%s: cannot open", file);
    if (vp_image_tree_add_fd(tree, path, fd, (guint64)status.st_size, error))
        return TRUE;
    close(fd);
    return FALSE;
}

static gboolean
add_directory(VpTree *tree, const char *prefix, const char *directory, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, error);
    const char *name;

    if (!dir)
        return FALSE;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = *prefix ? g_strconcat(prefix, "/", name, NULL) : g_strdup(name);
        g_autofree char *file = g_build_filename(directory, name, NULL);
        gboolean added = g_file_test(file, G_FILE_TEST_IS_DIR)
                             ? add_directory(tree, path, file, error)
                             : add_file(tree, path, file, error);

        if (!added)
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_image(const VpImage *image, const char *path, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    gboolean written = fd >= 0 && vp_image_write(image, fd, error);

    if (fd >= 0)
        close(fd);
    return written;
}

int
main(int argc, char **argv)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(VpImage) image = NULL;
    g_autoptr(GError) error = NULL;

    setlocale(LC_ALL, "");
    if (argc != 5)
        return 2;
    if (add_directory(tree, "", argv[3], &error))
        image = g_str_equal(argv[1], "iso")
                    ? vp_image_iso_layout(tree, argv[2], &error)
                    : vp_image_vfat_layout(tree, argv[2], g_str_equal(argv[1], "floppy"), &error);
    if (!image || !write_image(image, argv[4], &error)) {
        fprintf(stderr, "tree-to-image: %s [%s]\n", error ? error->message : argv[4],
                error ? vp_error_name(error) : "failed");
        return 1;
    }
    return 0;
}
