/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of a definition, shown: what is not known to be harmless is masked. */
#include <config.h>

#include <string.h>

#include "view/diagnose-line.h"

#define M "********"
#define OURS "<p:cloud-init xmlns:p='urn:virt-payload:1'>"

typedef struct {
    const char *name;
    const char *text;
    const char *expected; /* its last line */
} Case;

/* The last line, with *column in it. */
static char *
show(const char *text, guint *column)
{
    const char *newline = strrchr(text, '\n');
    gsize start = newline != NULL ? (gsize)(newline + 1 - text) : 0, size = strlen(text);
    g_autofree char *copy = g_memdup2(text, size);

    return vp_view_diagnose_line(copy, start, size - start, column);
}

static const Case cases[] = {
    {"nothing", OURS "\n", ""},
    {"tag", OURS, OURS},
    {"harmless-text", OURS "<p:hostname>web1</p:hostname>", OURS "<p:hostname>web1</p:hostname>"},
    {"harmless-attribute", OURS "\n<p:user name='bob'/>", "<p:user name='bob'/>"},
    {"number", OURS "\n<p:mtu>a lot</p:mtu>", "<p:mtu>a lot</p:mtu>"},
    {"name-of-a-secret-file", OURS "\n<p:password secret='web1/root'/>",
     "<p:password secret='web1/root'/>"},
    {"sysprep", "<sysprep xmlns=\"urn:virt-payload:1\">\n<owner>Me</owner><domain>a</domain>",
     "<owner>Me</owner><domain>a</domain>"},
    {"blanks", OURS "\n  <p:user\tname='a'> \t</p:user>", "  <p:user\tname='a'> \t</p:user>"},

    {"password", OURS "\n<p:password>canary</p:password>", "<p:password>" M "</p:password>"},
    {"product-key", "<sysprep>\n<product-key>canary</product-key>",
     "<product-key>" M "</product-key>"},
    {"command", OURS "\n<p:run-cmd><p:arg>canary</p:arg></p:run-cmd>",
     "<p:run-cmd><p:arg>" M "</p:arg></p:run-cmd>"},
    {"file", OURS "\n<p:user-data>canary</p:user-data>", "<p:user-data>" M "</p:user-data>"},
    {"entry-of-meta", OURS "\n<p:meta key='k'>canary</p:meta>", "<p:meta key='k'>" M "</p:meta>"},
    {"secret-in-a-harmless-field", OURS "\n<p:mount>//a/b /c cifs password=canary</p:mount>",
     "<p:mount>" M "</p:mount>"},
    {"secret-in-a-harmless-attribute", OURS "\n<p:power-state message='http://a:canary@b/'/>",
     "<p:power-state message='" M "'/>"},
    {"text-by-references", OURS "\n<p:hostname>&#99;anary</p:hostname>",
     "<p:hostname>" M "</p:hostname>"},
    {"text-with-an-entity", OURS "\n<p:gecos>a &amp; b</p:gecos>", "<p:gecos>a &amp; b</p:gecos>"},
    {"misspelt-element", OURS "\n<p:pasword>canary</p:pasword>", "<p:pasword>" M "</p:pasword>"},
    {"misspelt-attribute", OURS "\n<p:user nmae='canary'/>", "<p:user nmae='" M "'/>"},
    {"attribute-named-as-an-element", OURS "\n<p:user hostname='canary'/>",
     "<p:user hostname='" M "'/>"},
    {"element-named-as-an-attribute", OURS "\n<p:target>canary</p:target>",
     "<p:target>" M "</p:target>"},
    {"armoured-key", OURS "\n<p:key>canary</p:key>", "<p:key>" M "</p:key>"},
    {"text-of-an-object", OURS "\n<p:user name='a'>canary<p:gecos>A</p:gecos>canary</p:user>",
     "<p:user name='a'>" M "<p:gecos>A</p:gecos>" M "</p:user>"},
    {"text-after-an-empty-element", OURS "\n<p:hostname/>canary", "<p:hostname/>" M},

    {"comment", OURS "\n<!-- canary -->", M},
    {"cdata", OURS "\n<p:hostname><![CDATA[canary]]></p:hostname>",
     "<p:hostname>" M "</p:hostname>"},
    {"instruction", "\n<?canary canary?>", M},
    {"declaration-of-another-namespace", "<x xmlns='canary'>", "<x xmlns='" M "'>"},

    {"outside", "<domain type='canary'><hostname>canary</hostname>",
     "<domain type='" M "'><hostname>" M "</hostname>"},
    {"after-ours", OURS "</p:cloud-init>\n<hostname>canary</hostname>",
     "<hostname>" M "</hostname>"},
    {"after-an-empty-one", "<p:cloud-init/>\n<hostname>canary</hostname>",
     "<hostname>" M "</hostname>"},
    {"within-ours-after-an-end", OURS "<p:user name='a'></p:user>\n<p:hostname>a</p:hostname>",
     "<p:hostname>a</p:hostname>"},

    {"text-from-above", OURS "<p:password>\ncanary</p:password>", M "</p:password>"},
    {"comment-from-above", OURS "<!--\ncanary --><p:locale>C</p:locale>",
     M "<p:locale>C</p:locale>"},
    {"cdata-from-above", OURS "<![CDATA[<p:hostname>\n</p:hostname>canary]]>", M},
    {"value-from-above", OURS "<p:user name='a'\n nmae='b\ncanary'/>", M "'/>"},
    {"harmless-text-from-above", OURS "<p:hostname>\nweb1", "web1"},
    {"value-that-is-open", OURS "\n<p:user name='canary/>", "<p:user name='" M},
    {"value-without-a-name", OURS "\n<p:user 'canary'/>", "<p:user '" M "'/>"},
    {"word-without-a-value", OURS "\n<p:user canary name='a'/>", "<p:user " M " name='a'/>"},
    {"value-without-quotes", OURS "\n<p:user name=canary/>", "<p:user " M "=" M "/>"},

    {"for-a-terminal", OURS "\n<p:\302\233hostname/>", "<p:\\u{009b}hostname/>"},
    {"not-utf8", OURS "\n<p:user name='\377'/>", "<p:user name='\\xff'/>"},
};

static void
test_line(gconstpointer data)
{
    const Case *given = data;
    guint column = 0;
    g_autofree char *shown = show(given->text, &column);

    g_assert_cmpstr(shown, ==, given->expected);
    g_assert_cmpuint(column, ==, 0);
}

/* A value is checked at each of its positions, so a long one is a secret. */
static void
test_long(void)
{
    for (gsize size = 1024; size <= 1025; size++) {
        g_autofree char *value = g_strnfill(size, 'a');
        g_autofree char *text = g_strdup_printf(OURS "\n<p:gecos>%s</p:gecos>", value);
        guint column = 0;
        g_autofree char *shown = show(text, &column);

        g_assert_cmpint(strstr(shown, value) != NULL, ==, size == 1024);
    }
}

/* The lines after the one that is asked for are not looked at, but a tag may end in them. */
static void
test_middle(void)
{
    static const char text[] = OURS "\n<p:user nmae='canary'\n name='a'/>\n";
    gsize start = strlen(OURS "\n");
    guint column = 9;
    g_autofree char *shown =
        vp_view_diagnose_line(text, start, strlen("<p:user nmae='canary'"), &column);

    g_assert_cmpstr(shown, ==, "<p:user nmae='" M "'");
    g_assert_cmpuint(column, ==, 9);
}

static void
test_column(void)
{
    static const struct {
        const char *name, *line;
        guint before, after;
    } columns[] = {
        {"before the mask", "<p:usr a='canary' b=''/>", 8, 8},
        {"after a shorter value", "<p:usr a='abc' b=''/>", 16, 21},
        {"after a longer value", "<p:usr a='a long canary' b=''/>", 26, 21},
        {"after one that is not ASCII", "<p:usr a='\303\244\303\266\303\274' b=''/>", 16, 21},
        {"after two", "<p:usr a='abc' b='abcd'/>", 24, 33},
        {"after what is shown", "<p:user name='\303\244' b=''/>", 18, 18},
        {"at the line's end", "<p:x>abc", 9, 14},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_autofree char *text = g_strconcat(OURS "\n", columns[i].line, NULL);
        guint column = columns[i].before;
        g_autofree char *shown = show(text, &column);

        g_test_message("%s: %s", columns[i].name, shown);
        g_assert_cmpuint(column, ==, columns[i].after);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/diagnose-line/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_line);
    }
    g_test_add_func("/diagnose-line/long", test_long);
    g_test_add_func("/diagnose-line/middle", test_middle);
    g_test_add_func("/diagnose-line/column", test_column);
    return g_test_run();
}
