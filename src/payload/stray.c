/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks for images outside the payload directory. */
#include <config.h>

#include "payload/recognise.h"
#include "payload/store.h"
#include "payload/stray.h"

static void
add_if_image(GHashTable *paths, const char *directory, const char *name)
{
    g_autoptr(VpStore) store = vp_payload_store_open_existing(directory, NULL);

    if (store && vp_payload_store_holds(store, name))
        g_hash_table_add(paths, g_build_filename(directory, name, NULL));
}

void
vp_payload_stray_add(GHashTable *paths, const VpDomain *domain, const char *directory)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];
        g_autofree char *parent = disk->source != NULL ? g_path_get_dirname(disk->source) : NULL;
        g_autofree char *name = disk->source != NULL ? g_path_get_basename(disk->source) : NULL;

        if (parent != NULL && vp_payload_recognise(domain, disk) &&
            !vp_payload_recognise_same_path(parent, directory))
            add_if_image(paths, parent, name);
    }
}

void
vp_payload_stray_add_default(GHashTable *paths, const char *directory)
{
    g_autoptr(VpStore) store = NULL;
    g_autoptr(GPtrArray) names = NULL;

    if (vp_payload_recognise_same_path(VP_PAYLOADDIR, directory))
        return;
    store = vp_payload_store_open_existing(VP_PAYLOADDIR, NULL);
    names = store ? vp_payload_store_list(store, NULL) : NULL;
    for (guint i = 0; names && i < names->len; i++)
        if (vp_payload_store_holds(store, names->pdata[i]))
            g_hash_table_add(paths, g_build_filename(VP_PAYLOADDIR, names->pdata[i], NULL));
}
