/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For LD_PRELOAD: writes a line to descriptor 3 for each block that is freed while it holds the
 * text in VP_FREED_TEXT. Blocks that realloc() moves are not seen. */
#define _GNU_SOURCE
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void __libc_free(void *block);

static const char *wanted;

__attribute__((constructor)) static void
start(void)
{
    wanted = getenv("VP_FREED_TEXT");
}

void
free(void *block)
{
    if (block != NULL && wanted != NULL &&
        memmem(block, malloc_usable_size(block), wanted, strlen(wanted)) != NULL)
        (void)!write(3, "freed\n", 6);
    __libc_free(block);
}
