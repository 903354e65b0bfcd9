/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The search that tells a guest of ours from all others; libc only, for the hook's front is built
 * of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define VP_NAMESPACE "urn:virt-payload:1"
#define VP_OVIRT_NAMESPACE "http://ovirt.org/vm/1.0"

/* Whether XML of this size holds the name of one of the namespaces anywhere. A yes may be wrong (a
 * comment, another attribute), a no is right for what libvirt hands to a hook: XML can also spell
 * "&#117;rn:...", but libvirt formats each definition anew before a hook sees it, and then writes
 * references for none of the characters of these names. */
bool vp_domain_front_may_have_payload(const char *xml, size_t size);

/* Where an attribute of libvirt's XML ends in "/UUID.img'", UUID being the domain's own: the slash
 * of the first that does, else NULL. */
const char *vp_domain_front_find_image(const char *xml, size_t size);
