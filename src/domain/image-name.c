/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which guest an image is for, by the name of its file. */
#include <config.h>

#include <string.h>

#include "domain/image-name.h"

#define IMAGE_SUFFIX ".img"

enum { UUID_LENGTH = 36 };

gboolean
vp_domain_image_name_is_temporary(const char *name)
{
    return name[0] == '.';
}

char *
vp_domain_image_name_uuid(const char *name)
{
    g_autofree char *image = NULL;
    g_autofree char *uuid = NULL;
    const char *rest;

    if (vp_domain_image_name_is_temporary(name)) {
        if (!g_str_has_suffix(++name, VP_IMAGE_NAME_TEMPORARY))
            return NULL;
        image = g_strndup(name, strlen(name) - strlen(VP_IMAGE_NAME_TEMPORARY));
    } else {
        image = g_strdup(name);
    }
    uuid = g_strndup(image, UUID_LENGTH);
    if (!g_uuid_string_is_valid(uuid))
        return NULL;
    rest = image + UUID_LENGTH;
    if (strcmp(rest, IMAGE_SUFFIX) != 0 &&
        !(rest[0] == '-' && strlen(rest) > 1 + strlen(IMAGE_SUFFIX) &&
          g_str_has_suffix(rest, IMAGE_SUFFIX)))
        return NULL;
    return g_ascii_strdown(uuid, -1);
}
