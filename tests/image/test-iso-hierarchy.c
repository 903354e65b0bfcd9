/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One tree of an ISO image: where its directories, path tables and continuations are put, as a
 * reader finds them. */
#include <config.h>

#include <string.h>

#include "image/iso-hierarchy.h"

enum { FIRST = 20 }; /* sector */

typedef struct {
    VpTree *tree;
    VpImageNode *nodes;
    VpIsoHierarchy *hierarchy;
    guint8 *image; /* from the end of the system area on */
    guint32 end;   /* sector */
} World;

static void
add(VpTree *tree, const char *path)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(vp_image_tree_add(tree, path, g_bytes_new_static("", 0), &error));
}

/* Takes the tree over. */
static void
begin(World *world, VpTree *tree, VpIsoNames names)
{
    world->tree = tree;
    world->nodes = vp_image_node_new(tree);
    world->hierarchy = vp_image_iso_hierarchy_new(world->nodes, names);
    world->end = vp_image_iso_hierarchy_place(world->hierarchy, FIRST);
    world->image = g_malloc0((gsize)(world->end - VP_ISO_SYSTEM_SECTORS) * VP_ISO_SECTOR);
    vp_image_iso_hierarchy_write(world->hierarchy, world->image);
}

static void
end(World *world)
{
    vp_image_iso_hierarchy_free(world->hierarchy);
    vp_image_node_free(world->nodes);
    vp_image_tree_free(world->tree);
    g_free(world->image);
}

static const guint8 *
sector(const World *world, guint32 number)
{
    g_assert_cmpuint(number, >=, FIRST);
    g_assert_cmpuint(number, <, world->end);
    return world->image + (gsize)(number - VP_ISO_SYSTEM_SECTORS) * VP_ISO_SECTOR;
}

static guint32
get32(const guint8 *p)
{
    return (guint32)p[0] | (guint32)p[1] << 8 | (guint32)p[2] << 16 | (guint32)p[3] << 24;
}

static VpTree *
new_nested(void)
{
    VpTree *tree = vp_image_tree_new();

    add(tree, "b/x/f");
    add(tree, "a/y/f");
    add(tree, "a/z/f");
    add(tree, "f");
    return tree;
}

/* Breadth first: by level, then by the parent's number, then by identifier (ECMA-119 6.9.1). */
static void
test_path_tables(void)
{
    static const struct {
        const char *id;
        guint parent;
    } expected[] = {{"\0", 1}, {"A", 1}, {"B", 1}, {"Y", 2}, {"Z", 2}, {"X", 3}};
    World world;
    const guint8 *l, *m;

    begin(&world, new_nested(), VP_ISO_ROCK_RIDGE);
    g_assert_cmpuint(world.hierarchy->directories->len, ==, G_N_ELEMENTS(expected));
    g_assert_cmpuint(world.hierarchy->path_table_size, ==, 10 * G_N_ELEMENTS(expected));
    g_assert_cmpuint(world.hierarchy->path_table_l, ==, FIRST);
    g_assert_cmpuint(world.hierarchy->path_table_m, ==, FIRST + 1);
    l = sector(&world, world.hierarchy->path_table_l);
    m = sector(&world, world.hierarchy->path_table_m);
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++, l += 10, m += 10) {
        const VpIsoRecord *directory = world.hierarchy->directories->pdata[i];

        g_assert_cmpuint(directory->number, ==, i + 1);
        g_assert_cmpuint(l[0], ==, 1);
        g_assert_cmpuint(get32(l + 2), ==, directory->sector);
        g_assert_cmpuint(l[6] | l[7] << 8, ==, expected[i].parent);
        g_assert_cmpuint(l[8], ==, (guint8)*expected[i].id);
        g_assert_cmpuint(l[9], ==, 0);
        g_assert_cmpuint(m[0], ==, 1);
        g_assert_cmpuint(GUINT32_SWAP_LE_BE(get32(m + 2)), ==, directory->sector);
        g_assert_cmpuint(m[6] << 8 | m[7], ==, expected[i].parent);
        g_assert_cmpuint(m[8], ==, (guint8)*expected[i].id);
    }
    g_assert_cmpuint(l[0], ==, 0);
    end(&world);
}

/* Identifiers of two bytes and of an even length. */
static void
test_path_tables_of_joliet(void)
{
    World world;
    VpTree *tree = vp_image_tree_new();
    const guint8 *l;

    add(tree, "a/f");
    add(tree, "bcd/f");
    begin(&world, tree, VP_ISO_JOLIET);
    l = sector(&world, world.hierarchy->path_table_l);
    g_assert_cmpuint(world.hierarchy->path_table_size, ==, 10 + 10 + 14);
    g_assert_cmpmem(l + 10 + 8, 2, "\0a", 2);
    g_assert_cmpuint(l[20], ==, 6);
    g_assert_cmpmem(l + 20 + 8, 6, "\0b\0c\0d", 6);
    end(&world);
}

/* Each thing after the other, whole sectors, none twice. */
static void
test_places(void)
{
    World world;
    guint32 next = FIRST + 2;

    begin(&world, new_nested(), VP_ISO_ROCK_RIDGE);
    for (guint i = 0; i < world.hierarchy->directories->len; i++) {
        const VpIsoRecord *directory = world.hierarchy->directories->pdata[i];

        g_assert_cmpuint(directory->sector, ==, next);
        g_assert_cmpuint(directory->size, ==, VP_ISO_SECTOR);
        next++;
    }
    g_assert_cmpuint(world.hierarchy->continuation, ==, next);
    g_assert_cmpuint(world.end, ==, next + 1); /* what says that Rock Ridge is used */
    end(&world);
    begin(&world, new_nested(), VP_ISO_JOLIET);
    g_assert_cmpuint(world.hierarchy->continuation_size, ==, 0);
    g_assert_cmpuint(world.end, ==, next);
    end(&world);
}

/* --- directories ------------------------------------------------------------------------------ */

/* A name of n characters, of three bytes each. */
static char *
long_name(guint n, guint number)
{
    g_autoptr(GString) name = g_string_new(NULL);

    while (name->len < (gsize)3 * (n - 4))
        g_string_append(name, "\346\274\242");
    return g_strdup_printf("%s%04u", name->str, number);
}

/* The name by Rock Ridge, in the record or where it continues; no piece crosses a sector's end. */
static char *
read_name(const World *world, const guint8 *record)
{
    const guint8 *field = record + VP_ISO_DR_ID + record[VP_ISO_DR_ID_LENGTH];

    field += !(record[VP_ISO_DR_ID_LENGTH] & 1);
    g_assert_cmpmem(field, 2, "PX", 2);
    field += field[2];
    if (memcmp(field, "CE", 2) == 0) {
        guint32 offset = get32(field + 12), size = get32(field + 20);

        g_assert_cmpuint(offset + size, <=, VP_ISO_SECTOR);
        field = sector(world, get32(field + 4)) + offset;
        g_assert_cmpuint(field[2], ==, size);
    }
    g_assert_cmpmem(field, 2, "NM", 2);
    return g_strndup((const char *)field + 5, field[2] - 5U);
}

/* Calls for each record of the directory; none crosses a sector's end. Returns how many. */
static guint
check_directory(const World *world, const VpIsoRecord *directory, GHashTable *names)
{
    guint count = 0;

    for (guint32 at = 0; at < directory->size;) {
        const guint8 *record =
            sector(world, directory->sector + at / VP_ISO_SECTOR) + at % VP_ISO_SECTOR;

        if (*record == 0) { /* no more in this sector */
            at += VP_ISO_SECTOR - at % VP_ISO_SECTOR;
            continue;
        }
        g_assert_cmpuint(at % VP_ISO_SECTOR + *record, <=, VP_ISO_SECTOR);
        if (count == 0)
            g_assert_cmpuint(get32(record + VP_ISO_DR_EXTENT), ==, directory->sector);
        else if (count == 1)
            g_assert_cmpuint(get32(record + VP_ISO_DR_EXTENT), ==, directory->parent->sector);
        else
            g_assert_true(g_hash_table_add(names, read_name(world, record)));
        count++;
        at += *record;
    }
    return count;
}

/* More records than a sector holds, and more continuations. */
static void
test_large(void)
{
    static const guint lengths[] = {10, 49, 50, 64};

    for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
        VpTree *tree = vp_image_tree_new();
        g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        World world;
        const VpIsoRecord *directory;

        for (guint number = 0; number < 200; number++) {
            g_autofree char *name = long_name(lengths[i], number);
            g_autofree char *path = g_strconcat("dir/", name, NULL);

            add(tree, path);
        }
        begin(&world, tree, VP_ISO_ROCK_RIDGE);
        directory = world.hierarchy->directories->pdata[1];
        g_assert_cmpuint(directory->size, >, 4 * VP_ISO_SECTOR);
        g_assert_cmpuint(check_directory(&world, directory, names), ==, 202);
        for (guint number = 0; number < 200; number++) {
            g_autofree char *name = long_name(lengths[i], number);

            g_assert_true(g_hash_table_contains(names, name));
        }
        end(&world);
    }
}

/* The volume descriptor: where the path tables are, and the root's record without Rock Ridge. */
static void
test_describe(void)
{
    guint8 descriptor[VP_ISO_SECTOR] = {0};
    World world;
    const guint8 *root = descriptor + VP_ISO_VD_ROOT;

    begin(&world, new_nested(), VP_ISO_ROCK_RIDGE);
    vp_image_iso_hierarchy_describe(world.hierarchy, descriptor);
    g_assert_cmpuint(get32(descriptor + VP_ISO_VD_PATH_TABLE_SIZE), ==, 60);
    g_assert_cmpuint(get32(descriptor + VP_ISO_VD_PATH_TABLE_L), ==, FIRST);
    g_assert_cmpuint(GUINT32_SWAP_LE_BE(get32(descriptor + VP_ISO_VD_PATH_TABLE_M)), ==, FIRST + 1);
    g_assert_cmpuint(*root, ==, 34);
    g_assert_cmpuint(get32(root + VP_ISO_DR_EXTENT), ==, FIRST + 2);
    g_assert_cmpuint(get32(root + VP_ISO_DR_SIZE), ==, VP_ISO_SECTOR);
    g_assert_cmpuint(root[VP_ISO_DR_ID], ==, 0);
    for (gsize i = 0; i < sizeof(descriptor); i++) {
        gboolean is_written = (i >= VP_ISO_VD_PATH_TABLE_SIZE && i < VP_ISO_VD_ROOT + 34);

        g_assert_true(is_written || descriptor[i] == 0);
    }
    end(&world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/iso-hierarchy/path-tables", test_path_tables);
    g_test_add_func("/iso-hierarchy/path-tables/joliet", test_path_tables_of_joliet);
    g_test_add_func("/iso-hierarchy/places", test_places);
    g_test_add_func("/iso-hierarchy/large", test_large);
    g_test_add_func("/iso-hierarchy/describe", test_describe);
    return g_test_run();
}
