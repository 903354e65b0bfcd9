/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ISO 9660 to files: Rock Ridge, otherwise Joliet, otherwise plain. Section numbers are those of
 * ECMA-119; SUSP and RRIP as in image-iso-record.c. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>

#include "image/iso9660.h"
#include "image/read-walk.h"

enum { MAX_DESCRIPTORS = 64, MAX_CONTINUATIONS = 16 };

typedef enum { NAMES_PLAIN, NAMES_JOLIET, NAMES_ROCK_RIDGE } Names;

typedef struct {
    VpImageWalk *walk;
    Names names;
    guint skip;       /* SUSP 5.3: bytes at the start of each system use area that are not ours */
    GHashTable *seen; /* of sectors: directories that were entered */
} Iso;

typedef struct {
    guint64 offset; /* in the image */
    guint32 extent;
    guint32 size;
    guint8 flags;
    const guint8 *id;
    guint8 id_size;
    guint64 use; /* the offset of the system use area */
    guint32 use_size;
} Record;

/* The content of a system use area. */
typedef struct {
    gboolean sharing; /* SP */
    guint skip;
    gboolean attributes; /* PX */
    guint32 mode;
    gboolean relocated; /* CL: a directory that is elsewhere */
    GString *name;      /* NM; empty if there is none */
} Use;

static void
use_clear(Use *use)
{
    g_string_free(use->name, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Use, use_clear)

static gboolean read_directory(Iso *iso, guint32 extent, guint32 size, GError **error);

/* --- numbers and records --- */

static gboolean
get32(const VpImageWalk *walk, guint64 offset, guint32 *value, GError **error)
{
    guint32 le, be;

    memcpy(&le, walk->data + offset, 4);
    memcpy(&be, walk->data + offset + 4, 4);
    *value = GUINT32_FROM_LE(le);
    if (*value == GUINT32_FROM_BE(be))
        return TRUE;
    return vp_image_read_walk_refuse(offset, "has a number whose two byte orders differ", error);
}

/* 9.1. left: what the sector still holds. */
static gboolean
get_record(const VpImageWalk *walk, guint64 offset, guint32 left, Record *record, GError **error)
{
    const guint8 *p = walk->data + offset;
    guint length = p[VP_ISO_DR_LENGTH], id_end;

    if (length <= VP_ISO_DR_ID || length > left ||
        VP_ISO_DR_ID + (guint)p[VP_ISO_DR_ID_LENGTH] > length || p[VP_ISO_DR_ID_LENGTH] == 0)
        return vp_image_read_walk_refuse(offset, "has a directory record of a wrong length", error);
    if (p[VP_ISO_DR_UNIT_SIZE] != 0 || p[VP_ISO_DR_GAP_SIZE] != 0)
        return vp_image_read_walk_refuse(offset, "has an interleaved file", error);
    if (!get32(walk, offset + VP_ISO_DR_EXTENT, &record->extent, error) ||
        !get32(walk, offset + VP_ISO_DR_SIZE, &record->size, error))
        return FALSE;
    if (record->extent > G_MAXUINT32 - p[VP_ISO_DR_EXTENDED])
        return vp_image_read_walk_refuse(offset, "points past its end", error);
    record->offset = offset;
    record->extent += p[VP_ISO_DR_EXTENDED];
    record->flags = p[VP_ISO_DR_FLAGS];
    record->id = p + VP_ISO_DR_ID;
    record->id_size = p[VP_ISO_DR_ID_LENGTH];
    id_end = VP_ISO_DR_ID + (guint)record->id_size + !(record->id_size & 1);
    record->use = offset + id_end;
    record->use_size = length > id_end ? length - id_end : 0;
    return TRUE;
}

/* 6.8.2.2 */
static gboolean
is_self_or_parent(const Record *record)
{
    return record->id_size == 1 && record->id[0] <= 1;
}

/* --- system use areas --- */

typedef struct {
    guint64 offset;
    guint64 size;
} Area;

/* SUSP 5.1 */
static gboolean
get_continuation(VpImageWalk *walk, guint64 field, Area *next, GError **error)
{
    guint32 block, offset, size;

    if (!get32(walk, field + 4, &block, error) || !get32(walk, field + 12, &offset, error) ||
        !get32(walk, field + 20, &size, error))
        return FALSE;
    next->offset = (guint64)block * VP_ISO_SECTOR + offset;
    next->size = size;
    return vp_image_read_walk_spend(walk, next->offset, next->size, error);
}

static gboolean
get_field(VpImageWalk *walk, guint64 offset, guint length, Use *use, GError **error)
{
    const guint8 *p = walk->data + offset;

    if (memcmp(p, "SP", 2) == 0 && length >= 7 && p[4] == 0xbe && p[5] == 0xef) {
        use->sharing = TRUE;
        use->skip = p[6];
    } else if (memcmp(p, "PX", 2) == 0 && length >= 12) {
        use->attributes = TRUE;
        return get32(walk, offset + 4, &use->mode, error);
    } else if (memcmp(p, "NM", 2) == 0 && length >= 5) {
        if (use->name->len + length > VP_IMAGE_READ_MAX_PATH)
            return vp_image_read_walk_refuse(offset, "has a path that is too long", error);
        g_string_append_len(use->name, (const char *)p + 5, length - 5);
    } else if (memcmp(p, "CL", 2) == 0) {
        use->relocated = TRUE;
    }
    return TRUE;
}

/* Fields of one area (SUSP 4); *next is the area that continues them, of size 0 if there is none.
 */
static gboolean
get_fields(VpImageWalk *walk, Area area, Use *use, Area *next, GError **error)
{
    *next = (Area){0};
    while (area.size >= 4) {
        const guint8 *p = walk->data + area.offset;
        guint length = p[2];

        if (length < 4 || length > area.size || memcmp(p, "ST", 2) == 0)
            break;
        if (memcmp(p, "CE", 2) == 0 && length >= 28) {
            if (!get_continuation(walk, area.offset, next, error))
                return FALSE;
        } else if (!get_field(walk, area.offset, length, use, error)) {
            return FALSE;
        }
        area.offset += length;
        area.size -= length;
    }
    return TRUE;
}

static gboolean
get_use(Iso *iso, const Record *record, Use *use, GError **error)
{
    guint32 skip = MIN(iso->skip, record->use_size);
    Area area = {record->use + skip, record->use_size - skip};

    for (int i = 0; area.size > 0; i++) {
        if (i > MAX_CONTINUATIONS)
            return vp_image_read_walk_refuse(record->offset, "has a system use area without an end",
                                             error);
        if (!get_fields(iso->walk, area, use, &area, error))
            return FALSE;
    }
    return TRUE;
}

/* --- names --- */

/* Without the version (7.5.1) */
static gsize
without_version(const char *name, gsize size)
{
    gsize end = size;

    while (end > 0 && g_ascii_isdigit(name[end - 1]))
        end--;
    return end > 0 && end < size && name[end - 1] == ';' ? end - 1 : size;
}

static gboolean
enter_plain(Iso *iso, const Record *record, GError **error)
{
    const char *name = (const char *)record->id;
    gsize size = without_version(name, record->id_size);

    if (size > 1 && name[size - 1] == '.' && !(record->flags & VP_ISO_FLAG_DIRECTORY))
        size--;
    return vp_image_read_walk_enter(iso->walk, name, size, record->offset, error);
}

static gboolean
enter_joliet(Iso *iso, const Record *record, GError **error)
{
    gunichar2 units[128];
    glong count = record->id_size / 2, read, size;
    g_autofree char *name = NULL;

    for (glong i = 0; i < count; i++)
        units[i] = (gunichar2)(record->id[2 * i] << 8 | record->id[2 * i + 1]);
    name = g_utf16_to_utf8(units, count, &read, &size, NULL);
    if (name == NULL || read != count || record->id_size % 2 != 0)
        return vp_image_read_walk_refuse(record->offset, "has a file name that is not UTF-16",
                                         error);
    return vp_image_read_walk_enter(iso->walk, name, without_version(name, (gsize)size),
                                    record->offset, error);
}

static gboolean
enter(Iso *iso, const Record *record, const Use *use, GError **error)
{
    if (iso->names == NAMES_JOLIET)
        return enter_joliet(iso, record, error);
    if (iso->names == NAMES_ROCK_RIDGE && use->name->len > 0)
        return vp_image_read_walk_enter(iso->walk, use->name->str, use->name->len, record->offset,
                                        error);
    return enter_plain(iso, record, error);
}

/* --- directories --- */

static gboolean
add_file(Iso *iso, const Record *record, GError **error)
{
    guint64 offset = (guint64)record->extent * VP_ISO_SECTOR;
    GBytes *bytes;

    if (record->size == 0) {
        bytes = g_bytes_new_static("", 0);
    } else {
        if (!vp_image_read_walk_check(iso->walk, offset, record->size, error))
            return FALSE;
        bytes = g_bytes_new_from_bytes(iso->walk->image, offset, record->size);
    }
    return vp_image_read_walk_add(iso->walk, bytes, record->offset, error);
}

static gboolean
add_entry(Iso *iso, const Record *record, GError **error)
{
    if (!(record->flags & VP_ISO_FLAG_DIRECTORY))
        return add_file(iso, record, error);
    if (!vp_image_read_walk_descend(iso->walk, record->offset, error) ||
        !read_directory(iso, record->extent, record->size, error))
        return FALSE;
    vp_image_read_walk_ascend(iso->walk);
    return TRUE;
}

static gboolean
is_regular(const Record *record, const Use *use)
{
    if (use->relocated)
        return FALSE;
    return !use->attributes || (record->flags & VP_ISO_FLAG_DIRECTORY) || S_ISREG(use->mode);
}

static gboolean
read_entry(Iso *iso, const Record *record, GError **error)
{
    g_auto(Use) use = {.name = g_string_new(NULL)};
    gsize length = iso->walk->path->len;

    if (is_self_or_parent(record) || (record->flags & VP_ISO_FLAG_ASSOCIATED))
        return TRUE;
    if (record->flags & VP_ISO_FLAG_MULTI_EXTENT)
        return vp_image_read_walk_refuse(record->offset, "has a file of several extents", error);
    if (iso->names == NAMES_ROCK_RIDGE && !get_use(iso, record, &use, error))
        return FALSE;
    if (!is_regular(record, &use))
        return TRUE;
    if (!enter(iso, record, &use, error) || !add_entry(iso, record, error))
        return FALSE;
    vp_image_read_walk_leave(iso->walk, length);
    return TRUE;
}

static gboolean
read_directory(Iso *iso, guint32 extent, guint32 size, GError **error)
{
    guint64 start = (guint64)extent * VP_ISO_SECTOR, end = start + size;

    if (!g_hash_table_add(iso->seen, GUINT_TO_POINTER(extent)))
        return vp_image_read_walk_refuse(start, "has a directory that is below itself or in two",
                                         error);
    if (!vp_image_read_walk_spend(iso->walk, start, size, error))
        return FALSE;
    for (guint64 offset = start; offset < end;) {
        guint32 left = (guint32)MIN(VP_ISO_SECTOR - offset % VP_ISO_SECTOR, end - offset);
        Record record;

        if (iso->walk->data[offset] == 0) { /* 6.8.1.1: no more in this sector */
            offset += left;
            continue;
        }
        if (!vp_image_read_walk_count(iso->walk, offset, error) ||
            !get_record(iso->walk, offset, left, &record, error) ||
            !read_entry(iso, &record, error))
            return FALSE;
        offset += iso->walk->data[offset];
    }
    return TRUE;
}

/* --- descriptors --- */

gboolean
vp_image_read_is_iso(const VpImageWalk *walk)
{
    const gsize start = VP_ISO_SYSTEM_SECTORS * VP_ISO_SECTOR;

    return walk->size >= start + VP_ISO_SECTOR &&
           memcmp(walk->data + start + VP_ISO_VD_ID, VP_ISO_STANDARD_ID, 5) == 0;
}

/* Joliet Specification, 'SVD Escape Sequences Field' */
static gboolean
is_joliet(const guint8 *descriptor)
{
    const guint8 *escapes = descriptor + VP_ISO_VD_ESCAPES;

    return escapes[0] == '%' && escapes[1] == '/' && memchr("@CE", escapes[2], 3) != NULL;
}

/* Offsets of the descriptors; 0: there is none. */
static gboolean
find_descriptors(const VpImageWalk *walk, guint64 *primary, guint64 *joliet, GError **error)
{
    guint64 offset = VP_ISO_SYSTEM_SECTORS * VP_ISO_SECTOR;

    *primary = *joliet = 0;
    for (int i = 0; i < MAX_DESCRIPTORS; i++, offset += VP_ISO_SECTOR) {
        const guint8 *p = walk->data + offset;

        if (!vp_image_read_walk_check(walk, offset, VP_ISO_SECTOR, error))
            return FALSE;
        if (memcmp(p + VP_ISO_VD_ID, VP_ISO_STANDARD_ID, 5) != 0)
            return vp_image_read_walk_refuse(offset, "has no volume descriptor here", error);
        if (p[VP_ISO_VD_TYPE] == VP_ISO_TERMINATOR)
            return *primary ||
                   vp_image_read_walk_refuse(offset, "has no primary volume descriptor", error);
        if (p[VP_ISO_VD_TYPE] == VP_ISO_PRIMARY && !*primary)
            *primary = offset;
        if (p[VP_ISO_VD_TYPE] == VP_ISO_SUPPLEMENTARY && is_joliet(p) && !*joliet)
            *joliet = offset;
    }
    return vp_image_read_walk_refuse(offset, "has volume descriptors without an end", error);
}

static gboolean
get_root(const VpImageWalk *walk, guint64 descriptor, Record *root, GError **error)
{
    const guint8 *block = walk->data + descriptor + VP_ISO_VD_BLOCK_SIZE;

    /* 7.2.3: 2048 in both byte orders */
    if (memcmp(block, "\x00\x08\x08\x00", 4) != 0)
        return vp_image_read_walk_refuse(descriptor + VP_ISO_VD_BLOCK_SIZE,
                                         "has logical blocks of other than 2048 bytes", error);
    if (!get_record(walk, descriptor + VP_ISO_VD_ROOT, VP_ISO_DR_ID + 1, root, error))
        return FALSE;
    if (root->flags & VP_ISO_FLAG_DIRECTORY)
        return TRUE;
    return vp_image_read_walk_refuse(root->offset, "has a root directory that is not one", error);
}

/* SUSP 5.3: the root's own record begins with SP; RRIP 4.1.1: and has PX. */
static gboolean
look_for_rock_ridge(Iso *iso, const Record *root, GError **error)
{
    guint64 offset = (guint64)root->extent * VP_ISO_SECTOR;
    g_auto(Use) use = {.name = g_string_new(NULL)};
    Record self;

    if (!vp_image_read_walk_check(iso->walk, offset, VP_ISO_SECTOR, error) ||
        !get_record(iso->walk, offset, VP_ISO_SECTOR, &self, error) ||
        !get_use(iso, &self, &use, error))
        return FALSE;
    if (use.sharing && use.attributes) {
        iso->names = NAMES_ROCK_RIDGE;
        iso->skip = use.skip;
    }
    return TRUE;
}

gboolean
vp_image_read_iso(VpImageWalk *walk, char **label, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Iso iso = {.walk = walk, .seen = seen};
    guint64 primary, joliet;
    Record root;

    if (!find_descriptors(walk, &primary, &joliet, error) ||
        !get_root(walk, primary, &root, error) || !look_for_rock_ridge(&iso, &root, error))
        return FALSE;
    if (iso.names != NAMES_ROCK_RIDGE && joliet) {
        iso.names = NAMES_JOLIET;
        if (!get_root(walk, joliet, &root, error))
            return FALSE;
    }
    if (!read_directory(&iso, root.extent, root.size, error))
        return FALSE;
    *label = vp_image_read_label_text(walk->data + primary + VP_ISO_VD_LABEL, VP_ISO_LABEL_SIZE);
    return TRUE;
}
