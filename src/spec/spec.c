/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that are derived from a VpSpec. */
#include <config.h>

#include "spec/spec.h"

const char *
vp_spec_label(const VpSpec *spec)
{
    if (spec->label != NULL)
        return spec->label;
    switch (spec->kind) {
    case VP_KIND_SYSPREP:
        return "sysprep"; /* Windows Setup looks at the file's name, not at the label */
    case VP_KIND_FILES:
        return "payload";
    case VP_KIND_CLOUD_INIT:
        break;
    }
    return spec->datasource == VP_DATASOURCE_NOCLOUD ? "cidata" : "config-2";
}

char *
vp_spec_image_name(const VpSpec *spec)
{
    if (spec->name != NULL)
        return g_strdup_printf("%s-%s.img", spec->guest_uuid, spec->name);
    return g_strdup_printf("%s.img", spec->guest_uuid);
}
