/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The offsets of the fields of an ISO 9660 volume, for the writer and the reader.
 * Source: ECMA-119 4th edition; section numbers below are its own. */
#pragma once

#include <glib.h>
#include <string.h>

enum {
    VP_ISO_SECTOR = 2048,
    VP_ISO_SYSTEM_SECTORS = 16, /* 6.2.1: the descriptors begin after them */
};

/* 8.1: volume descriptors */
enum {
    VP_ISO_PRIMARY = 1,
    VP_ISO_SUPPLEMENTARY = 2,
    VP_ISO_TERMINATOR = 255,
};
#define VP_ISO_STANDARD_ID "CD001"

/* 8.4 and 8.5: byte positions in a primary or supplementary descriptor, from 0 */
enum {
    VP_ISO_VD_TYPE = 0,
    VP_ISO_VD_ID = 1,
    VP_ISO_VD_VERSION = 6,
    VP_ISO_VD_SYSTEM = 8,
    VP_ISO_VD_LABEL = 40,
    VP_ISO_VD_SECTORS = 80,
    VP_ISO_VD_ESCAPES = 88,
    VP_ISO_VD_SET_SIZE = 120,
    VP_ISO_VD_SEQUENCE = 124,
    VP_ISO_VD_BLOCK_SIZE = 128,
    VP_ISO_VD_PATH_TABLE_SIZE = 132,
    VP_ISO_VD_PATH_TABLE_L = 140,
    VP_ISO_VD_PATH_TABLE_M = 148,
    VP_ISO_VD_ROOT = 156,
    VP_ISO_VD_SET_NAME = 190,
    VP_ISO_VD_APPLICATION = 574,
    VP_ISO_VD_COPYRIGHT = 702,
    VP_ISO_VD_DATES = 813, /* four of 17 bytes */
    VP_ISO_VD_STRUCTURE_VERSION = 881,
    VP_ISO_LABEL_SIZE = 32,
};

/* 9.1: a directory record */
enum {
    VP_ISO_DR_LENGTH = 0,
    VP_ISO_DR_EXTENDED = 1,
    VP_ISO_DR_EXTENT = 2,
    VP_ISO_DR_SIZE = 10,
    VP_ISO_DR_DATE = 18,
    VP_ISO_DR_FLAGS = 25,
    VP_ISO_DR_UNIT_SIZE = 26,
    VP_ISO_DR_GAP_SIZE = 27,
    VP_ISO_DR_SEQUENCE = 28,
    VP_ISO_DR_ID_LENGTH = 32,
    VP_ISO_DR_ID = 33,
    VP_ISO_DR_MAX = 254, /* even, in one byte */
};
enum {
    VP_ISO_FLAG_DIRECTORY = 1 << 1,
    VP_ISO_FLAG_ASSOCIATED = 1 << 2,
    VP_ISO_FLAG_MULTI_EXTENT = 1 << 7,
};

/* 7.2.3 and 7.3.3: numbers in both byte orders, little-endian first */
static inline void
vp_image_iso9660_put16(guchar *p, guint16 value)
{
    p[0] = p[3] = (guchar)value;
    p[1] = p[2] = (guchar)(value >> 8);
}

static inline void
vp_image_iso9660_put32(guchar *p, guint32 value)
{
    guint32 le = GUINT32_TO_LE(value), be = GUINT32_TO_BE(value);

    memcpy(p, &le, 4);
    memcpy(p + 4, &be, 4);
}
