/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For LD_PRELOAD: memory runs out at the allocation whose number is in VP_FAILING_MALLOC, and stays
 * out unless VP_FAILING_ONCE is set: then only that one fails, as a large one may. Without the
 * variables the number of allocations is written to descriptor 3 at the end of the process. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static long count, wanted;
static bool once;

__attribute__((constructor)) static void
start(void)
{
    const char *number = getenv("VP_FAILING_MALLOC");

    wanted = number != NULL ? atol(number) : 0;
    once = getenv("VP_FAILING_ONCE") != NULL;
}

static bool
fails(void)
{
    count++;
    if (wanted == 0 || count < wanted || (once && count > wanted))
        return false;
    errno = ENOMEM;
    return true;
}

void *
malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

/* The hook ends by _exit, so that no destructor would be run. */
void
_exit(int status)
{
    if (wanted == 0)
        dprintf(3, "%ld\n", count);
    _Exit(status);
}
