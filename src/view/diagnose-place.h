/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds an element or attribute of a parsed document in its text. */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

typedef struct {
    gsize start; /* of the name without its prefix, in bytes of the text */
    gsize length;
} VpDiagnosePlace;

/* text: what doc was parsed from, without a DOCTYPE. node: an element or attribute of it. name:
 * what the message is about: an attribute ("@name") or child of the element, otherwise the element
 * itself. FALSE if node is not of doc. */
gboolean vp_view_diagnose_place(const char *text, gsize size, const xmlDoc *doc, const void *node,
                                const char *name, VpDiagnosePlace *place) G_GNUC_WARN_UNUSED_RESULT;
