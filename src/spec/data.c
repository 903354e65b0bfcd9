/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpData: made, and freed with its file. */
#include <config.h>

#include <unistd.h>

#include "spec/data.h"

VpData *
vp_spec_data_new(GBytes *bytes)
{
    VpData *data = g_new0(VpData, 1);

    data->bytes = bytes;
    data->fd = -1;
    data->size = bytes != NULL ? g_bytes_get_size(bytes) : 0;
    return data;
}

void
vp_spec_data_free(VpData *data)
{
    if (data == NULL)
        return;
    g_clear_pointer(&data->bytes, g_bytes_unref);
    g_free(data->src);
    if (data->fd >= 0)
        close(data->fd);
    g_free(data);
}
