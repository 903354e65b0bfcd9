/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's own disk that has the name of an image: found, however its path is spelt, and nothing
 * else is taken for one. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "parse-domain.h"
#include "payload/own-disk.h"
#include "remove-tree.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define OTHER "11111111-2222-4333-8444-555555555556"

typedef struct {
    char *top, *directory;
    char *link; /* to the directory */
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-own-disk-XXXXXX", NULL);
    fixture->directory = g_build_filename(fixture->top, "payload", NULL);
    fixture->link = g_build_filename(fixture->top, "link", NULL);
    g_assert_cmpint(mkdir(fixture->directory, 0755), ==, 0);
    g_assert_cmpint(symlink("payload", fixture->link), ==, 0);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->top);
    g_free(fixture->top);
    g_free(fixture->directory);
    g_free(fixture->link);
}

/* After a disk that is the guest's own by its name. */
static VpDomain *
parse(const char *device, const char *directory, const char *file, const char *readonly)
{
    g_autofree char *xml = g_strdup_printf(
        "<domain type='kvm'><name>web1</name><uuid>" UUID "</uuid><devices>"
        "<disk type='file' device='disk'><source file='/images/web1.qcow2'/>"
        "<target dev='vda' bus='virtio'/></disk>"
        "<disk type='file' device='%s'><source file='%s/%s'/><target dev='vdb' bus='virtio'/>%s"
        "</disk></devices></domain>",
        device, directory, file, readonly);

    return parse_domain(xml);
}

static void
test_find(Fixture *fixture, gconstpointer data)
{
    const struct {
        const char *device, *directory, *file, *readonly;
        gboolean is_found;
    } cases[] = {
        {"disk", fixture->directory, UUID ".img", "", TRUE},
        {"disk", fixture->directory, UUID "-hdd.img", "", TRUE},
        {"disk", fixture->link, UUID ".img", "", TRUE},
        {"disk", fixture->directory, UUID ".img", "<readonly/>", FALSE},
        {"cdrom", fixture->directory, UUID ".img", "<readonly/>", FALSE},
        {"disk", fixture->directory, OTHER ".img", "", FALSE},
        {"disk", fixture->directory, UUID ".qcow2", "", FALSE},
        {"disk", fixture->directory, "web1.img", "", FALSE},
        {"disk", fixture->top, UUID ".img", "", FALSE},
        {"disk", "/nonexistent", UUID ".img", "", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain =
            parse(cases[i].device, cases[i].directory, cases[i].file, cases[i].readonly);
        const VpDisk *found = vp_payload_own_disk_find(domain, fixture->directory);

        g_test_message("%s %s/%s %s", cases[i].device, cases[i].directory, cases[i].file,
                       cases[i].readonly);
        g_assert_true(found == (cases[i].is_found ? domain->disks->pdata[1] : NULL));
    }
}

/* A directory that does not exist yet is known by its name. */
static void
test_directory_missing(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpDomain) domain = parse("disk", "/nonexistent", UUID ".img", "");

    g_assert_true(vp_payload_own_disk_find(domain, "/nonexistent") == domain->disks->pdata[1]);
}

static void
test_check(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpDomain) domain = parse("disk", fixture->directory, UUID ".img", "");
    g_autofree char *message = g_strdup_printf(
        "one of its own disks has the name of its image in the payload directory %s; move the "
        "disk, or configure a directory that is used for nothing else",
        fixture->directory);
    g_autoptr(GError) error = NULL;

    g_assert_true(vp_payload_own_disk_check(domain, fixture->top, &error));
    g_assert_no_error(error);
    g_assert_false(vp_payload_own_disk_check(domain, fixture->directory, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_DRIVE);
    g_assert_cmpstr(error->message, ==, message);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/own-disk/find", Fixture, NULL, set_up, test_find, tear_down);
    g_test_add("/own-disk/missing", Fixture, NULL, set_up, test_directory_missing, tear_down);
    g_test_add("/own-disk/check", Fixture, NULL, set_up, test_check, tear_down);
    return g_test_run();
}
