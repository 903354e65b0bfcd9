/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Widths by Unicode's East Asian width, as terminals have it. */
#include <config.h>

#include "view/table.h"

enum { GAP = 2 };

static guint
columns_of(gunichar character)
{
    if (g_unichar_iszerowidth(character))
        return 0;
    return g_unichar_iswide(character) ? 2 : 1;
}

guint
vp_view_table_columns(const char *text)
{
    guint columns = 0;

    for (; *text != '\0'; text = g_utf8_next_char(text))
        columns += columns_of(g_utf8_get_char(text));
    return columns;
}

/* The widest that can give way; n if none can. */
static gsize
find_widest(const guint *widths, const guint *least, gsize n)
{
    gsize widest = n;

    for (gsize i = 0; i < n; i++) {
        if (widths[i] > least[i] && (widest == n || widths[i] >= widths[widest]))
            widest = i;
    }
    return widest;
}

void
vp_view_table_fit(guint *widths, const guint *least, gsize n, guint width)
{
    guint total = n > 0 ? GAP * (guint)(n - 1) : 0;

    for (gsize i = 0; i < n; i++)
        total += widths[i];
    while (width > 0 && total > width) {
        gsize widest = find_widest(widths, least, n);

        if (widest == n)
            return;
        widths[widest]--;
        total--;
    }
}

char *
vp_view_table_cut(const char *text, guint width, const char *ellipsis)
{
    const char *end = text;
    guint columns = 0;

    if (vp_view_table_columns(text) <= width)
        return g_strdup(text);
    while (columns + columns_of(g_utf8_get_char(end)) < width) {
        columns += columns_of(g_utf8_get_char(end));
        end = g_utf8_next_char(end);
    }
    return g_strdup_printf("%.*s%s", (int)(end - text), text, width > 0 ? ellipsis : "");
}
