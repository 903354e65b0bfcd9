/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The argument of a structured error handler of libxml2, which became const with 2.12. */
#pragma once

#include <libxml/xmlerror.h>
#include <libxml/xmlversion.h>

#if LIBXML_VERSION >= 21200
typedef const xmlError VpXmlError;
#else
typedef xmlError VpXmlError;
#endif
