/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the drives of a definition with its UUID and its metadata. */
#include <config.h>

#include "payload/misplaced.h"
#include "payload/recognise.h"

/* In the payload directory only: elsewhere a file of that name may be the administrator's own. */
static gboolean
is_orphan(const VpDomain *domain, const VpDisk *disk, const char *directory)
{
    g_autofree char *parent = NULL;

    if (!vp_payload_recognise(domain, disk) || disk->source[0] != '/')
        return FALSE;
    parent = g_path_get_dirname(disk->source);
    return vp_payload_recognise_same_path(parent, directory);
}

gboolean
vp_payload_misplaced_is(const VpDomain *domain, guint n_specs, const VpDisk *disk,
                        const char *directory)
{
    return vp_payload_recognise_foreign(domain, disk, directory) ||
           (n_specs == 0 && is_orphan(domain, disk, directory));
}

const VpDisk *
vp_payload_misplaced_find(const VpDomain *domain, guint n_specs, const char *directory)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (vp_payload_misplaced_is(domain, n_specs, disk, directory))
            return disk;
    }
    return NULL;
}

/* A guest that "virsh create" makes is not defined yet, and cannot be named. */
char *
vp_payload_misplaced_text(const VpDomain *domain, guint n_specs, const VpDisk *disk,
                          gboolean is_defined)
{
    const char *target = disk->target != NULL ? disk->target : "?";
    const char *what = vp_payload_recognise(domain, disk)
                           ? "is a payload drive, but the metadata has no payload"
                           : "shows an image that is not this guest's payload";

    return g_strdup_printf("drive %s %s; run: virt-payload %s %s%s", target, what,
                           n_specs > 0 ? "attach" : "detach", vp_domain_shell_name(domain),
                           is_defined ? ""
                                      : " (a definition in a file, with a uuid: virt-payload "
                                        "rewrite --remove --in-place FILE)");
}
