/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The FAT reader: names, and images made to harm it. The config drive has a sector of tables at 512
 * and at 1024, its root at 1536, clusters of 2048 from 17920: 2 is "openstack", 3 is "latest", 4 to
 * 6 are files. */
#include <config.h>

#include <string.h>

#include "image-drive.h"
#include "image/fat.h"

/* Long entries that do not belong to the short one are ignored: an older system renamed the file.
 */
static void
test_long_name_of_another(void)
{
    g_autoptr(GByteArray) image = drive_new(DRIVE_VFAT);
    g_autofree char *paths = NULL;

    memcpy(drive_find(image, 0, "META_D~1", 8), "OLD_NAME", 8);
    paths = drive_list(image);
    g_assert_cmpstr(paths, ==,
                    "openstack/latest/OLD_NAME.JSO\n"
                    "openstack/latest/network_data.json\n"
                    "openstack/latest/user_data\n");
}

/* --- hostile images --- */

enum { FAT_DATA = 17920 };

static guint8 *
find_entry(GByteArray *image, const char *alias)
{
    return drive_find(image, 0, alias, strlen(alias));
}

static void
set_fat12(GByteArray *image, guint cluster, guint value)
{
    guint8 *p = image->data + 512 + cluster + cluster / 2;

    vp_image_fat_put16(p, (guint16)(cluster & 1 ? (vp_image_fat_get16(p) & 0xf) | value << 4
                                                : (vp_image_fat_get16(p) & 0xf000) | value));
}

static void
directory_chain_is_a_loop(GByteArray *image)
{
    memset(image->data + FAT_DATA, VP_FAT_ENTRY_FREE, 2048);
    set_fat12(image, 2, 2);
}

static void
file_chain_is_a_loop(GByteArray *image)
{
    set_fat12(image, 6, 6);
    vp_image_fat_put32(find_entry(image, "USER_D~3") + VP_FAT_DIR_SIZE, 0xffffffff);
}

static void
file_past_chain(GByteArray *image)
{
    vp_image_fat_put32(find_entry(image, "USER_D~3") + VP_FAT_DIR_SIZE, 2049);
}

static void
file_past_end(GByteArray *image)
{
    vp_image_fat_put16(find_entry(image, "USER_D~3") + VP_FAT_DIR_CLUSTER_LOW, 7);
}

static void
file_at_cluster_0(GByteArray *image)
{
    vp_image_fat_put16(find_entry(image, "USER_D~3") + VP_FAT_DIR_CLUSTER_LOW, 0);
}

static void
directory_at_cluster_0(GByteArray *image)
{
    vp_image_fat_put16(find_entry(image, "LATEST ") + VP_FAT_DIR_CLUSTER_LOW, 0);
}

static void
directory_is_its_parent(GByteArray *image)
{
    vp_image_fat_put16(find_entry(image, "LATEST ") + VP_FAT_DIR_CLUSTER_LOW, 2);
}

static void
name_has_slash(GByteArray *image)
{
    memcpy(find_entry(image, "u\0s\0e\0r\0"), "/\0", 2);
}

static void
name_half_a_pair(GByteArray *image)
{
    memcpy(find_entry(image, "u\0s\0e\0r\0"), "\0\xd8", 2);
}

static void
name_is_blank(GByteArray *image)
{
    memcpy(find_entry(image, "USER_D~3"), "           ", 11);
}

static void
table_past_end(GByteArray *image)
{
    vp_image_fat_put16(image->data + VP_FAT_BPB_FAT_SECTORS_16, 0xffff);
}

static void
root_past_end(GByteArray *image)
{
    image->data[VP_FAT_BPB_FATS] = 255;
}

static void
no_clusters(GByteArray *image)
{
    vp_image_fat_put16(image->data + VP_FAT_BPB_SECTORS_16, 35);
}

static void
cut_off(GByteArray *image)
{
    g_byte_array_set_size(image, image->len - 2048);
}

static void
fat32_without_root(GByteArray *image)
{
    vp_image_fat_put16(image->data + VP_FAT_BPB_FAT_SECTORS_16, 0);
    vp_image_fat_put32(image->data + VP_FAT_BPB_FAT_SECTORS_32, 1);
    vp_image_fat_put32(image->data + VP_FAT_BPB_ROOT_CLUSTER, 0);
}

static void
blocks_of_3(GByteArray *image)
{
    vp_image_fat_put16(image->data + VP_FAT_BPB_SECTOR_SIZE, 3);
}

static void
clusters_of_0(GByteArray *image)
{
    image->data[VP_FAT_BPB_CLUSTER_SECTORS] = 0;
}

static const Hostile hostile[] = {
    {"directory-chain-is-a-loop", directory_chain_is_a_loop, "overlap"},
    {"file-chain-is-a-loop", file_chain_is_a_loop, "overlap"},
    {"file-past-chain", file_past_chain, "broken"},
    {"file-past-end", file_past_end, "broken"},
    {"file-at-cluster-0", file_at_cluster_0, "broken"},
    {"directory-at-cluster-0", directory_at_cluster_0, "broken"},
    {"directory-is-its-parent", directory_is_its_parent, "below itself"},
    {"name-has-slash", name_has_slash, "invalid file name"},
    {"name-half-a-pair", name_half_a_pair, "not UTF-16"},
    {"name-is-blank", name_is_blank, "invalid file name"},
    {"table-past-end", table_past_end, "past its end"},
    {"root-past-end", root_past_end, "past its end"},
    {"no-clusters", no_clusters, "no room"},
    {"cut-off", cut_off, "past its end"},
    {"fat32-without-root", fat32_without_root, "no root"},
    {"blocks-of-3", blocks_of_3, "neither"},
    {"clusters-of-0", clusters_of_0, "neither"},
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/image-read-vfat/long-name-of-another", test_long_name_of_another);
    drive_add_tests("/image-read-vfat", DRIVE_VFAT, hostile, G_N_ELEMENTS(hostile));
    return g_test_run();
}
