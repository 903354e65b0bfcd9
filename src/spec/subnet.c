/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and the networks that hold them. */
#include <config.h>

#include <arpa/inet.h>
#include <string.h>

#include "base/number.h"
#include "spec/subnet.h"

typedef struct {
    guint8 bytes[16];
    guint size; /* 4 or 16 */
    guint prefix;
} Address;

/* With a prefix or without. */
static gboolean
parse(const char *text, Address *address)
{
    const char *slash = strchr(text, '/');
    g_autofree char *ip = slash != NULL ? g_strndup(text, (gsize)(slash - text)) : g_strdup(text);

    address->size = strchr(text, ':') != NULL ? 16 : 4;
    address->prefix = address->size * 8;
    return inet_pton(address->size == 16 ? AF_INET6 : AF_INET, ip, address->bytes) == 1 &&
           (slash == NULL || vp_number_parse(slash + 1, 0, address->size * 8, &address->prefix));
}

static gboolean
bit(const Address *address, guint n)
{
    return (address->bytes[n / 8] & (0x80 >> n % 8)) != 0;
}

gboolean
vp_spec_subnet_holds(const char *cidr, const char *address)
{
    Address network, host;

    if (!parse(cidr, &network) || !parse(address, &host) || network.size != host.size)
        return FALSE;
    for (guint n = 0; n < network.prefix; n++) {
        if (bit(&network, n) != bit(&host, n))
            return FALSE;
    }
    return TRUE;
}

gboolean
vp_spec_subnet_is_network(const char *cidr)
{
    Address network;

    if (!parse(cidr, &network) || network.prefix + 2 > network.size * 8)
        return FALSE;
    for (guint n = network.prefix; n < network.size * 8; n++) {
        if (bit(&network, n))
            return FALSE;
    }
    return TRUE;
}

gboolean
vp_spec_subnet_is_address(const char *cidr, const char *address)
{
    Address network, host;

    return parse(cidr, &network) && parse(address, &host) && network.size == host.size &&
           memcmp(network.bytes, host.bytes, network.size) == 0;
}

gboolean
vp_spec_subnet_is_ipv6(const char *text)
{
    return strchr(text, ':') != NULL;
}

gboolean
vp_spec_subnet_is_link_local(const char *address)
{
    return vp_spec_subnet_holds("fe80::/10", address);
}

gboolean
vp_spec_subnet_is_unspecified(const char *address)
{
    Address host;
    static const guint8 zero[16];

    return parse(address, &host) && memcmp(host.bytes, zero, host.size) == 0;
}

/* By the special-purpose registries of RFC 6890; IPv4 within IPv6 is the same address twice. */
gboolean
vp_spec_subnet_is_of_a_machine(const char *address)
{
    static const char *const others[] = {"0.0.0.0/8",   "127.0.0.0/8", "169.254.0.0/16",
                                         "224.0.0.0/3", "::/96",       "::ffff:0.0.0.0/96",
                                         "fe80::/10",   "ff00::/8"};
    Address host;

    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        if (vp_spec_subnet_holds(others[i], address))
            return FALSE;
    }
    return strchr(address, '/') == NULL && parse(address, &host);
}
