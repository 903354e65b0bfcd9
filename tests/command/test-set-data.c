/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content, attributes and repeated elements into a payload element, in the forms of set's options.
 */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "command/seed-tree.h"
#include "command/set-case.h"

typedef struct {
    const char *name; /* of the case */
    const char *content;
    VpSetEdit *edit;
    const char *option, *value;
    const char *wanted; /* content, or the message */
    int code;           /* 0: no error */
} Case;

static const Case cases[] = {
    {"an-attribute", "", vp_command_set_field, "bus", "scsi", NULL},
    {"a-text-takes-another's-place", "<timezone>UTC</timezone>", vp_command_set_field, "timezone",
     "CET", "<timezone>CET</timezone>"},
    {"a-second-package", "<package>a</package>", vp_command_set_field, "package", "b",
     "<package>a</package><package>b</package>"},
    {"a-package-that-is-there", "<package>a</package>", vp_command_set_field, "package", "a",
     "<package>a</package>"},
    {"a-command-that-is-there", "<run-cmd>a</run-cmd>", vp_command_set_field, "run-cmd", "a",
     "<run-cmd>a</run-cmd>"},
    {"an-element-by-its-first-attribute", "", vp_command_set_field, "keyboard", "de",
     "<keyboard layout=\"de\"/>"},
    {"a-file-of-the-host", "<user-data>x</user-data>", vp_command_set_field, "user-data",
     "src:web/a", "<user-data src=\"web/a\"/>"},
    {"a-field-that-is-none", "", vp_command_set_field, "timezon", "canary",
     "cloud-init has no timezon; did you mean 'timezone'?", VP_ERROR_UNKNOWN},
    {"a-text-that-XML-cannot-hold", "", vp_command_set_field, "timezone", "canary\x01",
     "has a control character", VP_ERROR_TEXT},

    {"meta", "", vp_command_set_meta, "meta", "a=b=c", "<meta key=\"a\">b=c</meta>"},
    {"meta-without-a-value", "", vp_command_set_meta, "meta", "a=", "<meta key=\"a\"></meta>"},
    {"meta-of-that-key-is-replaced", "<meta key='a' x='y'>b</meta><meta key='b'>b</meta>",
     vp_command_set_meta, "meta", "a=c", "<meta key=\"a\">c</meta><meta key=\"b\">b</meta>"},
    {"meta-without-a-key", "", vp_command_set_meta, "meta", "=canary", "takes KEY=VALUE",
     VP_ERROR_USAGE},
    {"meta-without-an-equals-sign", "", vp_command_set_meta, "meta", "canary", "takes KEY=VALUE",
     VP_ERROR_USAGE},
    {"meta-that-is-no-UTF-8", "", vp_command_set_meta, "meta", "a=canary\xff", "is not UTF-8 text",
     VP_ERROR_TEXT},

    {"a-host-key", "<ssh-host-key type='rsa' secret='a' public='b'/>", vp_command_set_ssh_host_key,
     "ssh-host-key", "rsa=c", "<ssh-host-key type=\"rsa\" secret=\"c\"/>"},
    {"a-host-key-without-a-type", "", vp_command_set_ssh_host_key, "ssh-host-key", "=canary",
     "takes TYPE=NAME", VP_ERROR_USAGE},

    {"a-further-file", "<file path='a'>x</file>", vp_command_set_file, "file", "a=src:b",
     "<file path=\"a\" src=\"b\"/>"},
    {"a-further-file-without-a-path", "", vp_command_set_file, "file", "canary", "takes PATH=FILE",
     VP_ERROR_USAGE},
    {"a-file-with-all-words", "<write-file path='/a' append='yes'>x</write-file>",
     vp_command_set_write_file, "write-file", "/a=src:b,owner=x:y,permissions=0600",
     "<write-file path=\"/a\" owner=\"x:y\" permissions=\"0600\" src=\"b\"/>"},
    {"a-file-with-half-a-word", "", vp_command_set_write_file, "write-file", "/a=src:b,canary",
     "takes PATH=FILE,WORD=VALUE", VP_ERROR_USAGE},
    {"a-file-with-a-comma-at-the-end", "", vp_command_set_write_file, "write-file", "/a=src:b,",
     "takes PATH=FILE,WORD=VALUE", VP_ERROR_USAGE},
    {"a-file-without-a-path", "", vp_command_set_write_file, "write-file", "=canary",
     "takes PATH=FILE", VP_ERROR_USAGE},

    {"replacing-removes-every-one",
     "<package>a</package><timezone>UTC</timezone><package>b</package>", vp_command_set_replace,
     "replace", "package", "<timezone>UTC</timezone>"},
    {"replacing-what-is-not-there", "<timezone>UTC</timezone>", vp_command_set_replace, "replace",
     "package", "<timezone>UTC</timezone>"},
    {"replacing-a-user's-field", "<user name='a'><ssh-key>k</ssh-key><shell>/x</shell></user>",
     vp_command_set_replace, "replace", "ssh-key", "<user name=\"a\"><shell>/x</shell></user>"},
    {"replacing-no-field", "", vp_command_set_replace, "replace", "a\x1b",
     "there is no field a\\x1b; name it as show does: 'run-cmd', 'ssh-key'", VP_ERROR_USAGE},
};

static void
test_case(gconstpointer data)
{
    const Case *is = data;
    g_autoptr(GError) error = NULL;
    SetCase on;

    set_case_begin(&on, is->content, FALSE);
    if (is->code != 0) {
        set_case_refused(&on, is->edit, is->option, is->value, is->code, is->wanted);
    } else if (is->edit(&on.set, is->option, is->value, &error)) {
        g_autofree char *whole = set_case_text(&on);

        if (is->wanted != NULL)
            set_case_assert(&on, is->wanted);
        else
            g_assert_cmpstr(whole, ==, "<cloud-init bus=\"scsi\"/>");
    }
    g_assert_no_error(error);
    set_case_end(&on);
}

/* --- content ---------------------------------------------------------------------------------- */

static void
test_store(void)
{
    static const struct {
        const char *text;
        gsize size;
        const char *wanted;
    } texts[] = {
        {"", 0, "<user-data></user-data>"},
        {"<a>&", 4, "<user-data>&lt;a&gt;&amp;</user-data>"},
        {"a\n", 2, "<user-data>\na\n</user-data>"},
        {"\n", 1, "<user-data>\n\n</user-data>"},
        {" a ", 3, "<user-data> a </user-data>"},
        {"\xc3\xa4", 2, "<user-data>\xc3\xa4</user-data>"},
        {"a\r\n", 3, "<user-data encoding=\"base64\">YQ0K</user-data>"},
        {"\xff", 1, "<user-data encoding=\"base64\">/w==</user-data>"},
        {"a\0b", 3, "<user-data encoding=\"base64\">YQBi</user-data>"},
        {"\x01", 1, "<user-data encoding=\"base64\">AQ==</user-data>"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(texts[i].text, texts[i].size);
        SetCase on;
        VpField element;

        set_case_begin(&on, "", FALSE);
        g_assert_true(vp_spec_field_add(&on.set.root, "user-data", NULL, &element, NULL));
        vp_command_set_store(&element, bytes);
        set_case_assert(&on, texts[i].wanted);
        set_case_end(&on);
    }
}

static void
test_read(void)
{
    char *directory = seed_tree_new();
    g_autofree char *path = seed_tree_add(directory, "a", "", -1);
    g_autoptr(GBytes) largest = NULL;
    g_autoptr(GError) error = NULL;
    SetCase on;

    set_case_begin(&on, "", FALSE);
    g_assert_cmpint(truncate(path, 2 << 20), ==, 0);
    largest = vp_command_set_read(&on.set, path, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(largest), ==, 2 << 20);
    g_assert_cmpint(truncate(path, (2 << 20) + 1), ==, 0);
    g_assert_null(vp_command_set_read(&on.set, path, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_QUOTA);
    g_assert_cmpstr(error->message, ==,
                    "too large for a definition; put it below files-directory and name it as "
                    "src:NAME");
    g_clear_error(&error);
    on.set.is_stdin_read = TRUE;
    g_assert_null(vp_command_set_read(&on.set, "-", &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_USAGE);
    g_assert_cmpstr(error->message, ==, "standard input can be read once only");
    set_case_end(&on);
    seed_tree_free(directory);
}

/* The same call twice adds nothing, but a command may be given twice in one. */
static void
test_once(void)
{
    SetCase on;

    set_case_begin(&on, "<run-cmd>a</run-cmd><run-cmd>b</run-cmd>", FALSE);
    for (guint i = 0; i < 2; i++)
        g_assert_true(vp_command_set_field(&on.set, "run-cmd", "a", NULL));
    g_assert_true(vp_command_set_field(&on.set, "run-cmd", "c", NULL));
    set_case_assert(&on, "<run-cmd>a</run-cmd><run-cmd>b</run-cmd><run-cmd>a</run-cmd>"
                         "<run-cmd>c</run-cmd>");
    vp_command_set_clear(&on.set);
    for (guint i = 0; i < 2; i++)
        g_assert_true(vp_command_set_field(&on.set, "run-cmd", "a", NULL));
    set_case_assert(&on, "<run-cmd>a</run-cmd><run-cmd>b</run-cmd><run-cmd>a</run-cmd>"
                         "<run-cmd>c</run-cmd>");
    set_case_end(&on);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/set-data/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/set-data/content-is-text-or-base64", test_store);
    g_test_add_func("/set-data/content-has-a-largest-size", test_read);
    g_test_add_func("/set-data/the-same-call-twice-adds-nothing", test_once);
    return g_test_run();
}
