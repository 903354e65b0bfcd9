/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Advice on fields that are valid: which element it is about, and what it is for. */
#include <config.h>

#include "view/advice.h"

#define OURS(attributes, content)                                                                  \
    "<cloud-init xmlns='urn:virt-payload:1'" attributes ">" content "</cloud-init>"
#define SYSPREP(attributes, content)                                                               \
    "<sysprep xmlns='urn:virt-payload:1'" attributes ">" content "</sysprep>"
#define USER(content) OURS("", "<user name='bob'>" content "</user>")
#define USER_DATA(text) OURS("", "<user-data>" text "</user-data>")
#define KEY                                                                                        \
    "<ssh-key>ssh-ed25519 "                                                                        \
    "AAAAC3NzaC1lZDI1NTE5AAAAIKZ6zSFuDmyTVrZvZcE7kBqE4MBTNPZ1yzpmZk6hM0qk</ssh-key>"
#define SUM22 "abcdefghijklmnopqrstuv"
#define SUM86 SUM22 SUM22 SUM22 "abcdefghijklmnopqrst"

typedef struct {
    const char *name;
    const char *payload;
    const char *wanted; /* of each, in order: "NAME: a part of the message" and '|' */
    gboolean windows;
} Case;

static const Case cases[] = {
    {"nothing", OURS("", ""), ""},

    {"clear-password", USER("<password>x</password>"),
     "password: in clear text; 'virt-payload set'|"},
    {"password-on-the-host", USER("<password secret='a'/>"), ""},
    {"hash-of-sha512", USER("<password hashed='yes'>$6$a$" SUM86 "</password>"), ""},
    {"hash-of-md5", USER("<password hashed='yes'>$1$a$" SUM22 "</password>"),
     "password: use $6$ or $y$|"},
    {"hash-of-des", USER("<password hashed='yes'>abcdefghijklm</password>"),
     "password: use $6$ or $y$|"},
    {"password-sent-in-clear", USER("<password clear='yes'>x</password>"),
     "password: in clear text; 'virt-payload set'|password: keeps it on its disk|"},
    {"password-sent-to-windows", USER("<password clear='yes'>x</password>"),
     "password: in clear text; 'virt-payload set'|", TRUE},
    {"passwords-of-sysprep",
     SYSPREP("", "<domain-user>a</domain-user><domain>b</domain><domain-password>x"
                 "</domain-password><admin-password>x</admin-password>"),
     "admin-password: in clear text|domain-password: in clear text|"},
    {"passwords-of-sysprep-on-the-host", SYSPREP("", "<admin-password secret='a'/>"), ""},

    {"user-without-a-login", USER(""), "user: neither key nor password|"},
    {"user-with-a-key", USER(KEY), ""},
    {"user-with-imported-keys", USER("<ssh-import-id>gh:bob</ssh-import-id>"), ""},
    {"system-account", USER("<system>yes</system>"), ""},
    {"user-that-is-no-system-account", USER("<system>no</system>"),
     "user: neither key nor password|"},
    {"each-user", OURS("", "<user name='a'/><user name='b'>" KEY "</user><user name='c'/>"),
     "user: cannot log in|user: cannot log in|"},

    {"root-over-ssh",
     OURS("", "<user name='root'><password secret='a'/></user>"
              "<ssh-password-auth>yes</ssh-password-auth>"),
     "password: root may log in over SSH|"},
    {"root-over-ssh-unless-forbidden",
     OURS("", "<user name='root'><password secret='a'/></user>"
              "<ssh-password-auth>no</ssh-password-auth>"),
     ""},
    {"root-over-ssh-with-a-key",
     OURS("", "<user name='root'>" KEY "</user><ssh-password-auth>yes</ssh-password-auth>"), ""},
    {"another-over-ssh",
     OURS("", "<user name='bob'><password secret='a'/></user>"
              "<ssh-password-auth>yes</ssh-password-auth>"),
     ""},

    {"host-keys-kept", OURS("", "<regenerate-ssh-keys>no</regenerate-ssh-keys>"),
     "regenerate-ssh-keys: share their host keys|"},
    {"host-keys-replaced", OURS("", "<regenerate-ssh-keys>yes</regenerate-ssh-keys>"), ""},

    {"sata", OURS(" bus='sata'", ""), "@bus: no driver for SATA and IDE|"},
    {"ide", OURS(" bus='ide'", ""), "@bus: no driver for SATA and IDE|"},
    {"usb", OURS(" bus='usb'", ""), ""},
    {"sata-for-windows", OURS(" bus='sata'", ""), "", TRUE},
    {"sata-for-sysprep", SYSPREP(" bus='sata'", ""), ""},
    {"nocloud", OURS(" datasource='nocloud'", ""), ""},
    {"nocloud-for-windows", OURS(" datasource='nocloud'", ""),
     "@datasource: looks for a config drive|", TRUE},

    {"old-keys",
     USER_DATA("#cloud-config\napt_update: true\napt_upgrade: true\n"
               "apt_reboot_if_required: true\r\napt_mirror: a\n\napt_sources: []"),
     "user-data: apt_update is|user-data: apt_upgrade is|user-data: apt_reboot_if_required is|"
     "user-data: apt_mirror is|user-data: apt_sources is|"},
    {"keys-that-are-not-old",
     USER_DATA("#cloud-config\napt:\n  apt_mirror: a\napt_updates: 1\n# apt_update: true\n"), ""},
    {"list-of-passwords", USER_DATA("#cloud-config\nchpasswd:\n  list: |\n    a:b\n"),
     "user-data: chpasswd/list|"},
    {"list-of-passwords-far-in",
     USER_DATA(
         "#cloud-config\nchpasswd:\n    # old\n    expire: false\n\n    list: |\n        a:b\n"),
     "user-data: chpasswd/list|"},
    {"list-of-passwords-on-its-line", USER_DATA("#cloud-config\nchpasswd: { list: [a] }\n"),
     "user-data: chpasswd/list|"},
    {"list-beside-passwords",
     USER_DATA("#cloud-config\nchpasswd:\n  users:\n  - list: a\nb:\n  list: c\n"), ""},
    {"list-of-something-else", USER_DATA("#cloud-config\na:\n  list: b\n"), ""},
    {"blanks-before-the-header", USER_DATA("\n \n#cloud-config\nlocale: C\n"), ""},
    {"blanks-before-the-header-of-windows", USER_DATA("\n \n#cloud-config\nset_timezone: C\n"),
     "user-data: only at the very beginning|", TRUE},
    {"header-of-windows", USER_DATA("\n#cloud-config\nset_timezone: C\n"), "", TRUE},
    {"ignition", USER_DATA("{\"ignition\": {\"version\": \"3.0.0\"}}"), ""},
    {"ignition-with-an-unknown-key",
     USER_DATA("{\"ignition\": {\"version\": \"3.0.0\"}, \"a\": 1}"),
     "user-data: a key that Ignition does not know|"},
    {"script", USER_DATA("#!/bin/sh\n"), ""},
    {"no-header", USER_DATA("echo hello\n"), "user-data: will be ignored|"},
    {"header-of-upstart", USER_DATA(" #upstart-job\n"), ""},
    {"binary", OURS("", "<user-data encoding='base64'>AAECAwQ=</user-data>"), ""},
    {"file-of-the-host", OURS("", "<user-data src='a'/>"), ""},
};

typedef struct {
    char **next; /* what is wanted */
} Wanted;

static void
compare(const char *name, const VpPlace *place, const char *message, gpointer data)
{
    Wanted *wanted = data;
    g_auto(GStrv) parts = NULL;

    g_test_message("%s: %s", name, message);
    g_assert_cmpuint(place->line, ==, 2);
    g_assert_nonnull(*wanted->next);
    parts = g_strsplit(*wanted->next++, ": ", 2);
    g_assert_cmpstr(name, ==, parts[0]);
    g_assert_nonnull(strstr(message, parts[1]));
}

static void
test_advice(gconstpointer data)
{
    const Case *given = data;
    g_auto(GStrv) parts = g_strsplit(given->wanted, "|", -1);
    Wanted wanted = {parts};
    g_autofree char *xml =
        g_strdup_printf("<domain><name>web1</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>"
                        "<metadata>%s\n%s</metadata></domain>",
                        given->windows ? WINDOWS : "", given->payload);
    g_autoptr(GError) error = NULL;
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), &error);
    g_autoptr(GPtrArray) specs = domain != NULL ? vp_spec_read(domain, &error) : NULL;

    g_assert_no_error(error);
    vp_view_diagnose_unwise(specs->pdata[0], compare, &wanted);
    g_assert_true(*wanted.next == NULL || **wanted.next == '\0');
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/diagnose-unwise/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_advice);
    }
    return g_test_run();
}
