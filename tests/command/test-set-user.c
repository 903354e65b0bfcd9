/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which user an option is for, which keys are taken, and how a password is stored. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "command/seed-tree.h"
#include "command/set-case.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZ6zSFuDmyTVrZvZcE7kBqE4MBTNPZ1yzpmZk6hM0qk"

/* --- the user --------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *content;
    gboolean windows;
    const char *user; /* --user; NULL: not given */
    const char *wanted;
} Case;

static const Case users[] = {
    {"root-without-users", "", FALSE, NULL, "<user name=\"root\"><shell>/x</shell></user>"},
    {"Administrator-of-Windows", "", TRUE, NULL,
     "<user name=\"Administrator\"><shell>/x</shell></user>"},
    {"the-only-user", "<user name='a'/><timezone>UTC</timezone>", FALSE, NULL,
     "<user name=\"a\"><shell>/x</shell></user><timezone>UTC</timezone>"},
    {"root-of-two", "<user name='a'/><user name='root'/>", FALSE, NULL,
     "<user name=\"a\"/><user name=\"root\"><shell>/x</shell></user>"},
    {"root-beside-two", "<user name='a'/><user name='b'/>", FALSE, NULL,
     "<user name=\"a\"/><user name=\"b\"/><user name=\"root\"><shell>/x</shell></user>"},
    {"root-beside-two-that-are-apart", "<user name='a'/><package>x</package><user name='b'/>",
     FALSE, NULL,
     "<user name=\"a\"/><package>x</package><user name=\"b\"/>"
     "<user name=\"root\"><shell>/x</shell></user>"},
    {"a-user-that-is-there", "<user name='a'><shell>/y</shell></user><user name='b'/>", FALSE, "a",
     "<user name=\"a\"><shell>/x</shell></user><user name=\"b\"/>"},
    {"a-new-user", "<user name='a'/>", FALSE, "b",
     "<user name=\"a\"/><user name=\"b\"><shell>/x</shell></user>"},
};

static void
test_user(gconstpointer data)
{
    const Case *is = data;
    SetCase on;

    set_case_begin(&on, is->content, is->windows);
    g_assert_true(is->user == NULL || vp_command_set_user(&on.set, "user", is->user, NULL));
    g_assert_true(vp_command_set_user_field(&on.set, "shell", "/x", NULL));
    set_case_assert(&on, is->wanted);
    set_case_end(&on);
}

/* What follows is the chosen user's until another one is chosen; without users, nobody is. */
static void
test_chosen(void)
{
    SetCase on;

    set_case_begin(&on, "<user name='a'/>", FALSE);
    g_assert_true(vp_command_set_user(&on.set, "user", "b", NULL));
    g_assert_true(vp_command_set_user_field(&on.set, "group", "x", NULL));
    g_assert_true(vp_command_set_user_field(&on.set, "group", "y", NULL));
    g_assert_true(vp_command_set_replace_of_user(&on.set, "group", NULL));
    g_assert_true(vp_command_set_user_field(&on.set, "group", "z", NULL));
    set_case_assert(&on, "<user name=\"a\"/><user name=\"b\"><group>z</group></user>");
    g_assert_true(vp_command_set_replace(&on.set, "replace", "user", NULL));
    g_assert_true(vp_command_set_user_field(&on.set, "group", "x", NULL));
    set_case_assert(&on, "<user name=\"root\"><group>x</group></user>");
    set_case_end(&on);
}

/* --- keys ------------------------------------------------------------------------------------- */

#define ROOT(content) "<user name=\"root\">" content "</user>"

static const struct {
    const char *text, *wanted;
} key_files[] = {
    {KEY "\n", NULL},
    {"# mine\r\n\n  " KEY "\r\n" KEY " \n", NULL},
    {"", "the file holds no key"},
    {"# canary\n", "the file holds no key"},
    {"-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n",
     "the file holds a private key; give the public one (.pub)"},
};

static void
test_keys(void)
{
    char *directory = seed_tree_new();

    for (gsize i = 0; i < G_N_ELEMENTS(key_files); i++) {
        g_autofree char *path = seed_tree_add(directory, "keys", key_files[i].text, -1);
        SetCase on;

        set_case_begin(&on, "", FALSE);
        if (key_files[i].wanted != NULL) {
            set_case_refused(&on, vp_command_set_ssh_key, "ssh-key", path, VP_ERROR_SSH_KEY,
                             key_files[i].wanted);
        } else {
            g_assert_true(vp_command_set_ssh_key(&on.set, "ssh-key", path, NULL));
            g_assert_true(vp_command_set_ssh_key(&on.set, "ssh-key", KEY, NULL));
            set_case_assert(&on, ROOT("<ssh-key>" KEY "</ssh-key>"));
        }
        set_case_end(&on);
    }
    seed_tree_free(directory);
}

static void
test_bad_key(void)
{
    char *directory = seed_tree_new();
    g_autofree char *path = seed_tree_add(directory, "keys", KEY "\n\nssh-rsa canary\n", -1);
    g_autoptr(GError) error = NULL;
    SetCase on;

    set_case_begin(&on, "", FALSE);
    g_assert_false(vp_command_set_ssh_key(&on.set, "ssh-key", path, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_SSH_KEY);
    g_assert_true(g_str_has_prefix(error->message, "line 3 of the key file "));
    g_assert_null(strstr(error->message, "canary"));
    set_case_end(&on);
    seed_tree_free(directory);
}

/* --- passwords -------------------------------------------------------------------------------- */

#define EMPTY "the password file is empty or not text"
#define LINE_BREAK "has a line break; write it on one line, directly between its tags"

static const struct {
    const char *text;
    gsize size;
    const char *wanted; /* NULL: it is "secret" */
} password_files[] = {
    {"secret", 6, NULL},
    {"secret\n", 7, NULL},
    {"", 0, EMPTY},
    {"\n", 1, EMPTY},
    {"a\0b", 3, EMPTY},
    {"canary\n\n", 8, LINE_BREAK},
    {"canary\r\n", 8, LINE_BREAK},
};

static void
test_password_files(void)
{
    char *directory = seed_tree_new();

    for (gsize i = 0; i < G_N_ELEMENTS(password_files); i++) {
        g_autofree char *path =
            seed_tree_add(directory, "p", password_files[i].text, (gssize)password_files[i].size);
        SetCase on;

        set_case_begin(&on, "", TRUE);
        if (password_files[i].wanted != NULL) {
            set_case_refused(&on, vp_command_set_password_file, "password-file", path,
                             VP_ERROR_PASSWORD, password_files[i].wanted);
        } else {
            g_assert_true(vp_command_set_password_file(&on.set, "password-file", path, NULL));
            set_case_assert(&on, "<user name=\"Administrator\"><password clear=\"yes\">secret"
                                 "</password></user>");
        }
        set_case_end(&on);
    }
    seed_tree_free(directory);
}

/* One place for it: what was there goes, with its attributes. */
static void
test_store(void)
{
    g_autofree char *xml = NULL;
    SetCase on;

    set_case_begin(&on, "<user name='a'><password secret='x' expire='yes'/></user>", FALSE);
    g_assert_true(vp_command_set_store_password(&on.set, "$6$x", TRUE, NULL));
    set_case_assert(&on, "<user name=\"a\"><password hashed=\"yes\">$6$x</password></user>");
    g_assert_true(vp_command_set_store_password(&on.set, "canary", FALSE, NULL));
    xml = set_case_text(&on);
    g_assert_true(
        g_str_has_prefix(xml, "<cloud-init><user name=\"a\"><password hashed=\"yes\">$6$"));
    g_assert_null(strstr(xml, "canary"));
    g_assert_true(vp_command_set_password_secret(&on.set, "password-secret", "y", NULL));
    set_case_assert(&on, "<user name=\"a\"><password secret=\"y\"/></user>");
    g_assert_true(vp_command_set_password_expire(&on.set, "expire-password", "no", NULL));
    set_case_assert(&on, "<user name=\"a\"><password secret=\"y\" expire=\"no\"/></user>");
    set_case_end(&on);
}

static void
test_windows(void)
{
    SetCase on;

    set_case_begin(&on, "<user name='a'/>", TRUE);
    g_assert_true(vp_command_set_password_secret(&on.set, "password-secret", "y", NULL));
    set_case_assert(&on, "<user name=\"a\"><password secret=\"y\" clear=\"yes\"/></user>");
    set_case_end(&on);
}

static void
test_expire(void)
{
    SetCase on;

    set_case_begin(&on, "<user name='a'/>", FALSE);
    set_case_refused(&on, vp_command_set_password_expire, "expire-password", "yes",
                     VP_ERROR_MISSING, "--expire-password: the user has no password");
    set_case_assert(&on, "<user name=\"a\"/>");
    set_case_end(&on);
}

/* Told to the user once, and nowhere else. */
static void
test_generated(void)
{
    g_autoptr(GRegex) form =
        g_regex_new("^password of a\\\\x1b: ([a-km-z2-9]{5}-){3}[a-km-z2-9]{5}\n$", 0, 0, NULL);
    g_autofree char *first = NULL, *xml = NULL;
    SetCase on;

    set_case_begin(&on, "", FALSE);
    g_assert_true(vp_spec_field_add(&on.set.root, "user", NULL, &on.set.user, NULL));
    g_assert_true(xmlSetProp(on.set.user.node, BAD_CAST "name", BAD_CAST "a\x1b") != NULL);
    g_assert_true(vp_command_set_password_generated(&on.set, "generate-password", NULL, NULL));
    g_assert_true(g_regex_match(form, on.set.told->str, 0, NULL));
    first = g_strdup(on.set.told->str);
    xml = set_case_text(&on);
    g_assert_null(strstr(xml, strstr(first, ": ") + 2));
    g_string_truncate(on.set.told, 0);
    g_assert_true(vp_command_set_password_generated(&on.set, "generate-password", NULL, NULL));
    g_assert_cmpstr(on.set.told->str, !=, first);
    set_case_end(&on);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(users); i++) {
        g_autofree char *path = g_strdup_printf("/set-user/%s", users[i].name);

        g_test_add_data_func(path, &users[i], test_user);
    }
    g_test_add_func("/set-user/options-are-for-the-chosen-user", test_chosen);
    g_test_add_func("/set-user/a-file-of-keys", test_keys);
    g_test_add_func("/set-user/a-bad-key-has-its-line", test_bad_key);
    g_test_add_func("/set-user/a-password-is-a-file-of-one-line", test_password_files);
    g_test_add_func("/set-user/a-password-takes-another's-place", test_store);
    g_test_add_func("/set-user/a-secret-of-Windows-is-in-the-clear", test_windows);
    g_test_add_func("/set-user/expiry-needs-a-password", test_expire);
    g_test_add_func("/set-user/a-generated-password-is-told-once", test_generated);
    return g_test_run();
}
