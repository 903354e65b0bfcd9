/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a domain's metadata to its specs: the only way in, for the hook and the command. */
#pragma once

#include "domain/domain.h"
#include "spec/spec.h"

/* Reads our vocabulary if the domain has it, otherwise oVirt's payload metadata. Returns an
 * array of VpSpec, empty if the domain has neither. With ours there is exactly one spec. References
 * (@secret, @src) are not resolved. Errors name element and line. */
GPtrArray *vp_spec_read(const VpDomain *domain, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, but continues after an error, to collect them all: NULL if there is one. Contradictions
 * are looked for only if everything else is valid. */
GPtrArray *vp_spec_read_noting(const VpDomain *domain, VpFaults *faults) G_GNUC_WARN_UNUSED_RESULT;

/* One element of our namespace (xml.c); one block of oVirt's (ovirt.c). */
VpSpec *vp_spec_xml_read(const VpDomain *domain, const xmlNode *element,
                         VpFaults *faults) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *vp_spec_ovirt_read(const VpDomain *domain, const xmlNode *vm,
                              VpFaults *faults) G_GNUC_WARN_UNUSED_RESULT;
