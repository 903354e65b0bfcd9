/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identifiers of plain ISO 9660: of which characters, how long, and never twice. */
#include <config.h>

#include <string.h>

#include "image/iso-name.h"

#define N8 "abcdefgh"
#define U8 "ABCDEFGH"

static GPtrArray *
names_of(const char *const *paths)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(VpImageNode) root = NULL;

    for (; *paths != NULL; paths++) {
        g_autoptr(GError) error = NULL;

        g_assert_true(vp_image_tree_add(tree, *paths, g_bytes_new_static("", 0), &error));
    }
    root = vp_image_node_new(tree);
    return vp_image_iso_names(root);
}

static const struct {
    const char *name;
    const char *paths[6]; /* in the order of their bytes */
    const char *expected; /* with a blank after each */
} cases[] = {
    {"nothing", {NULL}, ""},
    {"file", {"name.txt"}, "NAME.TXT "},
    {"file-without-an-extension", {"name"}, "NAME. "},
    {"directory", {"name/a"}, "NAME "},
    {"directory-with-a-dot", {"na.me/a"}, "NA_ME "},
    {"several-dots", {"a.b.c"}, "A_B.C "},
    {"dot-at-the-start", {".config"}, ".CONFIG "},
    {"other-characters", {"a-b c.\303\244"}, "A_B_C._ "},
    {"one-for-each-character", {"\360\237\230\200\342\202\254"}, "__. "},
    {"longest", {N8 N8 N8 "123456"}, U8 U8 U8 "123456. "},
    {"longer", {N8 N8 N8 "1234567"}, U8 U8 U8 "123456. "},
    {"longest-extension", {"a." N8}, "A." U8 " "},
    {"longer-extension", {"a." N8 "i"}, "A." U8 " "},
    {"long-name-with-an-extension", {N8 N8 N8 N8 ".txt"}, U8 U8 U8 "ABC.TXT "},

    {"same-but-for-case", {"A-b", "A_b"}, "A_B. A_B_2. "},
    {"file-and-directory", {"a+", "a-/b"}, "A_. A__2 "},
    {"directory-and-file", {"a+/b", "a-"}, "A_ A__2. "},
    {"file-with-an-extension-and-directory", {"a+.b", "a-/b"}, "A_.B A_ "},
    {"same-when-cut-off",
     {N8 N8 N8 "1234567", N8 N8 N8 "1234568"},
     U8 U8 U8 "123456. " U8 U8 U8 "1234_2. "},
    {"same-with-an-extension", {"a+." N8, "a-." N8}, "A_." U8 " A__2." U8 " "},
    {"number-that-is-taken", {"A_", "A__3", "a-"}, "A_. A__3. A__4. "},
};

static void
test_names(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GPtrArray) names = names_of(cases[i].paths);
    g_autoptr(GString) told = g_string_new(NULL);

    for (guint n = 0; n < names->len; n++)
        g_string_append_printf(told, "%s ", (const char *)names->pdata[n]);
    g_assert_cmpstr(told->str, ==, cases[i].expected);
}

/* As many as a directory may have, all alike; one by one they would take minutes. */
static void
test_many(void)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free), names = NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < VP_TREE_MAX_FILES; i++)
        g_ptr_array_add(paths, g_strdup_printf(N8 N8 N8 N8 "%u.conf", i));
    g_ptr_array_add(paths, NULL);
    names = names_of((const char *const *)paths->pdata);
    g_assert_cmpuint(names->len, ==, VP_TREE_MAX_FILES);
    for (guint i = 0; i < names->len; i++) {
        g_assert_cmpuint(strlen(names->pdata[i]), ==, 31);
        g_assert_true(g_hash_table_add(seen, names->pdata[i]));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/iso-name/", cases[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_names);
    }
    g_test_add_func("/iso-name/many", test_many);
    return g_test_run();
}
