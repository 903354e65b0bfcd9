/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Masks in one line of a definition. */
#include <config.h>

#include <string.h>

#include "base/escape.h"
#include "base/hash.h"
#include "domain/front-search.h"
#include "spec/table.h"
#include "view/diagnose-line.h"
#include "view/mask-edit.h"
#include "view/mask.h"
#include "view/xml-piece.h"

typedef struct {
    const char *text;
    gsize start; /* of the line */
    gsize end;
    GHashTable *shown;  /* names of elements, and "@" with those of attributes, that may be seen */
    GHashTable *hidden; /* and those that may not, whatever else has the name */
    GArray *edits;      /* within the line */
    guint depth;        /* of elements within ours, itself included; 0 outside */
} Line;

static gboolean
is_shown(const VpRow *row)
{
    switch (row->type) {
    case VP_VALUE_NONE:
    case VP_VALUE_EXACT:
    case VP_VALUE_DATA:
        return FALSE;
    default:
        return row->rows == NULL && !row->secret;
    }
}

static void
note_row(const char *path, const VpRow *row, gpointer data)
{
    const Line *line = data;

    g_hash_table_add(is_shown(row) ? line->shown : line->hidden, (gpointer)row->name);
}

/* --- ranges ----------------------------------------------------------------------------------- */

static gboolean
is_blank(const Line *line, gsize start, gsize end)
{
    for (gsize i = start; i < end; i++) {
        if (!g_ascii_isspace(line->text[i]))
            return FALSE;
    }
    return TRUE;
}

/* The part of the range that is in the line. */
static void
mask(const Line *line, gsize start, gsize end)
{
    start = MAX(start, line->start);
    end = MIN(end, line->end);
    if (start < end && !is_blank(line, start, end))
        vp_view_mask_edits_add(line->edits, start - line->start, end - line->start, VP_MASK);
}

/* A value that is too long to be checked at each position is treated as a secret. */
enum { MAX_HARMLESS = 1024 };

static gboolean
is_harmless(const Line *line, const char *row, gsize start, gsize end)
{
    g_autofree char *value = NULL;
    g_autofree char *masked = NULL;

    if (end - start > MAX_HARMLESS || line->depth == 0 ||
        !g_hash_table_contains(line->shown, row) || g_hash_table_contains(line->hidden, row))
        return FALSE;
    value = g_strndup(line->text + start, end - start);
    masked = vp_view_mask_string(value);
    return masked == NULL && strstr(value, "&#") == NULL;
}

/* --- pieces ----------------------------------------------------------------------------------- */

/* Of our namespace. */
static gboolean
is_declaration(const Line *line, const VpXmlAttribute *attribute)
{
    gsize length = attribute->name_end - attribute->name;

    return length >= 5 && memcmp(line->text + attribute->name, "xmlns", 5) == 0 &&
           attribute->end - attribute->value == strlen(VP_NAMESPACE) &&
           memcmp(line->text + attribute->value, VP_NAMESPACE, strlen(VP_NAMESPACE)) == 0;
}

static void
mask_attribute(const Line *line, const VpXmlAttribute *attribute)
{
    const char *name = line->text + attribute->name;
    gsize length = attribute->name_end - attribute->name;
    g_autofree char *row = g_strdup_printf("@%.*s", (int)length, name);

    if (attribute->value == attribute->name_end) /* a word that is given no value */
        mask(line, attribute->name, attribute->name_end);
    else if (length == 0 || !attribute->is_closed ||
             (!is_declaration(line, attribute) &&
              !is_harmless(line, row, attribute->value, attribute->end)))
        mask(line, attribute->value, attribute->end);
}

static void
mask_tag(const Line *line, const VpXmlPiece *tag)
{
    VpXmlAttribute attribute;

    for (gsize at = 0; vp_view_xml_piece_attribute(line->text, tag, &at, &attribute);)
        mask_attribute(line, &attribute);
}

static gboolean
is_ours(const Line *line, const VpXmlPiece *tag)
{
    return vp_view_xml_piece_is(line->text, tag, "cloud-init") ||
           vp_view_xml_piece_is(line->text, tag, "sysprep");
}

static void
follow(Line *line, const VpXmlPiece *piece)
{
    if (piece->kind == VP_XML_PIECE_OPEN && (line->depth > 0 || is_ours(line, piece)))
        line->depth++;
    else if (piece->kind == VP_XML_PIECE_CLOSE && line->depth > 0)
        line->depth--;
}

/* before: the piece ahead of it, which names the element that a text is of. */
static void
mask_piece(const Line *line, const VpXmlPiece *piece, const VpXmlPiece *before)
{
    g_autofree char *name = NULL;

    switch (piece->kind) {
    case VP_XML_PIECE_OPEN:
    case VP_XML_PIECE_CLOSE:
    case VP_XML_PIECE_EMPTY:
        mask_tag(line, piece);
        return;
    case VP_XML_PIECE_TEXT:
        name = g_strndup(line->text + before->name, before->name_length);
        if (before->kind != VP_XML_PIECE_OPEN || !is_harmless(line, name, piece->start, piece->end))
            mask(line, piece->start, piece->end);
        return;
    default:
        mask(line, piece->start, piece->end);
    }
}

static void
mask_line(Line *line, gsize size)
{
    VpXmlPiece piece, before = {.kind = VP_XML_PIECE_OTHER};

    for (gsize at = 0; at < line->end; at = piece.end) {
        piece = vp_view_xml_piece_next(line->text, at, size);
        follow(line, &piece);
        if (piece.end > line->start)
            mask_piece(line, &piece, &before);
        before = piece;
    }
}

static guint
shifted_column(const Line *line, guint column)
{
    const char *text = line->text + line->start;
    const char *at = g_utf8_offset_to_pointer(text, column - 1);
    glong shift = 0;

    for (guint i = 0; i < line->edits->len; i++) {
        const VpMaskEdit *edit = &g_array_index(line->edits, VpMaskEdit, i);

        if (text + edit->end <= at)
            shift +=
                (glong)strlen(VP_MASK) - g_utf8_strlen(text + edit->start, edit->end - edit->start);
    }
    return column + shift;
}

char *
vp_view_diagnose_line(const char *text, gsize start, gsize length, guint *column)
{
    g_autoptr(GHashTable) shown = g_hash_table_new(vp_hash_text, g_str_equal);
    g_autoptr(GHashTable) hidden = g_hash_table_new(vp_hash_text, g_str_equal);
    g_autoptr(GArray) edits = vp_view_mask_edits_new();
    g_autoptr(GBytes) content = g_bytes_new(text + start, length);
    g_autoptr(GBytes) masked = NULL;
    Line line = {.text = text, .start = start, .end = start + length, .shown = shown};

    line.hidden = hidden;
    line.edits = edits;
    vp_spec_table_foreach(note_row, &line);
    mask_line(&line, line.end);
    if (*column > 0)
        *column = shifted_column(&line, *column);
    masked = vp_view_mask_edits_apply(content, edits);
    return vp_escape_text(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked));
}
