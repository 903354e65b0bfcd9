/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpTree: the files of a payload image, ordered by path. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "image/tree.h"

struct VpTree {
    GPtrArray *files;  /* of VpTreeFile, ordered */
    GHashTable *names; /* folded path of each file and directory → Name */
    guint64 bytes;
};

/* One file or directory; equal by case is allowed to neither. */
typedef struct {
    char *path;             /* as it was given */
    const VpTreeFile *file; /* NULL: a directory */
} Name;

static void
name_free(gpointer data)
{
    Name *name = data;

    g_free(name->path);
    g_free(name);
}

static void
file_free(gpointer data)
{
    VpTreeFile *file = data;

    g_free(file->path);
    g_clear_pointer(&file->bytes, g_bytes_unref);
    if (file->fd >= 0)
        close(file->fd);
    g_free(file);
}

VpTree *
vp_image_tree_new(void)
{
    VpTree *tree = g_new0(VpTree, 1);

    tree->files = g_ptr_array_new_with_free_func(file_free);
    tree->names = g_hash_table_new_full(vp_hash_text, g_str_equal, g_free, name_free);
    return tree;
}

void
vp_image_tree_free(VpTree *tree)
{
    if (tree == NULL)
        return;
    g_hash_table_unref(tree->names);
    g_ptr_array_unref(tree->files);
    g_free(tree);
}

static gboolean
is_noncharacter(gunichar c)
{
    return (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

static gboolean
check_characters(const char *start, const char *end, GError **error)
{
    guint units = 0;

    for (const char *p = start; p < end; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (g_unichar_iscntrl(c) || is_noncharacter(c))
            return vp_error_set(error, VP_ERROR_PATH, "path has a control character");
        if (c < 0x80 && strchr("\"*:;<>?\\|", (int)c) != NULL)
            return vp_error_set(
                error, VP_ERROR_PATH,
                "path has one of \" * : ; < > ? \\ |, which not every guest can read");
        units += c > 0xffff ? 2 : 1;
    }
    if (units > VP_TREE_MAX_COMPONENT)
        return vp_error_set(error, VP_ERROR_PATH, "path has a component of over %d characters",
                            VP_TREE_MAX_COMPONENT);
    return TRUE;
}

static gboolean
check_component(const char *start, const char *end, GError **error)
{
    if (start == end)
        return vp_error_set(
            error, VP_ERROR_PATH,
            "path is empty, has an empty component, or has '/' at its start or end");
    /* "." and ".." among them; FAT and Windows drop trailing dots and spaces (fatgen103, long
     * names) */
    if (end[-1] == '.' || end[-1] == ' ')
        return vp_error_set(error, VP_ERROR_PATH,
                            "path has a component that ends in '.' or a space");
    return check_characters(start, end, error);
}

gboolean
vp_image_tree_check_path(const char *path, GError **error)
{
    guint depth = 0;

    if (!g_utf8_validate(path, -1, NULL))
        return vp_error_set(error, VP_ERROR_PATH, "path is not UTF-8");
    if (strlen(path) > VP_TREE_MAX_PATH)
        return vp_error_set(error, VP_ERROR_PATH, "path is over %d bytes long", VP_TREE_MAX_PATH);
    for (const char *start = path, *end;; start = end + 1) {
        end = strchrnul(start, '/');
        if (!check_component(start, end, error))
            return FALSE;
        if (++depth > VP_TREE_MAX_DEPTH)
            return vp_error_set(error, VP_ERROR_PATH, "path has over %d components",
                                VP_TREE_MAX_DEPTH);
        if (*end == '\0')
            return TRUE;
    }
}

/* The Unicode Standard 3.13, D145, but composed, as names are on disk. */
static char *
fold(const char *path)
{
    g_autofree char *composed = NULL, *folded = NULL;

    if (g_str_is_ascii(path))
        return g_ascii_strdown(path, -1);
    composed = g_utf8_normalize(path, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    folded = g_utf8_casefold(composed, -1);
    return g_utf8_normalize(folded, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

/* The path of the next directory below the one that ends at *slash; NULL at the file. */
static char *
next_directory(const char *path, const char **slash)
{
    *slash = strchr(*slash != NULL ? *slash + 1 : path, '/');
    return *slash != NULL ? g_strndup(path, (gsize)(*slash - path)) : NULL;
}

static gboolean
check_directories(const VpTree *tree, const char *path, GError **error)
{
    const char *slash = NULL;
    char *next;

    while ((next = next_directory(path, &slash)) != NULL) {
        g_autofree char *directory = next;
        g_autofree char *folded = fold(directory);
        const Name *name = g_hash_table_lookup(tree->names, folded);

        if (name == NULL)
            return TRUE; /* nothing below it either */
        if (name->file != NULL)
            return vp_error_set(error, VP_ERROR_PATH_DUPLICATE,
                                "path has a directory where another path has a file");
        if (!g_str_equal(name->path, directory))
            return vp_error_set(error, VP_ERROR_PATH_DUPLICATE,
                                "path has a directory that differs from another's only in case or "
                                "Unicode form");
    }
    return TRUE;
}

static gboolean
check_file(const VpTree *tree, const char *path, GError **error)
{
    g_autofree char *folded = fold(path);
    const Name *name = g_hash_table_lookup(tree->names, folded);

    if (name == NULL)
        return TRUE;
    return vp_error_set(error, VP_ERROR_PATH_DUPLICATE, "%s",
                        name->file == NULL ? "path is that of a directory in which other paths are"
                        : g_str_equal(name->path, path)
                            ? "path is given twice"
                            : "path differs from another only in case or Unicode form");
}

static gboolean
check_quota(const VpTree *tree, guint64 size, GError **error)
{
    if (tree->files->len >= VP_TREE_MAX_FILES)
        return vp_error_set(error, VP_ERROR_QUOTA, "the image would hold over %d files",
                            VP_TREE_MAX_FILES);
    if (size > VP_TREE_MAX_BYTES - tree->bytes)
        return vp_error_set(error, VP_ERROR_QUOTA, "the image would hold over %d MiB of files",
                            (int)(VP_TREE_MAX_BYTES >> 20));
    return TRUE;
}

/* '/' sorts before every character that a component may have: then components are compared one by
 * one. */
static int
compare_paths(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    if (*a == '/' || *b == '/')
        return (*a == '/' ? 1 : (guchar)*a) - (*b == '/' ? 1 : (guchar)*b);
    return (guchar)*a - (guchar)*b;
}

static guint
find_place(const VpTree *tree, const char *path)
{
    guint low = 0, high = tree->files->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (compare_paths(vp_image_tree_nth(tree, middle)->path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
remember(VpTree *tree, const char *path, const VpTreeFile *file)
{
    char *folded = fold(path);

    if (g_hash_table_contains(tree->names, folded)) {
        g_free(folded);
        return;
    }
    Name *name = g_new0(Name, 1);
    name->path = g_strdup(path);
    name->file = file;
    g_hash_table_insert(tree->names, folded, name);
}

static gboolean
add(VpTree *tree, const char *path, GBytes *bytes, int fd, guint64 size, GError **error)
{
    const char *slash = NULL;
    VpTreeFile *file;
    char *next;

    if (!vp_image_tree_check_path(path, error) || !check_directories(tree, path, error) ||
        !check_file(tree, path, error) || !check_quota(tree, size, error))
        return FALSE;

    file = g_new0(VpTreeFile, 1);
    file->path = g_strdup(path);
    file->bytes = bytes != NULL ? g_bytes_ref(bytes) : NULL;
    file->fd = fd;
    file->size = size;
    while ((next = next_directory(path, &slash)) != NULL) {
        g_autofree char *directory = next;

        remember(tree, directory, NULL);
    }
    remember(tree, path, file);
    g_ptr_array_insert(tree->files, (int)find_place(tree, path), file);
    tree->bytes += size;
    return TRUE;
}

gboolean
vp_image_tree_add(VpTree *tree, const char *path, GBytes *bytes, GError **error)
{
    return add(tree, path, bytes, -1, g_bytes_get_size(bytes), error);
}

gboolean
vp_image_tree_add_fd(VpTree *tree, const char *path, int fd, guint64 size, GError **error)
{
    return add(tree, path, NULL, fd, size, error);
}

guint
vp_image_tree_size(const VpTree *tree)
{
    return tree->files->len;
}

const VpTreeFile *
vp_image_tree_nth(const VpTree *tree, guint n)
{
    g_return_val_if_fail(n < tree->files->len, NULL);
    return g_ptr_array_index(tree->files, n);
}
