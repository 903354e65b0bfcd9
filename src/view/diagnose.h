/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The problems of a definition, with the place in its text: every error of the vocabulary, not
 * only the first, and what works but is unwise. */
#pragma once

#include "domain/domain.h"
#include "payload/conf.h"

typedef struct {
    guint line;   /* 1-based; 0: no single place */
    guint column; /* 1-based, in characters; 0: the whole line */
    guint length; /* of what the caret marks, in characters */
    gboolean is_warning;
    char *message;    /* without place and line */
    const char *name; /* vp_error_name's, or "unwise"; static */
} VpDiagnosis;

typedef struct {
    const char *text; /* domain XML, or a bare element of our namespace */
    gsize size;
    const char *before; /* of a bare element: the definition around it; without a newline */
    const char *behind; /* both NULL: some definition */
    const char *schema; /* path of metadata.rng; NULL: not used */
    const VpConf *conf; /* where references are looked up; NULL: they are not */
    gboolean is_guest;  /* the definition of a guest of this host, as libvirt formats it: what its
                         * start would be refused for is an error */
} VpDiagnoseInput;

/* An array of VpDiagnosis by line. *domain, if not NULL, is what was read; NULL if that
 * failed. */
GPtrArray *vp_view_diagnose(const VpDiagnoseInput *input, VpDomain **domain);

/* TRUE if one of them is an error. */
gboolean vp_view_diagnose_has_error(const GPtrArray *diagnoses);

/* "FILE:12:7: error: ... [name]", the line with its secrets masked, and a caret below. */
char *vp_view_diagnose_to_text(const GPtrArray *diagnoses, const VpDiagnoseInput *input,
                               const char *origin);
