/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The owner of an image on hosts on which libvirt does not give it to QEMU's user. */
#pragma once

#include "domain/domain.h"

typedef struct {
    gboolean is_set;
    guint uid, gid;
} VpOwner;

/* From the definition: the user of a DAC label with relabel='no', if it is written in numbers as
 * libvirt does ("+64055:+108"). Otherwise the configured owner; not set: neither says it,
 * and the image is left to libvirt. domain: NULL to ask the configuration only. */
VpOwner vp_payload_owner_find(const VpDomain *domain, const VpOwner *configured);

/* Whether raw XML may have such a label. A yes may be wrong, a no is right for what libvirt
 * formats. */
gboolean vp_payload_owner_may_be_labelled(const char *xml, gsize size);

/* "USER", "USER:GROUP", names or numbers. Without a group it is the user's own. FALSE: no such user
 * or group. */
gboolean vp_payload_owner_parse(const char *text, VpOwner *owner);
