/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree of files as nested directories. */
#include <config.h>

#include <string.h>

#include "image/node.h"

static const struct {
    const char *name;
    const char *paths[6]; /* in whatever order */
    const char *nested;   /* "DIRECTORY(" its children ")" and "FILE " */
    const char *files;    /* the same in the tree's order, by whole path */
} cases[] = {
    {"nothing", {NULL}, "()", ""},
    {"files", {"b", "a"}, "(a b )", "a b "},
    {"directory", {"d/b", "d/a", "c"}, "(c d(a b ))", "c d/a d/b "},
    {"deep", {"1/2/3/4/5/6/7/8"}, "(1(2(3(4(5(6(7(8 ))))))))", "1/2/3/4/5/6/7/8 "},
    {"directories-of-one-name",
     {"a/x/1", "b/x/2", "a/x/3"},
     "(a(x(1 3 ))b(x(2 )))",
     "a/x/1 a/x/3 b/x/2 "},
    {"name-that-begins-another",
     {"ab/1", "a/2", "a b/3", "a.b"},
     "(a(2 )a b(3 )a.b ab(1 ))",
     "a/2 a b/3 a.b ab/1 "},
    {"file-that-begins-a-directory", {"a", "aa/1"}, "(a aa(1 ))", "a aa/1 "},
    {"not-ascii",
     {"\303\244/\342\202\254", "z"},
     "(z \303\244(\342\202\254 ))",
     "z \303\244/\342\202\254 "},
};

static void
tell(const VpImageNode *node, GString *told)
{
    g_string_append(told, node->name);
    g_assert_cmpint(node->file != NULL, ==, node->children == NULL);
    g_assert_cmpuint(node->start, ==, 0);
    g_string_append_c(told, node->file != NULL ? ' ' : '(');
    for (guint i = 0; node->children != NULL && i < node->children->len; i++) {
        const VpImageNode *child = node->children->pdata[i];

        g_assert_true(child->parent == node);
        tell(child, told);
    }
    g_string_append(told, node->file != NULL ? "" : ")");
}

static void
test_nested(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(VpImageNode) root = NULL;
    g_autoptr(GPtrArray) files = NULL;
    g_autoptr(GString) nested = g_string_new(NULL), paths = g_string_new(NULL);

    for (gsize n = 0; cases[i].paths[n] != NULL; n++) {
        g_autoptr(GError) error = NULL;

        g_assert_true(
            vp_image_tree_add(tree, cases[i].paths[n], g_bytes_new_static("", 0), &error));
    }
    root = vp_image_node_new(tree);
    g_assert_null(root->parent);
    tell(root, nested);
    g_assert_cmpstr(nested->str, ==, cases[i].nested);
    files = vp_image_node_files(root);
    g_assert_cmpuint(files->len, ==, vp_image_tree_size(tree));
    for (guint n = 0; n < files->len; n++) {
        const VpImageNode *node = files->pdata[n];

        g_assert_true(node->file == vp_image_tree_nth(tree, n));
        g_string_append_printf(paths, "%s ", node->file->path);
    }
    g_assert_cmpstr(paths->str, ==, cases[i].files);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/node/", cases[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_nested);
    }
    return g_test_run();
}
