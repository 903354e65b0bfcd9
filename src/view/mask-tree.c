/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in a tree of YAML or JSON. */
#include <config.h>

#include <json-c/json.h>
#include <string.h>

#include "base/base64.h"
#include "view/mask-command.h"
#include "view/mask-name.h"
#include "view/mask-tree.h"

enum {
    MAX_DEPTH = 128,
    MAX_FOLLOWED = 512, /* of aliases within what aliases name */
    MAX_MERGES = 64,    /* that one value may be in */
};

typedef enum { NODE_SCALAR, NODE_LIST, NODE_MAP, NODE_ALIAS } NodeKind;

/* How a scalar is masked; the greater one wins. */
typedef enum {
    MASK_NONE,
    MASK_TEXT,   /* what is found in it */
    MASK_BASE64, /* whole, if anything is found in it once decoded */
    MASK_PAIRS,  /* "user:password", one per line */
    MASK_WHOLE,
} Mask;

/* Where a node is met; an alias makes it several. */
typedef enum {
    PLACE_PLAIN,
    PLACE_CHPASSWD,
    PLACE_PAIRS,  /* chpasswd's list */
    PLACE_TUNNEL, /* below netplan's tunnels, whose keys are private */
    PLACE_LIKELY,
    PLACE_SECRET,
} Place;

typedef struct {
    NodeKind kind;
    VpMaskStyle style;
    Mask mask;
    guint met;               /* a bit for each Place */
    guint first, last, next; /* children, and the next of the parent's; 0: none */
    guint target;            /* of an alias */
    gsize start, end;
    char *text;
    gsize length;
    gboolean is_binary;
} Node;

struct VpMaskTree {
    GArray *nodes; /* the first is the root of all documents */
    guint open[MAX_DEPTH];
    guint depth;
};

static void
node_clear(gpointer node)
{
    g_free(((Node *)node)->text);
}

static Node *
node_at(const VpMaskTree *tree, guint id)
{
    return &g_array_index(tree->nodes, Node, id);
}

/* The target of an alias. */
static Node *
resolve(const VpMaskTree *tree, guint id)
{
    Node *node = node_at(tree, id);

    return node->kind == NODE_ALIAS ? node_at(tree, node->target) : node;
}

VpMaskTree *
vp_view_mask_tree_new(void)
{
    VpMaskTree *tree = g_new0(VpMaskTree, 1);
    Node root = {.kind = NODE_LIST};

    tree->nodes = g_array_new(FALSE, TRUE, sizeof(Node));
    g_array_set_clear_func(tree->nodes, node_clear);
    g_array_append_val(tree->nodes, root);
    tree->depth = 1;
    return tree;
}

void
vp_view_mask_tree_free(VpMaskTree *tree)
{
    g_array_unref(tree->nodes);
    g_free(tree);
}

static guint
add(VpMaskTree *tree, Node node)
{
    guint parent = tree->open[tree->depth - 1], id = tree->nodes->len;

    g_array_append_val(tree->nodes, node);
    if (node_at(tree, parent)->first == 0)
        node_at(tree, parent)->first = id;
    else
        node_at(tree, node_at(tree, parent)->last)->next = id;
    node_at(tree, parent)->last = id;
    return id;
}

guint
vp_view_mask_tree_open(VpMaskTree *tree, gboolean is_map)
{
    guint id;

    if (tree->depth == MAX_DEPTH)
        return 0;
    id = add(tree, (Node){.kind = is_map ? NODE_MAP : NODE_LIST});
    tree->open[tree->depth++] = id;
    return id;
}

void
vp_view_mask_tree_close(VpMaskTree *tree)
{
    g_return_if_fail(tree->depth > 1);
    tree->depth--;
}

guint
vp_view_mask_tree_scalar(VpMaskTree *tree, const VpMaskScalar *scalar)
{
    Node node = {.kind = NODE_SCALAR,
                 .style = scalar->style,
                 .start = scalar->start,
                 .end = scalar->end,
                 .length = scalar->length,
                 .is_binary = scalar->is_binary};

    node.text = g_malloc(scalar->length + 1);
    memcpy(node.text, scalar->text, scalar->length);
    node.text[scalar->length] = '\0';
    return add(tree, node);
}

guint
vp_view_mask_tree_alias(VpMaskTree *tree, guint target)
{
    return add(tree, (Node){.kind = NODE_ALIAS, .target = target});
}

/* --- secrets by a map's own values ----------------------------------------------------------- */

static gboolean
is_text(const Node *node, const char *text)
{
    return node->kind == NODE_SCALAR && strcmp(node->text, text) == 0;
}

typedef void Visit(const VpMaskTree *tree, Node *value, gpointer data);

/* FALSE if there are more merges than are followed. */
static gboolean
each_value_within(const VpMaskTree *tree, const Node *node, const char *key, guint *merges,
                  Visit *visit, gpointer data)
{
    gboolean is_map = node->kind == NODE_MAP;

    for (guint id = node->first; id != 0;) {
        guint value = is_map ? node_at(tree, id)->next : id;

        if (value == 0)
            break;
        if (is_map && is_text(resolve(tree, id), key))
            visit(tree, resolve(tree, value), data);
        else if ((!is_map || is_text(resolve(tree, id), "<<")) &&
                 (++*merges > MAX_MERGES ||
                  !each_value_within(tree, resolve(tree, value), key, merges, visit, data)))
            return FALSE;
        id = node_at(tree, value)->next;
    }
    return TRUE;
}

/* Every value that the map, or a map that "<<" merges into it, has for this key: some agents take
 * the first, others the last. FALSE if there may be more of them. */
static gboolean
each_value(const VpMaskTree *tree, const Node *map, const char *key, Visit *visit, gpointer data)
{
    guint merges = 0;

    return map->kind != NODE_MAP || each_value_within(tree, map, key, &merges, visit, data);
}

static void
note_value(const VpMaskTree *tree, Node *value, gpointer found)
{
    (void)tree;
    (void)value;
    *(gboolean *)found = TRUE;
}

static gboolean
has_value(const VpMaskTree *tree, const Node *map, const char *key)
{
    gboolean found = FALSE;

    return each_value(tree, map, key, note_value, &found) && found;
}

/* A plain number without a zero before it is decimal to YAML and JSON. */
static void
mask_by_mode(const VpMaskTree *tree, Node *mode, gpointer mask)
{
    gboolean is_decimal = mode->kind == NODE_SCALAR && mode->style == VP_MASK_STYLE_PLAIN &&
                          *mode->text >= '1' && *mode->text <= '9';

    (void)tree;
    if (mode->kind == NODE_SCALAR &&
        (vp_view_mask_hides(mode->text) ||
         (is_decimal && (g_ascii_strtoull(mode->text, NULL, 10) & 4) == 0)))
        *(Mask *)mask = MASK_WHOLE;
}

static void
mask_by_encoding(const VpMaskTree *tree, Node *encoding, gpointer mask)
{
    (void)tree;
    if (encoding->kind != NODE_SCALAR)
        return;
    if (strcasestr(encoding->text, "gz") != NULL)
        *(Mask *)mask = MASK_WHOLE;
    else if (strcasestr(encoding->text, "b") != NULL)
        *(Mask *)mask = MAX(*(Mask *)mask, MASK_BASE64);
}

static void
mask_content(const VpMaskTree *tree, Node *content, gpointer mask)
{
    (void)tree;
    if (content->kind == NODE_SCALAR)
        content->mask = MAX(content->mask, *(Mask *)mask);
}

/* An entry of write_files: its content is secret if others may not read it, or if it is packed.
 * FALSE if that cannot be told. */
static gboolean
mask_write_file(const VpMaskTree *tree, const Node *map)
{
    Mask mask = MASK_NONE;

    return each_value(tree, map, "permissions", mask_by_mode, &mask) &&
           each_value(tree, map, "encoding", mask_by_encoding, &mask) &&
           (mask == MASK_NONE || each_value(tree, map, "content", mask_content, &mask));
}

static Place place_of_name(const char *name, gsize length);

static void
place_by_name(const VpMaskTree *tree, Node *name, gpointer place)
{
    (void)tree;
    if (name->kind == NODE_SCALAR)
        *(Place *)place = MAX(*(Place *)place, place_of_name(name->text, name->length));
}

/* "- name: DB_PASSWORD" next to "value: ...": the name applies to the value. */
static Place
place_of_pair(const VpMaskTree *tree, const Node *map, const char *key)
{
    static const char *const names[] = {"name", "key", "variable"};
    Place place = PLACE_PLAIN;

    for (gsize i = 0; i < G_N_ELEMENTS(names) && strcmp(key, "value") == 0; i++) {
        if (!each_value(tree, map, names[i], place_by_name, &place))
            return PLACE_SECRET;
    }
    return place;
}

/* --- secrets by the names above --------------------------------------------------------------- */

static Place
place_of_name(const char *name, gsize length)
{
    switch (vp_view_mask_name(name, length)) {
    case VP_MASK_NAME_SECRET:
        return PLACE_SECRET;
    case VP_MASK_NAME_LIKELY:
        return PLACE_LIKELY;
    default:
        return PLACE_PLAIN;
    }
}

static Place
place_in_tunnel(const char *key, const Node *value)
{
    if (strcmp(key, "key") == 0 || strcmp(key, "private") == 0 || strcmp(key, "shared") == 0 ||
        (strcmp(key, "keys") == 0 && value->kind == NODE_SCALAR))
        return PLACE_SECRET;
    return PLACE_TUNNEL;
}

/* Ignition's section of users is called as a password is, and a line of nsswitch.conf. */
static gboolean
is_passwd_section(const VpMaskTree *tree, const char *key, const Node *value)
{
    if (strcmp(key, "passwd") != 0)
        return FALSE;
    if (value->kind == NODE_SCALAR)
        return g_str_has_prefix(value->text, "files ") || strcmp(value->text, "files") == 0;
    return value->kind == NODE_MAP &&
           (has_value(tree, value, "users") || has_value(tree, value, "groups"));
}

static Place
place_below(const VpMaskTree *tree, const Node *map, Place place, const Node *key,
            const Node *value)
{
    Place named = place_of_name(key->text, key->length);

    if (place == PLACE_SECRET || place == PLACE_PAIRS || is_text(key, "<<"))
        return place;
    if (is_passwd_section(tree, key->text, value))
        return PLACE_PLAIN;
    if (named != PLACE_PLAIN)
        return MAX(place, named);
    if (is_text(key, "chpasswd"))
        return PLACE_CHPASSWD;
    if (place == PLACE_CHPASSWD)
        return is_text(key, "list") ? PLACE_PAIRS : PLACE_PLAIN;
    if (is_text(key, "tunnels"))
        return PLACE_TUNNEL;
    if (place == PLACE_TUNNEL)
        return place_in_tunnel(key->text, value);
    if (value->kind == NODE_SCALAR &&
        vp_view_mask_is_key(key->text, key->length, value->text, value->length))
        return PLACE_SECRET;
    return MAX(place, place_of_pair(tree, map, key->text));
}

/* --- the walk --------------------------------------------------------------------------------- */

static void
meet_scalar(Node *node, Place place)
{
    Mask mask = node->is_binary ? MASK_BASE64 : MASK_TEXT;

    if (place == PLACE_SECRET ||
        (place == PLACE_LIKELY &&
         !(node->style == VP_MASK_STYLE_PLAIN && vp_view_mask_is_flag(node->text, node->length))))
        mask = MASK_WHOLE;
    else if (place == PLACE_PAIRS)
        mask = MASK_PAIRS;
    node->mask = MAX(node->mask, mask);
}

/* A word of a command line: how much of it is secret, and whether all of the next one is. */
static Mask
meet_word(const Node *node, const VpMaskCommand **command, gboolean *hides_next,
          gboolean *hides_all)
{
    const char *slash = strrchr(node->text, '/');
    const char *word = slash != NULL && *node->text != '-' ? slash + 1 : node->text;
    gsize length = strlen(word);
    const VpMaskCommand *known = vp_view_mask_command(word, length);
    gssize secret = *command != NULL ? vp_view_mask_command_option(*command, word, length) : -1;

    if (*hides_next || *hides_all) {
        *hides_next = FALSE;
        return MASK_WHOLE;
    }
    if (known != NULL)
        *command = known;
    if (*command != NULL && vp_view_mask_command_hides(*command, word, length))
        *hides_all = TRUE;
    else if (secret >= 0)
        *hides_next = (gsize)secret == length;
    else if (*word == '-' && strpbrk(word, "= ") == NULL)
        *hides_next = vp_view_mask_name(word, length) != VP_MASK_NAME_PLAIN;
    return secret >= 0 && (gsize)secret < length ? MASK_WHOLE : MASK_NONE;
}

/* [curl, -u, "user:password"] */
static void
meet_command(const VpMaskTree *tree, const Node *list)
{
    const VpMaskCommand *command = NULL;
    gboolean hides_next = FALSE, hides_all = FALSE;

    for (guint id = list->first; id != 0; id = node_at(tree, id)->next) {
        Node *node = resolve(tree, id);
        Mask mask;

        if (node->kind != NODE_SCALAR)
            return;
        mask = meet_word(node, &command, &hides_next, &hides_all);
        node->mask = MAX(node->mask, mask);
    }
}

static gboolean meet(const VpMaskTree *tree, guint id, Place place, guint depth);

static gboolean
meet_map(const VpMaskTree *tree, const Node *map, Place place, guint depth)
{
    for (guint id = map->first; id != 0;) {
        Node *key = resolve(tree, id);
        guint value = node_at(tree, id)->next;
        Place below = place;

        if (!meet(tree, id, PLACE_PLAIN, depth + 1))
            return FALSE;
        if (value == 0)
            break;
        if (key->kind == NODE_SCALAR)
            below = place_below(tree, map, place, key, resolve(tree, value));
        if (!meet(tree, value, below, depth + 1))
            return FALSE;
        id = node_at(tree, value)->next;
    }
    return mask_write_file(tree, map);
}

static gboolean
meet_list(const VpMaskTree *tree, const Node *list, Place place, guint depth)
{
    for (guint id = list->first; id != 0; id = node_at(tree, id)->next) {
        if (!meet(tree, id, place, depth + 1))
            return FALSE;
    }
    meet_command(tree, list);
    return TRUE;
}

/* Each node once for each kind of place, however many aliases name it. */
static gboolean
meet(const VpMaskTree *tree, guint id, Place place, guint depth)
{
    Node *node = resolve(tree, id);

    if (depth > MAX_FOLLOWED)
        return FALSE;
    if ((node->met & (1U << place)) != 0)
        return TRUE;
    node->met |= 1U << place;
    if (node->kind == NODE_MAP)
        return meet_map(tree, node, place, depth);
    if (node->kind == NODE_LIST)
        return meet_list(tree, node, place, depth);
    meet_scalar(node, place);
    return TRUE;
}

/* --- edits ------------------------------------------------------------------------------------ */

static char *
quote(const char *text, gsize length)
{
    json_object *string = json_object_new_string_len(text, length);
    char *quoted = g_strdup(json_object_to_json_string_ext(string, JSON_C_TO_STRING_NOSLASHESCAPE));

    json_object_put(string);
    return quoted;
}

/* Of "|-  # comment" only the mark. */
static void
append_mark(GString *out, const char *raw, gsize length)
{
    gsize end = 0;

    while (end < length && strchr("|>+-0123456789", raw[end]) != NULL)
        end++;
    g_string_append_len(out, raw, end);
}

static gsize
count_blanks(const char *line, const char *end)
{
    gsize count = 0;

    while (line + count < end && line[count] == ' ')
        count++;
    return count;
}

/* How far the lines of a literal block are indented, beyond what is text of theirs. */
static gsize
indent_of(const Node *node, const char *raw, const char *end)
{
    const char *text = node->text, *line = raw;

    while (*text == '\n')
        text++;
    for (line = memchr(raw, '\n', end - raw); line != NULL && line + 1 < end;
         line = memchr(line + 1, '\n', end - line - 1)) {
        gsize blanks = count_blanks(line + 1, end), own = count_blanks(text, text + strlen(text));

        if (line + 1 + blanks < end && line[1 + blanks] != '\n' && line[1 + blanks] != '\r')
            return blanks > own ? blanks - own : 0;
    }
    return 2;
}

/* A literal block again, in the lines and columns that it had. */
static char *
literal(const Node *node, const char *content, const char *text, gsize length)
{
    const char *raw = content + node->start, *end = content + node->end;
    gboolean has_returns = memmem(raw, end - raw, "\r\n", 2) != NULL;
    gsize indent = indent_of(node, raw, end);
    GString *out = g_string_new(NULL);

    append_mark(out, raw, end - raw);
    while (length > 0 && text[length - 1] == '\n')
        length--;
    for (const char *line = text, *last = text + length; line <= last;) {
        const char *newline = line < last ? memchr(line, '\n', last - line) : NULL;
        gsize size = newline != NULL ? (gsize)(newline - line) : (gsize)(last - line);

        g_string_append(out, has_returns ? "\r\n" : "\n");
        if (size > 0)
            g_string_append_printf(out, "%*s", (int)indent, "");
        g_string_append_len(out, line, size);
        line += size + 1;
    }
    return g_string_free(out, FALSE);
}

static void
replace(const Node *node, const char *content, const char *text, gsize length, GArray *edits)
{
    g_autofree char *shown = node->style == VP_MASK_STYLE_LITERAL
                                 ? literal(node, content, text, length)
                                 : quote(text, length);

    vp_view_mask_edits_add(edits, node->start, node->end, shown);
}

static void
replace_pairs(const Node *node, const char *content, GArray *edits)
{
    g_auto(GStrv) lines = g_strsplit(node->text, "\n", -1);
    GString *out = g_string_new(NULL);
    gboolean is_blank = node->text[strspn(node->text, "\n")] == '\0';

    for (char **line = lines; *line != NULL; line++) {
        const char *colon = strchr(*line, ':');

        if (colon != NULL)
            g_string_append_len(out, *line, colon + 1 - *line);
        g_string_append_printf(out, "%s%s", **line != '\0' ? VP_MASK : "",
                               line[1] != NULL ? "\n" : "");
    }
    if (!is_blank)
        replace(node, content, out->str, out->len, edits);
    g_string_free(out, TRUE);
}

/* Agents decode base64 with mistakes differently, so it counts as a secret. */
static gboolean
holds_secret(const Node *node, const VpMaskNest *nest)
{
    g_autoptr(GBytes) decoded = vp_base64_decode_bytes(node->text, node->length);
    g_autoptr(GBytes) masked = NULL;

    if (decoded == NULL)
        return TRUE;
    masked = vp_view_mask_nested(g_bytes_get_data(decoded, NULL), g_bytes_get_size(decoded), nest);
    return masked != NULL;
}

static void
replace_found(const Node *node, const char *content, const VpMaskNest *nest, GArray *edits)
{
    g_autoptr(GBytes) masked = vp_view_mask_nested(node->text, node->length, nest);
    gsize size;
    const char *text = masked != NULL ? g_bytes_get_data(masked, &size) : NULL;

    if (text != NULL)
        replace(node, content, text, size, edits);
}

gboolean
vp_view_mask_tree_edits(VpMaskTree *tree, const char *content, const VpMaskNest *nest,
                        GArray *edits)
{
    if (!meet(tree, 0, PLACE_PLAIN, 0))
        return FALSE;
    for (guint i = 0; i < tree->nodes->len; i++) {
        const Node *node = node_at(tree, i);

        if (node->kind != NODE_SCALAR || node->start == node->end)
            continue;
        if (node->mask == MASK_WHOLE || (node->mask == MASK_BASE64 && holds_secret(node, nest)))
            vp_view_mask_edits_add(edits, node->start, node->end, VP_MASK_QUOTED);
        else if (node->mask == MASK_PAIRS)
            replace_pairs(node, content, edits);
        else if (node->mask == MASK_TEXT)
            replace_found(node, content, nest, edits);
    }
    return TRUE;
}
