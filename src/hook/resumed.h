/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells a guest that resumes after a save or migration from one that boots. For both
 * libvirt calls "prepare" and "started" with the same arguments; but before a restore and an
 * incoming migration it also calls a filter, which leaves a note for them. */
#pragma once

#include "domain/domain.h"

/* The filter, for a guest without its drive. The filter does not fail if the note cannot be
 * written. */
void vp_hook_resumed_note(const VpDomain *domain, const char *directory);

/* "prepare": TRUE if the filter has been called for this guest just now. An older note, of a
 * restore that libvirt refused afterwards, is removed. */
gboolean vp_hook_resumed_check(const VpDomain *domain, const char *directory);

/* "started", which follows when all of its memory has been read: TRUE if there is a note; it is
 * removed. */
gboolean vp_hook_resumed_forget(const VpDomain *domain, const char *directory);
