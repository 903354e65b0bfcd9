/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* oVirt's payload metadata: the files as they are, and nothing that leads out of the drive. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "spec/read.h"

#define UUID "c7a5fdbd-cdaf-9455-926a-d65c16db1809"

/* vm: the content of ovirt-vm:vm, from line 2 on. */
static GPtrArray *
read_vm(const char *vm, const char *devices, GError **error)
{
    g_autofree char *xml =
        g_strdup_printf("<domain><name>a</name><uuid>" UUID "</uuid><metadata>"
                        "<o:vm xmlns:o='" VP_OVIRT_NAMESPACE "'>\n%s</o:vm></metadata>"
                        "<devices>%s</devices></domain>",
                        vm, devices);
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), error);

    g_assert_nonnull(domain);
    return vp_spec_read(domain, error);
}

static GPtrArray *
load(const char *name)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", name, NULL);
    g_autofree char *xml = NULL;
    g_autoptr(VpDomain) domain = NULL;
    g_autoptr(GError) error = NULL;
    GPtrArray *specs;
    gsize size = 0;

    g_file_get_contents(path, &xml, &size, &error);
    g_assert_no_error(error);
    domain = vp_domain_parse(xml, size, &error);
    g_assert_no_error(error);
    specs = vp_spec_read(domain, &error);
    g_assert_no_error(error);
    return specs;
}

static void
assert_file(const VpSpec *spec, guint n, const char *path, const char *content)
{
    const VpFile *file = spec->files->pdata[n];

    g_assert_cmpstr(file->path, ==, path);
    g_assert_cmpmem(g_bytes_get_data(file->data->bytes, NULL), g_bytes_get_size(file->data->bytes),
                    content, strlen(content));
    g_assert_cmpuint(file->place.line, >, 0);
}

/* As VDSM writes it back. */
static void
test_spec_params(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = read_vm(
        "<o:device name='hdd' devtype='disk'><o:deviceId>e5cd57aa</o:deviceId><o:specParams>"
        "<o:other/><o:vmPayload><o:volId>config-2</o:volId>"
        "<o:file path='openstack/latest/user_data'>I2Nsb3VkLWNvbmZpZwo=</o:file></o:vmPayload>"
        "</o:specParams></o:device>",
        "<disk device='cdrom'><source file='/srv/" UUID ".0123456789abcdef0123456789abcdef.img'/>"
        "<target dev='hdd' bus='ide'/></disk>",
        &error);
    const VpSpec *spec;

    g_assert_no_error(error);
    g_assert_cmpuint(specs->len, ==, 1);
    spec = specs->pdata[0];
    g_assert_cmpstr(spec->target, ==, "hdd");
    g_assert_cmpint(spec->bus, ==, VP_BUS_IDE);
    g_assert_cmpstr(vp_spec_label(spec), ==, "config-2");
    assert_file(spec, 0, "openstack/latest/user_data", "#cloud-config\n");

    g_clear_pointer(&specs, g_ptr_array_unref);
    specs = read_vm("<o:device name='hdd'><o:payload/><o:specParams><o:vmPayload/></o:specParams>"
                    "</o:device>",
                    "", &error);
    g_assert_null(specs);
    g_assert_error(error, VP_ERROR, VP_ERROR_DUPLICATE);
    g_clear_error(&error);
    specs =
        read_vm("<o:device name='hdd'><o:specParams><o:x/></o:specParams></o:device>", "", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(specs->len, ==, 0);
}

static void
test_engine(void)
{
    g_autoptr(GPtrArray) specs = load("spec-ovirt.xml");
    const VpSpec *drive = specs->pdata[0], *floppy = specs->pdata[1];
    g_autofree char *first = vp_spec_image_name(drive);
    g_autofree char *second = vp_spec_image_name(floppy);

    g_assert_cmpuint(specs->len, ==, 2);
    g_assert_cmpint(drive->kind, ==, VP_KIND_FILES);
    g_assert_cmpint(drive->format, ==, VP_FORMAT_ISO9660);
    g_assert_cmpint(drive->bus, ==, VP_BUS_SATA);
    g_assert_cmpstr(drive->target, ==, "sdd");
    g_assert_cmpstr(vp_spec_label(drive), ==, "config-2");
    g_assert_cmpstr(first, ==, UUID ".img");
    g_assert_cmpuint(drive->files->len, ==, 2);
    assert_file(drive, 0, "openstack/latest/meta_data.json", "{\"uuid\": \"" UUID "\"}\n");
    assert_file(drive, 1, "openstack/latest/user_data", "#cloud-config\npassword: abc123\n");
    g_assert_cmpint(floppy->bus, ==, VP_BUS_FDC);
    g_assert_cmpint(floppy->format, ==, VP_FORMAT_VFAT);
    g_assert_cmpstr(floppy->name, ==, "fda");
    g_assert_cmpstr(second, ==, UUID "-fda.img");
    g_assert_cmpstr(vp_spec_label(floppy), ==, "payload");
    assert_file(floppy, 0, "unattend.txt", "");
}

/* The engine's name for a CD-ROM that the domain lacks is not a bus that the machine must have. */
static void
test_without_drive(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs =
        read_vm("<o:device devtype='disk' name='hdd'><o:payload/></o:device>", "", &error);
    const VpSpec *spec;

    g_assert_no_error(error);
    spec = specs->pdata[0];
    g_assert_cmpint(spec->bus, ==, VP_BUS_AUTO);
    g_assert_null(spec->target);
    g_assert_cmpuint(spec->files->len, ==, 0);
}

/* Neither the engine's other metadata nor an empty CD-ROM of the administrator's is ours. */
static void
test_foreign(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) none =
        read_vm("<o:clusterVersion>4.5</o:clusterVersion>"
                "<o:device mac_address='52:54:00:00:00:01'><o:custom/></o:device>"
                "<device><payload/></device>",
                "", &error);
    g_autoptr(GPtrArray) empty =
        read_vm("<o:device name='hdc'><o:payload/></o:device>",
                "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>", &error);
    const VpSpec *spec;

    g_assert_no_error(error);
    g_assert_cmpuint(none->len, ==, 0);
    spec = empty->pdata[0];
    g_assert_null(spec->target);
}

#define DEVICE(payload)                                                                            \
    "<o:device devtype='disk' name='hdd'>\n<o:payload>\n" payload "</o:payload></o:device>"
#define PLACE(where) "vm/device/" where " (line 4): "

static void
test_mistakes(void)
{
    static const struct {
        const char *vm;
        int code;
        const char *message;
    } table[] = {
        {DEVICE("<o:file path='../secret'>Zg==</o:file>"), VP_ERROR_PATH, PLACE("payload/file")},
        {DEVICE("<o:file path='/secret'>Zg==</o:file>"), VP_ERROR_PATH, PLACE("payload/file")},
        {DEVICE("<o:file path='a/./secret'>Zg==</o:file>"), VP_ERROR_PATH, PLACE("payload/file")},
        {DEVICE("<o:file path=''>Zg==</o:file>"), VP_ERROR_PATH, PLACE("payload/file")},
        {DEVICE("<o:file>Zg==</o:file>"), VP_ERROR_MISSING,
         PLACE("payload/file") "needs the attribute 'path'"},
        {DEVICE("<o:file path='a'>Zg=</o:file>"), VP_ERROR_BASE64,
         PLACE("payload/file") "base64 is cut off, or its padding '=' is missing"},
        {DEVICE("<o:file path='a'>secret?</o:file>"), VP_ERROR_BASE64, PLACE("payload/file")},
        {DEVICE("<o:volId>a</o:volId><o:volId>b</o:volId>"), VP_ERROR_DUPLICATE,
         PLACE("payload/volId") "is given twice; give it once"},
        {DEVICE("</o:payload>\n<o:payload>"), VP_ERROR_DUPLICATE, "vm/device/payload (line 5): "},
        {DEVICE("<o:volId>123456789012345678901234567890123</o:volId>"), VP_ERROR_VALUE,
         "vm/device/payload (line 3): volId: is longer than 32 characters"},
        {"<o:device name='fda'><o:payload><o:volId>123456789012</o:volId></o:payload></o:device>",
         VP_ERROR_VALUE, "vm/device/payload (line 2): volId: is longer than 11 characters"},
        {"<o:device><o:payload/></o:device>", VP_ERROR_MISSING,
         "vm/device/@name (line 2): is required with a payload"},
        {"<o:device name='a'><o:payload/></o:device><o:device name='b/'><o:payload/></o:device>"
         "<o:device name='b.'><o:payload/></o:device>",
         VP_ERROR_DUPLICATE, "vm/device/@name (line 2): "},
        {"<o:device name='fda'><o:payload/></o:device>\n<o:device "
         "name='fda'><o:payload/></o:device>",
         VP_ERROR_DUPLICATE, "vm/device/@name (line 3): "},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) specs = read_vm(table[i].vm, "", &error);

        if (specs)
            g_error("accepted: %s", table[i].vm);
        g_assert_error(error, VP_ERROR, table[i].code);
        if (!g_str_has_prefix(error->message, table[i].message))
            g_error("'%s' is not '%s'", error->message, table[i].message);
        g_assert_null(strstr(error->message, "secret"));
    }
}

static void
test_too_many(void)
{
    g_autoptr(GString) vm = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = NULL;

    for (guint i = 0; i < 9; i++)
        g_string_append_printf(vm, "<o:device name='a%u'><o:payload/></o:device>", i);
    specs = read_vm(vm->str, "", &error);
    g_assert_null(specs);
    g_assert_error(error, VP_ERROR, VP_ERROR_QUOTA);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spec-ovirt/engine", test_engine);
    g_test_add_func("/ovirt/spec-params", test_spec_params);
    g_test_add_func("/spec-ovirt/without-drive", test_without_drive);
    g_test_add_func("/spec-ovirt/foreign", test_foreign);
    g_test_add_func("/spec-ovirt/mistakes", test_mistakes);
    g_test_add_func("/spec-ovirt/too-many", test_too_many);
    return g_test_run();
}
