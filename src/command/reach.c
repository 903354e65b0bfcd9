/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of guests, and their sshd. */
#include <config.h>

#include <string.h>

#include "command/probe.h"
#include "command/reach.h"
#include "payload/profile.h"
#include "spec/subnet.h"

static void
address_free(gpointer data)
{
    VpReachAddress *address = data;

    g_free(address->address);
    g_free(address->interface);
    g_free(address->mac);
    g_free(address);
}

/* An agent says what its guest likes: names, options of ssh, addresses of this host, thousands. */
static void
add(GPtrArray *all, const char *cidr, const char *interface, const char *mac, const char *source)
{
    g_auto(GStrv) parts = g_strsplit(cidr, "/", 2);
    VpReachAddress *address;

    if (parts[0] == NULL || !vp_spec_subnet_is_of_a_machine(parts[0]) || all->len == VP_PROBE_MAX)
        return;
    address = g_new0(VpReachAddress, 1);
    address->address = g_strdup(parts[0]);
    address->prefix = parts[1] != NULL ? (guint)g_ascii_strtoull(parts[1], NULL, 10) : 0;
    address->interface = g_strdup(interface);
    address->mac = g_strdup(mac);
    address->source = source;
    g_ptr_array_add(all, address);
}

static void
add_known(GPtrArray *all, const VpGuest *guest, VpAddressSource source, const char *name)
{
    g_autoptr(GPtrArray) interfaces = vp_virt_guest_addresses_from(guest, source);

    for (guint i = 0; i < interfaces->len; i++) {
        const VpGuestInterface *interface = interfaces->pdata[i];
        /* only the agent tells the guest's own names; of the others it is the host's device */
        const char *own = source == VP_ADDRESS_AGENT ? interface->interface : NULL;

        for (guint j = 0; j < interface->addresses->len; j++)
            add(all, interface->addresses->pdata[j], own, interface->mac, name);
    }
}

static void
add_fields(GPtrArray *all, const VpSpec *spec)
{
    for (guint i = 0; spec != NULL && i < spec->links->len; i++) {
        const VpLink *link = spec->links->pdata[i];

        for (guint j = 0; j < link->addresses->len; j++)
            add(all, link->addresses->pdata[j], link->name, link->mac, "fields");
    }
}

static int
compare(gconstpointer a, gconstpointer b)
{
    const VpReachAddress *left = *(VpReachAddress *const *)a, *right = *(VpReachAddress *const *)b;

    return (strchr(left->address, ':') != NULL) - (strchr(right->address, ':') != NULL);
}

GPtrArray *
vp_command_reach_addresses(const VpGuest *guest, const VpSpec *spec)
{
    static const struct {
        VpAddressSource source;
        const char *name;
    } sources[] = {
        {VP_ADDRESS_AGENT, "agent"}, {VP_ADDRESS_LEASE, "lease"}, {VP_ADDRESS_ARP, "arp"}};
    GPtrArray *all = g_ptr_array_new_with_free_func(address_free);

    for (gsize i = 0; i < G_N_ELEMENTS(sources) && all->len == 0; i++)
        add_known(all, guest, sources[i].source, sources[i].name);
    if (all->len == 0)
        add_fields(all, spec);
    g_ptr_array_sort(all, compare); /* stable for few, as qsort's merge is in GLib */
    return all;
}

VpSpec *
vp_command_reach_spec(const VpGuest *guest, const VpConf *conf)
{
    g_autoptr(VpDomain) domain = vp_virt_guest_domain(guest, VP_GUEST_LIVE, NULL);
    g_autoptr(GPtrArray) specs =
        domain != NULL ? vp_payload_profile_read(domain, conf, NULL) : NULL;

    return specs != NULL && specs->len > 0 ? g_ptr_array_steal_index(specs, 0) : NULL;
}

/* --- sshd ------------------------------------------------------------------------------------- */

static const char *
find_ssh(const GPtrArray *addresses, guint port)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();

    for (guint i = 0; i < addresses->len; i++)
        g_ptr_array_add(texts, ((const VpReachAddress *)addresses->pdata[i])->address);
    return vp_command_probe_ssh(texts, port);
}

char *
vp_command_reach_find(const VpGuest *guest, const VpSpec *spec, guint port, const char **missing)
{
    g_autoptr(GPtrArray) addresses = vp_command_reach_addresses(guest, spec);

    *missing = addresses->len > 0 ? "its sshd does not answer" : "no address is known";
    if (port != 0)
        return g_strdup(find_ssh(addresses, port));
    return addresses->len > 0 ? g_strdup(((const VpReachAddress *)addresses->pdata[0])->address)
                              : NULL;
}
