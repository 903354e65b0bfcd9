/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directory of a guest's image where the configuration names another by now. */
#pragma once

#include <glib.h>

/* The directory of the image that the definition's drive shows, if it is another than this one and
 * without doubt virt-payload's: this user's, writable by no other, no link, and what stands in it
 * under the guest's UUID is an image that virt-payload made. Else NULL. Looks at raw bytes, as
 * libvirt formats them: it runs before the hook confines itself, which no parser may. */
char *vp_payload_former_find(const char *xml, gsize size, const char *directory);
