/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of authorized_keys: options, type, body, comment; sshd(8). */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/error.h"
#include "spec/check.h"

/* How many strings follow each other in the body (RFC 4251, section 5); 0: not counted, since
 * certificates hold numbers too. */
static const struct {
    const char *name;
    guint strings;
} types[] = {
    {"ssh-ed25519", 2},
    {"ssh-rsa", 3},
    {"ecdsa-sha2-nistp256", 3},
    {"ecdsa-sha2-nistp384", 3},
    {"ecdsa-sha2-nistp521", 3},
    {"sk-ssh-ed25519@openssh.com", 3},
    {"sk-ecdsa-sha2-nistp256@openssh.com", 4},
    {"ssh-ed25519-cert-v01@openssh.com", 0},
    {"ssh-rsa-cert-v01@openssh.com", 0},
    {"ecdsa-sha2-nistp256-cert-v01@openssh.com", 0},
    {"ecdsa-sha2-nistp384-cert-v01@openssh.com", 0},
    {"ecdsa-sha2-nistp521-cert-v01@openssh.com", 0},
    {"sk-ssh-ed25519-cert-v01@openssh.com", 0},
    {"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", 0},
};

enum { MAX_KEY = 16384 }; /* sshd reads lines of this size: SSH_MAX_PUBKEY_BYTES */

static gboolean
fail(GError **error, const char *message)
{
    return vp_error_set(error, VP_ERROR_SSH_KEY, "%s", message);
}

/* The index of the type that the text begins with, up to a space; -1 if it is not a known type. */
static int
find_type(const char *text)
{
    gsize length = strcspn(text, " \t");

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (strlen(types[i].name) == length && memcmp(text, types[i].name, length) == 0)
            return (int)i;
    return -1;
}

/* The first byte after a quoted value; NULL if its quote is not closed. */
static const char *
skip_quoted(const char *text)
{
    while (*text != '\0' && *text != '"')
        text += text[0] == '\\' && text[1] == '"' ? 2 : 1;
    return *text == '"' ? text + 1 : NULL;
}

/* One option: a name, or a name and a quoted value. NULL if it is another thing, as the host's name
 * of a line of known_hosts. */
static const char *
skip_option(const char *text)
{
    gsize length = 0;

    while (g_ascii_isalnum(text[length]) || text[length] == '-')
        length++;
    if (length == 0)
        return NULL;
    text += length;
    if (*text != '=')
        return text;
    return text[1] == '"' ? skip_quoted(text + 2) : NULL;
}

/* The first byte after the options and the spaces that follow; NULL if they are not options. */
static const char *
skip_options(const char *text)
{
    text = skip_option(text);
    while (text != NULL && *text == ',')
        text = skip_option(text + 1);
    return text != NULL && strchr(" \t", *text) != NULL ? text + strspn(text, " \t") : NULL;
}

/* The next string of the body; FALSE if it does not fit. */
static gboolean
next_string(const guint8 **at, const guint8 *end, const guint8 **string, gsize *size)
{
    const guint8 *p = *at;

    if (end - p < 4)
        return FALSE;
    *size = (gsize)p[0] << 24 | (gsize)p[1] << 16 | (gsize)p[2] << 8 | p[3];
    if ((gsize)(end - p - 4) < *size || *size == 0)
        return FALSE;
    *string = p + 4;
    *at = p + 4 + *size;
    return TRUE;
}

static gboolean
check_body(const char *text, int type, GError **error)
{
    g_autofree char *base64 = g_strndup(text, strcspn(text, " \t"));
    g_autoptr(GBytes) body = vp_base64_decode(base64, NULL);
    const guint8 *at, *end, *string;
    gsize size = 0;

    if (!body || g_bytes_get_size(body) == 0)
        return fail(error, "has a body that is not base64; it may be cut off");
    at = g_bytes_get_data(body, &size);
    end = at + size;
    if (!next_string(&at, end, &string, &size) || size != strlen(types[type].name) ||
        memcmp(string, types[type].name, size) != 0)
        return fail(error, "has a body of another type than it names");
    for (guint i = 1; i < types[type].strings; i++)
        if (!next_string(&at, end, &string, &size))
            return fail(error, "is cut off");
    if ((types[type].strings > 0) != (at == end))
        return fail(error, types[type].strings > 0 ? "has bytes after its end" : "is cut off");
    return TRUE;
}

/* The forms in which a key may be given by mistake. */
static const char *
common_mistake(const char *text)
{
    if (strstr(text, "PRIVATE KEY") != NULL || g_str_has_prefix(text, "PuTTY-User-Key-File"))
        return "is a private key; give the public one, and treat the private one as known to "
               "others";
    if (g_str_has_prefix(text, "---- BEGIN SSH2"))
        return "is in SSH2's format; convert it with 'ssh-keygen -i'";
    if (strpbrk(text, "\r\n") != NULL)
        return "has a line break; give one key in each ssh-key";
    if (strlen(text) > MAX_KEY)
        return "is longer than 16384 bytes";
    if (!vp_spec_check_line(text, NULL) && strchr(text, '\t') == NULL)
        return "has a control character";
    return NULL;
}

gboolean
vp_spec_check_ssh_key(const char *text, GError **error)
{
    const char *mistake = common_mistake(text);
    int type = find_type(text);

    if (mistake != NULL)
        return fail(error, mistake);
    if (type < 0 && !g_str_has_prefix(text, "ssh-dss ")) {
        text = skip_options(text);
        if (text == NULL)
            return fail(error, "begins with neither a known key type nor options of sshd(8); a key "
                               "is one line, as in id_ed25519.pub");
        type = find_type(text);
    }
    if (g_str_has_prefix(text, "ssh-dss "))
        return fail(error, "is a DSA key, which sshd no longer accepts; make an ssh-ed25519 key");
    if (type < 0)
        return fail(error,
                    "does not name a known key type; a key is one line, as in id_ed25519.pub");
    text += strlen(types[type].name);
    return check_body(text + strspn(text, " \t"), type, error);
}
