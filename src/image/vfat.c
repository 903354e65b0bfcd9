/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpTree to a FAT image. Quoted headings are those of fatgen103. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "image/vfat-directory.h"
#include "image/vfat.h"

/* Goes up when the same tree gives other bytes than it did in an earlier release. */
#define OEM_NAME VP_IMAGE_VFAT_MAKER "1"

enum { SECTOR = 512, RESERVED_SECTORS = 1, FATS = 2 };

/* "FAT Type Determination" warns of drivers that are off by a few at its limits. */
enum {
    MOST_OF_FAT12 = VP_FAT12_END - 85,
    FEWEST_OF_FAT16 = VP_FAT12_END + 85,
    MOST_OF_FAT16 = VP_FAT16_END - 85
};

typedef struct {
    guint32 cluster_sectors;
    guint32 clusters;
    guint32 root_entries;
    guint32 fat_sectors;
    guint8 media;
    guint8 drive;
    guint16 track_sectors;
    guint16 heads;
} Geometry;

/* Of a 1.44 MB floppy disk; all but the count of clusters is the same on every one. */
static const Geometry floppy_geometry = {
    .cluster_sectors = 1,
    .clusters = 2847,
    .root_entries = 224,
    .fat_sectors = 9,
    .media = 0xf0,
    .drive = 0,
    .track_sectors = 18,
    .heads = 2,
};

typedef struct {
    VpVfatRecord *root;     /* borrowed */
    GPtrArray *directories; /* of VpVfatRecord but the root, borrowed */
    GPtrArray *files;       /* of VpImageNode, borrowed */
    Geometry geometry;
} Layout;

/* --- sizes --- */

static guint32
divide_up(guint64 value, guint32 by)
{
    return (guint32)((value + by - 1) / by);
}

static gboolean
is_fat16(const Geometry *geometry)
{
    return geometry->clusters >= VP_FAT12_END;
}

static guint32
cluster_size(const Geometry *geometry)
{
    return geometry->cluster_sectors * SECTOR;
}

static guint32
root_sector(const Geometry *geometry)
{
    return RESERVED_SECTORS + FATS * geometry->fat_sectors;
}

/* of cluster 2, the first */
static guint32
data_sector(const Geometry *geometry)
{
    return root_sector(geometry) + geometry->root_entries * VP_FAT_DIR_ENTRY / SECTOR;
}

static guint32
total_sectors(const Geometry *geometry)
{
    return data_sector(geometry) + geometry->clusters * geometry->cluster_sectors;
}

static guint64
cluster_offset(const Geometry *geometry, guint32 cluster)
{
    return ((guint64)data_sector(geometry) + (guint64)(cluster - 2) * geometry->cluster_sectors) *
           SECTOR;
}

static guint32
count_clusters(const Layout *layout, guint32 size_of_cluster)
{
    guint32 clusters = 0;

    for (guint i = 0; i < layout->directories->len; i++)
        clusters +=
            divide_up(vp_image_vfat_directory_size(g_ptr_array_index(layout->directories, i)),
                      size_of_cluster);
    for (guint i = 0; i < layout->files->len; i++) {
        const VpImageNode *node = g_ptr_array_index(layout->files, i);

        clusters += divide_up(node->file->size, size_of_cluster);
    }
    return clusters;
}

/* 2 KiB clusters waste little on a few small files and reach to 128 MiB; beyond that, larger. */
static void
choose_disk_geometry(Layout *layout)
{
    Geometry *geometry = &layout->geometry;
    guint32 root_entries = vp_image_vfat_directory_size(layout->root) / VP_FAT_DIR_ENTRY;
    guint32 needed;

    *geometry = (Geometry){.media = 0xf8, .drive = 0x80, .track_sectors = 32, .heads = 64};
    /* "For maximum compatibility, FAT16 volumes should use the value 512", BPB_RootEntCnt */
    geometry->root_entries = MAX(512, divide_up(root_entries, 16) * 16);
    geometry->cluster_sectors = 2;
    do {
        geometry->cluster_sectors *= 2;
        needed = MAX(count_clusters(layout, cluster_size(geometry)), 1);
    } while (needed > MOST_OF_FAT16);
    geometry->clusters = needed <= MOST_OF_FAT12 ? needed : MAX(needed, FEWEST_OF_FAT16);
    geometry->fat_sectors =
        divide_up(is_fat16(geometry) ? (geometry->clusters + 2) * 2
                                     : divide_up((geometry->clusters + 2) * 3, 2),
                  SECTOR);
}

static gboolean
choose_floppy_geometry(Layout *layout, GError **error)
{
    layout->geometry = floppy_geometry;
    if (count_clusters(layout, SECTOR) <= floppy_geometry.clusters &&
        vp_image_vfat_directory_size(layout->root) <=
            floppy_geometry.root_entries * VP_FAT_DIR_ENTRY)
        return TRUE;
    return vp_error_set(error, VP_ERROR_QUOTA,
                        "the files do not fit on a floppy disk of 1.44 MB; use another bus");
}

/* --- the file allocation table --- */

static void
put_fat_entry(guint8 *fat, const Geometry *geometry, guint32 cluster, guint32 value)
{
    guint8 *p = fat + cluster + cluster / 2;

    if (is_fat16(geometry))
        vp_image_fat_put16(fat + 2 * (gsize)cluster, (guint16)value);
    else if (cluster & 1)
        vp_image_fat_put16(p, (guint16)((vp_image_fat_get16(p) & 0x000f) | value << 4));
    else
        vp_image_fat_put16(p, (guint16)((vp_image_fat_get16(p) & 0xf000) | (value & 0x0fff)));
}

/* Takes the next clusters; returns the first of them, 0 for none, as a directory entry has it. */
static guint32
take_clusters(guint8 *fat, const Geometry *geometry, guint32 *next, guint64 size)
{
    guint32 first = *next, end = first + divide_up(size, cluster_size(geometry));

    for (; *next < end; (*next)++)
        put_fat_entry(fat, geometry, *next, *next + 1 < end ? *next + 1 : 0xffff);
    return end > first ? first : 0;
}

/* Every chain is contiguous: directories first, so that they are next to the tables. Returns
 * the cluster after the last directory. */
static guint32
allocate(Layout *layout, guint8 *fat)
{
    const Geometry *geometry = &layout->geometry;
    guint32 next = 2, first_file;

    put_fat_entry(fat, geometry, 0, 0xff00 | geometry->media);
    put_fat_entry(fat, geometry, 1, 0xffff);
    for (guint i = 0; i < layout->directories->len; i++) {
        const VpVfatRecord *directory = g_ptr_array_index(layout->directories, i);

        directory->node->start =
            take_clusters(fat, geometry, &next, vp_image_vfat_directory_size(directory));
    }
    first_file = next;
    for (guint i = 0; i < layout->files->len; i++) {
        VpImageNode *node = g_ptr_array_index(layout->files, i);

        node->start = take_clusters(fat, geometry, &next, node->file->size);
    }
    return first_file;
}

/* --- the boot sector --- */

/* Two drives of one guest should differ: FNV-1a of the paths and sizes. */
static guint32
make_serial(const VpTree *tree)
{
    guint32 hash = 2166136261u;

    for (guint i = 0; i < vp_image_tree_size(tree); i++) {
        const VpTreeFile *file = vp_image_tree_nth(tree, i);

        for (const char *p = file->path; *p; p++)
            hash = (hash ^ (guint8)*p) * 16777619u;
        hash = (hash ^ (guint32)file->size) * 16777619u;
    }
    return hash;
}

static void
put_blank_padded(guint8 *p, gsize size, const char *text)
{
    memset(p, ' ', size);
    memcpy(p, text, strlen(text));
}

/* "Boot Sector and BPB" */
static void
write_boot_sector(const Geometry *geometry, const char *label, guint32 serial, guint8 *p)
{
    guint32 sectors = total_sectors(geometry);

    memcpy(p + VP_FAT_BS_JUMP, "\xeb\x3c\x90", 3);
    memcpy(p + VP_FAT_BS_OEM, OEM_NAME, strlen(OEM_NAME));
    vp_image_fat_put16(p + VP_FAT_BPB_SECTOR_SIZE, SECTOR);
    p[VP_FAT_BPB_CLUSTER_SECTORS] = (guint8)geometry->cluster_sectors;
    vp_image_fat_put16(p + VP_FAT_BPB_RESERVED, RESERVED_SECTORS);
    p[VP_FAT_BPB_FATS] = FATS;
    vp_image_fat_put16(p + VP_FAT_BPB_ROOT_ENTRIES, (guint16)geometry->root_entries);
    vp_image_fat_put16(p + VP_FAT_BPB_SECTORS_16, sectors <= G_MAXUINT16 ? (guint16)sectors : 0);
    p[VP_FAT_BPB_MEDIA] = geometry->media;
    vp_image_fat_put16(p + VP_FAT_BPB_FAT_SECTORS_16, (guint16)geometry->fat_sectors);
    vp_image_fat_put16(p + VP_FAT_BPB_TRACK_SECTORS, geometry->track_sectors);
    vp_image_fat_put16(p + VP_FAT_BPB_HEADS, geometry->heads);
    vp_image_fat_put32(p + VP_FAT_BPB_SECTORS_32, sectors <= G_MAXUINT16 ? 0 : sectors);
    p[VP_FAT_BS_DRIVE] = geometry->drive;
    p[VP_FAT_BS_SIGNATURE] = 0x29;
    vp_image_fat_put32(p + VP_FAT_BS_SERIAL, serial);
    put_blank_padded(p + VP_FAT_BS_LABEL, VP_FAT_LABEL_SIZE, label);
    put_blank_padded(p + VP_FAT_BS_TYPE, 8, is_fat16(geometry) ? "FAT16" : "FAT12");
    p[VP_FAT_BS_END] = 0x55;
    p[VP_FAT_BS_END + 1] = 0xaa;
}

/* --- the image --- */

static void
collect_directories(const VpVfatRecord *directory, GPtrArray *directories)
{
    for (guint i = 0; i < directory->children->len; i++) {
        VpVfatRecord *child = g_ptr_array_index(directory->children, i);

        if (child->children == NULL)
            continue;
        g_ptr_array_add(directories, child);
        collect_directories(child, directories);
    }
}

/* Everything before the first file's content. */
static GBytes *
make_metadata(Layout *layout, const VpTree *tree, const char *label)
{
    const Geometry *geometry = &layout->geometry;
    gsize fat_size = geometry->fat_sectors * (gsize)SECTOR;
    g_autofree guint8 *fat = g_malloc0(fat_size);
    guint32 first_file = allocate(layout, fat);
    gsize size = cluster_offset(geometry, first_file);
    guint8 *data = g_malloc0(size);

    write_boot_sector(geometry, label, make_serial(tree), data);
    for (gsize i = 0; i < FATS; i++)
        memcpy(data + RESERVED_SECTORS * SECTOR + i * fat_size, fat, fat_size);
    vp_image_vfat_directory_write(layout->root, label,
                                  data + root_sector(geometry) * (gsize)SECTOR);
    for (guint i = 0; i < layout->directories->len; i++) {
        const VpVfatRecord *directory = g_ptr_array_index(layout->directories, i);

        vp_image_vfat_directory_write(directory, label,
                                      data + cluster_offset(geometry, directory->node->start));
    }
    return g_bytes_new_take(data, size);
}

static void
append_files(VpImage *image, const Layout *layout)
{
    for (guint i = 0; i < layout->files->len; i++) {
        const VpImageNode *node = g_ptr_array_index(layout->files, i);

        if (node->file->size > 0)
            vp_image_append_file(image, cluster_offset(&layout->geometry, node->start), node->file);
    }
}

VpImage *
vp_image_vfat_layout(const VpTree *tree, const char *label, gboolean floppy, GError **error)
{
    g_autoptr(VpImageNode) nodes = NULL;
    g_autoptr(VpVfatRecord) root = NULL;
    g_autoptr(GPtrArray) directories = g_ptr_array_new();
    g_autoptr(GPtrArray) files = NULL;
    Layout layout;
    VpImage *image;

    if (!vp_image_check_label(label, VP_FAT_LABEL_SIZE, error))
        return NULL;
    nodes = vp_image_node_new(tree);
    root = vp_image_vfat_record_new(nodes);
    files = vp_image_node_files(nodes);
    collect_directories(root, directories);
    layout = (Layout){.root = root, .directories = directories, .files = files};
    if (!floppy)
        choose_disk_geometry(&layout);
    else if (!choose_floppy_geometry(&layout, error))
        return NULL;

    image = vp_image_new();
    vp_image_append(image, 0, make_metadata(&layout, tree, label));
    append_files(image, &layout);
    image->size = total_sectors(&layout.geometry) * (guint64)SECTOR;
    return image;
}
