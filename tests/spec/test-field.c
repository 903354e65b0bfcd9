/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpField: elements are in the vocabulary's order, are removed without a trace, and nothing else
 * moves. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "parse-domain.h"
#include "payload/rewrite.h"
#include "spec/field.h"

#define HEAD                                                                                       \
    "<domain type='kvm'>\n  <name>web1</name>\n"                                                   \
    "  <uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>\n"
#define TAIL "  <devices/>\n</domain>"
#define OURS "xmlns:payload=\"urn:virt-payload:1\""

static void
assert_text(const VpDomain *domain, const char *metadata)
{
    g_autofree char *text = vp_payload_rewrite_to_string(domain);
    const char *begin = strstr(text, "  <metadata>");

    g_assert_nonnull(begin);
    g_assert_true(g_str_has_prefix(begin, metadata));
    g_assert_true(g_str_has_prefix(begin + strlen(metadata), "\n  <devices/>"));
}

static void
set(const VpField *field, const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(vp_spec_field_set(field, name, text, &error));
    g_assert_no_error(error);
}

static void
test_create(void)
{
    g_autoptr(VpDomain) domain = parse_domain(HEAD TAIL);
    VpField root, user;

    g_assert_false(vp_spec_field_open(domain, &root, NULL));
    vp_spec_field_create(domain, "cloud-init", &root);
    set(&root, "timezone", "UTC");
    set(&root, "hostname", "a<b");
    set(&root, "@bus", "scsi");
    g_assert_true(vp_spec_field_add(&root, "user", NULL, &user, NULL));
    set(&user, "@name", "root");
    g_assert_true(vp_spec_field_add_once(&user, "group", "adm", NULL));
    g_assert_true(vp_spec_field_add_once(&user, "group", "adm", NULL));
    assert_text(domain, "  <metadata>\n"
                        "    <payload:cloud-init " OURS " bus=\"scsi\">\n"
                        "      <payload:hostname>a&lt;b</payload:hostname>\n"
                        "      <payload:timezone>UTC</payload:timezone>\n"
                        "      <payload:user name=\"root\">\n"
                        "        <payload:group>adm</payload:group>\n"
                        "      </payload:user>\n"
                        "    </payload:cloud-init>\n"
                        "  </metadata>");
}

/* What others have in <metadata> stays as it is. */
static void
test_beside_others(void)
{
    g_autoptr(VpDomain) domain =
        parse_domain(HEAD "  <metadata>\n    <!-- kept -->\n"
                          "    <o:x xmlns:o=\"urn:other\"/>\n  </metadata>\n" TAIL);
    VpField root;

    vp_spec_field_create(domain, "sysprep", &root);
    set(&root, "owner", "me");
    g_assert_true(vp_spec_field_open(domain, &root, NULL));
    vp_spec_field_drop(&root);
    g_assert_false(vp_spec_field_open(domain, &root, NULL));
    assert_text(domain, "  <metadata>\n    <!-- kept -->\n    <o:x xmlns:o=\"urn:other\"/>\n"
                        "  </metadata>");
}

static void
test_find_and_remove(void)
{
    g_autoptr(VpDomain) domain = parse_domain(
        HEAD "  <metadata><p:cloud-init xmlns:p=\"urn:virt-payload:1\" bus=\"usb\">"
             "<p:user name=\"a\"/><p:user name=\"b\"><p:shell>/x</p:shell></p:user>"
             "<p:package>x</p:package><p:package>y</p:package></p:cloud-init></metadata>\n" TAIL);
    VpField root, user, shell, only = {NULL, NULL};

    g_assert_true(vp_spec_field_open(domain, &root, NULL));
    g_assert_true(vp_spec_field_find(&root, "user", "name", "b", &user));
    g_assert_true(vp_spec_field_find(&user, "shell", NULL, NULL, &shell));
    g_assert_false(vp_spec_field_find(&root, "user", "name", "c", &user));
    g_assert_false(vp_spec_field_only(&root, "user", &only));
    g_assert_false(vp_spec_field_only(&root, "timezone", &only));
    g_assert_false(vp_spec_field_only(&root, "nothing", &only));
    g_assert_null(only.node);
    g_assert_cmpuint(vp_spec_field_remove(&root, "package"), ==, 2);
    g_assert_cmpuint(vp_spec_field_remove(&root, "package"), ==, 0);
    g_assert_cmpuint(vp_spec_field_remove(&root, "@bus"), ==, 1);
    g_assert_true(vp_spec_field_find(&root, "user", "name", "a", &user));
    vp_spec_field_drop(&user);
    g_assert_true(vp_spec_field_only(&root, "user", &only));
    g_assert_true(vp_spec_field_find(&only, "shell", NULL, NULL, &shell));
    assert_text(domain,
                "  <metadata><p:cloud-init xmlns:p=\"urn:virt-payload:1\">"
                "<p:user name=\"b\"><p:shell>/x</p:shell></p:user></p:cloud-init></metadata>");
}

static void
test_unknown(void)
{
    g_autoptr(VpDomain) domain = parse_domain(HEAD TAIL);
    g_autoptr(GError) error = NULL;
    VpField root;

    vp_spec_field_create(domain, "sysprep", &root);
    g_assert_false(vp_spec_field_set(&root, "package", "x", &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_UNKNOWN);
    g_assert_true(g_str_has_prefix(error->message, "sysprep has no package; it has format, "));
}

static void
test_several(void)
{
    g_autoptr(VpDomain) domain =
        parse_domain(HEAD "  <metadata><p:cloud-init xmlns:p=\"urn:virt-payload:1\"/>"
                          "<p:sysprep xmlns:p=\"urn:virt-payload:1\"/></metadata>" TAIL);
    g_autoptr(GError) error = NULL;
    VpField root;

    g_assert_false(vp_spec_field_open(domain, &root, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_DUPLICATE);
}

/* As libvirt wants it: it adds prefix and declaration itself, and refuses an existing one. */
static void
add_once(VpFieldList *list, const char *text)
{
    g_assert_true(vp_spec_field_list_add_once(list, text, NULL));
}

static void
test_list(void)
{
    g_autoptr(VpDomain) domain = parse_domain(
        HEAD "  <metadata>\n    <p:cloud-init xmlns:p=\"urn:virt-payload:1\"><p:hostname>a"
             "</p:hostname><p:package> b </p:package><p:run-cmd>c</p:run-cmd></p:cloud-init>\n"
             "  </metadata>\n" TAIL);
    g_auto(VpFieldList) packages, commands = {0}, unknown = {0};
    VpField root, command;

    g_assert_true(vp_spec_field_open(domain, &root, NULL));
    vp_spec_field_list_begin(&root, "package", &packages);
    add_once(&packages, "d");
    add_once(&packages, "b");
    add_once(&packages, "d");
    add_once(&packages, "e");
    g_assert_false(vp_spec_field_list_add_once(&packages, "\x01", NULL));
    vp_spec_field_list_begin(&root, "run-cmd", &commands);
    g_assert_true(vp_spec_field_list_add(&commands, NULL, &command, NULL));
    g_assert_true(vp_spec_field_add(&command, "arg", "f", NULL, NULL));
    g_assert_true(vp_spec_field_list_add(&commands, "c", NULL, NULL));
    vp_spec_field_list_begin(&root, "nope", &unknown);
    g_assert_false(vp_spec_field_list_add(&unknown, "g", NULL, NULL));
    assert_text(domain,
                "  <metadata>\n    <p:cloud-init xmlns:p=\"urn:virt-payload:1\"><p:hostname>a"
                "</p:hostname><p:package> b </p:package><p:package>d</p:package>"
                "<p:package>e</p:package><p:run-cmd>c</p:run-cmd><p:run-cmd><p:arg>f</p:arg>"
                "</p:run-cmd><p:run-cmd>c</p:run-cmd></p:cloud-init>\n  </metadata>");
}

static void
test_plain(void)
{
    g_autoptr(VpDomain) domain = parse_domain(HEAD TAIL);
    g_autofree char *text = NULL;
    VpField root, user;

    vp_spec_field_create(domain, "cloud-init", &root);
    g_assert_true(vp_spec_field_add(&root, "user", NULL, &user, NULL));
    set(&user, "@name", "root");
    text = vp_spec_field_to_plain(&root);
    g_assert_null(strstr(text, "payload"));
    g_assert_null(strstr(text, "xmlns"));
    g_assert_true(g_str_has_prefix(text, "<cloud-init>"));
    g_assert_nonnull(strstr(text, "<user name=\"root\"/>"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/field/create", test_create);
    g_test_add_func("/field/beside-others", test_beside_others);
    g_test_add_func("/field/find-and-remove", test_find_and_remove);
    g_test_add_func("/field/unknown", test_unknown);
    g_test_add_func("/field/several", test_several);
    g_test_add_func("/field/list", test_list);
    g_test_add_func("/field/plain", test_plain);
    return g_test_run();
}
