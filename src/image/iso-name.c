/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identifiers of plain ISO 9660. */
#include <config.h>

#include <string.h>

#include "base/hash.h"
#include "image/iso-name.h"

enum { MAX_NAME = 30, MAX_EXTENSION = 8 };

/* 7.4.1: d-characters, one for each character */
static void
append_d_characters(GString *out, const char *start, const char *end, gsize limit)
{
    gsize stop = out->len + limit;

    for (const char *p = start; p < end && out->len < stop; p = g_utf8_next_char(p))
        g_string_append_c(out, g_ascii_isalnum(*p) ? g_ascii_toupper(*p) : '_');
}

/* number 0: the name as it is; otherwise it ends in that number. */
static char *
make_name(const VpImageNode *node, guint number)
{
    const char *end = node->name + strlen(node->name);
    const char *dot = node->file != NULL ? strrchr(node->name, '.') : NULL;
    g_autoptr(GString) extension = g_string_new(NULL);
    GString *name = g_string_new(NULL);
    char suffix[16] = "";

    if (number > 0)
        g_snprintf(suffix, sizeof suffix, "_%u", number);
    if (dot != NULL)
        append_d_characters(extension, dot + 1, end, MAX_EXTENSION);
    append_d_characters(name, node->name, dot != NULL ? dot : end,
                        MAX_NAME - extension->len - strlen(suffix));
    g_string_append(name, suffix);
    if (node->file != NULL)
        g_string_append_printf(name, ".%s", extension->str);
    return g_string_free(name, FALSE);
}

/* A directory and a file may not differ only in the file's '.'. */
static char *
make_key(const char *name)
{
    gsize length = strlen(name);

    return g_strndup(name, length > 0 && name[length - 1] == '.' ? length - 1 : length);
}

GPtrArray *
vp_image_iso_names(const VpImageNode *directory)
{
    g_autoptr(GHashTable) taken = g_hash_table_new_full(vp_hash_text, g_str_equal, g_free, NULL);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < directory->children->len; i++) {
        const VpImageNode *child = g_ptr_array_index(directory->children, i);
        char *name = make_name(child, 0), *key = make_key(name);

        /* counting from the place in the directory keeps the search short */
        for (guint number = i + 1; g_hash_table_contains(taken, key); number++) {
            g_free(name);
            g_free(key);
            name = make_name(child, number);
            key = make_key(name);
        }
        g_hash_table_add(taken, key);
        g_ptr_array_add(names, name);
    }
    return names;
}
