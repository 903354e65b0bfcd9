/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Masks in one line of XML, which may begin and end anywhere. */
#include <config.h>

#include <string.h>

#include "base/escape.h"
#include "spec/table.h"
#include "view/diagnose-line.h"
#include "view/mask-edit.h"

typedef struct {
    const char *line;
    gsize length;
    GHashTable *shown; /* names of elements, and "@" with those of attributes, that may be seen */
    GArray *edits;
} Line;

static void
note_shown(const char *path, const VpRow *row, gpointer names)
{
    const VpRow *own = row->rows;

    while (own != NULL && own->name != NULL && *own->name != '\0')
        own++;
    if (row->type != VP_VALUE_EXACT && (own == NULL || own->name == NULL) &&
        vp_view_mask_name(row->name, strlen(row->name)) == VP_MASK_NAME_PLAIN)
        g_hash_table_add(names, (gpointer)row->name);
}

static gsize
find(const Line *line, gsize at, char c)
{
    const char *found = at < line->length ? memchr(line->line + at, c, line->length - at) : NULL;

    return found != NULL ? (gsize)(found - line->line) : line->length;
}

static gboolean
is_in(const Line *line, gsize at, const char *characters)
{
    return at < line->length && line->line[at] != '\0' &&
           strchr(characters, line->line[at]) != NULL;
}

/* A name's end; *name without its prefix. */
static gsize
read_name(const Line *line, gsize at, char **name)
{
    gsize begin = at;

    for (; at < line->length && !is_in(line, at, " \t\r\n=/>\"'"); at++) {
        if (line->line[at] == ':')
            begin = at + 1;
    }
    *name = g_strndup(line->line + begin, at - begin);
    return at;
}

static void
mask(const Line *line, gsize start, gsize end)
{
    for (gsize i = start; i < end; i++) {
        if (!g_ascii_isspace(line->line[i])) {
            vp_view_mask_edits_add(line->edits, start, end, VP_MASK);
            return;
        }
    }
}

static gboolean
may_show_attribute(const Line *line, const char *name)
{
    g_autofree char *row = g_strconcat("@", name, NULL);

    return g_hash_table_contains(line->shown, row) || g_str_equal(name, "xmlns");
}

/* Attributes up to the tag's '>'; returns what follows it. */
static gsize
mask_attributes(const Line *line, gsize at)
{
    g_autofree char *name = g_strdup("");

    while (at < line->length && line->line[at] != '>') {
        char quote = line->line[at];
        gsize end;

        if (quote == '"' || quote == '\'') {
            end = find(line, at + 1, quote);
            if (!may_show_attribute(line, name))
                mask(line, at + 1, end);
            at = end + 1;
        } else if (is_in(line, at, " \t\r\n=/")) {
            at++;
        } else {
            gboolean is_declaration =
                line->length - at > 5 && memcmp(line->line + at, "xmlns", 5) == 0;

            g_free(g_steal_pointer(&name));
            end = read_name(line, at, &name);
            if (is_declaration) {
                g_free(name);
                name = g_strdup("xmlns");
            }
            at = MAX(end, at + 1);
        }
    }
    return MIN(at + 1, line->length);
}

/* From '<' to behind the text that follows the tag. */
static gsize
mask_element(const Line *line, gsize at)
{
    g_autofree char *name = NULL;
    gboolean is_open = !is_in(line, at + 1, "/!?");
    gsize text, next;

    text = mask_attributes(line, read_name(line, at + 1 + !is_open, &name));
    next = find(line, text, '<');
    if (!is_open || !g_hash_table_contains(line->shown, name))
        mask(line, text, next);
    return next;
}

static void
mask_line(const Line *line)
{
    gsize open = find(line, 0, '<');
    gsize at = open;

    /* What comes before the first tag is the rest of one, or a text of an element
     * that is not seen. */
    if (find(line, 0, '>') < open || open == line->length)
        at = mask_attributes(line, 0);
    else
        mask(line, 0, open);
    while ((at = find(line, at, '<')) < line->length)
        at = mask_element(line, at);
}

static guint
shifted_column(const Line *line, guint column)
{
    const char *at = g_utf8_offset_to_pointer(line->line, column - 1);
    glong shift = 0;

    for (guint i = 0; i < line->edits->len; i++) {
        const VpMaskEdit *edit = &g_array_index(line->edits, VpMaskEdit, i);

        if (line->line + edit->end <= at)
            shift += (glong)strlen(VP_MASK) -
                     g_utf8_strlen(line->line + edit->start, edit->end - edit->start);
    }
    return column + shift;
}

char *
vp_view_diagnose_line(const char *line, gsize length, guint *column)
{
    g_autoptr(GHashTable) shown = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GArray) edits = vp_view_mask_edits_new();
    g_autoptr(GBytes) content = g_bytes_new(line, length);
    g_autoptr(GBytes) masked = NULL;
    Line scanned = {line, length, shown, edits};

    vp_spec_table_foreach(note_shown, shown);
    mask_line(&scanned);
    if (*column > 0)
        *column = shifted_column(&scanned, *column);
    masked = vp_view_mask_edits_apply(content, edits);
    return vp_escape_text(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked));
}
