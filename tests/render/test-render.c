/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which files an image holds for which spec, byte for byte. */
#include <config.h>

#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "golden.h"
#include "render/render.h"
#include "specs.h"
#include "trees.h"

static VpTree *
render(const VpSpec *spec)
{
    g_autoptr(GError) error = NULL;
    VpTree *tree = vp_render(spec, &error);

    g_assert_no_error(error);
    return tree;
}

/* Takes the spec over. */
static void
assert_golden(VpSpec *taken, const char *name)
{
    g_autoptr(VpSpec) spec = taken;
    g_autoptr(VpTree) tree = render(spec);

    golden_compare(tree, name);
}

/* Takes the spec over. Where says how the message starts. */
static void
assert_refused(VpSpec *taken, VpErrorCode code, const char *where)
{
    g_autoptr(VpSpec) spec = taken;
    g_autoptr(GError) error = NULL;
    g_autoptr(VpTree) tree = vp_render(spec, &error);

    g_assert_error(error, VP_ERROR, (int)code);
    g_assert_null(tree);
    if (!g_str_has_prefix(error->message, where))
        g_error("'%s' does not start with '%s'", error->message, where);
}

static void
assert_content(const VpTree *tree, const char *path, const char *expected)
{
    const VpTreeFile *file = tree_lookup(tree, path);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;

    g_assert_nonnull(file);
    bytes = tree_file_read(file, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), expected,
                    strlen(expected));
}

static VpSpec *
nocloud(VpSpec *spec)
{
    spec->datasource = VP_DATASOURCE_NOCLOUD;
    return spec;
}

static VpLink *
add_link(VpSpec *spec)
{
    VpLink *link = vp_spec_object_new(&vp_spec_interface_type);

    link->mac = g_strdup("52:54:00:00:00:01");
    spec_add(link->addresses, "192.0.2.5/24");
    spec_add(link->gateways, "192.0.2.1");
    spec_add(link->dns, "9.9.9.9");
    g_ptr_array_add(spec->links, link);
    return link;
}

/* As much as one definition can say. */
static VpSpec *
spec_of_all(void)
{
    VpSpec *spec = spec_of_root();

    add_link(spec);
    spec_add_meta(spec, "role", "web");
    spec->availability_zone = g_strdup("nova");
    spec->vendor_data = spec_data("#!/bin/sh\necho \"vendor\"\n");
    spec->user_data = spec_data("#cloud-config\nruncmd: [echo mine]\n");
    spec_add_file(spec, "extra/note.txt", "hello");
    return spec;
}

static void
test_nothing(void)
{
    assert_golden(spec_new(), "nothing.txt");
    assert_golden(nocloud(spec_new()), "nothing-nocloud.txt");
}

static void
test_root(void)
{
    assert_golden(spec_of_root(), "root.txt");
    assert_golden(nocloud(spec_of_root()), "root-nocloud.txt");
}

static void
test_all(void)
{
    VpSpec *spec = spec_of_all();

    spec->ec2 = TRUE;
    assert_golden(spec, "all.txt");
    assert_golden(nocloud(spec_of_all()), "all-nocloud.txt");
}

static void
test_raw_alone(void)
{
    static const char *const texts[] = {
        "#cloud-config\r\nruncmd: [x]",
        "{\"ignition\": {\"version\": \"3.0.0\"}}",
        "\x1f\x8b\x08 no gzip",
        "\xef?",
        "plain",
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(VpSpec) spec = spec_new();
        g_autoptr(VpTree) drive = NULL, seed = NULL;

        spec->user_data = spec_data(texts[i]);
        drive = render(spec);
        assert_content(drive, "openstack/latest/user_data", texts[i]);
        seed = render(nocloud(spec));
        assert_content(seed, "user-data", texts[i]);
    }
}

static void
test_raw_that_cannot_be_merged(void)
{
    VpSpec *spec = spec_of_root();

    spec->user_data = spec_data("{\"ignition\": {\"version\": \"3.3.0\"}}");
    assert_refused(spec, VP_ERROR_CONFLICT,
                   "cloud-init/user-data (line 7): cannot be given together");
}

/* What is empty is not there: an empty JSON file costs the guest the whole drive. */
static void
test_empty_is_absent(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(VpTree) drive = NULL, seed = NULL;

    spec->user_data = spec_data("");
    spec->vendor_data = spec_data("");
    spec->network_config = spec_data("");
    drive = render(spec);
    g_assert_cmpuint(vp_image_tree_size(drive), ==, 1);
    seed = render(nocloud(spec));
    g_assert_cmpuint(vp_image_tree_size(seed), ==, 2);
    assert_content(seed, "user-data", "");
}

static void
test_network_given(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(VpTree) drive = NULL, seed = NULL;
    VpSpec *bad;

    spec->network_config = spec_data("{\"links\": []}");
    drive = render(spec);
    assert_content(drive, "openstack/latest/network_data.json", "{\n  \"links\": []\n}\n");
    assert_refused(nocloud(g_steal_pointer(&spec)), VP_ERROR_VALUE,
                   "cloud-init/network-config (line 7): is a network_data.json");
    spec = nocloud(spec_new());
    spec->network_config = spec_data("{'version': 2}");
    seed = render(spec);
    assert_content(seed, "network-config", "{'version': 2}");

    bad = spec_new();
    bad->network_config = spec_data("version: 2\n");
    assert_refused(bad, VP_ERROR_VALUE, "cloud-init/network-config (line 7): on a config drive");
    bad = nocloud(spec_new());
    bad->network_config = spec_data("version: [\n");
    assert_refused(bad, VP_ERROR_VALUE, "cloud-init/network-config (line 7): is not YAML: ");
}

static void
test_vendor_data(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(VpTree) object = NULL;
    VpSpec *binary = spec_new();

    spec->vendor_data = spec_data("{\"cloud-init\": \"x\"}");
    object = render(spec);
    assert_content(object, "openstack/latest/vendor_data.json", "{\n  \"cloud-init\": \"x\"\n}\n");
    binary->vendor_data = spec_data("\x1f\x8b");
    assert_refused(binary, VP_ERROR_TEXT, "cloud-init/vendor-data (line 7): ");
}

static void
test_files(void)
{
    static const char *const reserved[] = {
        "openstack/latest/meta_data.json",
        "openstack/2018-08-27/meta_data.json",
        "openstack/x",
    };
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(VpTree) tree = NULL;

    spec_add_file(spec, "openstack/latest/network_data.json", "{}");
    spec_add_file(spec, "openstack/content/0000", "x");
    tree = render(spec);
    assert_content(tree, "openstack/content/0000", "x");
    g_assert_cmpuint(vp_image_tree_size(tree), ==, 3);

    for (guint i = 0; i < G_N_ELEMENTS(reserved); i++) {
        VpSpec *bad = spec_new();

        spec_add_file(bad, reserved[i], "x");
        assert_refused(bad, VP_ERROR_PATH_RESERVED, "file: ");
    }
}

static void
test_file_paths(void)
{
    VpSpec *spec = spec_new();

    spec_add_file(spec, "../x", "x");
    assert_refused(spec, VP_ERROR_PATH, "file: ");
    spec = nocloud(spec_new());
    spec_add_file(spec, "META-DATA", "x");
    assert_refused(spec, VP_ERROR_PATH_DUPLICATE, "file: ");
}

static void
test_files_alone(void)
{
    VpSpec *spec = spec_of_root();
    g_autoptr(VpTree) tree = NULL;
    G_GNUC_UNUSED g_autoptr(VpSpec) owned = spec;

    spec->kind = VP_KIND_FILES;
    spec_add_file(spec, "openstack/2012-08-10/meta_data.json", "x");
    tree = render(spec);
    g_assert_cmpuint(vp_image_tree_size(tree), ==, 1);
}

static void
test_sysprep(void)
{
    VpSpec *spec = spec_new();

    spec->kind = VP_KIND_SYSPREP;
    spec->sysprep.organization = g_strdup("Example & Co");
    spec_add_file(spec, "setup/run.cmd", "rem\r\n");
    assert_golden(spec, "sysprep.txt");
}

static char *
uuid_of(const VpTree *tree)
{
    const VpTreeFile *file = tree_lookup(tree, "openstack/latest/meta_data.json");
    const char *start = strstr(g_bytes_get_data(file->bytes, NULL), "\"uuid\": \"");

    start += strlen("\"uuid\": \"");
    return g_strndup(start, strcspn(start, "\""));
}

static char *
uuid_with(VpInstanceIdPolicy policy, const char *run_cmd)
{
    g_autoptr(VpSpec) spec = vp_spec_new("web1", UUID, "aaaaaaaa-0000-0000-0000-000000000000");
    g_autoptr(VpTree) tree = NULL;

    spec->instance_id_policy = policy;
    spec->instance_id = g_strdup("mine");
    spec_add_command(spec->run_cmds, run_cmd);
    tree = render(spec);
    return uuid_of(tree);
}

static void
test_instance_id(void)
{
    g_autofree char *uuid = uuid_with(VP_INSTANCE_ID_UUID, "a");
    g_autofree char *literal = uuid_with(VP_INSTANCE_ID_LITERAL, "a");
    g_autofree char *content = uuid_with(VP_INSTANCE_ID_CONTENT, "a");
    g_autofree char *same = uuid_with(VP_INSTANCE_ID_CONTENT, "a");
    g_autofree char *other = uuid_with(VP_INSTANCE_ID_CONTENT, "b");

    g_assert_cmpstr(uuid, ==, "aaaaaaaa-0000-0000-0000-000000000000");
    g_assert_cmpstr(literal, ==, "mine");
    g_assert_true(g_str_has_prefix(content, "aaaaaaaa-0000-0000-0000-000000000000-"));
    g_assert_cmpuint(strlen(content), ==, 36 + 1 + 16);
    g_assert_cmpstr(content, ==, same);
    g_assert_cmpstr(content, !=, other);
}

/* An open file of this text, as a resolved reference has it. */
static VpData *
data_in_file(const char *text)
{
    VpData *data = vp_spec_data_new(NULL);
    g_autofree char *name = NULL;

    data->fd = g_file_open_tmp("vp-render-XXXXXX", &name, NULL);
    g_assert_cmpint(data->fd, >=, 0);
    unlink(name);
    data->size = strlen(text);
    g_assert_cmpint(write(data->fd, text, data->size), ==, (gssize)data->size);
    data->place.line = 7;
    return data;
}

static void
test_files_of_the_host(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(VpTree) tree = NULL;
    VpFile *file = vp_spec_object_new(&vp_spec_file_type);

    spec->user_data = data_in_file("#!/bin/sh\n");
    file->path = g_strdup("big");
    file->data = data_in_file("content");
    g_ptr_array_add(spec->files, file);
    spec->instance_id_policy = VP_INSTANCE_ID_CONTENT;
    tree = render(spec);
    g_assert_cmpint(tree_lookup(tree, "openstack/latest/user_data")->fd, >=, 0);
    g_assert_cmpint(tree_lookup(tree, "openstack/latest/user_data")->fd, !=, spec->user_data->fd);
    assert_content(tree, "openstack/latest/user_data", "#!/bin/sh\n");
    assert_content(tree, "big", "content");
}

/* The place of a content does not matter to the guest: the same instance-id, the same bytes. */
static void
test_file_or_text(void)
{
    g_autoptr(VpSpec) from_file = spec_of_root();
    g_autoptr(VpSpec) from_text = spec_of_root();
    g_autoptr(VpTree) first = NULL, second = NULL;

    from_file->user_data = data_in_file("#!/bin/sh\necho h\u00e9\n");
    from_text->user_data = spec_data("#!/bin/sh\necho h\u00e9\n");
    spec_add_file(from_text, "x", "content");
    spec_add_file(from_file, "x", "");
    vp_spec_data_free(((VpFile *)g_ptr_array_index(from_file->files, 0))->data);
    ((VpFile *)g_ptr_array_index(from_file->files, 0))->data = data_in_file("content");
    from_file->instance_id_policy = VP_INSTANCE_ID_CONTENT;
    from_text->instance_id_policy = VP_INSTANCE_ID_CONTENT;
    first = render(from_file);
    second = render(from_text);
    g_assert_true(tree_equal(first, second));
}

static void
test_file_became_shorter(void)
{
    VpSpec *spec = spec_of_root();

    spec->user_data = data_in_file("#!/bin/sh\n");
    spec->user_data->size++;
    assert_refused(spec, VP_ERROR_REFERENCE, "cloud-init/user-data (line 7): ");
}

/* Nothing of the host gets in: its clock, time zone, locale. */
static void
test_same_bytes_everywhere(void)
{
    static const char *const zones[] = {"UTC", "Asia/Kathmandu", "America/New_York"};
    static const char *const locales[] = {"C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8"};
    g_autoptr(VpSpec) spec = spec_of_all();
    g_autoptr(VpTree) expected = NULL;

    spec->instance_id_policy = VP_INSTANCE_ID_CONTENT;
    expected = render(spec);
    for (guint i = 0; i < G_N_ELEMENTS(zones) * G_N_ELEMENTS(locales); i++) {
        g_autoptr(VpTree) tree = NULL;

        g_setenv("TZ", zones[i % G_N_ELEMENTS(zones)], TRUE);
        tzset();
        setlocale(LC_ALL, locales[i / G_N_ELEMENTS(zones)]); /* if the host has it */
        tree = render(spec);
        g_assert_true(tree_equal(tree, expected));
    }
    setlocale(LC_ALL, "C");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/render/nothing", test_nothing);
    g_test_add_func("/render/root", test_root);
    g_test_add_func("/render/all", test_all);
    g_test_add_func("/render/raw-alone", test_raw_alone);
    g_test_add_func("/render/raw-that-cannot-be-merged", test_raw_that_cannot_be_merged);
    g_test_add_func("/render/empty-is-absent", test_empty_is_absent);
    g_test_add_func("/render/network-given", test_network_given);
    g_test_add_func("/render/vendor-data", test_vendor_data);
    g_test_add_func("/render/files", test_files);
    g_test_add_func("/render/file-paths", test_file_paths);
    g_test_add_func("/render/files-alone", test_files_alone);
    g_test_add_func("/render/sysprep", test_sysprep);
    g_test_add_func("/render/instance-id", test_instance_id);
    g_test_add_func("/render/files-of-the-host", test_files_of_the_host);
    g_test_add_func("/render/file-or-text", test_file_or_text);
    g_test_add_func("/render/file-became-shorter", test_file_became_shorter);
    g_test_add_func("/render/same-bytes-everywhere", test_same_bytes_everywhere);
    return g_test_run();
}
