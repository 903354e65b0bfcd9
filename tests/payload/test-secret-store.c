/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of secrets: their modes, that another text is not lost by accident, and which directories
 * are refused. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "payload/secret-store.h"
#include "remove-tree.h"

#define UUID "11111111-2222-4333-8444-555555555555"

typedef struct {
    char *top;
    char *guest; /* does not exist at first */
    VpConf conf; /* nor does its directory, nor the one above that */
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-secret-store-XXXXXX", NULL);
    fixture->conf.secrets_directory = g_build_filename(fixture->top, "etc", "secrets", NULL);
    fixture->guest = g_build_filename(fixture->conf.secrets_directory, UUID, NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->top);
    g_free(fixture->top);
    g_free(fixture->conf.secrets_directory);
    g_free(fixture->guest);
}

static void
store(const Fixture *fixture, const char *name, const char *text, gboolean replaces)
{
    g_autoptr(GError) error = NULL;
    gboolean is_written =
        vp_payload_secret_store_write(&fixture->conf, UUID, name, text, replaces, &error);

    g_assert_no_error(error);
    g_assert_true(is_written);
}

static void
assert_mode(const char *path, guint expected)
{
    struct stat status;

    g_assert_cmpint(lstat(path, &status), ==, 0);
    g_assert_cmphex(status.st_mode & 07777, ==, expected);
    g_assert_cmpuint(status.st_uid, ==, geteuid());
}

/* The guest's directory has this file and nothing else. */
static void
assert_only(const Fixture *fixture, const char *name, const char *expected)
{
    g_autofree char *path = g_build_filename(fixture->guest, name, NULL);
    g_autoptr(GDir) directory = g_dir_open(fixture->guest, 0, NULL);
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpstr(g_dir_read_name(directory), ==, name);
    g_assert_null(g_dir_read_name(directory));
    assert_mode(path, 0600);
}

static void
assert_refused(const Fixture *fixture, const char *name, const char *text, gboolean replaces,
               VpErrorCode code, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(
        vp_payload_secret_store_write(&fixture->conf, UUID, name, text, replaces, &error));
    g_assert_error(error, VP_ERROR, (int)code);
    g_assert_cmpstr(error->message, ==, message);
}

static void
test_new(Fixture *fixture, gconstpointer data)
{
    mode_t mask = umask(0);

    store(fixture, "root", "abc 123", FALSE);
    umask(mask);
    assert_only(fixture, "root", "abc 123");
    assert_mode(fixture->guest, 0700);
    assert_mode(fixture->conf.secrets_directory, 0700);
}

static void
test_existing(Fixture *fixture, gconstpointer data)
{
    static const char taken[] =
        "the guest already has another secret named root; remove that first";
    static const char *const others[] = {"abc", "abc 123 ", "", "xyz 123"};

    store(fixture, "root", "abc 123", FALSE);
    store(fixture, "root", "abc 123", FALSE);
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_test_message("'%s'", others[i]);
        assert_refused(fixture, "root", others[i], FALSE, VP_ERROR_REFERENCE, taken);
        assert_only(fixture, "root", "abc 123");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        store(fixture, "root", others[i], TRUE);
        assert_only(fixture, "root", others[i]);
    }
}

/* Of a process that was killed while it wrote. */
static void
test_leftover(Fixture *fixture, gconstpointer data)
{
    g_autofree char *left = g_build_filename(fixture->guest, ".root.new", NULL);

    g_assert_cmpint(g_mkdir_with_parents(fixture->guest, 0700), ==, 0);
    g_assert_true(g_file_set_contents(left, "ab", -1, NULL));
    store(fixture, "root", "abc 123", FALSE);
    assert_only(fixture, "root", "abc 123");
}

/* Neither read nor written through. */
static void
test_link(Fixture *fixture, gconstpointer data)
{
    g_autofree char *other = g_build_filename(fixture->top, "other", NULL);
    g_autofree char *path = g_build_filename(fixture->guest, "root", NULL);
    g_autofree char *text = NULL;

    g_assert_true(g_file_set_contents(other, "abc 123", -1, NULL));
    g_assert_cmpint(g_mkdir_with_parents(fixture->guest, 0700) | symlink(other, path), ==, 0);
    assert_refused(fixture, "root", "abc 123", FALSE, VP_ERROR_REFERENCE,
                   "the guest already has another secret named root; remove that first");
    store(fixture, "root", "xyz", TRUE);
    assert_only(fixture, "root", "xyz");
    g_assert_true(g_file_get_contents(other, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "abc 123");
}

static void
test_directories(Fixture *fixture, gconstpointer data)
{
    const char *const directories[] = {fixture->conf.secrets_directory, fixture->guest};
    const char *const names[] = {fixture->conf.secrets_directory, UUID};

    g_assert_cmpint(g_mkdir_with_parents(fixture->guest, 0700), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(directories); i++) {
        g_autofree char *exposed =
            g_strconcat(names[i], ": others may write to it; chown root, chmod go-w", NULL);

        g_test_message("%s", names[i]);
        g_assert_cmpint(chmod(directories[i], 0770), ==, 0);
        assert_refused(fixture, "root", "abc", FALSE, VP_ERROR_REFERENCE, exposed);
        g_assert_cmpint(chmod(directories[i], 0702), ==, 0);
        assert_refused(fixture, "root", "abc", FALSE, VP_ERROR_REFERENCE, exposed);
        g_assert_cmpint(chmod(directories[i], 0755), ==, 0);
        if (geteuid() == 0) {
            g_assert_cmpint(chown(directories[i], 1, 0), ==, 0);
            assert_refused(fixture, "root", "abc", FALSE, VP_ERROR_REFERENCE, exposed);
            g_assert_cmpint(chown(directories[i], 0, 0), ==, 0);
        }
    }
    store(fixture, "root", "abc", FALSE);
}

static void
test_link_to_directory(Fixture *fixture, gconstpointer data)
{
    g_autofree char *other = g_build_filename(fixture->top, "other", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(g_mkdir_with_parents(fixture->conf.secrets_directory, 0700), ==, 0);
    g_assert_cmpint(mkdir(other, 0700) | symlink(other, fixture->guest), ==, 0);
    assert_refused(fixture, "root", "abc", TRUE, VP_ERROR_FAILED, UUID ": Not a directory");
    g_assert_null(vp_payload_secret_store_prepare(&fixture->conf, UUID, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
    g_assert_cmpint(rmdir(other), ==, 0);
}

static void
test_prepare(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = vp_payload_secret_store_prepare(&fixture->conf, UUID, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(path, ==, fixture->guest);
    assert_mode(path, 0700);
}

static void
test_whose(Fixture *fixture, gconstpointer data)
{
    g_assert_true(vp_payload_secret_store_can_write(&fixture->conf));
    fixture->conf.is_roots = TRUE;
    g_assert_false(vp_payload_secret_store_can_write(&fixture->conf));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"/secret-store/new", test_new},
        {"/secret-store/existing", test_existing},
        {"/secret-store/leftover", test_leftover},
        {"/secret-store/link", test_link},
        {"/secret-store/directories", test_directories},
        {"/secret-store/link-to-directory", test_link_to_directory},
        {"/secret-store/prepare", test_prepare},
        {"/secret-store/whose", test_whose},
    };

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
