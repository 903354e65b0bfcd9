/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Libvirt, as the command sees it: a connection, its guests, their definitions and devices. The
 * only caller of libvirt; every error is VP_ERROR_LIBVIRT with libvirt's own message, or as said
 * below. */
#pragma once

#include <glib.h>

#include "domain/domain.h"
#include "payload/conf.h"

typedef struct VpVirt VpVirt;   /* a connection */
typedef struct VpGuest VpGuest; /* a domain; outlives nothing: free it before its connection */

/* uri: NULL for the first of VIRSH_DEFAULT_CONNECT_URI, LIBVIRT_DEFAULT_URI and the configuration's
 * that is set; without any qemu:///system for root and qemu:///session for others. read_only needs
 * no rights and gives definitions without secrets. Silences libvirt's own printing of errors. */
VpVirt *vp_virt_open(const char *uri, const VpConf *conf, gboolean read_only,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_virt_close(VpVirt *virt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpVirt, vp_virt_close)

gboolean vp_virt_is_qemu(const VpVirt *virt);
/* TRUE if this is the daemon whose hook makes the images in the configured directory: of this host,
 * the system's for root and the session's for others, or that of the configuration's uri. Any other
 * daemon does not know the guests that they belong to. */
gboolean vp_virt_is_this_host(const VpVirt *virt, const VpConf *conf);
/* VP_ERROR_LIBVIRT for another user than root to whom the system's configuration applies. */
gboolean vp_virt_check_rights(const VpConf *conf, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same; VP_ERROR_LIBVIRT, naming the connection to use, if not. */
gboolean vp_virt_check_this_host(const VpVirt *virt, const VpConf *conf,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* By UUID, otherwise by name, otherwise by id of a running guest. VP_ERROR_NOT_FOUND. */
VpGuest *vp_virt_find(VpVirt *virt, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Only by UUID: a guest may be named like the UUID of another. VP_ERROR_NOT_FOUND. */
VpGuest *vp_virt_find_uuid(VpVirt *virt, const char *uuid,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every guest, running or not: one call. An array of VpGuest, by name. */
GPtrArray *vp_virt_list(VpVirt *virt, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The URI that is opened for the value of --connect, or for NULL. Needs no libvirt. Borrowed. */
const char *vp_virt_choose_uri(const char *uri, const VpConf *conf);

/* Of such an array, the UUIDs of those that run: a set. */
GHashTable *vp_virt_running(const GPtrArray *guests);

void vp_virt_guest_free(VpGuest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpGuest, vp_virt_guest_free)

/* As they were when the guest was looked up. Borrowed; the UUID is canonical. */
const char *vp_virt_guest_name(const VpGuest *guest);
const char *vp_virt_guest_uuid(const VpGuest *guest);
int vp_virt_guest_id(const VpGuest *guest); /* while it runs; otherwise -1 */

/* As vp_virt_is_this_host of the guest's connection. */
gboolean vp_virt_guest_is_local(const VpGuest *guest, const VpConf *conf);

/* TRUE if a connection's URI names no host. Pure. */
gboolean vp_virt_uri_is_here(const char *uri);

/* TRUE if the paths in the guest's definition are files of this host: its connection's URI names no
 * host, or is the configuration's. */
gboolean vp_virt_guest_has_files_here(const VpGuest *guest, const VpConf *conf);

/* As it is now: one call each. */
gboolean vp_virt_guest_is_persistent(const VpGuest *guest, gboolean *is_persistent,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* TRUE if it starts with the daemon. */
gboolean vp_virt_guest_is_autostarted(const VpGuest *guest);

/* How a running guest was started. */
typedef enum {
    VP_GUEST_BOOTED,
    VP_GUEST_HELD,    /* by "start --paused": its vCPUs have not run yet */
    VP_GUEST_RESUMED, /* it resumes after a save, a migration or a snapshot */
    VP_GUEST_UNCLEAR, /* it has been paused or resumed since */
} VpGuestOrigin;
/* Waits for the job that starts it. */
gboolean vp_virt_guest_origin(const VpGuest *guest, VpGuestOrigin *origin,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The id of the running guest, -1 if the guest is not running; VP_ERROR_NOT_FOUND if it is gone.
 */
gboolean vp_virt_guest_current_id(const VpGuest *guest, int *id,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The definition in the guest's managed save, which the next start restores; NULL: none, or it
 * cannot be read. */
char *vp_virt_guest_saved_xml(const VpGuest *guest);

/* Which of a guest's two definitions is read or changed: the running guest's, or the one of the
 * next start. */
typedef enum {
    VP_GUEST_LIVE,
    VP_GUEST_CONFIG,
} VpGuestPart;

char *vp_virt_guest_xml(const VpGuest *guest, VpGuestPart part,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, parsed. */
VpDomain *vp_virt_guest_domain(const VpGuest *guest, VpGuestPart part,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One device element. While another job holds the guest, they wait for it, for at most a minute and
 * a half. With force a CD-ROM's tray is opened even if the guest has locked it. */
gboolean vp_virt_guest_attach(const VpGuest *guest, const char *xml, VpGuestPart part,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_virt_guest_detach(const VpGuest *guest, const char *xml, VpGuestPart part,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_virt_guest_update(const VpGuest *guest, const char *xml, VpGuestPart part,
                              gboolean force, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The element of our namespace in the metadata; NULL removes it. */
gboolean vp_virt_guest_set_metadata(const VpGuest *guest, VpGuestPart part, const char *element,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
    VP_AGENT_OK,
    VP_AGENT_AWAY,      /* no answer: the guest boots, is paused, or its agent does not run */
    VP_AGENT_REFUSED,   /* the agent could not do it */
    VP_AGENT_FORBIDDEN, /* its configuration does not allow the command */
    VP_AGENT_FAILED,    /* with an error: the guest has no channel for an agent, or libvirt fails */
} VpAgentAnswer;

/* One command of the guest agent's protocol, JSON to JSON; waits a few seconds at most. */
VpAgentAnswer vp_virt_guest_agent(const VpGuest *guest, const char *command, GBytes **reply,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    char *interface;      /* the guest's name of it */
    char *mac;            /* NULL if unknown */
    GPtrArray *addresses; /* of char *: "192.0.2.5/24" */
} VpGuestInterface;

typedef enum { VP_ADDRESS_AGENT, VP_ADDRESS_LEASE, VP_ADDRESS_ARP } VpAddressSource;
/* What one of them says. */
GPtrArray *vp_virt_guest_addresses_from(const VpGuest *guest, VpAddressSource source);

/* From the guest agent, otherwise libvirt's DHCP leases, otherwise the host's neighbour table. An
 * array of VpGuestInterface, without the guest's loopback; empty if none of them knows. */
GPtrArray *vp_virt_guest_addresses(const VpGuest *guest);
