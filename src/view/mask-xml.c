/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in XML, by the names of elements: the answer files of Windows. Works on the bytes, so
 * that all else stays as it was, and on what a parser would refuse. */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"

/* A piece of markup or the text between two. */
typedef enum {
    PIECE_TEXT,
    PIECE_OPEN,
    PIECE_CLOSE,
    PIECE_OTHER,
    PIECE_CDATA,
    PIECE_COMMENT
} PieceKind;

typedef struct {
    PieceKind kind;
    gsize start;
    gsize end;
    gsize name; /* of open and close: local name */
    gsize name_length;
} Piece;

static gsize
find_after(const char *content, gsize at, gsize end, const char *needle)
{
    const char *found = memmem(content + at, end - at, needle, strlen(needle));

    return found != NULL ? (gsize)(found - content) + strlen(needle) : end;
}

static void
read_name(const char *content, Piece *piece)
{
    gsize at = piece->start + (piece->kind == PIECE_CLOSE ? 2 : 1), begin = at;

    for (; at < piece->end && strchr(" \t\r\n/>", content[at]) == NULL; at++) {
        if (content[at] == ':')
            begin = at + 1;
    }
    piece->name = begin;
    piece->name_length = at - begin;
}

static Piece
next_piece(const char *content, gsize at, gsize end)
{
    Piece piece = {PIECE_TEXT, at, end, 0, 0};
    const char *tag = content + at;
    gsize left = end - at;

    if (*tag != '<') {
        const char *open = memchr(tag, '<', left);

        piece.end = open != NULL ? (gsize)(open - content) : end;
    } else if (left >= 9 && memcmp(tag, "<![CDATA[", 9) == 0) {
        piece.kind = PIECE_CDATA;
        piece.end = find_after(content, at, end, "]]>");
    } else if (left >= 4 && memcmp(tag, "<!--", 4) == 0) {
        piece.kind = PIECE_COMMENT;
        piece.end = find_after(content, at + 4, end, "-->");
    } else {
        piece.end = find_after(content, at, end, ">");
        piece.kind = PIECE_OTHER; /* also <?...?>, <!...> and <name/> */
        if (left > 2 && tag[1] != '?' && tag[1] != '!' && content[piece.end - 2] != '/') {
            piece.kind = tag[1] == '/' ? PIECE_CLOSE : PIECE_OPEN;
            read_name(content, &piece);
        }
    }
    return piece;
}

static gboolean
is_blank(const char *content, const Piece *piece)
{
    for (gsize i = piece->start; i < piece->end; i++) {
        if (!g_ascii_isspace(content[i]))
            return FALSE;
    }
    return TRUE;
}

static gboolean
names(const char *content, const Piece *piece, const char *name)
{
    return piece->name_length == strlen(name) &&
           g_ascii_strncasecmp(content + piece->name, name, piece->name_length) == 0;
}

/* Within a secret element these say how it is given, not what it is. */
static gboolean
is_harmless(const char *content, const Piece *open)
{
    return names(content, open, "PlainText") || names(content, open, "Username") ||
           names(content, open, "Domain");
}

static void
mask_piece(const char *content, const Piece *piece, GArray *edits)
{
    if (piece->kind == PIECE_CDATA || piece->kind == PIECE_COMMENT ||
        (piece->kind == PIECE_TEXT && !is_blank(content, piece)))
        vp_view_mask_edits_add(edits, piece->start, piece->end, VP_MASK);
}

void
vp_view_mask_xml(const char *content, gsize start, gsize end, GArray *edits)
{
    guint depth = 0;           /* of elements within the secret one; 0 outside */
    gboolean is_shown = FALSE; /* in a harmless one */
    Piece piece;

    for (gsize at = start; at < end; at = piece.end) {
        piece = next_piece(content, at, end);
        if (piece.kind == PIECE_OPEN) {
            gboolean is_secret =
                vp_view_mask_name(content + piece.name, piece.name_length) != VP_MASK_NAME_PLAIN;

            is_shown = depth > 0 && is_harmless(content, &piece);
            if (depth > 0 || is_secret)
                depth++;
        } else if (piece.kind == PIECE_CLOSE) {
            depth -= depth > 0;
            is_shown = FALSE;
        } else if (depth == 0 && piece.kind != PIECE_OTHER) {
            vp_view_mask_text(content, piece.start, piece.end, edits);
        } else if (depth > 0 && !is_shown) {
            mask_piece(content, &piece, edits);
        }
        if (depth == 0 && (piece.kind == PIECE_OPEN || piece.kind == PIECE_OTHER))
            vp_view_mask_text(content, piece.start, piece.end, edits);
    }
}
