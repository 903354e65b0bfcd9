/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of the answer file, by oVirt's variable: the one table for both forms and every
 * template.
 */
#pragma once

#include "spec/spec.h"

typedef enum {
    VP_SYSPREP_COMPUTER_NAME,
    VP_SYSPREP_TIME_ZONE,
    VP_SYSPREP_ADMIN_PASSWORD,
    VP_SYSPREP_ORG_NAME,
    VP_SYSPREP_OWNER_NAME,
    VP_SYSPREP_PRODUCT_KEY,
    VP_SYSPREP_JOIN_DOMAIN,
    VP_SYSPREP_DOMAIN_ADMIN,
    VP_SYSPREP_DOMAIN_ADMIN_PASSWORD,
    VP_SYSPREP_MACHINE_OBJECT_OU,
    VP_SYSPREP_INPUT_LOCALE,
    VP_SYSPREP_UI_LANGUAGE,
    VP_SYSPREP_SETUP_UI_LANGUAGE,
    VP_SYSPREP_SYSTEM_LOCALE,
    VP_SYSPREP_USER_LOCALE,
    VP_SYSPREP_N_VALUES
} VpSysprepValue;

typedef struct {
    char *computer_name;                    /* owned */
    const char *texts[VP_SYSPREP_N_VALUES]; /* borrowed from the spec; NULL if not given */
} VpSysprepValues;

/* VP_ERROR_PASSWORD for a hash; VP_ERROR_TEXT for a control character. */
VpSysprepValues *vp_render_sysprep_values_new(const VpSpec *spec,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_render_sysprep_values_free(VpSysprepValues *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpSysprepValues, vp_render_sysprep_values_free)

/* Replaces every "$Variable$"; a value is not looked at again. NULL if text has none. */
char *vp_render_sysprep_values_replace(const VpSysprepValues *values, const char *text);

/* TRUE if text has $ProductKey$ and that is empty; or if any variable in it is. */
gboolean vp_render_sysprep_values_lacks_key(const VpSysprepValues *values, const char *text);
gboolean vp_render_sysprep_values_lacks_any(const VpSysprepValues *values, const char *text);
