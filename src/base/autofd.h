/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vp_autofd: a file descriptor that is closed at the end of its scope; -1 if there is none. */
#pragma once

#include <unistd.h>

static inline void
vp_fd_clear(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static inline int
vp_fd_steal(int *fd)
{
    int stolen = *fd;

    *fd = -1;
    return stolen;
}

#define vp_autofd __attribute__((cleanup(vp_fd_clear)))
