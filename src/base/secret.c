/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets, cleared before their memory is used again. */
#include <config.h>

#include <glib.h>
#include <string.h>

#include "base/secret.h"

void
vp_secret_free(void *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    g_free(text);
}
