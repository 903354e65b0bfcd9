/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A payload element shown: what is masked in it, and its forms as JSON, YAML, XML and text. */
#include <config.h>

#include <string.h>

#include "parse-domain.h"
#include "view/shown.h"

#define MASKED "********"
#define BEGIN "<domain><name>web1</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid><metadata>"
#define ROOT "cloud-init xmlns=\"urn:virt-payload:1\""

/* The element is "<ROOT CONTENT": the content begins with attributes. */
static VpDomain *
open_root(const char *root, const char *content, VpField *field)
{
    g_autofree char *xml = g_strconcat(BEGIN "<", root, content, "</metadata></domain>", NULL);
    g_autoptr(GError) error = NULL;
    VpDomain *domain = parse_domain(xml);

    g_assert_true(vp_spec_field_open(domain, field, &error));
    g_assert_no_error(error);
    return domain;
}

static char *
to_json(const VpField *root)
{
    g_autoptr(json_object) object = vp_view_shown_to_json(root);

    return g_strdup(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                               JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* --- masks ------------------------------------------------------------------------------------ */

typedef struct {
    const char *name;
    const char *content;  /* of cloud-init */
    const char *expected; /* as XML without its frame; NULL: as it was */
} Masked;

#define CLOUD_CONFIG "#cloud-config\npassword: canary\nhostname: web1\n"

static const Masked masked[] = {
    {"password", "<user name='bob'><password clear='yes'>canary</password></user>",
     "<user name=\"bob\"><password clear=\"yes\">" MASKED "</password></user>"},
    {"password-of-blanks", "<user name='a'><password>\n  </password></user>",
     "<user name=\"a\"><password></password></user>"},
    {"password-in-cdata", "<user name='a'><password><![CDATA[can]]>ary</password></user>",
     "<user name=\"a\"><password>" MASKED "</password></user>"},
    {"password-by-reference", "<user name=\"a\"><password secret=\"web1/password\"/></user>", NULL},
    {"plain-values", "<hostname>web1</hostname><ssh-password-auth>no</ssh-password-auth>", NULL},
    {"meta-named-as-a-secret", "<meta key='api_token'>canary</meta>",
     "<meta key=\"api_token\">" MASKED "</meta>"},
    {"meta-named-otherwise", "<meta key=\"rack\">r1</meta>", NULL},
    {"command-with-a-secret", "<run-cmd>curl -u bob:canary https://a</run-cmd>",
     "<run-cmd>curl -u " MASKED " https://a</run-cmd>"},
    {"url-in-an-attribute", "<power-state mode='halt' message='http://a:canary@b/'/>",
     "<power-state mode=\"halt\" message=\"http://" MASKED "@b/\"/>"},
    {"private-file", "<write-file path='/a' permissions='0600'>canary</write-file>",
     "<write-file path=\"/a\" permissions=\"0600\">" MASKED "</write-file>"},
    {"public-file", "<write-file path=\"/a\" permissions=\"0644\">text</write-file>", NULL},
    {"file-is-a-value", "<write-file path='/a'>password: canary</write-file>",
     "<write-file path=\"/a\">password: " MASKED "</write-file>"},
    {"base64-with-a-secret",
     "<write-file path='/a' encoding='base64'>cGFzc3dvcmQ9Y2FuYXJ5</write-file>",
     "<write-file path=\"/a\" encoding=\"base64\">" MASKED "</write-file>"},
    {"base64-without-one", "<write-file path=\"/a\" encoding=\"base64\">YWJj</write-file>", NULL},
    {"base64-that-is-not", "<write-file path='/a' encoding='base64'>canary!</write-file>",
     "<write-file path=\"/a\" encoding=\"base64\">" MASKED "</write-file>"},
    {"document", "<user-data>" CLOUD_CONFIG "</user-data>",
     "<user-data>#cloud-config\npassword: \"" MASKED "\"\nhostname: web1\n</user-data>"},
    {"document-that-is-malformed", "<user-data>#cloud-config\n{canary</user-data>",
     "<user-data>" MASKED "</user-data>"},
    {"document-without-a-secret", "<user-data>#!/bin/sh\ntrue\n</user-data>", NULL},
    {"comment", "<!-- canary --><user name='a'><!-- canary --></user><?canary x?>",
     "<user name=\"a\"/>"},
    {"text-between", "canary<user name='a'>canary<gecos>A</gecos><![CDATA[canary]]></user>canary",
     "<user name=\"a\"><gecos>A</gecos></user>"},
    {"unknown-element", "<usr>canary</usr>", "<usr>" MASKED "</usr>"},
    {"within-an-unknown-element", "<a><hostname b='canary'>canary</hostname></a>",
     "<a><hostname b=\"" MASKED "\">" MASKED "</hostname></a>"},
    {"unknown-attribute", "<user name='bob' pasword='canary'/>",
     "<user name=\"bob\" pasword=\"" MASKED "\"/>"},
    {"attribute-on-a-plain-field", "<hostname key='canary'>web1</hostname>",
     "<hostname key=\"" MASKED "\">web1</hostname>"},
    {"attribute-of-a-namespace", "<user name='bob' x:name='canary' xmlns:x='urn:x'/>",
     "<user xmlns:x=\"urn:x\" name=\"bob\" x:name=\"" MASKED "\"/>"},
    {"element-of-a-namespace", "<x:hostname xmlns:x='urn:x'>canary</x:hostname>",
     "<x:hostname xmlns:x=\"urn:x\">" MASKED "</x:hostname>"},
    {"text-where-none-may-be", "<network>canary</network><user name='a'>canary</user>",
     "<network>" MASKED "</network><user name=\"a\">" MASKED "</user>"},
};

/* The element without the white space that the form as XML puts between others. */
static char *
to_dense_xml(const VpField *root)
{
    g_autofree char *xml = vp_view_shown_to_xml(root);
    g_autoptr(GRegex) between = g_regex_new(">\\s+<", 0, 0, NULL);

    return g_regex_replace_literal(between, xml, -1, 0, "><", 0, NULL);
}

static void
test_masked(gconstpointer data)
{
    const Masked *given = data;
    g_autofree char *content = g_strconcat(">", given->content, "</cloud-init>", NULL);
    g_autofree char *expected =
        g_strconcat("<" ROOT ">", given->expected != NULL ? given->expected : given->content,
                    "</cloud-init>", NULL);
    g_autofree char *once = NULL, *twice = NULL;
    VpField root;
    g_autoptr(VpDomain) domain = open_root(ROOT, content, &root);

    vp_view_shown_mask(&root);
    once = to_dense_xml(&root);
    g_assert_cmpstr(once, ==, expected);
    vp_view_shown_mask(&root);
    twice = to_dense_xml(&root);
    g_assert_cmpstr(twice, ==, expected);
}

static void
test_masked_root(void)
{
    VpField root;
    g_autoptr(VpDomain) domain =
        open_root(ROOT, " bus='usb' bsu='canary'><hostname>web1</hostname></cloud-init>", &root);
    g_autofree char *xml = NULL;

    vp_view_shown_mask(&root);
    xml = vp_view_shown_to_xml(&root);
    g_assert_cmpstr(xml, ==,
                    "<" ROOT " bus=\"usb\" bsu=\"" MASKED "\">\n  <hostname>web1</hostname>\n"
                    "</cloud-init>");
}

static void
test_masked_sysprep(void)
{
    VpField root;
    g_autoptr(VpDomain) domain = open_root(
        "sysprep xmlns=\"urn:virt-payload:1\"",
        "><product-key>canary</product-key><admin-password>canary</admin-password></sysprep>",
        &root);
    g_autofree char *json = NULL;

    vp_view_shown_mask(&root);
    json = to_json(&root);
    g_assert_cmpstr(json, ==,
                    "{\"sysprep\":{\"product-key\":\"" MASKED
                    "\",\"admin-password\":{\"text\":\"" MASKED "\"}}}");
}

/* --- JSON ------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *content; /* of cloud-init */
    const char *expected;
} Shown;

static const Shown json[] = {
    {"empty", "/>", "{}"},
    {"attributes", " bus='usb' ec2='yes' instance-id='uuid'/>",
     "{'bus':'usb','ec2':true,'instance-id':'uuid'}"},
    {"blanks-around-a-string", "><hostname>\n web1\t</hostname></cloud-init>",
     "{'hostname':'web1'}"},
    {"empty-boolean", "><package-update/><disable-root> no </disable-root></cloud-init>",
     "{'package-update':true,'disable-root':false}"},
    {"boolean-that-is-not", "><package-update>maybe</package-update></cloud-init>",
     "{'package-update':'maybe'}"},
    {"numbers",
     "><network><vlan name='v' link='a' id=' 7 '><mtu>1500</mtu></vlan></network></cloud-init>",
     "{'network':{'vlan':[{'name':'v','link':'a','id':7,'mtu':1500}]}}"},
    {"number-that-is-not", "><user name='a'><uid>canary</uid></user></cloud-init>",
     "{'user':[{'name':'a','uid':'canary'}]}"},
    {"metrics",
     "><network><interface><dhcp-metric>4294967295</dhcp-metric>"
     "<route destination='::/0' gateway='fe80::1' metric='0'/></interface></network></cloud-init>",
     "{'network':{'interface':[{'dhcp-metric':4294967295,"
     "'route':[{'destination':'::/0','gateway':'fe80::1','metric':0}]}]}}"},
    {"list-of-one", "><package>vim</package></cloud-init>", "{'package':['vim']}"},
    {"list-in-pieces", "><package>a</package><locale>C</locale><package>b</package></cloud-init>",
     "{'package':['a','b'],'locale':'C'}"},
    {"object-without-many", "><keyboard layout='de'/></cloud-init>",
     "{'keyboard':{'layout':'de'}}"},
    {"object-of-nothing", "><network/></cloud-init>", "{'network':{}}"},
    {"own-text", "><swap path='/s'> 1G </swap></cloud-init>", "{'swap':{'path':'/s','text':'1G'}}"},
    {"no-own-text", "><user-data src='a'>\n</user-data></cloud-init>", "{'user-data':{'src':'a'}}"},
    {"first-newline-of-data", "><user-data>\n\n a\n</user-data></cloud-init>",
     "{'user-data':{'text':'\\n a\\n'}}"},
    {"first-newline-of-exact", "><meta key='k'>\n a </meta></cloud-init>",
     "{'meta':[{'key':'k','text':'\\n a '}]}"},
    {"command-as-text", "><run-cmd>\ttrue </run-cmd></cloud-init>", "{'run-cmd':['\\ttrue ']}"},
    {"command-as-words", "><run-cmd><arg>a</arg><arg> b</arg></run-cmd></cloud-init>",
     "{'run-cmd':[{'arg':['a',' b']}]}"},
    {"base64-stays", "><file path='a' encoding='base64'>YWJj</file></cloud-init>",
     "{'file':[{'path':'a','encoding':'base64','text':'YWJj'}]}"},
    {"unknown", " bsu='usb'><usr/><x:hostname xmlns:x='urn:x'>a</x:hostname></cloud-init>", "{}"},
    {"not-ascii", "><locale>\303\244</locale></cloud-init>", "{'locale':'\303\244'}"},
};

static void
test_json(gconstpointer data)
{
    const Shown *given = data;
    g_autofree char *expected = g_strdup_printf("{'cloud-init':%s}", given->expected);
    VpField root;
    g_autoptr(VpDomain) domain = open_root(ROOT, given->content, &root);
    g_autofree char *text = to_json(&root);

    g_assert_cmpstr(text, ==, g_strdelimit(expected, "'", '"'));
}

/* --- YAML ------------------------------------------------------------------------------------- */

static void
test_yaml(void)
{
    VpField root;
    g_autoptr(VpDomain) domain =
        open_root(ROOT,
                  " ec2='no'><hostname>yes</hostname><user name='7'><uid>7</uid></user>"
                  "<package>vim</package><network/></cloud-init>",
                  &root);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) yaml = vp_view_shown_to_yaml(&root, &error);
    static const char expected[] = "cloud-init:\n"
                                   "  ec2: false\n"
                                   "  hostname: \"yes\"\n"
                                   "  user:\n"
                                   "  - name: \"7\"\n"
                                   "    uid: 7\n"
                                   "  package:\n"
                                   "  - \"vim\"\n"
                                   "  network: {}\n";

    g_autofree char *text = NULL;

    g_assert_no_error(error);
    text = g_strndup(g_bytes_get_data(yaml, NULL), g_bytes_get_size(yaml));
    g_assert_cmpstr(text, ==, expected);
}

/* --- XML -------------------------------------------------------------------------------------- */

static void
test_xml(void)
{
    VpField root;
    g_autoptr(VpDomain) domain =
        open_root("p:cloud-init xmlns:p=\"urn:virt-payload:1\"",
                  "><p:user name='a'>\n\n<p:gecos><![CDATA[<\342\200\256&]]></p:gecos>\n</p:user>"
                  "<p:final-message>\302\233 a\n</p:final-message></p:cloud-init>",
                  &root);
    g_autofree char *xml = vp_view_shown_to_xml(&root);

    g_assert_cmpstr(xml, ==,
                    "<p:cloud-init xmlns:p=\"urn:virt-payload:1\">\n"
                    "  <p:user name=\"a\">\n"
                    "    <p:gecos>&lt;&#x202e;&amp;</p:gecos>\n"
                    "  </p:user>\n"
                    "  <p:final-message>&#x9b; a\n</p:final-message>\n"
                    "</p:cloud-init>");
}

/* --- text ------------------------------------------------------------------------------------- */

static const Shown text[] = {
    {"empty", "/>", ""},
    {"attributes", " ec2='yes' bus='usb'/>",
     "bus                       usb\n"
     "ec2                       yes\n"},
    {"values", "><hostname> web1\n</hostname><package-update/></cloud-init>",
     "hostname                  web1\n"
     "package-update            yes\n"},
    {"key-and-others",
     "><user name='bob'><password hashed='yes' expire='no'>x</password></user></cloud-init>",
     "user                      bob\n"
     "  password                (hashed, expire no) x\n"},
    {"attribute-that-happens-to-be-yes",
     "><power-state mode='halt' message='yes'/><user name='a'>"
     "<password hashed='yes' clear='no'>x</password></user></cloud-init>",
     "power-state               halt (message yes)\n"
     "user                      a\n"
     "  password                (hashed, clear no) x\n"},
    {"key-of-an-interface",
     "><network><interface name='a' target='vnet0'><dhcp4/></interface></network></cloud-init>",
     "network\n"
     "  interface               vnet0 (name a)\n"
     "    dhcp4                 yes\n"},
    {"several-lines", "><run-cmd>a\n\n  b\n</run-cmd></cloud-init>",
     "run-cmd                   a\n"
     "\n"
     "                            b\n"},
    {"several-lines-below-a-key", "><write-file path='/a'>\nb\nc\n</write-file></cloud-init>",
     "write-file                /a\n"
     "                          b\n"
     "                          c\n"},
    {"longer-than-its-column",
     "><network><interface><dhcp6-stateless/></interface><bond name='b' mode='802.3ad'>"
     "<link>a</link></bond></network></cloud-init>",
     "network\n"
     "  interface\n"
     "    dhcp6-stateless       yes\n"
     "  bond                    b (mode 802.3ad)\n"
     "    link                  a\n"},
    {"base64-of-text", "><user-data encoding='base64'>\nYQpi\n</user-data></cloud-init>",
     "user-data                 (encoding base64)\n"
     "                          a\n"
     "                          b\n"},
    {"base64-of-bytes", "><user-data encoding='base64'>AAEC</user-data></cloud-init>",
     "user-data                 (encoding base64) 3 bytes\n"},
    {"base64-that-is-not", "><user-data encoding='base64'>" MASKED "</user-data></cloud-init>",
     "user-data                 (encoding base64) " MASKED "\n"},
    {"for-a-terminal", "><final-message>\302\233a\342\200\256</final-message></cloud-init>",
     "final-message             \\u{009b}a\\u{202e}\n"},
    {"unknown", " bsu='usb'><usr>a</usr><x:hostname xmlns:x='urn:x'>a</x:hostname></cloud-init>",
     ""},
};

static void
test_text(gconstpointer data)
{
    const Shown *given = data;
    VpField root;
    g_autoptr(VpDomain) domain = open_root(ROOT, given->content, &root);
    g_autofree char *shown = vp_view_shown_to_text(&root);

    g_assert_cmpstr(shown, ==, given->expected);
}

#define ADD(folder, cases, test)                                                                   \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path = g_strconcat("/shown/" folder "/", (cases)[i].name, NULL);          \
        g_test_add_data_func(path, &(cases)[i], test);                                             \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("masked", masked, test_masked)
    g_test_add_func("/shown/masked/root", test_masked_root);
    g_test_add_func("/shown/masked/sysprep", test_masked_sysprep);
    ADD("json", json, test_json)
    g_test_add_func("/shown/yaml", test_yaml);
    g_test_add_func("/shown/xml", test_xml);
    ADD("text", text, test_text)
    return g_test_run();
}
