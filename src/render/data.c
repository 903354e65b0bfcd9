/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content of a spec, read. */
#include <config.h>

#include "base/error.h"
#include "base/io.h"
#include "render/data.h"

GBytes *
vp_render_data_read(const VpData *data, const char *what, GError **error)
{
    GBytes *bytes;

    if (data->size > VP_DATA_MAX_READ) {
        (void)vp_error_set_at(error, VP_ERROR_QUOTA, what, &data->place,
                              "is over %d MiB, and here it must be read", VP_DATA_MAX_READ >> 20);
        return NULL;
    }
    if (data->bytes != NULL)
        return g_bytes_ref(data->bytes);
    bytes = vp_io_read(data->fd, data->size, error);
    if (bytes == NULL)
        (void)vp_error_set_place(error, what, &data->place);
    return bytes;
}

static gboolean
is_text(const char *text, gsize size)
{
    if (size > 0 && !g_utf8_validate(text, (gssize)size, NULL))
        return FALSE;
    for (gsize i = 0; i < size; i++) {
        if (g_ascii_iscntrl(text[i]) && text[i] != '\t' && text[i] != '\n' && text[i] != '\r')
            return FALSE;
    }
    return TRUE;
}

char *
vp_render_data_to_text(GBytes *bytes)
{
    gsize size;
    const char *text = g_bytes_get_data(bytes, &size);

    return is_text(text, size) ? g_strndup(size > 0 ? text : "", size) : NULL;
}
