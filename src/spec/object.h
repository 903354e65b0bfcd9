/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The structs of spec/spec.h as objects: set up and freed by the rows of the vocabulary. */
#pragma once

#include "spec/spec.h"
#include "spec/table.h"

/* Empty: every array exists, every tristate is unset, the rest is 0. */
gpointer vp_spec_object_new(const VpRowType *type);
/* With all that its rows hold; texts are cleared first: any may be a secret. May be NULL. */
void vp_spec_object_free(gpointer object);

/* TRUE if the field of this row has a value. */
gboolean vp_spec_object_holds(const VpRow *row, gconstpointer object);

/* Empty but for the guest's name and UUIDs: every array exists, every tristate is unset. A NULL
 * smbios_uuid is equal to the guest's. */
VpSpec *vp_spec_new(const char *guest_name, const char *guest_uuid, const char *smbios_uuid);
void vp_spec_free(VpSpec *spec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpSpec, vp_spec_free)
