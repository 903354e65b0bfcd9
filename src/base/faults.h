/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpFaults: the errors that a reader collects while it continues. */
#pragma once

#include <glib.h>

typedef struct {
    GPtrArray *errors; /* of GError * */
    guint maximum;     /* the reader stops after so many; 1: at the first */
} VpFaults;

void vp_faults_init(VpFaults *faults, guint maximum);
void vp_faults_clear(VpFaults *faults);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VpFaults, vp_faults_clear)

/* Takes the error over. Returns whether the reader is to continue. */
gboolean vp_faults_note(VpFaults *faults, GError *error);

/* TRUE if there is none; otherwise error is set to the first. */
gboolean vp_faults_none(const VpFaults *faults, GError **error);
