/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rule of sudoers(5) without its User_List. cloud-init writes the rules of all users into one
 * file, and sudo reads none of them if one has a mistake. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "spec/check.h"

#define BLANKS " \t"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* sudoers(5), "Option_Spec" and "Tag_Spec". */
static const char *const options[] = {"APPARMOR_PROFILE", "CHROOT",    "CWD",   "LIMITPRIVS",
                                      "NOTAFTER",         "NOTBEFORE", "PRIVS", "ROLE",
                                      "TIMEOUT",          "TYPE",      NULL};
static const char *const tags[] = {
    "EXEC",     "FOLLOW",      "INTERCEPT",   "LOG_INPUT",    "LOG_OUTPUT", "MAIL",     "NOEXEC",
    "NOFOLLOW", "NOINTERCEPT", "NOLOG_INPUT", "NOLOG_OUTPUT", "NOMAIL",     "NOPASSWD", "NOSETENV",
    "PASSWD",   "SETENV",      NULL};

static void
skip_blanks(const char **at)
{
    *at += strspn(*at, BLANKS);
}

/* Skips this character and the spaces after it. */
static gboolean
take(const char **at, char character)
{
    if (**at != character)
        return FALSE;
    (*at)++;
    skip_blanks(at);
    return TRUE;
}

/* Steps over one of these words if this character follows it. */
static gboolean
take_word(const char **at, const char *const words[], char follower)
{
    g_autofree char *word = g_strndup(*at, strspn(*at, CAPITALS "_"));
    const char *behind = *at + strlen(word);

    skip_blanks(&behind);
    if (*behind != follower || !g_strv_contains(words, word))
        return FALSE;
    *at = behind;
    return take(at, follower);
}

/* One of a list of users, groups or hosts; prefixes: what it may begin with. */
static gboolean
take_member(const char **at, const char *prefixes)
{
    const char *begin;

    while (take(at, '!'))
        ;
    *at += strspn(*at, prefixes);
    begin = *at;
    if (**at == '"') {
        *at += 1 + strcspn(*at + 1, "\"");
        return *at > begin + 1 && take(at, '"');
    }
    while (**at != '\0' && strchr(BLANKS ",=:()#%\"!", **at) == NULL)
        *at += (*at)[0] == '\\' && (*at)[1] != '\0' ? 2 : 1;
    if (*at == begin)
        return FALSE;
    skip_blanks(at);
    return TRUE;
}

static gboolean
take_members(const char **at, const char *prefixes)
{
    do {
        if (!take_member(at, prefixes))
            return FALSE;
    } while (take(at, ','));
    return TRUE;
}

/* Host_List '='. */
static gboolean
take_hosts(const char **at)
{
    return take_members(at, "+") && take(at, '=');
}

/* Runas_Spec: users, groups, both, or neither. */
static gboolean
take_runas(const char **at)
{
    gboolean has_users;

    if (!take(at, '('))
        return TRUE;
    has_users = strchr(":)", **at) == NULL;
    if (has_users && !take_members(at, "%+#"))
        return FALSE;
    if (take(at, ':') && (has_users || **at != ')') && !take_members(at, "%+#"))
        return FALSE;
    return take(at, ')');
}

/* The value of an option: one word, which may be quoted unless it is a directory. */
static gboolean
take_value(const char **at, gboolean is_directory, gboolean is_time)
{
    const char *value = **at == '"' ? *at + 1 : *at;

    if ((is_directory && (**at == '\0' || strchr("/~*", **at) == NULL)) ||
        (is_time && !g_ascii_isdigit(*value)))
        return FALSE;
    if (**at == '"')
        *at += 1 + strcspn(*at + 1, "\"");
    *at += strcspn(*at, BLANKS ",");
    skip_blanks(at);
    return TRUE;
}

static gboolean
take_options(const char **at)
{
    const char *name = *at;

    while (take_word(at, options, '=')) {
        if (!take_value(at, g_str_has_prefix(name, "CWD") || g_str_has_prefix(name, "CHROOT"),
                        g_str_has_prefix(name, "TIMEOUT")))
            return FALSE;
        name = *at;
    }
    return TRUE;
}

/* Digest_Spec, in hexadecimal or in base64. */
static gboolean
take_digest(const char **at)
{
    static const struct {
        const char *name;
        gsize hexadecimal, base64;
    } hashes[] = {{"sha224", 56, 40}, {"sha256", 64, 44}, {"sha384", 96, 64}, {"sha512", 128, 88}};
    gsize i = 0, length;

    while (i < G_N_ELEMENTS(hashes) && !g_str_has_prefix(*at, hashes[i].name))
        i++;
    if (i == G_N_ELEMENTS(hashes))
        return FALSE;
    *at += strlen(hashes[i].name);
    skip_blanks(at);
    if (!take(at, ':'))
        return FALSE;
    length = strcspn(*at, BLANKS ",");
    if (length != hashes[i].base64 &&
        (length != hashes[i].hexadecimal || strspn(*at, "0123456789abcdefABCDEF") < length))
        return FALSE;
    *at += length;
    skip_blanks(at);
    return TRUE;
}

static gboolean
take_digests(const char **at)
{
    if (!g_str_has_prefix(*at, "sha"))
        return TRUE;
    do {
        if (!take_digest(at))
            return FALSE;
    } while (take(at, ','));
    return TRUE;
}

/* A path, its arguments or a regular expression: ',', ':' and '#', and of a path '=', end them
 * unless a backslash is before. */
static gboolean
take_text(const char **at, const char *end, gboolean is_expression)
{
    for (; **at != '\0' && strchr(end, **at) == NULL; (*at)++) {
        if (**at != '\\')
            continue;
        (*at)++;
        if (**at == '\0' || (!is_expression && strchr(",:=#\\*?[]!^" BLANKS, **at) == NULL))
            return FALSE;
    }
    return TRUE;
}

/* An '=' that is not part of a word ends a command for sudo's scanner; any other is text. */
static gboolean
has_lone_equals(const char *begin, const char *end)
{
    gboolean is_start = TRUE;

    for (const char *at = begin; at < end; at++) {
        if (is_start && *at == '=' && (at + 1 == end || strchr(BLANKS "\\", at[1]) != NULL))
            return TRUE;
        is_start = strchr(BLANKS "\\", *at) != NULL;
        if (*at == '\\')
            at++;
    }
    return FALSE;
}

static gboolean
take_arguments(const char **at)
{
    const char *begin;

    skip_blanks(at);
    begin = *at;
    if (*begin == '^')
        return take_text(at, ",:#", TRUE);
    return take_text(at, ",:#", FALSE) && !has_lone_equals(begin, *at);
}

/* All of a directory is given by its path with a '/' at the end, and takes no arguments. */
static gboolean
take_path(const char **at)
{
    const char *path = *at;

    if (!take_text(at, BLANKS ",:=#", FALSE))
        return FALSE;
    if ((*at)[-1] == '/') {
        skip_blanks(at);
        return path[1] != '\0' && (**at == '\0' || strchr(",:", **at) != NULL);
    }
    return take_arguments(at);
}

static gboolean
take_command(const char **at)
{
    const char *const edit = "sudoedit";
    gsize name;

    while (take(at, '!'))
        ;
    if (**at == '/')
        return take_path(at);
    if (**at == '^')
        return take_text(at, ",:#", TRUE);
    if (g_str_has_prefix(*at, edit) && strchr(BLANKS ",", (*at)[strlen(edit)]) != NULL) {
        *at += strlen(edit);
        return take_arguments(at);
    }
    name = strspn(*at, CAPITALS "0123456789_"); /* ALL, or an alias */
    if (name == 0 || !g_ascii_isupper(**at))
        return FALSE;
    *at += name;
    skip_blanks(at);
    return TRUE;
}

static gboolean
take_command_spec(const char **at)
{
    if (!take_runas(at) || !take_options(at))
        return FALSE;
    while (take_word(at, tags, ':'))
        ;
    return take_digests(at) && take_command(at);
}

/* Host_List '=' Cmnd_Spec_List, and more of these after colons. */
static gboolean
is_rule(const char *text)
{
    const char *at = text;

    skip_blanks(&at);
    do {
        if (!take_hosts(&at))
            return FALSE;
        do {
            if (!take_command_spec(&at))
                return FALSE;
        } while (take(&at, ','));
    } while (take(&at, ':'));
    return *at == '\0';
}

gboolean
vp_spec_check_sudo(const char *text, GError **error)
{
    if (!vp_spec_check_line(text, error))
        return FALSE;
    if (is_rule(text))
        return TRUE;
    return vp_error_set(error, VP_ERROR_VALUE,
                        "is not a rule of sudoers(5); give it without the user's name, as in "
                        "'ALL=(root) NOPASSWD: /bin/true'");
}
