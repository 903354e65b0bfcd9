/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of the answer file, by oVirt's variable. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "render/meta-data.h"
#include "render/sysprep-values.h"

static const char *const variables[VP_SYSPREP_N_VALUES] = {
    [VP_SYSPREP_COMPUTER_NAME] = "$ComputerName$",
    [VP_SYSPREP_TIME_ZONE] = "$TimeZone$",
    [VP_SYSPREP_ADMIN_PASSWORD] = "$AdminPassword$",
    [VP_SYSPREP_ORG_NAME] = "$OrgName$",
    [VP_SYSPREP_OWNER_NAME] = "$OwnerName$", /* ours: oVirt writes "user" */
    [VP_SYSPREP_PRODUCT_KEY] = "$ProductKey$",
    [VP_SYSPREP_JOIN_DOMAIN] = "$JoinDomain$",
    [VP_SYSPREP_DOMAIN_ADMIN] = "$DomainAdmin$",
    [VP_SYSPREP_DOMAIN_ADMIN_PASSWORD] = "$DomainAdminPassword$",
    [VP_SYSPREP_MACHINE_OBJECT_OU] = "$MachineObjectOU$",
    [VP_SYSPREP_INPUT_LOCALE] = "$InputLocale$",
    [VP_SYSPREP_UI_LANGUAGE] = "$UILanguage$",
    [VP_SYSPREP_SETUP_UI_LANGUAGE] = "$SetupUiLanguageUiLanguage$",
    [VP_SYSPREP_SYSTEM_LOCALE] = "$SystemLocale$",
    [VP_SYSPREP_USER_LOCALE] = "$UserLocale$",
};

static gboolean
take_password(const VpPassword *password, const char *path, const char **text, GError **error)
{
    if (password == NULL)
        return TRUE;
    if (password->hashed)
        return vp_error_set_at(error, VP_ERROR_PASSWORD, path, &password->place,
                               "Windows takes only clear text; give that");
    *text = password->text;
    return TRUE;
}

static gboolean
check_texts(const VpSysprepValues *values, GError **error)
{
    for (guint i = 0; i < VP_SYSPREP_N_VALUES; i++) {
        for (const char *p = values->texts[i]; p != NULL && *p; p++) {
            if (g_ascii_iscntrl(*p))
                return vp_error_set(error, VP_ERROR_TEXT,
                                    "sysprep: the value of %s has a control character",
                                    variables[i]);
        }
    }
    return TRUE;
}

VpSysprepValues *
vp_render_sysprep_values_new(const VpSpec *spec, GError **error)
{
    g_autoptr(VpSysprepValues) values = g_new0(VpSysprepValues, 1);
    const VpSysprep *sysprep = &spec->sysprep;
    const char **texts = values->texts;

    values->computer_name = vp_render_meta_data_hostname(spec);
    texts[VP_SYSPREP_COMPUTER_NAME] = values->computer_name != NULL ? values->computer_name : "*";
    texts[VP_SYSPREP_TIME_ZONE] = spec->timezone;
    texts[VP_SYSPREP_ORG_NAME] = sysprep->organization;
    texts[VP_SYSPREP_OWNER_NAME] = sysprep->owner;
    texts[VP_SYSPREP_PRODUCT_KEY] = sysprep->product_key;
    texts[VP_SYSPREP_JOIN_DOMAIN] = sysprep->domain;
    texts[VP_SYSPREP_DOMAIN_ADMIN] = sysprep->domain_user;
    texts[VP_SYSPREP_MACHINE_OBJECT_OU] = sysprep->machine_object_ou;
    texts[VP_SYSPREP_INPUT_LOCALE] = sysprep->input_locale;
    texts[VP_SYSPREP_UI_LANGUAGE] = sysprep->ui_language;
    texts[VP_SYSPREP_SETUP_UI_LANGUAGE] = sysprep->ui_language;
    texts[VP_SYSPREP_SYSTEM_LOCALE] = sysprep->system_locale;
    texts[VP_SYSPREP_USER_LOCALE] = sysprep->user_locale;
    if (!take_password(sysprep->admin_password, "sysprep/admin-password",
                       &texts[VP_SYSPREP_ADMIN_PASSWORD], error) ||
        !take_password(sysprep->domain_password, "sysprep/domain-password",
                       &texts[VP_SYSPREP_DOMAIN_ADMIN_PASSWORD], error) ||
        !check_texts(values, error))
        return NULL;
    return g_steal_pointer(&values);
}

void
vp_render_sysprep_values_free(VpSysprepValues *values)
{
    if (values == NULL)
        return;
    g_free(values->computer_name);
    g_free(values);
}

static int
find_variable(const char *text)
{
    for (int i = 0; i < VP_SYSPREP_N_VALUES; i++) {
        if (g_str_has_prefix(text, variables[i]))
            return i;
    }
    return -1;
}

char *
vp_render_sysprep_values_replace(const VpSysprepValues *values, const char *text)
{
    GString *replaced = g_string_new(NULL);
    gboolean found = FALSE;

    while (*text) {
        int variable = *text == '$' ? find_variable(text) : -1;

        if (variable < 0) {
            g_string_append_c(replaced, *text++);
            continue;
        }
        found = TRUE;
        if (values->texts[variable] != NULL)
            g_string_append(replaced, values->texts[variable]);
        text += strlen(variables[variable]);
    }
    return g_string_free(replaced, !found);
}

static gboolean
lacks(const VpSysprepValues *values, const char *text, VpSysprepValue which)
{
    const char *value = values->texts[which];

    return (value == NULL || *value == '\0') && strstr(text, variables[which]) != NULL;
}

gboolean
vp_render_sysprep_values_lacks_key(const VpSysprepValues *values, const char *text)
{
    return lacks(values, text, VP_SYSPREP_PRODUCT_KEY);
}

gboolean
vp_render_sysprep_values_lacks_any(const VpSysprepValues *values, const char *text)
{
    for (guint i = 0; i < VP_SYSPREP_N_VALUES; i++) {
        if (lacks(values, text, i))
            return TRUE;
    }
    return FALSE;
}
