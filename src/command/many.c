/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expands the arguments of a command to the names of existing guests. */
#include <config.h>

#include <fnmatch.h>
#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/many.h"
#include "domain/front-search.h"
#include "libvirt/virt.h"

static gboolean
is_pattern(const char *name)
{
    return strpbrk(name, "*?[") != NULL;
}

gboolean
vp_command_many_is_meant(const VpCall *call)
{
    return call->is_all || call->n_arguments > 1 ||
           (call->n_arguments == 1 && is_pattern(call->arguments[0]));
}

static void
add(GPtrArray *uuids, const VpGuest *guest)
{
    const char *uuid = vp_virt_guest_uuid(guest);

    if (!g_ptr_array_find_with_equal_func(uuids, uuid, g_str_equal, NULL))
        g_ptr_array_add(uuids, g_strdup(uuid));
}

static void
add_all(GPtrArray *uuids, const GPtrArray *guests)
{
    for (guint i = 0; i < guests->len; i++) {
        g_autofree char *xml = vp_virt_guest_xml(guests->pdata[i], VP_GUEST_CONFIG, NULL);

        if (xml != NULL && vp_domain_front_may_have_payload(xml, strlen(xml)))
            add(uuids, guests->pdata[i]);
    }
}

static gboolean
add_matches(GPtrArray *uuids, const GPtrArray *guests, const char *pattern, GError **error)
{
    g_autofree char *escaped = vp_escape_name(pattern);
    gboolean found = FALSE;

    for (guint i = 0; i < guests->len; i++) {
        if (fnmatch(pattern, vp_virt_guest_name(guests->pdata[i]), 0) != 0)
            continue;
        add(uuids, guests->pdata[i]);
        found = TRUE;
    }
    if (!found)
        g_set_error(error, VP_ERROR, VP_ERROR_NOT_FOUND, "%s: no guest's name matches", escaped);
    return found;
}

static gboolean
add_argument(GPtrArray *uuids, VpVirt *virt, const GPtrArray *guests, const char *name,
             GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(VpGuest) guest = vp_virt_find(virt, name, &failure);
    g_autofree char *escaped = vp_escape_name(name);

    if (guest != NULL)
        add(uuids, guest);
    else if (is_pattern(name))
        return add_matches(uuids, guests, name, error);
    else
        g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s: ", escaped);
    return guest != NULL;
}

static gboolean
check_usage(const VpCall *call, GError **error)
{
    if (call->is_all && call->n_arguments > 0)
        g_set_error(error, VP_ERROR, VP_ERROR_USAGE, "--all takes no guest names");
    else if (g_strv_contains((const char *const *)call->arguments, "-"))
        g_set_error(error, VP_ERROR, VP_ERROR_USAGE,
                    "'-' is a single definition, and cannot be given together with guests");
    else
        return TRUE;
    return FALSE;
}

char **
vp_command_many_expand(const VpCall *call, GError **error)
{
    g_autoptr(GPtrArray) uuids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(VpVirt) virt = NULL;
    g_autoptr(GPtrArray) guests = NULL;

    if (!check_usage(call, error))
        return NULL;
    virt = vp_virt_open(call->uri, call->conf, TRUE, error);
    guests = virt != NULL ? vp_virt_list(virt, error) : NULL;
    if (guests == NULL)
        return NULL;
    if (call->is_all)
        add_all(uuids, guests);
    for (char **name = call->arguments; *name != NULL; name++) {
        if (!add_argument(uuids, virt, guests, *name, error))
            return NULL;
    }
    g_ptr_array_add(uuids, NULL);
    return g_strdupv((char **)uuids->pdata);
}
