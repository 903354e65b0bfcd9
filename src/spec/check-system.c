/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms of system settings: sizes, servers, keys, certificates, repositories. */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/error.h"
#include "base/secret.h"
#include "spec/check.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static gboolean
fail(GError **error, const char *message)
{
    return vp_error_set(error, VP_ERROR_VALUE, "%s", message);
}

static gboolean
is_made_of(const char *text, const char *set, gsize max)
{
    gsize length = strlen(text);

    return length > 0 && length <= max && strspn(text, set) == length;
}

gboolean
vp_spec_check_size(const char *text, GError **error)
{
    gsize digits = strspn(text, DIGITS);

    if (digits == 0 || digits > 9 || *text == '0' || strlen(text) != digits + 1 ||
        strchr("KMGT", text[digits]) == NULL)
        return fail(error, "is not a size; give a number with K, M, G or T, as in '2G'");
    return TRUE;
}

gboolean
vp_spec_check_swap_size(const char *text, GError **error)
{
    return g_str_equal(text, "auto") || vp_spec_check_size(text, error);
}

/* An IPv6 address is an error to the schema of cloud-init 22.4 and later. */
gboolean
vp_spec_check_server(const char *text, GError **error)
{
    return vp_spec_check_search_domain(text, NULL) ||
           fail(error, "is not a server; give its name or its IPv4 address");
}

gboolean
vp_spec_check_keyboard(const char *text, GError **error)
{
    if (!is_made_of(text, LETTERS DIGITS "_,:+()-", 128))
        return fail(error, "is not a name of xkeyboard-config(7), as in 'de' or 'nodeadkeys'");
    return TRUE;
}

/* RFC 3986, appendix A. */
gboolean
vp_spec_check_uri(const char *text, GError **error)
{
    gsize scheme = strspn(text, "abcdefghijklmnopqrstuvwxyz+");

    if (scheme == 0 || !g_str_has_prefix(text + scheme, "://") || text[scheme + 3] == '\0' ||
        !is_made_of(text, LETTERS DIGITS "-._~:/?#[]@!$&'()*+,;=%", 1023))
        return fail(error, "is not a URI; give scheme, host and path");
    return TRUE;
}

gboolean
vp_spec_check_file_name(const char *text, GError **error)
{
    if (!is_made_of(text, LETTERS DIGITS "_.-", 64) || *text == '.' || *text == '-')
        return fail(error, "is not a name; use letters, digits, '_', '.' and '-'");
    return TRUE;
}

/* sources.list(5), ONE-LINE-STYLE FORMAT, and what add-apt-repository(1) takes. */
gboolean
vp_spec_check_apt_source(const char *text, GError **error)
{
    static const char *const starts[] = {"deb ", "deb-src ", "ppa:"};

    if (!vp_spec_check_line(text, error))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
        if (g_str_has_prefix(text, starts[i]) && text[strlen(starts[i])] != '\0')
            return TRUE;
    }
    return fail(error, "is not a line of sources.list(5); begin it with 'deb '");
}

/* RFC 7468, section 2: the text between the lines of the label, at *at; moves *at past it. */
static char *
take_block(const char **at, const char *label)
{
    g_autofree char *head = g_strdup_printf("-----BEGIN %s-----", label);
    g_autofree char *tail = g_strdup_printf("-----END %s-----", label);
    const char *begin = strstr(*at, head);
    const char *end = begin != NULL ? strstr(begin, tail) : NULL;

    if (end == NULL)
        return NULL;
    *at = end + strlen(tail);
    return g_strndup(begin + strlen(head), (gsize)(end - begin) - strlen(head));
}

gboolean
vp_spec_check_certificates(const char *text, GError **error)
{
    guint count = 0;

    for (const char *at = text;; count++) {
        g_autofree char *block = take_block(&at, "CERTIFICATE");
        g_autoptr(GBytes) bytes = block != NULL ? vp_base64_decode(block, NULL) : NULL;

        if (block == NULL)
            break;
        /* DER: a SEQUENCE */
        if (bytes == NULL || g_bytes_get_size(bytes) < 2 ||
            *(const guint8 *)g_bytes_get_data(bytes, NULL) != 0x30)
            return fail(error, "has a certificate that is cut off or is not PEM");
    }
    if (count == 0)
        return fail(error, "has no certificate in PEM ('-----BEGIN CERTIFICATE-----')");
    return TRUE;
}

gboolean
vp_spec_check_private_key(const char *text, GError **error)
{
    static const char *const labels[] = {"OPENSSH PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY",
                                         "PRIVATE KEY"};

    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
        const char *at = text;
        char *block = take_block(&at, labels[i]);
        gboolean is_key = block != NULL && strlen(block) > 1;

        vp_secret_free(block);
        if (is_key)
            return TRUE;
    }
    return fail(error, "is not a private key of ssh-keygen(1)");
}
