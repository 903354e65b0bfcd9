/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpIsoHierarchy: one of the two directory trees of an image. Section numbers are those of ECMA-119
 * 4th edition; SUSP as in image-iso-record.c. */
#include <config.h>

#include <string.h>

#include "image/iso-hierarchy.h"

static guint32
path_table_entry_size(const VpIsoRecord *directory)
{
    guint32 id_size = MAX(directory->id_size, 1);

    return 8 + id_size + (id_size & 1);
}

/* 6.9.1: by level, then by the parent's number, then by identifier: the order of a breadth-first
 * walk. */
static void
number_directories(VpIsoHierarchy *hierarchy)
{
    g_ptr_array_add(hierarchy->directories, hierarchy->root);
    for (guint i = 0; i < hierarchy->directories->len; i++) {
        VpIsoRecord *directory = g_ptr_array_index(hierarchy->directories, i);

        directory->number = (guint16)(i + 1);
        hierarchy->path_table_size += path_table_entry_size(directory);
        for (guint j = 0; j < directory->children->len; j++) {
            VpIsoRecord *child = g_ptr_array_index(directory->children, j);

            if (child->children != NULL)
                g_ptr_array_add(hierarchy->directories, child);
        }
    }
}

VpIsoHierarchy *
vp_image_iso_hierarchy_new(const VpImageNode *root, VpIsoNames names)
{
    VpIsoHierarchy *hierarchy = g_new0(VpIsoHierarchy, 1);

    hierarchy->names = names;
    hierarchy->root = vp_image_iso_record_new(root, names);
    hierarchy->directories = g_ptr_array_new();
    number_directories(hierarchy);
    return hierarchy;
}

void
vp_image_iso_hierarchy_free(VpIsoHierarchy *hierarchy)
{
    if (hierarchy == NULL)
        return;
    vp_image_iso_record_free(hierarchy->root);
    g_ptr_array_unref(hierarchy->directories);
    g_free(hierarchy);
}

/* 6.8.1.1, SUSP 5.1: what is placed at an offset may not cross the end of a sector. */
static guint32
skip_to_fit(guint32 offset, gsize size)
{
    guint32 left = VP_ISO_SECTOR - offset % VP_ISO_SECTOR;

    return size > left ? offset + left : offset;
}

static guint32
place_continuation(VpIsoHierarchy *hierarchy, gsize size)
{
    guint32 offset = skip_to_fit(hierarchy->continuation_size, size);

    hierarchy->continuation_size = offset + (guint32)size;
    return offset;
}

static guchar *
sector_of(guchar *image, guint32 sector)
{
    return image + (gsize)(sector - VP_ISO_SYSTEM_SECTORS) * VP_ISO_SECTOR;
}

/* Goes through a directory's records. image NULL: only measures, and gives places in the
 * continuation area. Returns the bytes up to the end of the last record. */
static guint32
lay_directory(VpIsoHierarchy *hierarchy, VpIsoRecord *directory, guchar *image)
{
    guint32 offset = 0;

    for (guint i = 0; i < directory->children->len + 2; i++) {
        VpIsoRecord *record = i == 0   ? directory
                              : i == 1 ? directory->parent
                                       : g_ptr_array_index(directory->children, i - 2);
        VpIsoEncoded encoded;

        vp_image_iso_record_encode(record, MIN(i, VP_ISO_CHILD), hierarchy->names,
                                   hierarchy->continuation, &encoded);
        offset = skip_to_fit(offset, encoded.size);
        if (image != NULL) {
            memcpy(sector_of(image, directory->sector) + offset, encoded.bytes, encoded.size);
            memcpy(sector_of(image, hierarchy->continuation) + record->continuation, encoded.more,
                   encoded.more_size);
        } else if (encoded.more_size > 0) {
            record->continuation = place_continuation(hierarchy, encoded.more_size);
        }
        offset += (guint32)encoded.size;
    }
    return offset;
}

/* 9.4: one record of a path table, in the byte order asked for */
static guchar *
put_path_entry(guchar *p, const VpIsoRecord *directory, gboolean big_endian)
{
    guint32 sector =
        big_endian ? GUINT32_TO_BE(directory->sector) : GUINT32_TO_LE(directory->sector);
    guint16 parent = big_endian ? GUINT16_TO_BE(directory->parent->number)
                                : GUINT16_TO_LE(directory->parent->number);

    p[0] = MAX(directory->id_size, 1); /* the root's is one byte of 0 */
    memcpy(p + 2, &sector, 4);
    memcpy(p + 6, &parent, 2);
    memcpy(p + 8, directory->id, directory->id_size);
    return p + path_table_entry_size(directory);
}

static void
write_path_tables(const VpIsoHierarchy *hierarchy, guchar *image)
{
    guchar *l = sector_of(image, hierarchy->path_table_l);
    guchar *m = sector_of(image, hierarchy->path_table_m);

    for (guint i = 0; i < hierarchy->directories->len; i++) {
        const VpIsoRecord *directory = g_ptr_array_index(hierarchy->directories, i);

        l = put_path_entry(l, directory, FALSE);
        m = put_path_entry(m, directory, TRUE);
    }
}

static guint32
sectors_of(guint32 size)
{
    return (size + VP_ISO_SECTOR - 1) / VP_ISO_SECTOR;
}

guint32
vp_image_iso_hierarchy_place(VpIsoHierarchy *hierarchy, guint32 sector)
{
    hierarchy->path_table_l = sector;
    hierarchy->path_table_m = sector + sectors_of(hierarchy->path_table_size);
    sector = hierarchy->path_table_m + sectors_of(hierarchy->path_table_size);
    for (guint i = 0; i < hierarchy->directories->len; i++) {
        VpIsoRecord *directory = g_ptr_array_index(hierarchy->directories, i);

        directory->sector = sector;
        directory->size = sectors_of(lay_directory(hierarchy, directory, NULL)) * VP_ISO_SECTOR;
        sector += directory->size / VP_ISO_SECTOR;
    }
    hierarchy->continuation = sector;
    return sector + sectors_of(hierarchy->continuation_size);
}

void
vp_image_iso_hierarchy_write(VpIsoHierarchy *hierarchy, guchar *image)
{
    write_path_tables(hierarchy, image);
    for (guint i = 0; i < hierarchy->directories->len; i++)
        lay_directory(hierarchy, g_ptr_array_index(hierarchy->directories, i), image);
}

void
vp_image_iso_hierarchy_describe(const VpIsoHierarchy *hierarchy, guchar *descriptor)
{
    guint32 l = GUINT32_TO_LE(hierarchy->path_table_l), m = GUINT32_TO_BE(hierarchy->path_table_m);
    VpIsoEncoded root;

    vp_image_iso9660_put32(descriptor + VP_ISO_VD_PATH_TABLE_SIZE, hierarchy->path_table_size);
    memcpy(descriptor + VP_ISO_VD_PATH_TABLE_L, &l, sizeof l);
    memcpy(descriptor + VP_ISO_VD_PATH_TABLE_M, &m, sizeof m);
    /* 8.4.18: 34 bytes, no system use */
    vp_image_iso_record_encode(hierarchy->root, VP_ISO_SELF, VP_ISO_PLAIN, 0, &root);
    memcpy(descriptor + VP_ISO_VD_ROOT, root.bytes, root.size);
}
