/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpTree to an ISO 9660 image with Rock Ridge and Joliet. Section numbers are those of ECMA-119. */
#include <config.h>

#include <string.h>

#include "image/iso-hierarchy.h"
#include "image/iso.h"

/* Goes up when the same tree gives other bytes than it did in an earlier release. */
#define APPLICATION VP_IMAGE_ISO_MAKER "1"

/* The three descriptors are primary, Joliet's and the terminator. */
enum { DESCRIPTORS = 3, FIRST_FREE_SECTOR = VP_ISO_SYSTEM_SECTORS + DESCRIPTORS };

/* Text in a field that is padded with spaces: one byte per character, or Joliet's two. */
static void
put_text(guchar *field, gsize size, const char *text, gboolean joliet)
{
    gsize length = strlen(text), width = joliet ? 2 : 1;

    for (gsize i = 0; i < size / width; i++)
        field[(i + 1) * width - 1] = i < length ? (guchar)text[i] : ' ';
}

static void
put_descriptor_header(guchar *p, guint8 type)
{
    p[VP_ISO_VD_TYPE] = type;
    memcpy(p + VP_ISO_VD_ID, VP_ISO_STANDARD_ID, strlen(VP_ISO_STANDARD_ID));
    p[VP_ISO_VD_VERSION] = 1;
}

/* 8.4.26.1: "not specified" is 16 digits 0 and a byte 0. */
static void
put_dates(guchar *p)
{
    for (int i = 0; i < 4; i++)
        memset(p + 17 * i, '0', 16);
}

/* 8.4, 8.5 */
static void
put_descriptor(guchar *p, const VpIsoHierarchy *hierarchy, const char *label, guint32 sectors)
{
    gboolean joliet = hierarchy->names == VP_ISO_JOLIET;

    put_descriptor_header(p, joliet ? VP_ISO_SUPPLEMENTARY : VP_ISO_PRIMARY);
    put_text(p + VP_ISO_VD_SYSTEM, 32, "", joliet);
    put_text(p + VP_ISO_VD_LABEL, VP_ISO_LABEL_SIZE, label, joliet);
    vp_image_iso9660_put32(p + VP_ISO_VD_SECTORS, sectors);
    if (joliet)
        memcpy(p + VP_ISO_VD_ESCAPES, "%/E", 3); /* UCS-2 level 3 */
    vp_image_iso9660_put16(p + VP_ISO_VD_SET_SIZE, 1);
    vp_image_iso9660_put16(p + VP_ISO_VD_SEQUENCE, 1);
    vp_image_iso9660_put16(p + VP_ISO_VD_BLOCK_SIZE, VP_ISO_SECTOR);
    vp_image_iso_hierarchy_describe(hierarchy, p);
    put_text(p + VP_ISO_VD_SET_NAME, VP_ISO_VD_APPLICATION - VP_ISO_VD_SET_NAME, "", joliet);
    put_text(p + VP_ISO_VD_APPLICATION, 128, APPLICATION, joliet);
    for (int i = 0; i < 3; i++) /* copyright, abstract, bibliography: of odd size */
        put_text(p + VP_ISO_VD_COPYRIGHT + 37 * i, 37, "", joliet);
    put_dates(p + VP_ISO_VD_DATES);
    p[VP_ISO_VD_STRUCTURE_VERSION] = 1;
}

/* Files are in the tree's order; an empty one has no sector. */
static guint32
place_files(GPtrArray *files, guint32 sector)
{
    for (guint i = 0; i < files->len; i++) {
        VpImageNode *node = g_ptr_array_index(files, i);

        node->start = node->file->size > 0 ? sector : 0;
        sector += (guint32)((node->file->size + VP_ISO_SECTOR - 1) / VP_ISO_SECTOR);
    }
    return sector;
}

static void
append_files(VpImage *image, GPtrArray *files)
{
    for (guint i = 0; i < files->len; i++) {
        const VpImageNode *node = g_ptr_array_index(files, i);

        if (node->file->size > 0)
            vp_image_append_file(image, (guint64)node->start * VP_ISO_SECTOR, node->file);
    }
}

/* All before the files. Nothing is kept of the system area, which is a hole in the image. */
static GBytes *
write_metadata(VpIsoHierarchy *plain, VpIsoHierarchy *joliet, const char *label,
               guint32 end_of_metadata, guint32 end)
{
    gsize size = (gsize)(end_of_metadata - VP_ISO_SYSTEM_SECTORS) * VP_ISO_SECTOR;
    guchar *data = g_malloc0(size);
    guchar *at = data;

    put_descriptor(at, plain, label, end);
    at += VP_ISO_SECTOR;
    put_descriptor(at, joliet, label, end);
    at += VP_ISO_SECTOR;
    put_descriptor_header(at, VP_ISO_TERMINATOR);
    vp_image_iso_hierarchy_write(plain, data);
    vp_image_iso_hierarchy_write(joliet, data);
    return g_bytes_new_take(data, size);
}

VpImage *
vp_image_iso_layout(const VpTree *tree, const char *label, GError **error)
{
    g_autoptr(VpImageNode) root = NULL;
    g_autoptr(GPtrArray) files = NULL;
    g_autoptr(VpIsoHierarchy) plain = NULL;
    g_autoptr(VpIsoHierarchy) joliet = NULL;
    guint32 end_of_metadata, end;
    VpImage *image;

    if (!vp_image_check_label(label, VP_ISO_LABEL_SIZE, error))
        return NULL;
    root = vp_image_node_new(tree);
    files = vp_image_node_files(root);
    plain = vp_image_iso_hierarchy_new(root, VP_ISO_ROCK_RIDGE);
    joliet = vp_image_iso_hierarchy_new(root, VP_ISO_JOLIET);
    end_of_metadata = vp_image_iso_hierarchy_place(plain, FIRST_FREE_SECTOR);
    end_of_metadata = vp_image_iso_hierarchy_place(joliet, end_of_metadata);
    end = place_files(files, end_of_metadata);

    image = vp_image_new();
    vp_image_append(image, VP_ISO_SYSTEM_SECTORS * VP_ISO_SECTOR,
                    write_metadata(plain, joliet, label, end_of_metadata, end));
    append_files(image, files);
    image->size = (guint64)end * VP_ISO_SECTOR;
    return image;
}
