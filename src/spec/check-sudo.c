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

/* Host_List '=': comma-separated words, each without a space. */
static gboolean
take_hosts(const char **at)
{
    do {
        gsize length;

        while (take(at, '!'))
            ;
        length = strcspn(*at, BLANKS ",=:()#\"\\!");
        if (length == 0)
            return FALSE;
        *at += length;
        skip_blanks(at);
    } while (take(at, ','));
    return take(at, '=');
}

static gboolean
take_runas(const char **at)
{
    if (**at != '(')
        return TRUE;
    *at += 1 + strcspn(*at + 1, "()=");
    return take(at, ')');
}

/* The value of an option: one word, which may be quoted. */
static void
take_value(const char **at)
{
    if (**at == '"')
        *at += 1 + strcspn(*at + 1, "\"");
    *at += strcspn(*at, BLANKS ",");
    skip_blanks(at);
}

/* The command's arguments: ',', ':', '=' and '#' end them unless a backslash is before. */
static void
take_arguments(const char **at)
{
    for (; **at != '\0' && strchr(",:=#", **at) == NULL; (*at)++) {
        if (**at == '\\' && (*at)[1] != '\0')
            (*at)++;
    }
}

static gboolean
take_command(const char **at)
{
    gsize name;

    while (take(at, '!'))
        ;
    if (**at == '/' || **at == '^' || g_str_has_prefix(*at, "sudoedit")) {
        take_arguments(at);
        return TRUE;
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
    if (!take_runas(at))
        return FALSE;
    while (take_word(at, options, '='))
        take_value(at);
    while (take_word(at, tags, ':'))
        ;
    while (g_str_has_prefix(*at, "sha")) { /* Digest_Spec: "sha256:DIGEST" */
        *at += strcspn(*at, BLANKS ",");
        skip_blanks(at);
        (void)take(at, ',');
    }
    return take_command(at);
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
