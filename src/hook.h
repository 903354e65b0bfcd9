/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hook's core: one table of (operation, sub-operation), https://libvirt.org/hooks.html. Loaded by
 * the front (hooks/qemu.c) only for guests that may be ours. */
#pragma once

#include <glib.h>

#include "conf.h"

typedef struct {
    const char *guest;        /* argv[1]: plain data, may be "--help" */
    const char *operation;    /* argv[2] */
    const char *suboperation; /* argv[3] */
    const char *xml;          /* stdin, whole */
    gsize size;
} VpHookCall;

/* Runs the call. *output is what goes to stdout: the rewritten XML of a filter that changed it, else
 * NULL. Operations outside the table succeed and do nothing. */
gboolean vp_hook_run(const VpHookCall *call, const VpConf *conf, char **output, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Entry of the private shared object: loads the configuration, runs, writes stdout once and whole or
 * one line on stderr; returns the exit status. reconnect, stopped and release always return 0. */
int vp_hook_main(const VpHookCall *call);
