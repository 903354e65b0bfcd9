/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The content of an image that was read. */
#include <config.h>

#include "image/content.h"

void
vp_image_content_free(VpImageContent *content)
{
    if (content == NULL)
        return;
    g_free(content->label);
    g_free(content->format);
    g_ptr_array_unref(content->files);
    g_free(content);
}
