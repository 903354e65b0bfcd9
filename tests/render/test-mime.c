/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types of user-data, and the multipart of it and fields. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "render/mime.h"

#define FIELDS "#cloud-config\nruncmd:\n- \"a\"\n"

static GBytes *
bytes_of(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

static void
test_detect(void)
{
    static const struct {
        const char *text;
        VpUserDataType type;
    } cases[] = {
        {"#cloud-config\n", VP_USER_DATA_CLOUD_CONFIG},
        {"\n  #Cloud-Config\n", VP_USER_DATA_CLOUD_CONFIG},
        {"#cloud-config-archive\n", VP_USER_DATA_CLOUD_CONFIG_ARCHIVE},
        {"#cloud-config-jsonp\n", VP_USER_DATA_CLOUD_CONFIG_JSONP},
        {"#!/bin/sh\n", VP_USER_DATA_SHELL_SCRIPT},
        {"#include\nhttp://x\n", VP_USER_DATA_INCLUDE},
        {"#include-once\nhttp://x\n", VP_USER_DATA_INCLUDE_ONCE},
        {"#cloud-boothook\n", VP_USER_DATA_BOOTHOOK},
        {"#part-handler\n", VP_USER_DATA_PART_HANDLER},
        {"## template: jinja\n#cloud-config\n", VP_USER_DATA_JINJA},
        {"Content-Type: text/plain\nMIME-Version: 1.0\n\nx", VP_USER_DATA_MIME},
        {"From nobody Mon\nContent-Type: text/plain\nmime-version: 1.0\n\nx", VP_USER_DATA_MIME},
        {"{\"ignition\": {\"version\": \"3.0.0\"}}", VP_USER_DATA_IGNITION},
        {"#ps1_sysnative\n", VP_USER_DATA_WINDOWS},
        {"<powershell>\n", VP_USER_DATA_WINDOWS},
        {"rem cmd\n", VP_USER_DATA_WINDOWS},
        {"\x1f\x8b\x08", VP_USER_DATA_GZIP},
        {"# cloud-config\n", VP_USER_DATA_UNKNOWN},
        {"\xef\xbb\xbf#cloud-config\n", VP_USER_DATA_UNKNOWN},
        {"runcmd: [a]\n", VP_USER_DATA_UNKNOWN},
        {"\x7f\x45\x4c\x46", VP_USER_DATA_UNKNOWN},
        {"", VP_USER_DATA_UNKNOWN},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = bytes_of(cases[i].text);

        g_test_message("%s", cases[i].text);
        g_assert_cmpint(vp_render_mime_detect(bytes), ==, cases[i].type);
    }
}

static char *
join(const char *user_data)
{
    g_autoptr(GBytes) first = bytes_of(user_data), second = bytes_of(FIELDS), joined = NULL;
    g_autoptr(GError) error = NULL;

    joined = vp_render_mime_join(first, second, &error);
    g_assert_no_error(error);
    return g_strndup(g_bytes_get_data(joined, NULL), g_bytes_get_size(joined));
}

static void
test_script(void)
{
    g_autofree char *text = join("#!/bin/sh\necho hello");

    g_assert_cmpstr(text, ==,
                    "Content-Type: multipart/mixed; boundary=\"==073ae900f899b386a1ae170c==\"\n"
                    "MIME-Version: 1.0\n"
                    "\n"
                    "--==073ae900f899b386a1ae170c==\n"
                    "Content-Type: text/x-shellscript; charset=\"us-ascii\"\n"
                    "Content-Transfer-Encoding: 7bit\n"
                    "\n"
                    "#!/bin/sh\n"
                    "echo hello\n"
                    "--==073ae900f899b386a1ae170c==\n"
                    "Content-Type: text/cloud-config; charset=\"us-ascii\"\n"
                    "Content-Transfer-Encoding: 7bit\n"
                    "Merge-Type: list(prepend)+dict(no_replace,recurse_array)+str()\n"
                    "\n" FIELDS "\n"
                    "--==073ae900f899b386a1ae170c==--\n");
}

static void
assert_encoded(const char *user_data)
{
    g_autofree char *text = join(user_data);
    const char *head = "Content-Transfer-Encoding: base64\n\n";
    const char *start = strstr(text, head);
    g_autofree char *encoded = NULL;
    g_autofree guchar *decoded = NULL;
    gsize size;

    g_assert_nonnull(start);
    start += strlen(head);
    encoded = g_strndup(start, (gsize)(strstr(start, "\n--==") - start));
    for (char *line = encoded; line != NULL; line = strchr(line + 1, '\n'))
        g_assert_cmpint(strcspn(line + 1, "\n"), <=, 76);
    decoded = g_base64_decode(encoded, &size);
    g_assert_cmpmem(decoded, size, user_data, strlen(user_data));
}

/* What a mail would change on its way: read as 7 bits, joined or cut at ends of lines. */
static void
test_encoded(void)
{
    g_autofree char *long_line = g_strnfill(999, 'x');
    g_autofree char *script = g_strdup_printf("#!/bin/sh\n: %s\n", long_line);

    assert_encoded("#!/bin/sh\necho h\u00e9\n");
    assert_encoded("#!/bin/sh\r\necho\r\n");
    assert_encoded("#!/bin/sh\necho \x1b\n");
    assert_encoded(script);
}

static void
test_mime(void)
{
    g_autofree char *text =
        join("From nobody\nContent-Type: multipart/mixed; boundary=\"B\"\nMIME-Version: 1.0\n\n"
             "--B\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--B--\n");

    g_assert_nonnull(strstr(text, "==\nContent-Type: multipart/mixed; boundary=\"B\"\n"
                                  "MIME-Version: 1.0\n\n--B\n"));
    g_assert_null(strstr(text, "From nobody"));
}

/* The boundary that a content would get, put into that content, is not used. */
static void
test_boundary(void)
{
    g_autofree char *first = join("#!/bin/sh\n");
    const char *start = strstr(first, "--==");
    g_autofree char *boundary = g_strndup(start, strcspn(start, "\n"));
    g_autofree char *hostile = g_strdup_printf("#!/bin/sh\n%s\n%s--\n", boundary, boundary);
    g_autofree char *second = join(hostile);
    g_autofree char *again = join(hostile);
    const char *other = strstr(second, "boundary=\"") + strlen("boundary=\"");
    g_autofree char *other_boundary = g_strndup(other, strcspn(other, "\""));

    g_assert_null(strstr(hostile, other_boundary));
    g_assert_cmpstr(second, ==, again);
}

static void
test_refused(void)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"{\"ignition\": {}}", "Ignition"}, {"\x1f\x8b\x08", "compressed"},
        {"#ps1\n", "cloudbase-init"},       {"# cloud-config\n", "first line"},
        {"\x7f\x45\x4c\x46", "first line"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) first = bytes_of(cases[i].text), second = bytes_of(FIELDS), joined = NULL;
        g_autoptr(GError) error = NULL;

        joined = vp_render_mime_join(first, second, &error);
        g_assert_error(error, VP_ERROR, VP_ERROR_CONFLICT);
        g_assert_null(joined);
        g_assert_nonnull(strstr(error->message, cases[i].why));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mime/detect", test_detect);
    g_test_add_func("/mime/script", test_script);
    g_test_add_func("/mime/encoded", test_encoded);
    g_test_add_func("/mime/mime", test_mime);
    g_test_add_func("/mime/boundary", test_boundary);
    g_test_add_func("/mime/refused", test_refused);
    return g_test_run();
}
