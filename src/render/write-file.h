/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When the guest writes a file. Unless it is deferred, before its users are created: then the owner
 * would be unknown, with which cloud-init gives up the file and all after it, and a home would be
 * root's. */
#pragma once

#include "spec/spec.h"

/* TRUE for a file that is written after users are made: @defer, and without it one whose owner or
 * home is of the spec's users. cloud-init defers since 21.4. */
gboolean vp_render_write_file_is_deferred(const VpSpec *spec, const VpWriteFile *file);

/* TRUE for a user or group that distributions bring. */
gboolean vp_render_write_file_is_base_name(const char *name);

/* TRUE for a user that distributions bring, so that cloud-init does not create it. */
gboolean vp_render_write_file_is_base_user(const char *name);

/* TRUE for an owner and group that distributions have by default. */
gboolean vp_render_write_file_owner_is_known(const VpWriteFile *file);
