/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The copies of our hook in libvirt's hook directory, recognised by their content (as
 * hooks/install-hook does), and the reasons why libvirt would not run one of them. */
#pragma once

#include "libvirt/host.h"

/* The places of the hook, in the order in which libvirt runs them: "qemu", then those in "qemu.d"
 * by name. An array of paths, without host->root; empty if there is none. */
GPtrArray *vp_virt_hook_file_find(const VpHost *host);

/* Reports no hook, two hooks, and a hook that was replaced, appended to or edited, that is not
 * executable, or that is of another version than the installed program. Each message ends with the
 * command that fixes it. Nothing is reported for a directory that cannot be read. */
void vp_virt_hook_file_check(const VpHost *host, VpHostTell *tell, gpointer data);
