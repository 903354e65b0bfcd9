/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Advice on changes that no guest will see. */
#include <config.h>

#include <stdio.h>

#include "base/escape.h"
#include "command/instance.h"
#include "spec/spec.h"

static const VpSpec *
only_spec(const GPtrArray *specs)
{
    const VpSpec *spec = specs != NULL && specs->len == 1 ? specs->pdata[0] : NULL;

    return spec != NULL && spec->kind == VP_KIND_CLOUD_INIT ? spec : NULL;
}

gboolean
vp_command_instance_stays(const GPtrArray *before, const GPtrArray *after)
{
    const VpSpec *old = only_spec(before), *new = only_spec(after);

    if (old == NULL || new == NULL || old->instance_id_policy != new->instance_id_policy)
        return FALSE;
    switch (new->instance_id_policy) {
    case VP_INSTANCE_ID_UUID:
        return g_str_equal(old->smbios_uuid, new->smbios_uuid);
    case VP_INSTANCE_ID_CONTENT:
        return FALSE;
    case VP_INSTANCE_ID_LITERAL:
        return g_str_equal(old->instance_id, new->instance_id);
    }
    g_return_val_if_reached(FALSE);
}

void
vp_command_instance_warn(const VpGuest *guest)
{
    g_autofree char *name = vp_escape_name(vp_virt_guest_name(guest));

    fprintf(
        stderr,
        "virt-payload: %s: if the guest has booted before, it does not read the change, because "
        "its instance-id stays the same; instance-id 'content' makes each change a new "
        "instance\n",
        name);
}
