/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The result of starting a guest: its payloads, or why it is refused. The hook acts on it, and
 * the command says it beforehand; nothing is written here. */
#pragma once

#include "domain/domain.h"
#include "payload/conf.h"

typedef struct {
    const VpConf *conf;
    /* whether the guest resumes, and so needs no drive; NULL: it boots */
    gboolean (*is_resumed)(const VpDomain *domain, const char *directory);
    /* an error ends with a command that repairs the guest of that name, and nothing after it */
    gboolean is_defined;
} VpStart;

/* An array of VpPayload, empty if nothing is to be made; NULL if the start is to be refused. domain
 * is as libvirt formats it, and may be changed. */
GPtrArray *vp_payload_start_build(const VpStart *start, VpDomain *domain,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a defined guest that boots, and whether the payload directory could take the images.
 * An error that begins with a field has its place. */
gboolean vp_payload_start_check(const char *xml, gsize size, const VpConf *conf,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE if a guest that boots is left without a drive, though it has a payload: attach = off. */
gboolean vp_payload_start_is_bare(const VpDomain *domain, const GPtrArray *specs,
                                  const VpConf *conf);

/* The specs whose drive is not in the definition; borrowed. */
GPtrArray *vp_payload_start_missing(const VpDomain *domain, const GPtrArray *specs);

/* On an oVirt host VDSM makes the images of oVirt's payloads: takes those specs out. */
void vp_payload_start_leave_to_vdsm(const VpDomain *domain, GPtrArray *specs);
