/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The note that tells a resumed guest from one that boots: how long it is valid, and when it is
 * removed. */
#include <config.h>

#include <sys/stat.h>

#include "hook/resumed.h"
#include "parse-domain.h"
#include "remove-tree.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define OTHER "11111111-2222-4333-8444-555555555556"

typedef struct {
    char *top, *note;
    VpDomain *domain;
} Fixture;

static VpDomain *
parse(const char *uuid)
{
    g_autofree char *xml = g_strconcat("<domain type='kvm'><name>web1</name><uuid>", uuid,
                                       "</uuid><devices/></domain>", NULL);

    return parse_domain(xml);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-resumed-XXXXXX", NULL);
    fixture->note = g_build_filename(fixture->top, UUID ".resumed", NULL);
    fixture->domain = parse(UUID);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    vp_domain_free(fixture->domain);
    remove_tree(fixture->top);
    g_free(fixture->top);
    g_free(fixture->note);
}

/* A restore: the filter, "prepare", "started". The next start is a boot. */
static void
test_restore(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpDomain) other = parse(OTHER);

    vp_hook_resumed_note(fixture->domain, fixture->top);
    g_assert_false(vp_hook_resumed_check(other, fixture->top));
    g_assert_false(vp_hook_resumed_forget(other, fixture->top));
    g_assert_true(vp_hook_resumed_check(fixture->domain, fixture->top));
    g_assert_true(vp_hook_resumed_check(fixture->domain, fixture->top));
    g_assert_true(vp_hook_resumed_forget(fixture->domain, fixture->top));
    g_assert_false(vp_hook_resumed_check(fixture->domain, fixture->top));
    g_assert_false(vp_hook_resumed_forget(fixture->domain, fixture->top));
}

/* A boot, on a host without the directory too, which nothing makes. */
static void
test_boot(Fixture *fixture, gconstpointer data)
{
    g_autofree char *missing = g_build_filename(fixture->top, "missing", NULL);

    g_assert_false(vp_hook_resumed_check(fixture->domain, fixture->top));
    g_assert_false(vp_hook_resumed_forget(fixture->domain, fixture->top));
    g_assert_false(vp_hook_resumed_check(fixture->domain, missing));
    g_assert_false(vp_hook_resumed_forget(fixture->domain, missing));
    g_assert_false(g_file_test(missing, G_FILE_TEST_EXISTS));
}

/* Seconds before now. Reading the memory of a large guest may take long: the age counts only for
 * "prepare". */
static void
test_age(Fixture *fixture, gconstpointer data)
{
    static const struct {
        int seconds;
        gboolean is_fresh;
    } cases[] = {{0, TRUE}, {30, TRUE}, {55, TRUE}, {61, FALSE}, {3600, FALSE}, {-3600, FALSE}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 then = g_get_monotonic_time() - (gint64)cases[i].seconds * G_USEC_PER_SEC;
        g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, then);

        g_test_message("%d s", cases[i].seconds);
        g_assert_true(g_file_set_contents(fixture->note, text, -1, NULL));
        g_assert_cmpint(vp_hook_resumed_check(fixture->domain, fixture->top), ==,
                        cases[i].is_fresh);
        g_assert_cmpint(g_file_test(fixture->note, G_FILE_TEST_EXISTS), ==, cases[i].is_fresh);
        g_assert_true(g_file_set_contents(fixture->note, text, -1, NULL));
        g_assert_true(vp_hook_resumed_forget(fixture->domain, fixture->top));
    }
}

/* Neither is a reason to fail: a directory that others may write to, and a file in its place. */
static void
test_unsafe(Fixture *fixture, gconstpointer data)
{
    g_autofree char *file = g_build_filename(fixture->top, "file", NULL);

    vp_hook_resumed_note(fixture->domain, fixture->top);
    g_assert_cmpint(chmod(fixture->top, 0777), ==, 0);
    g_assert_false(vp_hook_resumed_check(fixture->domain, fixture->top));
    g_assert_false(vp_hook_resumed_forget(fixture->domain, fixture->top));
    g_assert_true(g_file_test(fixture->note, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_set_contents(file, "x", 1, NULL));
    vp_hook_resumed_note(fixture->domain, file);
    g_assert_false(vp_hook_resumed_check(fixture->domain, file));
    g_assert_false(vp_hook_resumed_forget(fixture->domain, file));
}

/* The filter makes the payload directory if it is missing; its second note is as good as one. */
static void
test_first(Fixture *fixture, gconstpointer data)
{
    g_autofree char *missing = g_build_filename(fixture->top, "missing", NULL);

    vp_hook_resumed_note(fixture->domain, missing);
    vp_hook_resumed_note(fixture->domain, missing);
    g_assert_true(vp_hook_resumed_check(fixture->domain, missing));
    g_assert_true(vp_hook_resumed_forget(fixture->domain, missing));
    g_assert_false(vp_hook_resumed_forget(fixture->domain, missing));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/resumed/restore", Fixture, NULL, set_up, test_restore, tear_down);
    g_test_add("/resumed/boot", Fixture, NULL, set_up, test_boot, tear_down);
    g_test_add("/resumed/age", Fixture, NULL, set_up, test_age, tear_down);
    g_test_add("/resumed/unsafe", Fixture, NULL, set_up, test_unsafe, tear_down);
    g_test_add("/resumed/first", Fixture, NULL, set_up, test_first, tear_down);
    return g_test_run();
}
