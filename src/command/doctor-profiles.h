/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor's comparison of this host's profiles with another host's. */
#pragma once

#include "payload/profile.h"

/* sums: what sha256sum(1) prints of the other host's profiles. Calls tell for each profile that
 * differs, or that only one of the hosts has. VP_ERROR_VALUE for a line that sha256sum would not
 * print. */
gboolean vp_command_doctor_profiles(const VpConf *conf, GBytes *sums, VpProfileTell *tell,
                                    gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
