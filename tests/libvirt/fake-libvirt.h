/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One guest of libvirt's test driver, with what that driver lacks: devices that can be changed
 * while it runs, and an agent. Takes the place of libvirt/api.c in a test program. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "domain/domain.h"
#include "libvirt/api.h"
#include "libvirt/virt.h"
#include "parse-domain.h"
#include "remove-tree.h"

#define FAKE_URI "test:///default"
#define FAKE_UUID "11111111-2222-4333-8444-555555555555"
#define IMAGE FAKE_UUID ".img"
#define PAYLOAD(fields) "<p:cloud-init xmlns:p='" VP_NAMESPACE "'>" fields "</p:cloud-init>"
#define WEB1 PAYLOAD("<p:hostname>web1</p:hostname>")

/* "@" is the payload directory. */
#define FILE_AT(path) "<source file='" path "'/>"
#define DISK(path, target, bus)                                                                    \
    "<disk type='file' device='disk'>" FILE_AT(path) "<target dev='" target "' bus='" bus          \
                                                     "'/></disk>"
#define DRIVE(device, path, target, bus)                                                           \
    "<disk type='file' device='" device "'>" FILE_AT(path) "<target dev='" target "' bus='" bus    \
                                                           "'/><readonly/></disk>"
#define EMPTY(device, target, bus)                                                                 \
    "<disk type='file' device='" device "'><target dev='" target "' bus='" bus                     \
    "'/><readonly/></disk>"
#define CDROM(target, bus) DRIVE("cdrom", "@/" IMAGE, target, bus)

/* What the agent says to the next command: a reply, or libvirt's error. */
typedef struct {
    const char *reply;
    int code;
    const char *message;
} FakeAnswer;

/* A file of the guest, as its agent reads it. */
typedef struct {
    const char *path, *content;
} FakeFile;

typedef struct {
    const char *saved;       /* the definition in a managed save */
    char *live, *config;     /* the two definitions */
    GString *calls;          /* a line for each: "update live force sda cdrom/sata UUID.img" */
    const char *refused;     /* the calls that begin so fail, with: */
    int code;                /* VIR_ERR_OPERATION_FAILED if 0 */
    guint refusals;          /* after so many they succeed; 0: never */
    gboolean is_locked;      /* the tray: only a forced update succeeds */
    int polls;               /* a detached disk is there for so many more reads; -1: it stays */
    char *leaving;           /* its target */
    void (*meanwhile)(void); /* called as a call is refused, or: */
    guint wakes;             /* after so many sleeps */
    void (*before_look_up)(void);
    const FakeFile *files;    /* two; the agent's answers if there are no others */
    const char *addresses[3]; /* of leases, agent, ARP: "eth0 MAC 192.0.2.5/24 ...", or "-" */
    const FakeAnswer *answers;
    guint n_answers;
    gint64 takes;     /* each of them: microseconds */
    gint64 now;       /* of the test's own clock: nothing waits */
    virError failure; /* of the last call; code 0: see libvirt's own */
} Fake;

static Fake fake;

/* GLib's, for what is linked with the test. */
void
g_usleep(gulong microseconds)
{
    fake.now += (gint64)microseconds;
    if (fake.wakes > 0 && --fake.wakes == 0)
        fake.meanwhile();
}

gint64
g_get_monotonic_time(void)
{
    return fake.now;
}

static inline int
fake_fail(int code, const char *message)
{
    fake.failure = (virError){.code = code, .message = (char *)message};
    return -1;
}

static inline virErrorPtr
fake_last_error(void)
{
    return fake.failure.code != VIR_ERR_OK ? &fake.failure : virGetLastError();
}

static inline void
fake_reset_error(void)
{
    fake.failure.code = VIR_ERR_OK;
    virResetLastError();
}

static inline virDomainPtr
fake_look_up(virConnectPtr connection, const char *uuid)
{
    fake_reset_error();
    if (fake.before_look_up != NULL)
        fake.before_look_up();
    return virDomainLookupByUUIDString(connection, uuid);
}

/* --- definitions ------------------------------------------------------------------------------ */

static inline xmlNode *
fake_child(xmlNode *parent, const char *name)
{
    xmlNode *child = parent->children;

    while (child != NULL && strcmp((const char *)child->name, name) != 0)
        child = child->next;
    return child;
}

static inline char *
fake_attribute(xmlNode *parent, const char *child, const char *name)
{
    xmlNode *element = fake_child(parent, child);
    xmlChar *value = element != NULL ? xmlGetProp(element, BAD_CAST name) : NULL;
    char *copy = g_strdup((const char *)value);

    xmlFree(value);
    return copy;
}

static inline void
fake_keep(char **definition, xmlDoc *doc)
{
    xmlChar *text;
    int size;

    xmlDocDumpMemory(doc, &text, &size);
    g_free(*definition);
    *definition = g_strdup((const char *)text);
    xmlFree(text);
}

/* Replaces the disk of that target, or adds or (device NULL) removes one. */
static inline void
fake_change(char **definition, const char *target, xmlNode *device)
{
    g_autoptr(VpDomain) domain = parse_domain(*definition);
    xmlNode *copy = device != NULL ? xmlDocCopyNode(device, domain->doc, 1) : NULL;
    gboolean is_done = FALSE;

    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (g_strcmp0(disk->target, target) != 0)
            continue;
        if (copy != NULL)
            xmlAddNextSibling(disk->node, copy);
        xmlUnlinkNode(disk->node);
        xmlFreeNode(disk->node);
        is_done = TRUE;
    }
    if (copy != NULL && !is_done)
        xmlAddChild(domain->devices, copy);
    fake_keep(definition, domain->doc);
}

static inline char *
fake_xml(virDomainPtr domain, unsigned int flags)
{
    fake_reset_error();
    if ((flags & VIR_DOMAIN_XML_INACTIVE) != 0)
        return fake.config != NULL ? strdup(fake.config) : virDomainGetXMLDesc(domain, flags);
    if (fake.leaving != NULL && fake.polls == 0) {
        fake_change(&fake.live, fake.leaving, NULL);
        g_clear_pointer(&fake.leaving, g_free);
    }
    fake.polls -= fake.polls > 0 ? 1 : 0;
    return fake.live != NULL ? strdup(fake.live) : virDomainGetXMLDesc(domain, flags);
}

static inline int
fake_has_saved(virDomainPtr domain, unsigned int flags)
{
    return fake.saved != NULL;
}

static inline char *
fake_saved_xml(virDomainPtr domain, unsigned int flags)
{
    return strdup(fake.saved);
}

/* TRUE if the test lets the call succeed. */
static inline gboolean
fake_allows(const char *call)
{
    g_string_append_printf(fake.calls, "%s\n", call);
    if (fake.refused == NULL || !g_str_has_prefix(call, fake.refused))
        return TRUE;
    if (fake.meanwhile != NULL)
        fake.meanwhile();
    if (fake.refusals > 0 && --fake.refusals == 0)
        fake.refused = NULL;
    fake_fail(fake.code != VIR_ERR_OK ? fake.code : VIR_ERR_OPERATION_FAILED, "as the test says");
    return FALSE;
}

/* --- devices ---------------------------------------------------------------------------------- */

static inline int
fake_device(const char *verb, const char *xml, unsigned int flags)
{
    gboolean is_live = (flags & VIR_DOMAIN_AFFECT_LIVE) != 0;
    gboolean is_forced = (flags & VIR_DOMAIN_DEVICE_MODIFY_FORCE) != 0;
    xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, 0);
    xmlNode *disk = xmlDocGetRootElement(doc);
    g_autofree char *target = fake_attribute(disk, "target", "dev");
    g_autofree char *bus = fake_attribute(disk, "target", "bus");
    g_autofree char *path = fake_attribute(disk, "source", "file");
    g_autofree char *name = path != NULL ? g_path_get_basename(path) : g_strdup("-");
    xmlChar *kind = xmlGetProp(disk, BAD_CAST "device");
    g_autofree char *call =
        g_strdup_printf("%s %s%s %s %s/%s %s", verb, is_live ? "live" : "config",
                        is_forced ? " force" : "", target, (const char *)kind, bus, name);
    int failed = 0;

    fake_reset_error();
    if (!fake_allows(call)) {
        failed = -1;
    } else if (g_str_equal(verb, "update") && is_live && fake.is_locked && !is_forced) {
        failed = fake_fail(VIR_ERR_OPERATION_INVALID, "tray of the disk may be locked");
    } else if (g_str_equal(verb, "detach") && is_live && fake.polls != 0) {
        g_free(fake.leaving);
        fake.leaving = g_strdup(target);
    } else {
        fake_change(is_live ? &fake.live : &fake.config, target,
                    g_str_equal(verb, "detach") ? NULL : disk);
    }
    xmlFree(kind);
    xmlFreeDoc(doc);
    return failed;
}

static inline int
fake_attach(virDomainPtr domain, const char *xml, unsigned int flags)
{
    return fake_device("attach", xml, flags);
}

static inline int
fake_detach(virDomainPtr domain, const char *xml, unsigned int flags)
{
    return fake_device("detach", xml, flags);
}

static inline int
fake_update(virDomainPtr domain, const char *xml, unsigned int flags)
{
    return fake_device("update", xml, flags);
}

/* libvirt puts the element into the namespace. */
static inline void
fake_add_payload(xmlNode *metadata, const char *element, const char *uri)
{
    const char *name = element + 1, *rest = name + strcspn(name, "/> ");
    g_autofree char *text =
        g_strdup_printf("<%.*s xmlns='%s'%s", (int)(rest - name), name, uri, rest);
    xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, 0);

    xmlAddChild(metadata, xmlDocCopyNode(xmlDocGetRootElement(doc), metadata->doc, 1));
    xmlFreeDoc(doc);
}

/* The payload is all that a definition of these tests has in its metadata. */
static inline int
fake_set_metadata(virDomainPtr domain, int type, const char *element, const char *key,
                  const char *uri, unsigned int flags)
{
    gboolean is_live = (flags & VIR_DOMAIN_AFFECT_LIVE) != 0;
    char **definition = is_live ? &fake.live : &fake.config;
    g_autoptr(VpDomain) parsed = parse_domain(*definition);
    xmlNode *metadata = fake_child(xmlDocGetRootElement(parsed->doc), "metadata");
    g_autofree char *call = g_strdup_printf("metadata %s%s", is_live ? "live" : "config",
                                            element != NULL ? "" : " removed");

    fake_reset_error();
    if (!fake_allows(call))
        return -1;
    while (metadata->children != NULL) {
        xmlNode *old = metadata->children;

        xmlUnlinkNode(old);
        xmlFreeNode(old);
    }
    if (element != NULL)
        fake_add_payload(metadata, element, uri);
    fake_keep(definition, parsed->doc);
    return 0;
}

/* --- the agent -------------------------------------------------------------------------------- */

/* The number of a file is its handle. */
static inline char *
fake_file(const char *command)
{
    const FakeFile *file = fake.files;
    g_autofree char *base64 = NULL;
    const char *handle = strstr(command, "\"handle\": ");

    if (strstr(command, "guest-file-close") != NULL)
        return strdup("{\"return\": {}}");
    if (handle != NULL) {
        file += atoi(handle + strlen("\"handle\": "));
        base64 = g_base64_encode((const guchar *)file->content, strlen(file->content));
        return g_strdup_printf("{\"return\": {\"buf-b64\": \"%s\"}}", base64);
    }
    for (int i = 0; i < 2 && file[i].path != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(file[i].path, "/", -1);
        g_autofree char *escaped = g_strjoinv("\\/", parts); /* as JSON may have it */

        if (strstr(command, escaped) != NULL || strstr(command, file[i].path) != NULL)
            return g_strdup_printf("{\"return\": %d}", i);
    }
    fake_fail(VIR_ERR_INTERNAL_ERROR, "No such file or directory");
    return NULL;
}

static inline char *
fake_agent(virDomainPtr domain, const char *command, int timeout, unsigned int flags)
{
    const FakeAnswer *answer = fake.answers;

    fake_reset_error();
    fake.now += fake.takes;
    g_string_append_printf(fake.calls, "%s\n", command);
    if (fake.n_answers == 0 && fake.files != NULL)
        return fake_file(command);
    if (fake.n_answers == 0) {
        fake_fail(VIR_ERR_AGENT_UNRESPONSIVE, "the agent is silent");
        return NULL;
    }
    fake.answers++;
    fake.n_answers--;
    if (answer->reply == NULL)
        fake_fail(answer->code, answer->message);
    return answer->reply != NULL ? strdup(answer->reply) : NULL;
}

/* One interface for each source. */
static inline int
fake_interfaces(virDomainPtr domain, virDomainInterfacePtr **found, unsigned int source,
                unsigned int flags)
{
    g_auto(GStrv) words = NULL;
    virDomainInterfacePtr interface;

    if (fake.addresses[source] == NULL)
        return fake_fail(VIR_ERR_AGENT_UNRESPONSIVE, "this source knows nothing");
    words = g_strsplit(fake.addresses[source], " ", -1);
    interface = calloc(1, sizeof(*interface));
    interface->name = strdup(words[0]);
    interface->hwaddr = g_str_equal(words[1], "-") ? NULL : strdup(words[1]);
    interface->naddrs = g_strv_length(words) - 2;
    interface->addrs = calloc(interface->naddrs, sizeof(*interface->addrs));
    for (unsigned int i = 0; i < interface->naddrs; i++) {
        const char *slash = strchr(words[i + 2], '/');

        interface->addrs[i].addr = strndup(words[i + 2], (size_t)(slash - words[i + 2]));
        interface->addrs[i].prefix = (unsigned int)atoi(slash + 1);
    }
    *found = calloc(1, sizeof(**found));
    (*found)[0] = interface;
    return 1;
}

const VpLibvirtApi *
vp_libvirt_api_load(GError **error)
{
#define FAKE_REAL(name) .name = name,
    static VpLibvirtApi loaded = {VP_LIBVIRT_FUNCTIONS(FAKE_REAL)};
#undef FAKE_REAL

    loaded.auth = virConnectAuthPtrDefault;
    loaded.virGetLastError = fake_last_error;
    loaded.virResetLastError = fake_reset_error;
    loaded.virDomainLookupByUUIDString = fake_look_up;
    loaded.virDomainGetXMLDesc = fake_xml;
    loaded.virDomainHasManagedSaveImage = fake_has_saved;
    loaded.virDomainManagedSaveGetXMLDesc = fake_saved_xml;
    loaded.virDomainAttachDeviceFlags = fake_attach;
    loaded.virDomainDetachDeviceFlags = fake_detach;
    loaded.virDomainUpdateDeviceFlags = fake_update;
    loaded.virDomainSetMetadata = fake_set_metadata;
    loaded.virDomainQemuAgentCommand = fake_agent;
    loaded.virDomainInterfaceAddresses = fake_interfaces;
    return &loaded;
}

/* --- the guest -------------------------------------------------------------------------------- */

typedef struct {
    char *directory; /* of images, and of all else that the configuration names */
    VpConf conf;
    virConnectPtr connection; /* the driver keeps its guests as long as there is one */
    virDomainPtr domain;
    VpVirt *virt;
    VpGuest *guest; /* as it was looked up when it was set up */
} FakeGuest;

/* A file in its directory. */
static inline void
fake_put_file(const FakeGuest *guest, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(guest->directory, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* "@" is the directory, which has another name each time. */
static inline char *
fake_with_directory(const FakeGuest *guest, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", "@", -1);

    return text != NULL ? g_strjoinv(guest->directory, parts) : NULL;
}

static inline char *
fake_without_directory(const FakeGuest *guest, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, guest->directory, -1);

    return g_strjoinv("@", parts);
}

/* A definition of the guest: its attributes, what is in <metadata> (NULL: the hostname "web1"), and
 * devices. */
static inline char *
fake_definition(const char *attributes, const char *metadata, const char *devices)
{
    return g_strconcat("<domain type='kvm'", attributes,
                       "><name>web1</name><uuid>" FAKE_UUID "</uuid><metadata>",
                       metadata != NULL ? metadata : WEB1,
                       "</metadata><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"
                       "<devices>",
                       devices, "</devices></domain>", NULL);
}

/* Both definitions, the running guest's first; NULL if it is shut off. */
static inline void
fake_set_up(FakeGuest *guest, const char *live, const char *config)
{
    guest->directory = g_dir_make_tmp("virt-payload-fake.XXXXXX", NULL);
    g_assert_nonnull(guest->directory);
    fake = (Fake){.live = fake_with_directory(guest, live),
                  .config = fake_with_directory(guest, config),
                  .calls = g_string_new(NULL)};
    guest->conf = (VpConf){.directory = guest->directory,
                           .secrets_directory = guest->directory,
                           .files_directory = guest->directory,
                           .profiles_directory = guest->directory,
                           .uri = (char *)FAKE_URI};
    guest->connection = virConnectOpen(FAKE_URI);
    guest->domain = virDomainDefineXML(
        guest->connection, "<domain type='test'><name>web1</name><uuid>" FAKE_UUID
                           "</uuid><memory>8192</memory><os><type>hvm</type></os></domain>");
    g_assert_nonnull(guest->domain);
    if (live != NULL)
        g_assert_cmpint(virDomainCreate(guest->domain), ==, 0);
    guest->virt = vp_virt_open(FAKE_URI, &guest->conf, FALSE, NULL);
    guest->guest = vp_virt_find(guest->virt, FAKE_UUID, NULL);
    g_assert_nonnull(guest->guest);
}

static inline void
fake_tear_down(FakeGuest *guest)
{
    vp_virt_guest_free(guest->guest);
    vp_virt_close(guest->virt);
    if (virDomainIsActive(guest->domain) == 1)
        virDomainDestroy(guest->domain);
    if (virDomainIsPersistent(guest->domain) == 1)
        virDomainUndefine(guest->domain);
    virDomainFree(guest->domain);
    virConnectClose(guest->connection);
    remove_tree(guest->directory);
    g_free(guest->directory);
    g_free(fake.live);
    g_free(fake.config);
    g_free(fake.leaving);
    g_string_free(fake.calls, TRUE);
}

/* TRUE if the directory has that file, and text (NULL: whatever) is in it. */
static inline gboolean
fake_has_file(const FakeGuest *guest, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(guest->directory, name, NULL);
    g_autofree char *bytes = NULL;
    gsize size;

    return g_file_get_contents(path, &bytes, &size, NULL) &&
           (text == NULL || memmem(bytes, size, text, strlen(text)) != NULL);
}
