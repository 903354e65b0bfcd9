/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of a guest, read through its agent
 * (https://www.qemu.org/docs/master/interop/qemu-ga-ref.html). Answers come from the guest and are
 * not trusted. */
#pragma once

#include "libvirt/virt.h"

typedef enum {
    VP_AGENT_FILE_READ,
    VP_AGENT_FILE_MISSING,
    VP_AGENT_FILE_NO_ANSWER, /* the agent is not running yet, or no longer */
    VP_AGENT_FILE_FAILED,    /* with an error: no channel for an agent, or one that may not read */
} VpAgentFile;

/* The first VP_AGENT_FILE_MAX bytes of a file: by guest-file-read, otherwise by guest-exec of cat
 * if the agent's configuration forbids that. until: the monotonic time after which no further
 * command is sent, and the agent counts as silent. One that was sent may take ten seconds more. */
enum { VP_AGENT_FILE_MAX = 65536 };
VpAgentFile vp_virt_agent_read_file(const VpGuest *guest, const char *path, gint64 until,
                                    GBytes **content, GError **error) G_GNUC_WARN_UNUSED_RESULT;
