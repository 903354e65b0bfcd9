/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hook's operations and the front's decisions, in this process; test-hook.sh runs the whole. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "domain/front-search.h"
#include "hook/front.h"
#include "hook/hook.h"
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
    G_GNUC_UNUSED g_autofree char *again = NULL;
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

/* DIRECTORY/UUID.img as a disk of the definition. */
static char *
with_disk(const char *disk, const char *directory)
{
    g_auto(GStrv) halves = g_strsplit(disk, "@", 2);

    return g_strjoinv(directory, halves);
}

/* Whatever the definition shows, a release takes the configured directory's images and no other. */
static void
test_release(Fixture *fixture, gconstpointer data)
{
    g_autofree char *elsewhere = g_build_filename(fixture->top, "elsewhere", NULL);
    g_autofree char *foreign = g_strdup_printf("%s/%s.img", elsewhere, UUID);
    g_autofree char *drive = with_disk(DOMAIN("web1", "", DRIVE("@/" UUID ".img")), elsewhere);
    const char *const definitions[] = {
        drive,
        DOMAIN("web1", "", ""),
        DOMAIN("web2", OURS, ""),
        DOMAIN("web1", "<metadata><a xmlns='<'/></metadata>", ""),
        DOMAIN("web1", "<description>\1</description>", ""),
        "<domain type='kvm'><name>web1</name><uuid>" UUID "</uuid>",
    };

    g_assert_cmpint(mkdir(elsewhere, 0711), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(definitions); i++) {
        succeed(fixture, VP_OPERATION_PREPARE, DOMAIN("web1", OURS, ""));
        g_assert_true(g_file_set_contents(foreign, "", -1, NULL));
        succeed(fixture, VP_OPERATION_RELEASE, definitions[i]);
        assert_images(fixture, "");
        g_assert_cmpint(unlink(foreign), ==, 0);
    }
    g_assert_cmpint(rmdir(elsewhere), ==, 0);
    succeed(fixture, VP_OPERATION_RELEASE, "<domain><name>web1</name></domain>");
}

/* A disk of the guest's own that is named like its image is neither replaced nor removed. */
static void
test_own_disk(Fixture *fixture, gconstpointer data)
{
    const char *disk = "<disk type='file' device='disk'><source file='@/" UUID "-root.img'/>"
                       "<target dev='vda' bus='virtio'/></disk>";
    g_autofree char *disk_here = with_disk(disk, fixture->conf.directory);
    g_autofree char *xml = with_disk(DOMAIN("web1", OURS, "@"), disk_here);
    g_autofree char *image = g_strdup_printf("%s/%s-root.img", fixture->conf.directory, UUID);

    succeed(fixture, VP_OPERATION_PREPARE, DOMAIN("web1", OURS, ""));
    g_assert_true(g_file_set_contents(image, "", -1, NULL));
    fail(fixture, VP_OPERATION_PREPARE, xml, VP_ERROR_DRIVE);
    succeed(fixture, VP_OPERATION_RELEASE, xml);
    assert_images(fixture, UUID "-root.img " UUID ".img");
    succeed(fixture, VP_OPERATION_RELEASE, DOMAIN("web1", OURS, ""));
    assert_images(fixture, "");
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
        gboolean prepare, started, release, filter;
    } cases[] = {
        {DOMAIN("a", OURS, ""), TRUE, TRUE, TRUE, TRUE},
        {DOMAIN("a", OURS, DRIVE("/x/" UUID ".img")), TRUE, TRUE, TRUE, TRUE},
        {DOMAIN("a", OURS, DRIVE("/x/" UUID "-b.img")), TRUE, TRUE, TRUE, TRUE},
        {DOMAIN("a", OURS, DRIVE("/x/0" UUID ".img")), TRUE, TRUE, TRUE, TRUE},
        {DOMAIN("a", OVIRT, DRIVE("/x/" UUID ".img")), TRUE, TRUE, TRUE, TRUE},
        {DOMAIN("a", "", DRIVE("/x/" UUID ".img")), TRUE, FALSE, TRUE, FALSE},
        {DOMAIN("a", "", DRIVE("/x/" UUID "-b.img")), TRUE, FALSE, TRUE, FALSE},
        {DOMAIN("a", "", DRIVE("/x/99999999-2222-4333-8444-555555abcdef.img")), TRUE},
        {DOMAIN("a", "", DRIVE("/x.img/99999999-2222-4333-8444-555555555555-b.img")), TRUE},
        {DOMAIN("a", "", DRIVE("/x/99999999-2222-4333-8444-55555555555.img")), FALSE},
        {DOMAIN("a", "", DRIVE("/x/99999999-2222-4333-8444-555555555555.iso")), FALSE},
        {DOMAIN("a", "", DRIVE("/x/disk.img")), FALSE},
        {DOMAIN("a", "", ""), FALSE, FALSE, FALSE, FALSE},
        {"<domain><uuid>6695eb01", FALSE, FALSE, TRUE, FALSE},
        {"<domain><uuid>6695EB01-f6a4-8304-79aa-97f2502e193f</uuid>", FALSE, FALSE, TRUE, FALSE},
        {"urn:virt-payload:1<uuid>", TRUE, TRUE, TRUE, TRUE},
        {"", FALSE, FALSE, TRUE, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        gsize size = strlen(cases[i].xml);
        g_autofree char *xml =
            size > 0 ? g_memdup2(cases[i].xml, size) /* so that a read past the end is seen */
                     : g_strdup("");

        g_assert_cmpint(vp_hook_front_needs_core(VP_OPERATION_PREPARE, xml, size), ==,
                        cases[i].prepare);
        g_assert_cmpint(vp_hook_front_needs_core(VP_OPERATION_FILTER, xml, size), ==,
                        cases[i].filter);
        g_assert_cmpint(vp_hook_front_needs_core(VP_OPERATION_STARTED, xml, size), ==,
                        cases[i].started);
        g_assert_cmpint(vp_hook_front_needs_core(VP_OPERATION_RELEASE, xml, size), ==,
                        geteuid() != 0 || cases[i].release);
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

/* Ours may be the last thing that a definition of more than 4 MiB says, whichever way it comes. */
static void
test_front_too_large(void)
{
    g_autofree char *room = g_malloc(VP_XML_MAX_BYTES + 1);
    static const struct {
        const char *end;
        gboolean is_ours;
    } cases[] = {{"urn:virt-payload:1", TRUE}, {"urn:virt-payload:2", FALSE}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (gsize fill = VP_XML_MAX_BYTES - 20; fill <= VP_XML_MAX_BYTES + 2; fill++) {
            FILE *file = tmpfile();
            g_autofree char *blanks = g_strnfill(fill, ' ');
            ssize_t size;

            fputs(blanks, file);
            fputs(cases[i].end, file);
            rewind(file);
            size = vp_hook_front_read(fileno(file), room, VP_XML_MAX_BYTES + 1);
            g_assert_cmpint(
                vp_hook_front_is_too_large(VP_OPERATION_PREPARE, fileno(file), room, (gsize)size),
                ==, size > VP_XML_MAX_BYTES && cases[i].is_ours);
            g_assert_false(
                vp_hook_front_is_too_large(VP_OPERATION_RELEASE, fileno(file), room, (gsize)size));
            fclose(file);
        }
    }
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
        {"/hook/life", test_life},
        {"/hook/ovirt", test_ovirt},
        {"/hook/not-ours", test_not_ours},
        {"/hook/identity", test_identity},
        {"/hook/refuse", test_refuse},
        {"/hook/elsewhere", test_elsewhere},
        {"/hook/release", test_release},
        {"/hook/own-disk", test_own_disk},
        {"/hook/all-or-none", test_all_or_none},
    };

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hook/table", test_table);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    g_test_add_func("/front/needs-core", test_front);
    g_test_add_func("/front/read", test_front_read);
    g_test_add_func("/front/too-large", test_front_too_large);
    g_test_add_func("/front/fail", test_front_fail);
    return g_test_run();
}
