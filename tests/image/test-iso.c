/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ISO 9660 writer: the structures that ECMA-119, SUSP and Joliet ask for, checked by a walker
 * of this test's own; the same bytes from the same files; limits. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "image-drive.h"
#include "image/iso.h"
#include "image/iso9660.h"

/* --- images to look at --- */

static GBytes *
make_image(const VpTree *tree, const char *label)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImage) image = vp_image_iso_layout(tree, label, &error);
    GBytes *bytes;

    g_assert_no_error(error);
    bytes = vp_image_flatten(image, &error);
    g_assert_no_error(error);
    return bytes;
}

/* --- a walker --- */

typedef struct {
    const guchar *data;
    gsize size;
    gboolean joliet;
    guint directories;
    guint files;
    guint longest_path;
    GString *listing; /* "path extent size\n" of each file; NULL: not wanted */
} Walk;

static guint32
both32(const guchar *p)
{
    guint32 le = (guint32)p[0] | (guint32)p[1] << 8 | (guint32)p[2] << 16 | (guint32)p[3] << 24;
    guint32 be = (guint32)p[7] | (guint32)p[6] << 8 | (guint32)p[5] << 16 | (guint32)p[4] << 24;

    g_assert_cmpuint(le, ==, be);
    return le;
}

static const guchar *
sector(const Walk *walk, guint32 n)
{
    g_assert_cmpuint(((gsize)n + 1) * VP_ISO_SECTOR, <=, walk->size);
    return walk->data + (gsize)n * VP_ISO_SECTOR;
}

static char *
id_text(const Walk *walk, const guchar *record)
{
    gsize size = record[VP_ISO_DR_ID_LENGTH];
    g_autofree gunichar2 *units = g_new0(gunichar2, size / 2 + 1);

    if (!walk->joliet)
        return g_strndup((const char *)record + VP_ISO_DR_ID, size);
    g_assert_cmpuint(size % 2, ==, 0);
    g_assert_cmpuint(size, <=, 128);
    for (gsize i = 0; i < size / 2; i++)
        units[i] =
            (gunichar2)(record[VP_ISO_DR_ID + 2 * i] << 8 | record[VP_ISO_DR_ID + 2 * i + 1]);
    return g_utf16_to_utf8(units, (glong)(size / 2), NULL, NULL, NULL);
}

static void
check_id(const Walk *walk, const char *id, gboolean directory)
{
    if (walk->joliet)
        return;
    g_assert_cmpuint(strlen(id), <=, directory ? 31 : 33);
    g_assert_cmpuint(strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.;"), ==, strlen(id));
    if (directory)
        g_assert_null(strchr(id, '.'));
    else
        g_assert_true(g_str_has_suffix(id, ";1"));
}

/* ECMA-119 9.3, without the version; Joliet, 'Sort Ordering' */
static int
compare_ids(const Walk *walk, const guchar *a, const guchar *b)
{
    gsize size_a, size_b;
    int order;

    if (a == NULL)
        return -1;
    size_a = a[VP_ISO_DR_ID_LENGTH] - (walk->joliet || a[VP_ISO_DR_FLAGS] ? 0U : 2U);
    size_b = b[VP_ISO_DR_ID_LENGTH] - (walk->joliet || b[VP_ISO_DR_FLAGS] ? 0U : 2U);
    order = memcmp(a + VP_ISO_DR_ID, b + VP_ISO_DR_ID, MIN(size_a, size_b));
    return order ? order : (int)size_a - (int)size_b;
}

static void walk_directory(Walk *walk, const guchar *record, guint32 parent, const char *path,
                           guint depth);

static void
walk_child(Walk *walk, const guchar *record, guint32 own, const char *path, guint depth)
{
    g_autofree char *id = id_text(walk, record);
    g_autofree char *below = g_strconcat(path, "/", id, NULL);
    gboolean directory = record[VP_ISO_DR_FLAGS] & VP_ISO_FLAG_DIRECTORY;
    guint32 extent = both32(record + VP_ISO_DR_EXTENT), size = both32(record + VP_ISO_DR_SIZE);

    check_id(walk, id, directory);
    walk->longest_path = MAX(walk->longest_path, strlen(below) - 1);
    if (directory) {
        walk_directory(walk, record, own, below, depth + 1);
        return;
    }
    walk->files++;
    if (size > 0)
        sector(walk, extent + (size - 1) / VP_ISO_SECTOR);
    if (walk->listing != NULL)
        g_string_append_printf(walk->listing, "%s %u %u\n", below + 1, extent, size);
}

/* ECMA-119 6.8: own and parent records first, then ascending identifiers, none across a sector's
 * end. */
static void
walk_directory(Walk *walk, const guchar *record, guint32 parent, const char *path, guint depth)
{
    guint32 own = both32(record + VP_ISO_DR_EXTENT), size = both32(record + VP_ISO_DR_SIZE);
    const guchar *last = NULL;
    guint n = 0;

    g_assert_cmpuint(depth, <=, 8);
    g_assert_cmpuint(size, >, 0);
    g_assert_cmpuint(size % VP_ISO_SECTOR, ==, 0);
    walk->directories++;
    for (guint32 offset = 0; offset < size;) {
        const guchar *p = sector(walk, own + offset / VP_ISO_SECTOR) + offset % VP_ISO_SECTOR;
        guint32 left = VP_ISO_SECTOR - offset % VP_ISO_SECTOR;

        if (p[0] == 0) {
            offset += left;
            continue;
        }
        g_assert_cmpuint(p[0], <=, left);
        g_assert_cmpuint(p[0] % 2, ==, 0);
        if (n < 2) {
            g_assert_cmpuint(p[VP_ISO_DR_ID_LENGTH], ==, 1);
            g_assert_cmpuint(p[VP_ISO_DR_ID], ==, n);
            g_assert_cmpuint(both32(p + VP_ISO_DR_EXTENT), ==, n == 0 ? own : parent);
        } else {
            g_assert_cmpint(compare_ids(walk, last, p), <, 0);
            last = p;
            walk_child(walk, p, own, path, depth);
        }
        n++;
        offset += p[0];
    }
    g_assert_cmpuint(n, >=, 2);
}

static void
walk_image(GBytes *image, gboolean joliet, Walk *walk)
{
    const guchar *descriptor;

    *walk = (Walk){.joliet = joliet, .listing = walk->listing};
    walk->data = g_bytes_get_data(image, &walk->size);
    descriptor = sector(walk, joliet ? 17 : 16);
    g_assert_cmpmem(descriptor + 1, 5, "CD001", 5);
    g_assert_cmpuint(descriptor[0], ==, joliet ? 2 : 1);
    g_assert_cmpuint(both32(descriptor + 80) * (gsize)VP_ISO_SECTOR, ==, walk->size);
    walk_directory(walk, descriptor + VP_ISO_VD_ROOT, both32(descriptor + VP_ISO_VD_ROOT + 2), "",
                   1);
}

/* ECMA-119 6.9.1: each parent before its children, by level and parent; both byte orders alike. */
static guint
walk_path_table(const Walk *walk)
{
    const guchar *descriptor = sector(walk, walk->joliet ? 17 : 16);
    guint32 size = both32(descriptor + VP_ISO_VD_PATH_TABLE_SIZE), n = 0;
    const guchar *l =
        sector(walk, GUINT32_FROM_LE(*(const guint32 *)(const void *)(descriptor + 140)));
    const guchar *m =
        sector(walk, GUINT32_FROM_BE(*(const guint32 *)(const void *)(descriptor + 148)));
    guint last_parent = 1;

    for (guint32 offset = 0; offset < size; n++) {
        const guchar *p = l + offset, *q = m + offset;
        guint parent = (guint)(p[6] | p[7] << 8);
        guint32 extent = (guint32)p[2] | (guint32)p[3] << 8 | (guint32)p[4] << 16;

        g_assert_cmpuint(p[0], ==, q[0]);
        g_assert_cmpmem(p + 8, p[0], q + 8, q[0]);
        g_assert_cmpuint(parent, ==, (guint)(q[7] | q[6] << 8));
        g_assert_cmpuint(extent, ==, (guint32)q[5] | (guint32)q[4] << 8 | (guint32)q[3] << 16);
        g_assert_cmpuint(parent, >=, last_parent);
        g_assert_cmpuint(parent, <=, MAX(n, 1));
        /* it is a directory's, whose own record names it */
        g_assert_cmpuint(both32(sector(walk, extent) + VP_ISO_DR_EXTENT), ==, extent);
        last_parent = parent;
        offset += 8 + p[0] + p[0] % 2;
    }
    return n;
}

static void
assert_sound(const VpTree *tree, Walk *plain, Walk *joliet)
{
    g_autoptr(GBytes) image = make_image(tree, "config-2");

    walk_image(image, FALSE, plain);
    walk_image(image, TRUE, joliet);
    g_assert_cmpuint(plain->files, ==, vp_image_tree_size(tree));
    g_assert_cmpuint(joliet->files, ==, vp_image_tree_size(tree));
    g_assert_cmpuint(plain->directories, ==, joliet->directories);
    g_assert_cmpuint(walk_path_table(plain), ==, plain->directories);
    g_assert_cmpuint(walk_path_table(joliet), ==, plain->directories);
    g_assert_cmpuint(plain->longest_path, <=, 255);
}

/* --- tests --- */

static void
test_config_drive(void)
{
    g_autoptr(VpTree) tree = drive_tree();
    g_autoptr(GBytes) image = make_image(tree, "config-2");
    g_autoptr(GString) plain_listing = g_string_new(NULL);
    g_autoptr(GString) joliet_listing = g_string_new(NULL);
    Walk plain = {.listing = plain_listing}, joliet = {.listing = joliet_listing};
    const char *data = g_bytes_get_data(image, NULL);

    walk_image(image, FALSE, &plain);
    walk_image(image, TRUE, &joliet);
    /* both trees show the same extents */
    g_assert_cmpstr(plain.listing->str, ==,
                    "OPENSTACK/LATEST/META_DATA.JSON;1 30 14\n"
                    "OPENSTACK/LATEST/NETWORK_DATA.JSON;1 31 3\n"
                    "OPENSTACK/LATEST/USER_DATA.;1 32 17\n");
    g_assert_cmpstr(joliet.listing->str, ==,
                    "openstack/latest/meta_data.json 30 14\n"
                    "openstack/latest/network_data.json 31 3\n"
                    "openstack/latest/user_data 32 17\n");
    g_assert_cmpmem(data + 32 * 2048, 17, "#cloud-config\n{}\n", 17);
    g_assert_cmpuint(g_bytes_get_size(image), ==, 67584);
}

/* A guest that is restored or migrated finds the bytes that it had mounted. If this fails and the
 * change is intended, APPLICATION in image-iso.c goes up with it. */
static void
test_bytes_of_release(void)
{
    g_autoptr(VpTree) tree = drive_tree();
    g_autoptr(GBytes) image = make_image(tree, "config-2");
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, image);

    g_assert_cmpstr(sum, ==, "3ae1c05b3c8dfdc5c44614dde5afa8aefc734bf0b726a7255afaa5ccd4e8f200");
}

static void
test_order_does_not_matter(void)
{
    drive_assert_order_does_not_matter(DRIVE_ISO);
}

static void
test_file_or_memory_does_not_matter(void)
{
    g_autoptr(VpTree) memory = drive_tree();
    g_autoptr(VpTree) files = vp_image_tree_new();
    g_autoptr(GBytes) one = NULL;
    g_autoptr(GBytes) other = NULL;

    for (guint i = 0; i < vp_image_tree_size(memory); i++) {
        const VpTreeFile *file = vp_image_tree_nth(memory, i);
        g_autofree char *name = NULL;
        g_autoptr(GError) error = NULL;
        int fd = g_file_open_tmp("vp-iso-XXXXXX", &name, &error);

        g_assert_no_error(error);
        unlink(name);
        g_assert_cmpint(write(fd, g_bytes_get_data(file->bytes, NULL), file->size), ==,
                        (gssize)file->size);
        g_assert_true(vp_image_tree_add_fd(files, file->path, fd, file->size, &error));
    }
    one = make_image(memory, "config-2");
    other = make_image(files, "config-2");
    g_assert_true(g_bytes_equal(one, other));
}

static void
test_labels(void)
{
    static const char *const refused[] = {
        "", "a b", "a/b", "caf\xc3\xa9", "a.b", "abcdefghijklmnopqrstuvwxyz0123456"};
    g_autoptr(VpTree) tree = drive_tree();
    g_autoptr(GBytes) image = make_image(tree, "abcdefghijklmnopqrstuvwxyz-_2345");
    const char *data = g_bytes_get_data(image, NULL);

    g_assert_cmpmem(data + 16 * 2048 + 40, 32, "abcdefghijklmnopqrstuvwxyz-_2345", 32);
    g_assert_cmpmem(data + 17 * 2048 + 40, 32, "\0a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p",
                    32);
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(vp_image_iso_layout(tree, refused[i], &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
    }
}

static void
test_empty(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    Walk plain = {0}, joliet = {0};

    assert_sound(tree, &plain, &joliet);
    drive_add(tree, "empty", "");
    assert_sound(tree, &plain, &joliet);
}

static void
test_many(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    Walk plain = {0}, joliet = {0};

    for (guint i = 0; i < VP_TREE_MAX_FILES; i++) {
        g_autofree char *path = g_strdup_printf("a-directory/of-many-files/file-%u.name", i);

        drive_add(tree, path, path);
    }
    assert_sound(tree, &plain, &joliet);
    g_assert_cmpuint(plain.directories, ==, 3);
}

/* Names that are one name in plain ISO 9660, some of them what others are turned into. */
static void
test_collisions(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    Walk plain = {0}, joliet = {0};
    static const char *const paths[] = {
        "+",
        "-",
        "_",
        "_2",
        "__",
        "=/f",
        "#/f",
        "&.txt",
        "_.txt",
        "@.txt",
        "user",
        "user.0",
        "\xf0\x9f\x90\xa7",
        "\xef\xbd\xa1",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
        drive_add(tree, paths[i], paths[i]);
    assert_sound(tree, &plain, &joliet);
}

static void
test_deep_and_long(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    Walk plain = {0}, joliet = {0};

    for (int i = 0; i < 40; i++) {
        g_autoptr(GString) path = g_string_new(NULL);

        for (int level = 0; level < 8; level++)
            g_string_append_printf(
                path, "%s%s-%02d-%d-abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst.txt",
                level ? "/" : "", i % 2 ? "\xc3\xa9\xc3\xa0" : "ab", i, level);
        drive_add(tree, path->str, "x");
    }
    assert_sound(tree, &plain, &joliet);
    g_assert_cmpuint(plain.directories, ==, 1 + 40 * 7);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/image-iso/config-drive", test_config_drive);
    g_test_add_func("/image-iso/bytes-of-release", test_bytes_of_release);
    g_test_add_func("/image-iso/order-does-not-matter", test_order_does_not_matter);
    g_test_add_func("/image-iso/file-or-memory-does-not-matter",
                    test_file_or_memory_does_not_matter);
    g_test_add_func("/image-iso/labels", test_labels);
    g_test_add_func("/image-iso/empty", test_empty);
    g_test_add_func("/image-iso/many", test_many);
    g_test_add_func("/image-iso/collisions", test_collisions);
    g_test_add_func("/image-iso/deep-and-long", test_deep_and_long);
    return g_test_run();
}
