/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A payload element of a test's own, edited as set does it. */
#pragma once

#include "command/set.h"
#include "parse-domain.h"

typedef struct {
    VpDomain *domain;
    VpSet set;
} SetCase;

/* content: of <cloud-init>. */
static inline void
set_case_begin(SetCase *is, const char *content, gboolean windows)
{
    g_autofree char *xml = g_strconcat(
        "<domain><name>web1</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid><metadata>",
        windows ? "<l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
                  "<l:os id='http://microsoft.com/win/2k22'/></l:libosinfo>"
                : "",
        "<cloud-init xmlns='urn:virt-payload:1'>", content, "</cloud-init></metadata><devices/>",
        "</domain>", NULL);

    is->domain = parse_domain(xml);
    is->set = (VpSet){.domain = is->domain, .told = g_string_new(NULL)};
    g_assert_true(vp_spec_field_open(is->domain, &is->set.root, NULL));
}

static inline void
set_case_end(SetCase *is)
{
    vp_command_set_clear(&is->set);
    vp_domain_free(is->domain);
}

/* The element in one line; free with g_free. */
static inline char *
set_case_text(const SetCase *is)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *plain = vp_spec_field_to_plain(&is->set.root);

    g_string_append(text, plain);
    g_string_replace(text, "\n  <", "<", 0);
    g_string_replace(text, "\n</cloud-init>", "</cloud-init>", 0);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What the element holds. */
static inline void
set_case_assert(const SetCase *is, const char *wanted)
{
    g_autofree char *text = set_case_text(is);
    g_autofree char *expected = *wanted != '\0'
                                    ? g_strdup_printf("<cloud-init>%s</cloud-init>", wanted)
                                    : g_strdup("<cloud-init/>");

    g_assert_cmpstr(text, ==, expected);
}

/* The edit is refused with this message. */
static inline void
set_case_refused(SetCase *is, VpSetEdit *edit, const char *name, const char *value, int code,
                 const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(edit(&is->set, name, value, &error));
    g_assert_cmpstr(error->message, ==, message);
    g_assert_cmpint(error->code, ==, code);
}
