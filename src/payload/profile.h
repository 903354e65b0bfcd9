/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles: payload elements in files of this host, profiles-directory/NAME.xml, which guests
 * share. default.xml, if it exists, is for every guest that has a payload of ours; if
 * @profile names it, it must exist.
 *
 * The guest's own fields win, then the profile that @profile names last, then those before it, then
 * the default. A field that a payload has once is taken from the first of these that has it; so is
 * one of several with the same name (a user is merged by the same rules). Lists add up: the
 * default's first, then the profiles' in the order of @profile, the guest's own last. A name that
 * is given twice counts once, at its last position. network and network-config count as one field.
 */
#pragma once

#include "domain/domain.h"
#include "payload/conf.h"
#include "spec/spec.h"

#define VP_PROFILE_DEFAULT "default"

/* The result of vp_spec_read for a domain with its profiles applied. The domain is unchanged: a
 * stored definition never has a profile's fields. VP_ERROR_REFERENCE, with the path, for a profile
 * that is missing, or that users other than root may write to. */
GPtrArray *vp_payload_profile_read(const VpDomain *domain, const VpConf *conf,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The profiles that apply to the domain, in their order, the default first: names. Empty if there
 * is none. */
GPtrArray *vp_payload_profile_names(const VpDomain *domain, const VpConf *conf);

/* Puts the profiles' fields into the domain's own payload element, to be shown. */
gboolean vp_payload_profile_apply(VpDomain *domain, const VpConf *conf,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Calls tell for each profile of this host that a start would refuse. */
typedef void VpProfileTell(const char *path, const char *message, gpointer data);
void vp_payload_profile_check(const VpConf *conf, VpProfileTell *tell, gpointer data);
