/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a spec to the image in the payload directory: format, label and files; owner and mode. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "image/read.h"
#include "parse-domain.h"
#include "payload/payload.h"
#include "remove-tree.h"
#include "specs.h"

enum { FLOPPY_BYTES = 1440 << 10 };

typedef struct {
    char *top;
    VpConf conf;
    char *image; /* where the guest's image is stored */
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-payload-XXXXXX", NULL);
    fixture->conf.directory = g_build_filename(fixture->top, "images", NULL);
    fixture->conf.files_directory = g_build_filename(fixture->top, "files", NULL);
    fixture->conf.secrets_directory = g_strdup(fixture->conf.files_directory);
    fixture->image = g_build_filename(fixture->conf.directory, UUID ".img", NULL);
    g_assert_cmpint(mkdir(fixture->conf.files_directory, 0755), ==, 0);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->top);
    g_free(fixture->top);
    g_free(fixture->image);
    g_free(fixture->conf.directory);
    g_free(fixture->conf.files_directory);
    g_free(fixture->conf.secrets_directory);
}

/* One file, and nothing that is generated. */
static VpSpec *
spec_of_files(const char *path, const char *text)
{
    VpSpec *spec = spec_new();

    spec->kind = VP_KIND_FILES;
    spec_add_file(spec, path, text);
    return spec;
}

static VpPayload *
build(const Fixture *fixture, VpSpec *spec)
{
    g_autoptr(GError) error = NULL;
    VpPayload *payload = vp_payload_build(spec, &fixture->conf, &error);

    g_assert_no_error(error);
    return payload;
}

static GBytes *
flatten(const VpPayload *payload)
{
    g_autoptr(GError) error = NULL;
    GBytes *bytes = vp_image_flatten(payload->image, &error);

    g_assert_no_error(error);
    return bytes;
}

/* "iso9660 config-2: a=text b=text" */
static char *
describe(GBytes *image)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImageContent) content = vp_image_read(image, &error);
    GString *text = g_string_new("");

    g_assert_no_error(error);
    g_string_append_printf(text, "%s %s:", content->format, content->label);
    for (guint i = 0; i < content->files->len; i++) {
        const VpImageFile *file = content->files->pdata[i];
        gsize size;
        const char *bytes = g_bytes_get_data(file->bytes, &size);

        g_string_append_printf(text, " %s=%.*s", file->path, (int)size, bytes);
    }
    return g_string_free(text, FALSE);
}

/* --- build ------------------------------------------------------------------------------------ */

static void
test_images(Fixture *fixture, gconstpointer data)
{
    static const struct {
        VpFormat format;
        VpBus bus;
        const char *name, *label;
        const char *file, *image;
        gboolean is_floppy;
    } cases[] = {
        {VP_FORMAT_ISO9660, VP_BUS_AUTO, NULL, NULL, UUID ".img", "iso9660 payload: a=x"},
        {VP_FORMAT_ISO9660, VP_BUS_FDC, "hdd", "mine", UUID "-hdd.img", "iso9660 mine: a=x"},
        {VP_FORMAT_VFAT, VP_BUS_AUTO, NULL, "mine", UUID ".img", "vfat mine: a=x"},
        {VP_FORMAT_VFAT, VP_BUS_FDC, NULL, NULL, UUID ".img", "vfat payload: a=x", TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpSpec) spec = spec_of_files("a", "x");
        g_autoptr(VpPayload) payload = NULL;
        g_autoptr(GBytes) image = NULL;
        g_autofree char *text = NULL;

        g_test_message("%s on bus %d", cases[i].image, cases[i].bus);
        spec->format = cases[i].format;
        spec->bus = cases[i].bus;
        spec->name = g_strdup(cases[i].name);
        spec->label = g_strdup(cases[i].label);
        payload = build(fixture, spec);
        image = flatten(payload);
        text = describe(image);
        g_assert_cmpstr(text, ==, cases[i].image);
        g_assert_cmpstr(payload->name, ==, cases[i].file);
        g_assert_cmpint(payload->image->size == FLOPPY_BYTES, ==, cases[i].is_floppy);
    }
}

/* A file of this host is read while the image is written: its name may be gone by then. */
static void
test_reference(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpSpec) spec = spec_of_files("a", "");
    VpFile *file = spec->files->pdata[0];
    g_autofree char *path = g_build_filename(fixture->conf.files_directory, "text", NULL);
    g_autoptr(VpPayload) payload = NULL;
    g_autoptr(GBytes) image = NULL;
    g_autofree char *text = NULL;

    g_clear_pointer(&file->data->bytes, g_bytes_unref);
    file->data->src = g_strdup("text");
    g_assert_true(g_file_set_contents(path, "of the host", -1, NULL));
    g_assert_cmpint(chmod(path, 0644), ==, 0);
    payload = build(fixture, spec);
    g_clear_pointer(&spec, vp_spec_free);
    g_assert_cmpint(unlink(path), ==, 0);
    image = flatten(payload);
    text = describe(image);
    g_assert_cmpstr(text, ==, "iso9660 payload: a=of the host");
}

/* Each step may fail: the reference, the files, the image's format. */
static void
break_reference(VpSpec *spec)
{
    VpFile *file = spec->files->pdata[0];

    g_clear_pointer(&file->data->bytes, g_bytes_unref);
    file->data->src = g_strdup("gone");
}

static void
break_path(VpSpec *spec)
{
    spec_add_file(spec, "A", "the same name in another case");
}

static void
break_label(VpSpec *spec)
{
    spec->format = VP_FORMAT_VFAT;
    spec->label = g_strdup("twelve-chars");
}

static void
break_size(VpSpec *spec)
{
    g_autofree char *blanks = g_strnfill(FLOPPY_BYTES, ' ');

    spec->format = VP_FORMAT_VFAT;
    spec->bus = VP_BUS_FDC;
    spec_add_file(spec, "large", blanks);
}

static const struct {
    void (*spoil)(VpSpec *spec);
    int code;
    const char *says;
} failures[] = {
    {break_reference, VP_ERROR_REFERENCE, "file (line 7): src: no such file below "},
    {break_path, VP_ERROR_PATH_DUPLICATE,
     "file: path differs from another only in case or Unicode form"},
    {break_label, VP_ERROR_VALUE, "label of the image is not 1 to 11 characters of "},
    {break_size, VP_ERROR_QUOTA,
     "the files do not fit on a floppy disk of 1.44 MB; use another bus"},
};

static void
test_failures(Fixture *fixture, gconstpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
        g_autoptr(GPtrArray) specs = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_free);
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) again = NULL;

        g_ptr_array_add(specs, spec_of_files("b", "x"));
        g_ptr_array_add(specs, spec_of_files("a", "x"));
        failures[i].spoil(specs->pdata[1]);
        g_assert_null(vp_payload_build(specs->pdata[1], &fixture->conf, &error));
        g_assert_error(error, VP_ERROR, failures[i].code);
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, failures[i].says));
        g_assert_null(vp_payload_build_all(specs, &fixture->conf, &again));
        g_assert_cmpstr(again->message, ==, error->message);
    }
    g_assert_false(g_file_test(fixture->conf.directory, G_FILE_TEST_EXISTS));
}

/* --- store ------------------------------------------------------------------------------------ */

static void
store(const Fixture *fixture, const VpPayload *payload, const VpDomain *domain)
{
    g_autoptr(GError) error = NULL;
    gboolean is_stored = vp_payload_store_one(payload, domain, &fixture->conf, &error);

    g_assert_no_error(error);
    g_assert_true(is_stored);
}

static void
assert_file(const char *path, mode_t mode, guint uid, guint gid)
{
    struct stat status;

    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 07777, ==, mode);
    g_assert_cmpint(status.st_uid, ==, uid);
    g_assert_cmpint(status.st_gid, ==, gid);
}

/* The first makes the directory, the second replaces the image by the same bytes. */
static void
test_store(Fixture *fixture, gconstpointer data)
{
    for (guint i = 0; i < 2; i++) {
        g_autoptr(VpSpec) spec = spec_of_root();
        g_autoptr(VpPayload) payload = build(fixture, spec);
        g_autoptr(GBytes) image = flatten(payload);
        g_autoptr(GBytes) stored = NULL;
        char *bytes;
        gsize size;

        store(fixture, payload, NULL);
        g_assert_true(g_file_get_contents(fixture->image, &bytes, &size, NULL));
        stored = g_bytes_new_take(bytes, size);
        g_assert_true(g_bytes_equal(stored, image));
    }
    assert_file(fixture->image, 0600, geteuid(), getegid());
    assert_file(fixture->conf.directory, 0711, geteuid(), getegid());
}

/* The definition's label comes before the configuration's. */
static void
test_owner(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpDomain) domain = parse_domain(
        "<domain type='kvm'><name>web1</name><uuid>" UUID "</uuid><devices/>"
        "<seclabel type='static' model='dac' relabel='no'><label>+101:+102</label></seclabel>"
        "</domain>");
    g_autoptr(VpSpec) spec = spec_of_files("a", "x");
    g_autoptr(VpPayload) payload = build(fixture, spec);

    if (geteuid() != 0) {
        g_test_skip("only root can give an image away");
        return;
    }
    store(fixture, payload, domain);
    assert_file(fixture->image, 0600, 101, 102);
    fixture->conf.image_owner = (VpOwner){.is_set = TRUE, .uid = 103, .gid = 104};
    store(fixture, payload, domain);
    assert_file(fixture->image, 0600, 101, 102);
    store(fixture, payload, NULL);
    assert_file(fixture->image, 0600, 103, 104);
}

static void
assert_stored(const Fixture *fixture, const GPtrArray *payloads, int code)
{
    g_autoptr(GError) error = NULL;
    gboolean is_stored = vp_payload_store_all(payloads, NULL, &fixture->conf, &error);

    g_assert_cmpint(is_stored, ==, code < 0);
    if (code >= 0)
        g_assert_error(error, VP_ERROR, code);
    g_assert_cmpint(g_file_test(fixture->image, G_FILE_TEST_IS_REGULAR), ==, code < 0);
}

/* In the order of the specs; no image after one that cannot be stored. */
static void
test_several(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GPtrArray) specs = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_free);
    g_autoptr(GPtrArray) none = NULL;
    g_autoptr(GPtrArray) payloads = NULL;
    g_autofree char *second = g_build_filename(fixture->conf.directory, UUID "-hdd.img", NULL);
    g_autoptr(GError) error = NULL;

    none = vp_payload_build_all(specs, &fixture->conf, &error);
    g_assert_cmpuint(none->len, ==, 0);
    g_ptr_array_add(specs, spec_of_files("a", "x"));
    ((VpSpec *)specs->pdata[0])->name = g_strdup("hdd");
    g_ptr_array_add(specs, spec_of_files("b", "y"));
    payloads = vp_payload_build_all(specs, &fixture->conf, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(payloads->len, ==, 2);
    g_assert_cmpint(mkdir(fixture->conf.directory, 0711) | mkdir(second, 0700), ==, 0);
    assert_stored(fixture, payloads, VP_ERROR_DIRECTORY);
    g_assert_cmpint(rmdir(second), ==, 0);
    assert_stored(fixture, payloads, -1);
    g_assert_true(g_file_test(second, G_FILE_TEST_IS_REGULAR));
    g_assert_cmpint(chmod(fixture->conf.directory, 0777) | unlink(fixture->image), ==, 0);
    assert_stored(fixture, payloads, VP_ERROR_DIRECTORY);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/payload/images", Fixture, NULL, set_up, test_images, tear_down);
    g_test_add("/payload/reference", Fixture, NULL, set_up, test_reference, tear_down);
    g_test_add("/payload/failures", Fixture, NULL, set_up, test_failures, tear_down);
    g_test_add("/payload/store", Fixture, NULL, set_up, test_store, tear_down);
    g_test_add("/payload/owner", Fixture, NULL, set_up, test_owner, tear_down);
    g_test_add("/payload/several", Fixture, NULL, set_up, test_several, tear_down);
    return g_test_run();
}
