/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Other drives of a guest that cloud-init takes for its own, by their file system's label. */
#pragma once

#include "domain/domain.h"

/* The first disk that is not a payload drive and whose file, raw, is labelled "cidata" or
 * "config-2": the guest may read that one, or one after the other. NULL: none, or none that can be
 * read here. Borrowed. */
const VpDisk *vp_payload_seed_find(const VpDomain *domain);
