/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in text of no known structure: scripts, configuration files, comments, single strings. */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"

typedef struct {
    const char *content;
    gsize start;
    gsize end;
    GArray *edits;
} Text;

static gboolean
is_name(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
}

static gboolean
ends_word(const char *name, gsize length, const char *word)
{
    gsize word_length = strlen(word);

    return length >= word_length &&
           g_ascii_strncasecmp(name + length - word_length, word, word_length) == 0;
}

static gboolean
holds_word(const char *name, gsize length, const char *word)
{
    gsize word_length = strlen(word);

    for (gsize i = 0; i + word_length <= length; i++) {
        if (g_ascii_strncasecmp(name + i, word, word_length) == 0)
            return TRUE;
    }
    return FALSE;
}

VpMaskName
vp_view_mask_name(const char *name, gsize length)
{
    static const char *const secret[] = {
        "password",       "passwd",         "hashed_passwd", "plain_text_passwd", "adminpass",
        "admin_pass",     "passwordhash",   "password_hash", "passphrase",        "random_seed",
        "token",          "secret",         "productkey",    "product_key",       "productid",
        "activation-key", "activation_key",
    };
    static const char *const telling[] = {
        "passw",   "passphrase", "secret",    "privatekey", "private_key",  "private-key", "apikey",
        "api_key", "api-key",    "accesskey", "access_key", "presharedkey", "credential",
    };

    /* cloud-config's, whose parts are looked at, and sudo's tag */
    if (length == 8 && (g_ascii_strncasecmp(name, "chpasswd", length) == 0 ||
                        g_ascii_strncasecmp(name, "nopasswd", length) == 0))
        return VP_MASK_NAME_PLAIN;
    for (gsize i = 0; i < G_N_ELEMENTS(secret); i++) {
        if (length == strlen(secret[i]) && g_ascii_strncasecmp(name, secret[i], length) == 0)
            return VP_MASK_NAME_SECRET;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(telling); i++) {
        if (holds_word(name, length, telling[i]))
            return VP_MASK_NAME_LIKELY;
    }
    /* ssh_keys: rsa_private; publicKeyToken is an assembly's name in every answer
     * file of Windows. */
    if (ends_word(name, length, "_private") ||
        (ends_word(name, length, "token") && !ends_word(name, length, "publickeytoken")))
        return VP_MASK_NAME_LIKELY;
    return VP_MASK_NAME_PLAIN;
}

static gboolean
starts(const Text *text, gsize at, const char *prefix)
{
    gsize length = strlen(prefix);

    return text->end - at >= length && memcmp(text->content + at, prefix, length) == 0;
}

static gsize
find(const Text *text, gsize at, const char *needle)
{
    const char *found =
        at < text->end ? memmem(text->content + at, text->end - at, needle, strlen(needle)) : NULL;

    return found != NULL ? (gsize)(found - text->content) : text->end;
}

static gsize
end_of_line(const Text *text, gsize at)
{
    while (at < text->end && text->content[at] != '\n')
        at++;
    if (at > text->start && at < text->end && text->content[at - 1] == '\r')
        at--;
    return at;
}

/* "-----BEGIN RSA PRIVATE KEY-----": all up to its END line, or to the end. 0 where there is none
 * here. */
static gsize
mask_private_key(const Text *text, gsize at)
{
    static const char begin[] = "-----BEGIN ";
    gsize head_end, body_end;

    if (!starts(text, at, begin))
        return 0;
    head_end = find(text, at + strlen(begin), "-----");
    if (head_end == text->end || !holds_word(text->content + at, head_end - at, "PRIVATE KEY"))
        return 0;
    head_end += strlen("-----");
    body_end = find(text, head_end, "-----END");
    vp_view_mask_edits_add(text->edits, head_end, body_end, VP_MASK);
    return body_end;
}

/* crypt(5): "$6$salt$hash", "$2b$10$...", "$y$j9T$salt$hash". */
static gsize
mask_hash(const Text *text, gsize at)
{
    static const char *const prefixes[] = {"$1$", "$2a$", "$2b$", "$2x$", "$2y$",   "$5$",
                                           "$6$", "$7$",  "$y$",  "$gy$", "$sha1$", "$md5"};
    gsize end = at;

    if (text->content[at] != '$')
        return 0;
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (!starts(text, at, prefixes[i]))
            continue;
        for (end = at; end < text->end; end++) {
            char c = text->content[end];

            if (!g_ascii_isalnum(c) && (c == '\0' || strchr("$./=,", c) == NULL))
                break;
        }
        vp_view_mask_edits_add(text->edits, at, end, VP_MASK);
        return end;
    }
    return 0;
}

/* "://user:password@host" */
static gsize
mask_url(const Text *text, gsize at)
{
    gsize colon = 0, last_at = 0;

    if (!starts(text, at, "://"))
        return 0;
    for (gsize i = at + 3; i < text->end; i++) {
        char c = text->content[i];

        if (g_ascii_isspace(c) || c == '/' || c == '"' || c == '\'')
            break;
        if (c == ':' && colon == 0)
            colon = i;
        if (c == '@')
            last_at = i;
    }
    if (colon == 0 || last_at <= colon)
        return 0;
    vp_view_mask_edits_add(text->edits, colon + 1, last_at, VP_MASK);
    return last_at;
}

/* The value that begins at: up to its closing quote, else the rest of the line. What is looked at
 * is passed over, so that a line of a million such values costs no more than its length. */
static gsize
mask_value(const Text *text, gsize at)
{
    char quote = text->content[at];
    gsize end;

    if (quote == '"' || quote == '\'') {
        for (end = at + 1; end < text->end && text->content[end] != '\n'; end++) {
            if (text->content[end] == quote) {
                vp_view_mask_edits_add(text->edits, at + 1, end, VP_MASK);
                return end + 1;
            }
            if (text->content[end] == '\\')
                end++;
        }
    }
    end = end_of_line(text, at);
    if (end > at)
        vp_view_mask_edits_add(text->edits, at, end, VP_MASK);
    return end;
}

static gsize
skip_blanks(const Text *text, gsize at)
{
    while (at < text->end && (text->content[at] == ' ' || text->content[at] == '\t'))
        at++;
    return at;
}

/* password=..., "password": "...", $password = '...', --password ... */
static gsize
mask_named(const Text *text, gsize at)
{
    gsize end = at, value;
    gboolean is_option, is_assigned = FALSE;

    while (end < text->end && is_name(text->content[end]))
        end++;
    if (end == at || vp_view_mask_name(text->content + at, end - at) == VP_MASK_NAME_PLAIN)
        return end;
    is_option = starts(text, at, "--");
    value = end;
    if (value < text->end && (text->content[value] == '"' || text->content[value] == '\''))
        value++;
    value = skip_blanks(text, value);
    while (value < text->end && (text->content[value] == ':' || text->content[value] == '=' ||
                                 (is_assigned && text->content[value] == '>'))) {
        is_assigned = TRUE;
        value++;
    }
    value = skip_blanks(text, value);
    if (!is_assigned && !(is_option && value > end))
        return end;
    return value < text->end ? mask_value(text, value) : value;
}

/* A line that feeds chpasswd(8): "user:password" anywhere on it, and in a
 * here-document below it. */
static gsize
mask_pairs(const Text *text, gsize at, gsize end)
{
    for (; at < end; at++) {
        gsize value = at + 1, value_end;

        if (text->content[at] != ':')
            continue;
        for (value_end = value; value_end < end; value_end++) {
            if (strchr(" \t'\"|\\", text->content[value_end]) != NULL)
                break;
        }
        if (value_end > value)
            vp_view_mask_edits_add(text->edits, value, value_end, VP_MASK);
        at = value_end - 1;
    }
    return end;
}

static gsize
mask_here_document(const Text *text, gsize at)
{
    gsize word = at, word_end;

    while (word < text->end && strchr("<-'\"\\ ", text->content[word]) != NULL)
        word++;
    for (word_end = word; word_end < text->end && is_name(text->content[word_end]);)
        word_end++;
    at = end_of_line(text, word_end);
    while (at < text->end && word_end > word) {
        gsize line = at;

        while (line < text->end && g_ascii_isspace(text->content[line]))
            line++;
        if (text->end - line >= word_end - word &&
            memcmp(text->content + line, text->content + word, word_end - word) == 0)
            return line;
        at = mask_pairs(text, line, end_of_line(text, line));
    }
    return at;
}

/* "echo secret | passwd --stdin user" */
static gsize
mask_piped(const Text *text, gsize at, gsize end)
{
    const char *pipe = memchr(text->content + at, '|', end - at);

    if (pipe != NULL && pipe > text->content + at)
        vp_view_mask_edits_add(text->edits, at, pipe - text->content, VP_MASK " ");
    return end;
}

/* The whole line where it is one of those above; else 0. */
static gsize
mask_line(const Text *text, gsize at)
{
    gsize end = end_of_line(text, at), here;
    Text line = {text->content, at, end, text->edits};

    if (find(&line, at, "passwd --stdin") != end)
        return mask_piped(text, at, end);
    if (find(&line, at, "chpasswd") == end)
        return 0;
    here = find(&line, at, "<<");
    mask_pairs(text, at, here);
    return here != end ? mask_here_document(text, here) : end;
}

void
vp_view_mask_text(const char *content, gsize start, gsize end, GArray *edits)
{
    Text text = {content, start, end, edits};
    gsize at = start;

    while (at < end) {
        gboolean is_line_start = at == start || content[at - 1] == '\n';
        gsize next = is_line_start ? mask_line(&text, at) : 0;

        if (next == 0)
            next = mask_private_key(&text, at);
        if (next == 0)
            next = mask_hash(&text, at);
        if (next == 0)
            next = mask_url(&text, at);
        if (next == 0)
            next = mask_named(&text, at);
        at = MAX(next, at + 1);
    }
}
