/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of images for the commands that show them: found by path or by name, and what is said
 * of an image that does not exist, or of text in its place. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "image/image.h"
#include "image/iso.h"
#include "parse-domain.h"
#include "view/contents.h"

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"

static GBytes *
image_new(void)
{
    static const char *const paths[] = {"openstack/latest/user_data", "openstack/content/0000",
                                        "ec2/latest/user_data", "meta-data"};
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImage) image = NULL;
    GBytes *bytes;

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(GBytes) content = g_bytes_new_static(paths[i], strlen(paths[i]));

        g_assert_true(vp_image_tree_add(tree, paths[i], content, &error));
    }
    image = vp_image_iso_layout(tree, "config-2", &error);
    g_assert_no_error(error);
    bytes = vp_image_flatten(image, &error);
    g_assert_no_error(error);
    return bytes;
}

static void
test_find(void)
{
    static const struct {
        const char *asked;
        const char *found; /* NULL: an error */
        const char *message;
    } cases[] = {
        {"openstack/latest/user_data", "openstack/latest/user_data", NULL},
        {"meta-data", "meta-data", NULL},
        {"0000", "openstack/content/0000", NULL},
        {"content/0000", "openstack/content/0000", NULL},
        {"user_data", NULL, "several files on the image are named user_data; give the whole path"},
        {"latest/user_data", NULL,
         "several files on the image are named latest/user_data; give the whole path"},
        {"data", NULL, "no file on the image is named data"},
        {"", NULL, "no file on the image is named "},
        {"/meta-data", NULL, "no file on the image is named /meta-data"},
        {"a\nb", NULL, "no file on the image is named a\\x0ab"},
    };
    g_autoptr(GBytes) image = image_new();
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) all = vp_view_contents_of_image("/tmp/x.img", image, &failure);
    const VpContents *contents;

    g_assert_no_error(failure);
    g_assert_cmpuint(all->len, ==, 1);
    contents = all->pdata[0];
    g_assert_cmpstr(contents->name, ==, "/tmp/x.img");
    g_assert_cmpstr(contents->content->label, ==, "config-2");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const VpImageFile *file = vp_view_contents_find(contents, cases[i].asked, &error);

        g_test_message("%s", cases[i].asked);
        if (cases[i].found != NULL) {
            g_assert_no_error(error);
            g_assert_cmpstr(file->path, ==, cases[i].found);
            g_assert_cmpmem(g_bytes_get_data(file->bytes, NULL), g_bytes_get_size(file->bytes),
                            cases[i].found, strlen(cases[i].found));
        } else {
            g_assert_null(file);
            g_assert_error(error, VP_ERROR, VP_ERROR_NOT_FOUND);
            g_assert_cmpstr(error->message, ==, cases[i].message);
        }
    }
}

static void
test_no_image(void)
{
    g_autoptr(GBytes) text = g_bytes_new_static("hello", 5);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = vp_view_contents_of_image("/tmp/a\nb", text, &error);

    g_assert_null(all);
    g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
    g_assert_true(g_str_has_prefix(error->message, "/tmp/a\\x0ab: "));
}

static VpDomain *
domain_of(const char *first, const char *second)
{
    g_autofree char *xml = g_strdup_printf(
        "<domain type='kvm'><name>web1</name><uuid>" UUID "</uuid><devices>"
        "<disk type='file' device='cdrom'><source file='%s'/><target dev='sda'/><readonly/></disk>"
        "<disk type='file' device='disk'><source file='%s'/><target dev='vda'/></disk>"
        "</devices></domain>",
        first, second);

    return parse_domain(xml);
}

/* Only payload drives are opened: the guest's own disk is not an image of ours. */
static void
test_drives(void)
{
    g_autofree char *directory = g_dir_make_tmp("vp-contents-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, UUID ".img", NULL);
    g_autofree char *message = g_strdup_printf("%s: no such image", path);
    g_autoptr(VpDomain) domain = domain_of(path, "/nonexistent/disk.img");
    g_autoptr(VpDomain) other = domain_of("/nonexistent/debian.iso", "/nonexistent/disk.img");
    g_autoptr(GBytes) image = image_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = vp_view_contents_of_drives(domain, &error);
    g_autoptr(GPtrArray) none = NULL;

    g_assert_null(all);
    g_assert_error(error, VP_ERROR, VP_ERROR_NOT_FOUND);
    g_assert_cmpstr(error->message, ==, message);
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(path, g_bytes_get_data(image, NULL),
                                      (gssize)g_bytes_get_size(image), &error));
    all = vp_view_contents_of_drives(domain, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 1);
    g_assert_cmpstr(((const VpContents *)all->pdata[0])->name, ==, UUID ".img");
    g_assert_cmpstr(((const VpContents *)all->pdata[0])->path, ==, path);
    none = vp_view_contents_of_drives(other, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpint(unlink(path), ==, 0);
    g_assert_cmpint(rmdir(directory), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/contents/find", test_find);
    g_test_add_func("/contents/no-image", test_no_image);
    g_test_add_func("/contents/drives", test_drives);
    return g_test_run();
}
