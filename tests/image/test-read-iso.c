/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ISO 9660 reader: the names it falls back on, and images made to harm it. The config drive has
 * its plain directories in the sectors from 21 on, their continuation area in 24, Joliet's from 27,
 * its files from 30. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>

#include "image-drive.h"
#include "image/iso9660.h"

/* --- names --- */

static void
hide_rock_ridge(GByteArray *image)
{
    memcpy(drive_find(image, 19 * 2048, "SP\x07\x01\xbe\xef", 6), "XX", 2);
}

static void
test_falls_back(void)
{
    g_autoptr(GByteArray) image = drive_new(DRIVE_ISO);
    g_autofree char *joliet = NULL;
    g_autofree char *plain = NULL;

    hide_rock_ridge(image);
    joliet = drive_list(image);
    g_assert_cmpstr(joliet, ==,
                    "openstack/latest/meta_data.json\n"
                    "openstack/latest/network_data.json\n"
                    "openstack/latest/user_data\n");
    memcpy(image->data + 17 * 2048 + VP_ISO_VD_ESCAPES, "   ", 3);
    plain = drive_list(image);
    g_assert_cmpstr(plain, ==,
                    "OPENSTACK/LATEST/META_DATA.JSON\n"
                    "OPENSTACK/LATEST/NETWORK_DATA.JSON\n"
                    "OPENSTACK/LATEST/USER_DATA\n");
}

static void
test_links_are_passed_over(void)
{
    g_autoptr(GByteArray) image = drive_new(DRIVE_ISO);
    g_autofree char *paths = NULL;
    guint8 *px = drive_find(image, 23 * 2048, "NM\x13\x01\0meta_data.json", 19) - 36;

    g_assert_cmpmem(px, 2, "PX", 2);
    vp_image_iso9660_put32(px + 4, S_IFLNK | 0777);
    paths = drive_list(image);
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
    return drive_find(image, 21 * 2048, id, strlen(id)) - VP_ISO_DR_ID;
}

static void
set_extent(GByteArray *image, const char *id, guint32 sector)
{
    vp_image_iso9660_put32(find_record(image, id) + VP_ISO_DR_EXTENT, sector);
}

static void
root_past_end(GByteArray *image)
{
    vp_image_iso9660_put32(image->data + ROOT_RECORD + VP_ISO_DR_EXTENT, 0xffffffff);
}

static void
root_of_4_gib(GByteArray *image)
{
    vp_image_iso9660_put32(image->data + ROOT_RECORD + VP_ISO_DR_SIZE, 0xffffffff);
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
    vp_image_iso9660_put16(image->data + PRIMARY + VP_ISO_VD_BLOCK_SIZE, 512);
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
    vp_image_iso9660_put32(image->data + ROOT_RECORD + VP_ISO_DR_SIZE, 12 * 2048);
    vp_image_iso9660_put32(find_record(image, "OPENSTACK") + VP_ISO_DR_SIZE, 11 * 2048);
    vp_image_iso9660_put32(find_record(image, "LATEST") + VP_ISO_DR_SIZE, 10 * 2048);
}

static void
file_past_end(GByteArray *image)
{
    set_extent(image, "USER_DATA.;1", 33);
}

static void
file_of_4_gib(GByteArray *image)
{
    vp_image_iso9660_put32(find_record(image, "USER_DATA.;1") + VP_ISO_DR_SIZE, 0xffffffff);
}

static void
extended_attributes_past_end(GByteArray *image)
{
    guint8 *record = find_record(image, "USER_DATA.;1");

    vp_image_iso9660_put32(record + VP_ISO_DR_EXTENT, 0xffffffff);
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
    vp_image_iso9660_put32(image->data + ROOT_RECORD + VP_ISO_DR_SIZE, 100);
}

static void
name_longer_than_record(GByteArray *image)
{
    find_record(image, "USER_DATA.;1")[VP_ISO_DR_ID_LENGTH] = 250;
}

static void
name_has_slash(GByteArray *image)
{
    memcpy(drive_find(image, 21 * 2048, "NM\x0e\x01\0user_data", 14) + 5, "../../etc", 9);
}

static void
name_has_nul(GByteArray *image)
{
    drive_find(image, 21 * 2048, "NM\x0e\x01\0user_data", 14)[7] = '\0';
}

static void
name_is_parent(GByteArray *image)
{
    guint8 *name = drive_find(image, 21 * 2048, "NM\x0e\x01\0user_data", 14);

    memcpy(name, "NM\x07\x01\0..XX\x07\x01\0\0\0", 14);
}

static void
name_twice(GByteArray *image)
{
    memcpy(drive_find(image, 21 * 2048, "NM\x16\x01\0network_data.json", 22),
           "NM\x13\x01\0meta_data.json", 19);
}

static void
put_ce(guint8 *p, guint32 sector, guint32 offset, guint32 size)
{
    memcpy(p, "CE\x1c\x01", 4);
    vp_image_iso9660_put32(p + 4, sector);
    vp_image_iso9660_put32(p + 12, offset);
    vp_image_iso9660_put32(p + 20, size);
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
    memcpy(drive_find(image, 19 * 2048, "\0u\0s\0e\0r", 8), "\xd8\0\0s", 4);
}

static void
joliet_name_has_nul(GByteArray *image)
{
    hide_rock_ridge(image);
    memcpy(drive_find(image, 19 * 2048, "\0u\0s\0e\0r", 8), "\0\0", 2);
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
    vp_image_iso9660_put32(find_record(image, "LATEST") + VP_ISO_DR_SIZE, sectors * 2048);
}

static void
qcow2_before_iso(GByteArray *image)
{
    memcpy(image->data, "QFI\xfb\0\0\0\3", 8);
}

static const Hostile hostile[] = {
    {"root-past-end", root_past_end, "past its end"},
    {"root-of-4-gib", root_of_4_gib, "past its end"},
    {"root-is-a-file", root_is_a_file, "root directory"},
    {"byte-orders-differ", byte_orders_differ, "byte orders differ (at byte 32926)"},
    {"blocks-of-512", blocks_of_512, "logical blocks"},
    {"no-terminator", no_terminator, "no volume descriptor here"},
    {"no-primary", no_primary, "no primary"},
    {"endless-descriptors", endless_descriptors, "without an end"},
    {"directory-is-its-root", directory_is_its_root, "below itself"},
    {"directory-is-its-parent", directory_is_its_parent, "below itself"},
    {"directories-overlap", directories_overlap, "overlap"},
    {"file-past-end", file_past_end, "past its end"},
    {"file-of-4-gib", file_of_4_gib, "past its end"},
    {"extended-attributes-past-end", extended_attributes_past_end, "past its end"},
    {"interleaved", interleaved, "interleaved"},
    {"several-extents", several_extents, "several extents"},
    {"record-too-short", record_too_short, "wrong length"},
    {"record-past-directory", record_past_directory, "wrong length"},
    {"name-longer-than-record", name_longer_than_record, "wrong length"},
    {"name-has-slash", name_has_slash, "invalid file name"},
    {"name-has-nul", name_has_nul, "invalid file name"},
    {"name-is-parent", name_is_parent, "invalid file name"},
    {"name-twice", name_twice, "two files"},
    {"continuation-is-itself", continuation_is_itself, "without an end"},
    {"continuation-past-end", continuation_past_end, "past its end"},
    {"continuation-of-whole-image", continuation_of_whole_image, "overlap"},
    {"joliet-name-half-a-pair", joliet_name_half_a_pair, "not UTF-16"},
    {"joliet-name-has-nul", joliet_name_has_nul, "not UTF-16"},
    {"many-records", many_records, "too many directory entries"},
    {"qcow2-before-iso", qcow2_before_iso, "qcow2"},
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/image-read-iso/falls-back", test_falls_back);
    g_test_add_func("/image-read-iso/links-are-passed-over", test_links_are_passed_over);
    drive_add_tests("/image-read-iso", DRIVE_ISO, hostile, G_N_ELEMENTS(hostile));
    return g_test_run();
}
