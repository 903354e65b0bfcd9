/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images that were left in their directory when another payload directory was configured. */
#pragma once

#include "domain/domain.h"

/* The paths of this guest's drives that show an image made by virt-payload in another directory
 * than this one; paths is a set of char *. */
void vp_payload_stray_add(GHashTable *paths, const VpDomain *domain, const char *directory);

/* All images in the default directory, unless that is the configured one. */
void vp_payload_stray_add_default(GHashTable *paths, const char *directory);
