/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payload drives in domain XML: golden definitions, what is undone, what is never touched. */
#include <config.h>

#include <string.h>

#include <libxml/c14n.h>
#include <libxml/relaxng.h>

#include "base/error.h"
#include "parse-domain.h"
#include "payload/recognise.h"
#include "payload/rewrite.h"
#include "spec/object.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define DIRECTORY "/var/run/payload"
#define IMAGE DIRECTORY "/" UUID ".img"
#define DOMAIN_RNG "/usr/share/libvirt/schemas/domain.rng"

/* What is asked for: the fields of a VpSpec that a drive depends on. */
typedef struct {
    const char *name;  /* of the case; the golden file's too */
    const char *input; /* NULL: as the name */
    VpBus bus;
    const char *target;
    VpFormat format;
    gboolean windows;
    VpKind kind;
} Case;

static const Case ensured[] = {
    {"virtio"},
    {"sata"},
    {"sata-gap"},
    {"ide"},
    {"ide-full"},
    {"scsi"},
    {"scsi-second-controller"},
    {"usb"},
    {"usb-full"},
    {"none-q35"},
    {"none-pc"},
    {"none-virt"},
    {"cdrom-only"},
    {"own-uuid-disk"},
    {"foreign"},
    {"dense"},
    {"no-devices"},
    {"windows-q35", .windows = TRUE},
    {"windows-pc", .windows = TRUE},
    {"sysprep", "virtio", .kind = VP_KIND_SYSPREP},
    {"floppy", .bus = VP_BUS_FDC, .format = VP_FORMAT_VFAT, .kind = VP_KIND_SYSPREP},
    {"scsi-new-controller", "virtio", .bus = VP_BUS_SCSI},
    {"fixed-target", "virtio", .target = "vdc"},
    {"fixed-target-by-disks", "scsi", .target = "sdf"},
    {"fixed-target-of-other-bus", "virtio", .target = "sdb"},
    {"isapc-floppy", "isapc", .bus = VP_BUS_FDC, .format = VP_FORMAT_VFAT},
    {"vfat-virtio", "virtio", .format = VP_FORMAT_VFAT},
    {"vfat-sata", "sata", .format = VP_FORMAT_VFAT},
};

/* These have a drive already. */
static const Case repointed[] = {
    {"drive-elsewhere"},
    {"clone"},
};
static const Case taken_over[] = {
    {"ovirt", .target = "hdd", .kind = VP_KIND_FILES},
    {"ovirt-vdsm-path", .kind = VP_KIND_FILES, .format = VP_FORMAT_VFAT},
};

static const Case moved[] = {
    {"drive-moved", "drive-elsewhere", .bus = VP_BUS_SATA},
    {"drive-moved-target", "drive-elsewhere", .target = "vdd"},
};
/* As an earlier version put it: the next free letter. */
static const Case early[] = {
    {"drive-early"},
};

/* --- helpers --------------------------------------------------------------------------------- */

static char *
load(const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", "rewrite", file, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static char *
canonical(const char *xml)
{
    g_autoptr(VpDomain) domain = parse_domain(xml);
    xmlChar *text = NULL;
    char *copy;

    g_assert_cmpint(xmlC14NDocDumpMemory(domain->doc, NULL, XML_C14N_1_0, NULL, 1, &text), >, 0);
    copy = g_strdup((const char *)text);
    xmlFree(text);
    return copy;
}

static void
assert_canonically_equal(const char *a, const char *b)
{
    g_autofree char *first = canonical(a);
    g_autofree char *second = canonical(b);

    g_assert_cmpstr(first, ==, second);
}

static GPtrArray *
specs_of(const Case *given)
{
    GPtrArray *specs = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_free);
    VpSpec *spec = vp_spec_new("web1", UUID, UUID);

    spec->bus = given->bus;
    spec->target = g_strdup(given->target);
    spec->format = given->format;
    spec->windows = given->windows;
    spec->kind = given->kind;
    g_ptr_array_add(specs, spec);
    return specs;
}

/* The rewritten text; NULL with an error. */
static char *
rewrite(const char *xml, const Case *given, const char *directory, VpRewriteMode mode,
        gboolean *changed, GError **error)
{
    g_autoptr(VpDomain) domain = parse_domain(xml);
    g_autoptr(GPtrArray) specs = specs_of(given);

    if (!vp_payload_rewrite_domain(domain, specs, directory, mode, changed, error))
        return NULL;
    if (mode == VP_REWRITE_ENSURE)
        g_assert_nonnull(vp_payload_recognise_image(domain, UUID ".img"));
    return vp_payload_rewrite_to_string(domain);
}

static char *
rewrite_ok(const char *xml, const Case *given, VpRewriteMode mode, gboolean expect_change)
{
    g_autoptr(GError) error = NULL;
    gboolean changed = !expect_change;
    char *text = rewrite(xml, given, DIRECTORY, mode, &changed, &error);

    g_assert_no_error(error);
    g_assert_cmpint(changed, ==, expect_change);
    return text;
}

static void
ignore_error(void *data, const char *format, ...)
{
}

static void
assert_valid(xmlRelaxNG *schema, const char *xml)
{
    g_autoptr(VpDomain) domain = parse_domain(xml);
    xmlRelaxNGValidCtxt *context = xmlRelaxNGNewValidCtxt(schema);

    xmlRelaxNGSetValidErrors(context, ignore_error, ignore_error, NULL);
    g_assert_cmpint(xmlRelaxNGValidateDoc(context, domain->doc), ==, 0);
    xmlRelaxNGFreeValidCtxt(context);
}

static const char *
input_of(const Case *given)
{
    return given->input != NULL ? given->input : given->name;
}

/* --- golden definitions ---------------------------------------------------------------------- */

static void
test_golden(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *input = load(input_of(given), ".in.xml");
    g_autofree char *expected = load(given->name, ".out.xml");
    g_autofree char *output = rewrite_ok(input, given, VP_REWRITE_ENSURE, TRUE);
    g_autofree char *twice = rewrite_ok(output, given, VP_REWRITE_ENSURE, FALSE);

    g_assert_cmpstr(output, ==, expected);
    g_assert_cmpstr(twice, ==, expected);
}

static void
test_undone(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *input = load(input_of(given), ".in.xml");
    g_autofree char *output = rewrite_ok(input, given, VP_REWRITE_ENSURE, TRUE);
    g_autofree char *removed = rewrite_ok(output, given, VP_REWRITE_REMOVE, TRUE);
    g_autofree char *again = rewrite_ok(removed, given, VP_REWRITE_REMOVE, FALSE);

    if (!g_str_equal(given->name,
                     "no-devices")) /* an empty <devices/> stays, which says the same */
        assert_canonically_equal(removed, input);
    g_assert_cmpstr(again, ==, removed);
}

/* A filter changes only the path, and only if that differs. */
static void
test_only_source(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *input = load(input_of(given), ".in.xml");
    g_autofree char *output = rewrite_ok(input, given, VP_REWRITE_ENSURE, TRUE);
    g_autoptr(GError) error = NULL;
    gboolean changed = FALSE;
    g_autofree char *elsewhere =
        rewrite(output, given, "/srv/payload", VP_REWRITE_REPOINT, &changed, &error);
    g_auto(GStrv) parts = NULL;
    g_autofree char *back = NULL;

    g_assert_no_error(error);
    g_assert_true(changed);
    parts = g_strsplit(elsewhere, "\"/srv/payload/" UUID ".img\"", -1);
    back = g_strjoinv("\"" IMAGE "\"", parts);
    g_assert_cmpstr(back, ==, output);
}

/* A filter never adds a drive. */
static void
test_repoint_without_drive(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *input = load(input_of(given), ".in.xml");
    g_autofree char *output = rewrite_ok(input, given, VP_REWRITE_REPOINT, FALSE);

    assert_canonically_equal(output, input);
}

static void
test_repoint_drive(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *input = load(input_of(given), ".in.xml");
    g_autofree char *expected = load(given->name, ".out.xml");
    g_autofree char *output = rewrite_ok(input, given, VP_REWRITE_REPOINT, TRUE);

    g_assert_cmpstr(output, ==, expected);
}

/* A filter may not move a drive that the guest runs with. */
static void
test_repoint_stays(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *input = load(input_of(given), ".in.xml");
    g_autofree char *expected = load(input_of(given), ".out.xml");
    g_autofree char *output = rewrite_ok(input, given, VP_REWRITE_REPOINT, TRUE);

    g_assert_cmpstr(output, ==, expected);
}

static void
validate_cases(xmlRelaxNG *schema, const Case *cases, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *input = load(input_of(&cases[i]), ".in.xml");
        g_autofree char *output = load(cases[i].name, ".out.xml");

        g_test_message("%s", cases[i].name);
        if (strstr(input, "PAYLOAD:") == NULL) /* no absolute path: libvirt never sees it */
            assert_valid(schema, input);
        assert_valid(schema, output);
    }
}

static void
test_schema(void)
{
    xmlRelaxNGParserCtxt *parser;
    xmlRelaxNG *schema;

    if (!g_file_test(DOMAIN_RNG, G_FILE_TEST_EXISTS)) {
        if (g_getenv("VP_TESTS_MUST_RUN") != NULL)
            g_error("%s is missing", DOMAIN_RNG);
        g_test_skip("libvirt's schemas are not installed");
        return;
    }
    parser = xmlRelaxNGNewParserCtxt(DOMAIN_RNG);
    schema = xmlRelaxNGParse(parser);
    g_assert_nonnull(schema);
    validate_cases(schema, ensured, G_N_ELEMENTS(ensured));
    validate_cases(schema, repointed, G_N_ELEMENTS(repointed));
    validate_cases(schema, taken_over, G_N_ELEMENTS(taken_over));
    validate_cases(schema, moved, G_N_ELEMENTS(moved));
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
}

/* --- refusals -------------------------------------------------------------------------------- */

static const Case refused[] = {
    {"taken", "virtio", .target = "vda"},
    {"taken-by-empty-cdrom", "virtio", .bus = VP_BUS_SATA, .target = "sda"},
    {"other-bus", "virtio", .bus = VP_BUS_SATA, .target = "vdb"},
    {"no-name", "virtio", .bus = VP_BUS_VIRTIO, .target = "vd1"},
    {"too-long", "virtio", .bus = VP_BUS_VIRTIO, .target = "vdaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    {"beyond-ide", "ide", .bus = VP_BUS_IDE, .target = "hde"},
    {"ide-full", "ide-full", .bus = VP_BUS_IDE},
    {"vfat-sata", "sata", .bus = VP_BUS_SATA, .format = VP_FORMAT_VFAT},
    {"vfat-ide", "ide", .bus = VP_BUS_IDE, .format = VP_FORMAT_VFAT},
    {"usb-full", .bus = VP_BUS_USB},
    {"isapc"},
    {"isapc-vfat", "isapc", .format = VP_FORMAT_VFAT},
};

static void
test_refused(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *input = load(input_of(given), ".in.xml");
    g_autoptr(GError) error = NULL;
    gboolean changed = TRUE;
    g_autofree char *output = rewrite(input, given, DIRECTORY, VP_REWRITE_ENSURE, &changed, &error);

    g_assert_error(error, VP_ERROR, VP_ERROR_TARGET);
    g_assert_null(output);
    g_assert_true(changed); /* untouched */
    if (given->target != NULL)
        g_assert_null(strstr(error->message, given->target));
}

/* --- several payloads, and recognition ------------------------------------------------------- */

static void
test_two_drives(void)
{
    g_autofree char *input = load("virtio", ".in.xml");
    g_autofree char *output = NULL;
    g_autoptr(VpDomain) domain = parse_domain(input);
    g_autoptr(GPtrArray) specs = specs_of(&ensured[0]);
    VpSpec *second = vp_spec_new("web1", UUID, UUID);
    g_autoptr(GError) error = NULL;
    gboolean changed = FALSE;

    second->name = g_strdup("hdd");
    g_ptr_array_add(specs, second);
    g_assert_true(
        vp_payload_rewrite_domain(domain, specs, DIRECTORY, VP_REWRITE_ENSURE, &changed, &error));
    g_assert_cmpstr(vp_payload_recognise_image(domain, UUID ".img")->target, ==, "vdz");
    g_assert_cmpstr(vp_payload_recognise_image(domain, UUID "-hdd.img")->target, ==, "vdy");
    g_assert_true(
        vp_payload_rewrite_domain(domain, specs, DIRECTORY, VP_REWRITE_REMOVE, &changed, &error));
    output = vp_payload_rewrite_to_string(domain);
    assert_canonically_equal(output, input);
}

static void
test_vdsm(void)
{
    static const struct {
        const char *input;
        VpKind kind;
        gboolean is_vdsm;
    } cases[] = {
        {"ovirt", VP_KIND_FILES, TRUE},
        {"ovirt-vdsm-path", VP_KIND_FILES, TRUE},
        {"ovirt", VP_KIND_CLOUD_INIT, FALSE}, /* of our namespace, and so ours */
        {"virtio", VP_KIND_FILES, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *input = load(cases[i].input, ".in.xml");
        g_autoptr(VpDomain) domain = parse_domain(input);
        g_autoptr(GPtrArray) specs = specs_of(&(const Case){cases[i].input, .kind = cases[i].kind});

        g_assert_cmpint(vp_payload_recognise_vdsm(domain, specs->pdata[0]) != NULL, ==,
                        cases[i].is_vdsm);
    }
}

static void
test_run_and_var_run(void)
{
    static const Case given = {"virtio"};
    g_autofree char *input = load("virtio", ".in.xml");
    g_autofree char *output = rewrite_ok(input, &given, VP_REWRITE_ENSURE, TRUE);
    g_autoptr(GError) error = NULL;
    gboolean changed = TRUE;
    g_autofree char *same =
        rewrite(output, &given, "/run/payload", VP_REWRITE_REPOINT, &changed, &error);

    g_assert_no_error(error);
    g_assert_false(changed);
    g_assert_cmpstr(same, ==, output);
}

/* --- single steps ---------------------------------------------------------------------------- */

static void
assert_changes(const char *name, const Case *given, VpRewriteMode mode, const char *expected)
{
    g_autofree char *input = load(name, ".in.xml");
    g_autoptr(VpDomain) domain = parse_domain(input);
    g_autoptr(GPtrArray) specs = specs_of(given);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) changes =
        vp_payload_rewrite_changes(domain, specs, DIRECTORY, mode, &error);
    g_autoptr(GString) found = g_string_new("");

    g_assert_no_error(error);
    for (guint i = 0; i < changes->len; i++) {
        static const char *const kinds[] = {"attach", "update", "detach"};
        const VpRewriteChange *change = changes->pdata[i];

        g_string_append_printf(found, "%s %.*s;", kinds[change->kind],
                               (int)strcspn(change->xml, " "), change->xml);
    }
    g_assert_cmpstr(found->str, ==, expected);
}

static void
test_changes(void)
{
    const Case automatic = {"auto"};
    const Case scsi = {"scsi", .bus = VP_BUS_SCSI};

    assert_changes("virtio", &automatic, VP_REWRITE_ENSURE, "attach <disk;");
    assert_changes("virtio", &scsi, VP_REWRITE_ENSURE, "attach <controller;attach <disk;");
    assert_changes("virtio", &automatic, VP_REWRITE_REMOVE, "");
    assert_changes("drive-elsewhere", &automatic, VP_REWRITE_ENSURE, "update <disk;");
    assert_changes("drive-early", &automatic, VP_REWRITE_ENSURE, "detach <disk;attach <disk;");
    assert_changes("drive-elsewhere", &automatic, VP_REWRITE_REMOVE, "detach <disk;");
    assert_changes("drive-on-sata", &automatic, VP_REWRITE_ENSURE, "");
    assert_changes("drive-on-sata", &automatic, VP_REWRITE_FOLLOW, "");
    assert_changes("drive-on-sata", &automatic, VP_REWRITE_REBUS, "detach <disk;attach <disk;");
    assert_changes("virtio", &automatic, VP_REWRITE_REBUS, "");
    assert_changes("drive-elsewhere", &scsi, VP_REWRITE_ENSURE,
                   "detach <disk;attach <controller;attach <disk;");
}

/* --- elements of their own ------------------------------------------------------------------- */

static void
test_disk_xml(void)
{
    g_autofree char *input = load("scsi", ".in.xml");
    g_autoptr(VpDomain) domain = parse_domain(input);
    g_autoptr(GPtrArray) specs = specs_of(&ensured[0]);
    g_autoptr(GError) error = NULL;
    g_autoptr(VpDrive) drive = vp_payload_drive_plan(domain, specs->pdata[0], &error);
    g_autofree char *disk = vp_payload_rewrite_disk_xml(domain, drive, IMAGE);

    g_assert_cmpstr(
        disk, ==,
        "<disk type=\"file\" device=\"cdrom\">\n"
        "  <driver name=\"qemu\" type=\"raw\"/>\n"
        "  <source file=\"" IMAGE "\"/>\n"
        "  <target dev=\"sdz\" bus=\"scsi\"/>\n"
        "  <readonly/>\n"
        "  <address type=\"drive\" controller=\"0\" bus=\"0\" target=\"0\" unit=\"15\"/>\n"
        "</disk>");
}

static void
add_cases(const char *group, const Case *cases, gsize n, GTestDataFunc test)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/rewrite/%s/%s", group, cases[i].name);

        g_test_add_data_func(path, &cases[i], test);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_cases("ensure", ensured, G_N_ELEMENTS(ensured), test_golden);
    add_cases("undone", ensured, G_N_ELEMENTS(ensured), test_undone);
    add_cases("only-source", ensured, G_N_ELEMENTS(ensured), test_only_source);
    add_cases("no-drive", ensured, G_N_ELEMENTS(ensured), test_repoint_without_drive);
    add_cases("ensure", repointed, G_N_ELEMENTS(repointed), test_golden);
    add_cases("repoint", repointed, G_N_ELEMENTS(repointed), test_repoint_drive);
    add_cases("ensure", taken_over, G_N_ELEMENTS(taken_over), test_golden);
    add_cases("no-drive", taken_over, G_N_ELEMENTS(taken_over), test_repoint_without_drive);
    add_cases("ensure", moved, G_N_ELEMENTS(moved), test_golden);
    add_cases("ensure", early, G_N_ELEMENTS(early), test_golden);
    add_cases("repoint", moved, G_N_ELEMENTS(moved), test_repoint_stays);
    add_cases("refuse", refused, G_N_ELEMENTS(refused), test_refused);
    g_test_add_func("/rewrite/schema", test_schema);
    g_test_add_func("/rewrite/two-drives", test_two_drives);
    g_test_add_func("/rewrite/vdsm", test_vdsm);
    g_test_add_func("/rewrite/run-and-var-run", test_run_and_var_run);
    g_test_add_func("/rewrite/changes", test_changes);
    g_test_add_func("/rewrite/disk-xml", test_disk_xml);
    return g_test_run();
}
