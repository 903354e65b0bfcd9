/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* User-data and fields in one MIME multipart. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "render/mime.h"

enum {
    MIME_SEARCH = 4096,   /* bytes in which cloud-init looks for "mime-version:" (user_data.py) */
    MAX_LINE = 998,       /* RFC 5322, 2.1.1 */
    BASE64_LINE = 76,     /* RFC 2045, 6.8 */
    BOUNDARY_DIGITS = 24, /* of a SHA-256 in hexadecimal */
};

typedef struct {
    const char *start;
    VpUserDataType type;
    const char *content_type; /* NULL: cannot be a part */
} Start;

/* Longest first if one is the start of another, as cloud-init compares them. */
static const Start starts[] = {
    {"#cloud-config-archive", VP_USER_DATA_CLOUD_CONFIG_ARCHIVE, "text/cloud-config-archive"},
    {"#cloud-config-jsonp", VP_USER_DATA_CLOUD_CONFIG_JSONP, "text/cloud-config-jsonp"},
    {"#cloud-config", VP_USER_DATA_CLOUD_CONFIG, "text/cloud-config"},
    {"#cloud-boothook", VP_USER_DATA_BOOTHOOK, "text/cloud-boothook"},
    {"#part-handler", VP_USER_DATA_PART_HANDLER, "text/part-handler"},
    {"#include-once", VP_USER_DATA_INCLUDE_ONCE, "text/x-include-once-url"},
    {"#include", VP_USER_DATA_INCLUDE, "text/x-include-url"},
    {"## template: jinja", VP_USER_DATA_JINJA, "text/jinja2"},
    {"#!", VP_USER_DATA_SHELL_SCRIPT, "text/x-shellscript"},
    {"#ps1", VP_USER_DATA_WINDOWS, NULL},
    {"rem cmd", VP_USER_DATA_WINDOWS, NULL},
    {"<script>", VP_USER_DATA_WINDOWS, NULL},
    {"<powershell>", VP_USER_DATA_WINDOWS, NULL},
};

static const Start *
find_start(const char *text, gsize size)
{
    for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
        gsize length = strlen(starts[i].start);

        if (size >= length && g_ascii_strncasecmp(text, starts[i].start, length) == 0)
            return &starts[i];
    }
    return NULL;
}

static gboolean
contains(const char *text, gsize size, const char *word)
{
    gsize length = strlen(word);

    for (gsize i = 0; i + length <= size; i++) {
        if (g_ascii_strncasecmp(text + i, word, length) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The length of an mbox "From " line, with which some tools start a message. */
static gsize
from_line(const char *text, gsize size)
{
    const char *end = size > 5 && memcmp(text, "From ", 5) == 0 ? memchr(text, '\n', size) : NULL;

    return end != NULL ? (gsize)(end - text) + 1 : 0;
}

/* RFC 5322, 2.2: a header field starts the text, and "MIME-Version:" is among the headers. */
static gboolean
is_mime(const char *text, gsize size)
{
    gsize name = from_line(text, size);
    gsize start = name;

    while (name < size && (g_ascii_isalnum(text[name]) || text[name] == '-'))
        name++;
    return name > start && name < size && text[name] == ':' &&
           contains(text, MIN(size, MIME_SEARCH), "mime-version:");
}

VpUserDataType
vp_render_mime_detect(GBytes *user_data)
{
    gsize size;
    const char *text = g_bytes_get_data(user_data, &size);
    const Start *start;

    if (size >= 2 && memcmp(text, "\x1f\x8b", 2) == 0)
        return VP_USER_DATA_GZIP;
    while (size > 0 && g_ascii_isspace(*text))
        text++, size--;
    start = find_start(text, size);
    if (start != NULL)
        return start->type;
    if (is_mime(text, size))
        return VP_USER_DATA_MIME;
    /* a JSON object is not a format of cloud-init, but that of Ignition */
    return size > 0 && *text == '{' ? VP_USER_DATA_IGNITION : VP_USER_DATA_UNKNOWN;
}

static const char *
content_type(VpUserDataType type)
{
    for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
        if (starts[i].type == type)
            return starts[i].content_type;
    }
    return NULL;
}

static const char *
why_not(VpUserDataType type)
{
    switch (type) {
    case VP_USER_DATA_IGNITION:
        return "Ignition, which does not read cloud-config; put everything into one of the two";
    case VP_USER_DATA_WINDOWS:
        return "a script for cloudbase-init, which accepts it only without other parts";
    case VP_USER_DATA_GZIP:
        return "compressed, and is not unpacked; give it uncompressed";
    default:
        return "of no type that cloud-init knows by its first line, and cannot be a part beside "
               "them";
    }
}

/* TRUE if it can be part of a message unencoded: only ASCII and line ends, no line too long. */
static gboolean
is_plain(const char *text, gsize size)
{
    gsize line = 0;

    for (gsize i = 0; i < size; i++) {
        if (text[i] == '\n')
            line = 0;
        else if (++line > MAX_LINE || (!g_ascii_isprint(text[i]) && text[i] != '\t'))
            return FALSE;
    }
    return TRUE;
}

static void
append_base64(GString *message, const char *data, gsize size)
{
    g_autofree char *text = g_base64_encode((const guchar *)data, size);
    gsize length = strlen(text);

    for (gsize at = 0; at < length; at += BASE64_LINE) {
        if (at > 0)
            g_string_append_c(message, '\n');
        g_string_append_len(message, text + at, (gssize)MIN((gsize)BASE64_LINE, length - at));
    }
}

static void
append_part(GString *message, const char *type, const char *merge, GBytes *content)
{
    gsize size;
    const char *data = g_bytes_get_data(content, &size);
    gboolean plain = is_plain(data, size);

    g_string_append_printf(message, "Content-Type: %s; charset=\"%s\"\n", type,
                           plain ? "us-ascii" : "utf-8");
    g_string_append_printf(message, "Content-Transfer-Encoding: %s\n", plain ? "7bit" : "base64");
    if (merge != NULL)
        g_string_append_printf(message, "Merge-Type: %s\n", merge);
    g_string_append_c(message, '\n');
    if (plain)
        g_string_append_len(message, data, (gssize)size);
    else
        append_base64(message, data, size);
}

/* A message becomes a part unchanged, including its headers. */
static void
append_message(GString *message, GBytes *content)
{
    gsize size, from;
    const char *data = g_bytes_get_data(content, &size);

    while (size > 0 && g_ascii_isspace(*data))
        data++, size--;
    from = from_line(data, size);
    g_string_append_len(message, data + from, (gssize)(size - from));
}

static gboolean
bytes_contain(GBytes *bytes, const char *word)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    return size > 0 && memmem(data, size, word, strlen(word)) != NULL;
}

/* Derived only from the contents, so that the same contents give the same bytes, and absent from
 * both. */
static char *
make_boundary(GBytes *first, GBytes *second)
{
    for (guint try = 0;; try++) {
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
        g_autofree char *boundary = NULL;

        g_checksum_update(checksum, (const guchar *)&(guint8){(guint8)try}, 1);
        g_checksum_update(checksum, g_bytes_get_data(first, NULL), (gssize)g_bytes_get_size(first));
        g_checksum_update(checksum, g_bytes_get_data(second, NULL),
                          (gssize)g_bytes_get_size(second));
        boundary = g_strdup_printf("==%.*s==", BOUNDARY_DIGITS, g_checksum_get_string(checksum));
        if (!bytes_contain(first, boundary) && !bytes_contain(second, boundary))
            return g_steal_pointer(&boundary);
    }
}

GBytes *
vp_render_mime_join(GBytes *user_data, GBytes *cloud_config, GError **error)
{
    VpUserDataType type = vp_render_mime_detect(user_data);
    g_autofree char *boundary = NULL;
    GString *message;

    if (type != VP_USER_DATA_MIME && content_type(type) == NULL)
        return vp_error_null(
            error, VP_ERROR_CONFLICT,
            "cannot be given together with fields such as user or run-cmd: it is %s",
            why_not(type));
    boundary = make_boundary(user_data, cloud_config);
    message = g_string_new(NULL);
    g_string_append_printf(
        message, "Content-Type: multipart/mixed; boundary=\"%s\"\nMIME-Version: 1.0\n\n--%s\n",
        boundary, boundary);
    if (type == VP_USER_DATA_MIME)
        append_message(message, user_data);
    else
        append_part(message, content_type(type), NULL, user_data);
    g_string_append_printf(message, "\n--%s\n", boundary);
    append_part(message, "text/cloud-config", "list(prepend)+dict(no_replace,recurse_array)+str()",
                cloud_config);
    g_string_append_printf(message, "\n--%s--\n", boundary);
    return g_string_free_to_bytes(message);
}
