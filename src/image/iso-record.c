/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpIsoRecord: a directory or file of one tree of the image, and the directory records that it
 * makes. Sources: ECMA-119 4th edition (bare section numbers refer to it); System Use Sharing
 * Protocol (IEEE P1281 draft 1.12), "SUSP"; Rock Ridge Interchange Protocol (IEEE P1282
 * draft 1.12), "RRIP". Its identifier and PX are those of RRIP 1.09, the only ones that OpenBSD
 * knows. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>

#include "image/iso-name.h"
#include "image/iso-record.h"

/* --- building --- */

static void
free_record(gpointer data)
{
    VpIsoRecord *record = data;

    g_clear_pointer(&record->children, g_ptr_array_unref);
    g_free(record);
}

/* 9.3: its filler and the '.' sort before every character that an identifier has, so that bytes
 * decide. Joliet, 'Sort Ordering': bytes as well. */
static int
compare_records(gconstpointer a, gconstpointer b)
{
    const VpIsoRecord *first = *(const VpIsoRecord *const *)a,
                      *second = *(const VpIsoRecord *const *)b;
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
new_record(const VpImageNode *node, VpIsoRecord *parent, VpIsoNames names)
{
    VpIsoRecord *record = g_new0(VpIsoRecord, 1);
    g_autoptr(GPtrArray) plain = NULL;

    record->node = node;
    record->parent = parent != NULL ? parent : record;
    if (node->file != NULL)
        return record;
    record->children = g_ptr_array_new_full(node->children->len, free_record);
    if (names != VP_ISO_JOLIET)
        plain = vp_image_iso_names(node);
    for (guint i = 0; i < node->children->len; i++) {
        VpIsoRecord *child = new_record(g_ptr_array_index(node->children, i), record, names);

        if (plain)
            set_plain_id(child, g_ptr_array_index(plain, i));
        else
            set_joliet_id(child);
        g_ptr_array_add(record->children, child);
    }
    g_ptr_array_sort(record->children, compare_records);
    return record;
}

VpIsoRecord *
vp_image_iso_record_new(const VpImageNode *root, VpIsoNames names)
{
    return new_record(root, NULL, names);
}

void
vp_image_iso_record_free(VpIsoRecord *root)
{
    free_record(root);
}

/* --- Rock Ridge: fields that are appended to the record --- */

/* RRIP 1.09, 4.3: the exact texts */
#define ER_ID "RRIP_1991A"
#define ER_DESCRIPTION                                                                             \
    "THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS"
#define ER_SOURCE                                                                                  \
    "PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN "        \
    "PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION."

enum { SU_SP = 7, SU_PX = 36, SU_CE = 28, SU_NM = 5, SU_ER = 8 };

static guint8 *
put_field(guint8 *p, const char *signature, gsize size)
{
    memcpy(p, signature, 2);
    p[2] = (guint8)size;
    p[3] = 1; /* version */
    return p + 4;
}

static guint8 *
add_field(VpIsoEncoded *out, const char *signature, gsize size)
{
    guint8 *p = put_field(out->bytes + out->size, signature, size);

    out->size += size;
    return p;
}

/* SUSP 5.3 */
static void
add_sp(VpIsoEncoded *out)
{
    guint8 *p = add_field(out, "SP", SU_SP);

    p[0] = 0xbe;
    p[1] = 0xef;
    p[2] = 0; /* no bytes to skip */
}

static guint32
count_links(const VpIsoRecord *record)
{
    guint32 links = record->children != NULL ? 2 : 1;

    for (guint i = 0; record->children != NULL && i < record->children->len; i++) {
        const VpIsoRecord *child = g_ptr_array_index(record->children, i);

        links += child->children != NULL ? 1 : 0;
    }
    return links;
}

/* RRIP 4.1.1: for all to read, owned by root */
static void
add_px(VpIsoEncoded *out, const VpIsoRecord *record)
{
    guint8 *p = add_field(out, "PX", SU_PX);

    vp_image_iso9660_put32(p, record->children != NULL ? S_IFDIR | 0555 : S_IFREG | 0444);
    vp_image_iso9660_put32(p + 8, count_links(record));
    vp_image_iso9660_put32(p + 16, 0);
    vp_image_iso9660_put32(p + 24, 0);
}

/* SUSP 5.1: the offset of out->more */
static void
add_ce(VpIsoEncoded *out, guint32 area, guint32 offset)
{
    guint8 *p = add_field(out, "CE", SU_CE);

    vp_image_iso9660_put32(p, area + offset / VP_ISO_SECTOR);
    vp_image_iso9660_put32(p + 8, offset % VP_ISO_SECTOR);
    vp_image_iso9660_put32(p + 16, (guint32)out->more_size);
}

/* RRIP 4.1.4 */
static gsize
put_nm(guint8 *p, const char *name)
{
    gsize length = strlen(name);

    p = put_field(p, "NM", SU_NM + length);
    *p++ = 0; /* flags: the whole name */
    memcpy(p, name, length);
    return SU_NM + length;
}

/* SUSP 5.5 */
static gsize
put_er(guint8 *p)
{
    gsize size = SU_ER + strlen(ER_ID) + strlen(ER_DESCRIPTION) + strlen(ER_SOURCE);

    p = put_field(p, "ER", size);
    *p++ = (guint8)strlen(ER_ID);
    *p++ = (guint8)strlen(ER_DESCRIPTION);
    *p++ = (guint8)strlen(ER_SOURCE);
    *p++ = 1; /* extension version */
    memcpy(p, ER_ID ER_DESCRIPTION ER_SOURCE, size - SU_ER);
    return size;
}

static void
add_name(VpIsoEncoded *out, const VpIsoRecord *record, guint32 area)
{
    if (out->size + SU_NM + strlen(record->node->name) <= sizeof out->bytes) {
        out->size += put_nm(out->bytes + out->size, record->node->name);
        return;
    }
    out->more_size = put_nm(out->more, record->node->name);
    add_ce(out, area, record->continuation);
}

static void
add_rock_ridge(VpIsoEncoded *out, const VpIsoRecord *record, VpIsoRole role, guint32 area)
{
    gboolean root = role == VP_ISO_SELF && record->parent == record;

    if (root)
        add_sp(out);
    add_px(out, record);
    if (root) {
        out->more_size = put_er(out->more);
        add_ce(out, area, record->continuation);
    }
    if (role == VP_ISO_CHILD)
        add_name(out, record, area);
    out->size += out->size & 1;
}

/* --- directory records --- */

static gsize
put_id(guint8 *p, const VpIsoRecord *record, VpIsoRole role, VpIsoNames names)
{
    if (role != VP_ISO_CHILD) {
        p[0] = role == VP_ISO_PARENT; /* 6.8.2.2 */
        return 1;
    }
    memcpy(p, record->id, record->id_size);
    if (names == VP_ISO_JOLIET || record->children != NULL)
        return record->id_size;
    memcpy(p + record->id_size, ";1", 2); /* 7.5.1 */
    return record->id_size + 2U;
}

/* 9.1. No time is recorded: a fixed one, since some readers take all zeros for a month of 0. */
void
vp_image_iso_record_encode(const VpIsoRecord *record, VpIsoRole role, VpIsoNames names,
                           guint32 continuation, VpIsoEncoded *out)
{
    static const guint8 date[7] = {80, 1, 1, 0, 0, 0, 0};
    guint8 *p = out->bytes;
    gsize id_size;

    memset(p, 0, sizeof out->bytes);
    vp_image_iso9660_put32(p + VP_ISO_DR_EXTENT,
                           record->children != NULL ? record->sector : record->node->start);
    vp_image_iso9660_put32(p + VP_ISO_DR_SIZE, record->children != NULL
                                                   ? record->size
                                                   : (guint32)record->node->file->size);
    memcpy(p + VP_ISO_DR_DATE, date, sizeof date);
    p[VP_ISO_DR_FLAGS] = record->children != NULL ? VP_ISO_FLAG_DIRECTORY : 0;
    vp_image_iso9660_put16(p + VP_ISO_DR_SEQUENCE, 1);
    id_size = put_id(p + VP_ISO_DR_ID, record, role, names);
    p[VP_ISO_DR_ID_LENGTH] = (guint8)id_size;
    out->size = VP_ISO_DR_ID + id_size + !(id_size & 1);
    out->more_size = 0;
    if (names == VP_ISO_ROCK_RIDGE)
        add_rock_ridge(out, record, role, continuation);
    p[VP_ISO_DR_LENGTH] = (guint8)out->size;
}
