/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain definition: what is read of it, and how a bad one is refused. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "cputime.h"
#include "domain/domain.h"
#include "domain/xml-edit.h"

#define UUID "c7a5fdbd-cdaf-9455-926a-d65c16db1809"
#define NAMED "<name>a</name>"
#define GOOD NAMED "<uuid>" UUID "</uuid>"

/* As virsh define does. */
static void
test_new(void)
{
    static const char named[] = "<domain>" GOOD "</domain>";
    static const char xml[] = "<domain>\n  <name>web1</name>\n  <devices/>\n</domain>";
    g_autoptr(GError) error = NULL;
    g_autoptr(VpDomain) domain = vp_domain_parse_new(xml, strlen(xml), &error);
    g_autoptr(VpDomain) other = vp_domain_parse_new(xml, strlen(xml), NULL);
    g_autoptr(VpDomain) given = vp_domain_parse_new(named, strlen(named), NULL);
    g_autofree char *text = NULL;
    g_autofree char *wanted = NULL;

    g_assert_no_error(error);
    g_assert_true(g_uuid_string_is_valid(domain->uuid));
    g_assert_cmpstr(domain->uuid, !=, other->uuid);
    g_assert_cmpstr(given->uuid, ==, UUID);
    text = vp_domain_xml_doc_text(domain->doc);
    wanted = g_strdup_printf(
        "<domain>\n  <name>web1</name>\n  <uuid>%s</uuid>\n  <devices/>\n</domain>", domain->uuid);
    g_assert_cmpstr(g_strchomp(text), ==, wanted);
}

static void
test_full(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", "domain-full.xml", NULL);
    g_autofree char *xml = NULL;
    gsize size = 0;
    g_autoptr(VpDomain) domain = NULL;
    const VpDisk *disk;
    const VpInterface *interface;

    g_assert_true(g_file_get_contents(path, &xml, &size, NULL));
    domain = vp_domain_parse(xml, size, NULL);
    g_assert_nonnull(domain);
    g_assert_cmpstr(domain->name, ==, "web1");
    g_assert_cmpstr(domain->uuid, ==, UUID);
    g_assert_cmpstr(domain->smbios_uuid, ==, "c7a5fdbd-cdaf-9455-926a-d65c16db1810");
    g_assert_cmpint(domain->id, ==, 7);
    g_assert_cmpstr(domain->type, ==, "kvm");
    g_assert_cmpstr(domain->arch, ==, "x86_64");
    g_assert_cmpstr(domain->machine, ==, "pc-q35-7.2");
    g_assert_cmpstr(domain->os_id, ==, "http://microsoft.com/win/10");
    g_assert_true(vp_domain_is_windows(domain));

    g_assert_cmpuint(domain->disks->len, ==, 3);
    disk = domain->disks->pdata[0];
    g_assert_cmpstr(disk->device, ==, "disk");
    g_assert_cmpstr(disk->bus, ==, "virtio");
    g_assert_cmpstr(disk->target, ==, "vda");
    g_assert_cmpstr(disk->source, ==, "/var/lib/libvirt/images/web1.qcow2");
    g_assert_false(disk->readonly);
    disk = domain->disks->pdata[1];
    g_assert_cmpstr(disk->device, ==, "cdrom");
    g_assert_null(disk->source);
    g_assert_true(disk->readonly);
    disk = domain->disks->pdata[2];
    g_assert_cmpstr(disk->device, ==, "disk");
    g_assert_null(disk->bus);
    g_assert_null(disk->source);

    g_assert_cmpuint(domain->interfaces->len, ==, 2);
    interface = domain->interfaces->pdata[0];
    g_assert_cmpstr(interface->mac, ==, "52:54:00:ab:cd:ef");
    g_assert_cmpstr(interface->target, ==, "vnet0");
    interface = domain->interfaces->pdata[1];
    g_assert_null(interface->mac);
    g_assert_null(interface->target);
}

/* What only looks like ours, and ours at another place, is not ours. */
static void
test_metadata(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", "domain-full.xml", NULL);
    g_autofree char *xml = NULL;
    gsize size = 0;
    g_autoptr(VpDomain) domain = NULL;
    g_autoptr(GPtrArray) ours = NULL;
    g_autoptr(GPtrArray) ovirt = NULL;

    g_assert_true(g_file_get_contents(path, &xml, &size, NULL));
    domain = vp_domain_parse(xml, size, NULL);
    g_assert_nonnull(domain);
    ours = vp_domain_metadata(domain, VP_NAMESPACE);
    ovirt = vp_domain_metadata(domain, VP_OVIRT_NAMESPACE);
    g_assert_cmpuint(ours->len, ==, 2);
    g_assert_cmpint(xmlGetLineNo(ours->pdata[0]), ==, 8);
    g_assert_cmpuint(ovirt->len, ==, 0);
}

static void
test_small(void)
{
    static const char xml[] = "<domain>" GOOD "</domain>";
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), NULL);
    g_autoptr(GPtrArray) ours = NULL;

    g_assert_nonnull(domain);
    g_assert_cmpint(domain->id, ==, -1);
    g_assert_null(domain->devices);
    g_assert_null(domain->smbios_uuid);
    g_assert_false(vp_domain_is_windows(domain));
    ours = vp_domain_metadata(domain, VP_NAMESPACE);
    g_assert_cmpuint(ours->len, ==, 0);
}

/* A name is what libvirt says it is, whatever it looks like. */
static void
test_odd_name(void)
{
    static const char xml[] = "<domain><name>--help me</name><uuid>" UUID "</uuid></domain>";
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), NULL);

    g_assert_nonnull(domain);
    g_assert_cmpstr(domain->name, ==, "--help me");
}

static const char *
shown_name(const char *name)
{
    g_autofree char *xml =
        g_strdup_printf("<domain><name>%s</name><uuid>" UUID "</uuid></domain>", name);
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), NULL);

    g_assert_nonnull(domain);
    return g_str_equal(vp_domain_shell_name(domain), domain->uuid) ? "UUID" : "name";
}

/* A command in a message is for this guest, and is a command and nothing else. */
static void
test_shell_name(void)
{
    static const char *const names[] = {"web1", "db1", "7f", "a-b.c_d"};
    static const char *const others[] = {"--help", "a b", "$(id)", "a;id", "a'b", "7", "0007",
                                         /* of another guest */
                                         "11111111-2222-3333-4444-555555555555",
                                         "11111111222233334444555555555555"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_cmpstr(shown_name(names[i]), ==, "name");
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_cmpstr(shown_name(others[i]), ==, "UUID");
}

static void
test_odd_target(void)
{
    static const char *const targets[] = {"sda; run: id", "sd\u202ea", "sd a", "sda"};
    static const char *const shown[] = {"?", "?", "?", "sda"};

    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autofree char *xml =
            g_strdup_printf("<domain>" GOOD "<devices><disk><target dev='%s' bus='sata'/></disk>"
                            "</devices></domain>",
                            targets[i]);
        g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), NULL);

        g_assert_nonnull(domain);
        g_assert_cmpstr(((const VpDisk *)domain->disks->pdata[0])->target, ==, shown[i]);
    }
}

typedef struct {
    const char *name;
    const char *xml;
    int code;
    const char *message;
} BadCase;

static const BadCase bad_cases[] = {
    {"entities", "<!DOCTYPE domain [<!ENTITY a 'b'>]><domain/>", VP_ERROR_XML_DTD, "(line 1): "},
    {"undefined entity", "<domain>\n<name>&secret;</name></domain>", VP_ERROR_XML_SYNTAX,
     "(line 2): an entity is not defined"},
    {"lone ampersand", "<domain><name>a & b</name></domain>", VP_ERROR_XML_SYNTAX, "write '&amp;'"},
    {"mismatch", "<domain>\n\n</secret>", VP_ERROR_XML_SYNTAX,
     "(line 3): an end tag does not match its start tag"},
    {"cut off", "<domain>\n<name>secret", VP_ERROR_XML_END,
     "(line 2): ends before its elements do"},
    {"cut off after an element", "<domain><name>secret</name>", VP_ERROR_XML_END,
     "ends before its elements do"},
    {"bare text", "secret", VP_ERROR_XML_SYNTAX, "does not begin with an element"},
    {"second root", "<domain/>\n<domain/>", VP_ERROR_XML_SYNTAX, "(line 2): something follows"},
    {"attribute twice", "<domain a='secret' a='2'/>", VP_ERROR_XML_SYNTAX,
     "an attribute is given twice"},
    {"control character", "<domain>\x1b</domain>", VP_ERROR_XML_SYNTAX, "has a control character"},
    {"control character by reference", "<domain>&#27;</domain>", VP_ERROR_XML_SYNTAX,
     "has a control character"},
    {"empty", "", VP_ERROR_XML_END, "is empty"},
    {"other root", "<domstatus/>", VP_ERROR_NOT_FOUND, "is not libvirt's domain"},
    {"root in a namespace", "<domain xmlns='x'/>", VP_ERROR_NOT_FOUND, "is not libvirt's domain"},
    {"no name", "<domain><uuid>" UUID "</uuid></domain>", VP_ERROR_MISSING, "domain: has no name"},
    {"empty name", "<domain><name/><uuid>" UUID "</uuid></domain>", VP_ERROR_MISSING,
     "has no name"},
    {"no uuid", "<domain>" NAMED "</domain>", VP_ERROR_UUID, "domain: has no uuid"},
    {"bad uuid", "<domain>" NAMED "\n<uuid>secret</uuid></domain>", VP_ERROR_UUID,
     "uuid (line 2): is not a UUID"},
    {"long uuid", "<domain>" NAMED "<uuid>" UUID "0</uuid></domain>", VP_ERROR_UUID,
     "is not a UUID"},
    {"odd hyphens", "<domain>" NAMED "<uuid>c7a5fd-bdcdaf9455926ad65c16db1809</uuid></domain>",
     VP_ERROR_UUID, "is not a UUID"},
    {"bad smbios uuid",
     "<domain>" GOOD
     "<sysinfo type='smbios'><system><entry name='uuid'>x</entry></system></sysinfo>"
     "</domain>",
     VP_ERROR_UUID, "sysinfo/system/entry (line 1): is not a UUID"},
};

static void
test_bad(gconstpointer data)
{
    const BadCase *c = data;
    g_autoptr(GError) error = NULL;

    g_assert_null(vp_domain_parse(c->xml, strlen(c->xml), &error));
    g_assert_error(error, VP_ERROR, c->code);
    if (strstr(error->message, c->message) == NULL)
        g_error("'%s' lacks '%s'", error->message, c->message);
    g_assert_null(strstr(error->message, "secret"));
}

/* The line of a mistake far down; libxml2 keeps 16 bits of it unless told otherwise. */
static void
test_far_line(void)
{
    g_autoptr(GString) xml = g_string_new("<domain>" GOOD);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < 70000; i++)
        g_string_append_c(xml, '\n');
    g_string_append(xml, "<a></b></domain>");
    g_assert_null(vp_domain_parse(xml->str, xml->len, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_XML_SYNTAX);
    g_assert_nonnull(strstr(error->message, "line 70001"));
}

/* The widest input that the scan lets through: many prefixes in scope, many names
 * that need them. */
static void
test_widest(void)
{
    g_autoptr(GString) xml = g_string_new("<domain>" GOOD "<metadata>");
    clock_t start = clock();
    g_autoptr(VpDomain) domain = NULL;

    for (guint i = 0; i < 2; i++) {
        g_string_append(xml, "<a");
        for (guint j = 0; j < 256; j++)
            g_string_append_printf(xml, " xmlns:n%u='u%u'", i * 256 + j, j);
        g_string_append(xml, ">");
    }
    for (guint i = 0; i < 49000; i++)
        g_string_append(xml, "<n0:b n1:c='x'/>");
    g_string_append(xml, "</a></a></metadata></domain>");
    domain = vp_domain_parse(xml->str, xml->len, NULL);
    g_assert_nonnull(domain);
    assert_cputime_below(start, 3);
}

/* A mistake early in the input ends the parse: what follows could cost minutes. */
static void
test_stops_at_first_error(void)
{
    g_autoptr(GString) xml = g_string_new("<domain b ='<x");
    clock_t start = clock();
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < 80000; i++)
        g_string_append_printf(xml, " a%u=\"\"", i);
    g_string_append(xml, ">'/>");
    g_assert_null(vp_domain_parse(xml->str, xml->len, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_XML_SYNTAX);
    assert_cputime_below(start, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/domain/new", test_new);
    g_test_add_func("/domain/full", test_full);
    g_test_add_func("/domain/metadata", test_metadata);
    g_test_add_func("/domain/small", test_small);
    g_test_add_func("/domain/odd-name", test_odd_name);
    g_test_add_func("/domain/shell-name", test_shell_name);
    g_test_add_func("/domain/odd-target", test_odd_target);
    for (gsize i = 0; i < G_N_ELEMENTS(bad_cases); i++) {
        g_autofree char *path = g_strdup_printf("/domain/bad/%s", bad_cases[i].name);

        g_test_add_data_func(path, &bad_cases[i], test_bad);
    }
    g_test_add_func("/domain/far-line", test_far_line);
    g_test_add_func("/domain/widest", test_widest);
    g_test_add_func("/domain/stops-at-first-error", test_stops_at_first_error);
    return g_test_run();
}
