/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The readers: what the writers wrote, the names they fall back on, and images made to harm a reader. */
#include <config.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "fat.h"
#include "image-iso.h"
#include "image-read.h"
#include "image-vfat.h"
#include "iso9660.h"

/* --- images to read --- */

static void
add(VpTree *tree, const char *path, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    gboolean added = vp_tree_add(tree, path, bytes, &error);

    g_assert_no_error(error);
    g_assert_true(added);
}

static VpTree *
make_config_drive(void)
{
    VpTree *tree = vp_tree_new();

    add(tree, "openstack/latest/meta_data.json", "{\"uuid\": \"0\"}\n");
    add(tree, "openstack/latest/network_data.json", "{}\n");
    add(tree, "openstack/latest/user_data", "#cloud-config\n{}\n");
    return tree;
}

typedef enum { ISO, VFAT, FLOPPY, N_FORMATS } Format;

static GBytes *
make_image(const VpTree *tree, Format format)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImage) image = format == ISO
                                   ? vp_image_iso_layout(tree, "config-2", &error)
                                   : vp_image_vfat_layout(tree, "config-2", format == FLOPPY, &error);
    GBytes *bytes;

    g_assert_no_error(error);
    bytes = vp_image_flatten(image, &error);
    g_assert_no_error(error);
    return bytes;
}

/* The config drive as bytes that a test may change. */
static GByteArray *
make_drive(Format format)
{
    g_autoptr(VpTree) tree = make_config_drive();

    return g_bytes_unref_to_array(make_image(tree, format));
}

static VpImageContent *
read_array(const GByteArray *array, GError **error)
{
    g_autoptr(GBytes) image = g_bytes_new(array->data, array->len);

    return vp_image_read(image, error);
}

/* --- what the writers wrote --- */

static void
assert_reads_back(const VpTree *tree, Format format)
{
    g_autoptr(GBytes) image = make_image(tree, format);
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImageContent) content = vp_image_read(image, &error);
    g_autoptr(VpTree) back = vp_tree_new();

    g_assert_no_error(error);
    g_assert_cmpstr(content->label, ==, "config-2");
    g_assert_cmpstr(content->format, ==, format == ISO ? "iso9660" : "vfat");
    for (guint i = 0; i < content->files->len; i++) {
        const VpImageFile *file = g_ptr_array_index(content->files, i);
        gboolean added = vp_tree_add(back, file->path, file->bytes, &error);

        g_assert_no_error(error);
        g_assert_true(added);
    }
    g_assert_true(vp_tree_equal(tree, back));
}

static void
test_config_drive(void)
{
    g_autoptr(VpTree) tree = make_config_drive();

    for (Format format = ISO; format < N_FORMATS; format++)
        assert_reads_back(tree, format);
}

static char *
random_component(void)
{
    static const char *const characters[] = {"a", "b", "C", "0", "-", "_", "~", ".", " ", "+",
                                             "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x90\xa7"};
    GString *name = g_string_new("x");
    int length = g_test_rand_int_range(0, g_test_rand_bit() ? 4 : 30);

    for (int i = 0; i < length; i++)
        g_string_append(name, characters[g_test_rand_int_range(0, G_N_ELEMENTS(characters))]);
    g_string_append_c(name, 'y');
    return g_string_free(name, FALSE);
}

static VpTree *
random_tree(void)
{
    VpTree *tree = vp_tree_new();
    int files = g_test_rand_int_range(0, g_test_rand_bit() ? 5 : 60);

    for (int i = 0; i < files; i++) {
        g_autoptr(GString) path = g_string_new(NULL);
        g_autofree char *data = g_malloc0(5000);
        g_autoptr(GBytes) bytes = NULL;

        for (int depth = g_test_rand_int_range(0, 8); depth > 0; depth--) {
            g_autofree char *directory = random_component();

            g_string_append_printf(path, "%s/", directory);
        }
        g_autofree char *name = random_component();
        g_string_append(path, name);
        g_snprintf(data, 5000, "content of %s", path->str);
        bytes = g_bytes_new_take(g_steal_pointer(&data), (gsize)g_test_rand_int_range(0, 5000));
        if (!vp_tree_add(tree, path->str, bytes, NULL))
            continue; /* a path like another */
    }
    return tree;
}

static void
test_random_trees(void)
{
    for (int i = 0; i < 300; i++) {
        g_autoptr(VpTree) tree = random_tree();

        assert_reads_back(tree, ISO);
        assert_reads_back(tree, VFAT);
    }
}

/* --- names --- */

/* Of all paths, in the image's order. */
static char *
list(const GByteArray *array)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImageContent) content = read_array(array, &error);
    GString *paths = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < content->files->len; i++)
        g_string_append_printf(paths, "%s\n",
                               ((VpImageFile *)g_ptr_array_index(content->files, i))->path);
    return g_string_free(paths, FALSE);
}

/* Where these bytes stand at or after a sector of 2048; they must be there. */
static guint8 *
find(GByteArray *array, guint sector, const void *bytes, gsize size)
{
    guint8 *found = memmem(array->data + sector * 2048, array->len - sector * 2048, bytes, size);

    g_assert_nonnull(found);
    return found;
}

static void
hide_rock_ridge(GByteArray *image)
{
    memcpy(find(image, 19, "SP\x07\x01\xbe\xef", 6), "XX", 2);
}

static void
test_falls_back(void)
{
    g_autoptr(GByteArray) image = make_drive(ISO);
    g_autofree char *joliet = NULL;
    g_autofree char *plain = NULL;

    hide_rock_ridge(image);
    joliet = list(image);
    g_assert_cmpstr(joliet, ==,
                    "openstack/latest/meta_data.json\n"
                    "openstack/latest/network_data.json\n"
                    "openstack/latest/user_data\n");
    memcpy(image->data + 17 * 2048 + VP_ISO_VD_ESCAPES, "   ", 3);
    plain = list(image);
    g_assert_cmpstr(plain, ==,
                    "OPENSTACK/LATEST/META_DATA.JSON\n"
                    "OPENSTACK/LATEST/NETWORK_DATA.JSON\n"
                    "OPENSTACK/LATEST/USER_DATA\n");
}

/* Long entries that are not the short one's are none: an older system renamed the file. */
static void
test_long_name_of_another(void)
{
    g_autoptr(GByteArray) image = make_drive(VFAT);
    g_autofree char *paths = NULL;

    memcpy(find(image, 0, "META_D~1", 8), "OLD_NAME", 8);
    paths = list(image);
    g_assert_cmpstr(paths, ==,
                    "openstack/latest/OLD_NAME.JSO\n"
                    "openstack/latest/network_data.json\n"
                    "openstack/latest/user_data\n");
}

static void
test_links_are_passed_over(void)
{
    g_autoptr(GByteArray) image = make_drive(ISO);
    g_autofree char *paths = NULL;
    guint8 *px = find(image, 23, "NM\x13\x01\0meta_data.json", 19) - 36;

    g_assert_cmpmem(px, 2, "PX", 2);
    vp_iso_put32(px + 4, S_IFLNK | 0777);
    paths = list(image);
    g_assert_cmpstr(paths, ==,
                    "openstack/latest/network_data.json\n"
                    "openstack/latest/user_data\n");
}

/* --- hostile images --- */

enum { PRIMARY = 16 * 2048, ROOT_RECORD = PRIMARY + VP_ISO_VD_ROOT, ER = 24 * 2048 };

/* The record of a name in the plain tree with Rock Ridge. */
static guint8 *
find_record(GByteArray *image, const char *id)
{
    return find(image, 21, id, strlen(id)) - VP_ISO_DR_ID;
}

static void
set_extent(GByteArray *image, const char *id, guint32 sector)
{
    vp_iso_put32(find_record(image, id) + VP_ISO_DR_EXTENT, sector);
}

static void
root_past_end(GByteArray *image)
{
    vp_iso_put32(image->data + ROOT_RECORD + VP_ISO_DR_EXTENT, 0xffffffff);
}

static void
root_of_4_gib(GByteArray *image)
{
    vp_iso_put32(image->data + ROOT_RECORD + VP_ISO_DR_SIZE, 0xffffffff);
}

static void
root_is_a_file(GByteArray *image)
{
    image->data[ROOT_RECORD + VP_ISO_DR_FLAGS] = 0;
}

static void
byte_orders_differ(GByteArray *image)
{
    image->data[ROOT_RECORD + VP_ISO_DR_EXTENT]++;
}

static void
blocks_of_512(GByteArray *image)
{
    vp_iso_put16(image->data + PRIMARY + VP_ISO_VD_BLOCK_SIZE, 512);
}

static void
no_terminator(GByteArray *image)
{
    image->data[18 * 2048] = VP_ISO_SUPPLEMENTARY;
}

static void
no_primary(GByteArray *image)
{
    image->data[PRIMARY] = 0;
}

static void
endless_descriptors(GByteArray *image)
{
    g_byte_array_set_size(image, 200 * 2048);
    for (gsize sector = 18; sector < 200; sector++)
        memcpy(image->data + sector * 2048, image->data + 17 * 2048, 2048);
}

static void
directory_is_its_root(GByteArray *image)
{
    set_extent(image, "OPENSTACK", 21);
}

static void
directory_is_its_parent(GByteArray *image)
{
    set_extent(image, "LATEST", 22);
}

/* Each is all that comes after it: with enough of them a small image would be long work. */
static void
directories_overlap(GByteArray *image)
{
    vp_iso_put32(image->data + ROOT_RECORD + VP_ISO_DR_SIZE, 12 * 2048);
    vp_iso_put32(find_record(image, "OPENSTACK") + VP_ISO_DR_SIZE, 11 * 2048);
    vp_iso_put32(find_record(image, "LATEST") + VP_ISO_DR_SIZE, 10 * 2048);
}

static void
file_past_end(GByteArray *image)
{
    set_extent(image, "USER_DATA.;1", 33);
}

static void
file_of_4_gib(GByteArray *image)
{
    vp_iso_put32(find_record(image, "USER_DATA.;1") + VP_ISO_DR_SIZE, 0xffffffff);
}

static void
extended_attributes_past_end(GByteArray *image)
{
    guint8 *record = find_record(image, "USER_DATA.;1");

    vp_iso_put32(record + VP_ISO_DR_EXTENT, 0xffffffff);
    record[VP_ISO_DR_EXTENDED] = 255;
}

static void
interleaved(GByteArray *image)
{
    find_record(image, "USER_DATA.;1")[VP_ISO_DR_GAP_SIZE] = 1;
}

static void
several_extents(GByteArray *image)
{
    find_record(image, "USER_DATA.;1")[VP_ISO_DR_FLAGS] |= VP_ISO_FLAG_MULTI_EXTENT;
}

static void
record_too_short(GByteArray *image)
{
    find_record(image, "USER_DATA.;1")[0] = 1;
}

static void
record_past_directory(GByteArray *image)
{
    vp_iso_put32(image->data + ROOT_RECORD + VP_ISO_DR_SIZE, 100);
}

static void
name_longer_than_record(GByteArray *image)
{
    find_record(image, "USER_DATA.;1")[VP_ISO_DR_ID_LENGTH] = 250;
}

static void
name_has_slash(GByteArray *image)
{
    memcpy(find(image, 21, "NM\x0e\x01\0user_data", 14) + 5, "../../etc", 9);
}

static void
name_has_nul(GByteArray *image)
{
    find(image, 21, "NM\x0e\x01\0user_data", 14)[7] = '\0';
}

static void
name_is_parent(GByteArray *image)
{
    guint8 *name = find(image, 21, "NM\x0e\x01\0user_data", 14);

    memcpy(name, "NM\x07\x01\0..XX\x07\x01\0\0\0", 14);
}

static void
name_twice(GByteArray *image)
{
    memcpy(find(image, 21, "NM\x16\x01\0network_data.json", 22), "NM\x13\x01\0meta_data.json", 19);
}

static void
put_ce(guint8 *p, guint32 sector, guint32 offset, guint32 size)
{
    memcpy(p, "CE\x1c\x01", 4);
    vp_iso_put32(p + 4, sector);
    vp_iso_put32(p + 12, offset);
    vp_iso_put32(p + 20, size);
}

static void
continuation_is_itself(GByteArray *image)
{
    put_ce(image->data + ER, 24, 0, 28);
}

static void
continuation_past_end(GByteArray *image)
{
    put_ce(image->data + ER, 0xffffffff, 0xffffffff, 0xffffffff);
}

static void
continuation_of_whole_image(GByteArray *image)
{
    put_ce(image->data + ER, 0, 0, image->len);
}

static void
joliet_name_half_a_pair(GByteArray *image)
{
    hide_rock_ridge(image);
    memcpy(find(image, 19, "\0u\0s\0e\0r", 8), "\xd8\0\0s", 4);
}

static void
joliet_name_has_nul(GByteArray *image)
{
    hide_rock_ridge(image);
    memcpy(find(image, 19, "\0u\0s\0e\0r", 8), "\0\0", 2);
}

/* A million records that say nothing; 65,536 are read. */
static void
many_records(GByteArray *image)
{
    const guint sectors = 17000;
    guint8 record[34] = {34};

    record[VP_ISO_DR_ID_LENGTH] = 1;
    g_byte_array_set_size(image, (33 + sectors) * 2048);
    memset(image->data + 33 * 2048, 0, sectors * 2048);
    for (gsize sector = 33; sector < 33 + sectors; sector++) {
        for (gsize i = 0; i < 60; i++)
            memcpy(image->data + sector * 2048 + i * 34, record, 34);
    }
    set_extent(image, "LATEST", 33);
    vp_iso_put32(find_record(image, "LATEST") + VP_ISO_DR_SIZE, sectors * 2048);
}

static void
qcow2_before_iso(GByteArray *image)
{
    memcpy(image->data, "QFI\xfb\0\0\0\3", 8);
}

/* FAT of the config drive: a sector of tables at 512 and 1024, the root at 1536, clusters of 2048 from
 * 17920: 2 is "openstack", 3 is "latest", 4 to 6 are files. */
enum { FAT_ROOT = 1536, FAT_DATA = 17920 };

static guint8 *
find_entry(GByteArray *image, const char *alias)
{
    return find(image, 0, alias, strlen(alias));
}

static void
set_fat12(GByteArray *image, guint cluster, guint value)
{
    guint8 *p = image->data + 512 + cluster + cluster / 2;

    vp_fat_put16(p, (guint16)(cluster & 1 ? (vp_fat_get16(p) & 0xf) | value << 4
                                          : (vp_fat_get16(p) & 0xf000) | value));
}

static void
fat_directory_chain_is_a_loop(GByteArray *image)
{
    memset(image->data + FAT_DATA, VP_FAT_ENTRY_FREE, 2048);
    set_fat12(image, 2, 2);
}

static void
fat_file_chain_is_a_loop(GByteArray *image)
{
    set_fat12(image, 6, 6);
    vp_fat_put32(find_entry(image, "USER_D~3") + VP_FAT_DIR_SIZE, 0xffffffff);
}

static void
fat_file_past_chain(GByteArray *image)
{
    vp_fat_put32(find_entry(image, "USER_D~3") + VP_FAT_DIR_SIZE, 2049);
}

static void
fat_file_past_end(GByteArray *image)
{
    vp_fat_put16(find_entry(image, "USER_D~3") + VP_FAT_DIR_CLUSTER_LOW, 7);
}

static void
fat_file_at_cluster_0(GByteArray *image)
{
    vp_fat_put16(find_entry(image, "USER_D~3") + VP_FAT_DIR_CLUSTER_LOW, 0);
}

static void
fat_directory_at_cluster_0(GByteArray *image)
{
    vp_fat_put16(find_entry(image, "LATEST ") + VP_FAT_DIR_CLUSTER_LOW, 0);
}

static void
fat_directory_is_its_parent(GByteArray *image)
{
    vp_fat_put16(find_entry(image, "LATEST ") + VP_FAT_DIR_CLUSTER_LOW, 2);
}

static void
fat_name_has_slash(GByteArray *image)
{
    memcpy(find_entry(image, "u\0s\0e\0r\0"), "/\0", 2);
}

static void
fat_name_half_a_pair(GByteArray *image)
{
    memcpy(find_entry(image, "u\0s\0e\0r\0"), "\0\xd8", 2);
}

static void
fat_name_is_blank(GByteArray *image)
{
    memcpy(find_entry(image, "USER_D~3"), "           ", 11);
}

static void
fat_table_past_end(GByteArray *image)
{
    vp_fat_put16(image->data + VP_FAT_BPB_FAT_SECTORS_16, 0xffff);
}

static void
fat_root_past_end(GByteArray *image)
{
    image->data[VP_FAT_BPB_FATS] = 255;
}

static void
fat_no_clusters(GByteArray *image)
{
    vp_fat_put16(image->data + VP_FAT_BPB_SECTORS_16, 35);
}

static void
fat_cut_off(GByteArray *image)
{
    g_byte_array_set_size(image, image->len - 2048);
}

static void
fat32_without_root(GByteArray *image)
{
    vp_fat_put16(image->data + VP_FAT_BPB_FAT_SECTORS_16, 0);
    vp_fat_put32(image->data + VP_FAT_BPB_FAT_SECTORS_32, 1);
    vp_fat_put32(image->data + VP_FAT_BPB_ROOT_CLUSTER, 0);
}

static void
fat_blocks_of_3(GByteArray *image)
{
    vp_fat_put16(image->data + VP_FAT_BPB_SECTOR_SIZE, 3);
}

static void
fat_clusters_of_0(GByteArray *image)
{
    image->data[VP_FAT_BPB_CLUSTER_SECTORS] = 0;
}

typedef struct {
    const char *name;
    Format format;
    void (*patch)(GByteArray *image);
    const char *says;
} Hostile;

static const Hostile hostile[] = {
    {"root-past-end", ISO, root_past_end, "past its end"},
    {"root-of-4-gib", ISO, root_of_4_gib, "past its end"},
    {"root-is-a-file", ISO, root_is_a_file, "root directory"},
    {"byte-orders-differ", ISO, byte_orders_differ, "byte orders differ (at byte 32926)"},
    {"blocks-of-512", ISO, blocks_of_512, "logical blocks"},
    {"no-terminator", ISO, no_terminator, "no volume descriptor here"},
    {"no-primary", ISO, no_primary, "no primary"},
    {"endless-descriptors", ISO, endless_descriptors, "without an end"},
    {"directory-is-its-root", ISO, directory_is_its_root, "below itself"},
    {"directory-is-its-parent", ISO, directory_is_its_parent, "below itself"},
    {"directories-overlap", ISO, directories_overlap, "overlap"},
    {"file-past-end", ISO, file_past_end, "past its end"},
    {"file-of-4-gib", ISO, file_of_4_gib, "past its end"},
    {"extended-attributes-past-end", ISO, extended_attributes_past_end, "past its end"},
    {"interleaved", ISO, interleaved, "interleaved"},
    {"several-extents", ISO, several_extents, "several extents"},
    {"record-too-short", ISO, record_too_short, "wrong length"},
    {"record-past-directory", ISO, record_past_directory, "wrong length"},
    {"name-longer-than-record", ISO, name_longer_than_record, "wrong length"},
    {"name-has-slash", ISO, name_has_slash, "file name that is none"},
    {"name-has-nul", ISO, name_has_nul, "file name that is none"},
    {"name-is-parent", ISO, name_is_parent, "file name that is none"},
    {"name-twice", ISO, name_twice, "two files"},
    {"continuation-is-itself", ISO, continuation_is_itself, "without an end"},
    {"continuation-past-end", ISO, continuation_past_end, "past its end"},
    {"continuation-of-whole-image", ISO, continuation_of_whole_image, "overlap"},
    {"joliet-name-half-a-pair", ISO, joliet_name_half_a_pair, "not UTF-16"},
    {"joliet-name-has-nul", ISO, joliet_name_has_nul, "not UTF-16"},
    {"many-records", ISO, many_records, "too many directory entries"},
    {"qcow2-before-iso", ISO, qcow2_before_iso, "qcow2"},
    {"fat-directory-chain-is-a-loop", VFAT, fat_directory_chain_is_a_loop, "overlap"},
    {"fat-file-chain-is-a-loop", VFAT, fat_file_chain_is_a_loop, "overlap"},
    {"fat-file-past-chain", VFAT, fat_file_past_chain, "broken"},
    {"fat-file-past-end", VFAT, fat_file_past_end, "broken"},
    {"fat-file-at-cluster-0", VFAT, fat_file_at_cluster_0, "broken"},
    {"fat-directory-at-cluster-0", VFAT, fat_directory_at_cluster_0, "broken"},
    {"fat-directory-is-its-parent", VFAT, fat_directory_is_its_parent, "below itself"},
    {"fat-name-has-slash", VFAT, fat_name_has_slash, "file name that is none"},
    {"fat-name-half-a-pair", VFAT, fat_name_half_a_pair, "not UTF-16"},
    {"fat-name-is-blank", VFAT, fat_name_is_blank, "file name that is none"},
    {"fat-table-past-end", VFAT, fat_table_past_end, "past its end"},
    {"fat-root-past-end", VFAT, fat_root_past_end, "past its end"},
    {"fat-no-clusters", VFAT, fat_no_clusters, "no room"},
    {"fat-cut-off", VFAT, fat_cut_off, "past its end"},
    {"fat32-without-root", VFAT, fat32_without_root, "no root"},
    {"fat-blocks-of-3", VFAT, fat_blocks_of_3, "neither"},
    {"fat-clusters-of-0", VFAT, fat_clusters_of_0, "neither"},
};

static void
test_hostile(gconstpointer data)
{
    const Hostile *test = data;
    g_autoptr(GByteArray) image = make_drive(test->format);
    g_autoptr(VpImageContent) content = NULL;
    g_autoptr(GError) error = NULL;

    test->patch(image);
    content = read_array(image, &error);
    g_assert_null(content);
    g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, test->says));
}

/* Whatever an image says, what is read keeps the promises. */
static void
assert_promises(const VpImageContent *content)
{
    guint64 bytes = 0;

    g_assert_cmpuint(content->files->len, <=, VP_IMAGE_READ_MAX_FILES);
    for (guint i = 0; i < content->files->len; i++) {
        const VpImageFile *file = g_ptr_array_index(content->files, i);
        g_auto(GStrv) components = g_strsplit(file->path, "/", -1);

        g_assert_cmpuint(strlen(file->path), <=, VP_IMAGE_READ_MAX_PATH);
        g_assert_cmpuint(g_strv_length(components), <=, VP_IMAGE_READ_MAX_DEPTH + 1);
        for (guint j = 0; components[j]; j++) {
            g_assert_cmpstr(components[j], !=, "");
            g_assert_cmpstr(components[j], !=, ".");
            g_assert_cmpstr(components[j], !=, "..");
        }
        bytes += g_bytes_get_size(file->bytes);
    }
    g_assert_cmpuint(bytes, <=, VP_IMAGE_READ_MAX_BYTES);
}

static void
test_cut_off(gconstpointer format)
{
    g_autoptr(GByteArray) image = make_drive(GPOINTER_TO_UINT(format));
    g_autoptr(GBytes) whole = g_bytes_new(image->data, image->len);

    for (gsize size = 0; size < image->len; size += 64) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(whole, 0, size);
        g_autoptr(VpImageContent) content = vp_image_read(part, NULL);

        if (content)
            assert_promises(content);
    }
}

/* Bytes that matter: before the first file's content, and no zeros but for a few. */
static gsize
pick_position(const GByteArray *image)
{
    for (int tries = 0; tries < 100; tries++) {
        gsize position = (gsize)g_test_rand_int_range(0, (gint32)image->len);

        if (image->data[position] != 0)
            return position;
    }
    return 0;
}

static void
test_mutations(gconstpointer format)
{
    static const guint8 telling[] = {0, 1, 2, 0x0f, 0x10, 0x7f, 0x80, 0xfe, 0xff};
    g_autoptr(GByteArray) image = make_drive(GPOINTER_TO_UINT(format));
    g_autoptr(GByteArray) sound = make_drive(GPOINTER_TO_UINT(format));
    guint read = 0, refused = 0;

    for (int i = 0; i < 10000; i++) {
        gsize positions[8];
        int n = g_test_rand_int_range(1, (gint32)G_N_ELEMENTS(positions));

        for (int j = 0; j < n; j++) {
            positions[j] = pick_position(image);
            image->data[positions[j]] = g_test_rand_bit()
                                            ? telling[g_test_rand_int_range(0, sizeof telling)]
                                            : (guint8)g_test_rand_int();
        }
        g_autoptr(GBytes) bytes = g_bytes_new_static(image->data, image->len);
        g_autoptr(GError) error = NULL;
        g_autoptr(VpImageContent) content = vp_image_read(bytes, &error);

        if (content) {
            assert_promises(content);
            read++;
        } else {
            g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
            refused++;
        }
        for (int j = 0; j < n; j++)
            image->data[positions[j]] = sound->data[positions[j]];
    }
    g_test_message("%u read, %u refused", read, refused);
    g_assert_cmpuint(read, >, 100);
    g_assert_cmpuint(refused, >, 100);
}

static void
test_no_image(void)
{
    static const char *const texts[] = {"", "x", "CD001", "not an image of any kind"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(texts[i], strlen(texts[i]));
        g_autoptr(GError) error = NULL;

        g_assert_null(vp_image_read(bytes, &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
    }
}

/* --- descriptors --- */

static void
assert_fd_refused(int fd)
{
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(fd, >=, 0);
    g_assert_null(vp_image_read_fd(fd, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
    close(fd);
}

static void
test_fd(void)
{
    g_autoptr(GByteArray) image = make_drive(ISO);
    g_autofree char *directory = g_dir_make_tmp("vp-image-read-XXXXXX", NULL);
    g_autofree char *name = g_build_filename(directory, "image", NULL);
    g_autofree char *fifo = g_build_filename(directory, "fifo", NULL);
    g_autoptr(VpImageContent) content = NULL;
    g_autoptr(GError) error = NULL;
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);

    g_assert_cmpint(write(fd, image->data, image->len), ==, image->len);
    content = vp_image_read_fd(fd, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(content->files->len, ==, 3);

    g_assert_cmpint(ftruncate(fd, G_GINT64_CONSTANT(1) << 40), ==, 0); /* sparse */
    assert_fd_refused(fd);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    assert_fd_refused(open(fifo, O_RDWR));
    assert_fd_refused(open(directory, O_RDONLY));
    assert_fd_refused(open("/dev/zero", O_RDONLY));
    unlink(fifo);
    unlink(name);
    rmdir(directory);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/image-read/config-drive", test_config_drive);
    g_test_add_func("/image-read/random-trees", test_random_trees);
    g_test_add_func("/image-read/falls-back", test_falls_back);
    g_test_add_func("/image-read/long-name-of-another", test_long_name_of_another);
    g_test_add_func("/image-read/links-are-passed-over", test_links_are_passed_over);
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autofree char *path = g_strconcat("/image-read/hostile/", hostile[i].name, NULL);

        g_test_add_data_func(path, &hostile[i], test_hostile);
    }
    g_test_add_data_func("/image-read/cut-off/iso", GUINT_TO_POINTER(ISO), test_cut_off);
    g_test_add_data_func("/image-read/cut-off/vfat", GUINT_TO_POINTER(VFAT), test_cut_off);
    g_test_add_data_func("/image-read/mutations/iso", GUINT_TO_POINTER(ISO), test_mutations);
    g_test_add_data_func("/image-read/mutations/vfat", GUINT_TO_POINTER(VFAT), test_mutations);
    g_test_add_func("/image-read/no-image", test_no_image);
    g_test_add_func("/image-read/fd", test_fd);
    return g_test_run();
}
