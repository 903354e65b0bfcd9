/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks for the namespaces of payload metadata in raw bytes. */
#include <config.h>

#include <string.h>

#include "domain/front-search.h"

enum { UUID_LENGTH = 36 };

bool
vp_domain_front_may_have_payload(const char *xml, size_t size)
{
    return memmem(xml, size, VP_NAMESPACE, strlen(VP_NAMESPACE)) ||
           memmem(xml, size, VP_OVIRT_NAMESPACE, strlen(VP_OVIRT_NAMESPACE));
}

/* The domain's own UUID is the first: libvirt writes it second, after the name, whose text holds no
 * '<'. */
const char *
vp_domain_front_find_image(const char *xml, size_t size)
{
    char source[] = "/________-____-____-____-____________.img'";
    const char *tag = memmem(xml, size, "<uuid>", strlen("<uuid>"));
    const char *uuid = tag ? tag + strlen("<uuid>") : NULL;

    if (!uuid || (size_t)(xml + size - uuid) < UUID_LENGTH)
        return NULL;
    memcpy(source + 1, uuid, UUID_LENGTH);
    return memmem(xml, size, source, strlen(source));
}
