/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A note in the payload directory, with the time at which it was left. */
#include <config.h>

#include "hook/resumed.h"
#include "payload/store.h"

/* From the filter to "prepare" libvirt may wait for another job of the guest, half a minute at most
 * (QEMU_JOB_WAIT_TIME). */
enum { FRESH_SECONDS = 60 };

void
vp_hook_resumed_note(const VpDomain *domain, const char *directory)
{
    g_autoptr(VpStore) store = vp_payload_store_open(directory, NULL);
    g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, g_get_monotonic_time());

    if (store != NULL)
        (void)!vp_payload_store_note(store, domain->uuid, VP_NOTE_RESUMED, now, NULL);
}

static gboolean
is_fresh(const char *note)
{
    gint64 age = g_get_monotonic_time() - g_ascii_strtoll(note, NULL, 10);

    return age >= 0 && age < FRESH_SECONDS * G_USEC_PER_SEC;
}

/* Whether there is a note, which is removed; one that is fresh may be asked for and left. */
static gboolean
take_note(const VpDomain *domain, const char *directory, gboolean only_fresh)
{
    g_autoptr(VpStore) store = vp_payload_store_open_existing(directory, NULL);
    g_autofree char *note =
        store != NULL ? vp_payload_store_read_note(store, domain->uuid, VP_NOTE_RESUMED) : NULL;

    if (note == NULL)
        return FALSE;
    if (only_fresh && is_fresh(note))
        return TRUE;
    (void)!vp_payload_store_note(store, domain->uuid, VP_NOTE_RESUMED, NULL, NULL);
    return !only_fresh;
}

gboolean
vp_hook_resumed_check(const VpDomain *domain, const char *directory)
{
    return take_note(domain, directory, TRUE);
}

gboolean
vp_hook_resumed_forget(const VpDomain *domain, const char *directory)
{
    return take_note(domain, directory, FALSE);
}
