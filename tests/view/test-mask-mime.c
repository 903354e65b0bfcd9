/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a MIME message and what is around them, each masked as what it is. */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"

#define M VP_MASK
#define MULTI "Content-Type: multipart/mixed; boundary=b\n\n"
#define BASE64 "Content-Transfer-Encoding: base64\n\n"
#define QUOTED "Content-Transfer-Encoding: quoted-printable\n\n"

/* The masker of content within content: hides the word "canary", and is unable to read what holds
 * "unreadable". */
static const char *
mask_canary(const char *content, gsize start, gsize end, const VpMaskNest *nest, GArray *edits)
{
    const char *found = start < end ? memmem(content + start, end - start, "canary", 6) : NULL;

    g_assert_false(nest->is_string);
    if (start < end && memmem(content + start, end - start, "unreadable", 10) != NULL)
        return "unreadable";
    if (found != NULL)
        vp_view_mask_edits_add(edits, found - content, found + 6 - content, "M");
    return NULL;
}

static char *
mask(const char *message, guint depth)
{
    const VpMaskNest nest = {depth, mask_canary, FALSE};
    g_autofree char *text = g_strconcat("X: canary\n", message, "canary", NULL);
    gsize start = strlen("X: canary\n"), end = start + strlen(message);
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    g_autoptr(GBytes) masked = NULL;
    g_autoptr(GArray) edits = vp_view_mask_edits_new();

    vp_view_mask_mime(text, start, end, &nest, edits);
    masked = vp_view_mask_edits_apply(content, edits);
    return g_strndup((const char *)g_bytes_get_data(masked, NULL) + start,
                     g_bytes_get_size(masked) - start - strlen("canary"));
}

typedef struct {
    const char *name;
    const char *message;
    const char *expected; /* NULL: as it is */
} Case;

static const Case cases[] = {
    {"nothing", "", NULL},
    {"known-headers",
     "MIME-Version: 1.0\nContent-Type: text/plain;\r\n\tcharset=\"utf-8\"\n"
     "Content-Disposition: attachment; filename=\"a\"\nContent-Transfer-Encoding: 8bit\n"
     "Merge-Type: list(append)\nX-Merge-Type: dict()\nNumber-Attachments: 2\nLaunch-Index: 1\n\na",
     NULL},
    {"unknown-header", "MIME-Version: 1.0\nSubject: canary\n\tcanary\nX-A:\nMIME-VERSION: 1\n\n",
     "MIME-Version: 1.0\nSubject: " M "\nX-A:\nMIME-VERSION: 1\n\n"},
    {"mbox-line", "From canary\nMIME-Version: 1.0\n\n", M "\nMIME-Version: 1.0\n\n"},
    {"known-header-with-a-secret", "Content-Type: text/x; password=canary\n\n",
     "Content-Type: " M "\n\n"},
    {"known-header-with-a-folded-secret", "Content-Type: text/x; password=\n canary\n\n",
     "Content-Type: " M "\n\n"},
    {"known-header-that-is-not-ascii", "Content-Type: text/x; a=\303\244\n\n",
     "Content-Type: " M "\n\n"},
    {"known-header-that-is-encoded", "Content-Disposition: =?utf-8?B?Y2FuYXJ5?=\n\n",
     "Content-Disposition: " M "\n\n"},

    {"single-part", "Content-Type: text/x\n\nan old canary.\n",
     "Content-Type: text/x\n\nan old M.\n"},
    {"message-without-a-type", "MIME-Version: 1.0\n\nhello\n", "MIME-Version: 1.0\n\n" M "\n"},
    {"part-without-a-type", MULTI "--b\n\na canary\n--b--\n", MULTI "--b\n\na M\n--b--\n"},
    {"several-parts", MULTI "--b\n\ncanary\n--b\nX: canary\n\nhello\n--b--\n",
     MULTI "--b\n\nM\n--b\nX: " M "\n\nhello\n--b--\n"},
    {"preamble-and-epilogue", MULTI "\n canary \n\n--b\n\na\n--b--\n\ncanary\n",
     MULTI "\n " M " \n\n--b\n\na\n--b--\n\n" M "\n"},
    {"blank-preamble", MULTI " \n--b\n\na\n--b--\n \n", NULL},
    {"part-that-cannot-be-read", MULTI "--b\n\n an unreadable \n--b\n\na\n--b--\n",
     MULTI "--b\n\n " M " \n--b\n\na\n--b--\n"},
    {"multipart-without-a-boundary", "Content-Type: multipart/mixed\n\nhello\n",
     "Content-Type: multipart/mixed\n\n" M "\n"},
    {"multipart-without-a-part", MULTI "hello\n", MULTI M "\n"},

    {"base64-with-a-secret", "Content-Type: text/x\n" BASE64 "YSBjYW5hcnk=\n",
     "Content-Type: text/x\n" BASE64 "(decoded from base64)\na M\n"},
    {"base64-without-one", "Content-Type: text/x\n" BASE64 "YWJj\n", NULL},
    {"base64-that-cannot-be-read", "Content-Type: text/x\n" BASE64 "dW5yZWFkYWJsZQ==\n",
     "Content-Type: text/x\n" BASE64 "(decoded from base64)\n" M "\n"},
    {"base64-with-a-nul", "Content-Type: text/x\n" BASE64 "AGNhbmFyeQ==\n",
     "Content-Type: text/x\n" BASE64 "(decoded from base64)\n" M "\n"},
    {"base64-that-is-not", "Content-Type: text/x\n" BASE64 "!\n",
     "Content-Type: text/x\n" BASE64 M "\n"},
    {"quoted-with-a-secret", "Content-Type: text/x\n" QUOTED "a=20can=\nary\n",
     "Content-Type: text/x\n" QUOTED "(decoded from quoted-printable)\na M\n\n"},
    {"quoted-without-one", "Content-Type: text/x\n" QUOTED "a=3Db\n", NULL},
    {"quoted-that-looks-like-one", "Content-Type: text/x\n" QUOTED "password=3Dx\n",
     "Content-Type: text/x\n" QUOTED "password=" M "\n"},
    {"unknown-encoding", "Content-Type: text/x\nContent-Transfer-Encoding: uuencode\n\nhello\n",
     "Content-Type: text/x\nContent-Transfer-Encoding: uuencode\n\n" M "\n"},
};

static void
test_mime(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *shown = mask(given->message, 0);

    g_assert_cmpstr(shown, ==, given->expected != NULL ? given->expected : given->message);
}

/* A part is one deeper than its message. */
static void
test_depth(void)
{
    static const char single[] = "Content-Type: text/x\n\na\n", multi[] = MULTI "--b\n\na\n--b--\n";
    static const struct {
        const char *message;
        guint depth;
        gboolean hides;
    } depths[] = {
        {single, VP_MASK_MAX_DEPTH - 1, FALSE},
        {single, VP_MASK_MAX_DEPTH, TRUE},
        {multi, VP_MASK_MAX_DEPTH - 2, FALSE},
        {multi, VP_MASK_MAX_DEPTH - 1, TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(depths); i++) {
        g_autofree char *shown = mask(depths[i].message, depths[i].depth);

        g_assert_cmpint(!g_str_equal(shown, depths[i].message), ==, depths[i].hides);
    }
}

/* --- what is MIME ----------------------------------------------------------------------------- */

static void
test_is_mime(void)
{
    static const struct {
        const char *text;
        gboolean of_file, of_string;
    } texts[] = {
        {"", FALSE, FALSE},
        {"hello\n", FALSE, FALSE},
        {"Content-Type: text/x", TRUE, TRUE},
        {"content-type: text/x\n", TRUE, TRUE},
        {"Content-Transfer-Encoding: base64\n", TRUE, FALSE},
        {"Content-Disposition: a\n", TRUE, FALSE},
        {"From: a\n", TRUE, FALSE},
        {"To: a\n", TRUE, FALSE},
        {"Subject: a\n", TRUE, FALSE},
        {"Number-Attachments: 1\n", TRUE, FALSE},
        {"Received: a\n", TRUE, FALSE},
        {"From me\nSubject: a\n", TRUE, FALSE},
        {"From me\nContent-Type: text/x\n", TRUE, TRUE},
        {"X-A: b\nContent-Type: text/x\n", FALSE, FALSE},
        {"X-A: b\nMIME-Version: 1.0\n", TRUE, TRUE},
        {"X-A: b\n c\nmime-version: 1.0\n", TRUE, TRUE},
        {"X-A: b\n\nMIME-Version: 1.0\n", FALSE, FALSE},
        {"\nMIME-Version: 1.0\n", FALSE, FALSE},
        {"#cloud-config\nMIME-Version: 1.0\n", FALSE, FALSE},
        {": a\nSubject: b\n", FALSE, FALSE},
        {"Subjects: a\n", FALSE, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = g_strconcat("MIME-Version: 1\n", texts[i].text, NULL);
        gsize start = strlen("MIME-Version: 1\n"), end = strlen(text);

        g_test_message("%s", texts[i].text);
        g_assert_cmpint(vp_view_mask_is_mime(text, start, end, FALSE), ==, texts[i].of_file);
        g_assert_cmpint(vp_view_mask_is_mime(text, start, end, TRUE), ==, texts[i].of_string);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/mask-mime/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_mime);
    }
    g_test_add_func("/mask-mime/depth", test_depth);
    g_test_add_func("/mask-mime/is-mime", test_is_mime);
    return g_test_run();
}
