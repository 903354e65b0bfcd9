/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds a guest's own disk that has the name of an image. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "domain/image-name.h"
#include "payload/own-disk.h"

/* Whichever way the path is spelt: /var/run is a link to /run. */
static gboolean
is_same_directory(const char *one, const char *other)
{
    struct stat a, b;

    if (strcmp(one, other) == 0)
        return TRUE;
    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static gboolean
has_image_name(const VpDisk *disk, const char *uuid, const char *directory)
{
    g_autofree char *name = g_path_get_basename(disk->source);
    g_autofree char *parent = g_path_get_dirname(disk->source);
    g_autofree char *owner = vp_domain_image_name_uuid(name);

    return g_strcmp0(owner, uuid) == 0 && is_same_directory(parent, directory);
}

const VpDisk *
vp_payload_own_disk_find(const VpDomain *domain, const char *directory)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (disk->source != NULL && !disk->readonly && g_strcmp0(disk->device, "disk") == 0 &&
            has_image_name(disk, domain->uuid, directory))
            return disk;
    }
    return NULL;
}

gboolean
vp_payload_own_disk_check(const VpDomain *domain, const char *directory, GError **error)
{
    if (vp_payload_own_disk_find(domain, directory) == NULL)
        return TRUE;
    return vp_error_set(
        error, VP_ERROR_DRIVE,
        "one of its own disks has the name of its image in the payload directory %s; move "
        "the disk, or configure a directory that is used for nothing else",
        directory);
}
