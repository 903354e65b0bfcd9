/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpIsoHierarchy: one of the two directory trees of an image.
 * Sources: ECMA-119 4th edition (section numbers alone are its own); System Use Sharing Protocol
 * (IEEE P1281 draft 1.12), "SUSP"; Rock Ridge Interchange Protocol (IEEE P1282 draft 1.12), "RRIP". Its
 * identifier and PX are those of RRIP 1.09, the only ones that OpenBSD knows. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>

#include "image-iso-hierarchy.h"
#include "image-iso-name.h"

struct VpIsoRecord {
    const VpImageNode *node;
    VpIsoRecord *parent;  /* the root's own is the root (6.8.2.2) */
    GPtrArray *children;  /* of VpIsoRecord, owned, in the order of 9.3; NULL: a file */
    guint8 id[128];       /* 7.5, 7.6; Joliet: 64 characters of 16 bits */
    guint8 id_size;
    guint16 number;       /* 6.9.1: in the path table, from 1 */
    guint32 sector;       /* of a directory */
    guint32 size;         /* of a directory, whole sectors */
    guint32 continuation; /* offset in the continuation area of what does not fit the record */
};

/* Which of a directory's records one is. */
typedef enum { ROLE_SELF, ROLE_PARENT, ROLE_CHILD } Role;

/* A system use area (SUSP 4): what fits the record, and what the continuation area takes. */
typedef struct {
    guint8 bytes[VP_ISO_DR_MAX];
    gsize size;
    guint8 more[VP_ISO_DR_MAX];
    gsize more_size;
} SystemUse;

/* RRIP 1.09, 4.3: the exact texts */
#define ER_ID "RRIP_1991A"
#define ER_DESCRIPTION                                                                             \
    "THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS"
#define ER_SOURCE                                                                                  \
    "PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN PRIMARY " \
    "VOLUME DESCRIPTOR FOR CONTACT INFORMATION."

enum { SU_SP = 7, SU_PX = 36, SU_CE = 28, SU_NM = 5, SU_ER = 8 };

/* --- building --- */

static void
free_record(gpointer data)
{
    VpIsoRecord *record = data;

    g_clear_pointer(&record->children, g_ptr_array_unref);
    g_free(record);
}

/* 9.3: its filler and the '.' sort before every character that an identifier has, so that bytes decide.
 * Joliet, 'Sort Ordering': bytes as well. */
static int
compare_records(gconstpointer a, gconstpointer b)
{
    const VpIsoRecord *first = *(const VpIsoRecord *const *)a, *second = *(const VpIsoRecord *const *)b;
    int order = memcmp(first->id, second->id, MIN(first->id_size, second->id_size));

    return order != 0 ? order : (int)first->id_size - (int)second->id_size;
}

static void
set_joliet_id(VpIsoRecord *record)
{
    glong units;
    g_autofree gunichar2 *name = g_utf8_to_utf16(record->node->name, -1, NULL, &units, NULL);

    for (glong i = 0; i < units; i++) {
        record->id[2 * i] = (guint8)(name[i] >> 8);
        record->id[2 * i + 1] = (guint8)name[i];
    }
    record->id_size = (guint8)(2 * units);
}

static void
set_plain_id(VpIsoRecord *record, const char *name)
{
    record->id_size = (guint8)strlen(name);
    memcpy(record->id, name, record->id_size);
}

static VpIsoRecord *
new_record(const VpImageNode *node, VpIsoRecord *parent, gboolean joliet)
{
    VpIsoRecord *record = g_new0(VpIsoRecord, 1);
    g_autoptr(GPtrArray) names = NULL;

    record->node = node;
    record->parent = parent ? parent : record;
    if (node->file)
        return record;
    record->children = g_ptr_array_new_full(node->children->len, free_record);
    if (!joliet)
        names = vp_image_iso_names(node);
    for (guint i = 0; i < node->children->len; i++) {
        VpIsoRecord *child = new_record(g_ptr_array_index(node->children, i), record, joliet);

        if (joliet)
            set_joliet_id(child);
        else
            set_plain_id(child, g_ptr_array_index(names, i));
        g_ptr_array_add(record->children, child);
    }
    g_ptr_array_sort(record->children, compare_records);
    return record;
}

static guint32
path_table_entry_size(const VpIsoRecord *directory)
{
    guint32 id_size = MAX(directory->id_size, 1);

    return 8 + id_size + (id_size & 1);
}

/* 6.9.1: by level, then by the parent's number, then by identifier: the order of a breadth-first walk. */
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

            if (child->children)
                g_ptr_array_add(hierarchy->directories, child);
        }
    }
}

VpIsoHierarchy *
vp_iso_hierarchy_new(const VpImageNode *root, gboolean joliet)
{
    VpIsoHierarchy *hierarchy = g_new0(VpIsoHierarchy, 1);

    hierarchy->joliet = joliet;
    hierarchy->root = new_record(root, NULL, joliet);
    hierarchy->directories = g_ptr_array_new();
    number_directories(hierarchy);
    return hierarchy;
}

void
vp_iso_hierarchy_free(VpIsoHierarchy *hierarchy)
{
    if (!hierarchy)
        return;
    free_record(hierarchy->root);
    g_ptr_array_unref(hierarchy->directories);
    g_free(hierarchy);
}

/* --- Rock Ridge --- */

static guint8 *
add_field(guint8 *p, const char *signature, gsize size)
{
    memcpy(p, signature, 2);
    p[2] = (guint8)size;
    p[3] = 1; /* version */
    return p + 4;
}

/* SUSP 5.3 */
static void
add_sp(SystemUse *use)
{
    guint8 *p = add_field(use->bytes + use->size, "SP", SU_SP);

    p[0] = 0xbe;
    p[1] = 0xef;
    p[2] = 0; /* no bytes to skip */
    use->size += SU_SP;
}

static guint32
count_links(const VpIsoRecord *record)
{
    guint32 links = record->children ? 2 : 1;

    for (guint i = 0; record->children && i < record->children->len; i++) {
        const VpIsoRecord *child = g_ptr_array_index(record->children, i);

        links += child->children ? 1 : 0;
    }
    return links;
}

/* RRIP 4.1.1: for all to read, owned by root */
static void
add_px(SystemUse *use, const VpIsoRecord *record)
{
    guint8 *p = add_field(use->bytes + use->size, "PX", SU_PX);

    vp_iso_put32(p, record->children ? S_IFDIR | 0555 : S_IFREG | 0444);
    vp_iso_put32(p + 8, count_links(record));
    vp_iso_put32(p + 16, 0);
    vp_iso_put32(p + 24, 0);
    use->size += SU_PX;
}

/* SUSP 5.1 */
static void
add_ce(SystemUse *use, const VpIsoHierarchy *hierarchy, guint32 offset)
{
    guint8 *p = add_field(use->bytes + use->size, "CE", SU_CE);

    vp_iso_put32(p, hierarchy->continuation + offset / VP_ISO_SECTOR);
    vp_iso_put32(p + 8, offset % VP_ISO_SECTOR);
    vp_iso_put32(p + 16, (guint32)use->more_size);
    use->size += SU_CE;
}

/* RRIP 4.1.4 */
static gsize
put_nm(guint8 *p, const char *name)
{
    gsize length = strlen(name);

    p = add_field(p, "NM", SU_NM + length);
    *p++ = 0; /* flags: the whole name */
    memcpy(p, name, length);
    return SU_NM + length;
}

/* SUSP 5.5 */
static gsize
put_er(guint8 *p)
{
    gsize size = SU_ER + strlen(ER_ID) + strlen(ER_DESCRIPTION) + strlen(ER_SOURCE);

    p = add_field(p, "ER", size);
    *p++ = (guint8)strlen(ER_ID);
    *p++ = (guint8)strlen(ER_DESCRIPTION);
    *p++ = (guint8)strlen(ER_SOURCE);
    *p++ = 1; /* extension version */
    memcpy(p, ER_ID ER_DESCRIPTION ER_SOURCE, size - SU_ER);
    return size;
}

static void
add_name(SystemUse *use, const VpIsoHierarchy *hierarchy, const VpIsoRecord *record, gsize room)
{
    if (use->size + SU_NM + strlen(record->node->name) <= room) {
        use->size += put_nm(use->bytes + use->size, record->node->name);
        return;
    }
    use->more_size = put_nm(use->more, record->node->name);
    add_ce(use, hierarchy, record->continuation);
}

/* room: what the record has left for it */
static void
make_system_use(const VpIsoHierarchy *hierarchy, const VpIsoRecord *record, Role role, gsize room,
                SystemUse *use)
{
    use->size = use->more_size = 0;
    if (hierarchy->joliet)
        return;
    if (role == ROLE_SELF && record == hierarchy->root)
        add_sp(use);
    add_px(use, record);
    if (role == ROLE_SELF && record == hierarchy->root) {
        use->more_size = put_er(use->more);
        add_ce(use, hierarchy, record->continuation);
    }
    if (role == ROLE_CHILD)
        add_name(use, hierarchy, record, room);
}

/* --- directory records --- */

typedef struct {
    guint8 bytes[VP_ISO_DR_MAX];
    gsize size;
    SystemUse use;
} Encoded;

static gsize
put_id(guint8 *p, const VpIsoHierarchy *hierarchy, const VpIsoRecord *record, Role role)
{
    if (role != ROLE_CHILD) {
        p[0] = role == ROLE_PARENT; /* 6.8.2.2 */
        return 1;
    }
    memcpy(p, record->id, record->id_size);
    if (hierarchy->joliet || record->children)
        return record->id_size;
    memcpy(p + record->id_size, ";1", 2); /* 7.5.1 */
    return record->id_size + 2U;
}

/* 9.1. No time is recorded: a fixed one, since some readers take all zeros for a month of 0. */
static void
encode(const VpIsoHierarchy *hierarchy, const VpIsoRecord *record, Role role, Encoded *out)
{
    static const guint8 date[7] = {80, 1, 1, 0, 0, 0, 0};
    guint8 *p = out->bytes;
    gsize id_size;

    memset(p, 0, sizeof out->bytes);
    vp_iso_put32(p + VP_ISO_DR_EXTENT, record->children ? record->sector : record->node->start);
    vp_iso_put32(p + VP_ISO_DR_SIZE,
                 record->children ? record->size : (guint32)record->node->file->size);
    memcpy(p + VP_ISO_DR_DATE, date, sizeof date);
    p[VP_ISO_DR_FLAGS] = record->children ? VP_ISO_FLAG_DIRECTORY : 0;
    vp_iso_put16(p + VP_ISO_DR_SEQUENCE, 1);
    id_size = put_id(p + VP_ISO_DR_ID, hierarchy, record, role);
    p[VP_ISO_DR_ID_LENGTH] = (guint8)id_size;
    out->size = VP_ISO_DR_ID + id_size + !(id_size & 1);
    make_system_use(hierarchy, record, role, sizeof out->bytes - out->size, &out->use);
    memcpy(p + out->size, out->use.bytes, out->use.size);
    out->size += out->use.size + (out->use.size & 1);
    p[VP_ISO_DR_LENGTH] = (guint8)out->size;
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

static void
write_continuation(const VpIsoHierarchy *hierarchy, guchar *image, guint32 offset,
                   const SystemUse *use)
{
    memcpy(image + (gsize)hierarchy->continuation * VP_ISO_SECTOR + offset, use->more, use->more_size);
}

/* Goes through a directory's records. image NULL: only measures, and gives places in the continuation
 * area. Returns the bytes up to the end of the last record. */
static guint32
lay_directory(VpIsoHierarchy *hierarchy, VpIsoRecord *directory, guchar *image)
{
    guint32 offset = 0;

    for (guint i = 0; i < directory->children->len + 2; i++) {
        VpIsoRecord *record = i == 0   ? directory
                              : i == 1 ? directory->parent
                                       : g_ptr_array_index(directory->children, i - 2);
        Encoded encoded;

        encode(hierarchy, record, MIN(i, ROLE_CHILD), &encoded);
        offset = skip_to_fit(offset, encoded.size);
        if (image) {
            memcpy(image + (gsize)directory->sector * VP_ISO_SECTOR + offset, encoded.bytes,
                   encoded.size);
            write_continuation(hierarchy, image, record->continuation, &encoded.use);
        } else if (encoded.use.more_size > 0) {
            record->continuation = place_continuation(hierarchy, encoded.use.more_size);
        }
        offset += (guint32)encoded.size;
    }
    return offset;
}

/* 9.4: one record of a path table, in the byte order asked for */
static guchar *
put_path_entry(guchar *p, const VpIsoRecord *directory, gboolean big_endian)
{
    guint32 sector = directory->sector;
    guint16 parent = directory->parent->number;

    sector = big_endian ? GUINT32_TO_BE(sector) : GUINT32_TO_LE(sector);
    parent = big_endian ? GUINT16_TO_BE(parent) : GUINT16_TO_LE(parent);
    p[0] = MAX(directory->id_size, 1); /* the root's is one byte of 0 */
    memcpy(p + 2, &sector, 4);
    memcpy(p + 6, &parent, 2);
    memcpy(p + 8, directory->id, directory->id_size);
    return p + path_table_entry_size(directory);
}

static void
write_path_tables(const VpIsoHierarchy *hierarchy, guchar *image)
{
    guchar *l = image + (gsize)hierarchy->path_table_l * VP_ISO_SECTOR;
    guchar *m = image + (gsize)hierarchy->path_table_m * VP_ISO_SECTOR;

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
vp_iso_hierarchy_place(VpIsoHierarchy *hierarchy, guint32 sector)
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
vp_iso_hierarchy_write(VpIsoHierarchy *hierarchy, guchar *image)
{
    write_path_tables(hierarchy, image);
    for (guint i = 0; i < hierarchy->directories->len; i++)
        lay_directory(hierarchy, g_ptr_array_index(hierarchy->directories, i), image);
}

void
vp_iso_hierarchy_describe(const VpIsoHierarchy *hierarchy, guchar *descriptor)
{
    guint32 l = GUINT32_TO_LE(hierarchy->path_table_l), m = GUINT32_TO_BE(hierarchy->path_table_m);
    VpIsoHierarchy plain = *hierarchy;
    Encoded root;

    vp_iso_put32(descriptor + VP_ISO_VD_PATH_TABLE_SIZE, hierarchy->path_table_size);
    memcpy(descriptor + VP_ISO_VD_PATH_TABLE_L, &l, sizeof l);
    memcpy(descriptor + VP_ISO_VD_PATH_TABLE_M, &m, sizeof m);
    /* 8.4.18: 34 bytes, no system use */
    plain.joliet = TRUE;
    encode(&plain, hierarchy->root, ROLE_SELF, &root);
    memcpy(descriptor + VP_ISO_VD_ROOT, root.bytes, root.size);
}
