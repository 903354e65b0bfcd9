/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpConf: what the file may say, that each mistake names its line, and that page and example are
 * true. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "payload/conf.h"

#define GROUP "[virt-payload]\n"

static VpConf *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    VpConf *conf = vp_payload_conf_parse(geteuid(), text, strlen(text), "conf", &error);

    g_assert_no_error(error);
    return conf;
}

static void
assert_equal(const VpConf *a, const VpConf *b)
{
    g_assert_cmpstr(a->directory, ==, b->directory);
    g_assert_cmpstr(a->secrets_directory, ==, b->secrets_directory);
    g_assert_cmpstr(a->files_directory, ==, b->files_directory);
    g_assert_cmpint(a->attach, ==, b->attach);
    g_assert_cmpint(a->image_owner.is_set, ==, b->image_owner.is_set);
    g_assert_cmpstr(a->uri, ==, b->uri);
}

static void
test_defaults(void)
{
    g_autoptr(VpConf) conf = parse("");

    if (geteuid() == 0) {
        g_assert_cmpstr(conf->directory, ==, VP_PAYLOADDIR);
        g_assert_cmpstr(conf->secrets_directory, ==, VP_SYSCONFDIR "/virt-payload/secrets");
        g_assert_cmpstr(conf->files_directory, ==, VP_SYSCONFDIR "/virt-payload/files");
    } else {
        g_autofree char *directory = g_strdup_printf("/run/user/%u/payload", (guint)geteuid());

        g_assert_cmpstr(conf->directory, ==, directory);
        g_assert_true(g_str_has_suffix(conf->secrets_directory, "/.config/virt-payload/secrets"));
    }
    g_assert_cmpint(conf->attach, ==, VP_ATTACH_HOTPLUG);
    g_assert_false(conf->image_owner.is_set);
    g_assert_null(conf->uri);
}

static void
test_image_owner(void)
{
    static const struct {
        const char *value;
        guint uid, gid;
    } cases[] = {
        {"root", 0, 0},
        {"0:0", 0, 0},
        {"+64055:+108", 64055, 108},
        {"4000000001", 4000000001, 4000000001},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(GROUP "image-owner = %s\n", cases[i].value);
        g_autoptr(VpConf) conf = parse(text);

        g_assert_true(conf->image_owner.is_set);
        g_assert_cmpuint(conf->image_owner.uid, ==, cases[i].uid);
        g_assert_cmpuint(conf->image_owner.gid, ==, cases[i].gid);
    }
}

static void
test_every_key(void)
{
    g_autoptr(VpConf) conf = parse("# comment\r\n\n" GROUP "directory=/a/b//\n"
                                   "  secrets-directory =\t/s \r\n" GROUP "files-directory = /f x\n"
                                   "attach = refuse\nuri = qemu+unix:///system?socket=/x\n");

    g_assert_cmpstr(conf->directory, ==, "/a/b");
    g_assert_cmpstr(conf->secrets_directory, ==, "/s");
    g_assert_cmpstr(conf->files_directory, ==, "/f x");
    g_assert_cmpint(conf->attach, ==, VP_ATTACH_REFUSE);
    g_assert_cmpstr(conf->uri, ==, "qemu+unix:///system?socket=/x");
}

static void
test_attach(void)
{
    static const struct {
        const char *text;
        VpAttach attach;
    } cases[] = {
        {GROUP "attach=hotplug", VP_ATTACH_HOTPLUG},
        {GROUP "attach=persistent", VP_ATTACH_PERSISTENT},
        {GROUP "attach=refuse", VP_ATTACH_REFUSE},
        {GROUP "attach=off", VP_ATTACH_OFF},
        {GROUP "attach=auto", VP_ATTACH_PERSISTENT},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpConf) conf = parse(cases[i].text);

        g_assert_cmpint(conf->attach, ==, cases[i].attach);
    }
}

#define KEYS                                                                                       \
    "directory, secrets-directory, files-directory, profiles-directory, attach, image-owner, uri"

static void
test_mistakes(void)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {GROUP "\nDirectory = /x", "conf, line 3: key 'Directory' is unknown; the keys are " KEYS},
        {GROUP "a\033b = /x", "conf: is not UTF-8 text, or has control characters"},
        {GROUP "directory = /a\rb", "conf: is not UTF-8 text, or has control characters"},
        {GROUP "caf\303\251 = /x",
         "conf, line 2: key 'caf\\303\\251' is unknown; the keys are " KEYS},
        {GROUP "= /x", "conf, line 2: key '' is unknown; the keys are " KEYS},
        {GROUP "uri=a\n#\nuri=b", "conf, line 4: key uri: is already given on line 2"},
        {GROUP "directory", "conf, line 2: is neither a comment nor KEY = VALUE"},
        {"directory=/x", "conf, line 1: is before [virt-payload]"},
        {"[other]\n", "conf, line 1: the only group is [virt-payload]"},
        {GROUP "directory = x/y",
         "conf, line 2: key directory: must be an absolute path without '.' and '..'"},
        {GROUP "directory =",
         "conf, line 2: key directory: must be an absolute path without '.' and '..'"},
        {GROUP "directory = /x/../y",
         "conf, line 2: key directory: must be an absolute path without '.' and '..'"},
        {GROUP "files-directory = /x/.",
         "conf, line 2: key files-directory: must be an absolute path without '.' and '..'"},
        {GROUP "directory = //", "conf, line 2: key directory: may not be the root directory"},
        {GROUP "attach = yes",
         "conf, line 2: key attach: must be hotplug, persistent, refuse or off"},
        {GROUP "image-owner = 4294967295", "conf, line 2: key image-owner: must be USER or "
                                           "USER:GROUP of this host, by name or number"},
        {GROUP "image-owner = no:such:user", "conf, line 2: key image-owner: must be USER or "
                                             "USER:GROUP of this host, by name or number"},
        {GROUP "uri =", "conf, line 2: key uri: has no value; leave the key out for the default"},
        {GROUP "uri = \377", "conf: is not UTF-8 text, or has control characters"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(
            vp_payload_conf_parse(geteuid(), cases[i].text, strlen(cases[i].text), "conf", &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_CONFIG);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void
test_text_has_a_size(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpConf) conf =
        vp_payload_conf_parse(geteuid(), GROUP "uri=abc", strlen(GROUP "uri=ab"), "conf", &error);

    g_assert_no_error(error);
    g_assert_cmpstr(conf->uri, ==, "ab");
    g_assert_null(vp_payload_conf_parse(geteuid(), GROUP "\0", strlen(GROUP) + 1, "conf", &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_CONFIG);
}

/* --- files ----------------------------------------------------------------------------------- */

typedef struct {
    char *path;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autofree char *top = g_dir_make_tmp("vp-conf-XXXXXX", NULL);

    fixture->path = g_build_filename(top, "conf", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    g_autofree char *top = g_path_get_dirname(fixture->path);

    unlink(fixture->path);
    g_assert_cmpint(rmdir(top), ==, 0);
    g_free(fixture->path);
}

static void
write_file(const Fixture *fixture, const char *text, gssize size)
{
    g_assert_true(g_file_set_contents(fixture->path, text, size, NULL));
    g_assert_cmpint(chmod(fixture->path, 0644), ==, 0);
}

static void
assert_refused(const Fixture *fixture)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(vp_payload_conf_load(fixture->path, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_CONFIG);
    g_assert_true(g_str_has_prefix(error->message, fixture->path));
}

static void
test_file_missing(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpConf) defaults = parse("");
    g_autoptr(VpConf) conf = vp_payload_conf_load(fixture->path, &error);

    g_assert_no_error(error);
    assert_equal(conf, defaults);
}

static void
test_file_read(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpConf) defaults = parse("");
    g_autoptr(VpConf) conf = NULL;

    write_file(fixture, GROUP "attach = off", -1);
    conf = vp_payload_conf_load(fixture->path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(conf->attach, ==, geteuid() == 0 ? VP_ATTACH_OFF : defaults->attach);
}

static gboolean
needs_root(void)
{
    if (geteuid() == 0)
        return TRUE;
    g_test_skip("a session reads no file");
    return FALSE;
}

static void
test_file_unsafe(Fixture *fixture, gconstpointer data)
{
    if (!needs_root())
        return;
    write_file(fixture, "", 0);
    g_assert_cmpint(chmod(fixture->path, 0664), ==, 0);
    assert_refused(fixture);
    g_assert_cmpint(chmod(fixture->path, 0646), ==, 0);
    assert_refused(fixture);
    g_assert_cmpint(chmod(fixture->path, 0644), ==, 0);
    g_assert_cmpint(chown(fixture->path, 1, 0), ==, 0);
    assert_refused(fixture);
}

static void
test_file_irregular(Fixture *fixture, gconstpointer data)
{
    g_autofree char *large = g_malloc0(64 * 1024 + 1);

    if (!needs_root())
        return;
    write_file(fixture, large, 64 * 1024 + 1);
    assert_refused(fixture);
    g_assert_cmpint(unlink(fixture->path), ==, 0);
    g_assert_cmpint(mkfifo(fixture->path, 0600), ==, 0);
    assert_refused(fixture);
}

static void
test_file_unreadable(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    if (!needs_root())
        return;
    g_assert_cmpint(symlink(fixture->path, fixture->path), ==, 0);
    g_assert_null(vp_payload_conf_load(fixture->path, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
}

/* --- page and example ------------------------------------------------------------------------ */

static char **
read_lines(const char *root, const char *name)
{
    g_autofree char *path = g_build_filename(g_getenv(root), name, NULL);
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return g_strsplit(text, "\n", -1);
}

/* The table's, as a mistake tells them. */
static char **
read_keys(void)
{
    static const char text[] = GROUP "x = y", mark[] = "the keys are ";
    g_autoptr(GError) error = NULL;
    const char *keys;

    g_assert_null(vp_payload_conf_parse(geteuid(), text, strlen(text), "conf", &error));
    keys = strstr(error->message, mark);
    g_assert_nonnull(keys);
    return g_strsplit(keys + strlen(mark), ", ", -1);
}

/* The keys of the page's section KEYS are right after .TP, outside of .RS and .RE. */
static void
test_page(void)
{
    g_auto(GStrv) lines = read_lines("VP_SRCDIR", "man/virt-payload.conf.5");
    g_auto(GStrv) keys = read_keys();
    gboolean in_keys = FALSE;
    int depth = 0;
    guint n = 0;

    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], ".SH "))
            in_keys = strcmp(lines[i], ".SH KEYS") == 0;
        depth += (strcmp(lines[i], ".RS") == 0) - (strcmp(lines[i], ".RE") == 0);
        if (in_keys && depth == 0 && strcmp(lines[i], ".TP") == 0) {
            g_assert_true(g_str_has_prefix(lines[i + 1], ".B "));
            g_assert_cmpstr(lines[i + 1] + 3, ==, keys[n]);
            n++;
        }
    }
    g_assert_null(keys[n]);
}

/* With its comments taken off each key of the example says the default. */
static void
test_example(void)
{
    g_auto(GStrv) keys = read_keys();
    g_auto(GStrv) lines = read_lines("VP_BUILDDIR", "data/virt-payload.conf");
    g_autoptr(VpConf) defaults = parse("");
    g_autoptr(VpConf) conf = NULL;
    g_autoptr(GString) text = g_string_new(GROUP);
    guint n = 0;

    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i][0] == '#' && g_ascii_isalpha(lines[i][1])) {
            g_assert_true(g_str_has_prefix(lines[i] + 1, keys[n]));
            g_string_append_printf(text, "%s\n", lines[i] + 1);
            n++;
        }
    }
    g_assert_null(keys[n]);
    conf = parse(text->str);
    g_assert_cmpstr(conf->uri, ==, "qemu:///system");
    g_clear_pointer(&conf->uri, g_free);
    if (geteuid() == 0)
        assert_equal(conf, defaults);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"/conf/file/missing", test_file_missing},
        {"/conf/file/read", test_file_read},
        {"/conf/file/unsafe", test_file_unsafe},
        {"/conf/file/irregular", test_file_irregular},
        {"/conf/file/unreadable", test_file_unreadable},
    };

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/conf/defaults", test_defaults);
    g_test_add_func("/conf/every-key", test_every_key);
    g_test_add_func("/conf/image-owner", test_image_owner);
    g_test_add_func("/conf/attach", test_attach);
    g_test_add_func("/conf/mistakes", test_mistakes);
    g_test_add_func("/conf/size", test_text_has_a_size);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    g_test_add_func("/conf/page", test_page);
    g_test_add_func("/conf/example", test_example);
    return g_test_run();
}
