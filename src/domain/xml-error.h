/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libxml2 hands to a handler of structured errors, which became const with 2.12. */
#pragma once

#include <libxml/xmlerror.h>
#include <libxml/xmlversion.h>

#if LIBXML_VERSION >= 21200
typedef const xmlError VpXmlError;
#else
typedef xmlError VpXmlError;
#endif
