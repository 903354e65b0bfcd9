/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks for the namespaces of payload metadata in raw bytes. */
#include <config.h>

#include <string.h>

#include "domain/front-search.h"

bool
vp_domain_front_may_have_payload(const char *xml, size_t size)
{
    return memmem(xml, size, VP_NAMESPACE, strlen(VP_NAMESPACE)) != NULL ||
           memmem(xml, size, VP_OVIRT_NAMESPACE, strlen(VP_OVIRT_NAMESPACE)) != NULL;
}

static bool
is_uuid(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    for (size_t i = 0; i < VP_UUID_LENGTH; i++) {
        bool is_digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');

        if (form[i] == '-' ? text[i] != '-' : !is_digit)
            return false;
    }
    return true;
}

/* From dot to dot: a definition has few, and memchr(3) is the fastest of searches. */
bool
vp_domain_front_may_have_image(const char *xml, size_t size)
{
    const char *end = xml + size;
    const char *dot = memchr(xml, '.', size);

    for (; dot != NULL && end - dot >= 5; dot = memchr(dot, '.', (size_t)(end - dot))) {
        const char *slash = dot;

        if (memcmp(dot++, ".img'", 5) != 0)
            continue;
        while (slash > xml && *slash != '/' && *slash != '\'')
            slash--;
        if (*slash == '/' && dot - slash > VP_UUID_LENGTH + 1 && is_uuid(slash + 1))
            return true;
    }
    return false;
}

const char *
vp_domain_front_find_uuid(const char *xml, size_t size)
{
    const char *tag = memmem(xml, size, "<uuid>", strlen("<uuid>"));
    const char *uuid = tag != NULL ? tag + strlen("<uuid>") : NULL;

    if (uuid == NULL || (size_t)(xml + size - uuid) < VP_UUID_LENGTH)
        return NULL;
    return is_uuid(uuid) ? uuid : NULL;
}

bool
vp_domain_front_names_image(const char *uuid, size_t size)
{
    char path[1 + VP_UUID_LENGTH] = "/";

    memcpy(path + 1, uuid, VP_UUID_LENGTH);
    return memmem(uuid, size, path, sizeof(path)) != NULL;
}
