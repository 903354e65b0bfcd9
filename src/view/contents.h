/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpContents: the files of one payload image and where it comes from, for the commands that show
 * them. */
#pragma once

#include "domain/domain.h"
#include "image/content.h"
#include "payload/conf.h"

typedef struct {
    char *path;    /* of the image's file; NULL if it was made from a definition just now */
    char *name;    /* "UUID.img"; of an image that the user named, its path */
    GBytes *image; /* the bytes that content's files are views into */
    VpImageContent *content;
} VpContents;

void vp_view_contents_free(VpContents *contents);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpContents, vp_view_contents_free)

/* All return an array of VpContents. */

/* What the definition would produce for its guest now: each image is built, and then read like any
 * other. Empty if it has no payload metadata. */
GPtrArray *vp_view_contents_of_definition(const VpDomain *domain, const VpConf *conf,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The images of the payload drives of a domain; empty if it has no such drive.
 * VP_ERROR_NOT_FOUND if an image does not exist. */
GPtrArray *vp_view_contents_of_drives(const VpDomain *domain,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One image, whatever made it. */
GPtrArray *vp_view_contents_of_image(const char *path, GBytes *image,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The file of that path, otherwise the only one whose last component it is. VP_ERROR_NOT_FOUND. */
const VpImageFile *vp_view_contents_find(const VpContents *contents, const char *path,
                                         GError **error);
