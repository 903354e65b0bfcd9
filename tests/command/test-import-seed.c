/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may hold a seed, what each of its files is, and which drives of a guest show one. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "command/import-seed.h"
#include "command/seed-tree.h"
#include "image/iso.h"
#include "image/vfat.h"
#include "parse-domain.h"

static VpConf conf = {.directory = (char *)"/run/payload"};

static void
tell_bytes(GString *story, const char *name, GBytes *bytes)
{
    if (bytes != NULL)
        g_string_append_printf(story, " %s=%.*s", name, (int)g_bytes_get_size(bytes),
                               (const char *)g_bytes_get_data(bytes, NULL));
}

/* "nocloud user=... file PATH=...", or the message. */
static char *
story_of(const VpSeed *seed, const GError *error)
{
    GString *story = g_string_new(NULL);

    if (seed == NULL)
        return g_string_free(g_string_append(story, error->message), FALSE);
    g_string_append(story, seed->datasource == VP_DATASOURCE_NOCLOUD ? "nocloud" : "config-drive");
    g_string_append(story, seed->ec2 ? " ec2" : "");
    tell_bytes(story, "user", seed->user_data);
    tell_bytes(story, "meta", seed->meta_data);
    tell_bytes(story, "network", seed->network_config);
    tell_bytes(story, "vendor", seed->vendor_data);
    for (guint i = 0; i < seed->files->len; i++) {
        const VpImageFile *file = seed->files->pdata[i];
        g_autofree char *name = g_strconcat("file ", file->path, NULL);

        tell_bytes(story, name, file->bytes);
    }
    for (guint i = 0; i < seed->left_out->len; i++)
        g_string_append_printf(story, " left-out %s", (const char *)seed->left_out->pdata[i]);
    return g_string_free(story, FALSE);
}

static void
assert_read(const char *path, const char *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpSeed) seed = vp_command_import_seed_read(path, &conf, &error);
    g_autofree char *story = story_of(seed, error);

    g_assert_cmpstr(story, ==, wanted);
}

/* --- a directory ------------------------------------------------------------------------------ */

#define LATEST "openstack/latest/"
#define NEITHER "has neither user-data and meta-data (NoCloud) nor openstack/latest (config drive)"

typedef struct {
    const char *name;
    const char *files; /* "PATH=TEXT|..." */
    const char *wanted;
} Case;

static const Case directories[] = {
    {"all-files-of-nocloud", "user-data=u|meta-data=m|network-config=n|vendor-data=v|x/y=z",
     "nocloud user=u meta=m network=n vendor=v file x/y=z"},
    {"names-in-capitals", "USER-DATA=u|Meta-Data=m", "nocloud user=u meta=m"},
    {"only-user-data", "user-data=u", "nocloud user=u"},
    {"only-meta-data", "meta-data=m", "nocloud meta=m"},
    {"an-empty-file-is-none", "user-data=|meta-data=m|x=", "nocloud meta=m file x="},
    {"network-config-is-no-seed", "network-config=n", NEITHER},
    {"user-data-below-a-directory-is-no-seed", "nocloud/user-data=u", NEITHER},
    {"no-files", "", NEITHER},
    {"all-files-of-a-config-drive",
     LATEST "user_data=u|" LATEST "meta_data.json=m|" LATEST "network_data.json=n|" LATEST
            "vendor_data.json=v|openstack/content/0000=c",
     "config-drive user=u meta=m network=n vendor=v file openstack/content/0000=c"},
    {"a-config-drive-with-files-of-nocloud", LATEST "meta_data.json=m|user-data=u",
     "config-drive meta=m file user-data=u"},
    {"files-of-EC2", LATEST "meta_data.json=m|ec2/latest/meta-data.json=e",
     "config-drive ec2 meta=m"},
    {"dated-directories", LATEST "meta_data.json=m|openstack/2018-08-27/meta_data.json=o",
     "config-drive meta=m left-out openstack/2018-08-27/meta_data.json"},
    {"only-dated-directories", "openstack/2018-08-27/meta_data.json=o", NEITHER},
    {"vendor_data2-is-another-file", LATEST "meta_data.json=m|" LATEST "vendor_data2.json=v",
     "config-drive meta=m file " LATEST "vendor_data2.json=v"},
    {"EC2's-files-of-nocloud-are-others", "user-data=u|ec2/x=e", "nocloud user=u file ec2/x=e"},
};

static void
test_directory(gconstpointer data)
{
    const Case *is = data;
    g_auto(GStrv) files = g_strsplit(is->files, "|", -1);
    char *directory = seed_tree_new();

    for (char **file = files; *file != NULL; file++) {
        g_auto(GStrv) pair = g_strsplit(*file, "=", 2);

        g_free(seed_tree_add(directory, pair[0], pair[1], -1));
    }
    assert_read(directory, is->wanted);
    seed_tree_free(directory);
}

/* --- a file ----------------------------------------------------------------------------------- */

/* An image of one user-data. */
static char *
add_image(const char *directory, const char *name, const char *label, gboolean vfat)
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GBytes) content = g_bytes_new_static("u", 1);
    g_autoptr(VpImage) image = NULL;
    g_autoptr(GBytes) bytes = NULL;

    g_assert_true(vp_image_tree_add(tree, "user-data", content, NULL));
    image = vfat ? vp_image_vfat_layout(tree, label, FALSE, NULL)
                 : vp_image_iso_layout(tree, label, NULL);
    bytes = vp_image_flatten(image, NULL);
    return seed_tree_add(directory, name, g_bytes_get_data(bytes, NULL),
                         (gssize)g_bytes_get_size(bytes));
}

#define DOMAIN(disks)                                                                              \
    "<domain><name>web1</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid><devices>" disks    \
    "</devices></domain>"
#define NO_SEED                                                                                    \
    "the definition has no seed: neither a payload of oVirt's nor a drive labelled cidata or "     \
    "config-2"

static void
test_files(void)
{
    char *directory = seed_tree_new();
    g_autofree char *text = seed_tree_add(directory, "text", "#cloud-config\n", -1);
    g_autofree char *empty = seed_tree_add(directory, "empty", "", -1);
    g_autofree char *definition = seed_tree_add(directory, "xml", "\n " DOMAIN(""), -1);
    g_autofree char *iso = add_image(directory, "iso", "any", FALSE);
    g_autofree char *vfat = add_image(directory, "vfat", "any", TRUE);
    g_autofree char *noise = seed_tree_add(directory, "noise", "a\0b", 3);
    g_autoptr(GError) error = NULL;

    assert_read(text, "nocloud user=#cloud-config\n");
    assert_read(empty, "nocloud");
    assert_read(definition, NO_SEED);
    assert_read(iso, "nocloud user=u");
    assert_read(vfat, "nocloud user=u");
    g_assert_null(vp_command_import_seed_read(noise, &conf, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
    seed_tree_free(directory);
}

static void
test_add(void)
{
    char *directory = seed_tree_new();
    g_autofree char *a = seed_tree_add(directory, "a", "one", -1);
    g_autofree char *b = seed_tree_add(directory, "b", "two", -1);
    g_autofree char *empty = seed_tree_add(directory, "empty", "", -1);
    g_autofree char *none = g_build_filename(directory, "none", NULL);
    g_autoptr(VpSeed) seed = vp_command_import_seed_new(VP_DATASOURCE_CONFIG_DRIVE);
    g_autoptr(GError) error = NULL;
    g_autofree char *before = NULL, *after = NULL;

    g_assert_true(vp_command_import_seed_add(seed, "user-data", a, NULL));
    g_assert_true(vp_command_import_seed_add(seed, "user-data", b, NULL));
    g_assert_true(vp_command_import_seed_add(seed, "meta-data", a, NULL));
    g_assert_true(vp_command_import_seed_add(seed, "network-config", a, NULL));
    g_assert_true(vp_command_import_seed_add(seed, "vendor-data", a, NULL));
    g_assert_false(vp_command_import_seed_add(seed, "meta-data", none, &error));
    g_assert_nonnull(error);
    before = story_of(seed, NULL);
    g_assert_cmpstr(before, ==, "config-drive user=two meta=one network=one vendor=one");
    g_assert_true(vp_command_import_seed_add(seed, "user-data", empty, NULL));
    after = story_of(seed, NULL);
    g_assert_cmpstr(after, ==, "config-drive meta=one network=one vendor=one");
    seed_tree_free(directory);
}

/* --- drives ----------------------------------------------------------------------------------- */

/* The targets of the drives that show a seed, and what is read if none is named. path: may be
 * NULL. */
static void
assert_drives(const char *disks, const char *path, const char *targets, const char *wanted)
{
    g_autofree char *xml = g_strdup_printf(DOMAIN("%s"), disks);
    g_autoptr(VpDomain) domain = parse_domain(xml);
    g_autoptr(GPtrArray) drives = vp_command_import_seed_drives(domain, path);
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(VpSeed) seed = vp_command_import_seed_of(domain, &conf, &error);
    g_autofree char *story = story_of(seed, error);

    for (guint i = 0; i < drives->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? " " : "",
                               ((const VpDisk *)drives->pdata[i])->target);
    g_assert_cmpstr(names->str, ==, targets);
    g_assert_cmpstr(story, ==, wanted);
}

static char *
disk_of(const char *device, const char *target, const char *path, const char *more)
{
    return g_strdup_printf("<disk type='file' device='%s'><source file='%s'/><target dev='%s' "
                           "bus='sata'/>%s</disk>",
                           device, path, target, more);
}

static void
test_drives(void)
{
    char *directory = seed_tree_new();
    g_autofree char *seed = add_image(directory, "a.iso", "cidata", FALSE);
    g_autofree char *other = add_image(directory, "b.iso", "config-2", FALSE);
    g_autofree char *plain = add_image(directory, "c.iso", "any", FALSE);
    g_autofree char *cdrom = disk_of("cdrom", "sda", seed, "");
    g_autofree char *floppy = disk_of("floppy", "fda", seed, "");
    g_autofree char *readonly = disk_of("disk", "sdb", other, "<readonly/>");
    g_autofree char *writable = disk_of("disk", "sdc", seed, "");
    g_autofree char *unlabelled = disk_of("cdrom", "sdd", plain, "");
    g_autofree char *gone = disk_of("cdrom", "sde", "/nowhere", "");
    g_autofree char *two = g_strconcat(cdrom, readonly, NULL);
    g_autofree char *dotted = g_build_filename(directory, "x", "..", "a.iso", NULL);

    assert_drives(cdrom, NULL, "sda", "nocloud user=u");
    assert_drives(floppy, NULL, "fda", "nocloud user=u");
    assert_drives(readonly, NULL, "sdb", "nocloud user=u");
    assert_drives(writable, NULL, "", NO_SEED);
    assert_drives(writable, seed, "sdc", NO_SEED);
    assert_drives(writable, dotted, "sdc", NO_SEED);
    assert_drives(writable, other, "", NO_SEED);
    assert_drives(unlabelled, NULL, "", NO_SEED);
    assert_drives(unlabelled, plain, "sdd", NO_SEED);
    assert_drives(gone, NULL, "", NO_SEED);
    assert_drives("<disk type='file' device='cdrom'><target dev='sdf' bus='sata'/></disk>", NULL,
                  "", NO_SEED);
    assert_drives(two, NULL, "sda sdb", "the definition has several seeds; name one");
    seed_tree_free(directory);
}

/* Fields of the guest's own are not a seed. */
static void
test_own_fields(void)
{
    g_autoptr(VpDomain) domain = parse_domain(
        "<domain><name>web1</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid><metadata>"
        "<cloud-init xmlns='urn:virt-payload:1'/></metadata><devices/></domain>");
    g_autoptr(GError) error = NULL;

    g_assert_null(vp_command_import_seed_of(domain, &conf, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_NOT_FOUND);
    g_assert_cmpstr(error->message, ==, NO_SEED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(directories); i++) {
        g_autofree char *path = g_strdup_printf("/import-seed/directory/%s", directories[i].name);

        g_test_add_data_func(path, &directories[i], test_directory);
    }
    g_test_add_func("/import-seed/a-file-is-told-by-its-first-bytes", test_files);
    g_test_add_func("/import-seed/an-added-file-replaces-one", test_add);
    g_test_add_func("/import-seed/drives-that-show-a-seed", test_drives);
    g_test_add_func("/import-seed/own-fields-are-no-seed", test_own_fields);
    return g_test_run();
}
