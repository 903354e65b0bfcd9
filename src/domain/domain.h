/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpDomain: a libvirt domain definition, parsed within limits; the parts of it that a payload
 * depends on. */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

#include "domain/front-search.h" /* the namespaces */

/* libvirt's domain XML, https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms */
typedef struct {
    char *device; /* "disk", "cdrom", "floppy", "lun" */
    char *bus;    /* "virtio", "scsi", "sata", "ide", "usb", "fdc", ...; NULL if not given */
    char *target; /* "vda"; "?" if it is not of letters and digits */
    char *source; /* source/@file; NULL if there is none or the type is not "file" */
    gboolean readonly;
    xmlNode *node; /* borrowed from VpDomain.doc */
} VpDisk;

/* https://libvirt.org/formatdomain.html#network-interfaces */
typedef struct {
    char *mac;    /* lower case; NULL if not given */
    char *target; /* the host's device name; NULL if not given */
} VpInterface;

typedef struct {
    xmlDoc *doc;
    char *name;
    char *uuid;        /* canonical: lower case, with hyphens */
    char *smbios_uuid; /* sysinfo[@type='smbios']/system/entry[@name='uuid'], canonical; otherwise
                          NULL: equal to uuid */
    int id;            /* of the running domain; -1 if inactive */
    char *type;        /* "kvm", "qemu" */
    char *arch;        /* NULL if not given */
    char *machine;     /* "pc-q35-7.2"; NULL if not given */
    char *os_id; /* libosinfo: metadata//os/@id, "http://microsoft.com/win/10"; NULL if not given
                  */
    GPtrArray *disks;      /* of VpDisk, document order */
    GPtrArray *interfaces; /* of VpInterface, document order */
    xmlNode *devices;      /* borrowed; NULL if the domain has none */
} VpDomain;

/* Scans (vp_domain_xml_scan), parses (no network, no entities, no DTD, nothing printed) and reads.
 * VP_ERROR_XML_*, _UUID, _MISSING (name). Another root element than libvirt's <domain> is
 * VP_ERROR_NOT_FOUND: well-formed, but no definition of a guest. */
VpDomain *vp_domain_parse(const char *xml, gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a definition that libvirt may not have defined yet: without <uuid> it gets a random
 * one, as virDomainDefineXML() does. */
VpDomain *vp_domain_parse_new(const char *xml, gsize size,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_domain_free(VpDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpDomain, vp_domain_free)

/* The same for a single element, whatever it is: scanned and parsed, not read. Free with
 * xmlFreeDoc. */
xmlDoc *vp_domain_read_document(const char *xml, gsize size,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The elements directly below <metadata> in a namespace, document order; elements borrowed. */
GPtrArray *vp_domain_metadata(const VpDomain *domain, const char *namespace_uri);

/* TRUE if libosinfo's id says Windows. */
gboolean vp_domain_is_windows(const VpDomain *domain);

/* The name for a command line in a message; the UUID if the name is not a single word to a shell,
 * or virsh would take it for an ID or for another guest's UUID. Borrowed. */
const char *vp_domain_shell_name(const VpDomain *domain);
