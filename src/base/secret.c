/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets, cleared before their memory is used again. */
#include <config.h>

#include <string.h>

#include "base/secret.h"

void
vp_secret_free(void *text)
{
    vp_secret_free_bytes(text, text != NULL ? strlen(text) : 0);
}

void
vp_secret_free_bytes(void *data, gsize size)
{
    if (data != NULL)
        explicit_bzero(data, size);
    g_free(data);
}
