/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Password hashes by libcrypt. */
#include <config.h>

#include <crypt.h>
#include <string.h>

#include "base/error.h"
#include "render/password.h"

enum { SALT_LENGTH = 16 }; /* SHA-crypt specification, "salt string": at most 16 characters */

static char *
derive_setting(const char *guest_uuid, const char *user)
{
    static const char alphabet[] =
        "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    guint8 digest[32];
    gsize size = sizeof digest;
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *)guest_uuid, strlen(guest_uuid));
    GString *setting = g_string_new("$6$");

    g_hmac_update(hmac, (const guchar *)"virt-payload salt 1", -1);
    g_hmac_update(hmac, (const guchar *)user, -1);
    g_hmac_get_digest(hmac, digest, &size);
    g_hmac_unref(hmac);
    for (guint i = 0; i < SALT_LENGTH; i++)
        g_string_append_c(setting, alphabet[digest[i] & 63]);
    return g_string_free(setting, FALSE);
}

char *
vp_render_password_hash(const char *guest_uuid, const char *user, const char *password,
                        GError **error)
{
    g_autofree char *setting = derive_setting(guest_uuid, user);
    struct crypt_data *data = g_new0(struct crypt_data, 1);
    const char *hash = crypt_r(password, setting, data);
    char *copy = hash != NULL && hash[0] == '$' ? g_strdup(hash) : NULL;

    explicit_bzero(data, sizeof *data);
    g_free(data);
    if (copy == NULL)
        g_set_error_literal(error, VP_ERROR, VP_ERROR_PASSWORD,
                            "cannot be hashed; use at most 511 bytes");
    return copy;
}

/* SHA-512 crypt hashes the password in each of its 5000 rounds: measured, 1.3 ms and 0.02 ms for
 * each byte, of which the bound allows 0.2 s. */
enum { WORK_OF_ONE = 64, WORK_MAX = 10000 };

gboolean
vp_render_password_add_work(gsize *work, const char *password)
{
    *work += WORK_OF_ONE + strlen(password);
    return *work <= WORK_MAX;
}

gboolean
vp_render_password_check_work(const VpSpec *spec, GError **error)
{
    gsize work = 0;

    for (guint i = 0; i < spec->users->len; i++) {
        const VpPassword *password = ((const VpUser *)spec->users->pdata[i])->password;

        if (password == NULL || password->text == NULL || password->hashed || password->clear)
            continue;
        if (!vp_render_password_add_work(&work, password->text))
            return vp_error_set_at(error, VP_ERROR_QUOTA, "cloud-init/user/password",
                                   &password->place,
                                   "is one too many to be hashed at a start; give hashes, with "
                                   "hashed='yes'");
    }
    return TRUE;
}

gboolean
vp_render_password_is_known_hash(const char *text)
{
    static const char *const methods[] = {"$1$", "$2a$", "$2y$", "$5$", "$6$"};
    const char *salt = NULL, *sum;

    for (guint i = 0; i < G_N_ELEMENTS(methods) && salt == NULL; i++) {
        if (g_str_has_prefix(text, methods[i]))
            salt = text + strlen(methods[i]);
    }
    sum = salt != NULL && *salt ? strchr(salt + 1, '$') : NULL;
    return sum != NULL && sum[1] != '\0' && strchr(text, ':') == NULL;
}

gboolean
vp_render_password_is_random_word(const char *text)
{
    return g_str_equal(text, "R") || g_str_equal(text, "RANDOM");
}
