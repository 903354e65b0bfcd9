/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bounds on the CPU time of a test, which other programs on the machine do not use up. */
#pragma once

#include <glib.h>
#include <string.h>
#include <time.h>

/* How much slower the program is by what it runs under: valgrind preloads a library of its own. */
static inline double
cputime_factor(void)
{
    const char *preload = g_getenv("LD_PRELOAD");

#ifdef __SANITIZE_ADDRESS__
    return 10;
#endif
    return preload && strstr(preload, "vgpreload") ? 50 : 1;
}

/* clock() as it was at the start. */
static inline void
assert_cputime_below(clock_t start, double seconds)
{
    double used = (double)(clock() - start) / CLOCKS_PER_SEC;

    g_assert_cmpfloat(used, <, seconds * cputime_factor());
}
