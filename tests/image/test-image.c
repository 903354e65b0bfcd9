/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpImage: what is written is what is laid out, from memory and from files, zeros between. */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "image/image.h"

static int
temporary_file(const char *directory)
{
    g_autofree char *name = g_build_filename(directory, "vp-image-XXXXXX", NULL);
    int fd = g_mkstemp(name);

    g_assert_cmpint(fd, >=, 0);
    unlink(name);
    return fd;
}

static void
fill(int fd, gsize size)
{
    g_autofree char *data = g_malloc(size);

    for (gsize i = 0; i < size; i++)
        data[i] = (char)(i * 31 >> 3);
    g_assert_cmpint(pwrite(fd, data, size, 0), ==, (gssize)size);
}

/* Text at 4096, a file of three and a bit pages at 10,000, and a tail of zeros. */
static VpImage *
make_image(int source, gsize size)
{
    VpImage *image = vp_image_new();

    vp_image_append(image, 4096, g_bytes_new("hello", 5));
    vp_image_append_file(image, 10000, &(VpTreeFile){.fd = source, .size = size});
    vp_image_append(image, image->size, g_bytes_new(NULL, 0));
    image->size += 777;
    return image;
}

static GBytes *
read_back(int fd)
{
    struct stat status;
    char *data;

    g_assert_cmpint(fstat(fd, &status), ==, 0);
    data = g_malloc((gsize)status.st_size);
    g_assert_cmpint(pread(fd, data, (gsize)status.st_size, 0), ==, status.st_size);
    return g_bytes_new_take(data, (gsize)status.st_size);
}

static void
test_write(gconstpointer source_directory)
{
    int source, target = temporary_file(g_get_tmp_dir());
    gsize size = 300000;
    g_autoptr(VpImage) image = NULL;
    g_autoptr(GBytes) flat = NULL;
    g_autoptr(GBytes) written = NULL;
    g_autoptr(GError) error = NULL;
    const char *data;

    if (access(source_directory, W_OK) != 0) {
        if (g_strcmp0(g_getenv("VP_TESTS_MUST_RUN"), "1") == 0)
            g_test_fail();
        g_test_skip("no such file system here");
        close(target);
        return;
    }
    source = temporary_file(source_directory);
    fill(source, size + 1); /* it grew since it was measured: the rest stays out */
    image = make_image(source, size);
    flat = vp_image_flatten(image, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(flat), ==, 10000 + size + 777);
    data = g_bytes_get_data(flat, NULL);
    for (gsize i = 0; i < 4096; i++)
        g_assert_cmpint(data[i], ==, 0);
    g_assert_cmpmem(data + 4096, 6, "hello", 6);
    g_assert_cmpint(data[10000 + 8], ==, 31);
    g_assert_cmpint(data[10000 + size], ==, 0);

    g_assert_true(vp_image_write(image, target, &error));
    g_assert_no_error(error);
    written = read_back(target);
    g_assert_true(g_bytes_equal(flat, written));
    close(source);
    close(target);
}

static void
test_source_shorter(void)
{
    int source = temporary_file(g_get_tmp_dir()), target = temporary_file(g_get_tmp_dir());
    g_autoptr(VpImage) image = make_image(source, 300000);
    g_autoptr(GError) error = NULL;

    fill(source, 299999);
    g_assert_false(vp_image_write(image, target, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_REFERENCE);
    g_clear_error(&error);
    g_assert_null(vp_image_flatten(image, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_REFERENCE);
    close(source);
    close(target);
}

static void
test_no_space(void)
{
    int source = temporary_file(g_get_tmp_dir());
    g_autoptr(VpImage) image = make_image(source, 10);
    g_autoptr(GError) error = NULL;
    FILE *full = fopen("/dev/full", "w");

    g_assert_nonnull(full);
    fill(source, 10);
    g_assert_false(vp_image_write(image, fileno(full), &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, g_strerror(ENOSPC)));
    fclose(full);
    close(source);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/image/write-same-file-system", g_get_tmp_dir(), test_write);
    g_test_add_data_func("/image/write-across-file-systems", "/dev/shm", test_write);
    g_test_add_func("/image/source-shorter", test_source_shorter);
    g_test_add_func("/image/no-space", test_no_space);
    return g_test_run();
}
