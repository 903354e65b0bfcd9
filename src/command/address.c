/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload address: where a guest can be reached. */
#include <config.h>

#include <stdio.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/commands.h"
#include "command/guest.h"
#include "command/reach.h"
#include "spec/object.h"
#include "view/term.h"

typedef struct {
    gboolean all;
    gboolean json;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"all", 'a', VP_OPTION_FLAG, AT(all), NULL, "all of them, with interface and source"},
    {"json", 'j', VP_OPTION_FLAG, AT(json), NULL, "all of them as JSON"},
    {NULL},
};

static void
print_json(const GPtrArray *addresses)
{
    g_autoptr(json_object) list = json_object_new_array();

    for (guint i = 0; i < addresses->len; i++) {
        const VpReachAddress *address = addresses->pdata[i];
        json_object *object = json_object_new_object();

        vp_json_add_string(object, "address", address->address);
        vp_json_add_or_null(object, "prefix",
                            address->prefix > 0 ? json_object_new_int((int)address->prefix) : NULL);
        vp_json_add_text(object, "interface", address->interface);
        vp_json_add_text(object, "mac", address->mac);
        vp_json_add_string(object, "source", address->source);
        vp_json_append(list, object);
    }
    vp_view_term_print_json(list);
}

static void
print_all(const GPtrArray *addresses)
{
    for (guint i = 0; i < addresses->len; i++) {
        const VpReachAddress *address = addresses->pdata[i];
        g_autofree char *text = vp_escape_name(address->address);
        g_autofree char *name =
            vp_escape_name(address->interface != NULL ? address->interface : "-");
        g_autofree char *mac = vp_escape_name(address->mac != NULL ? address->mac : "-");

        printf("%s  %s  %s  %s\n", text, name, mac, address->source);
    }
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    g_auto(VpCallGuest) opened = {NULL, NULL};
    g_autoptr(VpSpec) spec = NULL;
    g_autoptr(GPtrArray) addresses = NULL;
    g_autofree char *first = NULL;

    if (!vp_command_guest_open_running(call, &opened, error))
        return FALSE;
    spec = vp_command_reach_spec(opened.guest, call->conf);
    addresses = vp_command_reach_addresses(opened.guest, spec);
    if (given->json)
        print_json(addresses);
    if (addresses->len == 0)
        return vp_error_set(error, VP_ERROR_NOT_FOUND,
                            "no address is known yet; 'virt-payload wait --for address %s' waits "
                            "for one",
                            vp_virt_guest_uuid(opened.guest));
    if (given->json)
        return TRUE;
    if (given->all) {
        print_all(addresses);
        return TRUE;
    }
    first = vp_escape_name(((const VpReachAddress *)addresses->pdata[0])->address);
    puts(first);
    return TRUE;
}

const VpCommand vp_command_address = {
    .name = "address",
    .arguments = "GUEST|UUID|ID",
    .summary = "print the address of a running guest",
    .details = "Prints the address that the guest can best be reached at: from the guest agent, or "
               "the leases of libvirt's DHCP, or the host's neighbour table, or the addresses in "
               "the payload, whichever knows one first. IPv4 is preferred.\n"
               "The exit status is 1 if no address is known.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 1,
    .flags = VP_COMMAND_LIBVIRT,
    .run = run,
};
