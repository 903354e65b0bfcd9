/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading an image: what the writers wrote, and what is not an image. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "image-drive.h"
#include "image/read.h"
#include "trees.h"

/* --- what the writers wrote --- */

static void
assert_reads_back(const VpTree *tree, DriveFormat format)
{
    g_autoptr(GBytes) image = drive_image(tree, format);
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImageContent) content = vp_image_read(image, &error);
    g_autoptr(VpTree) back = vp_image_tree_new();

    g_assert_no_error(error);
    g_assert_cmpstr(content->label, ==, "config-2");
    g_assert_cmpstr(content->format, ==, format == DRIVE_ISO ? "iso9660" : "vfat");
    for (guint i = 0; i < content->files->len; i++) {
        const VpImageFile *file = g_ptr_array_index(content->files, i);
        gboolean added = vp_image_tree_add(back, file->path, file->bytes, &error);

        g_assert_no_error(error);
        g_assert_true(added);
    }
    g_assert_true(tree_equal(tree, back));
}

static void
test_config_drive(void)
{
    g_autoptr(VpTree) tree = drive_tree();

    for (DriveFormat format = DRIVE_ISO; format < N_DRIVES; format++)
        assert_reads_back(tree, format);
}

static char *
random_component(void)
{
    static const char *const characters[] = {"a",
                                             "b",
                                             "C",
                                             "0",
                                             "-",
                                             "_",
                                             "~",
                                             ".",
                                             " ",
                                             "+",
                                             "\xc3\xa9",
                                             "\xe6\x97\xa5",
                                             "\xf0\x9f\x90\xa7"};
    GString *name = g_string_new("x");
    int length = g_test_rand_int_range(0, g_test_rand_bit() ? 4 : 30);

    for (int i = 0; i < length; i++)
        g_string_append(name, characters[g_test_rand_int_range(0, G_N_ELEMENTS(characters))]);
    g_string_append_c(name, 'y');
    return g_string_free(name, FALSE);
}

static VpTree *
random_tree(void)
{
    VpTree *tree = vp_image_tree_new();
    int files = g_test_rand_int_range(0, g_test_rand_bit() ? 5 : 60);

    for (int i = 0; i < files; i++) {
        g_autoptr(GString) path = g_string_new(NULL);
        g_autofree char *data = g_malloc0(5000);
        g_autoptr(GBytes) bytes = NULL;

        for (int depth = g_test_rand_int_range(0, 8); depth > 0; depth--) {
            g_autofree char *directory = random_component();

            g_string_append_printf(path, "%s/", directory);
        }
        g_autofree char *name = random_component();
        g_string_append(path, name);
        g_snprintf(data, 5000, "content of %s", path->str);
        bytes = g_bytes_new_take(g_steal_pointer(&data), (gsize)g_test_rand_int_range(0, 5000));
        if (!vp_image_tree_add(tree, path->str, bytes, NULL))
            continue; /* a path like another */
    }
    return tree;
}

static void
test_random_trees(void)
{
    for (int i = 0; i < 300; i++) {
        g_autoptr(VpTree) tree = random_tree();

        assert_reads_back(tree, DRIVE_ISO);
        assert_reads_back(tree, DRIVE_VFAT);
    }
}

static void
test_no_image(void)
{
    static const char *const texts[] = {"", "x", "CD001", "not an image of any kind"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(texts[i], strlen(texts[i]));
        g_autoptr(GError) error = NULL;

        g_assert_null(vp_image_read(bytes, &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
    }
}

/* Sparse: it is refused before a byte of it is looked at. */
static void
test_too_large(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("vp-image-read-XXXXXX", &name, &error);
    g_autoptr(GMappedFile) file = NULL;
    g_autoptr(GBytes) image = NULL;

    g_assert_no_error(error);
    unlink(name);
    g_assert_cmpint(ftruncate(fd, VP_IMAGE_READ_MAX_BYTES + 1), ==, 0);
    file = g_mapped_file_new_from_fd(fd, FALSE, &error);
    g_assert_no_error(error);
    image = g_mapped_file_get_bytes(file);
    g_assert_null(vp_image_read(image, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
    g_assert_nonnull(strstr(error->message, "larger"));
    close(fd);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/image-read/config-drive", test_config_drive);
    g_test_add_func("/image-read/random-trees", test_random_trees);
    g_test_add_func("/image-read/no-image", test_no_image);
    g_test_add_func("/image-read/too-large", test_too_large);
    return g_test_run();
}
