/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors collected. */
#include <config.h>

#include "base/faults.h"

void
vp_faults_init(VpFaults *faults, guint maximum)
{
    faults->errors = g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free);
    faults->maximum = maximum;
}

void
vp_faults_clear(VpFaults *faults)
{
    g_clear_pointer(&faults->errors, g_ptr_array_unref);
}

gboolean
vp_faults_note(VpFaults *faults, GError *error)
{
    g_ptr_array_add(faults->errors, error);
    return faults->errors->len < faults->maximum;
}

gboolean
vp_faults_none(const VpFaults *faults, GError **error)
{
    if (faults->errors->len == 0)
        return TRUE;
    if (error != NULL)
        *error = g_error_copy(faults->errors->pdata[0]);
    return FALSE;
}
