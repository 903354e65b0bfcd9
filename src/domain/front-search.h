/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The search that finds whether a guest may have a payload; libc only, because the hook's front end
 * uses it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define VP_NAMESPACE "urn:virt-payload:1"
#define VP_OVIRT_NAMESPACE "http://ovirt.org/vm/1.0"

/* Whether XML of this size holds the name of one of the namespaces anywhere. A yes may be wrong (a
 * comment, another attribute), a no is right for what libvirt hands to a hook: XML can also spell
 * "&#117;rn:...", but libvirt formats each definition itself before a hook sees it, and never
 * writes the characters of these names as references. */
bool vp_domain_front_may_have_payload(const char *xml, size_t size);

enum {
    /* The largest definition that is read. libvirt itself accepts at most 4 MiB over its wire
     * (VIR_NET_MESSAGE_STRING_MAX), and writes out more than it was given. */
    VP_XML_MAX_BYTES = 4 << 20,
    VP_UUID_LENGTH = 36,
};

/* The domain's own UUID, canonical and not terminated; NULL if there is none. libvirt writes it
 * right after the name, and both before any text that it does not escape, so it is found even in
 * XML that no parser accepts. */
const char *vp_domain_front_find_uuid(const char *xml, size_t size);

/* Whether the text from the UUID on, of size bytes including it, has a path with a component
 * that begins with this UUID. */
bool vp_domain_front_names_image(const char *uuid, size_t size);

/* Whether an attribute of libvirt's XML ends in the name of an image, "/UUID.img'" or
 * "/UUID-NAME.img'", for whatever UUID: a guest without our metadata has it if the metadata was
 * taken away, or if the guest was copied from one of ours. */
bool vp_domain_front_may_have_image(const char *xml, size_t size);
