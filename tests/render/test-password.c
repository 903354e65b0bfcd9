/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hashes that the guest's own libc takes, the same for the same spec. */
#include <config.h>

#include <crypt.h>

#include "base/error.h"
#include "render/password.h"

#define UUID_1 "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define UUID_2 "c7a5fdbd-edaf-9455-926a-d65c16db1810"

static char *
hash(const char *uuid, const char *user, const char *password)
{
    g_autoptr(GError) error = NULL;
    char *text = vp_render_password_hash(uuid, user, password, &error);

    g_assert_no_error(error);
    return text;
}

static void
test_verifies(void)
{
    static const char *const passwords[] = {"abc123", "",  "R",       "$6$a$b",
                                            "a:b",    " ", "h\u00e9", "#"};

    for (guint i = 0; i < G_N_ELEMENTS(passwords); i++) {
        g_autofree char *text = hash(UUID_1, "root", passwords[i]);

        g_assert_true(g_str_has_prefix(text, "$6$"));
        g_assert_cmpstr(crypt(passwords[i], text), ==, text);
        g_assert_cmpstr(crypt("another", text), !=, text);
        g_assert_true(vp_render_password_is_known_hash(text));
    }
}

static char *
salt(const char *hashed)
{
    return g_strndup(hashed, 3 + 16);
}

static void
test_salt(void)
{
    g_autofree char *one = hash(UUID_1, "root", "abc123");
    g_autofree char *same = hash(UUID_1, "root", "abc123");
    g_autofree char *other_user = hash(UUID_1, "admin", "abc123");
    g_autofree char *other_guest = hash(UUID_2, "root", "abc123");
    g_autofree char *other_password = hash(UUID_1, "root", "abc124");
    g_autofree char *salt_1 = salt(one), *salt_2 = salt(other_user), *salt_3 = salt(other_guest),
                    *salt_4 = salt(other_password);

    g_assert_cmpstr(one, ==, same);
    g_assert_cmpstr(salt_1, !=, salt_2);
    g_assert_cmpstr(salt_1, !=, salt_3);
    /* a salt made of the password would be a fast hash of it, in the open */
    g_assert_cmpstr(salt_1, ==, salt_4);
}

static void
test_too_long(void)
{
    g_autofree char *password = g_strnfill(512, 'x');
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    text = vp_render_password_hash(UUID_1, "root", password, &error);
    g_assert_error(error, VP_ERROR, VP_ERROR_PASSWORD);
    g_assert_null(text);
}

static void
test_known_hash(void)
{
    /* as cloud-init's own expression decides; ("$2b$", "$y$") it takes for text */
    g_assert_true(vp_render_password_is_known_hash("$6$x$y"));
    g_assert_true(vp_render_password_is_known_hash("$1$x$y"));
    g_assert_true(vp_render_password_is_known_hash("$5$rounds=5000$s$h"));
    g_assert_true(vp_render_password_is_known_hash("$2a$10$abc"));
    g_assert_true(vp_render_password_is_known_hash("$2y$10$abc"));
    g_assert_false(vp_render_password_is_known_hash("$2b$10$abc"));
    g_assert_false(vp_render_password_is_known_hash("$y$j9T$s$h"));
    g_assert_false(vp_render_password_is_known_hash("$6$x"));
    g_assert_false(vp_render_password_is_known_hash("$6$x$"));
    g_assert_false(vp_render_password_is_known_hash("$6$$y"));
    g_assert_false(vp_render_password_is_known_hash("$6$x$y:z"));
    g_assert_false(vp_render_password_is_known_hash("x$6$x$y"));
    g_assert_false(vp_render_password_is_known_hash(""));
}

static void
test_random_word(void)
{
    g_assert_true(vp_render_password_is_random_word("R"));
    g_assert_true(vp_render_password_is_random_word("RANDOM"));
    g_assert_false(vp_render_password_is_random_word("r"));
    g_assert_false(vp_render_password_is_random_word("RANDOM "));
    g_assert_false(vp_render_password_is_random_word(""));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/password/verifies", test_verifies);
    g_test_add_func("/password/salt", test_salt);
    g_test_add_func("/password/too-long", test_too_long);
    g_test_add_func("/password/known-hash", test_known_hash);
    g_test_add_func("/password/random-word", test_random_word);
    return g_test_run();
}
