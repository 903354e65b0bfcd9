/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seed's directory: what is read, in which order, and how a hostile one is refused. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "command/seed-directory.h"
#include "command/seed-tree.h"

enum { MIB = 1 << 20 };

/* "PATH:SIZE" */
static void
take(GPtrArray *files, const char *path, GBytes *bytes)
{
    g_ptr_array_add(files, g_strdup_printf("%s:%zu", path, g_bytes_get_size(bytes)));
}

/* All that was taken, in its order, with spaces; otherwise the message. */
static char *
story_of(const char *directory, int *code)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    *code = -1;
    if (!vp_command_seed_directory_read(directory, take, files, &error)) {
        g_assert_true(error->domain == VP_ERROR);
        *code = error->code;
        return g_strdup(error->message);
    }
    g_ptr_array_add(files, NULL);
    return g_strjoinv(" ", (char **)files->pdata);
}

static void
assert_story(const char *directory, int code, const char *wanted)
{
    int got;
    g_autofree char *story = story_of(directory, &got);

    g_assert_cmpstr(story, ==, wanted);
    g_assert_cmpint(got, ==, code);
}

static void
add(const char *directory, const char *name, const char *text)
{
    g_free(seed_tree_add(directory, name, text, -1));
}

static void
test_order(void)
{
    char *directory = seed_tree_new();

    assert_story(directory, -1, "");
    add(directory, "b", "bb");
    add(directory, "a/z", "");
    add(directory, "a/b/c", "c");
    add(directory, "B", "b");
    add(directory, ".hidden", "x");
    add(directory, "a/.hidden/x", "x");
    assert_story(directory, -1, "B:1 a/b/c:1 a/z:0 b:2");
    seed_tree_free(directory);
}

static void
test_not_a_directory(void)
{
    char *directory = seed_tree_new();
    g_autofree char *file = seed_tree_add(directory, "a", "x", -1);
    g_autofree char *link = g_build_filename(directory, "link", NULL);
    g_autofree char *wanted = g_strdup_printf("%s: Not a directory", file);

    assert_story(file, VP_ERROR_FAILED, wanted);
    assert_story("/nowhere\x1b", VP_ERROR_FAILED, "/nowhere\\x1b: No such file or directory");
    g_assert_cmpint(unlink(file), ==, 0);
    g_assert_cmpint(symlink("/nowhere", link), ==, 0);
    assert_story(directory, VP_ERROR_PATH,
                 "link: is a symbolic link, and could lead to any file; put the file there "
                 "instead");
    seed_tree_free(directory);
}

static void
test_special_file(void)
{
    char *directory = seed_tree_new();
    g_autofree char *fifo = g_build_filename(directory, "sub", "fifo", NULL);

    add(directory, "sub/a", "x");
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    assert_story(directory, VP_ERROR_IMAGE_FORMAT, "sub/fifo: not a regular file");
    seed_tree_free(directory);
}

/* The directory that is named may be reached by a link, those below it may not. */
static void
test_linked_directory(void)
{
    char *directory = seed_tree_new();
    g_autofree char *real = g_build_filename(directory, "real", NULL);
    g_autofree char *link = g_build_filename(directory, "link", NULL);

    add(directory, "real/a", "x");
    g_assert_cmpint(symlink("real", link), ==, 0);
    assert_story(link, -1, "a:1");
    assert_story(directory, VP_ERROR_PATH,
                 "link: is a symbolic link, and could lead to any file; put the file there "
                 "instead");
    seed_tree_free(directory);
}

#define SEVERAL                                                                                    \
    "sub/b: has several hard links, in a directory that others than its owner may write to, and "  \
    "could be any file; put a copy there instead"

static void
test_hard_links(void)
{
    static const struct {
        mode_t mode;
        gboolean is_linked;
        const char *wanted;
    } cases[] = {
        {0755, FALSE, "sub/b:1"}, {0777, FALSE, "sub/b:1"}, {0755, TRUE, "a:1 sub/b:1"},
        {0775, TRUE, SEVERAL},    {0757, TRUE, SEVERAL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *directory = seed_tree_new();
        g_autofree char *file = seed_tree_add(directory, "sub/b", "x", -1);
        g_autofree char *other = g_build_filename(directory, "a", NULL);
        g_autofree char *sub = g_build_filename(directory, "sub", NULL);

        g_test_message("%o", cases[i].mode);
        g_assert_true(!cases[i].is_linked || link(file, other) == 0);
        g_assert_cmpint(chmod(sub, cases[i].mode), ==, 0);
        assert_story(directory, g_str_equal(cases[i].wanted, SEVERAL) ? VP_ERROR_PATH : -1,
                     cases[i].wanted);
        seed_tree_free(directory);
    }
}

#define QUOTA "has more files or bytes than a seed"

static void
test_files(void)
{
    char *directory = seed_tree_new();
    g_autofree char *story = NULL;
    int code;

    for (guint i = 0; i < 511; i++) {
        g_autofree char *name = g_strdup_printf("%03u", i);

        add(directory, name, "");
    }
    add(directory, "sub/a", "");
    story = story_of(directory, &code);
    g_assert_cmpint(code, ==, -1);
    g_assert_true(g_str_has_suffix(story, " 510:0 sub/a:0"));
    add(directory, "sub/b", "");
    assert_story(directory, VP_ERROR_QUOTA, QUOTA);
    seed_tree_free(directory);
}

/* Those of a directory count before they are read. */
static void
test_names(void)
{
    char *directory = seed_tree_new();

    for (guint i = 0; i < 512; i++) {
        g_autofree char *name = g_strdup_printf("%03u/a", i);

        add(directory, name, "");
    }
    add(directory, "x", "");
    assert_story(directory, VP_ERROR_QUOTA, QUOTA);
    seed_tree_free(directory);
}

static void
test_depth(void)
{
    char *directory = seed_tree_new();

    add(directory, "1/2/3/4/5/6/a", "");
    assert_story(directory, -1, "1/2/3/4/5/6/a:0");
    add(directory, "1/2/3/4/5/6/7/a", "");
    assert_story(directory, VP_ERROR_QUOTA, QUOTA);
    seed_tree_free(directory);
}

static void
test_bytes(void)
{
    char *directory = seed_tree_new();
    g_autofree char *a = seed_tree_add(directory, "a", "", -1);
    g_autofree char *b = seed_tree_add(directory, "b", "", -1);

    g_assert_cmpint(truncate(a, 15 * MIB), ==, 0);
    g_assert_cmpint(truncate(b, MIB), ==, 0);
    assert_story(directory, -1, "a:15728640 b:1048576");
    g_assert_cmpint(truncate(b, MIB + 1), ==, 0);
    assert_story(directory, VP_ERROR_QUOTA, QUOTA);
    seed_tree_free(directory);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/seed-directory/files-in-the-order-of-names", test_order);
    g_test_add_func("/seed-directory/a-path-that-is-no-directory", test_not_a_directory);
    g_test_add_func("/seed-directory/a-special-file-is-refused", test_special_file);
    g_test_add_func("/seed-directory/a-link-to-a-directory-below-is-refused",
                    test_linked_directory);
    g_test_add_func("/seed-directory/a-hard-link-where-others-may-put-one-is-refused",
                    test_hard_links);
    g_test_add_func("/seed-directory/512-files-at-most", test_files);
    g_test_add_func("/seed-directory/512-names-of-a-directory-at-most", test_names);
    g_test_add_func("/seed-directory/six-directories-deep-at-most", test_depth);
    g_test_add_func("/seed-directory/16-MiB-at-most", test_bytes);
    return g_test_run();
}
