/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The owner of an image: of which labels and of which words of the configuration. */
#include <config.h>

#include <string.h>

#include "parse-domain.h"
#include "payload/owner.h"

#define HEAD "<domain type='kvm'><name>web1</name><uuid>11111111-2222-4333-8444-555555555555</uuid>"
#define LABEL(attributes, text)                                                                    \
    "<seclabel type='static' " attributes "><label>" text "</label></seclabel>"
#define DAC "model='dac' relabel='no'"
#define UNSET                                                                                      \
    {                                                                                              \
        FALSE, 0, 0                                                                                \
    }

static void
assert_owner(const VpOwner *owner, const VpOwner *expected)
{
    g_assert_cmpint(owner->is_set, ==, expected->is_set);
    g_assert_cmpuint(owner->uid, ==, expected->uid);
    g_assert_cmpuint(owner->gid, ==, expected->gid);
}

static VpDomain *
parse(const char *labels)
{
    g_autofree char *xml = g_strconcat(HEAD, labels, "<devices/></domain>", NULL);

    return parse_domain(xml);
}

/* Without a label that says it, the configuration does. */
static void
test_labels(void)
{
    static const VpOwner configured = {TRUE, 7, 8}, none = UNSET;
    static const struct {
        const char *labels;
        VpOwner found; /* not set: the configured one */
    } cases[] = {
        {"", UNSET},
        {LABEL(DAC, "+64055:+108"), {TRUE, 64055, 108}},
        {LABEL(DAC, "\n 64055:108 "), {TRUE, 64055, 108}},
        {LABEL(DAC, "+0:+0"), {TRUE, 0, 0}},
        {LABEL("model='dac' relabel='yes'", "+64055:+108"), UNSET},
        {LABEL("model='dac'", "+64055:+108"), UNSET},
        {LABEL("model='selinux' relabel='no'", "+64055:+108"), UNSET},
        {"<seclabel type='none' " DAC "/>", UNSET},
        {LABEL(DAC, "libvirt-qemu:kvm"), UNSET},
        {LABEL(DAC, "+64055"), UNSET},
        {LABEL(DAC, "+4294967295:+108"), UNSET},
        {LABEL(DAC, "+64055:+4294967295"), UNSET},
        {LABEL("model='selinux' relabel='no'", "+1:+2") LABEL(DAC, "+3:+4"), {TRUE, 3, 4}},
        {LABEL(DAC, "root:root") LABEL(DAC, "+3:+4"), {TRUE, 3, 4}},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(cases[i].labels);
        const VpOwner with = vp_payload_owner_find(domain, &configured);
        const VpOwner without = vp_payload_owner_find(domain, &none);

        g_test_message("%s", cases[i].labels);
        assert_owner(&with, cases[i].found.is_set ? &cases[i].found : &configured);
        assert_owner(&without, &cases[i].found);
    }
}

static void
test_without_definition(void)
{
    static const VpOwner configured = {TRUE, 7, 8};
    const VpOwner found = vp_payload_owner_find(NULL, &configured);

    assert_owner(&found, &configured);
}

/* As libvirt formats a label; a doubt is a yes. */
static void
test_may_be_labelled(void)
{
    static const char label[] = LABEL(DAC, "+64055:+108");
    gsize size = strlen("<seclabel type='static' " DAC);

    g_assert_true(vp_payload_owner_may_be_labelled(label, strlen(label)));
    g_assert_true(vp_payload_owner_may_be_labelled(label, size));
    g_assert_false(vp_payload_owner_may_be_labelled(label, size - 1));
    g_assert_false(vp_payload_owner_may_be_labelled("", 0));
}

static void
test_parse(void)
{
    static const struct {
        const char *text;
        VpOwner owner; /* not set: refused */
    } cases[] = {
        {"root", {TRUE, 0, 0}},
        {"root:7", {TRUE, 0, 7}},
        {"7:root", {TRUE, 7, 0}},
        {"+4000000001:+5", {TRUE, 4000000001, 5}},
        {"4000000001", {TRUE, 4000000001, 4000000001}},
        {"4294967294:4294967294", {TRUE, 4294967294, 4294967294}},
        {"4294967295", UNSET},
        {"0:4294967295", UNSET},
        {"", UNSET},
        {":", UNSET},
        {":0", UNSET},
        {"0:", UNSET},
        {"root:root:root", UNSET},
        {"-1", UNSET},
        {" root", UNSET},
        {"no-such-user", UNSET},
        {"root:no-such-group", UNSET},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        static const VpOwner untouched = {FALSE, 42, 43};
        VpOwner owner = untouched;

        g_test_message("'%s'", cases[i].text);
        g_assert_cmpint(vp_payload_owner_parse(cases[i].text, &owner), ==, cases[i].owner.is_set);
        assert_owner(&owner, cases[i].owner.is_set ? &cases[i].owner : &untouched);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/owner/labels", test_labels);
    g_test_add_func("/owner/without-definition", test_without_definition);
    g_test_add_func("/owner/may-be-labelled", test_may_be_labelled);
    g_test_add_func("/owner/parse", test_parse);
    return g_test_run();
}
