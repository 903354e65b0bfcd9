/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpEdit: the definition that set, unset and edit change, a guest's or one on standard input, from
 * where it is read to where it is stored. */
#pragma once

#include "command.h"
#include "field.h"
#include "virt.h"

typedef struct {
    VpVirt *virt;
    VpGuest *guest;   /* NULL: standard input to standard output */
    GBytes *text;     /* of standard input */
    VpDomain *domain; /* of the next start */
} VpEdit;

void vp_edit_clear(VpEdit *edit);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VpEdit, vp_edit_clear)

/* name: a guest, or "-". Sets call->guest. VP_ERROR_DRIVE for a transient guest, whose definition
 * cannot be changed. */
gboolean vp_edit_open(VpCall *call, const char *name, VpEdit *edit,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the domain as it is now and makes its image, as the next start would. Messages lack the
 * line: the text they would count in was never seen. */
gboolean vp_edit_check(const VpEdit *edit, const VpConf *conf,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Checks and stores. The drive follows: added where the definition has a payload and with_drive,
 * taken out where it has none. What was done is told on standard output, unless the definition goes
 * there. */
gboolean vp_edit_store(VpCall *call, VpEdit *edit, gboolean with_drive,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
