/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Other drives that cloud-init would take for its own: by which labels, and in which files. */
#include <config.h>

#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parse-domain.h"
#include "payload/seed.h"
#include "remove-tree.h"

#define UUID "11111111-2222-4333-8444-555555555555"

/* ECMA-119 8.4; BPB of FAT16 and of FAT32 */
enum { ISO_ID = 0x8001, ISO_LABEL = 0x8028, FAT_LABEL = 0x2b, FAT32_LABEL = 0x47, FAT_END = 0x1fe };

typedef struct {
    char *top;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-seed-XXXXXX", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->top);
    g_free(fixture->top);
}

/* 64 KiB with a text and a mark of its format. */
static char *
write_image(const Fixture *fixture, const char *name, guint label_at, const char *label)
{
    g_autofree char *bytes = g_malloc0(64 << 10);
    char *path = g_build_filename(fixture->top, name, NULL);

    memcpy(bytes + label_at, label, strlen(label));
    if (label_at == ISO_LABEL)
        memcpy(bytes + ISO_ID, "CD001", 5);
    else
        memcpy(bytes + FAT_END, "\x55\xaa", 2);
    g_assert_true(g_file_set_contents(path, bytes, 64 << 10, NULL));
    return path;
}

/* After a disk whose file cannot be read here. */
static VpDomain *
parse(const char *path)
{
    g_autofree char *xml = g_strconcat(
        "<domain type='kvm'><name>web1</name><uuid>" UUID "</uuid><devices>"
        "<disk type='file' device='disk'><source file='/nonexistent/web1.qcow2'/>"
        "<target dev='vda' bus='virtio'/></disk>"
        "<disk type='file' device='cdrom'><source file='",
        path, "'/><target dev='sda' bus='sata'/><readonly/></disk></devices></domain>", NULL);

    return parse_domain(xml);
}

static void
assert_seed(const char *path, gboolean is_seed)
{
    g_autoptr(VpDomain) domain = parse(path);

    g_assert_true(vp_payload_seed_find(domain) == (is_seed ? domain->disks->pdata[1] : NULL));
}

static void
test_labels(Fixture *fixture, gconstpointer data)
{
    static const struct {
        guint at;
        const char *label;
        gboolean is_seed;
    } cases[] = {
        {ISO_LABEL, "cidata                          ", TRUE},
        {ISO_LABEL, "CIDATA", TRUE},
        {ISO_LABEL, "config-2                        ", TRUE},
        {ISO_LABEL, "CONFIG-2", TRUE},
        {ISO_LABEL, "cidata2                         ", FALSE},
        {ISO_LABEL, " cidata", FALSE},
        {ISO_LABEL, "virtio-win", FALSE},
        {ISO_LABEL, "", FALSE},
        {FAT_LABEL, "CIDATA     ", TRUE},
        {FAT_LABEL, "config-2   ", TRUE},
        {FAT_LABEL, "NO NAME    ", FALSE},
        {FAT32_LABEL, "CIDATA     ", TRUE},
        {FAT32_LABEL, "DATA       ", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = write_image(fixture, "other.iso", cases[i].at, cases[i].label);

        g_test_message("'%s' at %#x", cases[i].label, cases[i].at);
        assert_seed(path, cases[i].is_seed);
    }
}

/* A label without the mark of its file system is a guest's own data. */
static void
test_without_mark(Fixture *fixture, gconstpointer data)
{
    static const struct {
        guint label, mark;
    } cases[] = {{ISO_LABEL, ISO_ID}, {FAT_LABEL, FAT_END}, {FAT_LABEL, FAT_END + 1}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = write_image(fixture, "other.iso", cases[i].label, "cidata     ");
        int fd = open(path, O_WRONLY | O_CLOEXEC);

        assert_seed(path, TRUE);
        g_assert_cmpint(pwrite(fd, "x", 1, cases[i].mark), ==, 1);
        g_assert_cmpint(close(fd), ==, 0);
        assert_seed(path, FALSE);
    }
}

/* The payload drive is not "another"; a path may be anything, and is never waited for. */
static void
test_files(Fixture *fixture, gconstpointer data)
{
    g_autofree char *own = write_image(fixture, UUID ".img", ISO_LABEL, "cidata");
    g_autofree char *cut = write_image(fixture, "cut.iso", ISO_LABEL, "cidata");
    g_autofree char *fifo = g_build_filename(fixture->top, "fifo", NULL);

    g_assert_cmpint(truncate(cut, ISO_LABEL), ==, 0);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    assert_seed(own, FALSE);
    assert_seed(cut, FALSE);
    assert_seed(fifo, FALSE);
    assert_seed(fixture->top, FALSE);
    assert_seed("cidata.iso", FALSE);
}

/* Some devices act when they are opened. */
static void
test_not_opened(Fixture *fixture, gconstpointer data)
{
    g_autofree char *image = write_image(fixture, "other.iso", ISO_LABEL, "cidata");
    g_autofree char *fifo = g_build_filename(fixture->top, "fifo", NULL);
    struct inotify_event event;
    int watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(inotify_add_watch(watcher, fifo, IN_OPEN), >=, 0);
    assert_seed(fifo, FALSE);
    g_assert_cmpint(read(watcher, &event, sizeof(event)), <, 0);
    g_assert_cmpint(inotify_add_watch(watcher, image, IN_OPEN), >=, 0);
    assert_seed(image, TRUE);
    g_assert_cmpint(read(watcher, &event, sizeof(event)), ==, sizeof(event));
    g_assert_cmpint(close(watcher), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/seed/labels", Fixture, NULL, set_up, test_labels, tear_down);
    g_test_add("/seed/without-mark", Fixture, NULL, set_up, test_without_mark, tear_down);
    g_test_add("/seed/files", Fixture, NULL, set_up, test_files, tear_down);
    g_test_add("/seed/not-opened", Fixture, NULL, set_up, test_not_opened, tear_down);
    return g_test_run();
}
