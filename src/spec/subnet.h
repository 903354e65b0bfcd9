/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and the networks that hold them. Texts that are not addresses are held by nothing. */
#pragma once

#include <glib.h>

/* TRUE if the network of an address with its prefix ("192.0.2.5/24") holds this address. */
gboolean vp_spec_subnet_holds(const char *cidr, const char *address);

/* TRUE if every bit of "192.0.2.0/24" beyond the prefix is zero, and the network has room for hosts
 * beside that address: no interface can have it. */
gboolean vp_spec_subnet_is_network(const char *cidr);

/* TRUE if cidr is this address with a prefix. */
gboolean vp_spec_subnet_is_address(const char *cidr, const char *address);

gboolean vp_spec_subnet_is_ipv6(const char *text);
gboolean vp_spec_subnet_is_link_local(const char *address);

/* "0.0.0.0" and "::": as a route's gateway, the link itself. */
gboolean vp_spec_subnet_is_unspecified(const char *address);

/* TRUE if another machine may have this address: it is not loopback, unspecified, link-local,
 * multicast or reserved, and not IPv4 within IPv6. */
gboolean vp_spec_subnet_is_of_a_machine(const char *address);
