/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of the error codes, places of errors, and errors from errno. */
#include <config.h>

#include <string.h>

#include "base/error.h"

typedef struct {
    char *path; /* NULL: the error has no place */
    char *text;
    VpPlace place;
} VpErrorPrivate;

static void
vp_error_private_init(VpErrorPrivate *private)
{
    (void)private; /* all zero */
}

static void
vp_error_private_copy(const VpErrorPrivate *from, VpErrorPrivate *to)
{
    to->path = g_strdup(from->path);
    to->text = g_strdup(from->text);
    to->place = from->place;
}

static void
vp_error_private_clear(VpErrorPrivate *private)
{
    g_free(private->path);
    g_free(private->text);
}

G_DEFINE_EXTENDED_ERROR(VpError, vp_error)

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

G_GNUC_PRINTF(3, 0)
static void
set_valist(GError **error, VpErrorCode code, const char *format, va_list args)
{
    g_propagate_error(error, g_error_new_valist(VP_ERROR, code, format, args));
}

gboolean
vp_error_set(GError **error, VpErrorCode code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_valist(error, code, format, args);
    va_end(args);
    return FALSE;
}

gpointer
vp_error_null(GError **error, VpErrorCode code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_valist(error, code, format, args);
    va_end(args);
    return NULL;
}

gboolean
vp_error_set_errno(GError **error, int errnum, const char *what_format, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, what_format);
    what = g_strdup_vprintf(what_format, args);
    va_end(args);
    return vp_error_set(error, VP_ERROR_FAILED, "%s: %s", what, g_strerror(errnum));
}

static char *
placed(const VpErrorPrivate *private)
{
    if (private->place.line == 0)
        return g_strdup_printf("%s: %s", private->path, private->text);
    return g_strdup_printf("%s (line %u): %s", private->path, private->place.line, private->text);
}

gboolean
vp_error_set_place(GError **error, const char *path, const VpPlace *place)
{
    GError *given;
    VpErrorPrivate *private;

    if (error == NULL)
        return FALSE;
    if ((*error)->domain != VP_ERROR) {
        given = g_error_new_literal(VP_ERROR, VP_ERROR_FAILED, (*error)->message);
        g_error_free(*error);
        *error = given;
    }
    given = *error;
    private = vp_error_get_private(given);
    vp_error_private_clear(private);
    private->path = g_strdup(path);
    private->text = given->message;
    private->place = *place;
    given->message = placed(private);
    return FALSE;
}

gboolean
vp_error_set_at(GError **error, VpErrorCode code, const char *path, const VpPlace *place,
                const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_valist(error, code, format, args);
    va_end(args);
    return vp_error_set_place(error, path, place);
}

const VpPlace *
vp_error_get_place(const GError *error, const char **path, const char **text)
{
    const VpErrorPrivate *private = error->domain == VP_ERROR ? vp_error_get_private(error) : NULL;

    if (private == NULL || private->path == NULL)
        return NULL;
    *path = private->path;
    *text = private->text;
    return &private->place;
}

char *
vp_error_without_line(const GError *error)
{
    const char *path, *text;
    const VpPlace *place = vp_error_get_place(error, &path, &text);
    g_autofree char *whole = NULL;

    if (place == NULL)
        return g_strdup(error->message);
    whole = placed(vp_error_get_private(error));
    if (!g_str_has_suffix(error->message, whole))
        return g_strdup(error->message);
    return g_strdup_printf("%.*s%s: %s", (int)(strlen(error->message) - strlen(whole)),
                           error->message, path, text);
}
