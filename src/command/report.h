/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a command did: a line for each guest or, with --json, an array that main prints at the end.
 * With --quiet nothing. */
#pragma once

#include "base/json-text.h"
#include "command/command.h"
#include "libvirt/virt.h"

/* "GUEST: TEXT"; in JSON, the text is added to the "messages" of the guest's object, whose
 * "changed" becomes true if this one is. Returns that object, for members of the command's own;
 * NULL if text was asked for. Borrowed. */
json_object *vp_command_report(VpCall *call, const VpGuest *guest, gboolean changed,
                               const char *format, ...) G_GNUC_PRINTF(4, 5);

/* An object of another form, added to the array; NULL if text was asked for. Borrowed. */
json_object *vp_command_report_object(VpCall *call);

/* TRUE if the command prints text on standard output. */
gboolean vp_command_report_is_text(const VpCall *call);

/* The whole array; nothing if text was asked for. */
void vp_command_report_print(const VpCall *call);
