/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as user-data and, after the first NUL, as cloud-config of fields: the message made of
 * both has each of them in one part, byte for byte. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "fuzz.h"
#include "render/mime.h"
#include "render/raw.h"

/* Of the text between two delimiters: headers, an empty line, body. */
static GBytes *
decode_part(const char *part, gsize size)
{
    const char *body = memmem(part, size, "\n\n", 2);
    gsize headers = body != NULL ? (gsize)(body - part) : size;
    g_autofree char *text = NULL;
    gsize decoded;
    guchar *data;

    g_assert(body != NULL);
    body += 2;
    size -= headers + 2;
    if (memmem(part, headers, "Encoding: base64\n", 17) == NULL &&
        !g_str_has_prefix(part + headers - 6, "base64"))
        return g_bytes_new(body, size);
    text = g_strndup(body, size);
    data = g_base64_decode(text, &decoded);
    return g_bytes_new_take(data, decoded);
}

/* A message is a part as it is, without blanks and an mbox line before it. */
static GBytes *
strip_message(GBytes *bytes)
{
    gsize size;
    const char *text = g_bytes_get_data(bytes, &size);
    const char *newline;

    while (size > 0 && g_ascii_isspace(*text))
        text++, size--;
    newline = size > 5 && memcmp(text, "From ", 5) == 0 ? memchr(text, '\n', size) : NULL;
    if (newline != NULL) {
        size -= (gsize)(newline + 1 - text);
        text = newline + 1;
    }
    return g_bytes_new(text, size);
}

static void
check_equal(GBytes *given, const char *expected, gsize size)
{
    gsize length;
    const char *data = g_bytes_get_data(given, &length);

    g_assert(length == size && (size == 0 || memcmp(data, expected, size) == 0));
}

/* "\n--BOUNDARY" three times and no more: before both parts and after them. */
static void
check_message(GBytes *message, GBytes *user_data, GBytes *cloud_config)
{
    const char *data = g_bytes_get_data(message, NULL);
    g_autofree char *text = g_strndup(data, g_bytes_get_size(message));
    const char *end = data + g_bytes_get_size(message);
    const char *boundary = strstr(text, "boundary=\"") + strlen("boundary=\"");
    g_autofree char *delimiter =
        g_strdup_printf("\n--%.*s", (int)strcspn(boundary, "\""), boundary);
    gsize length = strlen(delimiter);
    const char *starts[3];
    const char *at = data;
    g_autoptr(GBytes) first = NULL, second = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
        starts[i] = memmem(at, (gsize)(end - at), delimiter, length);
        g_assert(starts[i] != NULL);
        at = starts[i] + length;
    }
    g_assert(end - at == 3 && memcmp(at, "--\n", 3) == 0);
    at = starts[0] + length + 1;
    if (vp_render_mime_detect(user_data) == VP_USER_DATA_MIME) {
        first = strip_message(user_data);
        check_equal(first, at, (gsize)(starts[1] - at));
    } else {
        first = decode_part(at, (gsize)(starts[1] - at));
        g_assert(g_bytes_equal(first, user_data));
    }
    at = starts[1] + length + 1;
    second = decode_part(at, (gsize)(starts[2] - at));
    g_assert(g_bytes_equal(second, cloud_config));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
    size_t length = nul != NULL ? (size_t)(nul - data) : size;
    size_t start = nul != NULL ? length + 1 : size;
    g_autoptr(GBytes) user_data = g_bytes_new(data, length);
    g_autoptr(GBytes) cloud_config = g_bytes_new(data + start, size - start);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) message = vp_render_mime_join(user_data, cloud_config, &error);

    if (!vp_render_raw_check_user_data(user_data, NULL))
        g_assert(size > 0);
    g_assert((message && !error) || g_error_matches(error, VP_ERROR, VP_ERROR_CONFLICT));
    if (message)
        check_message(message, user_data, cloud_config);
    return 0;
}
