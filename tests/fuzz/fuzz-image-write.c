/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as the files of an image: what each writer makes of them the reader reads back, label,
 * paths and contents.
 *
 * An input is a label, NUL, and files: a path, NUL, two bytes that say how long the content is, the
 * content. What the tree refuses is left out. */
#include <config.h>

#include <string.h>

#include "fuzz.h"
#include "image/iso.h"
#include "image/read.h"
#include "image/vfat.h"

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} Input;

static char *
take_text(Input *input)
{
    size_t left = (size_t)(input->end - input->at);
    const uint8_t *nul = left > 0 ? memchr(input->at, '\0', left) : NULL;
    size_t length = nul != NULL ? (size_t)(nul - input->at) : left;
    char *text = g_strndup((const char *)input->at, length);

    input->at += nul != NULL ? length + 1 : length;
    return text;
}

static GBytes *
take_content(Input *input)
{
    size_t left = (size_t)(input->end - input->at);
    size_t size = 0;
    GBytes *content;

    if (left >= 2) {
        size = MIN((size_t)(input->at[0] << 8 | input->at[1]), left - 2);
        input->at += 2;
    }
    content = g_bytes_new(input->at, size);
    input->at += size;
    return content;
}

static void
take_files(Input *input, VpTree *tree)
{
    while (input->at < input->end) {
        g_autofree char *path = take_text(input);
        g_autoptr(GBytes) content = take_content(input);

        (void)!vp_image_tree_add(tree, path, content, NULL);
    }
}

/* By path: the order of the image is its own. */
static GBytes *
find(const VpImageContent *content, const char *path)
{
    for (guint i = 0; i < content->files->len; i++) {
        const VpImageFile *file = content->files->pdata[i];

        if (g_str_equal(file->path, path))
            return file->bytes;
    }
    return NULL;
}

static void
check(const VpImage *image, const VpTree *tree, const char *label, const char *format)
{
    g_autoptr(GBytes) bytes = vp_image_flatten(image, NULL);
    g_autoptr(VpImageContent) content = bytes ? vp_image_read(bytes, NULL) : NULL;

    g_assert(content);
    g_assert(g_str_equal(content->label, label) && g_str_equal(content->format, format));
    g_assert(content->files->len == vp_image_tree_size(tree));
    for (guint i = 0; i < vp_image_tree_size(tree); i++) {
        const VpTreeFile *file = vp_image_tree_nth(tree, i);
        GBytes *read = find(content, file->path);

        g_assert(read != NULL && g_bytes_equal(read, file->bytes));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input = {data, data + size};
    g_autofree char *label = take_text(&input);
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(VpImage) iso = NULL, vfat = NULL;

    take_files(&input, tree);
    iso = vp_image_iso_layout(tree, label, NULL);
    if (iso)
        check(iso, tree, label, "iso9660");
    vfat = vp_image_vfat_layout(tree, label, size % 8 == 7, NULL);
    if (vfat)
        check(vfat, tree, label, "vfat");
    return 0;
}
