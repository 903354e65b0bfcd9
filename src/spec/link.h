/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of a spec and the interfaces of its domain: which is which. */
#pragma once

#include "base/faults.h"
#include "domain/domain.h"
#include "spec/spec.h"

enum { VP_SPEC_MAX_LINKS = 256 }; /* of one network: each is compared with the others */

/* Gives each physical link the MAC address that the guest will see: of the interface that the
 * link's @target names, otherwise the first interface, in their order, that no other link names. A
 * given MAC must be an interface's, because a guest that does not find it gets no network at all;
 * it is accepted unchecked only if the domain has a <hostdev>, whose MAC is unknown.
 * VP_ERROR_NETWORK, _CONFLICT, _QUOTA. Returns whether to continue. */
gboolean vp_spec_link_resolve(VpSpec *spec, const VpDomain *domain,
                              VpFaults *faults) G_GNUC_WARN_UNUSED_RESULT;

/* The link of that name; NULL if there is none. Borrowed. */
const VpLink *vp_spec_link_find(const VpSpec *spec, const char *name);

/* The links among themselves: names, bonds, bridges, VLANs, gateways. VP_ERROR_NETWORK, _DUPLICATE.
 * Returns whether to continue. */
gboolean vp_spec_link_validate(const VpSpec *spec, VpFaults *faults) G_GNUC_WARN_UNUSED_RESULT;
