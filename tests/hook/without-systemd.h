/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hides the host's systemd from a test, so that the hook starts its command itself. */
#pragma once

#include <glib.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

/* For the rest of the process, which gets a mount namespace of its own. Only root's hook uses
 * systemd. FALSE if it cannot be hidden. */
static inline gboolean
hide_systemd(void)
{
    if (geteuid() != 0 || !g_file_test("/run/systemd/system", G_FILE_TEST_EXISTS))
        return TRUE;
    return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", "/run/systemd", "tmpfs", 0, NULL) == 0;
}
