/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A spec's links made ready to be written: every link named, every address with its gateway and
 * routes. The two forms of the network (network_data.json, NoCloud's network-config) are written
 * from this one plan, so that they give the guest the same network. */
#pragma once

#include "spec/spec.h"

typedef enum {
    VP_SUBNET_STATIC,
    VP_SUBNET_STATIC6,
    VP_SUBNET_DHCP4,
    VP_SUBNET_DHCP6,
    VP_SUBNET_SLAAC,
    VP_SUBNET_STATELESS,
} VpSubnetType;

/* Without a monitor a guest would never notice a dead link in a bond (Linux, bonding.rst,
 * miimon). */
enum { VP_NETWORK_BOND_MIIMON = 100 }; /* milliseconds */

typedef struct {
    char *network;       /* "10.0.0.0" */
    guint prefix;        /* bits */
    const char *gateway; /* borrowed */
    gint64 metric;       /* -1 if not given */
} VpPlannedRoute;

/* One address of a link, or one DHCP client. */
typedef struct {
    VpSubnetType type;
    char *address;       /* "192.0.2.5"; NULL for DHCP */
    guint prefix;        /* bits */
    const char *gateway; /* borrowed; NULL if it has none */
    GPtrArray *routes;   /* of VpPlannedRoute *, the default route by that gateway not among them */
    gboolean has_dns;    /* the link's name servers and search domains are written here */
} VpSubnet;

typedef struct {
    const VpLink *link;      /* borrowed */
    char *name;              /* "net0" by order for a physical link that has none of its own */
    char *mac;               /* of an upper link: its own, otherwise that of the link below it */
    GPtrArray *subnets;      /* of VpSubnet *: addresses first, then DHCP */
    gboolean has_default[2]; /* of IPv4 and of IPv6, by a gateway or by a route */
} VpPlannedLink;

/* Of VpPlannedLink *, in the spec's order. VP_ERROR_NETWORK for what the formats cannot express: a
 * link without a MAC address, a gateway or route without an address of its family to hang it on. */
GPtrArray *vp_render_network_plan(const VpSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether router advertisements count, as far as the spec or cloud-init's own reading of it says:
 * on an interface with DHCPv6 they do, with static addresses they do not. */
VpTristate vp_render_network_accept_ra(const VpPlannedLink *planned);

/* TRUE if name servers, search domains or a route of the link come without a static address.
 * cloud-init's renderer for netplan leaves those out of any form but its own. */
gboolean vp_render_network_is_beside_dhcp(const VpPlannedLink *planned);

guint vp_render_network_bond_monitor(const VpLink *bond); /* milliseconds */

/* The name servers that all links with a network have in common; NULL if they differ, because a
 * guest uses name servers that are given for no link on every link. Borrowed. */
const GPtrArray *vp_render_network_common_dns(const GPtrArray *plan);

/* "255.255.255.0", "ffff:ffff:ffff:ffff::" */
char *vp_render_network_netmask(guint prefix, gboolean ipv6);
