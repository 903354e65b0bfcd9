/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payload drives that cannot be served: another guest's, as in a clone or a copied definition, and
 * this guest's own if its metadata has no payload any more. Pure. */
#pragma once

#include "domain/domain.h"

/* TRUE if the disk is one. n_specs: how many payloads the metadata has. directory: of payloads. */
gboolean vp_payload_misplaced_is(const VpDomain *domain, guint n_specs, const VpDisk *disk,
                                 const char *directory);

/* The first such disk; NULL: none. Borrowed. */
const VpDisk *vp_payload_misplaced_find(const VpDomain *domain, guint n_specs,
                                        const char *directory);

/* The problem and the command that fixes it, for a message; for a definition that libvirt may not
 * know, also the command for a file. */
char *vp_payload_misplaced_text(const VpDomain *domain, guint n_specs, const VpDisk *disk,
                                gboolean is_defined);
