/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of a spec: bound to the domain's interfaces, and checked among themselves. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "domain/xml-node.h"
#include "spec/link.h"

static const char *
element_name(const VpLink *link)
{
    static const char *const names[] = {
        [VP_LINK_PHYSICAL] = "interface", [VP_LINK_BOND] = "bond", [VP_LINK_VLAN] = "vlan"};

    return names[link->type];
}

static gboolean G_GNUC_PRINTF(4, 5)
    fail(const VpLink *link, VpErrorCode code, GError **error, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, VP_ERROR, code, "cloud-init/network/%s (line %u): %s", element_name(link),
                link->line, message);
    return FALSE;
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
take_mac(VpLink *link, const VpInterface *interface, GError **error)
{
    if (!interface->mac)
        return fail(
            link, VP_ERROR_NETWORK, error,
            "the domain's interface has no MAC address; give it one, or define the guest first");
    link->mac = g_strdup(interface->mac);
    return TRUE;
}

/* A link that names its interface, by MAC or by target. */
static gboolean
resolve_named(VpLink *link, const VpDomain *domain, GError **error)
{
    if (link->mac && link->target)
        return fail(link, VP_ERROR_CONFLICT, error, "has both mac and target; give one of the two");
    if (link->mac) {
        if (has_mac(domain, link->mac) || vp_domain_xml_child(domain->devices, "hostdev"))
            return TRUE;
        return fail(link, VP_ERROR_NETWORK, error, "no interface of the domain has this mac");
    }
    for (guint i = 0; i < domain->interfaces->len; i++) {
        const VpInterface *interface = domain->interfaces->pdata[i];

        if (g_strcmp0(interface->target, link->target) == 0)
            return take_mac(link, interface, error);
    }
    return fail(link, VP_ERROR_NETWORK, error, "no interface of the domain has this target");
}

/* The MAC addresses that links name; they are the links' own. */
static GHashTable *
collect_macs(const VpSpec *spec)
{
    GHashTable *macs = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < spec->links->len; i++) {
        const VpLink *link = spec->links->pdata[i];

        if (link->type == VP_LINK_PHYSICAL && link->mac)
            g_hash_table_add(macs, link->mac);
    }
    return macs;
}

/* next: where the search goes on for the link after this one. */
static gboolean
resolve_next(VpLink *link, const VpDomain *domain, GHashTable *taken, guint *next, GError **error)
{
    while (*next < domain->interfaces->len) {
        const VpInterface *interface = domain->interfaces->pdata[(*next)++];

        if (!interface->mac || !g_hash_table_contains(taken, interface->mac))
            return take_mac(link, interface, error);
    }
    return fail(link, VP_ERROR_NETWORK, error,
                "the domain has no interface left for it; it has %u in all",
                domain->interfaces->len);
}

static gboolean
resolve_in_order(VpSpec *spec, const VpDomain *domain, GError **error)
{
    g_autoptr(GHashTable) taken = collect_macs(spec);
    guint next = 0;

    for (guint i = 0; i < spec->links->len; i++) {
        VpLink *link = spec->links->pdata[i];

        if (link->type == VP_LINK_PHYSICAL && !link->mac &&
            !resolve_next(link, domain, taken, &next, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
vp_spec_link_resolve(VpSpec *spec, const VpDomain *domain, GError **error)
{
    if (spec->links->len > VP_SPEC_MAX_LINKS)
        return fail(spec->links->pdata[VP_SPEC_MAX_LINKS], VP_ERROR_QUOTA, error,
                    "is one too many; a network has at most %d", VP_SPEC_MAX_LINKS);
    for (guint i = 0; i < spec->links->len; i++) {
        VpLink *link = spec->links->pdata[i];

        if (link->type == VP_LINK_PHYSICAL && (link->mac || link->target) &&
            !resolve_named(link, domain, error))
            return FALSE;
    }
    return resolve_in_order(spec, domain, error);
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
check_unique(const VpSpec *spec, guint n, GError **error)
{
    const VpLink *link = spec->links->pdata[n];

    for (guint i = 0; i < n; i++) {
        const VpLink *other = spec->links->pdata[i];

        if (link->name && g_strcmp0(link->name, other->name) == 0)
            return fail(link, VP_ERROR_DUPLICATE, error, "has the name of the %s on line %u",
                        element_name(other), other->line);
        if (link->type == VP_LINK_PHYSICAL && other->type == VP_LINK_PHYSICAL &&
            g_strcmp0(link->mac, other->mac) == 0)
            return fail(link, VP_ERROR_DUPLICATE, error,
                        "is the same interface of the domain as on line %u", other->line);
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
check_gateways(const VpLink *link, GError **error)
{
    guint seen[2] = {0, 0};

    for (guint i = 0; i < link->gateways->len; i++) {
        gboolean ipv6 = is_ipv6(link->gateways->pdata[i]);

        if (seen[ipv6]++)
            return fail(link, VP_ERROR_DUPLICATE, error, "has two gateways of %s; give one",
                        ipv6 ? "IPv6" : "IPv4");
        if (!has_address(link, ipv6))
            return fail(link, VP_ERROR_NETWORK, error,
                        "has a gateway of %s and no address of it; %s", ipv6 ? "IPv6" : "IPv4",
                        "give one, or leave the gateway to DHCP");
    }
    return TRUE;
}

static gboolean
check_routes(const VpLink *link, GError **error)
{
    for (guint i = 0; i < link->routes->len; i++) {
        const VpRoute *route = link->routes->pdata[i];

        if (is_ipv6(route->destination) != is_ipv6(route->gateway))
            return fail(link, VP_ERROR_NETWORK, error,
                        "has a route whose destination and gateway are of different families");
    }
    return TRUE;
}

/* The bond before this one that has this member; NULL where there is none. */
static const VpLink *
find_bond_of(const VpSpec *spec, const VpLink *before, const char *member)
{
    for (guint i = 0; spec->links->pdata[i] != before; i++) {
        const VpLink *link = spec->links->pdata[i];

        for (guint j = 0; j < link->bond_links->len; j++)
            if (g_str_equal(link->bond_links->pdata[j], member))
                return link;
    }
    return NULL;
}

static gboolean
check_bond_member(const VpSpec *spec, const VpLink *bond, guint n, GError **error)
{
    const char *name = bond->bond_links->pdata[n];
    const VpLink *member = vp_spec_link_find(spec, name);
    const VpLink *other = find_bond_of(spec, bond, name);

    if (!member || member->type == VP_LINK_BOND)
        return fail(bond, VP_ERROR_NETWORK, error,
                    "has a link that is the name of no interface or vlan");
    if (other)
        return fail(bond, VP_ERROR_DUPLICATE, error, "has a link that the bond on line %u has",
                    other->line);
    for (guint i = 0; i < n; i++)
        if (g_str_equal(bond->bond_links->pdata[i], name))
            return fail(bond, VP_ERROR_DUPLICATE, error, "has a link twice");
    if (member->addresses->len > 0 || member->dhcp4 == VP_YES || member->dhcp6 == VP_YES)
        return fail(
            member, VP_ERROR_CONFLICT, error,
            "has an address and belongs to the bond on line %u; give the address to the bond",
            bond->line);
    return TRUE;
}

static gboolean
check_bond(const VpSpec *spec, const VpLink *bond, GError **error)
{
    for (guint i = 0; i < bond->bond_links->len; i++)
        if (!check_bond_member(spec, bond, i, error))
            return FALSE;
    return TRUE;
}

/* TRUE where link reaches base by the links below it. A loop that base is not in ends with the
 * levels. */
static gboolean
stands_on(const VpSpec *spec, const VpLink *link, const VpLink *base, guint level)
{
    if (!link || link == base)
        return link == base;
    if (level > spec->links->len)
        return FALSE;
    if (link->type == VP_LINK_VLAN)
        return stands_on(spec, vp_spec_link_find(spec, link->vlan_link), base, level + 1);
    for (guint i = 0; i < link->bond_links->len; i++)
        if (stands_on(spec, vp_spec_link_find(spec, link->bond_links->pdata[i]), base, level + 1))
            return TRUE;
    return FALSE;
}

static gboolean
check_vlan(const VpSpec *spec, const VpLink *vlan, GError **error)
{
    const VpLink *below = vp_spec_link_find(spec, vlan->vlan_link);

    if (!below || below->type == VP_LINK_VLAN)
        return fail(vlan, VP_ERROR_NETWORK, error, "its link is the name of no interface or bond");
    if (stands_on(spec, below, vlan, 0))
        return fail(vlan, VP_ERROR_NETWORK, error, "stands on itself, by way of a bond");
    for (guint i = 0; spec->links->pdata[i] != vlan; i++) {
        const VpLink *other = spec->links->pdata[i];

        if (other->type == VP_LINK_VLAN && other->vlan_id == vlan->vlan_id &&
            g_str_equal(other->vlan_link, vlan->vlan_link))
            return fail(vlan, VP_ERROR_DUPLICATE, error,
                        "has the id and the link of the vlan on line %u", other->line);
    }
    return TRUE;
}

gboolean
vp_spec_link_validate(const VpSpec *spec, GError **error)
{
    for (guint i = 0; i < spec->links->len; i++) {
        const VpLink *link = spec->links->pdata[i];

        if (!check_unique(spec, i, error) || !check_gateways(link, error) ||
            !check_routes(link, error))
            return FALSE;
        if (link->type == VP_LINK_BOND && !check_bond(spec, link, error))
            return FALSE;
        if (link->type == VP_LINK_VLAN && !check_vlan(spec, link, error))
            return FALSE;
    }
    return TRUE;
}
