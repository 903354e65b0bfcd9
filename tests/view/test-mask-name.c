/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which names mean a secret, and which only sound like one. */
#include <config.h>

#include <string.h>

#include "view/mask-name.h"

static void
assert_class(const char *const *names, VpMaskName class)
{
    for (; *names != NULL; names++) {
        g_test_message("%s", *names);
        g_assert_cmpint(vp_view_mask_name(*names, strlen(*names)), ==, class);
    }
}

static void
test_names(void)
{
    static const char *const secret[] = {
        "password", "PASSWORD", "Pass_Word", "passwd",     "token",       "psk",
        "rootpw",   "_auth",    "AuthKey",   "Product-Id", "random_seed", NULL,
    };
    static const char *const likely[] = {
        "db_password",  "dbPassword",   "DB_PASS",       "apiKey",        "API-KEY",
        "X-Auth-Token", "accessToken",  "client_secret", "aws.secretKey", "bind_pwd",
        "ssh_private",  "sessionToken", "HTTPCookie",    "x.psk",         NULL,
    };
    static const char *const plain[] = {
        "",           "-",          "hostname",     "passwd_file",      "token_ring",
        "max_tokens", "maxToken",   "chpasswd",     "NOPASSWD",         "PasswordAuthentication",
        "ssh_pwauth", "PWD",        "OLDPWD",       "publicKeyToken",   "password_expire_days_max",
        "compass",    "bypass",     "secretary",    "keyboard",         "public_key",
        "key",        "tokenizers", "password-age", "password.timeout", NULL,
    };

    assert_class(secret, VP_MASK_NAME_SECRET);
    assert_class(likely, VP_MASK_NAME_LIKELY);
    assert_class(plain, VP_MASK_NAME_PLAIN);
}

static void
test_length(void)
{
    g_assert_cmpint(vp_view_mask_name("password_file", 8), ==, VP_MASK_NAME_SECRET);
    g_assert_cmpint(vp_view_mask_name("passwords", 4), ==, VP_MASK_NAME_LIKELY);
    g_assert_cmpint(vp_view_mask_name("token", 3), ==, VP_MASK_NAME_PLAIN);
    g_assert_true(vp_view_mask_is_flag("yesterday", 3));
    g_assert_false(vp_view_mask_is_flag("yesterday", 9));
}

static void
test_flags(void)
{
    static const char *const flags[] = {"True", "NO", "off", "null", "~", "", "0", "1", "Required"};
    static const char *const values[] = {"yes1", "2", "01", " ", "x", "nil"};

    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
        g_assert_true(vp_view_mask_is_flag(flags[i], strlen(flags[i])));
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        g_assert_false(vp_view_mask_is_flag(values[i], strlen(values[i])));
}

static void
test_modes(void)
{
    static const char *const hiding[] = {"0600", "600", "0o640", "0660", "x", "", "0"};
    static const char *const open[] = {"0644", "0o755", "664", "4"};

    for (gsize i = 0; i < G_N_ELEMENTS(hiding); i++)
        g_assert_true(vp_view_mask_hides(hiding[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(open); i++)
        g_assert_false(vp_view_mask_hides(open[i]));
}

#define WIREGUARD "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="

static void
test_keys(void)
{
    static const struct {
        const char *name;
        const char *value;
        gboolean is_key;
    } cases[] = {
        {"PrivateKey", WIREGUARD, TRUE},
        {"key", WIREGUARD, TRUE},
        {"wg_shared", WIREGUARD, TRUE},
        {"public", WIREGUARD, FALSE},
        {"keys", WIREGUARD, FALSE},
        {"key", WIREGUARD "=", FALSE},
        {"key", "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk", FALSE},
        {"key", "yAnz5TF lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=", FALSE},
        {"key", "", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *name = cases[i].name, *value = cases[i].value;

        g_test_message("%s: %s", name, value);
        g_assert_cmpint(vp_view_mask_is_key(name, strlen(name), value, strlen(value)), ==,
                        cases[i].is_key);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mask-name/names", test_names);
    g_test_add_func("/mask-name/length", test_length);
    g_test_add_func("/mask-name/flags", test_flags);
    g_test_add_func("/mask-name/modes", test_modes);
    g_test_add_func("/mask-name/keys", test_keys);
    return g_test_run();
}
