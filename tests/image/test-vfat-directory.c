/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names on FAT, and the directory entries that say them. */
#include <config.h>

#include <string.h>

#include "image/vfat-directory.h"

/* Each path is an empty file but those with a content. */
typedef struct {
    VpTree *tree;
    VpImageNode *nodes;
    VpVfatRecord *root;
} Directory;

static void
open_directory(Directory *directory, const char *const *paths, const char *content)
{
    directory->tree = vp_image_tree_new();
    for (; *paths != NULL; paths++) {
        g_autoptr(GError) error = NULL;

        g_assert_true(vp_image_tree_add(directory->tree, *paths,
                                        g_bytes_new(content, strlen(content)), &error));
    }
    directory->nodes = vp_image_node_new(directory->tree);
    directory->root = vp_image_vfat_record_new(directory->nodes);
}

static void
close_directory(Directory *directory)
{
    vp_image_vfat_record_free(directory->root);
    vp_image_node_free(directory->nodes);
    vp_image_tree_free(directory->tree);
}

/* --- names ------------------------------------------------------------------------------------ */

/* "ALIAS   EXT" of each record in order, and "+" if it has a long name too. */
static char *
tell_names(const VpVfatRecord *directory)
{
    GString *told = g_string_new(NULL);

    for (guint i = 0; i < directory->children->len; i++) {
        const VpVfatRecord *child = directory->children->pdata[i];

        g_assert_true(child->parent == directory);
        g_assert_cmpuint(child->units > 0, ==, child->name != NULL);
        g_string_append_printf(told, "%.11s%s|", (const char *)child->alias,
                               child->name != NULL ? "+" : "");
    }
    return g_string_free(told, FALSE);
}

static const struct {
    const char *name;
    const char *paths[8]; /* in the order of their bytes */
    const char *expected;
} names[] = {
    {"nothing", {NULL}, ""},
    {"as-they-are", {"A", "ABCDEFGH.TXT", "X~1.Z"}, "A          |ABCDEFGHTXT|X~1     Z  |"},
    {"but-for-case", {"a.txt"}, "A       TXT+|"},
    {"longer-base", {"ABCDEFGHI.TXT"}, "ABCDEF~1TXT+|"},
    {"longer-extension", {"A.TEXT"}, "A~1     TEX+|"},
    {"several-dots", {"a.tar.gz"}, "ATAR~1  GZ +|"},
    {"dots-at-the-start", {"..a", ".config.d"}, "A~1        +|CONFIG~2D  +|"},
    {"blanks", {"A B.C D"}, "AB~1    CD +|"},
    {"forbidden-in-8.3", {"+,=[]"}, "_____~1    +|"},
    {"characters-of-8.3", {"!(){}^#&", "$%'-_@~`"}, "!(){}^#&   |$%'-_@~`   |"},
    {"not-ascii", {"\303\244.txt", "\360\237\230\200"}, "_~1     TXT+|_~2        +|"},
    {"numbers-by-place",
     {"A", "long name 1", "long name 2"},
     "A          |LONGNA~2   +|LONGNA~3   +|"},
    {"number-that-is-taken", {"LONGNA~2", "long name"}, "LONGNA~2   |LONGNA~3   +|"},
    /* a reader that looks for the second name must not find the first file by its alias */
    {"number-that-is-taken-later", {"A very long name", "AVERYL~1"}, "AVERYL~2   +|AVERYL~1   |"},
    {"number-that-is-taken-in-another-case",
     {"A very long name", "averyl~1"},
     "AVERYL~2   +|AVERYL~1   +|"},
    {"number-that-is-taken-by-a-directory",
     {"A very long name", "AVERYL~1/a"},
     "AVERYL~2   +|AVERYL~1   |"},
};

static void
test_names(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    Directory directory;
    g_autofree char *told = NULL;

    open_directory(&directory, names[i].paths, "");
    told = tell_names(directory.root);
    g_assert_cmpstr(told, ==, names[i].expected);
    close_directory(&directory);
}

/* Each directory counts for itself. */
static void
test_below(void)
{
    static const char *const paths[] = {"first name/long name", "long name", NULL};
    Directory directory;
    const VpVfatRecord *first;
    g_autofree char *above = NULL, *below = NULL;

    open_directory(&directory, paths, "");
    first = directory.root->children->pdata[0];
    above = tell_names(directory.root);
    below = tell_names(first);
    g_assert_cmpstr(above, ==, "FIRSTN~1   +|LONGNA~2   +|");
    g_assert_cmpstr(below, ==, "LONGNA~1   +|");
    g_assert_null(directory.root->parent);
    g_assert_null(((VpVfatRecord *)first->children->pdata[0])->children);
    close_directory(&directory);
}

/* --- entries ---------------------------------------------------------------------------------- */

static void
assert_entry(const guint8 *entry, const char *name, guint8 attributes, guint32 cluster,
             guint32 size)
{
    g_assert_cmpmem(entry + VP_FAT_DIR_NAME, VP_FAT_ALIAS_SIZE, name, VP_FAT_ALIAS_SIZE);
    g_assert_cmphex(entry[VP_FAT_DIR_ATTRIBUTES], ==, attributes);
    g_assert_cmpuint(vp_image_fat_get16(entry + VP_FAT_DIR_CLUSTER_HIGH), ==, cluster >> 16);
    g_assert_cmpuint(vp_image_fat_get16(entry + VP_FAT_DIR_CLUSTER_LOW), ==, cluster & 0xffff);
    g_assert_cmpuint(vp_image_fat_get32(entry + VP_FAT_DIR_SIZE), ==, size);
    /* 1 January 1980 */
    g_assert_cmphex(vp_image_fat_get16(entry + VP_FAT_DIR_WRITTEN), ==, 0x21);
    g_assert_cmphex(vp_image_fat_get16(entry + VP_FAT_DIR_CREATED), ==, 0x21);
    g_assert_cmphex(vp_image_fat_get16(entry + VP_FAT_DIR_ACCESSED), ==, 0x21);
}

/* Exactly its size, and nothing after it is touched. */
static guint8 *
write_directory(const VpVfatRecord *directory, const char *label, guint32 entries)
{
    guint32 size = vp_image_vfat_directory_size(directory);
    guint8 *out = g_malloc0(size + 1);

    g_assert_cmpuint(size, ==, entries * VP_FAT_DIR_ENTRY);
    out[size] = 0xa5;
    vp_image_vfat_directory_write(directory, label, out);
    g_assert_cmphex(out[size], ==, 0xa5);
    return out;
}

static void
test_entries(void)
{
    static const char *const paths[] = {"A.TXT", "DIR/B", NULL};
    Directory directory;
    const VpVfatRecord *below;
    g_autofree guint8 *root = NULL, *inner = NULL;

    open_directory(&directory, paths, "four");
    below = directory.root->children->pdata[1];
    ((VpVfatRecord *)directory.root->children->pdata[0])->node->start = 0x12345;
    below->node->start = 7;
    root = write_directory(directory.root, "cidata", 3);
    assert_entry(root, "cidata     ", VP_FAT_VOLUME_ID, 0, 0);
    assert_entry(root + 32, "A       TXT", VP_FAT_ARCHIVE, 0x12345, 4);
    assert_entry(root + 64, "DIR        ", VP_FAT_DIRECTORY, 7, 0);
    inner = write_directory(below, "cidata", 3);
    assert_entry(inner, ".          ", VP_FAT_DIRECTORY, 7, 0);
    assert_entry(inner + 32, "..         ", VP_FAT_DIRECTORY, 0, 0); /* the root */
    assert_entry(inner + 64, "B          ", VP_FAT_ARCHIVE, 0, 4);
    close_directory(&directory);
}

/* The long name in the entries before the short one at out, as a reader joins it. */
static char *
read_long(const guint8 *entry, guint entries)
{
    gunichar2 units[20 * VP_FAT_LONG_UNITS + 1] = {0};

    for (guint i = 0; i < entries; i++) {
        const guint8 *at = entry - (gsize)(i + 1) * VP_FAT_DIR_ENTRY;

        g_assert_cmphex(at[VP_FAT_LONG_ORDER], ==,
                        (i + 1) | (i + 1 == entries ? VP_FAT_LONG_LAST : 0));
        g_assert_cmphex(at[VP_FAT_DIR_ATTRIBUTES], ==, VP_FAT_LONG_NAME);
        g_assert_cmphex(at[VP_FAT_LONG_CHECKSUM], ==, vp_image_fat_checksum(entry));
        g_assert_cmpuint(vp_image_fat_get16(at + VP_FAT_DIR_CLUSTER_LOW), ==, 0);
        for (guint n = 0; n < VP_FAT_LONG_UNITS; n++)
            units[i * VP_FAT_LONG_UNITS + n] =
                vp_image_fat_get16(at + vp_image_fat_long_position(n));
    }
    return g_utf16_to_utf8(units, -1, NULL, NULL, NULL);
}

/* The longest has 64 characters of 16 bits; one of 13 or 26 needs no mark of its end. */
static void
test_long_names(void)
{
    static const struct {
        const char *name;
        guint entries;
    } cases[] = {
        {"a", 1},
        {"twelve units", 1},
        {"thirteen unit", 1},
        {"fourteen units", 2},
        {"twenty-six 16-bit elements", 2},
        {"\360\237\230\200\303\244 \342\202\254", 1},
        {"0123456789012345678901234567890123456789012345678901234567890123", 5},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const paths[] = {cases[i].name, NULL};
        Directory directory;
        g_autofree guint8 *out = NULL;
        g_autofree char *name = NULL;

        g_test_message("%s", cases[i].name);
        open_directory(&directory, paths, "");
        out = write_directory(directory.root, "", 2 + cases[i].entries);
        assert_entry(out, "           ", VP_FAT_VOLUME_ID, 0, 0);
        name = read_long(out + (gsize)(1 + cases[i].entries) * VP_FAT_DIR_ENTRY, cases[i].entries);
        g_assert_true(g_str_has_prefix(name, cases[i].name));
        close_directory(&directory);
    }
}

/* After a name: 0, and 0xffff up to the end. */
static void
test_filling(void)
{
    static const char *const paths[] = {"ten  units", NULL};
    Directory directory;
    g_autofree guint8 *out = NULL;
    const guint8 *entry;

    open_directory(&directory, paths, "");
    out = write_directory(directory.root, "", 3);
    entry = out + VP_FAT_DIR_ENTRY;
    g_assert_cmphex(vp_image_fat_get16(entry + vp_image_fat_long_position(9)), ==, 's');
    g_assert_cmphex(vp_image_fat_get16(entry + vp_image_fat_long_position(10)), ==, 0);
    g_assert_cmphex(vp_image_fat_get16(entry + vp_image_fat_long_position(11)), ==, 0xffff);
    g_assert_cmphex(vp_image_fat_get16(entry + vp_image_fat_long_position(12)), ==, 0xffff);
    close_directory(&directory);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat("/vfat-directory/names/", names[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_names);
    }
    g_test_add_func("/vfat-directory/below", test_below);
    g_test_add_func("/vfat-directory/entries", test_entries);
    g_test_add_func("/vfat-directory/long-names", test_long_names);
    g_test_add_func("/vfat-directory/filling", test_filling);
    return g_test_run();
}
