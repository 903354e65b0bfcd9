/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* @secret and @src: every place a spec can hold one is resolved, and nothing that is not safe. */
#include <config.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "payload/reference.h"
#include "spec/object.h"
#include "remove-tree.h"

typedef struct {
    char *top;
    VpConf conf;
    VpSpec *spec;
    VpPassword *password; /* of the first user */
    char *scope;          /* the guest's directory of secrets */
} Fixture;

static char *
make_directory(const char *top, const char *name)
{
    char *path = g_build_filename(top, name, NULL);

    g_assert_cmpint(mkdir(path, 0755), ==, 0);
    return path;
}

static void
write_file(const char *directory, const char *name, const char *text, mode_t mode)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(chmod(path, mode), ==, 0);
}

static VpPassword *
secret_of(const char *name, guint line)
{
    VpPassword *password = vp_spec_object_new(&vp_spec_password_type);

    password->secret = g_strdup(name);
    password->place.line = line;
    return password;
}

static VpData *
data_of(const char *name, guint line)
{
    VpData *data = vp_spec_data_new(NULL);

    data->src = g_strdup(name);
    data->place.line = line;
    return data;
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    VpUser *user = vp_spec_object_new(&vp_spec_user_type);

    fixture->top = g_dir_make_tmp("vp-reference-XXXXXX", NULL);
    fixture->conf.secrets_directory = make_directory(fixture->top, "secrets");
    fixture->conf.files_directory = make_directory(fixture->top, "files");
    fixture->scope = make_directory(fixture->conf.secrets_directory, "web1");
    write_file(fixture->scope, "root", "abc 123\n", 0600);
    write_file(fixture->conf.files_directory, "data", "payload", 0644);
    fixture->spec = vp_spec_new("web1", "6695eb01-f6a4-8304-79aa-97f2502e193f",
                                "6695eb01-f6a4-8304-79aa-97f2502e193f");
    user->password = fixture->password = secret_of("root", 7);
    g_ptr_array_add(fixture->spec->users, user);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->top);
    vp_spec_free(fixture->spec);
    g_free(fixture->top);
    g_free(fixture->scope);
    g_free(fixture->conf.secrets_directory);
    g_free(fixture->conf.files_directory);
}

static void
assert_resolved(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(vp_payload_reference_resolve(fixture->spec, &fixture->conf, &error));
    g_assert_no_error(error);
}

/* The message names the element and the line, and nothing of the name or the content. */
static void
assert_fails(Fixture *fixture, int code, const char *place, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(vp_payload_reference_resolve(fixture->spec, &fixture->conf, &error));
    g_assert_error(error, VP_ERROR, code);
    g_assert_true(g_str_has_prefix(error->message, place));
    g_assert_nonnull(strstr(error->message, why));
    g_assert_null(strstr(error->message, "abc"));
}

static void
assert_refused(Fixture *fixture, const char *place, const char *why)
{
    assert_fails(fixture, VP_ERROR_REFERENCE, place, why);
}

static void
refer(Fixture *fixture, const char *name)
{
    g_free(fixture->password->secret);
    fixture->password->secret = g_strdup(name);
}

static void
assert_data(const VpData *data)
{
    char text[16] = "";

    g_assert_cmpuint(data->size, ==, strlen("payload"));
    g_assert_null(data->bytes);
    g_assert_cmpint(pread(data->fd, text, sizeof(text) - 1, 0), ==, strlen("payload"));
    g_assert_cmpstr(text, ==, "payload");
}

static void
test_every_place(Fixture *fixture, gconstpointer data)
{
    VpSpec *spec = fixture->spec;
    VpWriteFile *write_file = vp_spec_object_new(&vp_spec_write_file_type);
    VpFile *file = vp_spec_object_new(&vp_spec_file_type);

    spec->user_data = data_of("data", 1);
    spec->vendor_data = data_of("data", 2);
    spec->meta_data = data_of("data", 3);
    spec->network_config = data_of("data", 4);
    write_file->data = data_of("data", 5);
    g_ptr_array_add(spec->write_files, write_file);
    file->data = data_of("data", 6);
    g_ptr_array_add(spec->files, file);
    spec->sysprep.template = data_of("data", 8);
    spec->sysprep.admin_password = secret_of("root", 9);
    spec->sysprep.domain_password = secret_of("root", 10);
    assert_resolved(fixture);
    assert_data(spec->user_data);
    assert_data(spec->vendor_data);
    assert_data(spec->meta_data);
    assert_data(spec->network_config);
    assert_data(write_file->data);
    assert_data(file->data);
    assert_data(spec->sysprep.template);
    g_assert_cmpstr(fixture->password->text, ==, "abc 123");
    g_assert_cmpstr(spec->sysprep.admin_password->text, ==, "abc 123");
    g_assert_cmpstr(spec->sysprep.domain_password->text, ==, "abc 123");
}

static void
test_text_stays(Fixture *fixture, gconstpointer data)
{
    g_clear_pointer(&fixture->password->secret, g_free);
    fixture->password->text = g_strdup("given");
    fixture->spec->user_data = vp_spec_data_new(g_bytes_new("x", 1));
    assert_resolved(fixture);
    g_assert_cmpstr(fixture->password->text, ==, "given");
    g_assert_cmpint(fixture->spec->user_data->fd, ==, -1);
}

static void
test_below_a_directory(Fixture *fixture, gconstpointer data)
{
    g_autofree char *deep = make_directory(fixture->scope, "web");

    write_file(deep, "pw", "deep", 0400);
    refer(fixture, "web/pw");
    assert_resolved(fixture);
    g_assert_cmpstr(fixture->password->text, ==, "deep");
}

static void
test_paths(Fixture *fixture, gconstpointer data)
{
    static const char *const paths[] = {"",       "/etc/shadow", "../files/data", "a/../root",
                                        "./root", "root/",       "//root",        ".",
                                        "..",     "a//root"};

    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        refer(fixture, paths[i]);
        assert_refused(fixture, "user/password (line 7): secret: ",
                       paths[i][0] == '/' ? "absolute" : "component");
    }
}

static void
test_links(Fixture *fixture, gconstpointer data)
{
    const char *secrets = fixture->scope;
    g_autofree char *link = g_build_filename(secrets, "link", NULL);
    g_autofree char *target = g_build_filename(secrets, "root", NULL);
    g_autofree char *up = g_build_filename(secrets, "up", NULL);

    g_assert_cmpint(symlink(target, link), ==, 0);
    refer(fixture, "link");
    assert_refused(fixture, "user/password (line 7): secret: ", "link");
    g_assert_cmpint(symlink("..", up), ==, 0);
    refer(fixture, "up/web1/root");
    assert_refused(fixture, "user/password (line 7): secret: ", "link");
    refer(fixture, "root/x");
    assert_refused(fixture, "user/password (line 7): secret: ", "link");
    refer(fixture, "none");
    assert_refused(fixture, "user/password (line 7): secret: ", "no such file");
    g_free(fixture->conf.secrets_directory);
    fixture->conf.secrets_directory = g_steal_pointer(&link);
    assert_refused(fixture, "user/password (line 7): secret: ", "link");
}

/* Its own directory, by UUID before by name, and what is shared. */
static void
test_scope(Fixture *fixture, gconstpointer data)
{
    const char *secrets = fixture->conf.secrets_directory;
    g_autofree char *shared = make_directory(secrets, "shared");
    g_autofree char *other = make_directory(secrets, "web2");
    g_autofree char *by_uuid = NULL;
    static const char *const good[] = {"root", "web1/root", "shared/ad"};
    static const char *const bad[] = {"web2/root", "web2", "ad", "shared", "web1", "flat"};

    write_file(shared, "ad", "abc", 0600);
    write_file(other, "root", "abc", 0600);
    write_file(secrets, "flat", "abc", 0600);
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        refer(fixture, good[i]);
        g_clear_pointer(&fixture->password->text, g_free);
        assert_resolved(fixture);
    }
    g_clear_pointer(&fixture->password->text, g_free);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = g_build_filename(fixture->scope, bad[i], NULL);
        g_autofree char *command = g_strdup_printf("install -D -m 600 /dev/stdin '%s'", path);

        refer(fixture, bad[i]);
        assert_refused(fixture, "user/password (line 7): secret: no such file: ", command);
    }
    by_uuid = make_directory(secrets, fixture->spec->guest_uuid);
    write_file(by_uuid, "root", "the UUID's", 0600);
    refer(fixture, "root");
    assert_resolved(fixture);
    g_assert_cmpstr(fixture->password->text, ==, "the UUID's");
}

/* A guest that is named like another's UUID does not get that guest's secrets. */
static void
test_named_like_a_uuid(Fixture *fixture, gconstpointer data)
{
    const char *other = "11111111-2222-4333-8444-555555555555";
    g_autofree char *directory = make_directory(fixture->conf.secrets_directory, other);
    g_autofree char *secret = g_strconcat(other, "/root", NULL);

    write_file(directory, "root", "abc", 0600);
    g_free(fixture->spec->guest_name);
    fixture->spec->guest_name = g_strdup(other);
    refer(fixture, "root");
    assert_refused(fixture, "user/password (line 7): secret: ", "no such file");
    refer(fixture, secret);
    assert_refused(fixture, "user/password (line 7): secret: ", "no such file");
    g_free(fixture->spec->guest_name);
    fixture->spec->guest_name = g_strdup("..");
    refer(fixture, "web1/root");
    assert_refused(fixture, "user/password (line 7): secret: ", "no such file");
}

static void
test_irregular(Fixture *fixture, gconstpointer data)
{
    g_autofree char *fifo = g_build_filename(fixture->conf.files_directory, "fifo", NULL);

    fixture->spec->user_data = data_of("fifo", 3);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    assert_refused(fixture, "user-data (line 3): src: ", "regular");
    g_assert_cmpint(unlink(fifo), ==, 0);
    g_assert_cmpint(mkdir(fifo, 0700), ==, 0);
    assert_refused(fixture, "user-data (line 3): src: ", "regular");
}

static void
test_modes(Fixture *fixture, gconstpointer data)
{
    const mode_t secret_modes[] = {0640, 0604, 0620, 0602, 0610};
    const mode_t file_modes[] = {0664, 0646};
    const mode_t directory_modes[] = {0775, 0757, 01777};
    g_autofree char *path = g_build_filename(fixture->scope, "root", NULL);
    g_autofree char *quoted = g_shell_quote(path);
    g_autofree char *place = g_strdup_printf("user/password (line 7): secret: %s: must be", path);
    g_autofree char *command =
        g_strdup_printf("; run: chown root %s && chmod 0600 %s", quoted, quoted);

    for (guint i = 0; i < G_N_ELEMENTS(secret_modes); i++) {
        write_file(fixture->scope, "root", "abc", secret_modes[i]);
        assert_refused(fixture, place, command);
    }
    write_file(fixture->scope, "root", "abc", 0600);
    for (guint i = 0; i < G_N_ELEMENTS(directory_modes); i++) {
        g_assert_cmpint(chmod(fixture->scope, directory_modes[i]), ==, 0);
        assert_refused(fixture, "user/password (line 7): secret: ", "chmod go-w");
    }
    g_assert_cmpint(chmod(fixture->scope, 0700), ==, 0);
    fixture->spec->user_data = data_of("data", 3);
    for (guint i = 0; i < G_N_ELEMENTS(file_modes); i++) {
        write_file(fixture->conf.files_directory, "data", "payload", file_modes[i]);
        assert_refused(fixture, "user-data (line 3): src: ", "chmod go-w");
    }
}

static void
test_owners(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = g_build_filename(fixture->scope, "root", NULL);

    if (geteuid() != 0) {
        g_test_skip("only root can give a file away");
        return;
    }
    g_assert_cmpint(chown(path, 1, 0), ==, 0);
    assert_refused(fixture, "user/password (line 7): secret: ", "chown root");
    g_assert_cmpint(chown(path, 0, 0), ==, 0);
    g_assert_cmpint(chown(fixture->conf.secrets_directory, 1, 0), ==, 0);
    assert_refused(fixture, "user/password (line 7): secret: ", "chown root");
}

static void
test_secret_text(Fixture *fixture, gconstpointer data)
{
    const char *place = "user/password (line 7): secret: its text ";
    g_autofree char *largest = g_strnfill(511, 'x');
    g_autofree char *over = g_strnfill(512, 'x');
    g_autofree char *far_over = g_strnfill(1025, 'x');
    const char *wrong[] = {"", "\n", "abc\n\n", "abc\nroot:x\n", "abc\r\n", "a\tbc", over};
    const char *not_text[] = {"\377abc", far_over};

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        write_file(fixture->scope, "root", wrong[i], 0600);
        assert_fails(fixture, VP_ERROR_PASSWORD, place, "");
        g_assert_null(fixture->password->text);
    }
    for (guint i = 0; i < G_N_ELEMENTS(not_text); i++) {
        write_file(fixture->scope, "root", not_text[i], 0600);
        assert_refused(fixture, "user/password (line 7): secret: ", "UTF-8");
    }
    write_file(fixture->scope, "root", largest, 0600);
    assert_resolved(fixture);
    g_assert_cmpstr(fixture->password->text, ==, largest);
}

/* A hash is checked as one that is in the definition. */
static void
test_secret_kind(Fixture *fixture, gconstpointer data)
{
    const char *place = "user/password (line 7): secret: its text ";

    fixture->password->hashed = TRUE;
    assert_fails(fixture, VP_ERROR_PASSWORD, place, "is not a password hash");
}

static VpSshHostKey *
add_host_key(Fixture *fixture, const char *type, const char *secret)
{
    VpSshHostKey *key = vp_spec_object_new(&vp_spec_ssh_host_key_type);

    key->type = g_strdup(type);
    key->secret = g_strdup(secret);
    key->place.line = 11;
    g_ptr_array_add(fixture->spec->system.ssh_host_keys, key);
    return key;
}

#define PRIVATE "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----"

static void
test_host_keys(Fixture *fixture, gconstpointer data)
{
    VpSshHostKey *first = add_host_key(fixture, "rsa", "with"), *second;

    write_file(fixture->scope, "with", PRIVATE "\n", 0600);
    write_file(fixture->scope, "without", PRIVATE, 0600);
    write_file(fixture->scope, "public", "ssh-ed25519 abc\n", 0600);
    second = add_host_key(fixture, "ed25519", "without");
    assert_resolved(fixture);
    g_assert_cmpstr(first->text, ==, PRIVATE "\n");
    g_assert_cmpstr(second->text, ==, PRIVATE "\n");
    add_host_key(fixture, "ecdsa", "public");
    assert_fails(fixture, VP_ERROR_VALUE, "ssh-host-key (line 11): ", "not a private key");
}

static void
test_certificates(Fixture *fixture, gconstpointer data)
{
    VpCaCert *cert = vp_spec_object_new(&vp_spec_ca_cert_type);
    VpAptRepository *repository = vp_spec_object_new(&vp_spec_apt_repository_type);

    cert->data = data_of("data", 12);
    g_ptr_array_add(fixture->spec->system.ca_certs, cert);
    repository->key = data_of("data", 13);
    g_ptr_array_add(fixture->spec->system.apt_repositories, repository);
    assert_resolved(fixture);
    assert_data(cert->data);
    assert_data(repository->key);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"/reference/every-place", test_every_place},
        {"/reference/text-stays", test_text_stays},
        {"/reference/below-a-directory", test_below_a_directory},
        {"/reference/paths", test_paths},
        {"/reference/links", test_links},
        {"/reference/scope", test_scope},
        {"/reference/named-like-a-uuid", test_named_like_a_uuid},
        {"/reference/irregular", test_irregular},
        {"/reference/modes", test_modes},
        {"/reference/owners", test_owners},
        {"/reference/secret-text", test_secret_text},
        {"/reference/secret-kind", test_secret_kind},
        {"/reference/host-keys", test_host_keys},
        {"/reference/certificates", test_certificates},
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
