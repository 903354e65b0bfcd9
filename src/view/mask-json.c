/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON (RFC 8259) as a tree, strictly read: a parser that guests have may take what this refuses
 * (a trailing comma, a comment), so what is refused is not shown at all. */
#include <config.h>

#include <string.h>

#include "base/json-grammar.h"
#include "view/mask-tree.h"

enum { MAX_DEPTH = 100 };

typedef struct {
    const char *content;
    gsize start; /* of the JSON */
    VpMaskTree *tree;
    GString *text; /* of the string at hand, decoded */
} Json;

/* Four hexadecimal digits. */
static gunichar
unit_at(const char *digits)
{
    gunichar unit = 0;

    for (guint i = 0; i < 4; i++)
        unit = unit * 16 + (gunichar)g_ascii_xdigit_value(digits[i]);
    return unit;
}

/* What follows "\\u"; half of a surrogate pair is not a character. Returns its end. */
static const char *
append_character(GString *text, const char *at, const char *end)
{
    gunichar unit = unit_at(at), low = 0;

    at += 4;
    if (unit >= 0xd800 && unit < 0xdc00 && end - at >= 6 && memcmp(at, "\\u", 2) == 0)
        low = unit_at(at + 2);
    if (low >= 0xdc00 && low <= 0xdfff) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
    }
    g_string_append_unichar(text, unit >= 0xd800 && unit <= 0xdfff ? 0xfffd : unit);
    return at;
}

/* Of a valid string, without its quotes. */
static void
decode(GString *text, const char *at, const char *end)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";

    g_string_truncate(text, 0);
    while (at < end) {
        const char *found;

        if (*at != '\\') {
            g_string_append_c(text, *at++);
        } else if (at[1] == 'u') {
            at = append_character(text, at + 2, end);
        } else {
            found = strchr(from, at[1]);
            g_string_append_c(text, found != NULL ? to[found - from] : at[1]);
            at += 2;
        }
    }
}

static gboolean
visit_open(gpointer data, gboolean is_object)
{
    return vp_view_mask_tree_open(((Json *)data)->tree, is_object) != 0;
}

static void
visit_close(gpointer data)
{
    vp_view_mask_tree_close(((Json *)data)->tree);
}

static gboolean
visit_scalar(gpointer data, gsize start, gsize end)
{
    Json *json = data;
    const char *raw = json->content + json->start + start;
    VpMaskScalar scalar = {json->start + start, json->start + end,   raw,
                           end - start,         VP_MASK_STYLE_PLAIN, FALSE};

    if (*raw == '"') {
        decode(json->text, raw + 1, json->content + json->start + end - 1);
        scalar.text = json->text->str;
        scalar.length = json->text->len;
        scalar.style = VP_MASK_STYLE_QUOTED;
    }
    return vp_view_mask_tree_scalar(json->tree, &scalar) != 0;
}

gboolean
vp_view_mask_json(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                  GArray *edits)
{
    g_autoptr(VpMaskTree) tree = vp_view_mask_tree_new();
    g_autoptr(GString) text = g_string_new(NULL);
    Json json = {content, start, tree, text};
    const VpJsonVisitor visitor = {visit_open, visit_close, visit_scalar, &json};

    return vp_json_grammar_read(content + start, end - start, MAX_DEPTH, &visitor, NULL) &&
           vp_view_mask_tree_edits(tree, content, nest, edits);
}
