/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hook's operations. They never call libvirt, because the daemon holds the guest's lock. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "domain/domain.h"
#include "hook/hook.h"
#include "hook/resumed.h"
#include "payload/own-disk.h"
#include "payload/payload.h"
#include "payload/profile.h"
#include "payload/rewrite.h"
#include "payload/start.h"
#include "payload/store.h"

/* The specs that are ours to serve. */
static GPtrArray *
read_specs(const VpDomain *domain, const VpConf *conf, GError **error)
{
    GPtrArray *specs = vp_payload_profile_read(domain, conf, error);

    if (specs != NULL)
        vp_payload_start_leave_to_vdsm(domain, specs);
    return specs;
}

/* --- prepare: the image ---------------------------------------------------------------------- */

/* Nothing is written before all that can be refused has been. */
static gboolean
prepare(VpDomain *domain, const VpConf *conf, char **output, GError **error)
{
    const VpStart start = {.conf = conf, .is_resumed = vp_hook_resumed_check};
    g_autoptr(GPtrArray) payloads = vp_payload_start_build(&start, domain, error);

    return payloads != NULL && vp_payload_store_all(payloads, domain, conf, error);
}

/* --- the others ------------------------------------------------------------------------------ */

/* A note may be of a restore or a migration that failed before "prepare". libvirt knows, but cannot
 * be asked from here. */
static gboolean
started(VpDomain *domain, const VpConf *conf, char **output, GError **error)
{
    g_autoptr(GPtrArray) specs = read_specs(domain, conf, error);
    g_autoptr(GPtrArray) missing = specs != NULL ? vp_payload_start_missing(domain, specs) : NULL;
    gboolean is_noted;

    if (specs == NULL)
        return FALSE;
    if (missing->len == 0)
        return TRUE;
    is_noted = vp_hook_resumed_forget(domain, conf->directory);
    if (conf->attach == VP_ATTACH_REFUSE || conf->attach == VP_ATTACH_OFF)
        return TRUE;
    *output = g_strdup_printf("%s %d%s", domain->uuid, domain->id, is_noted ? " resumed" : "");
    return TRUE;
}

/* libvirt taints a guest whose filter says anything, so that it says nothing if nothing changes.
 * No image is written: libvirt does not know yet whether a guest of this UUID runs here already. */
static gboolean
filter(VpDomain *domain, const VpConf *conf, char **output, GError **error)
{
    g_autoptr(GPtrArray) specs = read_specs(domain, conf, error);
    g_autoptr(GPtrArray) missing = specs != NULL ? vp_payload_start_missing(domain, specs) : NULL;
    gboolean changed;

    if (specs == NULL)
        return FALSE;
    if (specs->len == 0)
        return TRUE;
    if (missing->len > 0)
        vp_hook_resumed_note(domain, conf->directory);
    if (!vp_payload_rewrite_domain(domain, specs, conf->directory, VP_REWRITE_REPOINT, &changed,
                                   error))
        return FALSE;
    if (changed)
        *output = vp_payload_rewrite_to_string(domain);
    return TRUE;
}

/* Canonical, and also of what no parser accepts: libvirt formats some text that is not XML. NULL if
 * there is none. */
static char *
find_uuid(const VpHookCall *call, const VpDomain *domain)
{
    const char *found = vp_domain_front_find_uuid(call->xml, call->size);

    if (domain != NULL)
        return g_strdup(domain->uuid);
    return found != NULL ? g_strndup(found, VP_UUID_LENGTH) : NULL;
}

/* The guest's images in the configured directory are removed, whatever else its definition now
 * says. Only a disk of the guest's own that has the name of an image is left. */
static gboolean
release(const VpHookCall *call, const VpConf *conf, GError **error)
{
    g_autoptr(VpDomain) domain = vp_domain_parse(call->xml, call->size, NULL);
    g_autofree char *uuid = find_uuid(call, domain);

    if (uuid == NULL || (domain && vp_payload_own_disk_find(domain, conf->directory) != NULL))
        return TRUE;
    return vp_payload_store_remove_guest_from(conf->directory, uuid, error);
}

static gboolean
check_identity(const VpDomain *domain, const VpHookCall *call, GError **error)
{
    if (strcmp(domain->name, call->guest) == 0)
        return TRUE;
    return vp_error_set(error, VP_ERROR_IDENTITY,
                        "the definition's <name> is not the guest's that the hook was called for");
}

gboolean
vp_hook_run(const VpHookCall *call, const VpConf *conf, char **output, GError **error)
{
    static gboolean (*const run[])(VpDomain *, const VpConf *, char **, GError **) = {
        [VP_OPERATION_PREPARE] = prepare,
        [VP_OPERATION_STARTED] = started,
        [VP_OPERATION_FILTER] = filter,
    };
    g_autoptr(VpDomain) domain = NULL;
    GError *failure = NULL;

    *output = NULL;
    if (call->operation == VP_OPERATION_NONE)
        return TRUE;
    if (call->operation == VP_OPERATION_RELEASE)
        return release(call, conf, error);
    domain = vp_domain_parse(call->xml, call->size, &failure);
    if (domain)
        return check_identity(domain, call, error) &&
               run[call->operation](domain, conf, output, error);
    if (g_error_matches(failure, VP_ERROR, VP_ERROR_NOT_FOUND)) {
        g_error_free(failure); /* no domain: none of ours */
        return TRUE;
    }
    g_propagate_error(error, failure);
    return FALSE;
}
