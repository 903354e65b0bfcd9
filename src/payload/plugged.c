/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A number in a note next to the image. */
#include <config.h>

#include "payload/plugged.h"

gboolean
vp_payload_plugged_record(VpStore *store, const char *uuid, guint milliseconds, GError **error)
{
    g_autofree char *text = g_strdup_printf("%u", milliseconds);

    return vp_payload_store_note(store, uuid, VP_NOTE_PLUGGED, text, error);
}

gboolean
vp_payload_plugged_read(VpStore *store, const char *uuid, guint *milliseconds)
{
    g_autofree char *text = vp_payload_store_read_note(store, uuid, VP_NOTE_PLUGGED);
    guint64 value;

    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT, &value, NULL))
        return FALSE;
    *milliseconds = (guint)value;
    return TRUE;
}

char *
vp_payload_plugged_late(guint milliseconds, const char *guest)
{
    return g_strdup_printf(
        "the drive was hot-plugged %u ms after the start, which may have been too late for the "
        "guest; with 'virt-payload attach %s' it is present from the start",
        milliseconds, guest);
}
