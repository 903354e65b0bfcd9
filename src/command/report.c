/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines and objects for what was done. */
#include <config.h>

#include <stdio.h>

#include "base/escape.h"
#include "command/report.h"
#include "view/term.h"

gboolean
vp_command_report_is_text(const VpCall *call)
{
    return call->results == NULL && !call->is_quiet;
}

json_object *
vp_command_report_object(VpCall *call)
{
    json_object *object;

    if (call->results == NULL)
        return NULL;
    object = json_object_new_object();
    vp_json_append(call->results, object);
    return object;
}

/* One object a guest: "attach --live --config" does two things to it. */
static json_object *
object_of(VpCall *call, const VpGuest *guest)
{
    gsize length = json_object_array_length(call->results);
    json_object *last = length > 0 ? json_object_array_get_idx(call->results, length - 1) : NULL;
    json_object *uuid = NULL, *object;

    if (last != NULL && json_object_object_get_ex(last, "uuid", &uuid) &&
        g_str_equal(json_object_get_string(uuid), vp_virt_guest_uuid(guest)))
        return last;
    object = vp_command_report_object(call);
    vp_json_add_text(object, "guest", vp_virt_guest_name(guest));
    vp_json_add_text(object, "uuid", vp_virt_guest_uuid(guest));
    vp_json_add(object, "changed", json_object_new_boolean(FALSE));
    vp_json_add(object, "messages", json_object_new_array());
    return object;
}

json_object *
vp_command_report(VpCall *call, const VpGuest *guest, gboolean changed, const char *format, ...)
{
    g_autofree char *text = NULL, *name = vp_escape_name(vp_virt_guest_name(guest));
    json_object *object, *messages = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (vp_command_report_is_text(call))
        printf("%s: %s\n", name, text);
    if (call->results == NULL)
        return NULL;
    object = object_of(call, guest);
    if (changed)
        vp_json_add(object, "changed", json_object_new_boolean(TRUE));
    if (json_object_object_get_ex(object, "messages", &messages))
        vp_json_append(messages, json_object_new_string(text));
    return object;
}

void
vp_command_report_print(const VpCall *call)
{
    if (call->results != NULL)
        vp_view_term_print_json(call->results);
}
