/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* FAT12, FAT16 and FAT32 to files. Quoted headings are those of fatgen103. */
#include <config.h>

#include <string.h>

#include "image/fat.h"
#include "image/read-walk.h"

enum { MAX_LONG_ENTRIES = 20, LOWER_BASE = 0x08, LOWER_EXTENSION = 0x10, DIR_CASE = 12 };

typedef struct {
    VpImageWalk *walk;
    guint bits; /* of a table entry: 12, 16, 32 */
    guint32 cluster_size;
    guint64 table; /* offsets in the image */
    guint64 root;
    guint64 data;
    guint32 root_size;    /* FAT12 and FAT16: bytes */
    guint32 root_cluster; /* FAT32 */
    guint32 clusters;
    GHashTable *seen; /* of first clusters: directories that were entered */
    char *label;      /* of the root directory; NULL if it has none */
} Fat;

/* A long name as its entries come, last part first. */
typedef struct {
    gunichar2 units[MAX_LONG_ENTRIES * VP_FAT_LONG_UNITS];
    guint size;    /* units, with filler */
    guint missing; /* entries that are still to come */
    guint8 checksum;
} LongName;

static gboolean read_entries(Fat *fat, guint64 offset, GBytes *bytes, GError **error);

/* --- the file allocation table --- */

static guint32
next_cluster(const Fat *fat, guint32 cluster)
{
    const guint8 *table = fat->walk->data + fat->table;
    guint16 pair;

    if (fat->bits == 32)
        return vp_image_fat_get32(table + 4 * (gsize)cluster) & 0x0fffffff;
    if (fat->bits == 16)
        return vp_image_fat_get16(table + 2 * (gsize)cluster);
    pair = vp_image_fat_get16(table + cluster + cluster / 2);
    return cluster & 1 ? pair >> 4 : pair & 0x0fff;
}

/* From 0x..f8 on: the end of a chain */
static gboolean
is_end(const Fat *fat, guint32 cluster)
{
    return cluster >= (fat->bits == 32 ? 0x0ffffff8 : fat->bits == 16 ? 0xfff8 : 0xff8);
}

static guint64
cluster_offset(const Fat *fat, guint32 cluster)
{
    return fat->data + (guint64)(cluster - 2) * fat->cluster_size;
}

/* The first size bytes of a chain, or with G_MAXUINT64 all of it; a view into the image if it is
 * contiguous. Chains of a sound image share no cluster: the walk's budget ends a loop. */
static GBytes *
read_chain(Fat *fat, guint32 first, guint64 size, guint64 entry, GError **error)
{
    g_autoptr(GByteArray) earlier = NULL; /* the content before the last run */
    guint64 start = 0, end = 0, done = 0;
    guint32 cluster = first;

    for (; done < size; cluster = next_cluster(fat, cluster)) {
        if (size == G_MAXUINT64 && done > 0 && is_end(fat, cluster))
            break;
        if (cluster < 2 || cluster - 2 >= fat->clusters) {
            vp_image_read_walk_refuse(entry, "has a file whose chain of clusters is broken", error);
            return NULL;
        }
        if (!vp_image_read_walk_spend(fat->walk, cluster_offset(fat, cluster), fat->cluster_size,
                                      error))
            return NULL;
        if (done > 0 && cluster_offset(fat, cluster) != end) {
            earlier = earlier ? earlier : g_byte_array_new();
            g_byte_array_append(earlier, fat->walk->data + start, (guint)(end - start));
            end = 0;
        }
        if (end == 0)
            start = end = cluster_offset(fat, cluster);
        end += fat->cluster_size;
        done += fat->cluster_size;
    }
    done = MIN(done, size);
    if (!earlier)
        return g_bytes_new_from_bytes(fat->walk->image, start, done);
    g_byte_array_append(earlier, fat->walk->data + start, (guint)(end - start));
    g_byte_array_set_size(earlier, (guint)done);
    return g_byte_array_free_to_bytes(g_steal_pointer(&earlier));
}

/* --- names --- */

/* "FAT Long Directory Entries" */
static void
take_long_entry(LongName *name, const guint8 *entry)
{
    guint order = entry[VP_FAT_LONG_ORDER] & (VP_FAT_LONG_LAST - 1);

    if (entry[VP_FAT_LONG_ORDER] & VP_FAT_LONG_LAST) {
        name->missing = order <= MAX_LONG_ENTRIES ? order : 0;
        name->size = name->missing * VP_FAT_LONG_UNITS;
        name->checksum = entry[VP_FAT_LONG_CHECKSUM];
    }
    if (order == 0 || order != name->missing || entry[VP_FAT_LONG_CHECKSUM] != name->checksum) {
        name->size = name->missing = 0;
        return;
    }
    name->missing--;
    for (guint i = 0; i < VP_FAT_LONG_UNITS; i++)
        name->units[name->missing * VP_FAT_LONG_UNITS + i] =
            vp_image_fat_get16(entry + vp_image_fat_long_position(i));
}

/* Whether it is whole and this short entry's. */
static gboolean
is_long_name_of(const LongName *name, const guint8 *entry)
{
    return name->size > 0 && name->missing == 0 && name->checksum == vp_image_fat_checksum(entry);
}

static gboolean
enter_long(Fat *fat, const LongName *name, guint64 offset, GError **error)
{
    glong units = 0, size;
    g_autofree char *text = NULL;

    while ((guint)units < name->size && name->units[units] != 0)
        units++;
    text = g_utf16_to_utf8(name->units, units, NULL, &size, NULL);
    if (text == NULL)
        return vp_image_read_walk_refuse(offset, "has a file name that is not UTF-16", error);
    return vp_image_read_walk_enter(fat->walk, text, (gsize)size, offset, error);
}

static gsize
copy_short(char *out, const guint8 *field, gsize size, gboolean lower)
{
    while (size > 0 && field[size - 1] == ' ')
        size--;
    for (gsize i = 0; i < size; i++)
        out[i] = lower ? g_ascii_tolower((char)field[i]) : (char)field[i];
    return size;
}

/* Windows NT, Linux and mtools keep a name of one case without a long name, by two bits that the
 * specification reserves (DIR_NTRes). */
static gboolean
enter_short(Fat *fat, const guint8 *entry, guint64 offset, GError **error)
{
    char name[VP_FAT_ALIAS_SIZE + 1];
    gsize size = copy_short(name, entry, 8, entry[DIR_CASE] & LOWER_BASE), extension;

    if (size > 0 && entry[0] == VP_FAT_ENTRY_KANJI)
        name[0] = (char)VP_FAT_ENTRY_FREE;
    extension = copy_short(name + size + 1, entry + 8, 3, entry[DIR_CASE] & LOWER_EXTENSION);
    if (extension > 0) {
        name[size] = '.';
        size += 1 + extension;
    }
    return vp_image_read_walk_enter(fat->walk, name, size, offset, error);
}

/* --- directories --- */

static guint32
first_cluster(const Fat *fat, const guint8 *entry)
{
    guint32 high = fat->bits == 32 ? vp_image_fat_get16(entry + VP_FAT_DIR_CLUSTER_HIGH) : 0;

    return high << 16 | vp_image_fat_get16(entry + VP_FAT_DIR_CLUSTER_LOW);
}

static gboolean
read_directory(Fat *fat, guint32 cluster, guint64 offset, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;

    if (!g_hash_table_add(fat->seen, GUINT_TO_POINTER(cluster)))
        return vp_image_read_walk_refuse(offset, "has a directory that is below itself or in two",
                                         error);
    bytes = read_chain(fat, cluster, G_MAXUINT64, offset, error);
    return bytes && read_entries(fat, cluster_offset(fat, cluster), bytes, error);
}

static gboolean
add_entry(Fat *fat, const guint8 *entry, guint64 offset, GError **error)
{
    guint32 size = vp_image_fat_get32(entry + VP_FAT_DIR_SIZE);
    GBytes *bytes;

    if (entry[VP_FAT_DIR_ATTRIBUTES] & VP_FAT_DIRECTORY) {
        if (!vp_image_read_walk_descend(fat->walk, offset, error) ||
            !read_directory(fat, first_cluster(fat, entry), offset, error))
            return FALSE;
        vp_image_read_walk_ascend(fat->walk);
        return TRUE;
    }
    bytes = size > 0 ? read_chain(fat, first_cluster(fat, entry), size, offset, error)
                     : g_bytes_new_static("", 0);
    return bytes != NULL && vp_image_read_walk_add(fat->walk, bytes, offset, error);
}

static gboolean
read_entry(Fat *fat, const guint8 *entry, const LongName *name, guint64 offset, GError **error)
{
    gsize length = fat->walk->path->len;

    if (memcmp(entry, ".          ", VP_FAT_ALIAS_SIZE) == 0 ||
        memcmp(entry, "..         ", VP_FAT_ALIAS_SIZE) == 0)
        return TRUE;
    if (!(is_long_name_of(name, entry) ? enter_long(fat, name, offset, error)
                                       : enter_short(fat, entry, offset, error)) ||
        !add_entry(fat, entry, offset, error))
        return FALSE;
    vp_image_read_walk_leave(fat->walk, length);
    return TRUE;
}

static void
take_label(Fat *fat, const guint8 *entry)
{
    if (fat->walk->depth == 0 && fat->label == NULL)
        fat->label = vp_image_read_label_text(entry, VP_FAT_LABEL_SIZE);
}

/* offset: of the first cluster, for messages */
static gboolean
read_entries(Fat *fat, guint64 offset, GBytes *bytes, GError **error)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    LongName name = {.size = 0};

    for (gsize i = 0; i + VP_FAT_DIR_ENTRY <= size; i += VP_FAT_DIR_ENTRY) {
        const guint8 *entry = data + i;
        guint8 attributes = entry[VP_FAT_DIR_ATTRIBUTES];

        if (entry[0] == VP_FAT_ENTRY_END)
            return TRUE;
        if (!vp_image_read_walk_count(fat->walk, offset + i, error))
            return FALSE;
        if (entry[0] != VP_FAT_ENTRY_FREE && (attributes & 0x3f) == VP_FAT_LONG_NAME) {
            take_long_entry(&name, entry);
            continue;
        }
        if (entry[0] != VP_FAT_ENTRY_FREE && (attributes & VP_FAT_VOLUME_ID))
            take_label(fat, entry);
        else if (entry[0] != VP_FAT_ENTRY_FREE && !read_entry(fat, entry, &name, offset + i, error))
            return FALSE;
        name.size = name.missing = 0;
    }
    return TRUE;
}

/* --- the boot sector --- */

static gboolean
is_power_of_two(guint32 value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

/* "Boot Sector and BPB". A partition table ends in the same two bytes. */
gboolean
vp_image_read_is_vfat(const VpImageWalk *walk)
{
    const guint8 *p = walk->data;
    guint32 sector;

    if (walk->size < 512 || p[VP_FAT_BS_END] != 0x55 || p[VP_FAT_BS_END + 1] != 0xaa)
        return FALSE;
    sector = vp_image_fat_get16(p + VP_FAT_BPB_SECTOR_SIZE);
    return (p[VP_FAT_BS_JUMP] == 0xeb || p[VP_FAT_BS_JUMP] == 0xe9) && sector >= 512 &&
           sector <= 4096 && is_power_of_two(sector) &&
           is_power_of_two(p[VP_FAT_BPB_CLUSTER_SECTORS]) && p[VP_FAT_BPB_FATS] > 0 &&
           vp_image_fat_get16(p + VP_FAT_BPB_RESERVED) > 0;
}

/* "FAT Type Determination", but FAT32 by its own fields as drivers have it, for mkfs.vfat makes
 * small ones on demand. */
static void
set_kind(Fat *fat, guint64 table_size)
{
    if (fat->root_cluster != 0)
        fat->bits = 32;
    else
        fat->bits = fat->clusters < VP_FAT12_END ? 12 : 16;
    fat->clusters = (guint32)MIN(fat->clusters, MAX(table_size * 8 / fat->bits, 2) - 2);
}

static gboolean
read_boot_sector(Fat *fat, GError **error)
{
    const guint8 *p = fat->walk->data;
    guint32 sector = vp_image_fat_get16(p + VP_FAT_BPB_SECTOR_SIZE);
    guint64 sectors = vp_image_fat_get16(p + VP_FAT_BPB_SECTORS_16);
    guint64 table_size = vp_image_fat_get16(p + VP_FAT_BPB_FAT_SECTORS_16);

    if (sectors == 0)
        sectors = vp_image_fat_get32(p + VP_FAT_BPB_SECTORS_32);
    if (table_size == 0) {
        table_size = vp_image_fat_get32(p + VP_FAT_BPB_FAT_SECTORS_32);
        fat->root_cluster = vp_image_fat_get32(p + VP_FAT_BPB_ROOT_CLUSTER);
        if (fat->root_cluster == 0)
            return vp_image_read_walk_refuse(VP_FAT_BPB_ROOT_CLUSTER, "has no root directory",
                                             error);
    }
    table_size *= sector;
    fat->cluster_size = sector * p[VP_FAT_BPB_CLUSTER_SECTORS];
    fat->table = (guint64)vp_image_fat_get16(p + VP_FAT_BPB_RESERVED) * sector;
    fat->root = fat->table + p[VP_FAT_BPB_FATS] * table_size;
    fat->root_size = (guint32)vp_image_fat_get16(p + VP_FAT_BPB_ROOT_ENTRIES) * VP_FAT_DIR_ENTRY;
    fat->data = fat->root + (fat->root_size + sector - 1) / sector * sector;
    if (!vp_image_read_walk_check(fat->walk, fat->table, table_size, error) ||
        !vp_image_read_walk_check(fat->walk, fat->root, fat->root_size, error))
        return FALSE;
    if (fat->data >= sectors * sector)
        return vp_image_read_walk_refuse(VP_FAT_BPB_SECTORS_16, "has no room for files", error);
    fat->clusters =
        (guint32)MIN((sectors * sector - fat->data) / fat->cluster_size, G_MAXUINT32 - 2);
    set_kind(fat, table_size);
    return TRUE;
}

static gboolean
read_root(Fat *fat, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;

    if (fat->bits == 32)
        return read_directory(fat, fat->root_cluster, VP_FAT_BPB_ROOT_CLUSTER, error);
    bytes = g_bytes_new_from_bytes(fat->walk->image, fat->root, fat->root_size);
    return read_entries(fat, fat->root, bytes, error);
}

/* A boot sector without the signature has no label; "NO NAME" means none. */
static char *
boot_label(const Fat *fat)
{
    const guint8 *p = fat->walk->data;
    gsize position = fat->bits == 32 ? VP_FAT32_BS_LABEL : VP_FAT_BS_LABEL;

    if (p[position - VP_FAT_BS_LABEL + VP_FAT_BS_SIGNATURE] != 0x29 ||
        memcmp(p + position, "NO NAME    ", VP_FAT_LABEL_SIZE) == 0)
        return g_strdup("");
    return vp_image_read_label_text(p + position, VP_FAT_LABEL_SIZE);
}

gboolean
vp_image_read_vfat(VpImageWalk *walk, char **label, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Fat fat = {.walk = walk, .seen = seen};

    if (!read_boot_sector(&fat, error))
        return FALSE;
    if (!read_root(&fat, error)) {
        g_free(fat.label);
        return FALSE;
    }
    *label = fat.label != NULL ? fat.label : boot_label(&fat);
    return TRUE;
}
