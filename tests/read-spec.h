/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spec of a payload element that a test has written itself. */
#pragma once

#include "parse-domain.h"
#include "spec/object.h" /* g_autoptr(VpSpec) */
#include "spec/read.h"

/* content: of <cloud-init>. devices: of the guest. Free with vp_spec_free. */
static inline VpSpec *
read_spec(const char *content, const char *devices, gboolean windows)
{
    g_autofree char *xml = g_strconcat(
        "<domain><name>web1</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid><metadata>",
        windows ? "<l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
                  "<l:os id='http://microsoft.com/win/2k22'/></l:libosinfo>"
                : "",
        "<cloud-init xmlns='urn:virt-payload:1'>", content, "</cloud-init></metadata><devices>",
        devices, "</devices></domain>", NULL);
    g_autoptr(VpDomain) domain = parse_domain(xml);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = vp_spec_read(domain, &error);

    g_assert_no_error(error);
    return g_ptr_array_steal_index(specs, 0);
}
