/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads our metadata if the domain has it, otherwise oVirt's, otherwise nothing. */
#include <config.h>

#include "base/error.h"
#include "spec/object.h"
#include "spec/read.h"

/* A guest has one payload of ours: two elements leave open which of them counts. */
static gboolean
check_single(const GPtrArray *elements, GError **error)
{
    const xmlNode *first, *second;

    if (elements->len < 2)
        return TRUE;
    first = elements->pdata[0];
    second = elements->pdata[1];
    if (xmlStrEqual(first->name, second->name))
        return vp_error_set(error, VP_ERROR_DUPLICATE,
                            "metadata: has two elements of %s, on lines %ld and %ld; keep one",
                            VP_NAMESPACE, xmlGetLineNo(first), xmlGetLineNo(second));
    return vp_error_set(error, VP_ERROR_CONFLICT,
                        "metadata: has different elements of %s, on lines %ld and %ld; keep one",
                        VP_NAMESPACE, xmlGetLineNo(first), xmlGetLineNo(second));
}

static GPtrArray *
read_ours(const VpDomain *domain, const xmlNode *element, VpFaults *faults)
{
    VpSpec *spec = vp_spec_xml_read(domain, element, faults);
    GPtrArray *specs;

    if (spec == NULL)
        return NULL;
    specs = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_free);
    g_ptr_array_add(specs, spec);
    return specs;
}

GPtrArray *
vp_spec_read_noting(const VpDomain *domain, VpFaults *faults)
{
    g_autoptr(GPtrArray) ours = vp_domain_metadata(domain, VP_NAMESPACE);
    g_autoptr(GPtrArray) ovirt = NULL;
    GError *error = NULL;

    if (!check_single(ours, &error)) {
        (void)vp_faults_note(faults, error);
        return NULL;
    }
    if (ours->len > 0)
        return read_ours(domain, ours->pdata[0], faults);
    ovirt = vp_domain_metadata(domain, VP_OVIRT_NAMESPACE);
    if (ovirt->len > 0)
        return vp_spec_ovirt_read(domain, ovirt->pdata[0], faults);
    return g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_free);
}

GPtrArray *
vp_spec_read(const VpDomain *domain, GError **error)
{
    g_auto(VpFaults) faults;
    g_autoptr(GPtrArray) specs = NULL;

    vp_faults_init(&faults, 1);
    specs = vp_spec_read_noting(domain, &faults);
    return vp_faults_none(&faults, error) ? g_steal_pointer(&specs) : NULL;
}
