/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a definition, or, if they do not begin with '<', as a line of attributes for the
 * payload's element and then the guest's devices: adding the drive twice is the same as adding it
 * once, and removing it restores the definition, byte for byte. */
#include <config.h>

#include <string.h>

#include "domain/xml-node.h"
#include "fuzz.h"
#include "payload/rewrite.h"
#include "spec/read.h"

#define DIRECTORY "/var/run/payload"
#define ELSEWHERE "/srv/payload"

typedef struct {
    VpDomain *domain;
    GPtrArray *specs;
} Guest;

static void
guest_clear(Guest *guest)
{
    g_clear_pointer(&guest->domain, vp_domain_free);
    g_clear_pointer(&guest->specs, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Guest, guest_clear)

static gboolean
guest_read(Guest *guest, const char *xml)
{
    guest->domain = vp_domain_parse(xml, strlen(xml), NULL);
    if (guest->domain != NULL)
        guest->specs = vp_spec_read(guest->domain, NULL);
    return guest->specs != NULL;
}

/* Each step that it notes can be given to libvirt: it is XML of one element. */
static void
check_change(const VpRewriteChange *change)
{
    xmlDoc *doc = vp_domain_read_document(change->xml, strlen(change->xml), NULL);

    g_assert(doc != NULL);
    xmlFreeDoc(doc);
}

/* The definition with the change; NULL if that is refused. */
static char *
rewrite(const char *xml, const char *directory, VpRewriteMode mode, gboolean *changed)
{
    g_auto(Guest) guest = {NULL, NULL};
    g_autoptr(GPtrArray) changes = NULL;

    g_assert(guest_read(&guest, xml));
    changes = vp_payload_rewrite_changes(guest.domain, guest.specs, directory, mode, NULL);
    if (!changes)
        return NULL;
    for (guint i = 0; i < changes->len; i++)
        check_change(changes->pdata[i]);
    *changed = changes->len > 0;
    return vp_payload_rewrite_to_string(guest.domain);
}

static char *
rewrite_surely(const char *xml, const char *directory, VpRewriteMode mode, gboolean *changed)
{
    char *text = rewrite(xml, directory, mode, changed);

    g_assert(text != NULL);
    return text;
}

static void
check_unchanged(const char *xml, VpRewriteMode mode)
{
    gboolean changed;
    g_autofree char *again = rewrite_surely(xml, DIRECTORY, mode, &changed);

    g_assert(!changed && g_str_equal(again, xml));
}

/* Where the drive goes to another directory and back. */
static void
check_repoint(const char *xml)
{
    gboolean changed;
    g_autofree char *there = rewrite_surely(xml, ELSEWHERE, VP_REWRITE_REPOINT, &changed);
    g_autofree char *back = rewrite_surely(there, DIRECTORY, VP_REWRITE_REPOINT, &changed);

    g_assert(g_str_equal(back, xml));
}

/* A definition that had no drive of ours before, does not lack the elements around drives, and has
 * no hostdev, for which our controller would be kept. */
static gboolean
is_bare(const char *xml)
{
    g_auto(Guest) guest = {NULL, NULL};
    gboolean changed;
    G_GNUC_UNUSED g_autofree char *without =
        rewrite_surely(xml, DIRECTORY, VP_REWRITE_REMOVE, &changed);

    return !changed && guest_read(&guest, xml) && guest.domain->devices != NULL &&
           vp_domain_xml_child(guest.domain->devices, "hostdev") == NULL &&
           strstr(xml, "ua-virt-payload") == NULL;
}

static void
check(const char *xml)
{
    gboolean changed;
    g_autofree char *with = rewrite(xml, DIRECTORY, VP_REWRITE_ENSURE, &changed);
    g_autofree char *without = NULL;

    if (with == NULL)
        return;
    check_unchanged(with, VP_REWRITE_ENSURE);
    check_unchanged(with, VP_REWRITE_REPOINT);
    check_repoint(with);
    without = rewrite_surely(with, DIRECTORY, VP_REWRITE_REMOVE, &changed);
    check_unchanged(without, VP_REWRITE_REMOVE);
    if (is_bare(xml))
        g_assert(g_str_equal(without, xml));
}

static char *
make_definition(const char *data, size_t size)
{
    const char *newline = memchr(data, '\n', size);
    size_t attributes = newline != NULL ? (size_t)(newline - data) : size;
    size_t devices = newline != NULL ? attributes + 1 : size;

    if (size == 0 || data[0] == '<')
        return g_strndup(data, size);
    return g_strdup_printf("<domain type='kvm'>\n  <name>a</name>\n"
                           "  <uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>\n"
                           "  <metadata>\n    <p:cloud-init xmlns:p='" VP_NAMESPACE "' %.*s/>\n"
                           "  </metadata>\n  <devices>%.*s</devices>\n</domain>\n",
                           (int)attributes, data, (int)(size - devices), data + devices);
}

/* libvirt refuses such a definition; oVirt's names of drives would mean the one disk or the other.
 */
static gboolean
shares_a_target(const VpDomain *domain)
{
    g_autoptr(GHashTable) targets = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (disk->target != NULL && !g_hash_table_add(targets, disk->target))
            return TRUE;
    }
    return FALSE;
}

/* As libxml2 writes it; NULL if it is not a definition. */
static char *
normalize(const char *definition)
{
    g_auto(Guest) guest = {NULL, NULL};

    return guest_read(&guest, definition) && !shares_a_target(guest.domain)
               ? vp_payload_rewrite_to_string(guest.domain)
               : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *definition = make_definition((const char *)data, size);
    g_autofree char *once = normalize(definition);
    /* a CR in the name of a namespace is written as it is, and read back as a blank */
    g_autofree char *xml = once != NULL ? normalize(once) : NULL;

    if (xml != NULL)
        check(xml);
    return 0;
}
