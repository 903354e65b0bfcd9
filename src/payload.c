/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps from a spec to its image. */
#include <config.h>

#include "image-iso.h"
#include "image-vfat.h"
#include "payload.h"
#include "reference.h"
#include "render.h"

static VpImage *
lay_out(const VpSpec *spec, const VpTree *tree, GError **error)
{
    const char *label = vp_spec_label(spec);

    if (spec->format == VP_FORMAT_VFAT)
        return vp_image_vfat_layout(tree, label, spec->bus == VP_BUS_FDC, error);
    return vp_image_iso_layout(tree, label, error);
}

VpPayload *
vp_payload_build(VpSpec *spec, const VpConf *conf, GError **error)
{
    g_autoptr(VpPayload) payload = g_new0(VpPayload, 1);

    if (!vp_reference_resolve(spec, conf, error))
        return NULL;
    payload->tree = vp_render(spec, error);
    if (payload->tree == NULL)
        return NULL;
    payload->image = lay_out(spec, payload->tree, error);
    if (payload->image == NULL)
        return NULL;
    payload->name = vp_spec_image_name(spec);
    return g_steal_pointer(&payload);
}

void
vp_payload_free(VpPayload *payload)
{
    g_free(payload->name);
    g_clear_pointer(&payload->image, vp_image_free);
    g_clear_pointer(&payload->tree, vp_tree_free);
    g_free(payload);
}
