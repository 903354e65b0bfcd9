/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpTree: what paths it takes, in what order it holds them, and its limits. */
#include <config.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "image/tree.h"
#include "trees.h"

#define SIXTY_FOUR "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"

static gboolean
add_text(VpTree *tree, const char *path, const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    return vp_image_tree_add(tree, path, bytes, error);
}

static void
assert_added(VpTree *tree, const char *path)
{
    g_autoptr(GError) error = NULL;
    gboolean added = add_text(tree, path, path, &error);

    g_assert_no_error(error);
    g_assert_true(added);
}

static void
assert_refused(VpTree *tree, const char *path, VpErrorCode code)
{
    g_autoptr(GError) error = NULL;
    guint before = vp_image_tree_size(tree);
    gboolean added = add_text(tree, path, path, &error);

    if (added)
        g_test_message("accepted: %s", path);
    g_assert_false(added);
    g_assert_error(error, VP_ERROR, (int)code);
    g_assert_true(g_str_is_ascii(error->message));
    g_assert_null(strchr(error->message, '\n'));
    g_assert_cmpuint(vp_image_tree_size(tree), ==, before);
}

static void
test_paths_refused(void)
{
    static const char *const paths[] = {
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/../b",
        "a/.",
        "a/./b",
        "a.",
        "a ",
        "dir./a",
        "a\nb",
        "a\tb",
        "a\x7f",
        "a\xc2\x80",
        "a\xef\xbf\xbf",
        "a\xef\xb7\x90",
        "\xff",
        "a\xc0\xaf",
        "\xed\xa0\x80",
        "C:\\a",
        "a:b",
        "a*",
        "a?",
        "a;1",
        "\"a\"",
        "<a>",
        "a|b",
        SIXTY_FOUR "m",
        "d/" SIXTY_FOUR "m/f",
        "1/2/3/4/5/6/7/8/9",
    };
    g_autoptr(VpTree) tree = vp_image_tree_new();

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
        assert_refused(tree, paths[i], VP_ERROR_PATH);
}

static void
test_paths_taken(void)
{
    static const char *const paths[] = {
        "user-data",
        "openstack/latest/meta_data.json",
        "1/2/3/4/5/6/7/8",
        SIXTY_FOUR,
        "...a",
        ".hidden",
        " a",
        "a b",
        "\xe6\x97\xa5\xe6\x9c\xac",
        "\xf0\x9f\x90\xa7",
        "-rf",
        "$(a)",
    };
    g_autoptr(VpTree) tree = vp_image_tree_new();

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
        assert_added(tree, paths[i]);
}

/* A character beyond U+FFFF is two of Joliet's and FAT's. */
static void
test_component_counts_utf16(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GString) name = g_string_new(NULL);

    for (int i = 0; i < 32; i++)
        g_string_append(name, "\xf0\x9f\x90\xa7");
    assert_added(tree, name->str);
    g_string_append(name, "a");
    assert_refused(tree, name->str, VP_ERROR_PATH);
}

static void
test_path_length(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GString) path = g_string_new(NULL);

    /* 7 components of 64 characters of 3 bytes */
    for (int i = 0; i < 7 * 65 - 1; i++)
        g_string_append(path, i % 65 == 64 ? "/" : "\xe6\x97\xa5");
    assert_refused(tree, path->str, VP_ERROR_PATH);
    g_string_truncate(path, 0);
    for (int i = 0; i < 6 * 65 - 1; i++)
        g_string_append(path, i % 65 == 64 ? "/" : "\xc3\xa9");
    assert_added(tree, path->str);
}

static void
test_duplicates(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();

    assert_added(tree, "dir/File");
    assert_refused(tree, "dir/File", VP_ERROR_PATH_DUPLICATE);
    assert_refused(tree, "dir/fILE", VP_ERROR_PATH_DUPLICATE);
    assert_refused(tree, "DIR/other", VP_ERROR_PATH_DUPLICATE);
    assert_refused(tree, "dir", VP_ERROR_PATH_DUPLICATE);
    assert_refused(tree, "Dir", VP_ERROR_PATH_DUPLICATE);
    assert_refused(tree, "dir/File/below", VP_ERROR_PATH_DUPLICATE);
    assert_refused(tree, "dir/file/far/below", VP_ERROR_PATH_DUPLICATE);
    assert_added(tree, "dir/other");

    assert_added(tree, "caf\xc3\xa9");
    assert_refused(tree, "cafe\xcc\x81", VP_ERROR_PATH_DUPLICATE);
    assert_refused(tree, "CAF\xc3\x89", VP_ERROR_PATH_DUPLICATE);
    assert_refused(tree, "CAFE\xcc\x81/below", VP_ERROR_PATH_DUPLICATE);
    assert_added(tree, "stra\xc3\x9f"
                       "e");
    assert_refused(tree, "STRASSE", VP_ERROR_PATH_DUPLICATE);
}

/* A refused file leaves nothing in the tree that a later one could collide with. */
static void
test_refused_leaves_nothing(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();

    assert_added(tree, "a");
    assert_refused(tree, "a/b", VP_ERROR_PATH_DUPLICATE);
    assert_refused(tree, "new/..", VP_ERROR_PATH);
    assert_added(tree, "new");
}

static void
test_order(void)
{
    static const char *const given[] = {"b", "a-b", "a/z", "a/b/c", "a0", "a/b-c", "Z"};
    static const char *const held[] = {"Z", "a/b/c", "a/b-c", "a/z", "a-b", "a0", "b"};
    g_autoptr(VpTree) tree = vp_image_tree_new();

    for (gsize i = 0; i < G_N_ELEMENTS(given); i++)
        assert_added(tree, given[i]);
    g_assert_cmpuint(vp_image_tree_size(tree), ==, G_N_ELEMENTS(held));
    for (guint i = 0; i < vp_image_tree_size(tree); i++)
        g_assert_cmpstr(vp_image_tree_nth(tree, i)->path, ==, held[i]);
}

static void
test_lookup(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;

    assert_added(tree, "dir/file");
    g_assert_null(tree_lookup(tree, "dir"));
    g_assert_null(tree_lookup(tree, "dir/File"));
    g_assert_null(tree_lookup(tree, "zzz"));
    bytes = tree_file_read(tree_lookup(tree, "dir/file"), &error);
    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "dir/file", 8);
}

static int
temporary_file(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("vp-tree-XXXXXX", &name, &error);

    g_assert_no_error(error);
    unlink(name);
    g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
    return fd;
}

static void
test_equal(void)
{
    g_autoptr(VpTree) a = vp_image_tree_new();
    g_autoptr(VpTree) b = vp_image_tree_new();
    g_autoptr(VpTree) c = vp_image_tree_new();
    g_autoptr(GError) error = NULL;
    gboolean added;

    assert_added(a, "x");
    assert_added(a, "y");
    assert_added(b, "y");
    g_assert_false(tree_equal(a, b));
    added = vp_image_tree_add_fd(b, "x", temporary_file("x"), 1, &error);
    g_assert_no_error(error);
    g_assert_true(added);
    g_assert_true(tree_equal(a, b));

    assert_added(c, "y");
    added = add_text(c, "x", "X", &error);
    g_assert_true(added);
    g_assert_false(tree_equal(a, c));
}

/* On failure the descriptor stays the caller's. */
static void
test_fd_stays_on_failure(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GError) error = NULL;
    int fd = temporary_file("x");

    g_assert_false(vp_image_tree_add_fd(tree, "..", fd, 1, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_PATH);
    g_assert_cmpint(fcntl(fd, F_GETFD), !=, -1);
    close(fd);
}

static void
test_quota_files(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();

    for (guint i = 0; i < VP_TREE_MAX_FILES; i++) {
        g_autofree char *path = g_strdup_printf("d%u/f%u", i % 7, i);

        assert_added(tree, path);
    }
    assert_refused(tree, "one-more", VP_ERROR_QUOTA);
}

static void
test_quota_bytes(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(vp_image_tree_add_fd(tree, "huge", -1, G_MAXUINT64, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_QUOTA);
    g_clear_error(&error);
    g_assert_true(vp_image_tree_add_fd(tree, "most", -1, VP_TREE_MAX_BYTES - 4, &error));
    g_assert_no_error(error);
    assert_refused(tree, "5byte", VP_ERROR_QUOTA);
    assert_added(tree, "four");
    assert_refused(tree, "1", VP_ERROR_QUOTA);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tree/paths-refused", test_paths_refused);
    g_test_add_func("/tree/paths-taken", test_paths_taken);
    g_test_add_func("/tree/component-counts-utf16", test_component_counts_utf16);
    g_test_add_func("/tree/path-length", test_path_length);
    g_test_add_func("/tree/duplicates", test_duplicates);
    g_test_add_func("/tree/refused-leaves-nothing", test_refused_leaves_nothing);
    g_test_add_func("/tree/order", test_order);
    g_test_add_func("/tree/lookup", test_lookup);
    g_test_add_func("/tree/equal", test_equal);
    g_test_add_func("/tree/fd-stays-on-failure", test_fd_stays_on_failure);
    g_test_add_func("/tree/quota-files", test_quota_files);
    g_test_add_func("/tree/quota-bytes", test_quota_bytes);
    return g_test_run();
}
