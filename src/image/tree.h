/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpTree: the files of a payload image, ordered by path; what render makes and the image writers
 * take. */
#pragma once

#include <glib.h>

/* A file's content: bytes in memory, or an open regular file that is copied by the kernel when the
 * image is stored, so that its size costs no memory. */
typedef struct {
    char *path;    /* "openstack/latest/user_data": relative, '/' between components, UTF-8 */
    GBytes *bytes; /* NULL if fd is used */
    int fd;        /* -1 if bytes is used; owned */
    guint64 size;  /* bytes */
} VpTreeFile;

typedef struct VpTree VpTree;

/* Limits of a tree: what a guest may ask of the host, and what Joliet, FAT and every guest can
 * read. */
enum {
    VP_TREE_MAX_FILES = 1024,
    VP_TREE_MAX_DEPTH = 8,      /* ECMA-119 6.8.2.1: levels of hierarchy */
    VP_TREE_MAX_COMPONENT = 64, /* 16-bit characters: Joliet specification, 'Volume Descriptors' */
    VP_TREE_MAX_PATH = 1023,    /* bytes */
};
/* cloudbase-init reads the volume size of a plain disk as 16 bits of 2 KiB sectors. */
#define VP_TREE_MAX_BYTES (G_GUINT64_CONSTANT(120) << 20)

VpTree *vp_image_tree_new(void);
void vp_image_tree_free(VpTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpTree, vp_image_tree_free)

/* Both check the path and the limits: VP_ERROR_PATH, _PATH_DUPLICATE (equal to another path, also
 * when both are case-folded and normalised to NFC, or a file where another path has a directory;
 * directories as well as files), _QUOTA. Messages begin with "path ...": the caller prefixes
 * the place. */
gboolean vp_image_tree_add(VpTree *tree, const char *path, GBytes *bytes,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes fd over on success only. */
gboolean vp_image_tree_add_fd(VpTree *tree, const char *path, int fd, guint64 size,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* In the byte order of the paths' components, so that a directory's files are adjacent and the same
 * files give the same image in whatever order they were added. */
guint vp_image_tree_size(const VpTree *tree);
const VpTreeFile *vp_image_tree_nth(const VpTree *tree, guint n);

/* Checks only the path, as vp_image_tree_add does: UTF-8, relative, at most VP_TREE_MAX_DEPTH
 * components; none empty or too long, none with a control character or one of " * : ; < > ? \ |
 * (Joliet and FAT forbid them), none that ends in '.' or a space (FAT drops those), so neither "."
 * nor "..". VP_ERROR_PATH. */
gboolean vp_image_tree_check_path(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
