/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that images give their default user. cloud-init before 26.2 merges the settings of the
 * image over those of a user of the same name: its password stays locked, its shell, sudo rule and
 * groups are those of the image. */
#pragma once

#include <glib.h>

/* TRUE for a name that a distribution gives its default user: system_info/default_user in the
 * cloud.cfg of its images. */
gboolean vp_spec_default_user_is_known(const char *name);
