/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which form users, passwords and keys take, and that no key or password is lost between the two
 * files. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "render/access.h"
#include "specs.h"

static VpAccessForm
form_of_root(const char *password, gboolean clear, gboolean hashed)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpPassword *given = spec_set_password(spec_add_user(spec, "root"), password);

    given->clear = clear;
    given->hashed = hashed;
    return vp_render_access_form(spec);
}

static void
test_root_password(void)
{
    g_assert_cmpint(form_of_root("abc123", FALSE, FALSE), ==, VP_ACCESS_ROOT);
    g_assert_cmpint(form_of_root("abc123", TRUE, FALSE), ==, VP_ACCESS_ROOT);
    g_assert_cmpint(form_of_root("$6$salt$sum", FALSE, TRUE), ==, VP_ACCESS_ROOT);
    /* hashed before they leave, whatever they look like */
    g_assert_cmpint(form_of_root("RANDOM", FALSE, FALSE), ==, VP_ACCESS_ROOT);
    g_assert_cmpint(form_of_root("$6$x$y", FALSE, FALSE), ==, VP_ACCESS_ROOT);
}

/* Texts that cloud-init would not take for what they are in a line "root:PASSWORD". */
static void
test_root_password_that_fits_no_line(void)
{
    g_assert_cmpint(form_of_root("R", TRUE, FALSE), ==, VP_ACCESS_LIST);
    g_assert_cmpint(form_of_root("RANDOM", TRUE, FALSE), ==, VP_ACCESS_LIST);
    g_assert_cmpint(form_of_root("$6$x$y", TRUE, FALSE), ==, VP_ACCESS_LIST);
    g_assert_cmpint(form_of_root("$y$j9T$salt$sum", FALSE, TRUE), ==, VP_ACCESS_LIST);
}

static void
test_root_keys(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpUser *root = spec_add_user(spec, "root");

    spec_add(root->ssh_keys, KEY);
    g_assert_cmpint(vp_render_access_form(spec), ==, VP_ACCESS_NONE);
    g_assert_true(vp_render_access_key_is_public(spec, TRUE, KEY));

    spec_add(root->ssh_keys, "from=\"192.0.2.0/24\" " KEY);
    g_assert_cmpint(vp_render_access_form(spec), ==, VP_ACCESS_LIST);
    g_assert_false(
        vp_render_access_key_is_public(spec, TRUE, g_ptr_array_index(root->ssh_keys, 1)));
}

static void
test_root_attributes(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpUser *root = spec_add_user(spec, "root");

    spec_set_password(root, "abc123");
    root->shell = g_strdup("/bin/zsh"); /* which cloud-init changes in no version */
    g_assert_cmpint(vp_render_access_form(spec), ==, VP_ACCESS_ROOT);
    spec_add(root->sudo, "ALL=(ALL) ALL");
    g_assert_cmpint(vp_render_access_form(spec), ==, VP_ACCESS_LIST);
}

static void
test_others(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpUser *user = spec_add_user(spec, "admin");

    spec_add(user->ssh_keys, KEY);
    g_assert_cmpint(vp_render_access_form(spec), ==, VP_ACCESS_LIST);
    g_assert_null(vp_render_access_superuser(spec));
    g_assert_false(vp_render_access_is_superuser(spec, user));
    g_assert_false(vp_render_access_key_is_public(spec, FALSE, KEY));
}

static void
test_default_user(void)
{
    g_autoptr(VpSpec) spec = spec_new();

    spec_add_user(spec, "root");
    g_assert_true(vp_render_access_keeps_default(spec));
    spec_add_user(spec, "op");
    g_assert_false(vp_render_access_keeps_default(spec));
    spec->default_user = VP_YES;
    g_assert_true(vp_render_access_keeps_default(spec));
}

static void
test_default_user_alone(void)
{
    g_autoptr(VpSpec) spec = spec_new();

    spec->default_user = VP_NO;
    g_assert_cmpint(vp_render_access_form(spec), ==, VP_ACCESS_LIST);
    g_assert_false(vp_render_access_keeps_default(spec));
    spec_set_password(spec_add_user(spec, "root"), "abc123");
    g_assert_cmpint(vp_render_access_form(spec), ==, VP_ACCESS_ROOT);
    spec->default_user = VP_YES;
    g_assert_cmpint(vp_render_access_form(spec), ==, VP_ACCESS_LIST);
}

static void
test_nobody(void)
{
    g_autoptr(VpSpec) spec = spec_new();

    g_assert_cmpint(vp_render_access_form(spec), ==, VP_ACCESS_NONE);
    g_assert_null(vp_render_access_superuser(spec));
}

static void
test_windows(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpUser *first = spec_add_user(spec, "guest"), *second = spec_add_user(spec, "alice");
    VpUser *third;
    g_autoptr(GError) error = NULL;

    spec->windows = TRUE;
    spec_set_password(second, "abc123");
    g_assert_null(vp_render_access_superuser(spec));
    g_assert_true(vp_render_access_needs_entry(spec, second));
    third = spec_add_user(spec, "administrator");
    g_assert_true(vp_render_access_superuser(spec) == third);
    g_assert_true(vp_render_access_is_superuser(spec, third));
    g_assert_cmpint(vp_render_access_form(spec), ==, VP_ACCESS_LIST);
    g_assert_false(vp_render_access_needs_entry(spec, third));
    spec_add(third->groups, "Remote Desktop Users");
    g_assert_true(vp_render_access_needs_entry(spec, third));

    g_assert_true(vp_render_access_check_windows_password(first, &error));
    g_assert_no_error(error);
    g_assert_false(vp_render_access_check_windows_password(second, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_PASSWORD);
    g_assert_null(strstr(error->message, "abc123"));
    second->password->clear = TRUE;
    g_assert_true(vp_render_access_check_windows_password(second, NULL));
}

static void
test_has_password(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpUser *user = spec_add_user(spec, "admin");

    g_assert_false(vp_render_access_has_password(user));
    spec_set_password(user, "abc123");
    g_assert_true(vp_render_access_has_password(user));
    user->lock_password = VP_YES;
    g_assert_false(vp_render_access_has_password(user));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/access/root/password", test_root_password);
    g_test_add_func("/access/root/password-that-fits-no-line",
                    test_root_password_that_fits_no_line);
    g_test_add_func("/access/root/keys", test_root_keys);
    g_test_add_func("/access/root/attributes", test_root_attributes);
    g_test_add_func("/access/others", test_others);
    g_test_add_func("/access/default-user", test_default_user);
    g_test_add_func("/access/default-user/alone", test_default_user_alone);
    g_test_add_func("/access/nobody", test_nobody);
    g_test_add_func("/access/windows", test_windows);
    g_test_add_func("/access/has-password", test_has_password);
    return g_test_run();
}
