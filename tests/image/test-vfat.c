/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The FAT writer: the kind of FAT by size, names in 8.3, the same bytes from the same files, the
 * floppy. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "image-drive.h"
#include "image/fat.h"
#include "image/vfat.h"

static VpImage *
lay_out(const VpTree *tree, const char *label, gboolean floppy)
{
    g_autoptr(GError) error = NULL;
    VpImage *image = vp_image_vfat_layout(tree, label, floppy, &error);

    g_assert_no_error(error);
    return image;
}

static GBytes *
make_image(const VpTree *tree, const char *label, gboolean floppy)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImage) image = lay_out(tree, label, floppy);
    GBytes *bytes = vp_image_flatten(image, &error);

    g_assert_no_error(error);
    return bytes;
}

/* What no file's content is needed for: boot sector, tables, directories. */
static const guint8 *
metadata(const VpImage *image)
{
    return g_bytes_get_data(g_array_index(image->extents, VpExtent, 0).bytes, NULL);
}

static guint32
count_clusters(const guint8 *boot)
{
    guint32 sectors = vp_image_fat_get16(boot + VP_FAT_BPB_SECTORS_16);
    guint32 data =
        vp_image_fat_get16(boot + VP_FAT_BPB_RESERVED) +
        boot[VP_FAT_BPB_FATS] * (guint32)vp_image_fat_get16(boot + VP_FAT_BPB_FAT_SECTORS_16) +
        vp_image_fat_get16(boot + VP_FAT_BPB_ROOT_ENTRIES) / 16U;

    if (sectors == 0)
        sectors = vp_image_fat_get32(boot + VP_FAT_BPB_SECTORS_32);
    return (sectors - data) / boot[VP_FAT_BPB_CLUSTER_SECTORS];
}

/* A sparse file is used for content of which only the size matters. */
static VpTree *
make_tree_of_size(guint64 size)
{
    VpTree *tree = vp_image_tree_new();
    g_autofree char *name = NULL;
    g_autoptr(GError) error = NULL;
    int fd = g_file_open_tmp("vp-vfat-XXXXXX", &name, &error);

    g_assert_no_error(error);
    unlink(name);
    g_assert_cmpint(ftruncate(fd, (off_t)size), ==, 0);
    g_assert_true(vp_image_tree_add_fd(tree, "file", fd, size, &error));
    return tree;
}

static VpTree *
make_nocloud(void)
{
    VpTree *tree = vp_image_tree_new();

    drive_add(tree, "meta-data", "instance-id: 0\n");
    drive_add(tree, "user-data", "#cloud-config\n{}\n");
    return tree;
}

/* fatgen103, "FAT Type Determination": only the count of clusters decides; far from its limits. */
static void
test_kinds(void)
{
    static const struct {
        guint64 size;
        const char *type;
        guint32 fewest, most;
        guint8 cluster_sectors;
    } cases[] = {
        {0, "FAT12   ", 1, 1, 4},
        {1, "FAT12   ", 1, 1, 4},
        {4000 * 2048, "FAT12   ", 4000, 4000, 4},
        {4000 * 2048 + 1, "FAT16   ", 4170, 4170, 4},
        {4084 * 2048, "FAT16   ", 4170, 4170, 4},
        {5000 * 2048, "FAT16   ", 5000, 5000, 4},
        {VP_TREE_MAX_BYTES, "FAT16   ", 61440, 61440, 4},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpTree) tree = make_tree_of_size(cases[i].size);
        g_autoptr(VpImage) image = lay_out(tree, "config-2", FALSE);
        const guint8 *boot = metadata(image);

        g_assert_cmpmem(boot + VP_FAT_BS_TYPE, 8, cases[i].type, 8);
        g_assert_cmpuint(count_clusters(boot), >=, cases[i].fewest);
        g_assert_cmpuint(count_clusters(boot), <=, cases[i].most);
        g_assert_cmpuint(boot[VP_FAT_BPB_CLUSTER_SECTORS], ==, cases[i].cluster_sectors);
        g_assert_cmpuint(image->size % 512, ==, 0);
        g_assert_cmpuint(image->size, >=, cases[i].size);
    }
}

/* More directories than 2 KiB clusters could reach. */
static void
test_larger_clusters(void)
{
    g_autoptr(VpTree) tree = make_tree_of_size(VP_TREE_MAX_BYTES);
    g_autoptr(VpImage) image = NULL;
    const guint8 *boot;

    for (guint i = 0; i < VP_TREE_MAX_FILES - 1; i++) {
        g_autofree char *path = g_strdup_printf("%u/2/3/4/5/6/7/8", i);

        drive_add(tree, path, "");
    }
    image = lay_out(tree, "config-2", FALSE);
    boot = metadata(image);
    g_assert_cmpuint(boot[VP_FAT_BPB_CLUSTER_SECTORS], ==, 8);
    g_assert_cmpuint(count_clusters(boot), <, VP_FAT16_END);
    g_assert_cmpuint(vp_image_fat_get16(boot + VP_FAT_BPB_ROOT_ENTRIES), >=, 1025);
}

static void
test_bytes_of_release(void)
{
    g_autoptr(VpTree) tree = make_nocloud();
    g_autoptr(GBytes) disk = make_image(tree, "cidata", FALSE);
    g_autoptr(GBytes) floppy = make_image(tree, "cidata", TRUE);
    g_autofree char *disk_sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, disk);
    g_autofree char *floppy_sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, floppy);

    /* as in test-image-iso.c: OEM_NAME in image-vfat.c goes up with these */
    g_assert_cmpstr(disk_sum, ==,
                    "5f78aeb8efea43575d1f4a22848b731ea72f04b4d817428e14e077de22cb5bb8");
    g_assert_cmpstr(floppy_sum, ==,
                    "987387c6767e6e9061dac8bb9f9a9ef99a93a4368dadd6b536599f7d8d8754eb");
}

static void
test_order_does_not_matter(void)
{
    drive_assert_order_does_not_matter(DRIVE_VFAT);
    drive_assert_order_does_not_matter(DRIVE_FLOPPY);
}

/* The root directory's 8.3 names, in order, without the label. */
static GPtrArray *
aliases(const VpTree *tree)
{
    g_autoptr(VpImage) image = lay_out(tree, "config-2", FALSE);
    const guint8 *data = metadata(image);
    const guint8 *entry =
        data + 512 * (1 + 2 * (gsize)vp_image_fat_get16(data + VP_FAT_BPB_FAT_SECTORS_16));
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (; entry[0]; entry += VP_FAT_DIR_ENTRY) {
        if (!(entry[VP_FAT_DIR_ATTRIBUTES] & VP_FAT_VOLUME_ID))
            g_ptr_array_add(names, g_strndup((const char *)entry, 11));
    }
    return names;
}

static void
test_aliases(void)
{
    static const char *const names[][2] = {
        {".hidden.tar.gz", "HIDDEN~1GZ "},
        {"FITS.TXT", "FITS    TXT"},
        {"a b", "AB~3       "},
        {"a+b", "A_B~4      "},
        {"fits", "FITS       "},
        {"longer-name.html", "LONGER~6HTM"},
        {"\xc3\xa9", "_~7        "},
        {"\xc3\xaa", "_~8        "},
    };
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GPtrArray) got = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        drive_add(tree, names[i][0], "");
    got = aliases(tree);
    g_assert_cmpuint(got->len, ==, G_N_ELEMENTS(names));
    for (guint i = 0; i < got->len; i++)
        g_assert_cmpstr(g_ptr_array_index(got, i), ==, names[i][1]);
}

/* Also if a name is what another one is turned into. */
static void
test_aliases_unique(void)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GPtrArray) got = NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < 1000; i++) {
        g_autofree char *path =
            i % 2 ? g_strdup_printf("SOME~%u", i) : g_strdup_printf("some-long-name-%u", i);

        drive_add(tree, path, "");
    }
    got = aliases(tree);
    g_assert_cmpuint(got->len, ==, 1000);
    for (guint i = 0; i < got->len; i++)
        g_assert_true(g_hash_table_add(seen, g_ptr_array_index(got, i)));
}

static void
test_floppy(void)
{
    g_autoptr(VpTree) full = make_tree_of_size(2847 * 512);
    g_autoptr(VpTree) fuller = make_tree_of_size(2847 * 512 + 1);
    g_autoptr(VpTree) many = vp_image_tree_new();
    g_autoptr(VpImage) image = lay_out(full, "sysprep", TRUE);
    g_autoptr(GError) error = NULL;
    const guint8 *boot = metadata(image);

    g_assert_cmpuint(image->size, ==, 1474560);
    g_assert_cmpuint(boot[VP_FAT_BPB_MEDIA], ==, 0xf0);
    g_assert_cmpuint(count_clusters(boot), ==, 2847);
    g_assert_cmpuint(vp_image_fat_get16(boot + VP_FAT_BPB_ROOT_ENTRIES), ==, 224);

    g_assert_null(vp_image_vfat_layout(fuller, "sysprep", TRUE, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_QUOTA);
    g_clear_error(&error);

    for (guint i = 0; i < 223; i++) {
        g_autofree char *path = g_strdup_printf("%u", i);

        drive_add(many, path, "");
    }
    g_clear_pointer(&image, vp_image_free);
    image = lay_out(many, "sysprep", TRUE);
    drive_add(many, "X", "");
    g_assert_null(vp_image_vfat_layout(many, "sysprep", TRUE, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_QUOTA);
}

static void
test_labels(void)
{
    g_autoptr(VpTree) tree = make_nocloud();
    g_autoptr(GBytes) image = make_image(tree, "eleven-char", FALSE);
    const char *data = g_bytes_get_data(image, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpmem(data + VP_FAT_BS_LABEL, 11, "eleven-char", 11);
    g_assert_cmpmem(data + 3 * 512, 12, "eleven-char\x08", 12);
    g_assert_null(vp_image_vfat_layout(tree, "twelve-chars", FALSE, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/image-vfat/kinds", test_kinds);
    g_test_add_func("/image-vfat/larger-clusters", test_larger_clusters);
    g_test_add_func("/image-vfat/bytes-of-release", test_bytes_of_release);
    g_test_add_func("/image-vfat/order-does-not-matter", test_order_does_not_matter);
    g_test_add_func("/image-vfat/aliases", test_aliases);
    g_test_add_func("/image-vfat/aliases-unique", test_aliases_unique);
    g_test_add_func("/image-vfat/floppy", test_floppy);
    g_test_add_func("/image-vfat/labels", test_labels);
    return g_test_run();
}
