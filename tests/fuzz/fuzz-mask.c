/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a file of an image that dump shows: MIME, JSON, YAML, XML or text. What is masked of
 * it, or why that cannot be, and the end of an image's text is never run past. */
#include <config.h>

#include <string.h>

#include "fuzz.h"
#include "view/mask.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) content = g_bytes_new(data, size);
    const char *why = NULL;
    g_autoptr(GBytes) masked = vp_view_mask(content, &why);

    g_assert((masked != NULL) == (why == NULL));
    if (masked && masked != content)
        g_assert(memmem(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked), "****", 4) !=
                 NULL);
    return 0;
}
