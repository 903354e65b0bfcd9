/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a definition: if libxml2 finds a payload in it, the front end, which searches bytes,
 * finds it in the formatted document; libvirt also formats what it was given. */
#include <config.h>

#include <string.h>

#include "domain/domain.h"
#include "fuzz.h"
#include "hook/front.c" /* in no library: the front is a program of its own */

static const VpOperation operations[] = {VP_OPERATION_PREPARE, VP_OPERATION_STARTED,
                                         VP_OPERATION_FILTER, VP_OPERATION_RELEASE};

static gboolean
has_payload(const VpDomain *domain)
{
    g_autoptr(GPtrArray) ours = vp_domain_metadata(domain, VP_NAMESPACE);
    g_autoptr(GPtrArray) ovirt = vp_domain_metadata(domain, VP_OVIRT_NAMESPACE);

    return ours->len + ovirt->len > 0;
}

/* The UUID's own text and nothing else; xml is a copy, so that a read past its end is noticed. */
static void
check_uuid(const char *xml, gsize size)
{
    const char *uuid = vp_domain_front_find_uuid(xml, size);

    if (uuid == NULL)
        return;
    g_assert(uuid >= xml + strlen("<uuid>") && uuid + VP_UUID_LENGTH <= xml + size);
    g_assert(memcmp(uuid - strlen("<uuid>"), "<uuid>", strlen("<uuid>")) == 0);
    (void)vp_domain_front_names_image(uuid, (gsize)(xml + size - uuid));
}

static void
check_formatted(const VpDomain *domain)
{
    xmlChar *text = NULL;
    int size = 0;

    xmlDocDumpMemory(domain->doc, &text, &size);
    for (gsize i = 0; i < G_N_ELEMENTS(operations); i++)
        g_assert(!has_payload(domain) || size > VP_XML_MAX_BYTES ||
                 vp_hook_front_needs_core(operations[i], (const char *)text, (gsize)size));
    xmlFree(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *xml = size > 0 ? g_memdup2(data, size) : g_strdup("");
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, size, NULL);

    check_uuid(xml, size);
    for (gsize i = 0; i < G_N_ELEMENTS(operations); i++)
        (void)vp_hook_front_needs_core(operations[i], xml, size);
    if (domain)
        check_formatted(domain);
    return 0;
}
