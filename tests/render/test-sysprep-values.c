/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* oVirt's variables: their values by a spec, and texts in which they are replaced. */
#include <config.h>

#include "base/error.h"
#include "render/sysprep-values.h"
#include "specs.h"

static VpSpec *
new_sysprep(void)
{
    VpSpec *spec = spec_new();

    spec->kind = VP_KIND_SYSPREP;
    return spec;
}

static VpPassword *
new_password(const char *text)
{
    VpPassword *password = vp_spec_object_new(&vp_spec_password_type);

    password->text = g_strdup(text);
    password->place.line = 9;
    return password;
}

static VpSysprepValues *
values_of(const VpSpec *spec)
{
    g_autoptr(GError) error = NULL;
    VpSysprepValues *values = vp_render_sysprep_values_new(spec, &error);

    g_assert_no_error(error);
    return values;
}

/* Every variable, in the order of the table. */
#define ALL                                                                                        \
    "$ComputerName$|$TimeZone$|$AdminPassword$|$OrgName$|$OwnerName$|$ProductKey$|$JoinDomain$|"   \
    "$DomainAdmin$|$DomainAdminPassword$|$MachineObjectOU$|$InputLocale$|$UILanguage$|"            \
    "$SetupUiLanguageUiLanguage$|$SystemLocale$|$UserLocale$"

static void
test_all(void)
{
    g_autoptr(VpSpec) spec = new_sysprep();
    g_autoptr(VpSysprepValues) values = NULL;
    g_autofree char *text = NULL;

    spec->hostname = g_strdup("pc.example.com");
    spec->timezone = g_strdup("tz");
    spec->sysprep.admin_password = new_password("admin");
    spec->sysprep.organization = g_strdup("org");
    spec->sysprep.owner = g_strdup("owner");
    spec->sysprep.product_key = g_strdup("key");
    spec->sysprep.domain = g_strdup("domain");
    spec->sysprep.domain_user = g_strdup("joiner");
    spec->sysprep.domain_password = new_password("join");
    spec->sysprep.machine_object_ou = g_strdup("ou");
    spec->sysprep.input_locale = g_strdup("in");
    spec->sysprep.ui_language = g_strdup("ui");
    spec->sysprep.system_locale = g_strdup("sys");
    spec->sysprep.user_locale = g_strdup("user");
    values = values_of(spec);
    text = vp_render_sysprep_values_replace(values, ALL);
    g_assert_cmpstr(text, ==, "pc|tz|admin|org|owner|key|domain|joiner|join|ou|in|ui|ui|sys|user");
    g_assert_false(vp_render_sysprep_values_lacks_any(values, ALL));
}

/* What is not given is empty, but for the name, which is the guest's or made by Windows. */
static void
test_none(void)
{
    g_autoptr(VpSpec) spec = new_sysprep();
    g_autoptr(VpSysprepValues) named = values_of(spec), unnamed = NULL;
    g_autofree char *text = vp_render_sysprep_values_replace(named, ALL), *name = NULL;

    g_assert_cmpstr(text, ==, "web1||||||||||||||");
    g_free(spec->guest_name);
    spec->guest_name = g_strdup("a guest");
    unnamed = values_of(spec);
    name = vp_render_sysprep_values_replace(unnamed, "$ComputerName$");
    g_assert_cmpstr(name, ==, "*");
}

static void
test_replace(void)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", NULL},
        {"none", NULL},
        {"$", NULL},
        {"$$", NULL},
        {"$OrgName", NULL},
        {"OrgName$", NULL},
        {"$orgname$", NULL},
        {"$Unknown$", NULL},
        {"$OrgName$", "a$OwnerName$"}, /* not looked at again */
        {"$$OrgName$$", "$a$OwnerName$$"},
        {"$OrgName$OrgName$", "a$OwnerName$OrgName$"},
        {"$OrgName$$OrgName$", "a$OwnerName$a$OwnerName$"},
        {"[$TimeZone$]", "[]"},
        {"\303\244$OrgName$\303\266\n", "\303\244a$OwnerName$\303\266\n"},
    };
    g_autoptr(VpSpec) spec = new_sysprep();
    g_autoptr(VpSysprepValues) values = NULL;

    spec->sysprep.organization = g_strdup("a$OwnerName$");
    spec->sysprep.owner = g_strdup("b");
    values = values_of(spec);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = vp_render_sysprep_values_replace(values, cases[i].text);

        g_test_message("%s", cases[i].text);
        g_assert_cmpstr(text, ==, cases[i].expected);
    }
}

static void
test_lacks(void)
{
    static const struct {
        const char *text;
        gboolean key, any;
    } cases[] = {
        {"", FALSE, FALSE},          {"ProductKey", FALSE, FALSE},
        {"$OrgName$", FALSE, FALSE}, {"$OrgName$ $OwnerName$", FALSE, TRUE}, /* empty */
        {"$TimeZone$", FALSE, TRUE}, {"a$ProductKey$b", TRUE, TRUE},
        {"$Unknown$", FALSE, FALSE}, {"$ComputerName$", FALSE, FALSE},
    };
    g_autoptr(VpSpec) spec = new_sysprep();
    g_autoptr(VpSysprepValues) values = NULL, with_key = NULL;

    spec->sysprep.organization = g_strdup("a");
    spec->sysprep.owner = g_strdup("");
    values = values_of(spec);
    spec->sysprep.product_key = g_strdup("k");
    with_key = values_of(spec);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(vp_render_sysprep_values_lacks_key(values, cases[i].text), ==,
                        cases[i].key);
        g_assert_cmpint(vp_render_sysprep_values_lacks_any(values, cases[i].text), ==,
                        cases[i].any);
        g_assert_false(vp_render_sysprep_values_lacks_key(with_key, cases[i].text));
    }
}

static void
assert_refused(VpSpec *taken, VpErrorCode code, const char *message)
{
    g_autoptr(VpSpec) spec = taken;
    g_autoptr(GError) error = NULL;

    g_assert_null(vp_render_sysprep_values_new(spec, &error));
    g_assert_error(error, VP_ERROR, (int)code);
    g_assert_cmpstr(error->message, ==, message);
}

static void
test_refused(void)
{
    VpSpec *spec = new_sysprep();

    spec->sysprep.admin_password = new_password("canary");
    spec->sysprep.admin_password->hashed = TRUE;
    assert_refused(spec, VP_ERROR_PASSWORD,
                   "sysprep/admin-password (line 9): Windows takes only clear text; give that");
    spec = new_sysprep();
    spec->sysprep.domain_password = new_password("canary");
    spec->sysprep.domain_password->hashed = TRUE;
    assert_refused(spec, VP_ERROR_PASSWORD,
                   "sysprep/domain-password (line 9): Windows takes only clear text; give that");
    spec = new_sysprep();
    spec->sysprep.owner = g_strdup("canary\177");
    assert_refused(spec, VP_ERROR_TEXT,
                   "sysprep: the value of $OwnerName$ has a control character");
    spec = new_sysprep();
    spec->sysprep.admin_password = new_password("canary\r\n");
    assert_refused(spec, VP_ERROR_TEXT,
                   "sysprep: the value of $AdminPassword$ has a control character");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sysprep-values/all", test_all);
    g_test_add_func("/sysprep-values/none", test_none);
    g_test_add_func("/sysprep-values/replace", test_replace);
    g_test_add_func("/sysprep-values/lacks", test_lacks);
    g_test_add_func("/sysprep-values/refused", test_refused);
    return g_test_run();
}
