/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* oVirt's payload metadata to specs, as VDSM reads it (vdsm: lib/vdsm/virt/vmxml.py, metadata.py):
 *   vm/device[@devtype][@name]/payload/volId, payload/file[@path] with base64,
 *   or the same two below vm/device/specParams/vmPayload.
 * Everything else that oVirt keeps there is ignored. */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/error.h"
#include "domain/image-name.h"
#include "domain/target.h"
#include "domain/xml-node.h"
#include "image/tree.h"
#include "spec/object.h"
#include "spec/read.h"

enum { MAX_PAYLOADS = 8 }; /* of one guest: drives are few */

static gboolean
is_named(const xmlNode *element, const char *name)
{
    return vp_domain_xml_in_namespace(element, VP_OVIRT_NAMESPACE) &&
           g_str_equal(element->name, name);
}

/* Gives an error its place. Returns FALSE. */
static gboolean
prefix(const xmlNode *element, const char *name, GError **error)
{
    g_autofree char *path = g_strconcat("vm/device/", name, NULL);
    VpPlace place = {(guint)xmlGetLineNo(element), element};

    return vp_error_set_place(error, path, &place);
}

static gboolean
fail(const xmlNode *element, const char *path, VpErrorCode code, const char *message,
     GError **error)
{
    g_set_error_literal(error, VP_ERROR, code, message);
    return prefix(element, path, error);
}

static gboolean
read_file(VpSpec *spec, const xmlNode *element, GError **error)
{
    g_autofree char *path = vp_domain_xml_attribute(element, "path");
    g_autofree char *text = vp_domain_xml_text(element);
    GBytes *bytes;
    VpFile *file;

    if (path == NULL)
        return fail(element, "payload/file", VP_ERROR_MISSING, "needs the attribute 'path'", error);
    if (!vp_image_tree_check_path(path, error))
        return prefix(element, "payload/file", error);
    bytes = vp_base64_decode(text, error);
    if (bytes == NULL)
        return prefix(element, "payload/file", error);
    file = vp_spec_object_new(&vp_spec_file_type);
    file->path = g_steal_pointer(&path);
    file->data = vp_spec_data_new(bytes);
    file->place = file->data->place = (VpPlace){(guint)xmlGetLineNo(element), element};
    g_ptr_array_add(spec->files, file);
    return TRUE;
}

static gboolean
read_label(VpSpec *spec, const xmlNode *element, GError **error)
{
    g_autofree char *text = vp_domain_xml_text(element);

    if (spec->label != NULL)
        return fail(element, "payload/volId", VP_ERROR_DUPLICATE, "is given twice; give it once",
                    error);
    if (*g_strstrip(text))
        spec->label = g_steal_pointer(&text);
    return TRUE;
}

static gboolean
read_payload(VpSpec *spec, const xmlNode *payload, GError **error)
{
    for (const xmlNode *node = vp_domain_xml_first_element(payload); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        if (is_named(node, "file") && !read_file(spec, node, error))
            return FALSE;
        if (is_named(node, "volId") && !read_label(spec, node, error))
            return FALSE;
    }
    return TRUE;
}

/* --- the drive ------------------------------------------------------------------------------- */

static const VpDisk *
find_disk(const VpDomain *domain, const char *target)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (g_strcmp0(disk->target, target) == 0)
            return disk;
    }
    return NULL;
}

/* TRUE if the disk shows an image of ours, and that is another payload's. */
static gboolean
is_of_another(const VpSpec *spec, const VpDisk *disk)
{
    g_autofree char *shown =
        disk->source != NULL ? g_path_get_basename(disk->source) : g_strdup("");
    g_autofree char *owner = vp_domain_image_name_uuid(shown);
    g_autofree char *own = vp_spec_image_name(spec);

    return g_strcmp0(owner, spec->guest_uuid) == 0 && !g_str_equal(shown, own);
}

/* The engine defines the drive together with the metadata, and names it by its target. If it is not
 * defined, the name says only whether it is a floppy: this machine may not have the bus that the
 * name of a CD-ROM implies, and its target may have been given to another payload.
 */
static void
choose_drive(VpSpec *spec, const VpDomain *domain, const char *name)
{
    const VpDisk *named = find_disk(domain, name);
    const VpDisk *disk = named != NULL && !is_of_another(spec, named) ? named : NULL;
    gboolean floppy =
        disk != NULL ? g_str_equal(disk->device, "floppy") : g_str_has_prefix(name, "fd");

    if (disk != NULL && disk->source != NULL) {
        spec->target = g_strdup(name);
        spec->bus = vp_domain_target_disk_bus(disk);
    }
    if (floppy) {
        spec->bus = VP_BUS_FDC;
        spec->format = VP_FORMAT_VFAT;
    }
}

/* --- devices --------------------------------------------------------------------------------- */

/* What an image's name can contain: UUID-NAME.img. */
static char *
image_name(const char *device)
{
    char *name = g_ascii_strdown(device, -1);

    return g_strcanon(name, "abcdefghijklmnopqrstuvwxyz0123456789_", '_');
}

typedef struct {
    const VpDomain *domain;
    GPtrArray *specs;
    GPtrArray *names; /* of the specs' devices, as images are named */
} Reading;

static gboolean
add_spec(const Reading *reading, const xmlNode *device, const xmlNode *payload, GError **error)
{
    const VpDomain *domain = reading->domain;
    g_autofree char *name = vp_domain_xml_attribute(device, "name");
    g_autofree char *as_image = NULL;
    g_auto(VpFaults) faults = {NULL, 0};
    g_autoptr(VpSpec) spec = vp_spec_new(domain->name, domain->uuid, domain->smbios_uuid);

    spec->kind = VP_KIND_FILES;
    spec->windows = vp_domain_is_windows(domain);
    if (name == NULL || !*name)
        return fail(device, "@name", VP_ERROR_MISSING, "is required with a payload", error);
    as_image = image_name(name);
    if (g_ptr_array_find_with_equal_func(reading->names, as_image, g_str_equal, NULL))
        return fail(device, "@name", VP_ERROR_DUPLICATE,
                    "is that of an earlier device with a payload", error);
    if (reading->specs->len > 0)
        spec->name = g_strdup(as_image);
    choose_drive(spec, domain, name);
    if (!read_payload(spec, payload, error))
        return FALSE;
    vp_faults_init(&faults, 1);
    vp_spec_validate(spec, &faults);
    if (!vp_faults_none(&faults, error))
        return prefix(payload, "payload", error);
    g_ptr_array_add(reading->specs, g_steal_pointer(&spec));
    g_ptr_array_add(reading->names, g_steal_pointer(&as_image));
    return TRUE;
}

/* VDSM itself writes the engine's payload back as specParams/vmPayload, with the same elements. */
static const xmlNode *
payload_of(const xmlNode *node)
{
    const xmlNode *found = NULL;

    if (is_named(node, "payload"))
        return node;
    if (!is_named(node, "specParams"))
        return NULL;
    for (const xmlNode *child = vp_domain_xml_first_element(node); child != NULL && found == NULL;
         child = vp_domain_xml_next_element(child)) {
        if (is_named(child, "vmPayload"))
            found = child;
    }
    return found;
}

static gboolean
read_device(const Reading *reading, const xmlNode *device, GError **error)
{
    const xmlNode *payload = NULL;

    for (const xmlNode *node = vp_domain_xml_first_element(device); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        const xmlNode *found = payload_of(node);

        if (found == NULL)
            continue;
        if (payload != NULL)
            return fail(found, "payload", VP_ERROR_DUPLICATE, "is given twice; give it once",
                        error);
        payload = found;
    }
    if (payload == NULL)
        return TRUE;
    if (reading->specs->len == MAX_PAYLOADS)
        return fail(payload, "payload", VP_ERROR_QUOTA, "is one too many; a guest has at most 8",
                    error);
    return add_spec(reading, device, payload, error);
}

GPtrArray *
vp_spec_ovirt_read(const VpDomain *domain, const xmlNode *vm, VpFaults *faults)
{
    g_autoptr(GPtrArray) specs = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const Reading reading = {domain, specs, names};
    guint before = faults->errors->len;

    if (!is_named(vm, "vm"))
        return g_steal_pointer(&specs);
    for (const xmlNode *node = vp_domain_xml_first_element(vm); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        GError *error = NULL;

        if (is_named(node, "device") && !read_device(&reading, node, &error) &&
            !vp_faults_note(faults, error))
            return NULL;
    }
    return faults->errors->len == before ? g_steal_pointer(&specs) : NULL;
}
