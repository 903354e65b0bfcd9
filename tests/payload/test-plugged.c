/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time from a guest's start to its drive: recorded, read back, and told. */
#include <config.h>

#include "payload/plugged.h"
#include "remove-tree.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define OTHER "11111111-2222-4333-8444-555555555556"

typedef struct {
    char *top;
    VpStore *store;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fixture->top = g_dir_make_tmp("vp-plugged-XXXXXX", NULL);
    fixture->store = vp_payload_store_open(fixture->top, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    vp_payload_store_close(fixture->store);
    remove_tree(fixture->top);
    g_free(fixture->top);
}

static void
record(const Fixture *fixture, guint milliseconds)
{
    g_autoptr(GError) error = NULL;
    gboolean is_recorded = vp_payload_plugged_record(fixture->store, UUID, milliseconds, &error);

    g_assert_no_error(error);
    g_assert_true(is_recorded);
}

static void
test_record(Fixture *fixture, gconstpointer data)
{
    static const guint times[] = {0, 1, VP_PLUGGED_LATE_MS, G_MAXUINT};

    for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
        guint found = 42;

        record(fixture, times[i]);
        g_assert_true(vp_payload_plugged_read(fixture->store, UUID, &found));
        g_assert_cmpuint(found, ==, times[i]);
    }
}

static void
assert_none(const Fixture *fixture, const char *uuid)
{
    guint found = 42;

    g_assert_false(vp_payload_plugged_read(fixture->store, uuid, &found));
    g_assert_cmpuint(found, ==, 42);
}

/* A drive that was there from the start, another guest's, and one of the next start. */
static void
test_none(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    assert_none(fixture, UUID);
    record(fixture, 7);
    assert_none(fixture, OTHER);
    g_assert_true(vp_payload_store_remove_guest(fixture->store, UUID, &error));
    assert_none(fixture, UUID);
}

static void
test_damaged(Fixture *fixture, gconstpointer data)
{
    static const char *const texts[] = {"", "late", "-1", "12x", "4294967296", "0x10"};
    g_autofree char *path = g_build_filename(fixture->top, UUID ".plugged", NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_test_message("'%s'", texts[i]);
        g_assert_true(g_file_set_contents(path, texts[i], -1, NULL));
        assert_none(fixture, UUID);
    }
}

static void
test_message(Fixture *fixture, gconstpointer data)
{
    g_autofree char *message = vp_payload_plugged_late(1234, "web1");

    g_assert_cmpstr(message, ==,
                    "the drive was hot-plugged 1234 ms after the start, which may have been too "
                    "late for the guest; with 'virt-payload attach web1' it is present from the "
                    "start");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/plugged/record", Fixture, NULL, set_up, test_record, tear_down);
    g_test_add("/plugged/none", Fixture, NULL, set_up, test_none, tear_down);
    g_test_add("/plugged/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
    g_test_add("/plugged/message", Fixture, NULL, set_up, test_message, tear_down);
    return g_test_run();
}
