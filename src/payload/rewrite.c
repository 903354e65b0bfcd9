/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adds, repoints and removes payload drives in a domain's document. */
#include <config.h>

#include <string.h>

#include "domain/target.h"
#include "domain/xml-edit.h"
#include "domain/xml-node.h"
#include "payload/recognise.h"
#include "payload/rewrite.h"

/* A user's alias is kept by libvirt: https://libvirt.org/formatdomain.html#devices */
#define CONTROLLER_ALIAS "ua-virt-payload"

/* --- elements -------------------------------------------------------------------------------- */

/* attributes: pairs of name and value, up to a NULL. */
static xmlNode *
new_child(xmlNode *parent, const char *name, const char *const attributes[][2])
{
    xmlNode *child = xmlNewChild(parent, NULL, BAD_CAST name, NULL);

    for (gsize i = 0; attributes[i][0] != NULL; i++)
        xmlNewProp(child, BAD_CAST attributes[i][0], BAD_CAST attributes[i][1]);
    return child;
}

static xmlNode *
new_element(const VpDomain *domain, const char *name)
{
    return xmlNewDocNode(domain->doc, NULL, BAD_CAST name, NULL);
}

/* No startupPolicy: with "optional" libvirt silently empties the drive if the image is missing, and
 * the guest boots unconfigured. */
static xmlNode *
new_disk(const VpDomain *domain, const VpDrive *drive, const char *path)
{
    xmlNode *disk = new_element(domain, "disk");

    xmlNewProp(disk, BAD_CAST "type", BAD_CAST "file");
    xmlNewProp(disk, BAD_CAST "device", BAD_CAST drive->device);
    new_child(disk, "driver", (const char *[][2]){{"name", "qemu"}, {"type", "raw"}, {NULL}});
    if (path != NULL)
        new_child(disk, "source", (const char *[][2]){{"file", path}, {NULL}});
    new_child(disk, "target",
              (const char *[][2]){
                  {"dev", drive->target}, {"bus", vp_domain_target_bus_name(drive->bus)}, {NULL}});
    new_child(disk, "readonly", (const char *[][2]){{NULL}});
    if (drive->controller >= 0) {
        g_autofree char *controller = g_strdup_printf("%d", drive->controller);
        g_autofree char *unit = g_strdup_printf("%d", drive->unit);
        new_child(disk, "address",
                  (const char *[][2]){{"type", "drive"},
                                      {"controller", controller},
                                      {"bus", "0"},
                                      {"target", "0"},
                                      {"unit", unit},
                                      {NULL}});
    }
    return disk;
}

static xmlNode *
new_controller(const VpDomain *domain)
{
    xmlNode *controller = new_element(domain, "controller");

    xmlNewProp(controller, BAD_CAST "type", BAD_CAST "scsi");
    xmlNewProp(controller, BAD_CAST "index", BAD_CAST "0");
    xmlNewProp(controller, BAD_CAST "model", BAD_CAST "virtio-scsi");
    new_child(controller, "alias", (const char *[][2]){{"name", CONTROLLER_ALIAS}, {NULL}});
    return controller;
}

/* The last of that name, after which another is put. */
static xmlNode *
last_child(const xmlNode *parent, const char *name)
{
    xmlNode *last = NULL;

    for (xmlNode *node = vp_domain_xml_first_element(parent); node != NULL;
         node = vp_domain_xml_next_element(node))
        if (g_str_equal(node->name, name))
            last = node;
    return last;
}

/* --- the three changes ----------------------------------------------------------------------- */

/* One run: the domain, and what was done to it in order. */
typedef struct {
    VpDomain *domain;
    GPtrArray *changes; /* of VpRewriteChange */
} Rewrite;

static void
free_change(gpointer data)
{
    VpRewriteChange *change = data;

    g_free(change->xml);
    g_free(change);
}

static void
note_change(Rewrite *rewrite, VpRewriteChangeKind kind, const xmlNode *element)
{
    VpRewriteChange *change = g_new0(VpRewriteChange, 1);

    change->kind = kind;
    change->xml = vp_domain_xml_element_text(element);
    g_ptr_array_add(rewrite->changes, change);
}

static void
set_source(Rewrite *rewrite, VpDisk *disk, const char *path)
{
    xmlNode *source = vp_domain_xml_child(disk->node, "source");

    if (vp_payload_recognise_same_path(disk->source, path))
        return;
    xmlSetProp(source, BAD_CAST "file", BAD_CAST path);
    g_free(disk->source);
    disk->source = g_strdup(path);
    note_change(rewrite, VP_REWRITE_UPDATE, disk->node);
}

static void
remember_disk(VpDomain *domain, const VpDrive *drive, const char *path, xmlNode *node)
{
    VpDisk *disk = g_new0(VpDisk, 1);

    disk->device = g_strdup(drive->device);
    disk->bus = g_strdup(vp_domain_target_bus_name(drive->bus));
    disk->target = g_strdup(drive->target);
    disk->source = g_strdup(path);
    disk->readonly = TRUE;
    disk->node = node;
    g_ptr_array_add(domain->disks, disk);
}

static xmlNode *
ensure_devices(VpDomain *domain)
{
    if (domain->devices == NULL) {
        xmlNode *root = xmlDocGetRootElement(domain->doc);

        domain->devices = new_element(domain, "devices");
        vp_domain_xml_insert_after(root, xmlLastElementChild(root), domain->devices);
    }
    return domain->devices;
}

/* Puts a device after the last of one of two names, or first. */
static void
insert_device(Rewrite *rewrite, xmlNode *device, const char *behind, const char *else_behind)
{
    xmlNode *devices = ensure_devices(rewrite->domain);
    xmlNode *sibling = last_child(devices, behind);

    if (sibling == NULL)
        sibling = last_child(devices, else_behind);
    vp_domain_xml_insert_after(devices, sibling, device);
    note_change(rewrite, VP_REWRITE_ATTACH, device);
}

static gboolean
add_drive(Rewrite *rewrite, const VpSpec *spec, const char *path, GError **error)
{
    VpDomain *domain = rewrite->domain;
    g_autoptr(VpDrive) drive = vp_payload_drive_plan(domain, spec, error);
    xmlNode *disk;

    if (drive == NULL)
        return FALSE;
    disk = new_disk(domain, drive, path);
    if (drive->needs_controller)
        insert_device(rewrite, new_controller(domain), "controller", "disk");
    insert_device(rewrite, disk, "disk", "emulator");
    remember_disk(domain, drive, path, disk);
    return TRUE;
}

static void
remove_device(Rewrite *rewrite, xmlNode *device)
{
    note_change(rewrite, VP_REWRITE_DETACH, device);
    vp_domain_xml_remove(device);
}

/* Our controller is removed once nothing is left that might be on it. */
static void
remove_controller(Rewrite *rewrite)
{
    const VpDomain *domain = rewrite->domain;
    xmlNode *controller = NULL;

    for (guint i = 0; i < domain->disks->len; i++)
        if (vp_domain_target_disk_bus(g_ptr_array_index(domain->disks, i)) == VP_BUS_SCSI)
            return;
    if (vp_domain_xml_child(domain->devices, "hostdev") != NULL)
        return;
    for (xmlNode *node = vp_domain_xml_first_element(domain->devices); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        g_autofree char *alias =
            vp_domain_xml_attribute(vp_domain_xml_child(node, "alias"), "name");

        if (g_str_equal(node->name, "controller") && g_strcmp0(alias, CONTROLLER_ALIAS) == 0)
            controller = node;
    }
    if (controller != NULL)
        remove_device(rewrite, controller);
}

static void
remove_drive(Rewrite *rewrite, VpDisk *disk)
{
    remove_device(rewrite, disk->node);
    g_ptr_array_remove(rewrite->domain->disks, disk);
    remove_controller(rewrite);
}

static void
remove_drives(Rewrite *rewrite, const char *directory)
{
    const VpDomain *domain = rewrite->domain;

    for (guint i = domain->disks->len; i > 0; i--) {
        VpDisk *disk = g_ptr_array_index(domain->disks, i - 1);

        if (vp_payload_recognise(domain, disk) ||
            (directory != NULL && vp_payload_recognise_foreign(domain, disk, directory)))
            remove_drive(rewrite, disk);
    }
}

/* Behind the UUID: ".img", or "-NAME.img". */
static const char *
image_rest(const char *path)
{
    return strrchr(path, '/') + 1 + strlen("00000000-0000-0000-0000-000000000000");
}

/* The payload without a drive that a drive of another guest's would belong to, were the guest that
 * other one. */
static const VpSpec *
spec_without_drive(const VpDomain *domain, const GPtrArray *specs, const VpDisk *disk)
{
    for (guint i = 0; i < specs->len; i++) {
        const VpSpec *spec = specs->pdata[i];
        g_autofree char *name = vp_spec_image_name(spec);

        if (g_str_has_suffix(name, image_rest(disk->source)) &&
            strlen(image_rest(disk->source)) == strlen(name) - (strlen(domain->uuid)) &&
            vp_payload_recognise_image(domain, name) == NULL)
            return spec;
    }
    return NULL;
}

/* A clone's drives become its own, each in its place. Those that it has no payload for are removed,
 * except by a filter. */
static void
adopt_drives(Rewrite *rewrite, const GPtrArray *specs, const char *directory, VpRewriteMode mode)
{
    const VpDomain *domain = rewrite->domain;

    for (guint i = domain->disks->len; i > 0; i--) {
        VpDisk *disk = g_ptr_array_index(domain->disks, i - 1);
        const VpSpec *spec;

        if (!vp_payload_recognise_foreign(domain, disk, directory))
            continue;
        spec = spec_without_drive(domain, specs, disk);
        if (spec != NULL) {
            g_autofree char *name = vp_spec_image_name(spec);
            g_autofree char *path = g_build_filename(directory, name, NULL);

            set_source(rewrite, disk, path);
        } else if (mode != VP_REWRITE_REPOINT) {
            remove_drive(rewrite, disk);
        }
    }
}

static gboolean
is_on_chosen_bus(const Rewrite *rewrite, const VpSpec *spec, const VpDisk *disk)
{
    return vp_domain_target_disk_bus(disk) == vp_payload_drive_choose_bus(rewrite->domain, spec);
}

/* ENSURE moves a drive that is early, FOLLOW and REBUS leave it. */
static gboolean
may_stay(const Rewrite *rewrite, const VpSpec *spec, const VpDisk *disk, VpRewriteMode mode)
{
    if (!vp_payload_drive_fits(disk, spec) ||
        (mode == VP_REWRITE_REBUS && !is_on_chosen_bus(rewrite, spec, disk)))
        return FALSE;
    return mode != VP_REWRITE_ENSURE || !vp_payload_drive_is_early(rewrite->domain, disk, spec);
}

static gboolean
replace_drive(Rewrite *rewrite, const VpSpec *spec, VpDisk *disk, const char *path, GError **error)
{
    remove_drive(rewrite, disk);
    return add_drive(rewrite, spec, path, error);
}

static VpDisk *
find_drive(const Rewrite *rewrite, const GPtrArray *specs, const VpSpec *spec, VpRewriteMode mode)
{
    g_autofree char *name = vp_spec_image_name(spec);
    VpDisk *disk = vp_payload_recognise_image(rewrite->domain, name);

    if (disk != NULL || mode == VP_REWRITE_REPOINT)
        return disk;
    return vp_payload_recognise_ovirt(rewrite->domain, spec, specs->len == 1);
}

static gboolean
rewrite_spec(Rewrite *rewrite, GPtrArray *specs, guint n, const char *directory, VpRewriteMode mode,
             GError **error)
{
    const VpSpec *spec = g_ptr_array_index(specs, n);
    g_autofree char *name = vp_spec_image_name(spec);
    g_autofree char *path = g_build_filename(directory, name, NULL);
    VpDisk *disk = find_drive(rewrite, specs, spec, mode);

    if (disk == NULL)
        return mode != VP_REWRITE_ENSURE || add_drive(rewrite, spec, path, error);
    if (mode != VP_REWRITE_REPOINT && !may_stay(rewrite, spec, disk, mode))
        return replace_drive(rewrite, spec, disk, path, error);
    set_source(rewrite, disk, path);
    return TRUE;
}

GPtrArray *
vp_payload_rewrite_changes(VpDomain *domain, GPtrArray *specs, const char *image_directory,
                           VpRewriteMode mode, GError **error)
{
    g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func(free_change);
    Rewrite rewrite = {domain, changes};

    if (mode == VP_REWRITE_REMOVE) {
        remove_drives(&rewrite, image_directory);
        return g_steal_pointer(&changes);
    }
    adopt_drives(&rewrite, specs, image_directory, mode);
    for (guint i = 0; i < specs->len; i++)
        if (!rewrite_spec(&rewrite, specs, i, image_directory, mode, error))
            return NULL;
    return g_steal_pointer(&changes);
}

gboolean
vp_payload_rewrite_domain(VpDomain *domain, GPtrArray *specs, const char *image_directory,
                          VpRewriteMode mode, gboolean *changed, GError **error)
{
    g_autoptr(GPtrArray) changes =
        vp_payload_rewrite_changes(domain, specs, image_directory, mode, error);

    if (changes == NULL)
        return FALSE;
    *changed = changes->len > 0;
    return TRUE;
}

/* --- text ------------------------------------------------------------------------------------ */

char *
vp_payload_rewrite_to_string(const VpDomain *domain)
{
    return vp_domain_xml_doc_text(domain->doc);
}

char *
vp_payload_rewrite_element_xml(const VpDisk *disk)
{
    return vp_domain_xml_element_text(disk->node);
}

static char *
take_text(xmlNode *element)
{
    char *text = vp_domain_xml_element_text(element);

    xmlFreeNode(element);
    return text;
}

char *
vp_payload_rewrite_disk_xml(const VpDomain *domain, const VpDrive *drive, const char *image_path)
{
    return take_text(new_disk(domain, drive, image_path));
}

/* With its address, which libvirt would otherwise derive from the target, and find changed. */
char *
vp_payload_rewrite_media_xml(const VpDomain *domain, const VpDisk *disk, const char *image_path)
{
    const VpDrive drive = {.bus = vp_domain_target_disk_bus(disk),
                           .device = disk->device,
                           .target = disk->target,
                           .controller = -1};
    xmlNode *changed = new_disk(domain, &drive, image_path);
    xmlNode *address = vp_domain_xml_child(disk->node, "address");

    if (address != NULL)
        xmlAddChild(changed, xmlDocCopyNode(address, domain->doc, 1));
    return take_text(changed);
}
