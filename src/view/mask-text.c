/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in text of no known structure: scripts, configuration files, comments, single strings. */
#include <config.h>

#include <string.h>

#include "view/mask-command.h"
#include "view/mask-edit.h"
#include "view/mask-name.h"

enum { MAX_PROGRAMS = 16 }; /* in one line that read a secret */

typedef struct {
    const char *content;
    gsize start;
    gsize end;
    GArray *edits;
    gsize noted;                  /* quotes are known up to here */
    char quote;                   /* that is open there, within the line; '\0': none */
    gsize seen[2], total[2];      /* of the line: double and single quotes */
    const VpMaskCommand *command; /* whose arguments are read */
    gboolean has_login;           /* the line named a user, as .netrc does */
    gboolean is_identified;       /* the line had "IDENTIFIED", as SQL's "IDENTIFIED BY" */
    gsize document, document_end; /* a here-document that is masked already; both 0: none */
    gboolean after_slash; /* the last word was the end of a path, as a question's of debconf */
} Text;

static gboolean
is_name(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
}

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static gboolean
is_in(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static gboolean
is_word(const Text *text, gsize at, gsize end, const char *word)
{
    return end - at == strlen(word) && g_ascii_strncasecmp(text->content + at, word, end - at) == 0;
}

static gboolean
starts(const Text *text, gsize at, const char *prefix)
{
    gsize length = strlen(prefix);

    return text->end - at >= length && memcmp(text->content + at, prefix, length) == 0;
}

static gsize
find(const Text *text, gsize at, gsize end, const char *needle)
{
    const char *found =
        at < end ? memmem(text->content + at, end - at, needle, strlen(needle)) : NULL;

    return found != NULL ? (gsize)(found - text->content) : end;
}

static gsize
end_of_line(const Text *text, gsize at)
{
    const char *newline = at < text->end ? memchr(text->content + at, '\n', text->end - at) : NULL;
    gsize end = newline != NULL ? (gsize)(newline - text->content) : text->end;

    if (end > at && end < text->end && text->content[end - 1] == '\r')
        end--;
    return end;
}

/* With the lines that a backslash joins to it. */
static gsize
end_of_joined(const Text *text, gsize at)
{
    gsize end = end_of_line(text, at);

    while (end > at && end < text->end && text->content[end - 1] == '\\') {
        gsize next = end + (text->content[end] == '\r' ? 2 : 1);

        if (next >= text->end)
            return text->end;
        at = next;
        end = end_of_line(text, next);
    }
    return end;
}

static gsize
next_line(const Text *text, gsize end)
{
    while (end < text->end && text->content[end] != '\n')
        end++;
    return MIN(end + 1, text->end);
}

static gsize
skip_blanks(const Text *text, gsize at)
{
    while (at < text->end) {
        if (starts(text, at, "\\\n"))
            at += 2;
        else if (starts(text, at, "\\\r\n"))
            at += 3;
        else if (is_blank(text->content[at]))
            at++;
        else
            break;
    }
    return at;
}

/* Without the spaces around it, to keep the layout; nothing if there is nothing else. */
static void
mask(const Text *text, gsize start, gsize end)
{
    while (start < end && g_ascii_isspace(text->content[start]))
        start++;
    while (end > start && g_ascii_isspace(text->content[end - 1]))
        end--;
    if (end > start)
        vp_view_mask_edits_add(text->edits, start, end, VP_MASK);
}

/* --- quotes ----------------------------------------------------------------------------------- */

static void
begin_line(Text *text, gsize at)
{
    gsize end = end_of_line(text, at);

    text->quote = '\0';
    text->has_login = FALSE;
    text->is_identified = FALSE;
    text->after_slash = FALSE;
    memset(text->seen, 0, sizeof(text->seen));
    memset(text->total, 0, sizeof(text->total));
    for (gsize i = at; i < end; i++) {
        text->total[0] += text->content[i] == '"';
        text->total[1] += text->content[i] == '\'';
    }
    if (at < text->start + 2 || text->content[at - 2] != '\\')
        text->command = NULL;
}

static void
note_quote(Text *text, char c, gboolean is_escaped)
{
    text->seen[0] += c == '"';
    text->seen[1] += c == '\'';
    if (is_escaped || !is_in(c, "\"'"))
        return;
    if (text->quote == '\0')
        text->quote = c;
    else if (text->quote == c)
        text->quote = '\0';
}

/* Brings what is known of the line up to at. */
static void
note(Text *text, gsize at)
{
    gboolean is_escaped = FALSE;

    for (; text->noted < at; text->noted++) {
        char c = text->content[text->noted];

        if (c == '\n')
            begin_line(text, text->noted + 1);
        else
            note_quote(text, c, is_escaped);
        if (is_in(c, ";|&"))
            text->command = NULL;
        is_escaped = c == '\\' && !is_escaped && text->quote != '\'';
    }
}

/* Whether the quote at hand closes the one that is open: "Password: " asks, 'password='x' does not
 * say. An apostrophe before it makes the number of those that follow odd. */
static gboolean
closes(const Text *text, gsize at)
{
    char c = at < text->end ? text->content[at] : '\0';
    gsize kind = c == '\'' ? 1 : 0;

    if (c == '\0' || c != text->quote)
        return FALSE;
    return (text->total[kind] - text->seen[kind]) % 2 == 1 &&
           (at + 1 >= text->end || !is_name(text->content[at + 1]));
}

/* Up to the end of a shell's word, quotes and escapes read. */
static gsize
end_of_word(const Text *text, gsize at, char enclosing)
{
    char quote = '\0';

    for (; at < text->end; at++) {
        char c = text->content[at];

        if (c == '\\')
            at++;
        else if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == enclosing && c != '\0')
            break;
        else if (is_in(c, "\"'"))
            quote = c;
        else if (g_ascii_isspace(c) || is_in(c, ";|&()<>"))
            break;
    }
    return MIN(at, text->end);
}

/* --- values ----------------------------------------------------------------------------------- */

/* The string whose first quote is at hand. One of the kind that is open already opens another, if
 * it does not close that one. */
static gsize
mask_quoted(const Text *text, gsize at, char enclosing)
{
    char quote = text->content[at];
    gsize end = end_of_word(text, at, enclosing != quote ? enclosing : '\0');
    const char *close = memchr(text->content + at + 1, quote, end - at - 1);

    if (close != NULL && close == text->content + end - 1)
        vp_view_mask_edits_add(text->edits, at + 1, end - 1, VP_MASK);
    else
        mask(text, at, end);
    return end;
}

/* "[", "{" or "(" to what closes it. */
static gsize
mask_bracketed(const Text *text, gsize at)
{
    gsize depth = 0, end = at;
    char quote = '\0';

    for (; end < text->end; end++) {
        char c = text->content[end];

        if (c == '\\')
            end++;
        else if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (is_in(c, "\"'"))
            quote = c;
        else if (is_in(c, "[{("))
            depth++;
        else if (is_in(c, "]})") && --depth == 0)
            break;
    }
    end = MAX(MIN(end + 1, text->end), end_of_line(text, at));
    mask(text, at, end);
    return end;
}

static gsize
end_of_enclosed(const Text *text, gsize at, gsize end)
{
    for (; at < end && text->content[at] != text->quote; at++)
        at += text->content[at] == '\\';
    return MIN(at, end);
}

static gsize mask_here_document(const Text *text, gsize at, gboolean has_users);

/* The value that begins at: up to its closing quote, to that of the string that holds it, or to the
 * end of the line. Examined text is skipped, so that a line of a million such values costs
 * no more than its length. */
static gsize
mask_value(const Text *text, gsize at)
{
    gsize end, here;

    if (at >= text->end || closes(text, at))
        return at;
    if (is_in(text->content[at], "\"'"))
        return mask_quoted(text, at, text->quote);
    if (is_in(text->content[at], "[{("))
        return mask_bracketed(text, at);
    end = end_of_joined(text, at);
    if (text->quote != '\0')
        end = end_of_enclosed(text, at, end);
    here = find(text, at, end, "<<");
    mask(text, at, end);
    return here < end && !starts(text, here, "<<<") ? mask_here_document(text, here, FALSE) : end;
}

/* The rest of a command's line. */
static gsize
mask_arguments(const Text *text, gsize at)
{
    gsize end = end_of_joined(text, at);

    for (gsize i = at; i < end; i++) {
        if (is_in(text->content[i], ";|&") ||
            (text->quote != '\0' && text->content[i] == text->quote))
            end = i;
    }
    mask(text, at, end);
    return end;
}

/* --- what follows a name ---------------------------------------------------------------------- */

/* The column of a YAML key, if only a list's dash or a comment's mark is before it. */
static gboolean
is_key(const Text *text, gsize at, gsize *column, gboolean *is_comment)
{
    gsize line = at;

    *is_comment = FALSE;
    while (line > text->start && text->content[line - 1] != '\n') {
        if (!is_in(text->content[line - 1], " \t-#\"'?"))
            return FALSE;
        *is_comment |= text->content[line - 1] == '#';
        line--;
    }
    *column = at - line;
    return TRUE;
}

/* The lines below a key that belong to it: deeper, or a list's at its own column. */
static gsize
mask_block(const Text *text, gsize at, gsize column, gboolean is_comment)
{
    gsize line = next_line(text, at), first = 0, last = at;

    while (line < text->end) {
        gsize end = end_of_line(text, line), begin = line;

        while (begin < end &&
               (is_blank(text->content[begin]) || (is_comment && text->content[begin] == '#')))
            begin++;
        if (begin < end && begin - line <= column &&
            !(begin - line == column && starts(text, begin, "- ")))
            break;
        if (begin < end) {
            first = first == 0 ? begin : first;
            last = end;
        }
        line = next_line(text, end);
    }
    if (last > at)
        mask(text, first, last);
    return last;
}

static gboolean
is_block_mark(const Text *text, gsize at, gsize end)
{
    for (; at < end && text->content[at] != '#'; at++) {
        if (!is_in(text->content[at], "|>+-0123456789 \t"))
            return FALSE;
    }
    return TRUE;
}

/* "password: x", "- password: |" and, commented out, "# password: x", with what is below. */
static gsize
mask_yaml_value(const Text *text, gsize name, gsize value)
{
    gsize column, end = end_of_line(text, value);
    gboolean is_comment;

    if (!is_key(text, name, &column, &is_comment))
        return mask_value(text, value);
    if (is_block_mark(text, value, end))
        return mask_block(text, end, column, is_comment);
    return mask_block(text, MAX(mask_value(text, value), value), column, is_comment);
}

typedef struct {
    gsize start, end; /* of the name, dashes and all */
    gsize value;
    gboolean is_option;
    gboolean is_assigned;
    gboolean is_yaml; /* by a colon and a space */
} Named;

/* "password=", "password": ", $x['password'] = , password => , --password ... */
static void
read_assignment(const Text *text, Named *named)
{
    gsize at = named->end, closers = at, mark;

    while (at < text->end && at - closers < 4 && is_in(text->content[at], "\"'])\\") &&
           !starts(text, at, "\\\n"))
        at++;
    closers = at;
    at = skip_blanks(text, at);
    if (at + 1 < text->end && is_in(text->content[at], "+?!") && text->content[at + 1] == '=')
        at++;
    for (mark = at; at < text->end; at++) {
        char c = text->content[at];

        if (c != ':' && c != '=' && (c != '>' || at == mark))
            break;
    }
    named->is_assigned = at > mark;
    if (!named->is_assigned && named->is_option && at < text->end && text->content[at] == ',')
        named->is_assigned = at + 1 < text->end; /* ["--password", "x"] */
    if (named->is_assigned && at == mark)
        at++;
    named->is_yaml = named->is_assigned && at - mark == 1 && text->content[mark] == ':';
    named->value = skip_blanks(text, at);
    if (!named->is_assigned && named->value == closers)
        named->is_option = FALSE;
}

/* Of a value without quotes, as far as it matters: 64 bytes are longer than any word or key that is
 * known. */
static gsize
plain_end(const Text *text, gsize at)
{
    gsize limit = MIN(at + 64, text->end);

    while (at < limit && !g_ascii_isspace(text->content[at]) &&
           !is_in(text->content[at], ",;}])\"'<&|"))
        at++;
    return at;
}

static gboolean
is_last_word(const Text *text, gsize at)
{
    gsize line = end_of_line(text, at), end = end_of_word(text, at, '\0');

    return end > at && skip_blanks(text, end) >= line;
}

static gboolean
is_first_word(const Text *text, gsize at)
{
    static const char *const before[] = {"ENV", "set", "setenv", "setx", "export"};
    gsize end;

    while (at > text->start && is_blank(text->content[at - 1]))
        at--;
    if (at == text->start || text->content[at - 1] == '\n')
        return TRUE;
    for (end = at; at > text->start && is_name(text->content[at - 1]) && end - at < 8;)
        at--;
    for (gsize i = 0; i < G_N_ELEMENTS(before); i++) {
        if (is_word(text, at, end, before[i]))
            return at == text->start || text->content[at - 1] == '\n';
    }
    return FALSE;
}

/* Formats that need no sign between a name and its value: .netrc, debconf's, redis.conf. */
static gsize
mask_unassigned(const Text *text, const Named *named, VpMaskName class)
{
    gsize end = named->end, value = skip_blanks(text, end);

    if (value == end || value >= text->end || class == VP_MASK_NAME_PLAIN)
        return end;
    if (starts(text, value, "<(")) {
        end = find(text, value, end_of_line(text, value), ")");
        mask(text, value + 2, end);
        return end;
    }
    if (text->after_slash && is_word(text, named->start, named->end, "password"))
        return mask_value(text, value);
    if (named->is_option || (text->has_login && class == VP_MASK_NAME_SECRET) ||
        (is_first_word(text, named->start) && is_last_word(text, value) &&
         !is_word(text, named->start, named->end, "passwd")))
        return is_in(text->content[value], "\"'") && !closes(text, value)
                   ? mask_quoted(text, value, text->quote)
                   : (end = end_of_word(text, value, text->quote), mask(text, value, end), end);
    return end;
}

/* "<db:password>x</": a file that a script writes. */
static gsize
mask_element(const Text *text, const Named *named)
{
    gsize end = find(text, named->end, text->end, "</");

    mask(text, named->end + 1, end);
    return end;
}

/* nsswitch.conf has a line "passwd: files". */
static gboolean
is_switch(const Text *text, const Named *named)
{
    return is_word(text, named->start, named->end, "passwd") &&
           (starts(text, named->value, "files") || starts(text, named->value, "compat"));
}

static gsize
mask_assigned(const Text *text, const Named *named, VpMaskName class)
{
    gsize end = plain_end(text, named->value);

    if (class == VP_MASK_NAME_PLAIN &&
        !vp_view_mask_is_key(text->content + named->start, named->end - named->start,
                             text->content + named->value, end - named->value))
        return named->end;
    if (class == VP_MASK_NAME_LIKELY && end > named->value &&
        vp_view_mask_is_flag(text->content + named->value, end - named->value))
        return named->end;
    if (is_switch(text, named))
        return named->end;
    if (named->is_yaml)
        return mask_yaml_value(text, named->start, named->value);
    return mask_value(text, named->value);
}

/* "data:text/plain;base64,..." */
static gsize
mask_data_url(const Text *text, gsize colon)
{
    gsize at = colon + 1;

    while (at < text->end && at - colon < 128 &&
           (is_name(text->content[at]) || is_in(text->content[at], "/;=+")))
        at++;
    if (at >= text->end || text->content[at] != ',')
        return 0;
    at = end_of_word(text, at, text->quote);
    vp_view_mask_edits_add(text->edits, colon + 1, at, VP_MASK);
    return at;
}

/* --- words ------------------------------------------------------------------------------------ */

/* Tokens of services that can be recognised by their beginning. */
static gboolean
is_token(const Text *text, gsize at, gsize end)
{
    static const char *const prefixes[] = {"ghp_",   "gho_",  "ghs_",  "ghu_",   "github_pat_",
                                           "glpat-", "xoxb-", "xoxp-", "AKIA",   "tskey-",
                                           "hvs.",   "AIza",  "eyJ",   "dop_v1", "npm_"};

    if (end - at < 16)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (starts(text, at, prefixes[i]))
            return TRUE;
    }
    return FALSE;
}

static void
note_word(Text *text, gsize at, gsize end)
{
    static const char *const logins[] = {"login", "machine", "user", "username", "default"};
    const VpMaskCommand *command = vp_view_mask_command(text->content + at, end - at);

    for (gsize i = 0; i < G_N_ELEMENTS(logins); i++)
        text->has_login |= is_word(text, at, end, logins[i]);
    text->is_identified |= is_word(text, at, end, "identified");
    text->after_slash = at > text->start && text->content[at - 1] == '/';
    if (command != NULL)
        text->command = command;
}

static gsize
end_of_option(const Text *text, gsize at)
{
    gsize limit = MIN(at + 64, text->end);

    while (at < limit && !g_ascii_isspace(text->content[at]) &&
           !is_in(text->content[at], ",;\"'|&<>()[]{}"))
        at++;
    return at;
}

/* "-p'x'": the quote belongs to the option's word. */
static gboolean
begins_string(const Text *text, gsize at)
{
    if (at + 1 < text->end && text->content[at] == '\\')
        return is_in(text->content[at + 1], "\"'");
    return at < text->end && is_in(text->content[at], "\"'") && !closes(text, at);
}

/* An option of the command at hand; 0 if the word is not one. */
static gsize
mask_option(const Text *text, gsize at, gsize end)
{
    gssize secret;

    if (text->command == NULL)
        return 0;
    if (vp_view_mask_command_hides(text->command, text->content + at, end - at))
        return mask_arguments(text, end);
    if (text->content[at] != '-' || (at > text->start && !g_ascii_isspace(text->content[at - 1]) &&
                                     !is_in(text->content[at - 1], "\"'")))
        return 0;
    end = end_of_option(text, at);
    secret = vp_view_mask_command_option(text->command, text->content + at,
                                         end - at + (begins_string(text, end) ? 1 : 0));
    if (secret < 0)
        return 0;
    at += secret;
    if (at == end && begins_string(text, at) && text->content[at] != '\\')
        return mask_quoted(text, at, text->quote);
    while (at == end && at < text->end && is_in(text->content[at], "\"',")) /* in a list of words */
        end = ++at;
    at = skip_blanks(text, at);
    end = end_of_word(text, at,
                      at > 0 && is_in(text->content[at - 1], "\"'") ? text->content[at - 1]
                                                                    : text->quote);
    if (at < text->end && is_in(text->content[at], "\"'") && !closes(text, at))
        return mask_quoted(text, at, '\0');
    mask(text, at, end);
    return MAX(end, at);
}

/* A letter of a name, or an escape of one ("\x70", "\u0070"), in bytes; 0 if there is none. */
static gsize
length_of_letter(const Text *text, gsize at)
{
    gsize digits;

    if (at < text->end && is_name(text->content[at]))
        return 1;
    if (!starts(text, at, "\\x") && !starts(text, at, "\\u"))
        return 0;
    digits = text->content[at + 1] == 'x' ? 2 : 4;
    if (text->end - at < 2 + digits)
        return 0;
    for (gsize i = 0; i < digits; i++) {
        if (!g_ascii_isxdigit(text->content[at + 2 + i]))
            return 0;
    }
    return 2 + digits;
}

static VpMaskName
class_of(const Text *text, gsize at, gsize end)
{
    g_autoptr(GString) name = NULL;

    if (memchr(text->content + at, '\\', end - at) == NULL)
        return vp_view_mask_name(text->content + at, end - at);
    name = g_string_new(NULL);
    while (at < end) {
        gsize length = length_of_letter(text, at);

        g_string_append_c(
            name, length == 1 ? text->content[at]
                              : (char)(g_ascii_xdigit_value(text->content[at + length - 2]) * 16 +
                                       g_ascii_xdigit_value(text->content[at + length - 1])));
        at += length;
    }
    return vp_view_mask_name(name->str, name->len);
}

/* "IDENTIFIED BY 'x'", "IDENTIFIED WITH plugin BY 'x'": the string, its quotes may be escaped; 0 if
 * there is none here. */
static gsize
mask_identified(const Text *text, gsize at, gsize end)
{
    gsize value = skip_blanks(text, end);

    if (!text->is_identified || !is_word(text, at, end, "by") || value >= text->end ||
        closes(text, value))
        return 0;
    if (is_in(text->content[value], "\"'"))
        return mask_quoted(text, value, text->quote);
    end = end_of_word(text, value, text->quote);
    mask(text, value, end);
    return end;
}

/* A word, and what it means for the text after it. */
static gsize
mask_word(Text *text, gsize at)
{
    Named named = {.start = at, .end = at};
    VpMaskName class;
    gsize next;

    while ((next = length_of_letter(text, named.end)) > 0)
        named.end += next;
    if (named.end == at)
        return 0;
    if (is_token(text, at, named.end)) {
        vp_view_mask_edits_add(text->edits, at, named.end, VP_MASK);
        return named.end;
    }
    if (is_word(text, at, named.end, "data") && starts(text, named.end, ":") &&
        (next = mask_data_url(text, named.end)) != 0)
        return next;
    if ((next = mask_identified(text, at, named.end)) != 0)
        return next;
    if (text->command != NULL &&
        vp_view_mask_command_hides(text->command, text->content + at, named.end - at))
        return mask_arguments(text, named.end);
    class = class_of(text, at, named.end);
    if (class != VP_MASK_NAME_PLAIN && at > text->start && is_in(text->content[at - 1], "<:") &&
        starts(text, named.end, ">"))
        return mask_element(text, &named);
    named.is_option = text->content[at] == '-' || is_word(text, at, named.end, "bearer");
    read_assignment(text, &named);
    if (is_word(text, at, named.end, "chpasswd") && named.is_yaml)
        class = VP_MASK_NAME_SECRET;
    next = named.is_assigned ? mask_assigned(text, &named, class)
                             : mask_unassigned(text, &named, class);
    if (next == named.end && (at == 0 || text->content[at] != '-'))
        note_word(text, at, named.end);
    if (next == named.end && (next = mask_option(text, at, named.end)) == 0)
        next = named.end;
    return next;
}

/* --- what is a secret by its form ---------------------------------------------------------------
 */

/* "-----BEGIN RSA PRIVATE KEY-----": all up to its END line, or to the end. 0 if there is none
 * here. */
static gsize
mask_private_key(const Text *text, gsize at)
{
    static const char begin[] = "-----BEGIN ";
    gsize head_end, body_end;

    if (!starts(text, at, begin))
        return 0;
    head_end = find(text, at + strlen(begin), MIN(at + 100, text->end), "-----");
    if (find(text, at, head_end, "PRIVATE KEY") == head_end &&
        find(text, at, head_end, "Static key") == head_end)
        return 0;
    head_end = MIN(head_end + strlen("-----"), text->end);
    body_end = find(text, head_end, text->end, "-----END");
    vp_view_mask_edits_add(text->edits, head_end, body_end, VP_MASK);
    return body_end;
}

/* crypt(5): "$6$salt$hash", "$2b$10$...", "$y$j9T$salt$hash". */
static gsize
mask_hash(const Text *text, gsize at)
{
    static const char *const prefixes[] = {"$1$",    "$2a$",    "$2b$",  "$2x$", "$2y$",   "$5$",
                                           "$6$",    "$7$",     "$y$",   "$gy$", "$sha1$", "$md5",
                                           "$apr1$", "$argon2", "{SSHA", "{SHA", "{CRYPT}"};
    gsize end = at;

    if (!is_in(text->content[at], "${"))
        return 0;
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (!starts(text, at, prefixes[i]))
            continue;
        for (end = at + strlen(prefixes[i]); end < text->end; end++) {
            if (!g_ascii_isalnum(text->content[end]) && !is_in(text->content[end], "$./=,+{}"))
                break;
        }
        vp_view_mask_edits_add(text->edits, at, end, VP_MASK);
        return end;
    }
    return 0;
}

/* "ssh://git@host": here a user's name is not a secret. */
static gboolean
names_user(const Text *text, gsize colon)
{
    gsize at = colon;

    while (at > text->start && colon - at < 16 &&
           (g_ascii_isalnum(text->content[at - 1]) || text->content[at - 1] == '+'))
        at--;
    return find(text, at, colon, "ssh") < colon || find(text, at, colon, "sftp") < colon ||
           find(text, at, colon, "rsync") < colon;
}

/* "://user:password@host" and "://token@host". */
static gsize
mask_url(const Text *text, gsize at)
{
    gsize colon = 0, last_at = 0, begin = at + 3, end;
    gboolean is_port = TRUE;

    if (!starts(text, at, "://"))
        return 0;
    for (end = begin; end < text->end && end - begin < 1024; end++) {
        char c = text->content[end];

        if (g_ascii_isspace(c) || is_in(c, "\"'<>") ||
            (is_in(c, "/?#") && (last_at != 0 || is_port)))
            break;
        if (c == ':' && colon == 0)
            colon = end;
        else if (c == '@')
            last_at = end;
        else if (colon != 0 && last_at == 0 && !g_ascii_isdigit(c) && !is_in(c, "/]"))
            is_port = FALSE; /* a slash within a password */
    }
    if (last_at == 0 || (colon == 0 && names_user(text, at)))
        return 0;
    if (colon == 0 || colon > last_at || !names_user(text, at))
        colon = begin - 1;
    if (last_at > colon + 1)
        vp_view_mask_edits_add(text->edits, colon + 1, last_at, VP_MASK);
    return last_at;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Of a line "user:password" what follows the colon, otherwise all of it. */
static void
mask_pair(const Text *text, gsize at, gsize end)
{
    const char *colon = memchr(text->content + at, ':', end - at);

    mask(text, colon != NULL ? (gsize)(colon + 1 - text->content) : at, end);
}

static gsize
mask_here_document(const Text *text, gsize at, gboolean has_users)
{
    gsize word = at, word_end;

    while (word < text->end && is_in(text->content[word], "<-~'\"\\ "))
        word++;
    for (word_end = word; word_end < text->end && is_name(text->content[word_end]);)
        word_end++;
    at = end_of_line(text, word_end);
    for (at = next_line(text, at); at < text->end && word_end > word;) {
        gsize line = at, end = end_of_line(text, at);

        while (line < end && is_blank(text->content[line]))
            line++;
        if (end - line == word_end - word &&
            memcmp(text->content + line, text->content + word, word_end - word) == 0)
            return end;
        if (has_users)
            mask_pair(text, line, end);
        else
            mask(text, line, end);
        at = next_line(text, end);
    }
    return at;
}

/* Where a string begins whose end is on this line: on a line above, if quotes say so. */
static gsize
begin_of_string(const Text *text, gsize at, gsize end)
{
    gsize count = 0;

    for (gsize i = at; i < end; i++)
        count += is_in(text->content[i], "\"'");
    for (guint lines = 0; count % 2 == 1 && lines < 64 && at > text->start; lines++) {
        gsize line = at - 1;

        for (count = 1; line > text->start && text->content[line - 1] != '\n'; line--)
            count += is_in(text->content[line - 1], "\"'");
        at = line;
    }
    return at;
}

/* Standard input of a program that reads a secret there: a string, a document, or a pipe. */
static void
mask_input(Text *text, gsize at, gsize program, gsize end, gboolean has_users)
{
    gsize here = find(text, at, end, "<<"), pipe = program;

    if (here < end && starts(text, here, "<<<")) {
        mask(text, here + 3, end);
    } else if (here < end) {
        text->document = end;
        text->document_end = mask_here_document(text, here, has_users);
    }
    while (pipe > at && text->content[pipe - 1] != '|')
        pipe--;
    if (pipe == at || here < pipe)
        return;
    at = begin_of_string(text, at, pipe - 1);
    while (at < pipe && (g_ascii_isspace(text->content[at]) || is_in(text->content[at], ";&|")))
        at++;
    while (at < pipe - 1 && is_name(text->content[at])) /* echo, printf */
        at++;
    mask(text, at, pipe - 1);
}

/* The first program of the line that reads a secret; end if there is none. */
static gsize
find_reader(const Text *text, gsize at, gsize end, gboolean *has_users)
{
    static const char *const readers[] = {
        "passwd --stdin", "--password-stdin", "--stdin-password", "--passphrase-fd", "--with-token",
        "sudo -S",        "cryptsetup",       "smbpasswd",        "vncpasswd",       "kinit",
        "realm join",     "openssl passwd",   "| passwd",         "|passwd",         "| htpasswd",
        "|htpasswd",      "key /dev/stdin",   "secret create",    "creds encrypt",   "wg pubkey",
        "saslpasswd2",    "pass stdin",       "grub-mkpasswd",
    };
    gsize first = find(text, at, end, "chpasswd");

    if (starts(text, first, "chpasswd:"))
        first = end;
    *has_users = first < end;
    for (gsize i = 0; i < G_N_ELEMENTS(readers); i++) {
        gsize found = find(text, at, first, readers[i]);

        if (found < first) {
            first = found + (*readers[i] == '|');
            *has_users = FALSE;
        }
    }
    return first;
}

/* What the line feeds to such programs; the rest of it is read like any other line. */
static void
mask_line(Text *text, gsize at)
{
    gsize end = end_of_joined(text, at), program;
    gboolean has_users;

    for (guint programs = 0; (program = find_reader(text, at, end, &has_users)) < end; programs++) {
        if (programs == MAX_PROGRAMS) {
            mask(text, at, end);
            return;
        }
        mask_input(text, at, program, end, has_users);
        at = program + 1;
    }
}

void
vp_view_mask_text(const char *content, gsize start, gsize end, GArray *edits)
{
    Text text = {.content = content, .start = start, .end = end, .edits = edits, .noted = start};
    gsize joined = start; /* the end of lines that were looked at as one */

    begin_line(&text, start);
    for (gsize at = start; at < end;) {
        gsize next = 0;

        note(&text, at);
        if (at >= joined && (at == start || content[at - 1] == '\n')) {
            joined = end_of_joined(&text, at);
            mask_line(&text, at);
        }
        if (at >= text.document && at < text.document_end)
            next = text.document_end;
        if (next == 0)
            next = mask_private_key(&text, at);
        if (next == 0)
            next = mask_hash(&text, at);
        if (next == 0)
            next = mask_url(&text, at);
        if (next == 0)
            next = mask_word(&text, at);
        at = MAX(next, at + 1);
    }
}
