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

/* From the guest agent, otherwise libvirt's DHCP leases, otherwise the host's neighbour table,
 * otherwise the fields of the payload: the first source that knows one. IPv4 first; no link-local
 * addresses. An array of VpReachAddress. spec may be NULL. */
GPtrArray *vp_command_reach_addresses(const VpGuest *guest, const VpSpec *spec);

/* The first of them at which a server of SSH answers on that port (command/probe.h), or (port 0)
 * just the first. NULL: none, and what is missing ("no address is known"; static). */
char *vp_command_reach_find(const VpGuest *guest, const VpSpec *spec, guint port,
                            const char **missing);

/* The spec of the running guest, with its profiles; NULL if it has none of ours. */
VpSpec *vp_command_reach_spec(const VpGuest *guest, const VpConf *conf);
