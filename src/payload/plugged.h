/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time from a guest's start to its drive. */
#pragma once

#include "payload/store.h"

/* A drive that comes later than this may be too late: firmware, boot loader and kernel of a fast
 * guest take about this long until cloud-init looks for its drive. */
enum { VP_PLUGGED_LATE_MS = 1000 };

gboolean vp_payload_plugged_record(VpStore *store, const char *uuid, guint milliseconds,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* FALSE if there is no record: the drive was there from the start. */
gboolean vp_payload_plugged_read(VpStore *store, const char *uuid, guint *milliseconds);

/* The message about a drive that came late. */
char *vp_payload_plugged_late(guint milliseconds, const char *guest);
