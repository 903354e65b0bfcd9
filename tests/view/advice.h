/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is advised of a definition, by name. */
#pragma once

#include <string.h>

#include "domain/domain.h"
#include "spec/read.h"
#include "view/diagnose-unwise.h"

#define WINDOWS                                                                                    \
    "<l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"                        \
    "<l:os id='http://microsoft.com/win/2k22'/></l:libosinfo>"

static inline void
advice_note(const char *name, const VpPlace *place, const char *message, gpointer data)
{
    GString *told = data;

    g_assert_cmpuint(place->line, ==, 2);
    g_assert_true(g_str_is_ascii(message));
    g_test_message("%s: %s", name, message);
    g_string_append_printf(told, "%s%s", told->len > 0 ? " " : "", name);
}

/* The names of the advice on a payload in the definition's second line, in its order. metadata is
 * before it. */
static inline void
advice_assert(void (*look)(const VpSpec *spec, VpUnwise *tell, gpointer data), const char *metadata,
              const char *payload, const char *devices, const char *wanted)
{
    g_autofree char *xml =
        g_strdup_printf("<domain><name>web1</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>"
                        "<metadata>%s\n%s</metadata><devices>%s</devices></domain>",
                        metadata, payload, devices);
    g_autoptr(GError) error = NULL;
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), &error);
    g_autoptr(GPtrArray) specs = domain != NULL ? vp_spec_read(domain, &error) : NULL;
    g_autoptr(GString) told = g_string_new(NULL);

    g_assert_no_error(error);
    look(specs->pdata[0], advice_note, told);
    g_assert_cmpstr(told->str, ==, wanted);
}
