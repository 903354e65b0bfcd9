/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edits of the maskers of each format; all work on ranges of one content. */
#pragma once

#include <glib.h>

#define VP_MASK "********"
#define VP_MASK_QUOTED "\"" VP_MASK "\"" /* a scalar of YAML and JSON */

enum { VP_MASK_MAX_DEPTH = 6 }; /* of content within content */

typedef struct {
    gsize start;
    gsize end;
    char *text; /* its replacement */
} VpMaskEdit;

/* An array of VpMaskEdit: ranges in any order, each given once. */
GArray *vp_view_mask_edits_new(void);
void vp_view_mask_edits_add(GArray *edits, gsize start, gsize end, const char *text);
/* Appends those of from, and leaves it without texts. */
void vp_view_mask_edits_move(GArray *edits, GArray *from);
GBytes *vp_view_mask_edits_apply(GBytes *content, GArray *edits);

/* Which masker to give content within content to. */
typedef struct VpMaskNest VpMaskNest;
struct VpMaskNest {
    guint depth; /* of the content at hand within others, which is bounded */
    /* Returns NULL, or why secrets cannot be looked for; then nothing was added. */
    const char *(*mask)(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                        GArray *edits);
    gboolean is_string; /* a value within another content, not a file or a part of a message */
};
/* As nest->mask, one deeper. */
const char *vp_view_mask_within(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                                GArray *edits);
/* A text that was read from within another content, a value or (decoded) a document: NULL if it
 * holds no secret, otherwise as masked. */
GBytes *vp_view_mask_nested(const char *text, gsize size, const VpMaskNest *nest);
GBytes *vp_view_mask_decoded(const char *text, gsize size, const VpMaskNest *nest);

/* What an edit may say of it: a mask if it holds NUL bytes, which a text cannot. */
char *vp_view_mask_to_text(GBytes *masked);

/* Each adds what it finds in content[start..end). */
void vp_view_mask_text(const char *content, gsize start, gsize end, GArray *edits);
void vp_view_mask_xml(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                      GArray *edits);
/* FALSE if that is not of its format; then nothing was added. */
gboolean vp_view_mask_yaml(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                           GArray *edits);
gboolean vp_view_mask_json(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                           GArray *edits);
/* Whether a header that begins a message is at the very start (of a string, one of MIME's own), or
 * MIME-Version is among the headers there. */
gboolean vp_view_mask_is_mime(const char *content, gsize start, gsize end, gboolean is_string);
void vp_view_mask_mime(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                       GArray *edits);
