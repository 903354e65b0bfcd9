/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names on FAT, and directory entries. Source: fatgen103, "FAT Directory Structure" to the end. */
#include <config.h>

#include <string.h>

#include "base/hash.h"
#include "image/vfat-directory.h"

enum { BASE_SIZE = 8, EXTENSION_SIZE = 3, FIRST_DATE = 1 << 5 | 1 /* 1 January 1980 */ };

static void
free_record(gpointer data)
{
    VpVfatRecord *record = data;

    g_clear_pointer(&record->children, g_ptr_array_unref);
    g_free(record->name);
    g_free(record);
}

void
vp_image_vfat_record_free(VpVfatRecord *root)
{
    if (root != NULL)
        free_record(root);
}

/* --- 8.3 names --- */

/* "The Basis-Name Generation Algorithm": upper case, without spaces and dots, '_' for characters
 * that 8.3 forbids. Returns the number of characters, at most size; the rest of out keeps its
 * spaces. */
static gsize
put_short(guint8 *out, gsize size, const char *start, const char *end)
{
    gsize n = 0;

    for (const char *p = start; p < end && n < size; p = g_utf8_next_char(p)) {
        if (*p == ' ' || *p == '.')
            continue;
        out[n++] = (guint8)(g_ascii_isalnum(*p) || strchr("$%'-_@~`!(){}^#&", *p) != NULL
                                ? g_ascii_toupper(*p)
                                : '_');
    }
    return n;
}

/* number 0: the name as it is; otherwise a numeric tail, "~N". */
static void
make_alias(const char *name, guint number, guint8 *alias)
{
    const char *first = name + strspn(name, "."), *end = name + strlen(name);
    const char *dot = strrchr(first, '.');
    char tail[BASE_SIZE + 1] = "";
    gsize length;

    if (number > 0)
        g_snprintf(tail, sizeof tail, "~%u", number);
    memset(alias, ' ', VP_FAT_ALIAS_SIZE);
    length = put_short(alias, BASE_SIZE - strlen(tail), first, dot != NULL ? dot : end);
    memcpy(alias + length, tail, strlen(tail));
    if (dot != NULL)
        put_short(alias + BASE_SIZE, EXTENSION_SIZE, dot + 1, end);
}

/* An alias as a reader shows it: "NAME.EXT". */
static char *
alias_text(const guint8 *alias)
{
    g_autofree char *base = g_strchomp(g_strndup((const char *)alias, BASE_SIZE));
    g_autofree char *extension =
        g_strchomp(g_strndup((const char *)alias + BASE_SIZE, EXTENSION_SIZE));

    return g_strconcat(base, *extension ? "." : "", extension, NULL);
}

/* "The Numeric-Tail Generation Algorithm": a name that fits but for its case needs no tail. */
static gboolean
fits(const char *name)
{
    guint8 alias[VP_FAT_ALIAS_SIZE];
    g_autofree char *text = NULL;

    make_alias(name, 0, alias);
    text = alias_text(alias);
    return *text && g_ascii_strcasecmp(name, text) == 0;
}

/* number: of the first tail that is tried. */
static void
set_names(VpVfatRecord *record, guint number, GHashTable *taken)
{
    const char *name = record->node->name;
    char *text;
    glong units;

    for (;; number++) {
        make_alias(name, number, record->alias);
        text = alias_text(record->alias);
        if (g_hash_table_add(taken, text))
            break;
    }
    if (g_str_equal(name, text))
        return;
    record->name = g_utf8_to_utf16(name, -1, NULL, &units, NULL);
    record->units = (guint)units;
}

/* Names that fit come first: a reader that looks for one must not find another file by its alias.
 * Counting from the place in the directory keeps the search for a tail short. */
static void
name_children(const VpVfatRecord *directory)
{
    g_autoptr(GHashTable) taken = g_hash_table_new_full(vp_hash_text, g_str_equal, g_free, NULL);

    for (guint pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < directory->children->len; i++) {
            VpVfatRecord *child = directory->children->pdata[i];

            if (fits(child->node->name) == (pass == 0))
                set_names(child, pass == 0 ? 0 : i + 1, taken);
        }
    }
}

static VpVfatRecord *
new_record(VpImageNode *node, VpVfatRecord *parent)
{
    VpVfatRecord *record = g_new0(VpVfatRecord, 1);

    record->node = node;
    record->parent = parent;
    if (node->file != NULL)
        return record;
    record->children = g_ptr_array_new_full(node->children->len, free_record);
    for (guint i = 0; i < node->children->len; i++)
        g_ptr_array_add(record->children, new_record(node->children->pdata[i], record));
    name_children(record);
    return record;
}

VpVfatRecord *
vp_image_vfat_record_new(VpImageNode *root)
{
    return new_record(root, NULL);
}

/* --- directory entries --- */

static guint
long_entries(const VpVfatRecord *record)
{
    return (record->units + VP_FAT_LONG_UNITS - 1) / VP_FAT_LONG_UNITS;
}

guint32
vp_image_vfat_directory_size(const VpVfatRecord *directory)
{
    guint32 entries = directory->parent != NULL ? 2 : 1;

    for (guint i = 0; i < directory->children->len; i++)
        entries += 1 + long_entries(g_ptr_array_index(directory->children, i));
    return entries * VP_FAT_DIR_ENTRY;
}

static guint8 *
put_entry(guint8 *p, const void *alias, guint8 attributes, guint32 cluster, guint32 size)
{
    memcpy(p + VP_FAT_DIR_NAME, alias, VP_FAT_ALIAS_SIZE);
    p[VP_FAT_DIR_ATTRIBUTES] = attributes;
    vp_image_fat_put16(p + VP_FAT_DIR_CREATED, FIRST_DATE);
    vp_image_fat_put16(p + VP_FAT_DIR_ACCESSED, FIRST_DATE);
    vp_image_fat_put16(p + VP_FAT_DIR_WRITTEN, FIRST_DATE);
    vp_image_fat_put16(p + VP_FAT_DIR_CLUSTER_HIGH, (guint16)(cluster >> 16));
    vp_image_fat_put16(p + VP_FAT_DIR_CLUSTER_LOW, (guint16)cluster);
    vp_image_fat_put32(p + VP_FAT_DIR_SIZE, size);
    return p + VP_FAT_DIR_ENTRY;
}

/* One 0x0000 ends a name that leaves room for it, 0xffff fills up after that. */
static guint8 *
put_long_entry(guint8 *p, const VpVfatRecord *record, guint order)
{
    guint first = (order - 1) * VP_FAT_LONG_UNITS;

    p[VP_FAT_LONG_ORDER] = (guint8)(order | (order == long_entries(record) ? VP_FAT_LONG_LAST : 0));
    p[VP_FAT_DIR_ATTRIBUTES] = VP_FAT_LONG_NAME;
    p[VP_FAT_LONG_CHECKSUM] = vp_image_fat_checksum(record->alias);
    for (guint i = 0; i < VP_FAT_LONG_UNITS; i++)
        vp_image_fat_put16(p + vp_image_fat_long_position(i),
                           first + i < record->units    ? record->name[first + i]
                           : first + i == record->units ? 0
                                                        : 0xffff);
    return p + VP_FAT_DIR_ENTRY;
}

static guint8 *
put_child(guint8 *p, const VpVfatRecord *child)
{
    const VpTreeFile *file = child->node->file;

    for (guint order = long_entries(child); order > 0; order--)
        p = put_long_entry(p, child, order);
    return put_entry(p, child->alias, file != NULL ? VP_FAT_ARCHIVE : VP_FAT_DIRECTORY,
                     child->node->start, file != NULL ? (guint32)file->size : 0);
}

void
vp_image_vfat_directory_write(const VpVfatRecord *directory, const char *label, guint8 *out)
{
    char padded[VP_FAT_LABEL_SIZE + 1];

    if (directory->parent != NULL) {
        out = put_entry(out, ".          ", VP_FAT_DIRECTORY, directory->node->start, 0);
        out = put_entry(out, "..         ", VP_FAT_DIRECTORY, directory->parent->node->start, 0);
    } else {
        g_snprintf(padded, sizeof padded, "%-11s", label);
        out = put_entry(out, padded, VP_FAT_VOLUME_ID, 0, 0);
    }
    for (guint i = 0; i < directory->children->len; i++)
        out = put_child(out, g_ptr_array_index(directory->children, i));
}
