/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Has the hook go on unconfined, so that valgrind can write what it has counted. */
#include <config.h>

#include <errno.h>
#include <sys/prctl.h>

int
prctl(int option, ...)
{
    (void)option;
    errno = EINVAL;
    return -1;
}
