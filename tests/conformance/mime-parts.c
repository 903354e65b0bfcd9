/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mime-parts: the parts of MIME messages, for a comparison with another reader. Each message on
 * standard input comes after a line with its length. A part is printed as a line, KIND TYPE
 * ENCODING and "=" and its content in base64, or "not-decoded"; an empty line ends a message. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/mime.h"

static gboolean
print_part(const VpMimePart *part, gpointer data G_GNUC_UNUSED)
{
    static const char *const kinds[] = {"leaf", "no-boundary", "no-delimiter", "unclear"};
    static const char *const encodings[] = {"none", "base64", "quoted", "other"};
    g_autoptr(GBytes) content = vp_mime_encoding_decode(part->encoding, part->body);
    g_autofree char *type = g_strdelimit(g_strdup(part->type), " \t\r\n", '_');
    g_autofree char *text = NULL;
    gsize size;

    if (content != NULL) {
        const guchar *bytes = g_bytes_get_data(content, &size);

        text = g_base64_encode(bytes, size);
    }
    printf("%s %s %s %s%s\n", kinds[part->kind], type, encodings[part->encoding],
           text != NULL ? "=" : "not-decoded", text != NULL ? text : "");
    return TRUE;
}

int
main(void)
{
    static const VpMimeVisitor visitor = {.part = print_part};
    char line[32];

    while (fgets(line, sizeof(line), stdin) != NULL) {
        gsize size = strtoul(line, NULL, 10);
        g_autofree char *message = g_malloc(size + 1);

        if (fread(message, 1, size, stdin) != size)
            return 1;
        (void)vp_mime_walk((VpMimeRange){message, message + size}, &visitor, NULL);
        printf("\n");
    }
    return 0;
}
