/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What bounds the readers of images: places, directories, names, files. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "image/read-walk.h"

enum { SIZE = 1000, PLACE = 77 }; /* of the image; that errors are about */

static void
begin(VpImageWalk *walk)
{
    g_autoptr(GBytes) image = g_bytes_new_take(g_malloc0(SIZE), SIZE);

    vp_image_read_walk_init(walk, image);
}

/* expected NULL: there is no error. */
static void
assert_outcome(gboolean done, GError *taken, const char *expected)
{
    g_autoptr(GError) error = taken;

    g_assert_cmpint(done, ==, expected == NULL);
    if (expected == NULL) {
        g_assert_no_error(error);
        return;
    }
    g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
    g_assert_cmpstr(error->message, ==, expected);
}

#define ASSERT(call, expected)                                                                     \
    do {                                                                                           \
        GError *error = NULL;                                                                      \
        gboolean done = call;                                                                      \
        assert_outcome(done, error, expected);                                                     \
    } while (0)

#define AT(message) "image " message " (at byte 77)"

static void
test_check(void)
{
    static const struct {
        guint64 offset, size;
        const char *expected;
    } cases[] = {
        {0, 0, NULL},
        {0, SIZE, NULL},
        {SIZE, 0, NULL},
        {SIZE - 1, 1, NULL},
        {0, SIZE + 1, "image is cut off, or points past its end (at byte 0)"},
        {SIZE, 1, "image is cut off, or points past its end (at byte 1000)"},
        {SIZE + 1, 0, "image is cut off, or points past its end (at byte 1001)"},
        {1, G_MAXUINT64, "image is cut off, or points past its end (at byte 1)"},
        {G_MAXUINT64, 1, "image is cut off, or points past its end (at byte 18446744073709551615)"},
    };
    g_auto(VpImageWalk) walk = {0};

    begin(&walk);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        ASSERT(vp_image_read_walk_check(&walk, cases[i].offset, cases[i].size, &error),
               cases[i].expected);
}

/* Directories of a sound image do not overlap: together they are no more than the image. */
static void
test_spend(void)
{
    g_auto(VpImageWalk) walk = {0};

    begin(&walk);
    ASSERT(vp_image_read_walk_spend(&walk, PLACE, SIZE, &error),
           AT("is cut off, or points past its end"));
    ASSERT(vp_image_read_walk_spend(&walk, 0, 600, &error), NULL);
    ASSERT(vp_image_read_walk_spend(&walk, PLACE, 401, &error), AT("has directories that overlap"));
    ASSERT(vp_image_read_walk_spend(&walk, PLACE, 400, &error), NULL);
    ASSERT(vp_image_read_walk_spend(&walk, PLACE, 0, &error), NULL);
    ASSERT(vp_image_read_walk_spend(&walk, PLACE, 1, &error), AT("has directories that overlap"));
}

static void
test_count(void)
{
    g_auto(VpImageWalk) walk = {0};

    begin(&walk);
    for (guint i = 0; i < VP_IMAGE_READ_MAX_ENTRIES; i++)
        ASSERT(vp_image_read_walk_count(&walk, PLACE, &error), NULL);
    ASSERT(vp_image_read_walk_count(&walk, PLACE, &error), AT("has too many directory entries"));
}

/* --- paths ------------------------------------------------------------------------------------ */

static void
test_names(void)
{
    static const struct {
        const char *name;
        gsize size;
        gboolean is_valid;
    } cases[] = {
        {"a", 1, TRUE},       {"...", 3, TRUE}, {".a", 2, TRUE},    {" ", 1, TRUE},
        {"a\n\377", 3, TRUE}, {"", 0, FALSE},   {".", 1, FALSE},    {"..", 2, FALSE},
        {"a/b", 3, FALSE},    {"/", 1, FALSE},  {"a\0b", 3, FALSE}, {"\0", 1, FALSE},
    };
    g_auto(VpImageWalk) walk = {0};

    begin(&walk);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *copy = g_memdup2(cases[i].name, cases[i].size);

        ASSERT(vp_image_read_walk_enter(&walk, copy, cases[i].size, PLACE, &error),
               cases[i].is_valid ? NULL : AT("has an invalid file name"));
        g_assert_cmpuint(walk.path->len, ==, cases[i].is_valid ? cases[i].size : 0);
        vp_image_read_walk_leave(&walk, 0);
    }
}

static void
test_path(void)
{
    g_auto(VpImageWalk) walk = {0};

    begin(&walk);
    ASSERT(vp_image_read_walk_enter(&walk, "dir", 3, PLACE, &error), NULL);
    ASSERT(vp_image_read_walk_descend(&walk, PLACE, &error), NULL);
    ASSERT(vp_image_read_walk_enter(&walk, "file", 4, PLACE, &error), NULL);
    g_assert_cmpstr(walk.path->str, ==, "dir/file");
    g_assert_cmpuint(walk.depth, ==, 1);
    vp_image_read_walk_leave(&walk, strlen("dir/"));
    g_assert_cmpstr(walk.path->str, ==, "dir/");
    vp_image_read_walk_ascend(&walk);
    vp_image_read_walk_leave(&walk, 0);
    g_assert_cmpstr(walk.path->str, ==, "");
    g_assert_cmpuint(walk.depth, ==, 0);
}

static void
test_long_path(void)
{
    g_autofree char *name = g_strnfill(VP_IMAGE_READ_MAX_PATH + 1, 'a');
    g_auto(VpImageWalk) walk = {0};

    begin(&walk);
    ASSERT(vp_image_read_walk_enter(&walk, name, VP_IMAGE_READ_MAX_PATH + 1, PLACE, &error),
           AT("has a path that is too long"));
    ASSERT(vp_image_read_walk_enter(&walk, name, VP_IMAGE_READ_MAX_PATH, PLACE, &error), NULL);
    ASSERT(vp_image_read_walk_enter(&walk, "b", 1, PLACE, &error),
           AT("has a path that is too long"));
    /* no room for the '/' */
    ASSERT(vp_image_read_walk_descend(&walk, PLACE, &error),
           AT("has directories that are too deep"));
    g_assert_cmpuint(walk.path->len, ==, VP_IMAGE_READ_MAX_PATH);
    g_assert_cmpuint(walk.depth, ==, 0);
}

static void
test_depth(void)
{
    g_auto(VpImageWalk) walk = {0};

    begin(&walk);
    for (guint i = 0; i < VP_IMAGE_READ_MAX_DEPTH; i++) {
        ASSERT(vp_image_read_walk_enter(&walk, "a", 1, PLACE, &error), NULL);
        ASSERT(vp_image_read_walk_descend(&walk, PLACE, &error), NULL);
    }
    ASSERT(vp_image_read_walk_descend(&walk, PLACE, &error),
           AT("has directories that are too deep"));
    vp_image_read_walk_ascend(&walk);
    ASSERT(vp_image_read_walk_descend(&walk, PLACE, &error), NULL);
}

/* --- files ------------------------------------------------------------------------------------ */

static gboolean
add(VpImageWalk *walk, const char *path, gsize size, GError **error)
{
    static const char zeros[1] = "";

    g_string_assign(walk->path, path);
    /* of the size only the number is looked at */
    return vp_image_read_walk_add(walk, g_bytes_new_static(zeros, size), PLACE, error);
}

static void
test_add(void)
{
    g_auto(VpImageWalk) walk = {0};
    const VpImageFile *file;

    begin(&walk);
    ASSERT(add(&walk, "a/b", 1, &error), NULL);
    ASSERT(add(&walk, "a/B", 0, &error), NULL);
    ASSERT(add(&walk, "a/b", 1, &error), AT("has two files of one path"));
    file = walk.files->pdata[0];
    g_assert_cmpstr(file->path, ==, "a/b");
    g_assert_cmpuint(g_bytes_get_size(file->bytes), ==, 1);
    file = walk.files->pdata[1];
    g_assert_cmpstr(file->path, ==, "a/B");
}

static void
test_many_files(void)
{
    g_auto(VpImageWalk) walk = {0};

    begin(&walk);
    for (guint i = 0; i < VP_IMAGE_READ_MAX_FILES; i++) {
        g_autofree char *path = g_strdup_printf("%u", i);

        ASSERT(add(&walk, path, 0, &error), NULL);
    }
    ASSERT(add(&walk, "one more", 0, &error), AT("has too many files"));
}

/* Files that share their bytes count each. */
static void
test_large_files(void)
{
    g_auto(VpImageWalk) walk = {0};

    begin(&walk);
    ASSERT(add(&walk, "a", VP_IMAGE_READ_MAX_BYTES - 1, &error), NULL);
    ASSERT(add(&walk, "b", 1, &error), NULL);
    ASSERT(add(&walk, "c", 0, &error), NULL);
    ASSERT(add(&walk, "d", 1, &error), AT("has files that are too large in total"));
}

static void
test_label(void)
{
    static const struct {
        const char *field;
        gsize size;
        const char *label;
    } cases[] = {
        {"cidata     ", 11, "cidata"},
        {"eleven-char", 11, "eleven-char"},
        {"a b  ", 5, "a b"},
        {"a\0b", 3, "a"},
        {"a  \0b", 5, "a"},
        {"    ", 4, ""},
        {"\t\377 ", 3, "\t\377"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree guint8 *copy = g_memdup2(cases[i].field, cases[i].size);
        g_autofree char *label = vp_image_read_label_text(copy, cases[i].size);

        g_assert_cmpstr(label, ==, cases[i].label);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/read-walk/check", test_check);
    g_test_add_func("/read-walk/spend", test_spend);
    g_test_add_func("/read-walk/count", test_count);
    g_test_add_func("/read-walk/names", test_names);
    g_test_add_func("/read-walk/path", test_path);
    g_test_add_func("/read-walk/long-path", test_long_path);
    g_test_add_func("/read-walk/depth", test_depth);
    g_test_add_func("/read-walk/add", test_add);
    g_test_add_func("/read-walk/many-files", test_many_files);
    g_test_add_func("/read-walk/large-files", test_large_files);
    g_test_add_func("/read-walk/label", test_label);
    return g_test_run();
}
