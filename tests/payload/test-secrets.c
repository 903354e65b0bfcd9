/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The check of the secrets' directory: everything that is wrong is reported at its own path. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "payload/secrets.h"
#include "remove-tree.h"

static void
note(const char *path, const char *message, gpointer data)
{
    g_autofree char *name = g_path_get_basename(path);

    g_string_append_printf(data, "%s: %s\n", name, message);
}

static void
assert_told(const char *directory, const char *expected)
{
    g_autoptr(GString) told = g_string_new("");

    vp_payload_secrets_check(directory, note, told);
    if (expected != NULL)
        g_assert_nonnull(strstr(told->str, expected));
    else
        g_assert_cmpstr(told->str, ==, "");
}

static void
test_all(void)
{
    g_autofree char *top = g_dir_make_tmp("vp-secrets-XXXXXX", NULL);
    g_autofree char *missing = g_build_filename(top, "missing", NULL);
    g_autofree char *guest = g_build_filename(top, "web1", NULL);
    g_autofree char *secret = g_build_filename(guest, "root", NULL);
    g_autofree char *flat = g_build_filename(top, "flat", NULL);
    g_autofree char *link = g_build_filename(guest, "link", NULL);

    assert_told(missing, NULL);
    g_assert_cmpint(mkdir(guest, 0755), ==, 0);
    g_assert_true(g_file_set_contents(secret, "abc", -1, NULL));
    g_assert_cmpint(chmod(secret, 0600), ==, 0);
    assert_told(top, NULL);
    g_assert_cmpint(chmod(secret, 0640), ==, 0);
    assert_told(top, "root: must be owned by root and readable only by root; run: chown root '");
    g_assert_cmpint(chmod(secret, 0400), ==, 0);
    g_assert_true(g_file_set_contents(flat, "abc", -1, NULL));
    assert_told(top, "flat: is not in a guest's directory");
    g_assert_cmpint(unlink(flat) | symlink(secret, link), ==, 0);
    assert_told(top, "link: is a link, or not a regular file");
    g_assert_cmpint(unlink(link) | chmod(guest, 0775), ==, 0);
    assert_told(top, "web1: others may write to it");
    g_assert_cmpint(chmod(guest, 0755) | symlink(guest, flat), ==, 0);
    assert_told(flat, "flat: is a link, or not a directory");
    if (geteuid() == 0) {
        g_assert_cmpint(chown(secret, 1, 0), ==, 0);
        assert_told(top, "root: must be owned by root");
    }
    remove_tree(top);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/secrets/all", test_all);
    return g_test_run();
}
