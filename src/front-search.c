/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks for the namespaces of payload metadata in raw bytes. */
#include <config.h>

#include <string.h>

#include "front-search.h"

bool
vp_front_may_have_payload(const char *xml, size_t size)
{
    return memmem(xml, size, VP_NAMESPACE, strlen(VP_NAMESPACE)) ||
           memmem(xml, size, VP_OVIRT_NAMESPACE, strlen(VP_OVIRT_NAMESPACE));
}
