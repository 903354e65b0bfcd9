/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A definition that a test has written itself. */
#pragma once

#include <string.h>

#include "domain/domain.h"

/* Free with vp_domain_free. */
static inline VpDomain *
parse_domain(const char *xml)
{
    g_autoptr(GError) error = NULL;
    VpDomain *domain = vp_domain_parse(xml, strlen(xml), &error);

    g_assert_no_error(error);
    return domain;
}
