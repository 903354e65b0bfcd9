/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directory records of ISO 9660, of Rock Ridge and of Joliet, to the byte. */
#include <config.h>

#include <string.h>

#include "image/iso-record.h"

#define K8                                                                                         \
    "\346\274\242\346\274\242\346\274\242\346\274\242\346\274\242\346\274\242\346\274\242\346\274" \
    "\242"

typedef struct {
    VpTree *tree;
    VpImageNode *nodes;
    VpIsoRecord *root;
} Records;

static void
begin(Records *records, VpIsoNames names, const char *const *paths)
{
    records->tree = vp_image_tree_new();
    for (; *paths != NULL; paths++) {
        g_autoptr(GError) error = NULL;

        g_assert_true(
            vp_image_tree_add(records->tree, *paths, g_bytes_new_static("four", 4), &error));
    }
    records->nodes = vp_image_node_new(records->tree);
    records->root = vp_image_iso_record_new(records->nodes, names);
}

static void
end(Records *records)
{
    vp_image_iso_record_free(records->root);
    vp_image_node_free(records->nodes);
    vp_image_tree_free(records->tree);
}

static VpIsoRecord *
nth(const VpIsoRecord *directory, guint n)
{
    return directory->children->pdata[n];
}

/* Both byte orders, as every number of a record has them. */
static guint32
get32(const guint8 *p)
{
    guint32 number = (guint32)p[0] | (guint32)p[1] << 8 | (guint32)p[2] << 16 | (guint32)p[3] << 24;

    g_assert_cmpuint(
        number, ==, (guint32)p[7] | (guint32)p[6] << 8 | (guint32)p[5] << 16 | (guint32)p[4] << 24);
    return number;
}

/* --- the tree --------------------------------------------------------------------------------- */

/* ECMA-119 9.3: in the order of the identifiers, which is not always that of the names. */
static void
test_order(void)
{
    static const char *const paths[] = {"B", "a", "c.x", "d/e", NULL};
    static const char *const plain[] = {"A.", "B.", "C.X", "D"};
    static const char *const joliet[] = {"\0B", "\0a", "\0c\0.\0x", "\0d"};
    Records records;

    begin(&records, VP_ISO_PLAIN, paths);
    g_assert_true(records.root->parent == records.root);
    g_assert_cmpuint(records.root->children->len, ==, G_N_ELEMENTS(plain));
    for (guint i = 0; i < G_N_ELEMENTS(plain); i++) {
        const VpIsoRecord *record = nth(records.root, i);

        g_assert_cmpmem(record->id, record->id_size, plain[i], strlen(plain[i]));
        g_assert_true(record->parent == records.root);
        g_assert_cmpint(record->children != NULL, ==, i == 3);
    }
    g_assert_true(nth(nth(records.root, 3), 0)->parent == nth(records.root, 3));
    end(&records);
    begin(&records, VP_ISO_JOLIET, paths);
    for (guint i = 0; i < G_N_ELEMENTS(joliet); i++)
        g_assert_cmpmem(nth(records.root, i)->id, nth(records.root, i)->id_size, joliet[i],
                        i == 2 ? 6 : 2);
    end(&records);
}

/* 64 characters of 16 bits, two of which make one of another plane. */
static void
test_joliet_names(void)
{
    static const char *const paths[] = {K8 K8 K8 K8 K8 K8 K8 K8, "\360\237\230\200", NULL};
    static const guint8 pair[] = {0xd8, 0x3d, 0xde, 0x00};
    Records records;
    VpIsoEncoded out;

    begin(&records, VP_ISO_JOLIET, paths);
    vp_image_iso_record_encode(nth(records.root, 0), VP_ISO_CHILD, VP_ISO_JOLIET, 0, &out);
    g_assert_cmpuint(out.bytes[VP_ISO_DR_ID_LENGTH], ==, 128); /* and no version */
    g_assert_cmpuint(out.size, ==, VP_ISO_DR_ID + 128 + 1);
    g_assert_cmpuint(nth(records.root, 0)->id_size, ==, 128);
    g_assert_cmphex(nth(records.root, 0)->id[126], ==, 0x6f);
    g_assert_cmphex(nth(records.root, 0)->id[127], ==, 0x22);
    g_assert_cmpmem(nth(records.root, 1)->id, nth(records.root, 1)->id_size, pair, sizeof(pair));
    end(&records);
}

/* --- plain records ---------------------------------------------------------------------------- */

static void
test_file(void)
{
    static const char *const paths[] = {"name", NULL};
    static const guint8 expected[] = {
        40, 0, 0x44, 0x33, 0x22, 0x11, 0x11, 0x22, 0x33, 0x44, 4,   0,   0,   0,
        0,  0, 0,    4,    80,   1,    1,    0,    0,    0,    0, /* the date */
        0,                                                        /* flags */
        0,  0, 1,    0,    0,    1,    7,    'N',  'A',  'M',  'E', '.', ';', '1'};
    Records records;
    VpIsoEncoded out;

    begin(&records, VP_ISO_PLAIN, paths);
    ((VpImageNode *)nth(records.root, 0)->node)->start = 0x11223344;
    vp_image_iso_record_encode(nth(records.root, 0), VP_ISO_CHILD, VP_ISO_PLAIN, 0, &out);
    g_assert_cmpmem(out.bytes, out.size, expected, sizeof(expected));
    g_assert_cmpuint(out.more_size, ==, 0);
    end(&records);
}

/* The same directory by its own record, by its child's and by its parent's. */
static void
test_directory(void)
{
    static const char *const paths[] = {"dirs/a", NULL};
    static const struct {
        VpIsoRole role;
        VpIsoNames names;
        gsize size;
        guint8 id[8], id_size;
    } cases[] = {
        {VP_ISO_SELF, VP_ISO_PLAIN, 34, {0}, 1},
        {VP_ISO_PARENT, VP_ISO_PLAIN, 34, {1}, 1},
        {VP_ISO_CHILD, VP_ISO_PLAIN, 38, "DIRS", 4}, /* no version, and a byte to fill up */
        {VP_ISO_SELF, VP_ISO_JOLIET, 34, {0}, 1},
        {VP_ISO_CHILD, VP_ISO_JOLIET, 42, "\0d\0i\0r\0s", 8},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Records records;
        VpIsoRecord *directory;
        VpIsoEncoded out;

        begin(&records, cases[i].names, paths);
        directory = nth(records.root, 0);
        directory->sector = 23;
        directory->size = 4096;
        vp_image_iso_record_encode(directory, cases[i].role, cases[i].names, 0, &out);
        g_assert_cmpuint(out.size, ==, cases[i].size);
        g_assert_cmpuint(out.bytes[VP_ISO_DR_LENGTH], ==, out.size);
        g_assert_cmpmem(out.bytes + VP_ISO_DR_ID, out.bytes[VP_ISO_DR_ID_LENGTH], cases[i].id,
                        cases[i].id_size);
        g_assert_cmpuint(get32(out.bytes + VP_ISO_DR_EXTENT), ==, 23);
        g_assert_cmpuint(get32(out.bytes + VP_ISO_DR_SIZE), ==, 4096);
        g_assert_cmphex(out.bytes[VP_ISO_DR_FLAGS], ==, VP_ISO_FLAG_DIRECTORY);
        end(&records);
    }
}

/* --- Rock Ridge ------------------------------------------------------------------------------- */

/* Names and sizes of the fields: "PX36 NM6 ", which fill the record but for a last zero. */
static char *
tell_fields(const VpIsoEncoded *out)
{
    GString *told = g_string_new(NULL);
    gsize id_size = out->bytes[VP_ISO_DR_ID_LENGTH];
    gsize at = VP_ISO_DR_ID + id_size + !(id_size & 1);

    while (at + 4 <= out->size && out->bytes[at] != 0) {
        g_string_append_printf(told, "%.2s%u ", (const char *)out->bytes + at, out->bytes[at + 2]);
        g_assert_cmpuint(out->bytes[at + 3], ==, 1);
        at += out->bytes[at + 2];
    }
    g_assert_cmpuint(out->size, ==, at + (at & 1));
    g_assert_cmpuint(out->bytes[VP_ISO_DR_LENGTH], ==, out->size);
    return g_string_free(told, FALSE);
}

static const guint8 *
find_field(const VpIsoEncoded *out, const char *name)
{
    const guint8 *found = memmem(out->bytes + VP_ISO_DR_ID, out->size - VP_ISO_DR_ID, name, 2);

    g_assert_nonnull(found);
    return found;
}

static void
test_roles(void)
{
    static const char *const paths[] = {"a", "dir/b", NULL};
    static const struct {
        guint path[2]; /* below the root, from 1 */
        VpIsoRole role;
        const char *fields;
    } cases[] = {
        {{0}, VP_ISO_SELF, "SP7 PX36 CE28 "}, /* only there */
        {{0}, VP_ISO_PARENT, "PX36 "},        {{1}, VP_ISO_CHILD, "PX36 NM6 "},
        {{2}, VP_ISO_CHILD, "PX36 NM8 "},     {{2}, VP_ISO_SELF, "PX36 "},
        {{2}, VP_ISO_PARENT, "PX36 "},        {{2, 1}, VP_ISO_CHILD, "PX36 NM6 "},
    };
    Records records;

    begin(&records, VP_ISO_ROCK_RIDGE, paths);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const VpIsoRecord *record = records.root;
        VpIsoEncoded out;
        g_autofree char *fields = NULL;

        for (guint depth = 0; depth < 2 && cases[i].path[depth] > 0; depth++)
            record = nth(record, cases[i].path[depth] - 1);
        vp_image_iso_record_encode(record, cases[i].role, VP_ISO_ROCK_RIDGE, 0, &out);
        fields = tell_fields(&out);
        g_assert_cmpstr(fields, ==, cases[i].fields);
    }
    end(&records);
}

/* Mode, and links: of a directory itself, its "." and the ".." of each below. */
static void
test_attributes(void)
{
    static const char *const paths[] = {"a", "d/a", "e/a", NULL};
    Records records;
    VpIsoEncoded root, file, directory;

    begin(&records, VP_ISO_ROCK_RIDGE, paths);
    vp_image_iso_record_encode(records.root, VP_ISO_SELF, VP_ISO_ROCK_RIDGE, 0, &root);
    vp_image_iso_record_encode(nth(records.root, 0), VP_ISO_CHILD, VP_ISO_ROCK_RIDGE, 0, &file);
    vp_image_iso_record_encode(nth(records.root, 1), VP_ISO_CHILD, VP_ISO_ROCK_RIDGE, 0,
                               &directory);
    g_assert_cmphex(get32(find_field(&root, "PX") + 4), ==, 040555);
    g_assert_cmpuint(get32(find_field(&root, "PX") + 12), ==, 4);
    g_assert_cmphex(get32(find_field(&file, "PX") + 4), ==, 0100444);
    g_assert_cmpuint(get32(find_field(&file, "PX") + 12), ==, 1);
    g_assert_cmpuint(get32(find_field(&directory, "PX") + 12), ==, 2);
    g_assert_cmpuint(get32(find_field(&file, "PX") + 20), ==, 0);
    g_assert_cmpuint(get32(find_field(&file, "PX") + 28), ==, 0);
    g_assert_cmpmem(find_field(&root, "SP") + 4, 3, "\xbe\xef\0", 3);
    end(&records);
}

/* SUSP 5.5 and RRIP 4.3: that Rock Ridge is used, in the continuation area. */
static void
test_extension(void)
{
    static const char *const paths[] = {"a", NULL};
    Records records;
    VpIsoEncoded out;

    begin(&records, VP_ISO_ROCK_RIDGE, paths);
    records.root->continuation = 5000;
    vp_image_iso_record_encode(records.root, VP_ISO_SELF, VP_ISO_ROCK_RIDGE, 100, &out);
    g_assert_cmpuint(out.more_size, ==, 8 + 10 + 84 + 135);
    g_assert_cmpmem(out.more, 18, "ER\xed\1\x0a\x54\x87\1RRIP_1991A", 18);
    g_assert_cmpmem(out.more + out.more_size - 20, 20, "CONTACT INFORMATION.", 20);
    g_assert_cmpuint(get32(find_field(&out, "CE") + 4), ==, 102);
    g_assert_cmpuint(get32(find_field(&out, "CE") + 12), ==, 904);
    g_assert_cmpuint(get32(find_field(&out, "CE") + 20), ==, out.more_size);
    end(&records);
}

/* A record has room for a name of 147 bytes; the longest has 192. */
static void
test_long_names(void)
{
    static const struct {
        const char *name;
        const char *fields;
    } cases[] = {
        {K8 K8 K8 K8 K8 K8 "\346\274\242", "PX36 NM152 "},
        {K8 K8 K8 K8 K8 K8 "\346\274\242a", "PX36 CE28 "},
        {K8 K8 K8 K8 K8 K8 K8 K8, "PX36 CE28 "},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const paths[] = {cases[i].name, NULL};
        gsize length = strlen(cases[i].name);
        const guint8 *name;
        Records records;
        VpIsoEncoded out;
        g_autofree char *fields = NULL;

        begin(&records, VP_ISO_ROCK_RIDGE, paths);
        vp_image_iso_record_encode(nth(records.root, 0), VP_ISO_CHILD, VP_ISO_ROCK_RIDGE, 9, &out);
        fields = tell_fields(&out);
        g_assert_cmpstr(fields, ==, cases[i].fields);
        g_assert_cmpuint(out.more_size, ==, i == 0 ? 0 : 5 + length);
        name = i == 0 ? find_field(&out, "NM") : out.more;
        g_assert_cmpmem(name, 2, "NM", 2);
        g_assert_cmpuint(name[2], ==, 5 + length);
        g_assert_cmpuint(name[4], ==, 0);
        g_assert_cmpmem(name + 5, length, cases[i].name, length);
        end(&records);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/iso-record/order", test_order);
    g_test_add_func("/iso-record/joliet-names", test_joliet_names);
    g_test_add_func("/iso-record/file", test_file);
    g_test_add_func("/iso-record/directory", test_directory);
    g_test_add_func("/iso-record/roles", test_roles);
    g_test_add_func("/iso-record/attributes", test_attributes);
    g_test_add_func("/iso-record/extension", test_extension);
    g_test_add_func("/iso-record/long-names", test_long_names);
    return g_test_run();
}
