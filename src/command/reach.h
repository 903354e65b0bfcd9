/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a guest can be reached: its addresses, from any source that knows them, and whether sshd
 * answers there. */
#pragma once

#include "libvirt/virt.h"
#include "payload/conf.h"
#include "spec/spec.h"

typedef struct {
    char *address;      /* without its prefix */
    guint prefix;       /* 0: not known */
    char *interface;    /* the guest's name of it; NULL if unknown */
    char *mac;          /* NULL if unknown */
    const char *source; /* "agent", "lease", "arp", "fields" */
} VpReachAddress;

/* What the guest's agent says, otherwise the leases of libvirt's own DHCP, otherwise the host's
 * table of neighbours, otherwise the fields of the payload: the first that knows one. IPv4 first;
 * none that only its own link can reach. An array of VpReachAddress. spec may be NULL. */
GPtrArray *vp_command_reach_addresses(const VpGuest *guest, const VpSpec *spec);

/* TRUE if a server of SSH answers there within a second: its first line says so. */
gboolean vp_command_reach_ssh(const char *address, guint port);

/* The spec of the running guest, with its profiles; NULL if it has none of ours. */
VpSpec *vp_command_reach_spec(const VpGuest *guest, const VpConf *conf);
