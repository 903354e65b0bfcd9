/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads and copies: whole, from any offset, and with the errors that the header
 * promises. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"

static int
temporary_file(const char *text)
{
    g_autofree char *name = g_build_filename(g_get_tmp_dir(), "vp-io-XXXXXX", NULL);
    int fd = g_mkstemp(name);

    g_assert_cmpint(fd, >=, 0);
    unlink(name);
    g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
    return fd;
}

static void
assert_holds(int fd, const char *text, gsize size)
{
    g_autofree char *data = g_malloc(size + 1);

    g_assert_cmpint(pread(fd, data, size + 1, 0), ==, (gssize)size);
    g_assert_cmpmem(data, size, text, size);
}

static void
test_read(void)
{
    int fd = temporary_file("hello");
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vp_io_read(fd, 4, &error);

    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "hell", 4);
    g_assert_cmpint(lseek(fd, 0, SEEK_CUR), ==, 5);
    g_assert_null(vp_io_read(fd, 6, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_REFERENCE);
    g_clear_error(&error);
    g_assert_null(vp_io_read(fd, G_MAXUINT64, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
    close(fd);
}

static void
test_copy(void)
{
    int from = temporary_file("0123456789"), to = temporary_file("abcdefgh");
    g_autoptr(GError) error = NULL;

    lseek(from, 7, SEEK_SET);
    g_assert_true(vp_io_copy(from, to, 3, 4, &error));
    g_assert_no_error(error);
    assert_holds(to, "abc0123h", 8);
    g_assert_cmpint(lseek(from, 0, SEEK_CUR), ==, 7);
    g_assert_true(vp_io_copy(from, to, 8, 0, &error));
    assert_holds(to, "abc0123h", 8);
    g_assert_false(vp_io_copy(from, to, 0, 11, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_REFERENCE);
    close(from);
    close(to);
}

/* A file of /proc: copy_file_range says 0 or EXDEV, its size is 0, and yet it can be read. */
static void
test_copy_of_pseudo_file(void)
{
    int from = open("/proc/version", O_RDONLY), to = temporary_file("");
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize size;

    g_assert_true(g_file_get_contents("/proc/version", &text, &size, &error));
    g_assert_true(vp_io_copy(from, to, 0, size, &error));
    g_assert_no_error(error);
    assert_holds(to, text, size);
    close(from);
    close(to);
}

/* No kernel copy takes a target that appends; pwrite appends too, so that offset 0 is the end. */
static void
test_copy_falls_back_to_buffer(void)
{
    g_autofree char *name = g_build_filename(g_get_tmp_dir(), "vp-io-XXXXXX", NULL);
    int created = g_mkstemp(name), to = open(name, O_RDWR | O_APPEND);
    g_autofree char *text = g_strnfill(200000, 'x');
    int from = temporary_file(text);
    g_autoptr(GError) error = NULL;

    unlink(name);
    g_assert_true(vp_io_copy(from, to, 0, 200000, &error));
    g_assert_no_error(error);
    assert_holds(to, text, 200000);
    close(created);
    close(from);
    close(to);
}

static void
test_errors_in_words(void)
{
    int from = temporary_file("x"), full = open("/dev/full", O_WRONLY);
    g_autoptr(GError) error = NULL;

    g_assert_false(vp_io_pwrite(full, "x", 1, 0, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, g_strerror(ENOSPC)));
    g_clear_error(&error);
    g_assert_false(vp_io_copy(from, full, 0, 1, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, g_strerror(ENOSPC)));
    close(from);
    close(full);
}

static void
test_to_string(void)
{
    static const struct {
        const char *text;
        gsize size;
        const char *wanted;
    } cases[] = {{NULL, 0, ""}, {"ab", 1, "a"}, {"ab", 2, "ab"}, {"a\0b", 3, "a"}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new(cases[i].text, cases[i].size);
        g_autofree char *text = vp_io_to_string(bytes);

        g_assert_cmpstr(text, ==, cases[i].wanted);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/io/read", test_read);
    g_test_add_func("/io/copy", test_copy);
    g_test_add_func("/io/copy-of-pseudo-file", test_copy_of_pseudo_file);
    g_test_add_func("/io/copy-falls-back-to-buffer", test_copy_falls_back_to_buffer);
    g_test_add_func("/io/bytes-to-a-string", test_to_string);
    g_test_add_func("/io/errors-in-words", test_errors_in_words);
    return g_test_run();
}
