/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw data that an agent would drop is refused, with the place of the mistake; all else passes. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "render/raw.h"

typedef struct {
    const char *text;
    const char *message; /* how it begins; NULL: it is right */
} Case;

typedef gboolean Check(GBytes *bytes, GError **error);

static void
assert_case(Check *check, const Case *given)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(given->text, strlen(given->text));
    g_autoptr(GError) error = NULL;
    gboolean is_right = check(bytes, &error);

    g_test_message("%s", given->text);
    g_assert_cmpint(is_right, ==, given->message == NULL);
    g_assert_cmpint(is_right, ==, error == NULL);
    if (error != NULL && !g_str_has_prefix(error->message, given->message))
        g_error("'%s' does not begin with '%s'", error->message, given->message);
    if (error != NULL)
        g_assert_null(strstr(error->message, "canary"));
}

static const Case user_data[] = {
    {"#cloud-config\npackages: [vim]\n", NULL},
    {"\n  \n#cloud-config\na: b\n", NULL},
    {"#cloud-config\n", NULL},
    {"#cloud-config\n# nothing\n", NULL},
    {"#cloud-config\r\na: b\r\n", NULL},
    {"#cloud-config\na: &x [1]\nb: *x\n<<: {c: d}\nd: !!str 1\ne: !!binary aGk=\n", NULL},
    {"#cloud-config\na: {{ v1.x }}\n", "has a key that is not a text (its line 2, column 5)"},
    {"#cloud-config\na: {[b]: c}\n", "has a key that is not a text (its line 2, column 5)"},
    {"#cloud-config\na: [{b: [c]}, {d: {e: [f, {g: h}]}, i: j}]\nk: {l: {}, m: []}\n", NULL},
    {"## template: jinja\n#cloud-config\na: {{ v1.x }}\n{% if x %}\n", NULL},
    {"#cloud-config\npackages: [canary\n", "is not YAML: did not find expected ',' or ']' "},
    {"#cloud-config\na: b\n  canary: d\n",
     "is not YAML: mapping values are not allowed in this context (its line 3, column 9)"},
    {"#cloud-config\n\ta: b\n", "is not YAML: "},
    {"#cloud-config\n- canary\n", "is not a mapping of keys to values (its line 2, column 1)"},
    {"#cloud-config\ncanary\n", "is not a mapping of keys to values"},
    {"#cloud-config\na: b\n---\nc: d\n", "has a second document (its line 3, column 1)"},
    {"#cloud-config\na: *canary\n", "has an alias without its anchor (its line 2, column 4)"},
    {"#cloud-config\na: !canary b\n", "has a tag that no agent knows (its line 2, column 4)"},
    {"#cloud-config\na: !!python/object:os.x {}\n", "has a tag that no agent knows"},
    {"#cloud-config\na: \xff\n", "is not YAML: "},
    {"\xef\xbb\xbf#cloud-config\na: b\n", "begins with a byte order mark"},
    {"\xef\xbb\xbf#!/bin/sh\n", "begins with a byte order mark"},
    {"\xff\xfe#", "begins with a byte order mark"},
    {"#!/bin/sh\nx: [\n", NULL},
    {"#cloud-boothook\nx: [\n", NULL},
    {"{\"ignition\": {\"version\": \"3.3.0\"}}", NULL},
    {"{\"ignition\": {}}", "has no ignition/version"},
    {"{\"ignition\": {\"version\": 3}}", "has no ignition/version"},
    {"{\"ignition\": ", ""},
    {"{\"another\": \"agent's\"}", NULL},
    {"anything", NULL},
};

#define MIME(headers) "MIME-Version: 1.0\nContent-Type: multipart/mixed; " headers "\n\n"
#define PARTS(rest) MIME("boundary=\"=x=\"") "preamble\n--=x=\n" rest "\n--=x=--\n"
#define CONFIG "Content-Type: text/cloud-config\n"
#define SCRIPT "Content-Type: text/x-shellscript; charset=utf-8\n\n#!/bin/sh\ntrue"

static const Case mime[] = {
    {PARTS(CONFIG "\na: [b]\n"), NULL},
    {PARTS(CONFIG "\n#cloud-config\na: b"), NULL},
    {PARTS(SCRIPT "\n--=x=\n" CONFIG "\na: b\nc: [canary\n"),
     "part 2 of the MIME message is not YAML: did not find expected ',' or ']' "},
    {PARTS(CONFIG "\na: b\n  canary: d"),
     "part 1 of the MIME message is not YAML: mapping values are not allowed in this context (its "
     "line 2, column 9)"},
    {PARTS("content-type:\n TEXT/Cloud-Config;\n charset=\"us-ascii\"\n"
           "Content-Transfer-Encoding: base64\n\nYTogWwo="),
     "part 1 of the MIME message is not YAML"},
    {PARTS(CONFIG "Content-Transfer-Encoding: quoted-printable\n\na=3A=20[1,=\n 2]"), NULL},
    {PARTS(CONFIG "Content-Transfer-Encoding: quoted-printable\n\na: =5B1,=\n 2"),
     "part 1 of the MIME message is not YAML"},
    {PARTS(CONFIG "Content-Transfer-Encoding: uuencode\n\na: ["), NULL},
    {PARTS("Content-Type: text/cloud-config; charset=utf-16\n\na: ["), NULL},
    {PARTS(CONFIG "\n## template: jinja\n#cloud-config\na: {{ x }}\n{% if y %}"), NULL},
    {PARTS("Content-Type: text/jinja2\n\n## template: jinja\na: {{ x }}"), NULL},
    {PARTS("Content-Type: text/plain\n\n#cloud-config\na: ["),
     "part 1 of the MIME message is not YAML"},
    {PARTS("\n#cloud-config\na: ["), "part 1 of the MIME message is not YAML"},
    {PARTS("Content-Type: text/plain\n\nread me: ["), NULL},
    {PARTS("Content-Type: text/x-shellscript\n\necho canary"),
     "part 1 of the MIME message is a script that does not begin with '#!'"},
    {PARTS("Content-Type: text/x-shellscript\n\n\177ELF\001"), NULL},
    {PARTS("Content-Type: text/x-shellscript-per-boot\n\necho canary"),
     "part 1 of the MIME message is a script"},
    {PARTS("Content-Type: text/x-shellscript\n\n#cloud-config\na: b"), NULL},
    {PARTS(CONFIG "\n\xef\xbb\xbf"
                  "a: b"),
     "part 1 of the MIME message begins with a byte order"},
    {PARTS(SCRIPT "\n--=x=\nContent-Type: multipart/mixed; boundary=y\n\n--y\n" CONFIG
                  "\na: [\n--y--\n"),
     "part 2 of the MIME message is not YAML"},
    {PARTS("Content-Type: application/octet-stream\n\na: ["), NULL},
    {"From me\n" PARTS(CONFIG "\na: ["), "part 1 of the MIME message is not YAML"},
    {MIME("charset=utf-8") "--x\n", "is a MIME multipart without a boundary"},
    {MIME("boundary=z") "--x\n\n--x--\n", "is a MIME multipart in which no line begins with"},
    {MIME("a=\"; boundary=z\"; Boundary = z") "--z\n" CONFIG "\na: [\n",
     "part 1 of the MIME message is not YAML"},
    {MIME("boundary*=utf-8''z") "--z\n" CONFIG "\na: [\n", NULL},
    {"Content-Type: text/cloud-config\nMIME-Version: 1.0\n\na: [",
     "part 1 of the MIME message is not YAML"},
};

static const Case network_config[] = {
    {"version: 2\nethernets: {}\n", NULL},
    {"version: 1\nconfig: []\n", NULL},
    {"config: disabled\n", NULL},
    {"network: {version: 2}\n", NULL},
    {"{\"version\": 2, \"ethernets\": {}}", NULL},
    {"ethernets: {eth0: {dhcp4: true}}\n", "has no version, which must be 1 or 2"},
    {"version: 3\n", "has no version, which must be 1 or 2"},
    {"version: 1\nethernets: {}\n", "has version 1 but no config"},
    {"", "has no version, which must be 1 or 2"},
    {"{\"links\": [], \"networks\": []}", "is a network_data.json"},
    {"version: [2\n", "is not YAML: "},
};

static void
test_user_data(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(user_data); i++)
        assert_case(vp_render_raw_check_user_data, &user_data[i]);
}

static void
test_mime(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(mime); i++)
        assert_case(vp_render_raw_check_user_data, &mime[i]);
}

static void
test_network_config(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(network_config); i++)
        assert_case(vp_render_raw_check_network_config, &network_config[i]);
}

static gboolean
has_unknown_key(const char *json)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(json, strlen(json));

    return vp_render_raw_has_unknown_ignition_key(bytes);
}

static void
test_ignition_keys(void)
{
    g_assert_false(
        has_unknown_key("{\"ignition\": {\"version\": \"3.3.0\"}, \"passwd\": {\"users\": []}}"));
    g_assert_true(has_unknown_key("{\"ignition\": {\"version\": \"3.3.0\"}, \"pasword\": {}}"));
    g_assert_true(
        has_unknown_key("{\"ignition\": {\"version\": \"3.3.0\"}, \"storage\": {\"file\": []}}"));
    g_assert_false(has_unknown_key("{\"another\": \"agent's\"}"));
    g_assert_false(has_unknown_key("{"));
}

static void
assert_merges(const char *given, const char *own, const char *message)
{
    g_autoptr(GBytes) first = g_bytes_new_static(given, strlen(given));
    g_autoptr(GBytes) second = g_bytes_new_static(own, strlen(own));
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(vp_render_raw_check_merge(first, second, &error), ==, message == NULL);
    if (message != NULL) {
        g_assert_error(error, VP_ERROR, VP_ERROR_CONFLICT);
        g_assert_nonnull(strstr(error->message, message));
    }
}

static void
test_merge(void)
{
    const char *own = "#cloud-config\nusers:\n- \"default\"\nchpasswd: {}\ntimezone: \"UTC\"\n";

    assert_merges("#cloud-config\nusers: [default]\n", own, NULL);
    assert_merges("#cloud-config\ntimezone: x\npackages: {}\n", own, NULL);
    assert_merges("#cloud-config\na: &u [default]\nusers: *u\n", own, NULL);
    assert_merges("#!/bin/sh\nusers: {}\n", own, NULL);
    assert_merges("#cloud-config\nusers: {mine: {}}\n", own, "its 'users' is a mapping and");
    assert_merges("#cloud-config\nusers: default\n", own, "its 'users' is neither");
    assert_merges("#cloud-config\nchpasswd: [a]\n", own, "its 'chpasswd' is a list and");
    assert_merges(PARTS(CONFIG "\nusers: [default]"), own, NULL);
    assert_merges(PARTS(SCRIPT "\n--=x=\n" CONFIG "\nusers: {mine: {}}"), own,
                  "part 2 of the MIME message: its 'users' is a mapping and");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/raw/user-data", test_user_data);
    g_test_add_func("/raw/mime", test_mime);
    g_test_add_func("/raw/network-config", test_network_config);
    g_test_add_func("/raw/ignition-keys", test_ignition_keys);
    g_test_add_func("/raw/merge", test_merge);
    return g_test_run();
}
