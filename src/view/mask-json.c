/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON (RFC 8259) as a tree, strictly read: a parser that guests have may take what this refuses
 * (a trailing comma, a comment), so what is refused is not shown at all. */
#include <config.h>

#include <string.h>

#include "view/mask-tree.h"

enum { MAX_DEPTH = 100 };

typedef struct {
    const char *content;
    gsize at;
    gsize end;
    VpMaskTree *tree;
    GString *text;        /* of the string at hand, decoded */
    char open[MAX_DEPTH]; /* '{' or '[' */
    guint depth;
} Json;

static void
skip_blanks(Json *json)
{
    while (json->at < json->end && json->content[json->at] != '\0' &&
           strchr(" \t\r\n", json->content[json->at]) != NULL)
        json->at++;
}

static gboolean
take(Json *json, char c)
{
    skip_blanks(json);
    if (json->at >= json->end || json->content[json->at] != c)
        return FALSE;
    json->at++;
    return TRUE;
}

/* Four hexadecimal digits; -1 if they are missing. */
static gint
read_unit(Json *json)
{
    gint unit = 0;

    if (json->end - json->at < 4)
        return -1;
    for (guint i = 0; i < 4; i++) {
        gint digit = g_ascii_xdigit_value(json->content[json->at + i]);

        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    json->at += 4;
    return unit;
}

/* "\u0070"; half of a surrogate pair is not a character. */
static gboolean
read_character(Json *json)
{
    gint unit = read_unit(json), low;

    if (unit < 0)
        return FALSE;
    if (unit >= 0xd800 && unit < 0xdc00 && json->end - json->at >= 6 &&
        memcmp(json->content + json->at, "\\u", 2) == 0) {
        json->at += 2;
        low = read_unit(json);
        if (low < 0xdc00 || low > 0xdfff)
            return FALSE;
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    if (unit >= 0xd800 && unit <= 0xdfff)
        unit = 0xfffd;
    g_string_append_unichar(json->text, unit);
    return TRUE;
}

static gboolean
read_escape(Json *json)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = json->at < json->end ? json->content[json->at++] : '\0';
    const char *found = c != '\0' ? strchr(from, c) : NULL;

    if (c == 'u')
        return read_character(json);
    if (found == NULL)
        return FALSE;
    g_string_append_c(json->text, to[found - from]);
    return TRUE;
}

static gboolean
read_string(Json *json)
{
    gsize start = json->at;

    if (!take(json, '"'))
        return FALSE;
    start = json->at - 1;
    g_string_truncate(json->text, 0);
    while (json->at < json->end) {
        guchar c = json->content[json->at++];

        if (c == '"') {
            VpMaskScalar scalar = {
                start, json->at, json->text->str, json->text->len, VP_MASK_STYLE_QUOTED, FALSE};

            return vp_view_mask_tree_scalar(json->tree, &scalar) != 0;
        }
        if (c < 0x20 || (c == '\\' && !read_escape(json)))
            return FALSE;
        if (c != '\\')
            g_string_append_c(json->text, c);
    }
    return FALSE;
}

/* true, false, null and numbers. */
static gboolean
read_word(Json *json)
{
    gsize start = json->at;
    VpMaskScalar scalar = {.start = start, .style = VP_MASK_STYLE_PLAIN};

    while (json->at < json->end &&
           (g_ascii_isalnum(json->content[json->at]) ||
            strchr("+-.", json->content[json->at]) != NULL) &&
           json->content[json->at] != '\0')
        json->at++;
    scalar.end = json->at;
    scalar.text = json->content + start;
    scalar.length = json->at - start;
    if (scalar.length == 0)
        return FALSE;
    if (g_ascii_isalpha(*scalar.text) &&
        !(scalar.length == 4 &&
          (memcmp(scalar.text, "true", 4) == 0 || memcmp(scalar.text, "null", 4) == 0)) &&
        !(scalar.length == 5 && memcmp(scalar.text, "false", 5) == 0))
        return FALSE;
    return vp_view_mask_tree_scalar(json->tree, &scalar) != 0;
}

static gboolean
read_key(Json *json)
{
    skip_blanks(json);
    return read_string(json) && take(json, ':');
}

static gboolean
open_level(Json *json, char c)
{
    if (json->depth == MAX_DEPTH || vp_view_mask_tree_open(json->tree, c == '{') == 0)
        return FALSE;
    json->at++;
    json->open[json->depth++] = c;
    return TRUE;
}

/* After a value: the ends of the containers around it, or a comma. */
static gboolean
read_end(Json *json)
{
    while (json->depth > 0) {
        char open = json->open[json->depth - 1];

        if (take(json, ','))
            return open == '[' || read_key(json);
        if (!take(json, open == '{' ? '}' : ']'))
            return FALSE;
        vp_view_mask_tree_close(json->tree);
        json->depth--;
    }
    return TRUE;
}

/* An object's first key; *is_empty if it has none. */
static gboolean
read_first(Json *json, char open, gboolean *is_empty)
{
    if (!open_level(json, open))
        return FALSE;
    *is_empty = take(json, open == '{' ? '}' : ']');
    if (*is_empty) {
        vp_view_mask_tree_close(json->tree);
        json->depth--;
        return TRUE;
    }
    return open == '[' || read_key(json);
}

static gboolean
read_all(Json *json)
{
    do {
        gboolean is_value = TRUE;
        char c;

        skip_blanks(json);
        c = json->at < json->end ? json->content[json->at] : '\0';
        if (c == '{' || c == '[') {
            if (!read_first(json, c, &is_value))
                return FALSE;
        } else if (c == '"' ? !read_string(json) : !read_word(json)) {
            return FALSE;
        }
        if (is_value && !read_end(json))
            return FALSE;
    } while (json->depth > 0);
    skip_blanks(json);
    return json->at == json->end;
}

gboolean
vp_view_mask_json(const char *content, gsize start, gsize end, const VpMaskNest *nest,
                  GArray *edits)
{
    g_autoptr(VpMaskTree) tree = vp_view_mask_tree_new();
    Json json = {
        .content = content, .at = start, .end = end, .tree = tree, .text = g_string_new(NULL)};
    gboolean is_good = read_all(&json);

    g_string_free(json.text, TRUE);
    return is_good && vp_view_mask_tree_edits(tree, content, nest, edits);
}
