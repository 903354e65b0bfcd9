/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places that travel with errors, and errors that are noted. */
#include <config.h>

#include <glib.h>

#include "base/error.h"
#include "base/faults.h"

static const VpPlace line7 = {7, &line7};

static void
assert_place(const GError *error, const char *path, const char *text)
{
    const char *found_path = NULL, *found_text = NULL;
    const VpPlace *place = vp_error_get_place(error, &found_path, &found_text);

    g_assert_nonnull(place);
    g_assert_cmpuint(place->line, ==, 7);
    g_assert_true(place->node == &line7);
    g_assert_cmpstr(found_path, ==, path);
    g_assert_cmpstr(found_text, ==, text);
}

static void
test_place(void)
{
    g_autoptr(GError) error = NULL, copy = NULL;
    g_autofree char *without = NULL;

    g_assert_false(vp_error_set_at(&error, VP_ERROR_VALUE, "a/b", &line7, "is %s", "wrong"));
    g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
    g_assert_cmpstr(error->message, ==, "a/b (line 7): is wrong");
    g_prefix_error(&error, "guest: ");
    copy = g_error_copy(error);
    g_assert_cmpstr(copy->message, ==, "guest: a/b (line 7): is wrong");
    assert_place(copy, "a/b", "is wrong");
    without = vp_error_without_line(copy);
    g_assert_cmpstr(without, ==, "guest: a/b: is wrong");
}

/* The place given last counts; one without a line shows none; another domain's error takes one. */
static void
test_later_place(void)
{
    const VpPlace nowhere = {0, NULL};
    g_autoptr(GError) error = g_error_new(VP_ERROR, VP_ERROR_TEXT, "is not text");
    g_autofree char *without = vp_error_without_line(error);
    const char *path, *text;

    g_assert_null(vp_error_get_place(error, &path, &text));
    g_assert_cmpstr(without, ==, "is not text");
    (void)vp_error_set_place(&error, "b", &nowhere);
    g_assert_cmpstr(error->message, ==, "b: is not text");
    (void)vp_error_set_place(&error, "a", &line7);
    g_assert_cmpstr(error->message, ==, "a (line 7): b: is not text");
    assert_place(error, "a", "b: is not text");
    g_clear_error(&error);
    error = g_error_new(G_FILE_ERROR, G_FILE_ERROR_FAILED, "failed");
    g_assert_null(vp_error_get_place(error, &path, &text));
    (void)vp_error_set_place(&error, "a", &line7);
    g_assert_cmpstr(vp_error_name(error), ==, "failed");
    assert_place(error, "a", "failed");
    g_assert_false(vp_error_set_place(NULL, "a", &line7));
}

static void
test_faults(void)
{
    g_auto(VpFaults) faults;
    g_autoptr(GError) first = NULL;

    vp_faults_init(&faults, 2);
    g_assert_true(vp_faults_none(&faults, &first));
    g_assert_true(vp_faults_note(&faults, g_error_new(VP_ERROR, VP_ERROR_USER, "one")));
    g_assert_false(vp_faults_note(&faults, g_error_new(VP_ERROR, VP_ERROR_TEXT, "two")));
    g_assert_false(vp_faults_none(&faults, NULL));
    g_assert_false(vp_faults_none(&faults, &first));
    g_assert_error(first, VP_ERROR, VP_ERROR_USER);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/error/place", test_place);
    g_test_add_func("/error/later-place", test_later_place);
    g_test_add_func("/error/faults", test_faults);
    return g_test_run();
}
