/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The offsets of the fields of a FAT volume, for the writer and the reader.
 * Source: Microsoft Extensible Firmware Initiative FAT32 File System Specification 1.03
 * (fatgen103). */
#pragma once

#include <glib.h>

/* "Boot Sector and BPB": byte positions, from 0 */
enum {
    VP_FAT_BS_JUMP = 0,
    VP_FAT_BS_OEM = 3,
    VP_FAT_BPB_SECTOR_SIZE = 11,
    VP_FAT_BPB_CLUSTER_SECTORS = 13,
    VP_FAT_BPB_RESERVED = 14,
    VP_FAT_BPB_FATS = 16,
    VP_FAT_BPB_ROOT_ENTRIES = 17,
    VP_FAT_BPB_SECTORS_16 = 19,
    VP_FAT_BPB_MEDIA = 21,
    VP_FAT_BPB_FAT_SECTORS_16 = 22,
    VP_FAT_BPB_TRACK_SECTORS = 24,
    VP_FAT_BPB_HEADS = 26,
    VP_FAT_BPB_SECTORS_32 = 32,
    VP_FAT_BS_DRIVE = 36, /* FAT12 and FAT16 */
    VP_FAT_BS_SIGNATURE = 38,
    VP_FAT_BS_SERIAL = 39,
    VP_FAT_BS_LABEL = 43,
    VP_FAT_BS_TYPE = 54,
    VP_FAT_BPB_FAT_SECTORS_32 = 36, /* FAT32 */
    VP_FAT_BPB_ROOT_CLUSTER = 44,
    VP_FAT32_BS_LABEL = 71,
    VP_FAT_BS_END = 510, /* 0x55 0xAA */
    VP_FAT_LABEL_SIZE = 11,
};

/* "FAT Type Determination": only by the count of clusters */
enum {
    VP_FAT12_END = 4085,
    VP_FAT16_END = 65525,
};

/* "FAT Directory Structure", "FAT Long Directory Entries" */
enum {
    VP_FAT_DIR_NAME = 0,
    VP_FAT_DIR_ATTRIBUTES = 11,
    VP_FAT_DIR_CREATED = 16, /* date */
    VP_FAT_DIR_ACCESSED = 18,
    VP_FAT_DIR_CLUSTER_HIGH = 20,
    VP_FAT_DIR_WRITTEN = 24,
    VP_FAT_DIR_CLUSTER_LOW = 26,
    VP_FAT_DIR_SIZE = 28,
    VP_FAT_DIR_ENTRY = 32, /* bytes of one */
    VP_FAT_ALIAS_SIZE = 11,

    VP_FAT_LONG_ORDER = 0,
    VP_FAT_LONG_CHECKSUM = 13,
    VP_FAT_LONG_LAST = 0x40,
    VP_FAT_LONG_UNITS = 13, /* 16-bit characters in one entry */

    VP_FAT_ENTRY_END = 0x00,
    VP_FAT_ENTRY_FREE = 0xe5,
    VP_FAT_ENTRY_KANJI = 0x05, /* means 0xe5 */
};
enum {
    VP_FAT_READ_ONLY = 0x01,
    VP_FAT_HIDDEN = 0x02,
    VP_FAT_SYSTEM = 0x04,
    VP_FAT_VOLUME_ID = 0x08,
    VP_FAT_DIRECTORY = 0x10,
    VP_FAT_ARCHIVE = 0x20,
    VP_FAT_LONG_NAME = 0x0f,
};

/* The offset of the n-th 16-bit character of a long entry. */
static inline gsize
vp_image_fat_long_position(guint n)
{
    return n < 5 ? 1 + 2 * n : n < 11 ? 14 + 2 * (n - 5) : 28 + 2 * (n - 11);
}

/* "ChkSum()": ties the long entries to their short one */
static inline guint8
vp_image_fat_checksum(const guint8 *alias)
{
    guint8 sum = 0;

    for (guint i = 0; i < VP_FAT_ALIAS_SIZE; i++)
        sum = (guint8)((sum << 7 | sum >> 1) + alias[i]);
    return sum;
}

static inline guint16
vp_image_fat_get16(const guint8 *p)
{
    return (guint16)(p[0] | p[1] << 8);
}

static inline guint32
vp_image_fat_get32(const guint8 *p)
{
    return (guint32)vp_image_fat_get16(p) | (guint32)vp_image_fat_get16(p + 2) << 16;
}

static inline void
vp_image_fat_put16(guint8 *p, guint16 value)
{
    p[0] = (guint8)value;
    p[1] = (guint8)(value >> 8);
}

static inline void
vp_image_fat_put32(guint8 *p, guint32 value)
{
    vp_image_fat_put16(p, (guint16)value);
    vp_image_fat_put16(p + 2, (guint16)(value >> 16));
}
