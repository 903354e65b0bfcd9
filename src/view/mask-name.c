/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only rule for which names mean a secret. */
#include <config.h>

#include <string.h>

#include "view/mask-name.h"

/* A name in its words, lower case, without what is between them: "dbPassword-file" is "db",
 * "password", "file" and, compact, "dbpasswordfile". */
typedef struct {
    char *compact;
    gsize length;
    gsize first; /* length of the first word */
    gsize last;  /* where the last word begins in compact */
    guint words; /* how many */
} Name;

static void
name_clear(Name *name)
{
    g_free(name->compact);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Name, name_clear)

/* Between "db" and "Password", and between "API" and "Key". */
static gboolean
is_hump(const char *text, gsize i, gsize length)
{
    if (i == 0 || !g_ascii_isupper(text[i]))
        return FALSE;
    return g_ascii_islower(text[i - 1]) || g_ascii_isdigit(text[i - 1]) ||
           (i + 1 < length && g_ascii_isupper(text[i - 1]) && g_ascii_islower(text[i + 1]));
}

static void
name_read(Name *name, const char *text, gsize length)
{
    gboolean is_between = TRUE;

    name->compact = g_malloc(length + 1);
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i])) {
            is_between = TRUE;
            continue;
        }
        if (is_between || is_hump(text, i, length)) {
            name->last = name->length;
            name->words++;
            is_between = FALSE;
        }
        name->compact[name->length++] = g_ascii_tolower(text[i]);
        if (name->words == 1)
            name->first = name->length;
    }
    name->compact[name->length] = '\0';
}

static gboolean
is_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(word, *list) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
holds_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strstr(word, *list) != NULL)
            return TRUE;
    }
    return FALSE;
}

static gboolean
ends_with_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (g_str_has_suffix(word, *list))
            return TRUE;
    }
    return FALSE;
}

/* Names whose value is nothing but a secret. */
static const char *const secret[] = {"password",
                                     "passwd",
                                     "hashedpasswd",
                                     "plaintextpasswd",
                                     "adminpass",
                                     "passwordhash",
                                     "passphrase",
                                     "randomseed",
                                     "token",
                                     "secret",
                                     "productkey",
                                     "productid",
                                     "activationkey",
                                     "authkey",
                                     "authtoken",
                                     "psk",
                                     "rootpw",
                                     "bindpw",
                                     "privatekey",
                                     "presharedkey",
                                     "requirepass",
                                     "masterauth",
                                     "adminpassword",
                                     "domainpassword",
                                     "authorization",
                                     "registrationkey",
                                     NULL};

/* Words that make one of a name that holds them. */
static const char *const telling[] = {"passw",           "passphrase",
                                      "passcode",        "secret",
                                      "privatekey",      "apikey",
                                      "accesskey",       "presharedkey",
                                      "sharedkey",       "credential",
                                      "authkey",         "signingkey",
                                      "encryptionkey",   "masterkey",
                                      "wepkey",          "activationkey",
                                      "registrationkey", "validationkey",
                                      "licensekey",      "productkey",
                                      "authorization",   NULL};

/* And of one that ends with them. */
static const char *const telling_last[] = {"token",   "tokens",  "pass",   "pwd",       "psk",
                                           "private", "pw",      "sig",    "signature", "otp",
                                           "passin",  "passout", "bearer", "cookie",    NULL};
static const char *const telling_end[] = {"token", "pass", "pwd", "psk", "rootpw", NULL};

/* A name with such an ending is not that of the secret itself. */
static const char *const about[] = {
    "file",     "files",      "path",     "dir",     "directory",
    "ring",     "expire",     "expires",  "expired", "expiry",
    "lifetime", "expiration", "ttl",      "age",     "length",
    "len",      "policy",     "type",     "auth",    "authentication",
    "method",   "min",        "max",      "minimum", "maximum",
    "rounds",   "retries",    "attempts", "prompt",  "hint",
    "format",   "algorithm",  "manager",  "timeout", "enabled",
    "required", "count",      "quality",  "store",   "login",
    NULL};

/* cloud-init's and sudo's words, and what ends like a secret by chance; publicKeyToken is an
 * assembly's name in every answer file of Windows. */
static const char *const harmless[] = {
    "chpasswd", "nopasswd",  "sshpwauth", "publickeytoken", "oldpwd",       "bypass", "compass",
    "sshpass",  "secretary", "getpass",   "surpass",        "passwordless", NULL};
static const char *const harmless_end[] = {"bypass",       "compass",  "surpass",  "publickeytoken",
                                           "passwordless", "chpasswd", "nopasswd", NULL};

VpMaskName
vp_view_mask_name(const char *text, gsize length)
{
    g_auto(Name) name = {0};
    const char *last;

    name_read(&name, text, length);
    last = name.compact + name.last;
    if (name.words == 0 || is_one_of(name.compact, harmless) ||
        (length == 3 && memcmp(text, "PWD", 3) == 0))
        return VP_MASK_NAME_PLAIN;
    if (is_one_of(name.compact, secret) || (length == 5 && memcmp(text, "_auth", 5) == 0))
        return VP_MASK_NAME_SECRET;
    if (name.words > 1 &&
        (is_one_of(last, about) || (name.first == 3 && g_str_has_prefix(name.compact, "max"))))
        return VP_MASK_NAME_PLAIN;
    if (ends_with_one_of(name.compact, harmless_end))
        return VP_MASK_NAME_PLAIN;
    if (holds_one_of(name.compact, telling) || is_one_of(last, telling_last) ||
        ends_with_one_of(last, telling_end))
        return VP_MASK_NAME_LIKELY;
    return VP_MASK_NAME_PLAIN;
}

gboolean
vp_view_mask_is_flag(const char *text, gsize length)
{
    static const char *const words[] = {"true", "false", "yes",      "no",       "on",
                                        "off",  "null",  "none",     "~",        "",
                                        "0",    "1",     "required", "optional", NULL};

    for (gsize i = 0; words[i] != NULL; i++) {
        if (length == strlen(words[i]) && g_ascii_strncasecmp(text, words[i], length) == 0)
            return TRUE;
    }
    return FALSE;
}

/* WireGuard's keys are 32 bytes in base64; a public one differs from a private one only by its
 * name. */
gboolean
vp_view_mask_is_key(const char *name, gsize name_length, const char *value, gsize length)
{
    static const char *const names[] = {"key", "private", "shared", NULL};
    g_auto(Name) read = {0};

    if (length != 44 || value[43] != '=')
        return FALSE;
    for (gsize i = 0; i < 43; i++) {
        if (!g_ascii_isalnum(value[i]) && value[i] != '+' && value[i] != '/')
            return FALSE;
    }
    name_read(&read, name, name_length);
    return is_one_of(read.compact + read.last, names);
}

gboolean
vp_view_mask_hides(const char *mode)
{
    guint64 bits = g_ascii_strtoull(g_str_has_prefix(mode, "0o") ? mode + 2 : mode, NULL, 8);

    return (bits & 4) == 0;
}
