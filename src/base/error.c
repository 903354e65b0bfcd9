/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of the error codes, and errors made of errno. */
#include <config.h>

#include "base/error.h"

/* clang-format off */
G_DEFINE_QUARK(vp-error, vp_error)
/* clang-format on */

static const char *const names[VP_N_ERRORS] = {
    [VP_ERROR_FAILED] = "failed",
    [VP_ERROR_XML_SYNTAX] = "xml-syntax",
    [VP_ERROR_XML_ENCODING] = "xml-encoding",
    [VP_ERROR_XML_END] = "xml-end",
    [VP_ERROR_XML_DTD] = "xml-dtd",
    [VP_ERROR_XML_LIMIT] = "xml-limit",
    [VP_ERROR_UUID] = "uuid",
    [VP_ERROR_IDENTITY] = "identity",
    [VP_ERROR_UNKNOWN] = "unknown",
    [VP_ERROR_DUPLICATE] = "duplicate",
    [VP_ERROR_CONFLICT] = "conflict",
    [VP_ERROR_MISSING] = "missing",
    [VP_ERROR_VALUE] = "value",
    [VP_ERROR_HOSTNAME] = "hostname",
    [VP_ERROR_USER] = "user",
    [VP_ERROR_PASSWORD] = "password",
    [VP_ERROR_SSH_KEY] = "ssh-key",
    [VP_ERROR_NETWORK] = "network",
    [VP_ERROR_BASE64] = "base64",
    [VP_ERROR_TEXT] = "text",
    [VP_ERROR_PATH] = "path",
    [VP_ERROR_PATH_DUPLICATE] = "path-duplicate",
    [VP_ERROR_PATH_RESERVED] = "path-reserved",
    [VP_ERROR_QUOTA] = "quota",
    [VP_ERROR_REFERENCE] = "reference",
    [VP_ERROR_TARGET] = "target",
    [VP_ERROR_DIRECTORY] = "directory",
    [VP_ERROR_CONFIG] = "config",
    [VP_ERROR_IMAGE_FORMAT] = "image-format",
    [VP_ERROR_NOT_FOUND] = "not-found",
    [VP_ERROR_LIBVIRT] = "libvirt",
    [VP_ERROR_USAGE] = "usage",
    [VP_ERROR_DRIVE] = "drive",
};

const char *
vp_error_name(const GError *error)
{
    if (error->domain != VP_ERROR || error->code < 0 || error->code >= VP_N_ERRORS)
        return names[VP_ERROR_FAILED];
    return names[error->code];
}

void
vp_error_set_errno(GError **error, int errnum, const char *what_format, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, what_format);
    what = g_strdup_vprintf(what_format, args);
    va_end(args);
    g_set_error(error, VP_ERROR, VP_ERROR_FAILED, "%s: %s", what, g_strerror(errnum));
}
