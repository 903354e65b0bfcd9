/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which two texts of cloud-config mean the same to cloud-init, which do not, and of which nothing
 * is said. */
#include <config.h>

#include <string.h>

#include "command/import-meaning.h"

#define UUID "c7a5fdbd-cdaf-9455-926a-d65c16db1809"
#define HASH "$6$salt$" X43 X43
#define X43 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define DES "abcdefghijklm" /* a word of 13 letters, as crypt(3) of old made them */

typedef struct {
    const char *name;
    const char *one;
    const char *other; /* NULL: one means nothing that can be compared */
} Case;

static json_object *
meaning_of(const char *text, json_object *public_keys)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) entries = vp_yaml_text_split(bytes, &error);

    g_assert_no_error(error);
    return vp_command_import_meaning(UUID, entries, public_keys);
}

static void
compare(const Case *is, gboolean wanted)
{
    g_autoptr(json_object) none = json_object_new_array();
    g_autoptr(json_object) one = meaning_of(is->one, none);
    g_autoptr(json_object) other = is->other != NULL ? meaning_of(is->other, none) : NULL;

    if (is->other == NULL) {
        g_assert_null(one);
        return;
    }
    g_assert_nonnull(one);
    g_assert_nonnull(other);
    g_test_message("%s\n%s", json_object_to_json_string(one), json_object_to_json_string(other));
    g_assert_cmpint(json_object_equal(one, other), ==, wanted);
}

#define OP(members) "users: [{name: op" members "}]\n"
#define FILE(members) "write_files: [{path: /a, " members "}]\n"

static const Case same[] = {
    {"keys-in-another-order", "timezone: UTC\nlocale: C\n", "locale: C\ntimezone: UTC\n"},
    {"a-package-and-a-list-of-it", "packages: vim\n", "packages: [vim]\n"},
    {"one-command-and-a-list-of-it", "runcmd: x\nbootcmd: y\n", "runcmd: [x]\nbootcmd: [y]\n"},
    {"a-list-in-users-names-nobody", "users: [[], {name: op}]\n", OP("")},
    {"groups-in-any-order", OP(", groups: [b, a]"), OP(", groups: 'a, b'")},
    {"rules-of-sudo-in-one-text", OP(", sudo: [a, b]"), OP(", sudo: 'a : b'")},
    {"a-user's-key-and-a-list-of-it", OP(", ssh_authorized_keys: k, ssh_import_id: x"),
     OP(", ssh_authorized_keys: [k], ssh_import_id: [x]")},
    {"a-locked-password-and-nothing", OP(", lock_passwd: true"), OP("")},
    {"a-user-by-name-and-by-entry", "user: op\npassword: " HASH "\nchpasswd: {expire: false}\n",
     "user: op\nchpasswd: {expire: false, users: [{name: op, password: " HASH "}]}\n"},
    {"a-hash-of-a-user-and-of-chpasswd", OP(", passwd: " HASH),
     OP("") "chpasswd: {expire: false, list: 'op:" HASH "'}\n"},
    {"passwd-and-hashed_passwd", OP(", passwd: x"), OP(", hashed_passwd: x")},
    {"passwords-in-another-order", "chpasswd: {list: ['a:" HASH "', 'b:" HASH "']}\n",
     "chpasswd: {list: \"b:" HASH "\\na:" HASH "\"}\n"},
    {"a-line-without-a-colon-says-nothing", "chpasswd: {list: \"x\\na:" HASH "\\n\"}\n",
     "chpasswd: {list: 'a:" HASH "'}\n"},
    {"a-colon-in-a-password", "chpasswd: {list: 'a:b:c'}\n",
     "chpasswd: {users: [{name: a, password: 'b:c', type: text}]}\n"},
    {"expire-unless-it-is-said", "chpasswd: {list: 'a:" HASH "'}\n",
     "chpasswd: {expire: true, list: 'a:" HASH "'}\n"},
    {"the-last-password-of-a-user-counts", "chpasswd: {list: \"a:x\\na:" HASH "\"}\n",
     "chpasswd: {list: 'a:" HASH "'}\n"},
    {"keys-on-lines-of-one-text", "ssh_authorized_keys: |\n  a\n\n  b\n",
     "ssh_authorized_keys: [a, ' b ']\n"},
    {"content-as-text-and-as-base64", FILE("content: x"), FILE("content: eA==, encoding: b64")},
    {"base64-in-capitals", FILE("content: x"), FILE("content: eA==, encoding: BASE64")},
    {"no-content-and-an-empty-one", FILE("owner: a"), FILE("owner: a, content: ''")},
};

static void
test_same(gconstpointer data)
{
    compare(data, TRUE);
}

static const Case different[] = {
    {"another-value", "timezone: UTC\n", "timezone: CET\n"},
    {"a-key-more", "timezone: UTC\n", "timezone: UTC\nlocale: C\n"},
    {"a-boolean-is-no-text", "package_update: true\n", "package_update: 'true'\n"},
    {"commands-in-another-order", "runcmd: [a, b]\n", "runcmd: [b, a]\n"},
    {"words-are-no-command-line", "runcmd: [[a, b]]\n", "runcmd: [a b]\n"},
    {"a-package-twice", "packages: [a, a]\n", "packages: [a]\n"},
    {"users-in-another-order", "users: [{name: a}, {name: b}]\n",
     "users: [{name: b}, {name: a}]\n"},
    {"no-user-of-the-distribution", "users: [default, {name: op}]\n", OP("")},
    {"no-users-and-an-empty-list", "users: []\n", "timezone: UTC\n"},
    {"an-unlocked-password", OP(", lock_passwd: false"), OP("")},
    {"a-quoted-false-locks", OP(", lock_passwd: 'false'"), OP(", lock_passwd: false")},
    {"another-hash", OP(", passwd: x"), OP(", passwd: y")},
    {"a-hash-and-the-same-in-the-clear", OP(", passwd: x"), OP(", plain_text_passwd: x")},
    {"an-old-hash-is-a-password-in-the-clear", "chpasswd: {list: 'a:" DES "'}\n",
     "chpasswd: {users: [{name: a, password: " DES "}]}\n"},
    {"a-password-that-need-not-change", "chpasswd: {list: 'a:" HASH "'}\n",
     "chpasswd: {expire: false, list: 'a:" HASH "'}\n"},
    {"passwords-of-two-users", "chpasswd: {list: 'a:" HASH "'}\n",
     "chpasswd: {list: 'b:" HASH "'}\n"},
    {"keys-in-another-order-of-trust", "ssh_authorized_keys: [a, b]\n",
     "ssh_authorized_keys: [b, a]\n"},
    {"a-key-of-a-user-and-of-the-default-one", OP(", ssh_authorized_keys: [k]"),
     OP("") "ssh_authorized_keys: [k]\n"},
    {"files-in-another-order", "write_files: [{path: /a}, {path: /b}]\n",
     "write_files: [{path: /b}, {path: /a}]\n"},
    {"other-permissions", FILE("permissions: '0600'"), FILE("permissions: '0644'")},
    {"base64-that-is-none", FILE("content: '*', encoding: b64"), FILE("content: ''")},
    {"bytes-that-are-no-text", FILE("content: /w==, encoding: b64"), FILE("content: ''")},
};

static void
test_different(gconstpointer data)
{
    compare(data, FALSE);
}

static const Case unknown[] = {
    {"null", "timezone:\n", NULL},
    {"a-user-by-name-alone", "users: [op]\n", NULL},
    {"users-that-are-a-map", "users: {a: b}\n", NULL},
    {"a-user-without-a-name", "users: [{gecos: x}]\n", NULL},
    {"a-user-with-null", OP(", gecos: "), NULL},
    {"a-password-without-user", "password: x\n", NULL},
    {"a-password-that-is-a-list", "user: op\npassword: [x]\n", NULL},
    {"a-user-that-is-a-list", "user: [op]\n", NULL},
    {"chpasswd-with-a-member-more", "chpasswd: {list: 'a:b', x: y}\n", NULL},
    {"chpasswd-that-is-a-list", "chpasswd: ['a:b']\n", NULL},
    {"a-password-line-that-is-a-list", "chpasswd: {list: [[a]]}\n", NULL},
    {"a-random-password", "chpasswd: {users: [{name: a, type: RANDOM}]}\n", NULL},
    {"keys-in-a-list-of-lists", "ssh_authorized_keys: [[a]]\n", NULL},
    {"write_files-that-is-a-map", "write_files: {path: /a}\n", NULL},
    {"a-file-that-is-a-text", "write_files: [/a]\n", NULL},
    {"gzip", FILE("content: x, encoding: gzip"), NULL},
};

static void
test_unknown(gconstpointer data)
{
    compare(data, FALSE);
}

/* Keys of the metadata come before those of the cloud-config. */
static void
test_public_keys(void)
{
    g_autoptr(json_object) keys = json_object_new_array(), none = json_object_new_array();
    g_autoptr(json_object) one = NULL, other = NULL;

    vp_json_append(keys, json_object_new_string("a"));
    one = meaning_of("ssh_authorized_keys: [b]\n", keys);
    other = meaning_of("ssh_authorized_keys: [a, b]\n", none);
    g_assert_true(json_object_equal(one, other));
    g_assert_cmpuint(json_object_array_length(keys), ==, 1);
}

/* A clear text is compared by the hash that this guest gets. */
static void
test_clear_text(void)
{
    g_autoptr(json_object) none = json_object_new_array();
    g_autoptr(json_object) clear = meaning_of(OP(", plain_text_passwd: canary"), none);
    const char *text = json_object_to_json_string(clear);

    g_assert_null(strstr(text, "canary"));
    g_assert_nonnull(strstr(text, "$6$"));
}

static void
test_keys_of(gconstpointer data)
{
    const Case *is = data;
    g_autoptr(GBytes) bytes = g_bytes_new_static(is->one, strlen(is->one));
    g_autoptr(json_object) keys = vp_command_import_meaning_keys_of(bytes);

    g_assert_cmpstr(json_object_to_json_string_ext(keys, JSON_C_TO_STRING_PLAIN), ==, is->other);
}

static const Case keys_of[] = {
    {"a-text", "{\"public_keys\": \"a\\nb\"}", "[\"a\",\"b\"]"},
    {"a-list", "{\"public_keys\": [\"a\", \" b \", \"\"]}", "[\"a\",\"b\"]"},
    {"an-object", "{\"public_keys\": {\"x\": \"a\", \"y\": \"b\\n\", \"z\": null}}",
     "[\"a\",\"b\"]"},
    {"a-list-with-a-number", "{\"public_keys\": [\"a\", 1]}", "[]"},
    {"no-keys", "{}", "[]"},
    {"keys-that-are-null", "{\"public_keys\": null}", "[]"},
    {"metadata-that-is-a-list", "[]", "[]"},
    {"metadata-that-is-no-JSON", "x", "[]"},
};

static void
add(const char *group, const Case *cases, gsize count, GTestDataFunc test)
{
    for (gsize i = 0; i < count; i++) {
        g_autofree char *path = g_strdup_printf("/import-meaning/%s/%s", group, cases[i].name);

        g_test_add_data_func(path, &cases[i], test);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("same", same, G_N_ELEMENTS(same), test_same);
    add("different", different, G_N_ELEMENTS(different), test_different);
    add("not-compared", unknown, G_N_ELEMENTS(unknown), test_unknown);
    add("keys-of-metadata", keys_of, G_N_ELEMENTS(keys_of), test_keys_of);
    g_test_add_func("/import-meaning/keys-of-metadata-come-first", test_public_keys);
    g_test_add_func("/import-meaning/a-clear-text-is-compared-by-its-hash", test_clear_text);
    return g_test_run();
}
