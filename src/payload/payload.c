/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps from a spec to its image. */
#include <config.h>

#include "image/iso.h"
#include "image/vfat.h"
#include "payload/owner.h"
#include "payload/payload.h"
#include "payload/reference.h"
#include "payload/store.h"
#include "render/render.h"

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

    if (!vp_payload_reference_resolve(spec, conf, error))
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

GPtrArray *
vp_payload_build_all(const GPtrArray *specs, const VpConf *conf, GError **error)
{
    g_autoptr(GPtrArray) payloads = g_ptr_array_new_with_free_func((GDestroyNotify)vp_payload_free);

    for (guint i = 0; i < specs->len; i++) {
        VpPayload *payload = vp_payload_build(specs->pdata[i], conf, error);

        if (payload == NULL)
            return NULL;
        g_ptr_array_add(payloads, payload);
    }
    return g_steal_pointer(&payloads);
}

gboolean
vp_payload_store_one(const VpPayload *payload, const VpDomain *domain, const VpConf *conf,
                     GError **error)
{
    g_autoptr(VpStore) store = vp_payload_store_open(conf->directory, error);
    VpOwner owner = vp_payload_owner_find(domain, &conf->image_owner);

    return store != NULL &&
           vp_payload_store_write(store, payload->name, payload->image, &owner, error);
}

gboolean
vp_payload_store_all(const GPtrArray *payloads, const VpDomain *domain, const VpConf *conf,
                     GError **error)
{
    for (guint i = 0; i < payloads->len; i++) {
        if (!vp_payload_store_one(payloads->pdata[i], domain, conf, error))
            return FALSE;
    }
    return TRUE;
}

void
vp_payload_free(VpPayload *payload)
{
    g_free(payload->name);
    g_clear_pointer(&payload->image, vp_image_free);
    g_clear_pointer(&payload->tree, vp_image_tree_free);
    g_free(payload);
}
