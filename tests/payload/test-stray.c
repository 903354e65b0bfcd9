/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images that another payload directory was left with: only virt-payload's own, and only this
 * guest's. */
#include <config.h>

#include <sys/stat.h>

#include "parse-domain.h"
#include "payload/payload.h"
#include "payload/stray.h"
#include "remove-tree.h"
#include "spec/object.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define OTHER "11111111-2222-4333-8444-555555555556"

typedef struct {
    char *top;
    char *now, *before; /* payload directories */
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-stray-XXXXXX", NULL);
    fixture->now = g_build_filename(fixture->top, "now", NULL);
    fixture->before = g_build_filename(fixture->top, "before", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->top);
    g_free(fixture->top);
    g_free(fixture->now);
    g_free(fixture->before);
}

static void
store_image(const char *directory, const char *uuid)
{
    const VpConf conf = {.directory = (char *)directory};
    g_autoptr(VpSpec) spec = vp_spec_new("web1", uuid, uuid);
    g_autoptr(GError) error = NULL;
    VpPayload *payload = vp_payload_build(spec, &conf, &error);
    gboolean is_stored;

    g_assert_no_error(error);
    is_stored = vp_payload_store_one(payload, NULL, &conf, &error);
    g_assert_no_error(error);
    g_assert_true(is_stored);
    vp_payload_free(payload);
}

static VpDomain *
parse(const char *path, const char *readonly)
{
    g_autofree char *xml = g_strconcat(
        "<domain type='kvm'><name>web1</name><uuid>" UUID "</uuid><devices>"
        "<disk type='block' device='disk'><source dev='/dev/vg/web1'/>"
        "<target dev='vda' bus='virtio'/></disk>"
        "<disk type='file' device='disk'><source file='",
        path, "'/><target dev='vdz' bus='virtio'/>", readonly, "</disk></devices></domain>", NULL);

    return parse_domain(xml);
}

static void
assert_stray(const Fixture *fixture, const char *directory, const char *file, const char *readonly,
             gboolean is_stray)
{
    g_autofree char *path = g_build_filename(directory, file, NULL);
    g_autoptr(VpDomain) domain = parse(path, readonly);
    g_autoptr(GHashTable) paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    g_test_message("%s", path);
    vp_payload_stray_add(paths, domain, fixture->now);
    g_assert_cmpuint(g_hash_table_size(paths), ==, is_stray);
    g_assert_cmpint(g_hash_table_contains(paths, path), ==, is_stray);
}

static void
test_add(Fixture *fixture, gconstpointer data)
{
    store_image(fixture->now, UUID);
    store_image(fixture->before, UUID);
    store_image(fixture->before, OTHER);
    assert_stray(fixture, fixture->before, UUID ".img", "<readonly/>", TRUE);
    assert_stray(fixture, fixture->before, UUID ".img", "", FALSE);
    assert_stray(fixture, fixture->before, UUID "-hdd.img", "<readonly/>", FALSE);
    assert_stray(fixture, fixture->before, OTHER ".img", "<readonly/>", FALSE);
    assert_stray(fixture, fixture->now, UUID ".img", "<readonly/>", FALSE);
    assert_stray(fixture, "/nonexistent", UUID ".img", "<readonly/>", FALSE);
}

/* A file of that name that virt-payload has not made, and a directory that others may write to. */
static void
test_not_ours(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = g_build_filename(fixture->before, UUID ".img", NULL);

    store_image(fixture->before, UUID);
    g_assert_cmpint(chmod(fixture->before, 0777), ==, 0);
    assert_stray(fixture, fixture->before, UUID ".img", "<readonly/>", FALSE);
    g_assert_cmpint(chmod(fixture->before, 0711), ==, 0);
    assert_stray(fixture, fixture->before, UUID ".img", "<readonly/>", TRUE);
    g_assert_true(g_file_set_contents(path, "a seed of the administrator's", -1, NULL));
    assert_stray(fixture, fixture->before, UUID ".img", "<readonly/>", FALSE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/stray/add", Fixture, NULL, set_up, test_add, tear_down);
    g_test_add("/stray/not-ours", Fixture, NULL, set_up, test_not_ours, tear_down);
    return g_test_run();
}
