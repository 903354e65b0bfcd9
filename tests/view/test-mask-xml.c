/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in XML of any program: by attributes, by the key before a value, and within
 * the commands of an answer file. Every secret holds the word "canary". */
#include <config.h>

#include <string.h>

#include "view/mask.h"

#define M "********"

static void
assert_shown(const char *text, const char *wanted)
{
    g_autoptr(GBytes) content = g_bytes_new_static(text, strlen(text));
    const char *why = NULL;
    g_autoptr(GBytes) masked = vp_view_mask(content, &why);
    g_autofree char *shown = NULL;

    g_assert_cmpstr(why, ==, NULL);
    shown = g_strndup(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked));
    g_assert_cmpstr(shown, ==, wanted);
    g_assert_null(strstr(shown, "canary"));
}

static void
test_attributes(void)
{
    assert_shown("<a><user name=\"bob\" password=\"canary\"/></a>",
                 "<a><user name=\"bob\" password=\"" M "\"/></a>");
    assert_shown("<a><add key=\"db_password\" value='canary'/><add key=\"host\" value='h'/></a>",
                 "<a><add key=\"db_password\" value='" M "'/><add key=\"host\" value='h'/></a>");
    assert_shown("<a><add value='canary' key=\"api-key\" /></a>",
                 "<a><add value='" M "' key=\"api-key\" /></a>");
    assert_shown("<a url=\"https://me:canary@h/\">x</a>", "<a url=\"https://" M "@h/\">x</a>");
    assert_shown("<a><setting name=\"Password\" as=\"String\"><value>canary</value></setting>"
                 "<setting name=\"Host\"><value>h</value></setting></a>",
                 "<a><setting name=\"Password\" as=\"String\"><value>" M "</value></setting>"
                 "<setting name=\"Host\"><value>h</value></setting></a>");
    assert_shown("<a><add key=\"p&#97;ssword\" value=\"canary\"/></a>",
                 "<a><add key=\"p&#97;ssword\" value=\"" M "\"/></a>");
}

/* A property list's, and Hadoop's. */
static void
test_keys(void)
{
    assert_shown("<dict>\n<key>token</key>\n<string>canary</string>\n<key>host</key>\n"
                 "<string>h</string></dict>",
                 "<dict>\n<key>token</key>\n<string>" M "</string>\n<key>host</key>\n"
                 "<string>h</string></dict>");
    assert_shown("<dict><key><![CDATA[token]]></key><string>canary</string></dict>",
                 "<dict><key><![CDATA[token]]></key><string>" M "</string></dict>");
    assert_shown("<dict><key>tok&#x65;n</key><string>canary</string></dict>",
                 "<dict><key>tok&#x65;n</key><string>" M "</string></dict>");
    assert_shown("<property><name>db.password</name><value>canary</value></property>"
                 "<property><name>db.host</name><value>h</value></property>",
                 "<property><name>db.password</name><value>" M "</value></property>"
                 "<property><name>db.host</name><value>h</value></property>");
}

static void
test_commands(void)
{
    assert_shown("<u><CommandLine>net user bob canary /add</CommandLine><Order>1</Order></u>",
                 "<u><CommandLine>net user " M "</CommandLine><Order>1</Order></u>");
    assert_shown("<u><Path>cmd /c &quot;set TOKEN=canary&quot;</Path></u>",
                 "<u><Path>" M "</Path></u>");
    assert_shown("<u><Path>cmd /c &quot;dir&quot;</Path></u>",
                 "<u><Path>cmd /c &quot;dir&quot;</Path></u>");
}

/* What stays within an element with a secret's name. */
static void
test_credentials(void)
{
    assert_shown(
        "<Credentials><Domain>d</Domain><Username>bob</Username><Password>canary</Password>"
        "</Credentials>",
        "<Credentials><Domain>"
        "d</Domain><Username>bob</Username><Password>" M "</Password></Credentials>");
    assert_shown("<Password><Username>bob<x>canary</x>canary</Username>canary</Password><Y>y</Y>",
                 "<Password><Username>bob<x>" M "</x>" M "</Username>" M "</Password><Y>y</Y>");
    assert_shown("<password/><host>h</host>", "<password/><host>h</host>");
}

/* Wherever their values may go. */
static void
test_declarations(void)
{
    assert_shown("<!DOCTYPE a [<!ENTITY pw \"canary\">]><a><Password>&pw;</Password></a>", M);
    assert_shown("<!DOCTYPE a [\n<!ELEMENT a ANY>\n<!ENTITY % pw 'x>canary'>\n]>\n<a/>", M);
    assert_shown("<a><Password>canary</Password></a>\n<!ATTLIST a password CDATA 'canary'>", M);
    assert_shown(
        "<!DOCTYPE a SYSTEM 'a.dtd'><a><!-- <!ENTITY a 'b'> --><![CDATA[x <!ENTITY]]></a>",
        "<!DOCTYPE a SYSTEM 'a.dtd'><a><!-- <!ENTITY a 'b'> --><![CDATA[x <!ENTITY]]></a>");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mask-xml/attributes", test_attributes);
    g_test_add_func("/mask-xml/keys", test_keys);
    g_test_add_func("/mask-xml/commands", test_commands);
    g_test_add_func("/mask-xml/credentials", test_credentials);
    g_test_add_func("/mask-xml/declarations", test_declarations);
    return g_test_run();
}
