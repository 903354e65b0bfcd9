/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users of a payload element in the cloud-config of cloud-init and of cloudbase-init. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "read-spec.h"
#include "render/cloud-config-part.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZ6zSFuDmyTVrZvZcE7kBqE4MBTNPZ1yzpmZk6hM0qk"
#define SSH_KEY "<ssh-key>" KEY "</ssh-key>"
#define SUM22 "abcdefghijklmnopqrstuv"
#define HASH "$6$a$" SUM22 SUM22 SUM22 "abcdefghijklmnopqrst"
#define HASHED "<password hashed='yes'>" HASH "</password>"

typedef struct {
    const char *name;
    const char *payload;
    const char *expected; /* YAML, or the error's message */
    gboolean windows;
} Case;

static char *
render(const VpSpec *spec, GError **error)
{
    return render_part(spec, vp_render_cloud_config_users, error);
}

static const Case rendered[] = {
    {"nobody", "", "{}\n"},
    {"default-user-only", "<default-user>yes</default-user>", "users:\n- \"default\"\n"},
    {"default-user-too", "<default-user>yes</default-user><user name='a'/>",
     "users:\n- \"default\"\n- name: \"a\"\n"},
    {"default-user-not", "<default-user>no</default-user>", "users:\n- []\n"},

    {"primary-group-of-another-name",
     "<user name='a'><group>b</group><primary-group>b</primary-group></user>",
     "users:\n- name: \"a\"\n  groups: \"b\"\n  primary_group: \"b\"\n"},
    /* useradd refuses a user whose group exists unless it is given as the primary group */
    {"group-of-a-user's-name", "<user name='a'/><user name='b'><group>a</group></user>",
     "users:\n- name: \"a\"\n  groups: \"a\"\n  primary_group: \"a\"\n- name: \"b\"\n"
     "  groups: \"a\"\n"},
    {"primary-group-of-a-user's-name",
     "<user name='a'/><user name='b'><primary-group>a</primary-group></user>",
     "users:\n- name: \"a\"\n  groups: \"a\"\n  primary_group: \"a\"\n- name: \"b\"\n"
     "  groups: \"a\"\n  primary_group: \"a\"\n"},
    {"own-group-of-a-user's-name", "<user name='a'><group>a</group><group>b</group></user>",
     "users:\n- name: \"a\"\n  groups: \"a,b\"\n  primary_group: \"a\"\n"},
    {"group-of-the-system", "<user name='staff'/>",
     "users:\n- name: \"staff\"\n  groups: \"staff\"\n  primary_group: \"staff\"\n"},
    {"group-of-a-package", "<user name='docker'/>",
     "users:\n- name: \"docker\"\n  groups: \"docker\"\n  primary_group: \"docker\"\n"},
    {"group-of-a-package-is-not-wanted",
     "<user name='docker'><primary-group>a</primary-group></user>",
     "users:\n- name: \"docker\"\n  groups: \"a\"\n  primary_group: \"a\"\n"},
    {"root-has-its-group",
     "<user name='root'><lock-password>yes</lock-password></user>"
     "<user name='a'><group>root</group></user>",
     "users:\n- name: \"root\"\n  lock_passwd: true\n- name: \"a\"\n  groups: \"root\"\n"},

    {"keys-of-others", "<user name='a'>" SSH_KEY "</user>",
     "users:\n- name: \"a\"\n  ssh_authorized_keys:\n  - \"" KEY "\"\n"},
    {"password-unlocks", "<user name='a'>" HASHED "</user>",
     "users:\n- name: \"a\"\n  hashed_passwd: \"" HASH "\"\n  lock_passwd: false\n"
     "chpasswd:\n  expire: false\n  users:\n  - name: \"a\"\n    type: \"hash\"\n"
     "    password: \"" HASH "\"\nssh_pwauth: true\n"},
    {"password-and-its-lock",
     "<user name='a'>" HASHED "<lock-password>no</lock-password></user>"
     "<ssh-password-auth>no</ssh-password-auth>",
     "users:\n- name: \"a\"\n  hashed_passwd: \"" HASH "\"\n  lock_passwd: false\n"
     "chpasswd:\n  expire: false\n  users:\n  - name: \"a\"\n    type: \"hash\"\n"
     "    password: \"" HASH "\"\nssh_pwauth: false\n"},
    {"lock-alone", "<user name='a'><lock-password>no</lock-password></user>",
     "users:\n- name: \"a\"\n  lock_passwd: false\n"},

    {"root-by-imported-keys", "<user name='root'><ssh-import-id>gh:a</ssh-import-id></user>",
     "users:\n- \"default\"\n- name: \"root\"\n  ssh_import_id:\n  - \"gh:a\"\ndisable_root: "
     "false\n"},
    {"root-with-options-of-a-key",
     "<user name='root'><ssh-key>restrict " KEY "</ssh-key>" SSH_KEY "</user>",
     "users:\n- \"default\"\n- name: \"root\"\n  ssh_authorized_keys:\n  - \"restrict " KEY
     "\"\ndisable_root: false\n"},
    {"root-as-asked", "<user name='root'>" SSH_KEY "</user><disable-root>yes</disable-root>",
     "disable_root: true\n"},
    {"host-keys", "<regenerate-ssh-keys>no</regenerate-ssh-keys>", "ssh_deletekeys: false\n"},

    {"windows-without-an-entry",
     "<user name='Admin'><password clear='yes'>x</password>" SSH_KEY "</user>", "{}\n", TRUE},
    /* an entry without its password would give it a random one */
    {"windows-administrator-in-a-group",
     "<user name='Admin'><gecos>A</gecos><password clear='yes'>x</password></user>",
     "users:\n- name: \"Admin\"\n  gecos: \"A\"\n  passwd: \"x\"\n", TRUE},
    {"windows-groups",
     "<user name='a'><primary-group>p</primary-group><group>b c</group>"
     "<no-create-home>yes</no-create-home></user>",
     "users:\n- name: \"a\"\n  groups:\n  - \"b c\"\n  primary_group: \"p\"\n"
     "  no_create_home: true\n",
     TRUE},
};

static void
test_rendered(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(VpSpec) spec = read_spec(given->payload, "", given->windows);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = render(spec, &error), *again = NULL;

    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, given->expected);
    again = render(spec, &error);
    g_assert_cmpstr(again, ==, text);
}

static const Case refused[] = {
    {"hash-for-windows", "<user name='a'>" HASHED "</user>",
     "cloud-init/user/password (line 1): Windows takes only clear text; give that, with "
     "clear='yes'",
     TRUE},
};

static void
test_refused(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(VpSpec) spec = read_spec(given->payload, "", given->windows);
    g_autoptr(GError) error = NULL;

    g_assert_null(render(spec, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_PASSWORD);
    g_assert_cmpstr(error->message, ==, given->expected);
}

/* A clear text is hashed with a salt of the guest's and the user's own; once for both places. */
static void
test_hashed(void)
{
    g_autoptr(VpSpec) spec = read_spec("<user name='a'><password>canary</password></user>"
                                       "<user name='b'><password>canary</password></user>",
                                       "", FALSE);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = render(spec, &error);
    g_auto(GStrv) hashes = NULL;

    g_assert_no_error(error);
    g_assert_null(strstr(text, "canary"));
    hashes = g_strsplit(text, "\"$6$", -1);
    g_assert_cmpuint(g_strv_length(hashes), ==, 5);
    g_assert_cmpmem(hashes[1], 100, hashes[3], 100);
    g_assert_cmpmem(hashes[2], 100, hashes[4], 100);
    g_assert_cmpint(memcmp(hashes[1], hashes[2], 16), !=, 0);
}

/* Without other users, root takes the form that every version knows. */
static void
test_root(void)
{
    g_autoptr(VpSpec) spec =
        read_spec("<user name='root'><password>canary</password></user>", "", FALSE);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = render(spec, &error);

    g_assert_no_error(error);
    g_assert_null(strstr(text, "canary"));
    g_assert_true(g_str_has_prefix(text, "user:\n  name: \"root\"\npassword: \"$6$"));
    g_assert_true(g_str_has_suffix(text, "\"\nchpasswd:\n  expire: false\nssh_pwauth: true\n"
                                         "disable_root: false\n"));
}

#define ADD(folder, cases, test)                                                                   \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path =                                                                    \
            g_strconcat("/cloud-config-users/" folder "/", (cases)[i].name, NULL);                 \
        g_test_add_data_func(path, &(cases)[i], test);                                             \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("rendered", rendered, test_rendered)
    ADD("refused", refused, test_refused)
    g_test_add_func("/cloud-config-users/hashed", test_hashed);
    g_test_add_func("/cloud-config-users/root", test_root);
    return g_test_run();
}
