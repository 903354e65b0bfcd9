/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's answer file with oVirt's variables, filled in. */
#pragma once

#include "render/sysprep-values.h"

/* XML: values are put into the parsed text, attributes and CDATA sections, and so escaped as each
 * needs. VP_ERROR_XML_*, as for a domain definition, if it is not well-formed. */
GBytes *vp_render_sysprep_template_fill_xml(const VpSysprepValues *values, GBytes *xml,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* sysprep.inf: values are written unescaped; drop_empty leaves out every line with an empty one.
 * VP_ERROR_TEXT if one holds a quotation mark or is not ASCII, or if the file holds a NUL byte: it
 * is read in the guest's own code page. */
GBytes *vp_render_sysprep_template_fill_inf(const VpSysprepValues *values, GBytes *inf,
                                            gboolean drop_empty,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
