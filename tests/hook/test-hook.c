/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hook's operations and the front's decisions, in this process; test-hook.sh runs the whole. */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "hook/front.h"
#include "hook/hook.h"
#include "payload/former.h"
#include "payload/store.h"

#define UUID "6695eb01-f6a4-8304-79aa-97f2502e193f"
#define OURS                                                                                       \
    "<metadata><p:cloud-init xmlns:p='urn:virt-payload:1'><p:hostname>web1</p:hostname>"           \
    "</p:cloud-init></metadata>"
#define OVIRT                                                                                      \
    "<metadata><vm xmlns='http://ovirt.org/vm/1.0'><device devtype='disk' name='hda'><payload>"    \
    "<volId>config-2</volId><file path='a'>YQ==</file></payload></device><device devtype='disk' "  \
    "name='hdb'><payload><volId>x</volId><file "                                                   \
    "path='b'>Yg==</file></payload></device></vm></metadata>"
#define DRIVE(path)                                                                                \
    "<disk type='file' device='disk'><source file='" path "'/><target dev='vda' bus='virtio'/>"    \
    "<readonly/></disk>"
#define DOMAIN(name, metadata, devices)                                                            \
    "<domain type='kvm' id='1'><name>" name "</name><uuid>" UUID "</uuid>" metadata                \
    "<devices>" devices "</devices></domain>"

typedef struct {
    VpConf conf;
    char *top;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-hook-XXXXXX", NULL);
    fixture->conf.directory = g_build_filename(fixture->top, "payload", NULL);
    fixture->conf.attach = VP_ATTACH_OFF;
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)rmdir(fixture->conf.directory);
    g_assert_cmpint(rmdir(fixture->top), ==, 0);
    g_free(fixture->conf.directory);
    g_free(fixture->top);
}

static gboolean
run(Fixture *fixture, VpOperation operation, const char *xml, char **output, GError **error)
{
    const VpHookCall call = {"web1", operation, xml, strlen(xml)};

    return vp_hook_run(&call, &fixture->conf, output, error);
}

static void
succeed(Fixture *fixture, VpOperation operation, const char *xml)
{
    g_autoptr(GError) error = NULL;
    char *output;

    g_assert_true(run(fixture, operation, xml, &output, &error));
    g_assert_no_error(error);
    g_assert_null(output);
}

static void
fail(Fixture *fixture, VpOperation operation, const char *xml, int code)
{
    g_autoptr(GError) error = NULL;
    char *output;

    g_assert_false(run(fixture, operation, xml, &output, &error));
    g_assert_error(error, VP_ERROR, code);
    g_assert_null(output);
}

static void
assert_images(const Fixture *fixture, const char *expected)
{
    g_autoptr(VpStore) store = vp_payload_store_open_existing(fixture->conf.directory, NULL);
    g_autoptr(GPtrArray) names = store ? vp_payload_store_list(store, NULL) : g_ptr_array_new();
    g_autofree char *text = NULL;

    g_ptr_array_add(names, NULL);
    text = g_strjoinv(" ", (char **)names->pdata);
    g_assert_cmpstr(text, ==, expected);
}

/* --- operations ------------------------------------------------------------------------------ */

static void
test_table(void)
{
    static const struct {
        const char *operation, *suboperation;
        VpOperation value;
    } cases[] = {
        {"prepare", "begin", VP_OPERATION_PREPARE},
        {"started", "begin", VP_OPERATION_STARTED},
        {"release", "end", VP_OPERATION_RELEASE},
        {"migrate", "begin", VP_OPERATION_FILTER},
        {"restore", "begin", VP_OPERATION_FILTER},
        {"start", "begin", VP_OPERATION_NONE},
        {"stopped", "end", VP_OPERATION_NONE},
        {"reconnect", "begin", VP_OPERATION_NONE},
        {"attach", "begin", VP_OPERATION_NONE},
        {"prepare", "end", VP_OPERATION_NONE},
        {"", "", VP_OPERATION_NONE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(vp_hook_operation_find(cases[i].operation, cases[i].suboperation), ==,
                        cases[i].value);
}

static void
test_life(Fixture *fixture, gconstpointer data)
{
    succeed(fixture, VP_OPERATION_PREPARE, DOMAIN("web1", OURS, ""));
    assert_images(fixture, UUID ".img");
    succeed(fixture, VP_OPERATION_STARTED, DOMAIN("web1", OURS, ""));
    succeed(fixture, VP_OPERATION_RELEASE, DOMAIN("web1", "", ""));
    assert_images(fixture, "");
}

static void
test_ovirt(Fixture *fixture, gconstpointer data)
{
    succeed(fixture, VP_OPERATION_PREPARE, DOMAIN("web1", OVIRT, ""));
    assert_images(fixture, UUID "-hdb.img " UUID ".img");
    succeed(fixture, VP_OPERATION_RELEASE, DOMAIN("web1", OVIRT, ""));
    assert_images(fixture, "");
}

static void
test_not_ours(Fixture *fixture, gconstpointer data)
{
    static const char *const metadata[] = {
        DOMAIN("web1", "", ""),
        DOMAIN("web1", "<metadata><a xmlns='urn:virt-payload:1x'/></metadata>", ""),
        "<p:cloud-init xmlns:p='urn:virt-payload:1'/>",
        DOMAIN("web1", "<description>urn:virt-payload:1</description>", ""),
    };

    for (guint i = 0; i < G_N_ELEMENTS(metadata); i++) {
        for (int operation = VP_OPERATION_NONE; operation <= VP_OPERATION_FILTER; operation++)
            succeed(fixture, operation, metadata[i]);
    }
    g_assert_cmpint(access(fixture->conf.directory, F_OK), ==, -1);
}

static void
test_identity(Fixture *fixture, gconstpointer data)
{
    fail(fixture, VP_OPERATION_PREPARE, DOMAIN("web2", OURS, ""), VP_ERROR_IDENTITY);
    fail(fixture, VP_OPERATION_STARTED, DOMAIN("web2", OURS, ""), VP_ERROR_IDENTITY);
    fail(fixture, VP_OPERATION_RELEASE, DOMAIN("web2", OURS, ""), VP_ERROR_IDENTITY);
    fail(fixture, VP_OPERATION_FILTER, DOMAIN("web2", OURS, ""), VP_ERROR_IDENTITY);
    succeed(fixture, VP_OPERATION_NONE, DOMAIN("web2", OURS, ""));
}

static void
test_refuse(Fixture *fixture, gconstpointer data)
{
    fixture->conf.attach = VP_ATTACH_REFUSE;
    fail(fixture, VP_OPERATION_PREPARE, DOMAIN("web1", OURS, ""), VP_ERROR_DRIVE);
    g_assert_cmpint(access(fixture->conf.directory, F_OK), ==, -1);
}

static void
test_elsewhere(Fixture *fixture, gconstpointer data)
{
    const char *xml = DOMAIN("web1", OURS, DRIVE("/elsewhere/" UUID ".img"));
    g_autofree char *here = g_strdup_printf("%s/%s.img", fixture->conf.directory, UUID);
    g_autofree char *again = NULL;
    g_autofree char *output = NULL;
    g_autoptr(GError) error = NULL;

    fail(fixture, VP_OPERATION_PREPARE, xml, VP_ERROR_DRIVE);
    g_assert_true(run(fixture, VP_OPERATION_FILTER, xml, &output, &error));
    g_assert_no_error(error);
    g_assert_nonnull(strstr(output, here));
    g_assert_null(strstr(output, "/elsewhere/"));
    succeed(fixture, VP_OPERATION_FILTER, output);
    succeed(fixture, VP_OPERATION_PREPARE, output);
    assert_images(fixture, UUID ".img");
    succeed(fixture, VP_OPERATION_RELEASE, output);
}

/* DIRECTORY/UUID.img as the drive's source, the configuration naming another: what is found. */
static char *
find_former(const char *directory)
{
    g_auto(GStrv) halves = g_strsplit(DOMAIN("web1", OURS, DRIVE("@/" UUID ".img")), "@", 2);
    g_autofree char *xml = g_strjoinv(directory, halves);

    return vp_payload_former_find(xml, strlen(xml), "/elsewhere");
}

static void
assert_former(const char *directory, gboolean is_found)
{
    g_autofree char *found = find_former(directory);

    g_assert_cmpstr(found, ==, is_found ? directory : NULL);
}

static void
test_former(Fixture *fixture, gconstpointer data)
{
    const char *directory = fixture->conf.directory;
    g_autofree char *link = g_build_filename(fixture->top, "link", NULL);
    g_autofree char *image = g_strdup_printf("%s/%s.img", directory, UUID);
    const char *xml = DOMAIN("web1", OURS, "");

    assert_former(directory, FALSE);
    succeed(fixture, VP_OPERATION_PREPARE, xml);
    assert_former(directory, TRUE);
    assert_former("/elsewhere", FALSE);
    assert_former("", FALSE);
    assert_former("payload", FALSE);
    g_assert_cmpint(symlink(directory, link), ==, 0);
    assert_former(link, FALSE);
    g_assert_cmpint(chmod(directory, 0777), ==, 0);
    assert_former(directory, FALSE);
    g_assert_cmpint(chmod(directory, 0711) | unlink(link), ==, 0);
    g_assert_null(vp_payload_former_find(xml, strlen(xml), "/elsewhere"));

    fixture->conf.former_directory = fixture->conf.directory;
    fixture->conf.directory = link; /* not there */
    succeed(fixture, VP_OPERATION_RELEASE, xml);
    fixture->conf.directory = g_steal_pointer(&fixture->conf.former_directory);
    assert_images(fixture, "");
    g_assert_true(g_file_set_contents(image, "not ours", -1, NULL));
    assert_former(directory, FALSE);
    g_assert_cmpint(unlink(image), ==, 0);
}

/* All of a guest's images can be built, or none is written. */
static void
test_all_or_none(Fixture *fixture, gconstpointer data)
{
    g_auto(GStrv) halves = g_strsplit(DOMAIN("web1", OVIRT, ""), "Yg==", 2);
    g_autofree char *broken = g_strjoinv("!", halves);

    fail(fixture, VP_OPERATION_PREPARE, broken, VP_ERROR_BASE64);
    g_assert_cmpint(access(fixture->conf.directory, F_OK), ==, -1);
}

/* --- the front ------------------------------------------------------------------------------- */

static void
test_front(void)
{
    static const struct {
        const char *xml;
        gboolean prepare, started, release;
    } cases[] = {
        {DOMAIN("a", OURS, ""), TRUE, TRUE, TRUE},
        {DOMAIN("a", OURS, DRIVE("/x/" UUID ".img")), TRUE, FALSE, TRUE},
        {DOMAIN("a", OURS, DRIVE("/x/" UUID "-b.img")), TRUE, TRUE, TRUE},
        {DOMAIN("a", OURS, DRIVE("/x/0" UUID ".img")), TRUE, TRUE, TRUE},
        {DOMAIN("a", OVIRT, DRIVE("/x/" UUID ".img")), TRUE, TRUE, TRUE},
        {DOMAIN("a", "", DRIVE("/x/" UUID ".img")), FALSE, FALSE, TRUE},
        {DOMAIN("a", "", ""), FALSE, FALSE, FALSE},
        {"<domain><uuid>6695eb01", FALSE, FALSE, FALSE},
        {"urn:virt-payload:1<uuid>", TRUE, TRUE, TRUE},
        {"", FALSE, FALSE, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        gsize size = strlen(cases[i].xml);
        g_autofree char *xml =
            size > 0 ? g_memdup(cases[i].xml, size) /* so that a read past the end is seen */
                     : g_strdup("");

        g_assert_cmpint(vp_hook_front_needs_core(VP_OPERATION_PREPARE, xml, size), ==,
                        cases[i].prepare);
        g_assert_cmpint(vp_hook_front_needs_core(VP_OPERATION_FILTER, xml, size), ==,
                        cases[i].prepare);
        g_assert_cmpint(vp_hook_front_needs_core(VP_OPERATION_STARTED, xml, size), ==,
                        cases[i].started);
        g_assert_cmpint(vp_hook_front_needs_core(VP_OPERATION_RELEASE, xml, size), ==,
                        cases[i].release);
    }
}

static void
test_front_read(void)
{
    int ends[2];
    char buffer[8];

    g_assert_cmpint(pipe(ends), ==, 0);
    g_assert_cmpint(write(ends[1], "0123456789", 10), ==, 10);
    g_assert_cmpint(vp_hook_front_read(ends[0], buffer, sizeof(buffer)), ==, 8);
    g_assert_cmpint(memcmp(buffer, "01234567", 8), ==, 0);
    close(ends[1]);
    g_assert_cmpint(vp_hook_front_read(ends[0], buffer, sizeof(buffer)), ==, 2);
    g_assert_cmpint(vp_hook_front_read(ends[0], buffer, sizeof(buffer)), ==, 0);
    close(ends[0]);
    g_assert_cmpint(vp_hook_front_read(ends[0], buffer, sizeof(buffer)), ==, -1);
}

static void
test_front_fail(void)
{
    g_autofree char *name = g_strnfill(5000, 'n');
    const VpHookCall call = {name, VP_OPERATION_PREPARE, NULL, 0};
    const VpHookCall release = {"a\033\n\303", VP_OPERATION_RELEASE, NULL, 0};

    if (g_test_subprocess()) {
        g_assert_cmpint(vp_hook_front_fail(&release, "what", NULL, "name"), ==, 0);
        exit(vp_hook_front_fail(&call, "what", "why", "name"));
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stdout_unmatched("*virt-payload:*");
    g_test_trap_assert_stderr(
        "virt-payload: a???: what [name]\nvirt-payload: nnn*n: what: why [name]\n");
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"/hook/life", test_life},         {"/hook/ovirt", test_ovirt},
        {"/hook/not-ours", test_not_ours}, {"/hook/identity", test_identity},
        {"/hook/refuse", test_refuse},     {"/hook/elsewhere", test_elsewhere},
        {"/hook/former", test_former},     {"/hook/all-or-none", test_all_or_none},
    };

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hook/table", test_table);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    g_test_add_func("/front/needs-core", test_front);
    g_test_add_func("/front/read", test_front_read);
    g_test_add_func("/front/fail", test_front_fail);
    return g_test_run();
}
