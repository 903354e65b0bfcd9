/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cloud-config of each field. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "render/cloud-config.h"
#include "render/password.h"
#include "specs.h"

/* NULL if there is nothing to say. */
static char *
render(const VpSpec *spec)
{
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(vp_render_cloud_config(spec, &bytes, &error));
    g_assert_no_error(error);
    return bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
}

/* Takes the spec over. */
static void
assert_renders(VpSpec *taken, const char *expected)
{
    g_autoptr(VpSpec) spec = taken;
    g_autofree char *text = render(spec);

    g_assert_cmpstr(text, ==, expected);
}

static void
test_nothing(void)
{
    assert_renders(spec_new(), NULL);
}

static void
test_simple_fields(void)
{
    VpSpec *spec = spec_new();

    spec->timezone = g_strdup("Europe/Prague");
    spec->locale = g_strdup("cs_CZ.UTF-8");
    spec->package_update = VP_YES;
    spec->package_upgrade = VP_NO;
    spec_add(spec->packages, "vim");
    spec_add(spec->packages, "no");
    spec_add_command(spec->boot_cmds, "echo: boot");
    spec_add_command(spec->run_cmds, "echo one");
    spec_add_command(spec->run_cmds, "echo 'two'\necho three");
    spec->ssh_password_auth = VP_NO;
    spec->disable_root = VP_YES;
    spec->regenerate_ssh_keys = VP_NO;
    spec->output = g_strdup(">> /var/log/x");
    spec->final_message = g_strdup("up after $UPTIME");
    assert_renders(spec, "#cloud-config\n"
                         "output:\n"
                         "  all: \">> /var/log/x\"\n"
                         "timezone: \"Europe/Prague\"\n"
                         "locale: \"cs_CZ.UTF-8\"\n"
                         "ssh_pwauth: false\n"
                         "disable_root: true\n"
                         "ssh_deletekeys: false\n"
                         "package_update: true\n"
                         "package_upgrade: false\n"
                         "packages:\n"
                         "- \"vim\"\n"
                         "- \"no\"\n"
                         "bootcmd:\n"
                         "- \"echo: boot\"\n"
                         "runcmd:\n"
                         "- \"echo one\"\n"
                         "- \"echo 'two'\\necho three\"\n"
                         "final_message: \"up after $UPTIME\"\n");
}

static void
test_mounts(void)
{
    VpSpec *spec = spec_new();
    static const char *const first[] = {"/dev/vdb", "/srv", "auto", "defaults,nofail",
                                        "0",        "2",    NULL};
    static const char *const second[] = {"tmpfs", "/tmp", NULL};

    g_ptr_array_add(spec->mounts, g_strdupv((char **)first));
    g_ptr_array_add(spec->mounts, g_strdupv((char **)second));
    assert_renders(spec, "#cloud-config\n"
                         "mounts:\n"
                         "- - \"/dev/vdb\"\n"
                         "  - \"/srv\"\n"
                         "  - \"auto\"\n"
                         "  - \"defaults,nofail\"\n"
                         "  - \"0\"\n"
                         "  - \"2\"\n"
                         "- - \"tmpfs\"\n"
                         "  - \"/tmp\"\n");
}

static void
test_write_files(void)
{
    VpSpec *spec = spec_new();
    VpWriteFile *file;

    spec_add_write_file(spec, "/etc/a", g_bytes_new_static("h\xc3\xa9\r\n\tx", 7));
    file = g_ptr_array_index(spec->write_files, 0);
    file->owner = g_strdup("root:root");
    file->permissions = g_strdup("0600");
    file->append = VP_YES;
    file->defer = VP_NO;
    spec_add_write_file(spec, "/etc/b", g_bytes_new_static("a\0b", 3));
    spec_add_write_file(spec, "/etc/c", g_bytes_new_static("\xff", 1));
    spec_add_write_file(spec, "/etc/d", g_bytes_new(NULL, 0));
    assert_renders(spec, "#cloud-config\n"
                         "write_files:\n"
                         "- path: \"/etc/a\"\n"
                         "  content: \"h\\xE9\\r\\n\\tx\"\n"
                         "  owner: \"root:root\"\n"
                         "  permissions: \"0600\"\n"
                         "  append: true\n"
                         "- path: \"/etc/b\"\n"
                         "  encoding: \"b64\"\n"
                         "  content: \"YQBi\"\n"
                         "- path: \"/etc/c\"\n"
                         "  encoding: \"b64\"\n"
                         "  content: \"/w==\"\n"
                         "- path: \"/etc/d\"\n"
                         "  content: \"\"\n");
}

static void
test_root(void)
{
    g_autofree char *hash = vp_render_password_hash(UUID, "root", "abc123", NULL);
    g_autofree char *expected = g_strdup_printf("#cloud-config\n"
                                                "user:\n"
                                                "  name: \"root\"\n"
                                                "password: \"%s\"\n"
                                                "chpasswd:\n"
                                                "  expire: false\n"
                                                "ssh_pwauth: true\n"
                                                "disable_root: false\n",
                                                hash);
    VpSpec *spec = spec_new();
    VpUser *root = spec_add_user(spec, "root");

    spec_set_password(root, "abc123");
    spec_add(root->ssh_keys, KEY); /* in the metadata */
    assert_renders(spec, expected);
}

static void
test_root_expire_and_key_options(void)
{
    VpSpec *spec = spec_new();
    VpUser *root = spec_add_user(spec, "root");

    spec_set_password(root, "$6$salt$sum")->hashed = TRUE;
    root->password->expire = VP_YES;
    spec_add(root->ssh_keys, "from=\"192.0.2.1\" " KEY);
    assert_renders(spec, "#cloud-config\n"
                         "user:\n"
                         "  name: \"root\"\n"
                         "  ssh_authorized_keys:\n"
                         "  - \"from=\\\"192.0.2.1\\\" " KEY "\"\n"
                         "password: \"$6$salt$sum\"\n"
                         "chpasswd:\n"
                         "  expire: true\n"
                         "ssh_pwauth: true\n"
                         "disable_root: false\n");
}

/* Nothing is said of root's password: an image's own stays as it is. */
static void
test_root_keys_only(void)
{
    VpSpec *spec = spec_new();

    spec_add(spec_add_user(spec, "root")->ssh_keys, KEY);
    assert_renders(spec, "#cloud-config\ndisable_root: false\n");
}

static void
test_explicit_booleans_win(void)
{
    VpSpec *spec = spec_new();
    VpUser *root = spec_add_user(spec, "root");

    spec_set_password(root, "$6$salt$sum")->hashed = TRUE;
    spec->ssh_password_auth = VP_NO;
    spec->disable_root = VP_YES;
    assert_renders(spec, "#cloud-config\n"
                         "user:\n"
                         "  name: \"root\"\n"
                         "password: \"$6$salt$sum\"\n"
                         "chpasswd:\n"
                         "  expire: false\n"
                         "ssh_pwauth: false\n"
                         "disable_root: true\n");
}

#define CERTIFICATE "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"

static void
test_system(void)
{
    VpSpec *spec = spec_new();
    VpSystem *system = &spec->system;
    VpCaCert *cert = vp_spec_object_new(&vp_spec_ca_cert_type);
    VpAptRepository *repository = vp_spec_object_new(&vp_spec_apt_repository_type);
    VpSshHostKey *key = vp_spec_object_new(&vp_spec_ssh_host_key_type);

    spec_add(system->ntp_servers, "ntp.example.com");
    spec_add(system->ntp_pools, "pool.example.com");
    cert->data = spec_data(CERTIFICATE);
    g_ptr_array_add(system->ca_certs, cert);
    key->type = g_strdup("ed25519");
    key->text = g_strdup("PRIVATE\n");
    g_ptr_array_add(system->ssh_host_keys, key);
    system->keyboard = vp_spec_object_new(&vp_spec_keyboard_type);
    system->keyboard->layout = g_strdup("de");
    system->growpart = vp_spec_object_new(&vp_spec_growpart_type);
    system->growpart->mode = g_strdup("off");
    system->swap = vp_spec_object_new(&vp_spec_swap_type);
    system->swap->size = g_strdup("2G");
    system->apt_mirror = g_strdup("http://m/d");
    repository->name = g_strdup("site");
    repository->source = g_strdup("deb http://x y z");
    g_ptr_array_add(system->apt_repositories, repository);
    system->power_state = vp_spec_object_new(&vp_spec_power_state_type);
    system->power_state->mode = g_strdup("reboot");
    system->power_state->delay = 5;
    assert_renders(spec,
                   "#cloud-config\n"
                   "ntp:\n"
                   "  enabled: true\n"
                   "  servers:\n"
                   "  - \"ntp.example.com\"\n"
                   "  pools:\n"
                   "  - \"pool.example.com\"\n"
                   "ssh_keys:\n"
                   "  ed25519_private: \"PRIVATE\\n\"\n"
                   "keyboard:\n"
                   "  layout: \"de\"\n"
                   "growpart:\n"
                   "  mode: \"off\"\n"
                   "swap:\n"
                   "  filename: \"/swapfile\"\n"
                   "  size: \"2G\"\n"
                   "power_state:\n"
                   "  mode: \"reboot\"\n"
                   "  delay: 5\n"
                   "ca_certs:\n"
                   "  trusted:\n"
                   "  - \"-----BEGIN CERTIFICATE-----\\nMAA=\\n-----END CERTIFICATE-----\\n\"\n"
                   "apt:\n"
                   "  primary:\n"
                   "  - arches:\n"
                   "    - \"default\"\n"
                   "    uri: \"http://m/d\"\n"
                   "  sources:\n"
                   "    \"site.list\":\n"
                   "      source: \"deb http://x y z\"\n");
}

static void
test_bad_certificate(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;
    VpCaCert *cert = vp_spec_object_new(&vp_spec_ca_cert_type);

    cert->data = spec_data("canary");
    g_ptr_array_add(spec->system.ca_certs, cert);
    g_assert_false(vp_render_cloud_config(spec, &bytes, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
    g_assert_null(strstr(error->message, "canary"));
}

static void
test_commands(void)
{
    VpSpec *spec = spec_new();
    VpGuestCommand *words = spec_add_command(spec->run_cmds, NULL);

    spec_add(words->args, "printf");
    spec_add(words->args, "a b\n");
    spec_add_command(spec->run_cmds, "echo $HOME");
    assert_renders(spec, "#cloud-config\n"
                         "runcmd:\n"
                         "- - \"printf\"\n"
                         "  - \"a b\\n\"\n"
                         "- \"echo $HOME\"\n");
}

/* Of owners and in homes that are made later; and last, for who cannot defer them. */
static void
test_deferred_files(void)
{
    VpSpec *spec = spec_new();
    VpUser *op = spec_add_user(spec, "op");
    g_autoptr(GBytes) text = g_bytes_new_static("x", 1);

    op->home = g_strdup("/srv/op");
    spec_add(op->groups, "adm");
    spec_add(op->groups, "ops");
    spec_add_write_file(spec, "/a", g_bytes_ref(text))->owner = g_strdup("op:op");
    spec_add_write_file(spec, "/srv/op/b", g_bytes_ref(text));
    spec_add_write_file(spec, "/c", g_bytes_ref(text))->owner = g_strdup("root:adm");
    spec_add_write_file(spec, "/d", g_bytes_ref(text))->owner = g_strdup("root:ops");
    spec_add_write_file(spec, "/srv/ops", g_bytes_ref(text))->defer = VP_NO;
    assert_renders(spec, "#cloud-config\n"
                         "users:\n"
                         "- name: \"op\"\n"
                         "  homedir: \"/srv/op\"\n"
                         "  groups: \"adm,ops\"\n"
                         "write_files:\n"
                         "- path: \"/c\"\n"
                         "  content: \"x\"\n"
                         "  owner: \"root:adm\"\n"
                         "- path: \"/srv/ops\"\n"
                         "  content: \"x\"\n"
                         "- path: \"/a\"\n"
                         "  content: \"x\"\n"
                         "  owner: \"op:op\"\n"
                         "  defer: true\n"
                         "- path: \"/srv/op/b\"\n"
                         "  content: \"x\"\n"
                         "  defer: true\n"
                         "- path: \"/d\"\n"
                         "  content: \"x\"\n"
                         "  owner: \"root:ops\"\n"
                         "  defer: true\n");
}

static void
test_users(void)
{
    VpSpec *spec = spec_new();
    VpUser *admin = spec_add_user(spec, "admin"), *bob = spec_add_user(spec, "no");
    VpUser *root = spec_add_user(spec, "root");

    spec_add(admin->groups, "adm");
    spec_add(admin->groups, "wheel");
    spec_add(admin->sudo, "ALL=(ALL) NOPASSWD: ALL");
    admin->shell = g_strdup("/bin/bash");
    spec_set_password(admin, "$6$salt$sum")->hashed = TRUE;
    spec_add(admin->ssh_keys, KEY);
    bob->lock_password = VP_YES;
    spec_set_password(root, "RANDOM")->clear = TRUE;
    assert_renders(spec, "#cloud-config\n"
                         "users:\n"
                         "- name: \"admin\"\n"
                         "  groups: \"adm,wheel\"\n"
                         "  sudo: \"ALL=(ALL) NOPASSWD: ALL\"\n"
                         "  shell: \"/bin/bash\"\n"
                         "  hashed_passwd: \"$6$salt$sum\"\n"
                         "  lock_passwd: false\n"
                         "  ssh_authorized_keys:\n"
                         "  - \"" KEY "\"\n"
                         "- name: \"no\"\n"
                         "  lock_passwd: true\n"
                         "- name: \"root\"\n"
                         "  plain_text_passwd: \"RANDOM\"\n"
                         "  lock_passwd: false\n"
                         "chpasswd:\n"
                         "  expire: false\n"
                         "  users:\n"
                         "  - name: \"admin\"\n"
                         "    type: \"hash\"\n"
                         "    password: \"$6$salt$sum\"\n"
                         "  - name: \"root\"\n"
                         "    type: \"text\"\n"
                         "    password: \"RANDOM\"\n"
                         "ssh_pwauth: true\n"
                         "disable_root: false\n");
}

static void
test_user_of_the_image(void)
{
    VpSpec *spec = spec_new();
    VpUser *user = spec_add_user(spec, "debian");

    user->primary_group = g_strdup("ops");
    spec_add(user->groups, "adm");
    user->gecos = g_strdup("Olga");
    user->uid = 1500;
    user->home = g_strdup("/srv/op");
    user->system = VP_YES;
    user->no_create_home = VP_NO;
    spec_add(user->ssh_import_ids, "gh:octocat");
    assert_renders(spec, "#cloud-config\n"
                         "users:\n"
                         "- name: \"debian\"\n"
                         "  gecos: \"Olga\"\n"
                         "  uid: 1500\n"
                         "  homedir: \"/srv/op\"\n"
                         "  no_create_home: false\n"
                         "  system: true\n"
                         "  groups: \"adm,ops\"\n"
                         "  primary_group: \"ops\"\n"
                         "  ssh_import_id:\n"
                         "  - \"gh:octocat\"\n");
}

static void
test_no_user(void)
{
    VpSpec *spec = spec_new();

    spec->default_user = VP_NO;
    assert_renders(spec, "#cloud-config\n"
                         "users:\n"
                         "- []\n");
}

/* Neither locked nor unlocked without need: the image's own root may have a password. */
static void
test_root_with_a_key_and_a_shell(void)
{
    VpSpec *spec = spec_new();
    VpUser *root = spec_add_user(spec, "root");

    spec_add(root->ssh_keys, KEY);
    root->shell = g_strdup("/bin/bash");
    assert_renders(spec, "#cloud-config\n"
                         "disable_root: false\n");
}

static void
test_users_expire(void)
{
    VpSpec *spec = spec_new();
    VpUser *first = spec_add_user(spec, "first"), *second = spec_add_user(spec, "second");

    spec_set_password(first, "$6$salt$sum")->hashed = TRUE;
    first->password->expire = VP_YES;
    spec_set_password(second, "$6$salt$other")->hashed = TRUE;
    spec_add(second->sudo, "a=(b) c");
    spec_add(second->sudo, "d=(e) f");
    assert_renders(spec, "#cloud-config\n"
                         "users:\n"
                         "- name: \"first\"\n"
                         "  hashed_passwd: \"$6$salt$sum\"\n"
                         "  lock_passwd: false\n"
                         "- name: \"second\"\n"
                         "  sudo: \"a=(b) c : d=(e) f\"\n"
                         "  hashed_passwd: \"$6$salt$other\"\n"
                         "  lock_passwd: false\n"
                         "chpasswd:\n"
                         "  expire: true\n"
                         "  users:\n"
                         "  - name: \"first\"\n"
                         "    type: \"hash\"\n"
                         "    password: \"$6$salt$sum\"\n"
                         "ssh_pwauth: true\n");
}

static void
test_windows(void)
{
    VpSpec *spec = spec_new();
    VpUser *admin = spec_add_user(spec, "Administrator"), *alice = spec_add_user(spec, "alice");

    spec->windows = TRUE;
    spec->timezone = g_strdup("Europe/Prague");
    spec_set_password(admin, "Abc123!")->clear = TRUE; /* in the metadata */
    spec_set_password(alice, "Def456!")->clear = TRUE;
    spec_add(alice->groups, "Users");
    spec_add(alice->groups, "Remote Desktop Users");
    spec_add(alice->ssh_keys, KEY);
    assert_renders(spec, "#cloud-config\n"
                         "set_timezone: \"Europe/Prague\"\n"
                         "users:\n"
                         "- name: \"alice\"\n"
                         "  groups:\n"
                         "  - \"Users\"\n"
                         "  - \"Remote Desktop Users\"\n"
                         "  passwd: \"Def456!\"\n"
                         "  ssh_authorized_keys:\n"
                         "  - \"" KEY "\"\n");
}

static void
test_windows_wants_clear_text(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;

    spec->windows = TRUE;
    spec_add_user(spec, "Admin");
    spec_set_password(spec_add_user(spec, "alice"), "Def456!");
    g_assert_false(vp_render_cloud_config(spec, &bytes, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_PASSWORD);
    g_assert_null(bytes);
    g_assert_null(strstr(error->message, "Def456"));
    g_assert_nonnull(strstr(error->message, "line 9"));
}

static void
test_not_utf8(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;

    spec_add_command(spec->run_cmds, "\xff");
    g_assert_false(vp_render_cloud_config(spec, &bytes, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_TEXT);
}

static void
test_file_too_large(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;

    spec_add_write_file(spec, "/etc/a", NULL);
    ((VpWriteFile *)g_ptr_array_index(spec->write_files, 0))->data->size = G_MAXUINT64;
    g_assert_false(vp_render_cloud_config(spec, &bytes, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_QUOTA);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cloud-config/nothing", test_nothing);
    g_test_add_func("/cloud-config/simple-fields", test_simple_fields);
    g_test_add_func("/cloud-config/mounts", test_mounts);
    g_test_add_func("/cloud-config/write-files", test_write_files);
    g_test_add_func("/cloud-config/root", test_root);
    g_test_add_func("/cloud-config/root/expire", test_root_expire_and_key_options);
    g_test_add_func("/cloud-config/root/keys-only", test_root_keys_only);
    g_test_add_func("/cloud-config/explicit-booleans-win", test_explicit_booleans_win);
    g_test_add_func("/cloud-config/system", test_system);
    g_test_add_func("/cloud-config/system/bad-certificate", test_bad_certificate);
    g_test_add_func("/cloud-config/commands", test_commands);
    g_test_add_func("/cloud-config/deferred-files", test_deferred_files);
    g_test_add_func("/cloud-config/users", test_users);
    g_test_add_func("/cloud-config/users/of-the-image", test_user_of_the_image);
    g_test_add_func("/cloud-config/users/none", test_no_user);
    g_test_add_func("/cloud-config/users/root-with-a-shell", test_root_with_a_key_and_a_shell);
    g_test_add_func("/cloud-config/users/expire", test_users_expire);
    g_test_add_func("/cloud-config/windows", test_windows);
    g_test_add_func("/cloud-config/windows/clear-text", test_windows_wants_clear_text);
    g_test_add_func("/cloud-config/not-utf8", test_not_utf8);
    g_test_add_func("/cloud-config/file-too-large", test_file_too_large);
    return g_test_run();
}
