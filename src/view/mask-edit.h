/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the maskers of each format say what to replace; all work on ranges of one content. */
#pragma once

#include <glib.h>

#define VP_MASK "********"
#define VP_MASK_QUOTED "\"" VP_MASK "\"" /* a scalar of YAML and JSON */

enum { VP_MASK_MAX_DEPTH = 4 }; /* of content within content */

typedef struct {
    gsize start;
    gsize end;
    char *text; /* what stands there instead */
} VpMaskEdit;

/* An array of VpMaskEdit: ranges in any order, each given once. */
GArray *vp_view_mask_edits_new(void);
void vp_view_mask_edits_add(GArray *edits, gsize start, gsize end, const char *text);
/* Appends those of from, and leaves it without texts. */
void vp_view_mask_edits_move(GArray *edits, GArray *from);
GBytes *vp_view_mask_edits_apply(GBytes *content, GArray *edits);

/* Names as they stand in YAML, JSON, XML, INI and scripts, compared without case. */
typedef enum {
    VP_MASK_NAME_PLAIN,
    VP_MASK_NAME_LIKELY, /* holds a telling word: its value is secret unless it is a boolean */
    VP_MASK_NAME_SECRET, /* "password" and its like */
} VpMaskName;
VpMaskName vp_view_mask_name(const char *name, gsize length);

/* Which masker to give content within content to. */
typedef struct VpMaskNest VpMaskNest;
struct VpMaskNest {
    guint depth; /* of the content at hand within others, which is bounded */
    /* Returns NULL, or why secrets cannot be looked for; then nothing was added. */
    const char *(*mask)(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                        GArray *edits);
};
/* As nest->mask, one deeper. */
const char *vp_view_mask_within(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                                GArray *edits);
/* A text that was decoded from within another content: NULL where it holds no secret, else as
 * masked. */
GBytes *vp_view_mask_nested(const char *text, gsize size, const VpMaskNest *nest);

/* Each adds what it finds in content[start..end). */
void vp_view_mask_text(const char *content, gsize start, gsize end, GArray *edits);
void vp_view_mask_xml(const char *content, gsize start, gsize end, GArray *edits);
/* FALSE where that is not of its format; then nothing was added. */
gboolean vp_view_mask_yaml(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                           GArray *edits);
gboolean vp_view_mask_json(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                           GArray *edits);
/* The bodies of its parts. */
void vp_view_mask_mime(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                       GArray *edits);
