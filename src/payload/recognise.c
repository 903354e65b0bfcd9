/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recognises payload drives by their source paths. */
#include <config.h>

#include <string.h>

#include "domain/image-name.h"
#include "payload/recognise.h"

/* /var/run is a link to /run wherever there is systemd: the same directory under two names. */
static const char *
skip_var(const char *path)
{
    return g_str_has_prefix(path, "/var/run/") ? path + strlen("/var") : path;
}

gboolean
vp_payload_recognise_same_path(const char *a, const char *b)
{
    return g_str_equal(skip_var(a), skip_var(b));
}

static const char *
last_component(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* The guest can write to its own disks, and never to these. */
static gboolean
can_be_drive(const VpDisk *disk)
{
    return disk->source != NULL && (disk->readonly || g_str_equal(disk->device, "cdrom") ||
                                    g_str_equal(disk->device, "floppy"));
}

/* The UUID of an image's name; NULL for others and for temporaries. */
static char *
image_owner(const char *name)
{
    return name[0] != '.' ? vp_domain_image_name_uuid(name) : NULL;
}

static gboolean
is_image_of(const char *name, const char *uuid)
{
    g_autofree char *owner = image_owner(name);

    return g_strcmp0(owner, uuid) == 0;
}

/* "UUID.HASH.img", the hash being MD5's. */
static gboolean
is_ovirt_name(const char *name)
{
    enum { UUID_LENGTH = 36, HASH_LENGTH = 32 };
    g_autofree char *uuid = g_strndup(name, UUID_LENGTH);
    const char *hash = name + strlen(uuid) + 1;

    return g_uuid_string_is_valid(uuid) && hash[-1] == '.' &&
           strspn(hash, "0123456789abcdef") == HASH_LENGTH &&
           g_str_equal(hash + HASH_LENGTH, ".img");
}

static gboolean
is_ovirt_drive(const VpDisk *disk)
{
    return can_be_drive(disk) && (g_str_has_prefix(disk->source, "PAYLOAD:") ||
                                  g_str_has_prefix(skip_var(disk->source), "/run/vdsm/payload/") ||
                                  is_ovirt_name(last_component(disk->source)));
}

gboolean
vp_payload_recognise(const VpDomain *domain, const VpDisk *disk)
{
    if (is_ovirt_drive(disk))
        return TRUE;
    return can_be_drive(disk) && is_image_of(last_component(disk->source), domain->uuid);
}

/* "UUID.NAME", as libvirt names the overlay of a snapshot that somebody asked for. */
static gboolean
is_overlay(const char *name)
{
    enum { UUID_LENGTH = 36 };
    g_autofree char *uuid = g_strndup(name, UUID_LENGTH);

    return g_uuid_string_is_valid(uuid) && name[UUID_LENGTH] == '.' &&
           !g_str_has_suffix(name, ".img");
}

gboolean
vp_payload_recognise_foreign(const VpDomain *domain, const VpDisk *disk, const char *directory)
{
    g_autofree char *owner = NULL, *parent = NULL;

    if (!can_be_drive(disk) || disk->source[0] != '/')
        return FALSE;
    owner = image_owner(last_component(disk->source));
    parent = g_path_get_dirname(disk->source);
    return vp_payload_recognise_same_path(parent, directory) &&
           (owner != NULL ? !g_str_equal(owner, domain->uuid)
                          : is_overlay(last_component(disk->source)));
}

VpDisk *
vp_payload_recognise_image(const VpDomain *domain, const char *image_name)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        VpDisk *disk = g_ptr_array_index(domain->disks, i);

        if (can_be_drive(disk) && g_str_equal(last_component(disk->source), image_name))
            return disk;
    }
    return NULL;
}

VpDisk *
vp_payload_recognise_ovirt(const VpDomain *domain, const VpSpec *spec, gboolean only_spec)
{
    VpDisk *found = NULL;
    guint n = 0;

    for (guint i = 0; i < domain->disks->len; i++) {
        VpDisk *disk = g_ptr_array_index(domain->disks, i);
        if (!is_ovirt_drive(disk))
            continue;
        if (spec->target != NULL && g_strcmp0(disk->target, spec->target) == 0)
            return disk;
        found = disk;
        n++;
    }
    return only_spec && n == 1 ? found : NULL;
}

const VpDisk *
vp_payload_recognise_vdsm(const VpDomain *domain, const VpSpec *spec)
{
    return spec->kind == VP_KIND_FILES ? vp_payload_recognise_ovirt(domain, spec, TRUE) : NULL;
}
