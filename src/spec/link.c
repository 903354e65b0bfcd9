/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of a spec: bound to the domain's interfaces, and checked among themselves. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/faults.h"
#include "base/hash.h"
#include "domain/xml-node.h"
#include "spec/link.h"

static const char *
element_name(const VpLink *link)
{
    static const char *const names[] = {
        [VP_LINK_PHYSICAL] = "interface",
        [VP_LINK_BOND] = "bond",
        [VP_LINK_BRIDGE] = "bridge",
        [VP_LINK_VLAN] = "vlan",
    };

    return names[link->type];
}

/* Returns whether to continue. */
static gboolean G_GNUC_PRINTF(4, 5)
    note(const VpLink *link, VpErrorCode code, VpFaults *faults, const char *format, ...)
{
    g_autofree char *path = g_strconcat("cloud-init/network/", element_name(link), NULL);
    GError *error;
    va_list args;

    va_start(args, format);
    error = g_error_new_valist(VP_ERROR, code, format, args);
    va_end(args);
    (void)vp_error_set_place(&error, path, &link->place);
    return vp_faults_note(faults, error);
}

/* --- MAC addresses ---------------------------------------------------------------------------- */

static gboolean
has_mac(const VpDomain *domain, const char *mac)
{
    for (guint i = 0; i < domain->interfaces->len; i++) {
        const VpInterface *interface = domain->interfaces->pdata[i];

        if (g_strcmp0(interface->mac, mac) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
take_mac(VpLink *link, const VpInterface *interface, VpFaults *faults)
{
    if (interface->mac == NULL)
        return note(
            link, VP_ERROR_NETWORK, faults,
            "the domain's interface has no MAC address; give it one, or define the guest first");
    link->mac = g_strdup(interface->mac);
    return TRUE;
}

/* A link that names its interface, by MAC or by target. */
static gboolean
resolve_named(VpLink *link, const VpDomain *domain, VpFaults *faults)
{
    if (link->mac != NULL && link->target != NULL)
        return note(link, VP_ERROR_CONFLICT, faults,
                    "has both mac and target; give one of the two");
    if (link->mac != NULL) {
        if (has_mac(domain, link->mac) || vp_domain_xml_child(domain->devices, "hostdev") != NULL)
            return TRUE;
        return note(link, VP_ERROR_NETWORK, faults, "no interface of the domain has this mac");
    }
    for (guint i = 0; i < domain->interfaces->len; i++) {
        const VpInterface *interface = domain->interfaces->pdata[i];

        if (g_strcmp0(interface->target, link->target) == 0)
            return take_mac(link, interface, faults);
    }
    return note(link, VP_ERROR_NETWORK, faults, "no interface of the domain has this target");
}

/* The MAC addresses that links name; they are the links' own. */
static GHashTable *
collect_macs(const VpSpec *spec)
{
    GHashTable *macs = g_hash_table_new(vp_hash_text, g_str_equal);

    for (guint i = 0; i < spec->links->len; i++) {
        const VpLink *link = spec->links->pdata[i];

        if (link->type == VP_LINK_PHYSICAL && link->mac != NULL)
            g_hash_table_add(macs, link->mac);
    }
    return macs;
}

/* next: where the search continues for the link after this one. */
static gboolean
resolve_next(VpLink *link, const VpDomain *domain, GHashTable *taken, guint *next, VpFaults *faults)
{
    while (*next < domain->interfaces->len) {
        const VpInterface *interface = domain->interfaces->pdata[(*next)++];

        if (interface->mac == NULL || !g_hash_table_contains(taken, interface->mac))
            return take_mac(link, interface, faults);
    }
    return note(link, VP_ERROR_NETWORK, faults,
                "the domain has no interface left for it; it has %u in all",
                domain->interfaces->len);
}

static gboolean
resolve_in_order(VpSpec *spec, const VpDomain *domain, VpFaults *faults)
{
    g_autoptr(GHashTable) taken = collect_macs(spec);
    guint next = 0;

    for (guint i = 0; i < spec->links->len; i++) {
        VpLink *link = spec->links->pdata[i];

        if (link->type == VP_LINK_PHYSICAL && link->mac == NULL &&
            !resolve_next(link, domain, taken, &next, faults))
            return FALSE;
    }
    return TRUE;
}

/* The first interface of the domain that has a MAC address and no link. */
static char *
find_idle(const VpSpec *spec, const VpDomain *domain)
{
    g_autoptr(GHashTable) taken = collect_macs(spec);

    for (guint i = 0; spec->links->len > 0 && i < domain->interfaces->len; i++) {
        const VpInterface *interface = domain->interfaces->pdata[i];

        if (interface->mac != NULL && !g_hash_table_contains(taken, interface->mac))
            return g_strdup(interface->mac);
    }
    return NULL;
}

gboolean
vp_spec_link_resolve(VpSpec *spec, const VpDomain *domain, VpFaults *faults)
{
    if (spec->links->len > VP_SPEC_MAX_LINKS)
        return note(spec->links->pdata[VP_SPEC_MAX_LINKS], VP_ERROR_QUOTA, faults,
                    "is one too many; a network has at most %d", VP_SPEC_MAX_LINKS);
    for (guint i = 0; i < spec->links->len; i++) {
        VpLink *link = spec->links->pdata[i];

        if (link->type == VP_LINK_PHYSICAL && (link->mac != NULL || link->target != NULL) &&
            !resolve_named(link, domain, faults))
            return FALSE;
    }
    if (!resolve_in_order(spec, domain, faults))
        return FALSE;
    spec->idle_mac = find_idle(spec, domain);
    return TRUE;
}

/* --- among themselves ------------------------------------------------------------------------- */

const VpLink *
vp_spec_link_find(const VpSpec *spec, const char *name)
{
    for (guint i = 0; i < spec->links->len; i++) {
        const VpLink *link = spec->links->pdata[i];

        if (g_strcmp0(link->name, name) == 0)
            return link;
    }
    return NULL;
}

/* Neither the name nor, of interfaces, the MAC address of a link before this one. */
static gboolean
check_unique(const VpSpec *spec, guint n, VpFaults *faults)
{
    const VpLink *link = spec->links->pdata[n];

    for (guint i = 0; i < n; i++) {
        const VpLink *other = spec->links->pdata[i];

        if (link->name != NULL && g_strcmp0(link->name, other->name) == 0)
            return note(link, VP_ERROR_DUPLICATE, faults, "has the name of the %s on line %u",
                        element_name(other), other->place.line);
        if (link->type == VP_LINK_PHYSICAL && other->type == VP_LINK_PHYSICAL &&
            g_strcmp0(link->mac, other->mac) == 0)
            return note(link, VP_ERROR_DUPLICATE, faults,
                        "is the same interface of the domain as on line %u", other->place.line);
    }
    return TRUE;
}

static gboolean
is_ipv6(const char *text)
{
    return strchr(text, ':') != NULL;
}

static gboolean
has_address(const VpLink *link, gboolean ipv6)
{
    for (guint i = 0; i < link->addresses->len; i++)
        if (is_ipv6(link->addresses->pdata[i]) == ipv6)
            return TRUE;
    return FALSE;
}

static gboolean
check_gateways(const VpLink *link, VpFaults *faults)
{
    guint seen[2] = {0, 0};

    for (guint i = 0; i < link->gateways->len; i++) {
        gboolean ipv6 = is_ipv6(link->gateways->pdata[i]);

        if (seen[ipv6]++)
            return note(link, VP_ERROR_DUPLICATE, faults, "has two gateways of %s; give one",
                        ipv6 ? "IPv6" : "IPv4");
        if (!has_address(link, ipv6))
            return note(link, VP_ERROR_NETWORK, faults,
                        "has a gateway of %s but no address of that family; %s",
                        ipv6 ? "IPv6" : "IPv4", "give one, or leave the gateway to DHCP");
    }
    return TRUE;
}

static gboolean
check_routes(const VpLink *link, VpFaults *faults)
{
    for (guint i = 0; i < link->routes->len; i++) {
        const VpRoute *route = link->routes->pdata[i];

        if (is_ipv6(route->destination) != is_ipv6(route->gateway))
            return note(link, VP_ERROR_NETWORK, faults,
                        "has a route whose destination and gateway are of different families");
    }
    return TRUE;
}

/* The bond or bridge before this one that has this member; NULL if there is none. */
static const VpLink *
find_owner_of(const VpSpec *spec, const VpLink *before, const char *member)
{
    for (guint i = 0; spec->links->pdata[i] != before; i++) {
        const VpLink *link = spec->links->pdata[i];

        for (guint j = 0; j < link->members->len; j++)
            if (g_str_equal(link->members->pdata[j], member))
                return link;
    }
    return NULL;
}

/* Of a bridge also a bond, but no other bridge. */
static gboolean
may_be_member(const VpLink *member, const VpLink *owner)
{
    return member->type == VP_LINK_PHYSICAL || member->type == VP_LINK_VLAN ||
           (member->type == VP_LINK_BOND && owner->type == VP_LINK_BRIDGE);
}

static gboolean
gets_address(const VpLink *link)
{
    return link->addresses->len > 0 || link->dhcp4 == VP_YES || link->dhcp6 == VP_YES ||
           link->slaac == VP_YES || link->dhcp6_stateless == VP_YES;
}

static gboolean
check_member(const VpSpec *spec, const VpLink *owner, guint n, VpFaults *faults)
{
    const char *name = owner->members->pdata[n];
    const VpLink *member = vp_spec_link_find(spec, name);
    const VpLink *other = find_owner_of(spec, owner, name);

    if (member == NULL || !may_be_member(member, owner))
        return note(owner, VP_ERROR_NETWORK, faults,
                    "has a link that is not the name of an interface%s or vlan",
                    owner->type == VP_LINK_BRIDGE ? ", bond" : "");
    if (other != NULL)
        return note(owner, VP_ERROR_DUPLICATE, faults,
                    "has a link that belongs to the %s on line %u", element_name(other),
                    other->place.line);
    for (guint i = 0; i < n; i++)
        if (g_str_equal(owner->members->pdata[i], name))
            return note(owner, VP_ERROR_DUPLICATE, faults, "has a link twice");
    if (gets_address(member))
        return note(member, VP_ERROR_CONFLICT, faults,
                    "has an address and belongs to the %s on line %u; give the address to the %s",
                    element_name(owner), owner->place.line, element_name(owner));
    return TRUE;
}

static gboolean
check_members(const VpSpec *spec, const VpLink *owner, VpFaults *faults)
{
    if (owner->members->len > VP_SPEC_MAX_LINKS) {
        (void)note(owner, VP_ERROR_QUOTA, faults, "has more links than a network may have");
        return FALSE;
    }
    for (guint i = 0; i < owner->members->len; i++)
        if (!check_member(spec, owner, i, faults))
            return FALSE;
    return TRUE;
}

/* TRUE if link reaches base by the links below it. There may be more ways down than could ever
 * be walked, so each link is visited once. */
static gboolean
stands_on(const VpSpec *spec, const VpLink *link, const VpLink *base, GHashTable *visited)
{
    if (link == NULL || link == base)
        return link == base;
    if (!g_hash_table_add(visited, (gpointer)link))
        return FALSE;
    if (link->type == VP_LINK_VLAN)
        return stands_on(spec, vp_spec_link_find(spec, link->vlan_link), base, visited);
    for (guint i = 0; i < link->members->len; i++)
        if (stands_on(spec, vp_spec_link_find(spec, link->members->pdata[i]), base, visited))
            return TRUE;
    return FALSE;
}

static gboolean
check_vlan(const VpSpec *spec, const VpLink *vlan, VpFaults *faults)
{
    const VpLink *below = vp_spec_link_find(spec, vlan->vlan_link);
    g_autoptr(GHashTable) visited = g_hash_table_new(NULL, NULL);

    if (below == NULL || below->type == VP_LINK_VLAN)
        return note(vlan, VP_ERROR_NETWORK, faults,
                    "its link is not the name of an interface, bond or bridge");
    if (stands_on(spec, below, vlan, visited))
        return note(vlan, VP_ERROR_NETWORK, faults,
                    "is carried by itself, through a bond or bridge");
    for (guint i = 0; spec->links->pdata[i] != vlan; i++) {
        const VpLink *other = spec->links->pdata[i];

        if (other->type == VP_LINK_VLAN && other->vlan_id == vlan->vlan_id &&
            g_str_equal(other->vlan_link, vlan->vlan_link))
            return note(vlan, VP_ERROR_DUPLICATE, faults,
                        "has the id and the link of the vlan on line %u", other->place.line);
    }
    return TRUE;
}

/* Bonds and bridges before VLANs, so that none has more links than a VLAN could be looked for
 * below. Each circle has a VLAN in it. */
gboolean
vp_spec_link_validate(const VpSpec *spec, VpFaults *faults)
{
    if (spec->links->len > VP_SPEC_MAX_LINKS)
        return TRUE; /* noted when they were resolved */
    for (guint i = 0; i < spec->links->len; i++) {
        const VpLink *link = spec->links->pdata[i];

        if (!check_unique(spec, i, faults) || !check_gateways(link, faults) ||
            !check_routes(link, faults))
            return FALSE;
        if (!check_members(spec, link, faults))
            return FALSE;
    }
    for (guint i = 0; i < spec->links->len; i++) {
        const VpLink *link = spec->links->pdata[i];

        if (link->type == VP_LINK_VLAN && !check_vlan(spec, link, faults))
            return FALSE;
    }
    return TRUE;
}
