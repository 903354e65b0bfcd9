/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpData: content of a field, given in the definition or in a file on the host. */
#pragma once

#include <glib.h>

#include "base/error.h"

/* Content that is in the definition or in a file on the host. */
typedef struct {
    GBytes *bytes; /* decoded; NULL if it comes from a file that is not read into memory */
    char *src;     /* @src: name below the configured directory; NULL if given as text */
    int fd;        /* of src once resolved (vp_payload_reference_resolve), otherwise -1; owned */
    guint64 size;  /* bytes, known once resolved */
    VpPlace place; /* in the domain XML, for messages */
} VpData;

VpData *vp_spec_data_new(GBytes *bytes);
void vp_spec_data_free(VpData *data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VpData, vp_spec_data_free)
