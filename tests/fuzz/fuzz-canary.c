/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes as choices among the documents of canary-document.h, each with secrets planted: none of
 * them is left in what is shown, as a file of an image and as a value. */
#include <config.h>

#include "canary-document.h"
#include "fuzz.h"
#include "view/mask.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Choices choices = {.bytes = data, .size = size};
    g_autoptr(GBytes) content = canary_bytes(&choices);
    g_autofree char *line = secret_line(&choices);
    const char *why = NULL;
    g_autoptr(GBytes) masked = vp_view_mask(content, &why);
    g_autofree char *string = vp_view_mask_string(line);

    g_assert((masked != NULL) == (why == NULL));
    if (masked != NULL)
        g_assert(!canary_is_in(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked)));
    g_assert(string != NULL && !canary_is_in(string, strlen(string)));
    return 0;
}
