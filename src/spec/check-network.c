/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and names of networks. */
#include <config.h>

#include <arpa/inet.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "spec/check.h"

/* An address as numbers: 4 or 16 bytes in network order. */
typedef struct {
    guint8 bytes[16];
    guint size;
    guint prefix;
} Subnet;

static gboolean
fail(GError **error, const char *message)
{
    return vp_error_set(error, VP_ERROR_NETWORK, "%s", message);
}

gboolean
vp_spec_check_mac(const char *text, GError **error)
{
    gboolean good = strlen(text) == 17;
    gboolean zero = good && strspn(text, "0:") == 17;

    for (gsize i = 0; good && i < 17; i++)
        good = i % 3 == 2 ? text[i] == ':' : g_ascii_isxdigit(text[i]);
    if (!good || zero)
        return fail(error, "is not a MAC address; give six bytes, as in '52:54:00:12:34:56'");
    if (g_ascii_xdigit_value(text[1]) & 1)
        return fail(error, "is a multicast MAC address; no interface has one");
    return TRUE;
}

static gboolean
parse_ip(const char *text, Subnet *subnet)
{
    subnet->size = strchr(text, ':') != NULL ? 16 : 4;
    return inet_pton(subnet->size == 16 ? AF_INET6 : AF_INET, text, subnet->bytes) == 1;
}

gboolean
vp_spec_check_ip(const char *text, GError **error)
{
    Subnet ip;

    if (!parse_ip(text, &ip))
        return fail(error, "is not an address; give one, as in '192.0.2.1' or '2001:db8::1'");
    return TRUE;
}

static gboolean
parse_subnet(const char *text, Subnet *subnet)
{
    const char *slash = strchr(text, '/');
    g_autofree char *ip = slash != NULL ? g_strndup(text, slash - text) : NULL;

    return ip != NULL && parse_ip(ip, subnet) &&
           vp_number_parse(slash + 1, 0, subnet->size * 8, &subnet->prefix);
}

/* TRUE if every bit from this one on is zero. */
static gboolean
is_zero_from(const Subnet *subnet, guint bit)
{
    for (; bit < subnet->size * 8; bit++)
        if (subnet->bytes[bit / 8] & (0x80 >> bit % 8))
            return FALSE;
    return TRUE;
}

gboolean
vp_spec_check_address(const char *text, GError **error)
{
    Subnet subnet;

    if (!parse_subnet(text, &subnet) || subnet.prefix == 0)
        return fail(error, "is not an address with a prefix; give both, as in '192.0.2.10/24'");
    if (is_zero_from(&subnet, 0))
        return fail(error, "is the unspecified address, which no interface has");
    if (subnet.size == 4 ? subnet.bytes[0] >= 224 : subnet.bytes[0] == 0xff)
        return fail(error, "is not an interface address: it is multicast or reserved");
    return TRUE;
}

gboolean
vp_spec_check_subnet(const char *text, GError **error)
{
    Subnet subnet;

    if (!parse_subnet(text, &subnet))
        return fail(error, "is not a network with a prefix; give both, as in '198.51.100.0/24'");
    if (!is_zero_from(&subnet, subnet.prefix))
        return fail(error, "has bits set beyond its prefix; end it in zeros");
    return TRUE;
}

/* dev_valid_name() of Linux, and what netplan and udev can match without quoting. */
gboolean
vp_spec_check_link_name(const char *text, GError **error)
{
    gsize length = strlen(text);
    static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

    if (length < 1 || length > 15 || strspn(text, set) != length || strchr(".-", text[0]) != NULL)
        return fail(error, "is not a valid interface name; use 1 to 15 letters, digits, '_', '-' "
                           "and '.', a letter or "
                           "digit first");
    return TRUE;
}
