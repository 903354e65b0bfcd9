/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a function prints. */
#pragma once

#include <glib.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* On standard output and standard error, in the order in which it is written out. */
typedef struct {
    int file, out, err;
} Capture;

static inline void
capture_begin(Capture *capture)
{
    (void)fflush(NULL);
    capture->file = memfd_create("captured", MFD_CLOEXEC);
    capture->out = dup(STDOUT_FILENO);
    capture->err = dup(STDERR_FILENO);
    g_assert_cmpint(dup2(capture->file, STDOUT_FILENO), >=, 0);
    g_assert_cmpint(dup2(capture->file, STDERR_FILENO), >=, 0);
}

static inline char *
capture_end(Capture *capture)
{
    struct stat status;
    char *text;

    (void)fflush(NULL);
    g_assert_cmpint(dup2(capture->out, STDOUT_FILENO), >=, 0);
    g_assert_cmpint(dup2(capture->err, STDERR_FILENO), >=, 0);
    g_assert_cmpint(fstat(capture->file, &status), ==, 0);
    text = g_malloc0((gsize)status.st_size + 1);
    g_assert_cmpint(pread(capture->file, text, (gsize)status.st_size, 0), ==, status.st_size);
    close(capture->file);
    close(capture->out);
    close(capture->err);
    return text;
}
