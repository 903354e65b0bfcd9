/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A config drive for the tests of writers and readers. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "image-drive.h"
#include "image/iso.h"
#include "image/read.h"
#include "image/vfat.h"

void
drive_add(VpTree *tree, const char *path, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    gboolean added = vp_image_tree_add(tree, path, bytes, &error);

    g_assert_no_error(error);
    g_assert_true(added);
}

VpTree *
drive_tree(void)
{
    VpTree *tree = vp_image_tree_new();

    drive_add(tree, "openstack/latest/meta_data.json", "{\"uuid\": \"0\"}\n");
    drive_add(tree, "openstack/latest/network_data.json", "{}\n");
    drive_add(tree, "openstack/latest/user_data", "#cloud-config\n{}\n");
    return tree;
}

GBytes *
drive_image(const VpTree *tree, DriveFormat format)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImage) image =
        format == DRIVE_ISO
            ? vp_image_iso_layout(tree, "config-2", &error)
            : vp_image_vfat_layout(tree, "config-2", format == DRIVE_FLOPPY, &error);
    GBytes *bytes;

    g_assert_no_error(error);
    bytes = vp_image_flatten(image, &error);
    g_assert_no_error(error);
    return bytes;
}

void
drive_assert_order_does_not_matter(DriveFormat format)
{
    g_autoptr(VpTree) forth = vp_image_tree_new();
    g_autoptr(VpTree) back = vp_image_tree_new();
    g_autoptr(GBytes) one = NULL;
    g_autoptr(GBytes) other = NULL;

    for (guint i = 0; i < 100; i++) {
        g_autofree char *first = g_strdup_printf("d%u/Name with \xc3\xa9 %u", i % 3, i);
        g_autofree char *last = g_strdup_printf("d%u/Name with \xc3\xa9 %u", (99 - i) % 3, 99 - i);

        drive_add(forth, first, first);
        drive_add(back, last, last);
    }
    one = drive_image(forth, format);
    other = drive_image(back, format);
    g_assert_true(g_bytes_equal(one, other));
}

GByteArray *
drive_new(DriveFormat format)
{
    g_autoptr(VpTree) tree = drive_tree();

    return g_bytes_unref_to_array(drive_image(tree, format));
}

VpImageContent *
drive_read(const GByteArray *drive, GError **error)
{
    g_autoptr(GBytes) image = g_bytes_new(drive->data, drive->len);

    return vp_image_read(image, error);
}

char *
drive_list(const GByteArray *drive)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImageContent) content = drive_read(drive, &error);
    GString *paths = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < content->files->len; i++)
        g_string_append_printf(paths, "%s\n",
                               ((VpImageFile *)g_ptr_array_index(content->files, i))->path);
    return g_string_free(paths, FALSE);
}

guint8 *
drive_find(GByteArray *drive, gsize offset, const void *bytes, gsize size)
{
    guint8 *found = memmem(drive->data + offset, drive->len - offset, bytes, size);

    g_assert_nonnull(found);
    return found;
}

/* --- tests of each format --- */

typedef struct {
    DriveFormat format;
    Hostile hostile;
} Case;

static void
test_hostile(gconstpointer data)
{
    const Case *test = data;
    g_autoptr(GByteArray) image = drive_new(test->format);
    g_autoptr(VpImageContent) content = NULL;
    g_autoptr(GError) error = NULL;

    test->hostile.patch(image);
    content = drive_read(image, &error);
    g_assert_null(content);
    g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, test->hostile.says));
}

/* Whatever an image says, what is read keeps the promises. */
static void
assert_promises(const VpImageContent *content)
{
    guint64 bytes = 0;

    g_assert_cmpuint(content->files->len, <=, VP_IMAGE_READ_MAX_FILES);
    for (guint i = 0; i < content->files->len; i++) {
        const VpImageFile *file = g_ptr_array_index(content->files, i);
        g_auto(GStrv) components = g_strsplit(file->path, "/", -1);

        g_assert_cmpuint(strlen(file->path), <=, VP_IMAGE_READ_MAX_PATH);
        g_assert_cmpuint(g_strv_length(components), <=, VP_IMAGE_READ_MAX_DEPTH + 1);
        for (guint j = 0; components[j] != NULL; j++) {
            g_assert_cmpstr(components[j], !=, "");
            g_assert_cmpstr(components[j], !=, ".");
            g_assert_cmpstr(components[j], !=, "..");
        }
        bytes += g_bytes_get_size(file->bytes);
    }
    g_assert_cmpuint(bytes, <=, VP_IMAGE_READ_MAX_BYTES);
}

static void
test_cut_off(gconstpointer format)
{
    g_autoptr(GByteArray) image = drive_new(GPOINTER_TO_UINT(format));
    g_autoptr(GBytes) whole = g_bytes_new(image->data, image->len);

    for (gsize size = 0; size < image->len; size += 64) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(whole, 0, size);
        g_autoptr(VpImageContent) content = vp_image_read(part, NULL);

        if (content)
            assert_promises(content);
    }
}

/* Bytes that matter: before the first file's content, and no zeros but for a few. */
static gsize
pick_position(const GByteArray *image)
{
    for (int tries = 0; tries < 100; tries++) {
        gsize position = (gsize)g_test_rand_int_range(0, (gint32)image->len);

        if (image->data[position] != 0)
            return position;
    }
    return 0;
}

static void
test_mutations(gconstpointer format)
{
    static const guint8 telling[] = {0, 1, 2, 0x0f, 0x10, 0x7f, 0x80, 0xfe, 0xff};
    g_autoptr(GByteArray) image = drive_new(GPOINTER_TO_UINT(format));
    g_autoptr(GByteArray) sound = drive_new(GPOINTER_TO_UINT(format));
    guint read = 0, refused = 0;

    for (int i = 0; i < 10000; i++) {
        gsize positions[8];
        int n = g_test_rand_int_range(1, (gint32)G_N_ELEMENTS(positions));

        for (int j = 0; j < n; j++) {
            positions[j] = pick_position(image);
            image->data[positions[j]] = g_test_rand_bit()
                                            ? telling[g_test_rand_int_range(0, sizeof telling)]
                                            : (guint8)g_test_rand_int();
        }
        g_autoptr(GBytes) bytes = g_bytes_new_static(image->data, image->len);
        g_autoptr(GError) error = NULL;
        g_autoptr(VpImageContent) content = vp_image_read(bytes, &error);

        if (content) {
            assert_promises(content);
            read++;
        } else {
            g_assert_error(error, VP_ERROR, VP_ERROR_IMAGE_FORMAT);
            refused++;
        }
        for (int j = 0; j < n; j++)
            image->data[positions[j]] = sound->data[positions[j]];
    }
    g_test_message("%u read, %u refused", read, refused);
    g_assert_cmpuint(read, >, 100);
    g_assert_cmpuint(refused, >, 100);
}

void
drive_add_tests(const char *prefix, DriveFormat format, const Hostile *hostile, gsize size)
{
    g_autofree char *cut_off = g_strconcat(prefix, "/cut-off", NULL);
    g_autofree char *mutations = g_strconcat(prefix, "/mutations", NULL);

    for (gsize i = 0; i < size; i++) {
        g_autofree char *path = g_strconcat(prefix, "/hostile/", hostile[i].name, NULL);
        Case *test = g_new(Case, 1);

        *test = (Case){format, hostile[i]};
        g_test_add_data_func_full(path, test, test_hostile, g_free);
    }
    g_test_add_data_func(cut_off, GUINT_TO_POINTER(format), test_cut_off);
    g_test_add_data_func(mutations, GUINT_TO_POINTER(format), test_mutations);
}
