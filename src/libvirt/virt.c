/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls libvirt and turns its errors into ours. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "domain/domain.h"
#include "libvirt/api.h"
#include "libvirt/virt.h"
#include "spec/subnet.h"

/* libvirt itself gives up after 30 s of waiting for a guest's job lock (QEMU_JOB_WAIT_TIME). */
enum { LOCK_TRIES = 3 };

/* Seconds that a guest agent has to answer. */
enum { AGENT_TIMEOUT = 5 };

#define METADATA_PREFIX "payload"

/* Set by the first connection; there is no guest without one. */
static const VpLibvirtApi *api;

struct VpVirt {
    virConnectPtr connection;
};

struct VpGuest {
    virDomainPtr domain;
    char uuid[VIR_UUID_STRING_BUFLEN];
};

static gboolean
is_libvirt_error(int code)
{
    const virError *failure = api->virGetLastError();

    return failure != NULL && failure->code == code;
}

/* what: "the definition cannot be read". Returns FALSE. */
static gboolean
set_error(GError **error, const char *what)
{
    const virError *failure = api->virGetLastError();
    VpErrorCode code = is_libvirt_error(VIR_ERR_NO_DOMAIN) ? VP_ERROR_NOT_FOUND : VP_ERROR_LIBVIRT;

    return vp_error_set(error, code, "%s: %s", what,
                        failure != NULL && failure->message != NULL ? failure->message
                                                                    : "unknown error");
}

/* --- connection ------------------------------------------------------------------------------ */

static void
ignore_error(void *data, virErrorPtr error)
{
}

const char *
vp_virt_choose_uri(const char *uri, const VpConf *conf)
{
    /* virsh(1), and libvirt itself */
    static const char *const variables[] = {"VIRSH_DEFAULT_CONNECT_URI", "LIBVIRT_DEFAULT_URI"};

    if (uri != NULL)
        return uri;
    for (gsize i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *value = g_getenv(variables[i]);

        if (value != NULL && *value != '\0')
            return value;
    }
    if (conf->uri != NULL)
        return conf->uri;
    return geteuid() == 0 ? "qemu:///system" : "qemu:///session";
}

VpVirt *
vp_virt_open(const char *uri, const VpConf *conf, gboolean read_only, GError **error)
{
    unsigned int flags = read_only ? VIR_CONNECT_RO : 0;
    virConnectPtr connection;
    VpVirt *virt;

    api = vp_libvirt_api_load(error);
    if (api == NULL)
        return NULL;
    api->virSetErrorFunc(NULL, ignore_error);
    connection = api->virConnectOpenAuth(vp_virt_choose_uri(uri, conf), api->auth, flags);
    if (connection == NULL) {
        set_error(error, "libvirt cannot be reached");
        return NULL;
    }
    virt = g_new0(VpVirt, 1);
    virt->connection = connection;
    return virt;
}

void
vp_virt_close(VpVirt *virt)
{
    api->virConnectClose(virt->connection);
    g_free(virt);
}

/* --- guests ---------------------------------------------------------------------------------- */

static VpGuest *
guest_new(virDomainPtr domain)
{
    VpGuest *guest = g_new0(VpGuest, 1);

    guest->domain = domain;
    if (api->virDomainGetUUIDString(domain, guest->uuid) < 0)
        guest->uuid[0] = '\0';
    return guest;
}

void
vp_virt_guest_free(VpGuest *guest)
{
    if (guest == NULL)
        return;
    api->virDomainFree(guest->domain);
    g_free(guest);
}

static virDomainPtr
look_up_id(virConnectPtr connection, const char *name)
{
    guint64 id;

    if (!g_ascii_string_to_unsigned(name, 10, 0, G_MAXINT, &id, NULL))
        return NULL;
    return api->virDomainLookupByID(connection, (int)id);
}

VpGuest *
vp_virt_find_uuid(VpVirt *virt, const char *uuid, GError **error)
{
    virDomainPtr domain = api->virDomainLookupByUUIDString(virt->connection, uuid);

    if (domain != NULL)
        return guest_new(domain);
    set_error(error, "the guest cannot be looked up");
    return NULL;
}

VpGuest *
vp_virt_find(VpVirt *virt, const char *name, GError **error)
{
    virDomainPtr domain = NULL;

    /* a guest that is named like another's UUID must not get what is meant for that guest */
    if (g_uuid_string_is_valid(name)) {
        domain = api->virDomainLookupByUUIDString(virt->connection, name);
        if (domain == NULL && !is_libvirt_error(VIR_ERR_NO_DOMAIN)) {
            set_error(error, "the guest cannot be looked up");
            return NULL;
        }
    }
    if (domain == NULL)
        domain = api->virDomainLookupByName(virt->connection, name);
    if (domain == NULL && is_libvirt_error(VIR_ERR_NO_DOMAIN))
        domain = look_up_id(virt->connection, name);
    if (domain != NULL)
        return guest_new(domain);
    if (api->virGetLastError() == NULL || is_libvirt_error(VIR_ERR_NO_DOMAIN))
        return vp_error_null(error, VP_ERROR_NOT_FOUND,
                             "no guest has this UUID, name or id; see 'virsh list --all'");
    set_error(error, "the guest cannot be looked up");
    return NULL;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(vp_virt_guest_name(*(const VpGuest *const *)a),
                  vp_virt_guest_name(*(const VpGuest *const *)b));
}

GPtrArray *
vp_virt_list(VpVirt *virt, GError **error)
{
    virDomainPtr *domains = NULL;
    int n = api->virConnectListAllDomains(virt->connection, &domains, 0);
    GPtrArray *guests;

    if (n < 0) {
        set_error(error, "the guests cannot be listed");
        return NULL;
    }
    guests = g_ptr_array_new_with_free_func((GDestroyNotify)vp_virt_guest_free);
    for (int i = 0; i < n; i++)
        g_ptr_array_add(guests, guest_new(domains[i]));
    free(domains); /* libvirt's array comes from malloc */
    g_ptr_array_sort(guests, compare_names);
    return guests;
}

GHashTable *
vp_virt_running(const GPtrArray *guests)
{
    GHashTable *running = g_hash_table_new_full(vp_hash_text, g_str_equal, g_free, NULL);

    for (guint i = 0; i < guests->len; i++) {
        const VpGuest *guest = guests->pdata[i];

        if (vp_virt_guest_id(guest) >= 0)
            g_hash_table_add(running, g_strdup(vp_virt_guest_uuid(guest)));
    }
    return running;
}

const char *
vp_virt_guest_name(const VpGuest *guest)
{
    return api->virDomainGetName(guest->domain);
}

const char *
vp_virt_guest_uuid(const VpGuest *guest)
{
    return guest->uuid;
}

int
vp_virt_guest_id(const VpGuest *guest)
{
    return (int)api->virDomainGetID(guest->domain);
}

gboolean
vp_virt_uri_is_here(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_PARSE_RELAXED, NULL);
    const char *host = uri != NULL ? g_uri_get_host(uri) : NULL;

    return uri != NULL && (host == NULL || *host == '\0');
}

/* The daemon whose hook fills the payload directory of this configuration: root's directory is
 * filled by the system's daemon, a user's by that of their session. At another socket there is
 * another daemon, which does not know the guests of this one. */
static gboolean
is_own_daemon(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_PARSE_RELAXED, NULL);
    const char *query = uri != NULL ? g_uri_get_query(uri) : NULL;

    return vp_virt_uri_is_here(text) && (query == NULL || strstr(query, "socket=") == NULL) &&
           g_str_equal(g_uri_get_path(uri), geteuid() == 0 ? "/system" : "/session");
}

static gboolean
is_this_host(virConnectPtr connection, const VpConf *conf)
{
    char *uri = api->virConnectGetURI(connection);
    gboolean is_own =
        uri != NULL && !conf->is_roots &&
        (g_strcmp0(conf->uri, uri) == 0 ||
         (g_strcmp0(api->virConnectGetType(connection), "QEMU") == 0 && is_own_daemon(uri)));

    free(uri);
    return is_own;
}

gboolean
vp_virt_is_qemu(const VpVirt *virt)
{
    return g_strcmp0(api->virConnectGetType(virt->connection), "QEMU") == 0;
}

gboolean
vp_virt_is_this_host(const VpVirt *virt, const VpConf *conf)
{
    return is_this_host(virt->connection, conf);
}

gboolean
vp_virt_check_rights(const VpConf *conf, GError **error)
{
    if (!conf->is_roots)
        return TRUE;
    return vp_error_set(error, VP_ERROR_LIBVIRT, "only root can look into %s; run this as root",
                        conf->directory);
}

gboolean
vp_virt_check_this_host(const VpVirt *virt, const VpConf *conf, GError **error)
{
    if (vp_virt_is_this_host(virt, conf))
        return TRUE;
    if (!vp_virt_check_rights(conf, error))
        return FALSE;
    return vp_error_set(
        error, VP_ERROR_LIBVIRT,
        "the connection is not to the daemon of this host that uses %s; connect to %s",
        conf->directory,
        conf->uri != NULL ? conf->uri : (geteuid() == 0 ? "qemu:///system" : "qemu:///session"));
}

gboolean
vp_virt_guest_is_local(const VpGuest *guest, const VpConf *conf)
{
    return is_this_host(api->virDomainGetConnect(guest->domain), conf);
}

gboolean
vp_virt_guest_has_files_here(const VpGuest *guest, const VpConf *conf)
{
    char *uri = api->virConnectGetURI(api->virDomainGetConnect(guest->domain));
    gboolean is_here = uri != NULL && (g_strcmp0(conf->uri, uri) == 0 || vp_virt_uri_is_here(uri));

    free(uri);
    return is_here;
}

gboolean
vp_virt_guest_is_persistent(const VpGuest *guest, gboolean *is_persistent, GError **error)
{
    int answer = api->virDomainIsPersistent(guest->domain);

    if (answer < 0)
        return set_error(error, "the guest's state cannot be read");
    *is_persistent = answer == 1;
    return TRUE;
}

gboolean
vp_virt_guest_is_autostarted(const VpGuest *guest)
{
    int autostart = 0;

    return api->virDomainGetAutostart(guest->domain, &autostart) == 0 && autostart != 0;
}

gboolean
vp_virt_guest_current_id(const VpGuest *guest, int *id, GError **error)
{
    virConnectPtr connection = api->virDomainGetConnect(guest->domain);
    virDomainPtr domain = api->virDomainLookupByUUIDString(connection, guest->uuid);

    if (domain == NULL)
        return set_error(error, "the guest cannot be looked up");
    *id = (int)api->virDomainGetID(domain);
    api->virDomainFree(domain);
    return TRUE;
}

static VpGuestOrigin
origin_of(int state, int reason)
{
    static const struct {
        int state;
        int reason;
        VpGuestOrigin origin;
    } known[] = {
        {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER, VP_GUEST_HELD},
        {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP, VP_GUEST_HELD},
        {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION, VP_GUEST_RESUMED},
        {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT, VP_GUEST_RESUMED},
        {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, VP_GUEST_BOOTED},
        {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_RESTORED, VP_GUEST_RESUMED},
        {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_MIGRATED, VP_GUEST_RESUMED},
        {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_FROM_SNAPSHOT, VP_GUEST_RESUMED},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i].state == state && known[i].reason == reason)
            return known[i].origin;
    }
    return VP_GUEST_UNCLEAR;
}

/* A query that has to wait for the guest's lock. */
static void
await_job(const VpGuest *guest)
{
    virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
    int tries = LOCK_TRIES;

    while (api->virDomainMemoryStats(guest->domain, stats, VIR_DOMAIN_MEMORY_STAT_NR, 0) < 0 &&
           is_libvirt_error(VIR_ERR_OPERATION_TIMEOUT) && --tries > 0)
        continue;
}

gboolean
vp_virt_guest_origin(const VpGuest *guest, VpGuestOrigin *origin, GError **error)
{
    int state, reason;
    int failed = api->virDomainGetState(guest->domain, &state, &reason, 0);

    /* while libvirt reverts to a snapshot, it is as with "start --paused" */
    if (failed == 0 && origin_of(state, reason) == VP_GUEST_HELD) {
        await_job(guest);
        failed = api->virDomainGetState(guest->domain, &state, &reason, 0);
    }
    if (failed < 0)
        return set_error(error, "the guest's state cannot be read");
    *origin = origin_of(state, reason);
    return TRUE;
}

/* A copy in GLib's memory of what libvirt returned from malloc. */
static char *
take_string(char *text)
{
    char *copy = g_strdup(text);

    free(text);
    return copy;
}

char *
vp_virt_guest_xml(const VpGuest *guest, VpGuestPart part, GError **error)
{
    unsigned int flags = part == VP_GUEST_CONFIG ? VIR_DOMAIN_XML_INACTIVE : 0;
    char *xml = api->virDomainGetXMLDesc(guest->domain, flags);

    if (xml == NULL) {
        set_error(error, "the definition cannot be read");
        return NULL;
    }
    return take_string(xml);
}

VpDomain *
vp_virt_guest_domain(const VpGuest *guest, VpGuestPart part, GError **error)
{
    g_autofree char *xml = vp_virt_guest_xml(guest, part, error);

    return xml != NULL ? vp_domain_parse(xml, strlen(xml), error) : NULL;
}

char *
vp_virt_guest_saved_xml(const VpGuest *guest)
{
    char *xml = NULL;

    if (api->virDomainHasManagedSaveImage(guest->domain, 0) == 1)
        xml = api->virDomainManagedSaveGetXMLDesc(guest->domain, 0);
    return xml != NULL ? take_string(xml) : NULL;
}

/* --- devices --------------------------------------------------------------------------------- */

static unsigned int
affect(VpGuestPart part)
{
    return part == VP_GUEST_LIVE ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG;
}

typedef int (*DeviceCall)(virDomainPtr domain, const char *xml, unsigned int flags);

/* While a guest starts, or is saved or copied, another job holds its lock. */
static gboolean
change_device(const VpGuest *guest, DeviceCall call, const char *xml, unsigned int flags,
              const char *what, GError **error)
{
    int tries = LOCK_TRIES;

    while (call(guest->domain, xml, flags) < 0) {
        if (is_libvirt_error(VIR_ERR_OPERATION_TIMEOUT) && --tries > 0)
            continue;
        return set_error(error, what);
    }
    return TRUE;
}

gboolean
vp_virt_guest_attach(const VpGuest *guest, const char *xml, VpGuestPart part, GError **error)
{
    return change_device(guest, api->virDomainAttachDeviceFlags, xml, affect(part),
                         "the drive cannot be attached", error);
}

gboolean
vp_virt_guest_detach(const VpGuest *guest, const char *xml, VpGuestPart part, GError **error)
{
    return change_device(guest, api->virDomainDetachDeviceFlags, xml, affect(part),
                         "the drive cannot be detached", error);
}

gboolean
vp_virt_guest_update(const VpGuest *guest, const char *xml, VpGuestPart part, gboolean force,
                     GError **error)
{
    unsigned int flags = affect(part) | (force ? VIR_DOMAIN_DEVICE_MODIFY_FORCE : 0);

    return change_device(guest, api->virDomainUpdateDeviceFlags, xml, flags,
                         "the drive's medium cannot be changed", error);
}

/* --- metadata -------------------------------------------------------------------------------- */

gboolean
vp_virt_guest_set_metadata(const VpGuest *guest, VpGuestPart part, const char *element,
                           GError **error)
{
    if (api->virDomainSetMetadata(guest->domain, VIR_DOMAIN_METADATA_ELEMENT, element,
                                  METADATA_PREFIX, VP_NAMESPACE, affect(part)) < 0)
        return set_error(error, "the metadata cannot be changed");
    return TRUE;
}

/* --- the guest's agent ------------------------------------------------------------------------ */

/* Codes of later libvirts, by their numbers, which are its interface: the headers may be older than
 * the daemon. */
enum { ERR_AGENT_COMMAND_TIMEOUT = 112, ERR_AGENT_COMMAND_FAILED = 113 };

/* Before them, libvirt's code for what the agent itself answers is that of internal errors
 * (qemuAgentCheckError). Only the text tells what it was, "Command guest-exec has been disabled"
 * (QEMU's qapi/qmp-dispatch.c). */
static VpAgentAnswer
agent_failure(GError **error)
{
    const virError *failure = api->virGetLastError();
    const char *message = failure != NULL && failure->message != NULL ? failure->message : "";

    switch (failure != NULL ? failure->code : VIR_ERR_OK) {
    case VIR_ERR_AGENT_UNRESPONSIVE:
    case VIR_ERR_AGENT_UNSYNCED:
    case VIR_ERR_OPERATION_TIMEOUT:
    case VIR_ERR_OPERATION_INVALID: /* does not run, or is paused */
    case ERR_AGENT_COMMAND_TIMEOUT:
        return VP_AGENT_AWAY;
    case VIR_ERR_INTERNAL_ERROR:
    case ERR_AGENT_COMMAND_FAILED:
        return strstr(message, "has been disabled") != NULL ||
                       strstr(message, "has not been found") != NULL
                   ? VP_AGENT_FORBIDDEN
                   : VP_AGENT_REFUSED;
    case VIR_ERR_ARGUMENT_UNSUPPORTED:
        g_set_error(error, VP_ERROR, VP_ERROR_MISSING,
                    "the guest has no channel for its agent; add one to <devices>: <channel "
                    "type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>");
        return VP_AGENT_FAILED;
    default:
        set_error(error, "the guest's agent cannot be asked");
        return VP_AGENT_FAILED;
    }
}

VpAgentAnswer
vp_virt_guest_agent(const VpGuest *guest, const char *command, GBytes **reply, GError **error)
{
    char *text;

    api->virResetLastError();
    (void)api->virDomainAgentSetResponseTimeout(guest->domain, AGENT_TIMEOUT, 0);
    text = api->virDomainQemuAgentCommand(guest->domain, command, AGENT_TIMEOUT, 0);
    if (text == NULL)
        return agent_failure(error);
    *reply = g_bytes_new(text, strlen(text));
    free(text);
    return VP_AGENT_OK;
}

/* --- addresses ------------------------------------------------------------------------------- */

static void
interface_free(VpGuestInterface *interface)
{
    g_free(interface->interface);
    g_free(interface->mac);
    g_ptr_array_unref(interface->addresses);
    g_free(interface);
}

/* The guest's agent may say anything. */
static gboolean
is_address(const char *text)
{
    return vp_spec_subnet_holds("0.0.0.0/0", text) || vp_spec_subnet_holds("::/0", text);
}

static VpGuestInterface *
interface_new(const virDomainInterface *source)
{
    VpGuestInterface *interface = g_new0(VpGuestInterface, 1);

    interface->interface = g_strdup(source->name);
    interface->mac = g_strdup(source->hwaddr);
    interface->addresses = g_ptr_array_new_with_free_func(g_free);
    for (unsigned int i = 0; i < source->naddrs; i++) {
        const virDomainIPAddress *one = &source->addrs[i];

        if (is_address(one->addr))
            g_ptr_array_add(interface->addresses, g_strdup_printf("%s/%u", one->addr, one->prefix));
    }
    return interface;
}

static gboolean
is_loopback(const virDomainInterface *interface)
{
    return g_strcmp0(interface->name, "lo") == 0 ||
           g_strcmp0(interface->hwaddr, "00:00:00:00:00:00") == 0;
}

static void
ask_source(const VpGuest *guest, unsigned int source, GPtrArray *interfaces)
{
    virDomainInterfacePtr *found = NULL;
    int n = api->virDomainInterfaceAddresses(guest->domain, &found, source, 0);

    for (int i = 0; i < n; i++) {
        VpGuestInterface *interface = interface_new(found[i]);

        if (interface->addresses->len > 0 && !is_loopback(found[i]))
            g_ptr_array_add(interfaces, interface);
        else
            interface_free(interface);
        api->virDomainInterfaceFree(found[i]);
    }
    free(found);
}

GPtrArray *
vp_virt_guest_addresses_from(const VpGuest *guest, VpAddressSource source)
{
    static const unsigned int sources[] = {
        [VP_ADDRESS_AGENT] = VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT,
        [VP_ADDRESS_LEASE] = VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE,
        [VP_ADDRESS_ARP] = VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP,
    };
    GPtrArray *interfaces = g_ptr_array_new_with_free_func((GDestroyNotify)interface_free);

    if (source == VP_ADDRESS_AGENT)
        (void)api->virDomainAgentSetResponseTimeout(guest->domain, AGENT_TIMEOUT, 0);
    ask_source(guest, sources[source], interfaces);
    return interfaces;
}

GPtrArray *
vp_virt_guest_addresses(const VpGuest *guest)
{
    static const VpAddressSource sources[] = {VP_ADDRESS_AGENT, VP_ADDRESS_LEASE, VP_ADDRESS_ARP};
    g_autoptr(GPtrArray) interfaces = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
        g_clear_pointer(&interfaces, g_ptr_array_unref);
        interfaces = vp_virt_guest_addresses_from(guest, sources[i]);
        if (interfaces->len > 0)
            break;
    }
    return g_steal_pointer(&interfaces);
}
