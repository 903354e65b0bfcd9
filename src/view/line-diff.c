/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The longest common subsequence by its table of lengths, of what is left between a common head and
 * tail. */
#include <config.h>

#include "view/line-diff.h"

/* Of the table: 16 MiB, a tenth of a second. */
#define MAX_CELLS (G_GUINT64_CONSTANT(4) << 20)

typedef struct {
    char *const *old;
    char *const *new;
    guint n_old, n_new;
    guint32 *lengths; /* [old][new]: of the longest common subsequence from there on */
    GArray *changes;
} Diff;

static guint32 *
cell(const Diff *diff, guint i, guint j)
{
    return diff->lengths + (gsize)i * (diff->n_new + 1) + j;
}

static void
fill_lengths(const Diff *diff)
{
    for (guint i = diff->n_old; i-- > 0;) {
        for (guint j = diff->n_new; j-- > 0;) {
            if (g_str_equal(diff->old[i], diff->new[j]))
                *cell(diff, i, j) = *cell(diff, i + 1, j + 1) + 1;
            else
                *cell(diff, i, j) = MAX(*cell(diff, i + 1, j), *cell(diff, i, j + 1));
        }
    }
}

static void
add_change(const Diff *diff, const VpLineChange *change)
{
    if (change->old_from < change->old_to || change->new_from < change->new_to)
        g_array_append_val(diff->changes, *change);
}

static void
walk(const Diff *diff, guint head)
{
    VpLineChange change = {head, head, head, head};
    guint i = 0, j = 0;

    while (i < diff->n_old || j < diff->n_new) {
        if (i < diff->n_old && j < diff->n_new && g_str_equal(diff->old[i], diff->new[j])) {
            add_change(diff, &change);
            i++, j++;
            change = (VpLineChange){head + i, head + i, head + j, head + j};
        } else if (j == diff->n_new ||
                   (i < diff->n_old && *cell(diff, i + 1, j) >= *cell(diff, i, j + 1))) {
            change.old_to = head + ++i;
        } else {
            change.new_to = head + ++j;
        }
    }
    add_change(diff, &change);
}

GArray *
vp_view_line_diff(char *const *old, guint n_old, char *const *new, guint n_new)
{
    Diff diff = {.changes = g_array_new(FALSE, FALSE, sizeof(VpLineChange))};
    guint head = 0, tail = 0;

    while (head < n_old && head < n_new && g_str_equal(old[head], new[head]))
        head++;
    while (tail < n_old - head && tail < n_new - head &&
           g_str_equal(old[n_old - 1 - tail], new[n_new - 1 - tail]))
        tail++;
    diff.old = old + head;
    diff.new = new + head;
    diff.n_old = n_old - head - tail;
    diff.n_new = n_new - head - tail;
    if ((guint64)(diff.n_old + 1) * (diff.n_new + 1) > MAX_CELLS) {
        const VpLineChange all = {head, n_old - tail, head, n_new - tail};

        add_change(&diff, &all);
        return diff.changes;
    }
    diff.lengths = g_new0(guint32, (gsize)(diff.n_old + 1) * (diff.n_new + 1));
    fill_lengths(&diff);
    walk(&diff, head);
    g_free(diff.lengths);
    return diff.changes;
}
