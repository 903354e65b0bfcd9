/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload unset: which element each form of a FIELD names, and that a mistake stores nothing.
 */
#include <config.h>

#include "command/commands.h"
#include "libvirt/fake-command.h"
#include "spec/field.h"

typedef struct {
    const char *name;
    const char *content; /* of <cloud-init> */
    const char *words;   /* after "web1 ", NULL: none */
    const char *left;    /* of the content; NULL: the payload is gone */
    const char *message; /* NULL: it is stored */
} Case;

static FakeGuest fixture;

#define MISSING(name)                                                                              \
    "web1: " name ": the payload has no such field; to correct a misspelt one, use 'virt-payload " \
    "edit' [not-found]\n"
#define NIC(number) "<interface type='user'><mac address='52:54:00:00:00:0" number "'/></interface>"
#define LINKS                                                                                      \
    "<network><interface name='eth0' mac='52:54:00:00:00:01'><dhcp4>yes</dhcp4></interface>"       \
    "<interface name='eth1'><dhcp4>yes</dhcp4></interface></network>"
#define TWO "<user name='a'><shell>/x</shell></user><user name='b'/>"
#define APART "<user name='a'><shell>/x</shell></user><package>x</package><user name='b'/>"

static const Case cases[] = {
    {"an-element", "<hostname>a</hostname><timezone>UTC</timezone>", "timezone",
     "<hostname>a</hostname>"},
    {"an-attribute", "<hostname>a</hostname>", "bus", "<hostname>a</hostname>", MISSING("bus")},
    {"two-fields", "<hostname>a</hostname><timezone>UTC</timezone><locale>C</locale>",
     "timezone locale", "<hostname>a</hostname>"},
    {"every-one-of-a-name", "<package>a</package><hostname>a</hostname><package>b</package>",
     "package", "<hostname>a</hostname>"},
    {"one-by-its-text", "<package> a </package><package>b</package><package>a</package>",
     "package=a", "<package>b</package>"},
    {"one-by-its-key", "<write-file path='/a'>x</write-file><write-file path='/b'>x</write-file>",
     "write-file=/a", "<write-file path=\"/b\">x</write-file>"},
    {"not-by-another-attribute", "<write-file path='/a' owner='b'>x</write-file>", "write-file=b",
     "<write-file path=\"/a\" owner=\"b\">x</write-file>", MISSING("write-file")},
    {"content-by-its-text", "<package>x</package><user-data>#!a</user-data>", "user-data=#!a",
     "<package>x</package>"},
    {"a-text-with-an-equals-sign", "<run-cmd>a=b</run-cmd><run-cmd>a</run-cmd>", "run-cmd=a=b",
     "<run-cmd>a</run-cmd>"},

    {"a-user", TWO, "user=b", "<user name=\"a\"><shell>/x</shell></user>"},
    {"a-user's-field", TWO, "user=a/shell", "<user name=\"a\"/><user name=\"b\"/>"},
    {"a-user's-field-by-its-text", "<user name='a'><group>x</group><group>y</group></user>",
     "user=a/group=y", "<user name=\"a\"><group>x</group></user>"},
    {"the-only-user's-field", "<user name='a'><shell>/x</shell></user>", "shell",
     "<user name=\"a\"/>"},
    {"a-field-of-one-of-two-users", TWO, "shell",
     "<user name=\"a\"><shell>/x</shell></user><user name=\"b\"/>", MISSING("shell")},
    {"a-field-of-one-of-two-users-apart", APART, "shell",
     "<user name=\"a\"><shell>/x</shell></user><package>x</package><user name=\"b\"/>",
     MISSING("shell")},
    {"a-user-that-is-not-there", TWO, "user=canary/shell",
     "<user name=\"a\"><shell>/x</shell></user><user name=\"b\"/>", MISSING("user")},
    {"a-user's-field-without-a-name", "<user name='a'/>", "user=a/", "<user name=\"a\"/>",
     MISSING("user")},

    {"an-interface-by-name", LINKS, "interface=eth0",
     "<network><interface name=\"eth1\"><dhcp4>yes</dhcp4></interface></network>"},
    {"an-interface-by-MAC", LINKS, "interface=52:54:00:00:00:01",
     "<network><interface name=\"eth1\"><dhcp4>yes</dhcp4></interface></network>"},
    {"all-interfaces-and-the-network", LINKS "<package>x</package>", "interface",
     "<package>x</package>"},
    {"a-link-without-a-network", "<package>x</package>", "interface", "<package>x</package>",
     MISSING("interface")},

    {"a-field-that-is-not-there", "<package>x</package>", "hostname=canary", "<package>x</package>",
     MISSING("hostname")},
    {"a-misspelt-field", "<package>x</package>", "hostnam=canary", "<package>x</package>",
     "web1: hostnam: the payload has no such field; did you mean 'hostname'? to correct a misspelt "
     "one, use 'virt-payload edit' [not-found]\n"},
    {"a-user's-misspelt-field", "<package>x</package>", "shel", "<package>x</package>",
     "web1: shel: the payload has no such field; did you mean 'shell'? to correct a misspelt one, "
     "use 'virt-payload edit' [not-found]\n"},
    {"the-second-field-is-not-there", "<package>x</package><timezone>UTC</timezone>",
     "package hostname", "<package>x</package><timezone>UTC</timezone>", MISSING("hostname")},
    {"a-name-that-is-empty", "<package>x</package>", "=x", "<package>x</package>", MISSING("")},

    {"all", "<package>x</package>", "--all", NULL},
    {"all-and-a-field", "<package>x</package>", "--all package", "<package>x</package>",
     "--all takes no field names [usage]\n"},
    {"no-field", "<package>x</package>", NULL, "<package>x</package>",
     "name the fields, or --all [usage]\n"},
};

/* The element in one line, without its namespace; NULL: none. */
static char *
stored(void)
{
    g_autoptr(VpDomain) domain = parse_domain(fake.config);
    g_autofree char *plain = vp_spec_field_plain_of(domain);
    g_autoptr(GRegex) blanks = g_regex_new("\n *", 0, 0, NULL);

    return plain != NULL ? g_regex_replace_literal(blanks, plain, -1, 0, "", 0, NULL) : NULL;
}

static void
test_case(gconstpointer data)
{
    const Case *is = data;
    g_autofree char *element =
        g_strdup_printf("<cloud-init xmlns='" VP_NAMESPACE "'>%s</cloud-init>", is->content);
    g_autofree char *config = fake_definition("", element, NIC("1") NIC("2"));
    g_autofree char *words =
        is->words != NULL ? g_strconcat("web1 ", is->words, NULL) : g_strdup("web1");
    g_autofree char *wanted =
        is->left != NULL ? g_strdup_printf("<cloud-init>%s</cloud-init>", is->left) : NULL;
    g_autofree char *text = NULL, *left = NULL;

    fake_set_up(&fixture, NULL, config);
    text = fake_run(&fixture, &vp_command_unset, words);
    left = stored();
    g_assert_cmpstr(left, ==, wanted);
    if (is->message != NULL)
        g_assert_cmpstr(text, ==, is->message);
    else /* what the guest makes of it may be said before */
        g_assert_true(g_str_has_suffix(
            text, is->left != NULL ? "web1: payload stored; takes effect at the next start\n"
                                   : "web1: no payload from the next start\n"));
    g_assert_null(strstr(text, "canary"));
    fake_tear_down(&fixture);
}

static void
test_no_payload(void)
{
    g_autofree char *config = fake_definition("", "", "");
    g_autofree char *text = NULL;

    fake_set_up(&fixture, NULL, config);
    text = fake_run(&fixture, &vp_command_unset, "web1 --all");
    g_assert_cmpstr(text, ==, "web1: the definition has no payload [not-found]\n");
    fake_tear_down(&fixture);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/unset/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/unset/a-definition-without-a-payload", test_no_payload);
    return g_test_run();
}
