/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that are made to have one hash have many, and equal texts have one. */
#include <config.h>

#include <string.h>

#include "base/hash.h"

/* "Ez" and "FY" have one g_str_hash, and so has every row of so many of them. */
static char *
name(guint n)
{
    GString *text = g_string_new(NULL);

    for (guint bit = 0; bit < 12; bit++)
        g_string_append(text, n & 1U << bit ? "Ez" : "FY");
    return g_string_free(text, FALSE);
}

static void
test_collisions(void)
{
    g_autoptr(GHashTable) hashes = g_hash_table_new(NULL, NULL);
    g_autofree char *first = name(0);

    for (guint i = 0; i < 4096; i++) {
        g_autofree char *text = name(i);

        g_assert_cmpuint(g_str_hash(text), ==, g_str_hash(first));
        g_hash_table_add(hashes, GUINT_TO_POINTER(vp_hash_text(text)));
    }
    g_assert_cmpuint(g_hash_table_size(hashes), >, 4090);
}

/* Wherever it is in memory, and nothing beyond its end. */
static void
test_equal(void)
{
    for (gsize length = 0; length < 40; length++) {
        g_autofree char *text = g_strnfill(length, 'a');
        guint hash = vp_hash_text(text);

        for (gsize before = 0; before < 9; before++) {
            g_autofree char *room = g_strnfill(before + length + 1, 'b');

            memcpy(room + before, text, length + 1);
            g_assert_cmpuint(vp_hash_text(room + before), ==, hash);
        }
        if (length > 0) {
            text[length - 1] = 'c';
            g_assert_cmpuint(vp_hash_text(text), !=, hash);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash/collisions", test_collisions);
    g_test_add_func("/hash/equal", test_equal);
    return g_test_run();
}
