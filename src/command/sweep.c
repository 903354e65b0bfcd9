/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload sweep: removes images that a crash left in the payload directory. */
#include <config.h>

#include <stdio.h>

#include "base/error.h"
#include "base/hash.h"
#include "command/commands.h"
#include "command/report.h"
#include "domain/image-name.h"
#include "libvirt/virt.h"
#include "payload/store.h"

typedef struct {
    gboolean remove;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"remove", 'r', VP_OPTION_FLAG, AT(remove), NULL, "remove them instead of listing them"},
    {NULL},
};

/* UUIDs of the guests that have images, in the order of the names. */
static GPtrArray *
owners_of(const GPtrArray *names)
{
    GPtrArray *owners = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(vp_hash_text, g_str_equal);

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *uuid = vp_domain_image_name_uuid(names->pdata[i]);

        if (uuid == NULL || g_hash_table_contains(seen, uuid))
            continue;
        g_hash_table_add(seen, uuid);
        g_ptr_array_add(owners, g_steal_pointer(&uuid));
    }
    return owners;
}

/* Checked right before an image is removed: the guest may have started since. A guest has an id
 * before its hook is called (qemuProcessInit), so that an image of a start is never taken for a
 * stale one. */
static gboolean
is_running(VpVirt *virt, const char *uuid, gboolean *running, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(VpGuest) guest = vp_virt_find_uuid(virt, uuid, &failure);

    *running = guest != NULL && vp_virt_guest_id(guest) >= 0;
    if (guest != NULL || g_error_matches(failure, VP_ERROR, VP_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

static gboolean
sweep(VpCall *call, VpStore *store, VpVirt *virt, const char *uuid, GError **error)
{
    const Options *given = call->options;
    gboolean running = FALSE;
    json_object *object;

    if (given->remove && !is_running(virt, uuid, &running, error))
        return FALSE;
    if (running)
        return TRUE;
    if (given->remove && !vp_payload_store_remove_guest(store, uuid, error))
        return FALSE;
    if (vp_command_report_is_text(call))
        printf("%s: %s\n", uuid, given->remove ? "removed" : "stale; --remove removes it");
    object = vp_command_report_object(call);
    if (object != NULL) {
        vp_json_add_text(object, "uuid", uuid);
        vp_json_add(object, "removed", json_object_new_boolean(given->remove));
    }
    return TRUE;
}

static gboolean
run(VpCall *call, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(VpStore) store = NULL;
    g_autoptr(GPtrArray) names = NULL, owners = NULL, guests = NULL;
    g_autoptr(GHashTable) running = NULL;
    g_autoptr(VpVirt) virt = NULL;

    if (!vp_virt_check_rights(call->conf, error))
        return FALSE;
    store = vp_payload_store_open_existing(call->conf->directory, &failure);
    if (store == NULL && failure == NULL)
        return TRUE; /* no directory, no images */
    if (store == NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    names = vp_payload_store_list(store, error);
    virt = names != NULL ? vp_virt_open(call->uri, call->conf, TRUE, error) : NULL;
    guests = virt != NULL && vp_virt_check_this_host(virt, call->conf, error)
                 ? vp_virt_list(virt, error)
                 : NULL;
    if (guests == NULL)
        return FALSE;
    owners = owners_of(names);
    running = vp_virt_running(guests);
    for (guint i = 0; i < owners->len; i++) {
        if (!g_hash_table_contains(running, owners->pdata[i]) &&
            !sweep(call, store, virt, owners->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

const VpCommand vp_command_sweep = {
    .name = "sweep",
    .arguments = "",
    .summary = "list or remove images of guests that are not running",
    .details = "The hook removes an image when its guest stops, which it cannot do after a crash "
               "of libvirt or of the host. If libvirt cannot be asked, or the connection is not to "
               "the daemon whose hook makes these images, nothing is removed.\n",
    .options = options,
    .options_size = sizeof(Options),
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_REPORTS,
    .run = run,
};
