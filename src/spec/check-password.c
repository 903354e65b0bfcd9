/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords: what can be typed, and what crypt(5) writes. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "spec/check.h"

#define HASH_CHARACTERS "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* CRYPT_MAX_PASSPHRASE_SIZE of crypt.h, less its NUL. */
enum { MAX_PASSWORD = 511 };

/* crypt(5): how a hash of each method begins, and how many characters of it end it. */
static const struct {
    const char *prefix;
    gsize length;
} methods[] = {
    {"$y$", 43},  {"$gy$", 43}, {"$7$", 43}, {"$2a$", 53}, {"$2b$", 53},
    {"$2x$", 53}, {"$2y$", 53}, {"$6$", 86}, {"$5$", 43},  {"$sha1", 28},
    {"$md5", 22}, {"$1$", 22},  {"$3$", 32}, {"_", 19},    {"", 13},
};

static gboolean
fail(GError **error, const char *message)
{
    return vp_error_set(error, VP_ERROR_PASSWORD, "%s", message);
}

gboolean
vp_spec_check_password(const char *text, GError **error)
{
    if (!*text)
        return fail(error, "is empty");
    if (strlen(text) > MAX_PASSWORD)
        return fail(error, "is longer than 511 bytes");
    if (strpbrk(text, "\r\n") != NULL)
        return fail(error, "has a line break; write it on one line, directly between its tags");
    if (!vp_spec_check_line(text, NULL))
        return fail(error, "has a control character");
    return TRUE;
}

gboolean
vp_spec_check_password_hash(const char *text, GError **error)
{
    gsize size = strlen(text);

    if (strpbrk(text, " \t\r\n:;*!\\") != NULL)
        return fail(error, "is not a password hash: it has a space or one of ':;*!\\'");
    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        gsize prefix = strlen(methods[i].prefix);
        gsize tail = methods[i].length;

        if (!g_str_has_prefix(text, methods[i].prefix))
            continue;
        if (*methods[i].prefix != '$' && size != tail + prefix)
            break;
        if (size < prefix + tail || strspn(text + size - tail, HASH_CHARACTERS) != tail)
            break;
        return TRUE;
    }
    return fail(
        error,
        "is not a hash that crypt(5) accepts, or is cut off; make one with 'openssl passwd -6'");
}
