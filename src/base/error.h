/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one error domain: a code for each kind of mistake, and its name as the user sees it. */
#pragma once

#include <glib.h>

#define VP_ERROR (vp_error_quark())
GQuark vp_error_quark(void);

/* Each code has a name (vp_error_name) that ends the message which main prints:
 *   virt-payload: web1: cloud-init/hostname (line 12): has a space; use letters, ... [hostname]
 * Names are stable: administrators and tests search for them. */
typedef enum {
    VP_ERROR_FAILED,         /* "failed": the system refused; the message holds errno in words */
    VP_ERROR_XML_SYNTAX,     /* "xml-syntax": not well-formed */
    VP_ERROR_XML_ENCODING,   /* "xml-encoding": not UTF-8 */
    VP_ERROR_XML_END,        /* "xml-end": empty or cut off */
    VP_ERROR_XML_DTD,        /* "xml-dtd": has a DOCTYPE */
    VP_ERROR_XML_LIMIT,      /* "xml-limit": too large, deep or wide */
    VP_ERROR_UUID,           /* "uuid": the domain's UUID is missing or invalid */
    VP_ERROR_IDENTITY,       /* "identity": the definition is not that of the named guest */
    VP_ERROR_UNKNOWN,        /* "unknown": an element or attribute that the vocabulary lacks */
    VP_ERROR_DUPLICATE,      /* "duplicate": given twice, only one is allowed */
    VP_ERROR_CONFLICT,       /* "conflict": fields that contradict each other */
    VP_ERROR_MISSING,        /* "missing": something that is required */
    VP_ERROR_VALUE,          /* "value": not one of the values allowed, and no closer code below */
    VP_ERROR_HOSTNAME,       /* "hostname" */
    VP_ERROR_USER,           /* "user": user or group name */
    VP_ERROR_PASSWORD,       /* "password" */
    VP_ERROR_SSH_KEY,        /* "ssh-key" */
    VP_ERROR_NETWORK,        /* "network": address, MAC, route, link name */
    VP_ERROR_BASE64,         /* "base64" */
    VP_ERROR_TEXT,           /* "text": control characters, or not UTF-8 */
    VP_ERROR_PATH,           /* "path": a path on the image or in the guest */
    VP_ERROR_PATH_DUPLICATE, /* "path-duplicate": equal, equal by case, or file and directory in one
                              */
    VP_ERROR_PATH_RESERVED,  /* "path-reserved": a file that is generated */
    VP_ERROR_QUOTA,          /* "quota": too many files or bytes */
    VP_ERROR_REFERENCE,      /* "reference": a secret or file named by @secret or @src */
    VP_ERROR_TARGET,         /* "target": the target asked for is taken or does not fit the bus */
    VP_ERROR_DIRECTORY,      /* "directory": the payload directory is not safe to use */
    VP_ERROR_CONFIG,         /* "config": virt-payload.conf */
    VP_ERROR_IMAGE_FORMAT,   /* "image-format": not an image that can be read, or a hostile one */
    VP_ERROR_NOT_FOUND,      /* "not-found": guest, file or payload does not exist */
    VP_ERROR_LIBVIRT,        /* "libvirt": libvirt refused; its message follows */
    VP_ERROR_USAGE,          /* "usage": wrong arguments */
    VP_ERROR_DRIVE, /* "drive": the payload drive is missing, or cannot be added or changed */
    VP_N_ERRORS
} VpErrorCode;

/* Sets an error and returns FALSE, or NULL: a failing function returns the result. */
gboolean vp_error_set(GError **error, VpErrorCode code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
gpointer vp_error_null(GError **error, VpErrorCode code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* A place in a definition. */
typedef struct {
    guint line; /* 1-based; 0: not known */
    gconstpointer
        node; /* libxml2's element or attribute, for callers that have the tree; NULL: unknown */
} VpPlace;

/* Gives an error its place, and puts "PATH (line N): " before its message, without the line if that
 * is unknown. Returns FALSE. */
gboolean vp_error_set_place(GError **error, const char *path, const VpPlace *place);

/* Sets an error of that place. Returns FALSE. */
gboolean vp_error_set_at(GError **error, VpErrorCode code, const char *path, const VpPlace *place,
                         const char *format, ...) G_GNUC_PRINTF(5, 6);

/* The place of an error, its path and the message without it. NULL if it has none; all borrowed
 * from the error. */
const VpPlace *vp_error_get_place(const GError *error, const char **path, const char **text);

/* The message without the line of the place. */
char *vp_error_without_line(const GError *error);

/* The code's name; "failed" for an error of another domain. Static. */
const char *vp_error_name(const GError *error);

/* Sets VP_ERROR_FAILED with "WHAT: strerror(errnum)". Pass errno as saved before any other call.
 * Returns FALSE. */
gboolean vp_error_set_errno(GError **error, int errnum, const char *what_format, ...)
    G_GNUC_PRINTF(3, 4);
