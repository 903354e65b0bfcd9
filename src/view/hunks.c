/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hunks of changed lines, with the lines around them. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "view/hunks.h"
#include "view/line-diff.h"
#include "view/term.h"

enum { CONTEXT = 3 };

typedef struct {
    char *const *lines;
    guint count;
} Text;

typedef struct {
    VpHunksLine *each;
    gpointer data;
} Sink;

void
vp_view_hunks_print_line(char sign, const char *rest, gpointer data)
{
    const char *on = sign == '-'   ? vp_view_term_on(VP_STYLE_RED)
                     : sign == '+' ? vp_view_term_on(VP_STYLE_GREEN)
                     : sign == '@' ? vp_view_term_on(VP_STYLE_CYAN)
                                   : "";

    printf("%s%c%s%s\n", on, sign, rest, *on != '\0' ? vp_view_term_off() : "");
}

static void
tell_lines(const Sink *sink, char sign, char *const *lines, guint from, guint to)
{
    for (guint i = from; i < to; i++)
        sink->each(sign, lines[i], sink->data);
}

/* A range of lines as diff -u names it: the line before it if it is empty. */
static guint
first_line(guint from, guint to)
{
    return from < to ? from + 1 : from;
}

/* One hunk of changes, with the lines around them. */
static void
tell_hunk(const Sink *sink, const Text *old, const Text *new, const VpLineChange *changes,
          guint count)
{
    const VpLineChange *first = &changes[0], *last = &changes[count - 1];
    guint before = MIN(first->old_from, CONTEXT), behind = MIN(old->count - last->old_to, CONTEXT);
    guint old_from = first->old_from - before, old_to = last->old_to + behind;
    guint new_from = first->new_from - before, new_to = last->new_to + behind;
    guint at = old_from;
    g_autofree char *head =
        g_strdup_printf("@ -%u,%u +%u,%u @@", first_line(old_from, old_to), old_to - old_from,
                        first_line(new_from, new_to), new_to - new_from);

    sink->each('@', head, sink->data);
    for (guint i = 0; i < count; i++) {
        tell_lines(sink, ' ', old->lines, at, changes[i].old_from);
        tell_lines(sink, '-', old->lines, changes[i].old_from, changes[i].old_to);
        tell_lines(sink, '+', new->lines, changes[i].new_from, changes[i].new_to);
        at = changes[i].old_to;
    }
    tell_lines(sink, ' ', old->lines, at, old_to);
}

/* Changes whose context would meet are put in one hunk. */
gboolean
vp_view_hunks_each(char *const *old_lines, guint n_old, char *const *new_lines, guint n_new,
                   VpHunksLine *each, gpointer data)
{
    const Sink sink = {each, data};
    g_autoptr(GArray) changes = vp_view_line_diff(old_lines, n_old, new_lines, n_new);
    const VpLineChange *all = (const VpLineChange *)(gpointer)changes->data;
    const Text old = {old_lines, n_old}, new = {new_lines, n_new};
    guint from = 0;

    for (guint i = 1; i <= changes->len; i++) {
        if (i < changes->len && all[i].old_from - all[i - 1].old_to <= 2 * CONTEXT)
            continue;
        tell_hunk(&sink, &old, &new, all + from, i - from);
        from = i;
    }
    return changes->len > 0;
}

static char **
split(const char *text)
{
    g_autofree char *trimmed = g_strdup(text);

    if (g_str_has_suffix(trimmed, "\n"))
        trimmed[strlen(trimmed) - 1] = '\0';
    return *trimmed != '\0' ? g_strsplit(trimmed, "\n", -1) : g_new0(char *, 1);
}

gboolean
vp_view_hunks_print_texts(const char *old, const char *new)
{
    g_auto(GStrv) before = split(old), after = split(new);

    return vp_view_hunks_each(before, g_strv_length(before), after, g_strv_length(after),
                              vp_view_hunks_print_line, NULL);
}
