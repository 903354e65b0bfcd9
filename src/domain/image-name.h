/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of images in the payload directory: "UUID.img", "UUID-NAME.img", and their temporaries. */
#pragma once

#include <glib.h>

#define VP_IMAGE_NAME_TEMPORARY ".tmp" /* a writer's: ".UUID.img.tmp" */

/* Of a name in the payload directory. */
gboolean vp_domain_image_name_is_temporary(const char *name);

/* The UUID of such a name, canonical; NULL if the name is not of our form. */
char *vp_domain_image_name_uuid(const char *name);
