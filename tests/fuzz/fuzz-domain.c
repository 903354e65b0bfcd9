/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a domain definition, or, if they begin with another element, as the content of its
 * metadata: scan, parser and readers (the definition's, the vocabulary's with its references
 * between links, oVirt's) keep their promises. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "fuzz.h"
#include "spec/read.h"

#define BEFORE                                                                                     \
    "<domain><name>a</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>"                      \
    "<metadata xmlns:p='" VP_NAMESPACE "' xmlns:o='" VP_OVIRT_NAMESPACE "'>"
#define AFTER                                                                                      \
    "</metadata><devices><interface><mac address='52:54:00:00:00:01'/><target dev='lan0'/>"        \
    "</interface><interface><mac address='52:54:00:00:00:02'/></interface></devices></domain>"

/* One ASCII line of our own error domain, and nothing else with it. */
static void
check_error(const GError *error)
{
    g_assert(error != NULL && error->domain == VP_ERROR);
    g_assert(g_str_is_ascii(error->message) && *error->message);
    for (const char *p = error->message; *p; p++)
        g_assert(g_ascii_isprint(*p));
}

static void
check_line(const char *text)
{
    g_assert(text == NULL || (*text && strpbrk(text, "\r\n") == NULL));
}

/* Relative, and nowhere upwards. */
static void
check_path(const char *path)
{
    g_autofree char *slashed = g_strdup_printf("/%s/", path);

    g_assert(strstr(slashed, "//") == NULL && strstr(slashed, "/./") == NULL &&
             strstr(slashed, "/../") == NULL);
}

static void
check_spec(const VpSpec *spec)
{
    check_line(spec->hostname);
    check_line(spec->timezone);
    check_line(spec->target);
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = spec->users->pdata[i];

        g_assert(user->name != NULL);
        check_line(user->name);
        g_assert(user->password == NULL ||
                 (user->password->text == NULL) != (user->password->secret == NULL));
        for (guint j = 0; j < user->ssh_keys->len; j++)
            check_line(user->ssh_keys->pdata[j]);
    }
    for (guint i = 0; i < spec->links->len; i++) {
        const VpLink *link = spec->links->pdata[i];

        g_assert(link->type == VP_LINK_PHYSICAL ? link->mac != NULL : link->name != NULL);
    }
    for (guint i = 0; i < spec->files->len; i++) {
        const VpFile *file = spec->files->pdata[i];

        check_path(file->path);
        g_assert((file->data->bytes == NULL) != (file->data->src == NULL));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GString) xml = g_string_new(NULL);
    gboolean within = size > 2 && data[0] == '<' && (data[1] == 'p' || data[1] == 'o');
    g_autoptr(VpDomain) domain = NULL;
    g_autoptr(GPtrArray) specs = NULL;
    g_autoptr(GError) error = NULL;

    g_string_append(xml, within ? BEFORE : "");
    g_string_append_len(xml, (const char *)data, (gssize)size);
    g_string_append(xml, within ? AFTER : "");
    domain = vp_domain_parse(xml->str, xml->len, &error);
    if (domain)
        specs = vp_spec_read(domain, &error);
    if (!specs) {
        check_error(error);
        return 0;
    }
    g_assert(!error);
    for (guint i = 0; i < specs->len; i++)
        check_spec(specs->pdata[i]);
    return 0;
}
