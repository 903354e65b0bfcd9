/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edit distance between short words, to suggest what was meant. */
#include <config.h>

#include <string.h>

#include <glib.h>

#include "base/suggest.h"

enum { MAX_WORD = 64 };

/* Optimal string alignment distance: Damerau-Levenshtein without a second edit of a
 * swapped pair. */
static guint
distance(const char *a, const char *b)
{
    guint rows[3][MAX_WORD + 1];
    gsize a_length = strlen(a), b_length = strlen(b);

    if (a_length > MAX_WORD || b_length > MAX_WORD)
        return G_MAXUINT;
    for (gsize j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (gsize i = 1; i <= a_length; i++) {
        guint *row = rows[i % 3], *above = rows[(i - 1) % 3], *two_above = rows[(i + 1) % 3];

        row[0] = i;
        for (gsize j = 1; j <= b_length; j++) {
            guint best = above[j - 1] + (a[i - 1] != b[j - 1]);

            best = MIN(best, above[j] + 1);
            best = MIN(best, row[j - 1] + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = MIN(best, two_above[j - 2] + 1);
            row[j] = best;
        }
    }
    return rows[a_length % 3][b_length];
}

const char *
vp_suggest(const char *word, const char *const *words)
{
    const char *nearest = NULL;
    guint least = MAX(strlen(word) / 3, 1) + 1;

    for (; *words != NULL; words++) {
        guint edits = distance(word, *words);

        if (edits < least) {
            least = edits;
            nearest = *words;
        }
    }
    return nearest;
}
