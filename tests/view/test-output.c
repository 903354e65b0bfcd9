/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are written whole or not at all, and nowhere but where the user said. */
#include <config.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "remove-tree.h"
#include "view/output.h"

typedef struct {
    char *directory;
    char *path; /* of a file in it that does not exist */
    int fd;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fixture->directory = g_dir_make_tmp("virt-payload-test.XXXXXX", &error);
    g_assert_no_error(error);
    fixture->path = g_build_filename(fixture->directory, "file", NULL);
    fixture->fd = vp_view_output_open_directory(fixture->directory, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    vp_fd_clear(&fixture->fd);
    remove_tree(fixture->directory);
    g_free(fixture->path);
    g_free(fixture->directory);
}

static GBytes *
bytes(const char *text)
{
    return g_bytes_new_static(text, strlen(text));
}

static void
assert_content(const char *directory, const char *name, const char *wanted)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *content = NULL;

    g_assert_true(g_file_get_contents(path, &content, NULL, NULL));
    g_assert_cmpstr(content, ==, wanted);
}

static mode_t
mode_of(const char *path)
{
    struct stat status;

    g_assert_no_errno(lstat(path, &status));
    return status.st_mode & 07777;
}

/* Every entry, a temporary one too. */
static guint
count_entries(const char *path)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    guint count = 0;

    while (g_dir_read_name(directory) != NULL)
        count++;
    return count;
}

/* What is written stops after one page, as on a full disk. */
static void
limit_files(gboolean is_limited)
{
    const struct rlimit limit = {is_limited ? 4096 : RLIM_INFINITY, RLIM_INFINITY};

    signal(SIGXFSZ, SIG_IGN);
    g_assert_no_errno(setrlimit(RLIMIT_FSIZE, &limit));
}

static void
assert_fails(gboolean result, GError **error, VpErrorCode code, const char *path, const char *why)
{
    g_autofree char *wanted = g_strdup_printf("%s: %s", path, why);
    g_autoptr(GError) found = g_steal_pointer(error);

    g_assert_false(result);
    g_assert_error(found, VP_ERROR, (int)code);
    g_assert_cmpstr(found->message, ==, wanted);
}

static void
test_replace_new(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) content = bytes("secret\n");
    g_autoptr(GError) error = NULL;

    g_assert_true(vp_view_output_replace(fixture->path, content, &error));
    g_assert_no_error(error);
    assert_content(fixture->directory, "file", "secret\n");
    g_assert_cmpint(mode_of(fixture->path), ==, 0600);
    g_assert_cmpint(count_entries(fixture->directory), ==, 1);
}

/* The mode stays, the file is another one: who has the old one open keeps its content. */
static void
test_replace_old(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) content = bytes("new");
    g_autoptr(GError) error = NULL;
    vp_autofd int old = -1;
    char read_back[4] = "";

    g_assert_true(g_file_set_contents(fixture->path, "old", -1, NULL));
    g_assert_no_errno(g_chmod(fixture->path, 0640));
    old = open(fixture->path, O_RDONLY | O_CLOEXEC);
    g_assert_true(vp_view_output_replace(fixture->path, content, &error));
    g_assert_no_error(error);
    assert_content(fixture->directory, "file", "new");
    g_assert_cmpint(mode_of(fixture->path), ==, 0640);
    g_assert_cmpint(read(old, read_back, sizeof(read_back)), ==, 3);
    g_assert_cmpstr(read_back, ==, "old");
}

static void
test_replace_full_disk(Fixture *fixture, gconstpointer data)
{
    g_autofree char *text = g_strnfill(10000, 'x');
    g_autoptr(GBytes) content = bytes(text);
    g_autoptr(GError) error = NULL;
    gboolean result;

    g_assert_true(g_file_set_contents(fixture->path, "old", -1, NULL));
    limit_files(TRUE);
    result = vp_view_output_replace(fixture->path, content, &error);
    limit_files(FALSE);
    assert_fails(result, &error, VP_ERROR_FAILED, fixture->path,
                 "cannot be written: File too large");
    assert_content(fixture->directory, "file", "old");
    g_assert_cmpint(count_entries(fixture->directory), ==, 1);
}

static void
test_replace_refused(Fixture *fixture, gconstpointer data)
{
    g_autofree char *link = g_build_filename(fixture->directory, "link", NULL);
    g_autofree char *missing = g_build_filename(fixture->directory, "no", "file", NULL);
    g_autoptr(GBytes) content = bytes("new");
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(fixture->path, "old", -1, NULL));
    g_assert_no_errno(symlink("file", link));
    assert_fails(vp_view_output_replace(link, content, &error), &error, VP_ERROR_VALUE, link,
                 "not a regular file");
    assert_fails(vp_view_output_replace(fixture->directory, content, &error), &error,
                 VP_ERROR_VALUE, fixture->directory, "not a regular file");
    assert_fails(vp_view_output_replace(missing, content, &error), &error, VP_ERROR_FAILED, missing,
                 "No such file or directory");
    assert_content(fixture->directory, "file", "old");
    g_assert_cmpint(count_entries(fixture->directory), ==, 2);
}

/* In a directory like /tmp another user may have put the file there, to read what root writes. */
static void
test_planted(Fixture *fixture, gconstpointer data)
{
    g_autofree char *below = g_build_filename(fixture->directory, "below", NULL);
    g_autofree char *link = g_build_filename(fixture->directory, "link", NULL);
    g_autofree char *with_slash = g_strconcat(link, "//", NULL);
    g_autoptr(GBytes) content = bytes("new");
    g_autoptr(GError) error = NULL;

    if (geteuid() != 0) {
        g_test_skip("only root can give files to another user");
        return;
    }
    g_assert_no_errno(g_chmod(fixture->directory, 01777));
    g_assert_true(g_file_set_contents(fixture->path, "old", -1, NULL));
    g_assert_no_errno(chown(fixture->path, 65534, 65534));
    assert_fails(vp_view_output_replace(fixture->path, content, &error), &error, VP_ERROR_VALUE,
                 fixture->path,
                 "another user's file in a directory that everyone may write to; remove it first");
    assert_content(fixture->directory, "file", "old");

    g_assert_no_errno(g_mkdir(below, 0700));
    g_assert_no_errno(symlink("below", link));
    g_assert_no_errno(lchown(link, 65534, 65534));
    g_assert_cmpint(vp_view_output_open_directory(with_slash, &error), ==, -1);
    /* the kernel may have refused it already: fs.protected_symlinks */
    g_assert_nonnull(strstr(error->message, "link//: "));
    g_clear_error(&error);
    g_assert_no_errno(chown(below, 65534, 65534));
    g_assert_cmpint(vp_view_output_open_directory(below, &error), ==, -1);
    g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
}

static void
test_directory(Fixture *fixture, gconstpointer data)
{
    g_autofree char *made = g_build_filename(fixture->directory, "made", NULL);
    g_autofree char *missing = g_build_filename(fixture->directory, "no", "made", NULL);
    g_autoptr(GError) error = NULL;
    vp_autofd int fd = vp_view_output_open_directory(made, &error);

    g_assert_no_error(error);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(mode_of(made), ==, 0700);
    assert_fails(vp_view_output_open_directory(missing, &error) >= 0, &error, VP_ERROR_FAILED,
                 missing, "No such file or directory");
    g_assert_true(g_file_set_contents(fixture->path, "old", -1, NULL));
    assert_fails(vp_view_output_open_directory(fixture->path, &error) >= 0, &error, VP_ERROR_FAILED,
                 fixture->path, "Not a directory");
}

static void
test_below(Fixture *fixture, gconstpointer data)
{
    g_autofree char *directory = g_build_filename(fixture->directory, "openstack", NULL);
    g_autofree char *file = g_build_filename(directory, "latest", "user_data", NULL);
    g_autoptr(GBytes) content = bytes("#cloud-config\n");
    g_autoptr(GError) error = NULL;

    g_assert_true(vp_view_output_below(fixture->fd, "openstack/latest/user_data", content, &error));
    g_assert_true(vp_view_output_below(fixture->fd, "openstack/latest/b", content, &error));
    g_assert_true(vp_view_output_below(fixture->fd, "a", content, &error));
    g_assert_no_error(error);
    assert_content(fixture->directory, "openstack/latest/user_data", "#cloud-config\n");
    g_assert_cmpint(mode_of(directory), ==, 0700);
    g_assert_cmpint(mode_of(file), ==, 0600);
}

static void
test_below_leads_out(Fixture *fixture, gconstpointer data)
{
    static const char *const paths[] = {"",        "..",   ".",  "/etc/passwd", "../file", "a/..",
                                        "a/../..", "a//b", "a/", "./a",         "/"};
    g_autoptr(GBytes) content = bytes("x");
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_test_message("%s", paths[i]);
        assert_fails(vp_view_output_below(fixture->fd, paths[i], content, &error), &error,
                     VP_ERROR_PATH, paths[i], "leads out of the directory");
    }
    g_assert_false(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
}

/* Neither an existing file nor a link on the way, to wherever it leads, is written to. */
static void
test_below_what_exists(Fixture *fixture, gconstpointer data)
{
    g_autofree char *link = g_build_filename(fixture->directory, "link", NULL);
    g_autofree char *dangling = g_build_filename(fixture->directory, "dangling", NULL);
    g_autoptr(GBytes) content = bytes("new");
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(fixture->path, "old", -1, NULL));
    g_assert_no_errno(symlink(".", link));
    g_assert_no_errno(symlink("elsewhere", dangling));
    assert_fails(vp_view_output_below(fixture->fd, "file", content, &error), &error,
                 VP_ERROR_FAILED, "file", "File exists");
    assert_fails(vp_view_output_below(fixture->fd, "file/a", content, &error), &error,
                 VP_ERROR_FAILED, "file/a", "Not a directory");
    assert_fails(vp_view_output_below(fixture->fd, "dangling", content, &error), &error,
                 VP_ERROR_FAILED, "dangling", "File exists");
    g_assert_false(vp_view_output_below(fixture->fd, "link/a", content, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
    assert_content(fixture->directory, "file", "old");
    g_assert_cmpint(count_entries(fixture->directory), ==, 3);
}

/* No file that lacks a part stays, and the message names the file. */
static void
test_below_full_disk(Fixture *fixture, gconstpointer data)
{
    g_autofree char *text = g_strnfill(10000, 'x');
    g_autoptr(GBytes) content = bytes(text);
    g_autoptr(GError) error = NULL;
    gboolean result;

    limit_files(TRUE);
    result = vp_view_output_below(fixture->fd, "file", content, &error);
    limit_files(FALSE);
    assert_fails(result, &error, VP_ERROR_FAILED, "file", "cannot be written: File too large");
    g_assert_cmpint(count_entries(fixture->directory), ==, 0);
}

static void
test_escaped(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) content = bytes("x");
    g_autoptr(GError) error = NULL;

    g_assert_false(vp_view_output_below(fixture->fd, "\033[31m/..", content, &error));
    g_assert_cmpstr(error->message, ==, "\\x1b[31m/..: leads out of the directory");
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"/output/replace-new", test_replace_new},
        {"/output/replace-old", test_replace_old},
        {"/output/replace-on-a-full-disk", test_replace_full_disk},
        {"/output/replace-refused", test_replace_refused},
        {"/output/planted", test_planted},
        {"/output/directory", test_directory},
        {"/output/below", test_below},
        {"/output/below-leads-out", test_below_leads_out},
        {"/output/below-what-exists", test_below_what_exists},
        {"/output/below-on-a-full-disk", test_below_full_disk},
        {"/output/escaped", test_escaped},
    };

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
