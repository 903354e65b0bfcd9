/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vocabulary is written down three times: by the reader's table, by RELAX NG, by the man page.
 * Here they are held against each other, entry by entry, and by the man page's examples and the
 * guests of data/. */
#include <config.h>

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <string.h>

#include "base/error.h"
#include "domain/xml-node.h"
#include "render/render.h"
#include "spec/read.h"
#include "spec/table.h"

#define RNG_NAMESPACE "http://relaxng.org/ns/structure/1.0"
#define UUID "c7a5fdbd-cdaf-9455-926a-d65c16db1809"

static char *
read_file(const char *directory, const char *name)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", directory, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static GHashTable *
set_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

/* Every member of a is one of b. */
static void
assert_subset(GHashTable *a, const char *a_name, GHashTable *b, const char *b_name)
{
    GHashTableIter iter;
    gpointer path;
    guint missing = 0;

    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &path, NULL)) {
        if (!g_hash_table_contains(b, path)) {
            g_test_message("%s is in %s and not in %s", (char *)path, a_name, b_name);
            missing++;
        }
    }
    g_assert_cmpuint(missing, ==, 0);
}

/* --- the table -------------------------------------------------------------------------------- */

static void
add_row(const char *path, const VpRow *row, gpointer data)
{
    g_hash_table_add(data, g_strdup(path));
}

static GHashTable *
table_paths(void)
{
    GHashTable *paths = set_new();

    vp_spec_table_foreach(add_row, paths);
    return paths;
}

/* --- RELAX NG --------------------------------------------------------------------------------- */

static void collect_patterns(const xmlNode *pattern, const char *path, GHashTable *paths);

static void
collect_definition(const xmlNode *ref, const char *path, GHashTable *paths)
{
    g_autofree char *name = vp_domain_xml_attribute(ref, "name");
    const xmlNode *grammar = xmlDocGetRootElement(ref->doc);

    for (xmlNode *node = vp_domain_xml_first_element(grammar); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        g_autofree char *defined = vp_domain_xml_attribute(node, "name");

        if (g_str_equal(node->name, "define") && g_strcmp0(defined, name) == 0)
            collect_patterns(node, path, paths);
    }
}

static void
collect_patterns(const xmlNode *pattern, const char *path, GHashTable *paths)
{
    for (xmlNode *node = vp_domain_xml_first_element(pattern); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        gboolean element = g_str_equal(node->name, "element");

        if (g_str_equal(node->name, "ref")) {
            collect_definition(node, path, paths);
        } else if (element || g_str_equal(node->name, "attribute")) {
            g_autofree char *name = vp_domain_xml_attribute(node, "name");
            g_autofree char *below =
                g_strdup_printf("%s%s%s%s", path, *path ? "/" : "", element ? "" : "@", name);

            g_hash_table_add(paths, g_strdup(below));
            collect_patterns(node, below, paths);
        } else {
            collect_patterns(node, path, paths);
        }
    }
}

static GHashTable *
rng_paths(void)
{
    g_autofree char *text = read_file("data", "metadata.rng");
    xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET);
    GHashTable *paths = set_new();
    xmlNode *start;

    g_assert_nonnull(doc);
    start = vp_domain_xml_first_element(xmlDocGetRootElement(doc));
    g_assert_true(vp_domain_xml_in_namespace(start, RNG_NAMESPACE) &&
                  g_str_equal(start->name, "start"));
    collect_patterns(start, "", paths);
    xmlFreeDoc(doc);
    return paths;
}

typedef struct {
    xmlRelaxNG *schema;
} Rng;

static void
say_nothing(void *data, const char *format, ...)
{
}

static Rng
rng_load(void)
{
    g_autofree char *text = read_file("data", "metadata.rng");
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewMemParserCtxt(text, (int)strlen(text));
    Rng rng = {xmlRelaxNGParse(parser)};

    xmlRelaxNGFreeParserCtxt(parser);
    g_assert_nonnull(rng.schema);
    return rng;
}

/* A bare element of our namespace. */
static gboolean
rng_accepts(const Rng *rng, xmlNode *element)
{
    xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
    xmlRelaxNGValidCtxt *context = xmlRelaxNGNewValidCtxt(rng->schema);
    int result;

    xmlDocSetRootElement(doc, xmlDocCopyNode(element, doc, 1));
    xmlRelaxNGSetValidErrors(context, say_nothing, say_nothing, NULL);
    result = xmlRelaxNGValidateDoc(context, doc);
    xmlRelaxNGFreeValidCtxt(context);
    xmlFreeDoc(doc);
    return result == 0;
}

/* --- the man page ----------------------------------------------------------------------------- */

/* The text between two .TP: the paths it is about, and its examples. */
typedef struct {
    GPtrArray *paths;
    GPtrArray *examples;
} Entry;

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    g_ptr_array_unref(entry->paths);
    g_ptr_array_unref(entry->examples);
    g_free(entry);
}

static Entry *
entry_new(void)
{
    Entry *entry = g_new0(Entry, 1);

    entry->paths = g_ptr_array_new_with_free_func(g_free);
    entry->examples = g_ptr_array_new_with_free_func(g_free);
    return entry;
}

/* The text of a line of troff, as it is printed; groff_char(7). */
static char *
plain(const char *troff)
{
    GString *text = g_string_new(NULL);

    for (const char *p = troff; *p; p++) {
        if (*p != '\\')
            g_string_append_c(text, *p);
        else if (*++p != '&')
            g_string_append_c(text, *p == 'e' ? '\\' : *p);
    }
    return g_string_free(text, FALSE);
}

static gboolean
is_path(const char *text)
{
    return g_str_has_prefix(text, "cloud-init/") || g_str_has_prefix(text, "sysprep/");
}

/* Of Entry: one for each .TP, and one for each example outside of them. */
static GPtrArray *
read_man_page(void)
{
    g_autofree char *raw = read_file("man", "virt-payload-metadata.5");
    g_auto(GStrv) joined = g_strsplit(raw, "\\\n", -1);
    g_autofree char *text = g_strjoinv("", joined);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
    g_autoptr(GString) example = NULL;

    g_ptr_array_add(entries, entry_new());
    for (char **line = lines; *line != NULL; line++) {
        Entry *entry = entries->pdata[entries->len - 1];
        gboolean starts = g_str_equal(*line, ".TP");

        if (starts || g_str_has_prefix(*line, ".S")) {
            g_ptr_array_add(entries, entry = entry_new());
        } else if (g_str_equal(*line, ".EX")) {
            example = g_string_new(NULL);
        } else if (g_str_equal(*line, ".EE")) {
            g_ptr_array_add(entry->examples, g_string_free(g_steal_pointer(&example), FALSE));
        } else if (example) {
            g_autofree char *shown = plain(*line);

            g_string_append_printf(example, "%s\n", shown);
        }
        if ((starts || g_str_equal(*line, ".TQ")) && g_str_has_prefix(line[1], ".B ")) {
            g_autofree char *path = plain(line[1] + 3);

            if (is_path(path))
                g_ptr_array_add(entry->paths, g_steal_pointer(&path));
        }
    }
    g_assert_null(example);
    return entries;
}

static GHashTable *
man_paths(void)
{
    g_autoptr(GPtrArray) entries = read_man_page();
    GHashTable *paths = set_new();

    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = entries->pdata[i];

        for (guint j = 0; j < entry->paths->len; j++)
            if (!g_hash_table_add(paths, g_strdup(entry->paths->pdata[j])))
                g_error("%s has two entries", (char *)entry->paths->pdata[j]);
    }
    return paths;
}

/* --- the three ------------------------------------------------------------------------------- */

static void
test_rng(void)
{
    g_autoptr(GHashTable) table = table_paths();
    g_autoptr(GHashTable) rng = rng_paths();

    assert_subset(table, "the table", rng, "metadata.rng");
    assert_subset(rng, "metadata.rng", table, "the table");
}

static void
test_man_page(void)
{
    g_autoptr(GHashTable) table = table_paths();
    g_autoptr(GHashTable) man = man_paths();

    g_hash_table_remove(table, "cloud-init"); /* sections of their own */
    g_hash_table_remove(table, "sysprep");
    assert_subset(table, "the table", man, "the man page");
    assert_subset(man, "the man page", table, "the table");
}

/* --- rendering -------------------------------------------------------------------------------- */

static void
fill_password(VpPassword *password)
{
    if (password != NULL && password->secret != NULL)
        password->text = g_strdup("Passw0rd!");
}

static void
fill_data(VpData *data, const char *text)
{
    if (data != NULL && data->src != NULL) {
        data->bytes = g_bytes_new(text, strlen(text));
        data->size = strlen(text);
    }
}

/* Puts something in the place of files on the host. */
static void
fill_references(VpSpec *spec)
{
    for (guint i = 0; i < spec->users->len; i++)
        fill_password(((VpUser *)spec->users->pdata[i])->password);
    for (guint i = 0; i < spec->write_files->len; i++)
        fill_data(((VpWriteFile *)spec->write_files->pdata[i])->data, "x");
    for (guint i = 0; i < spec->files->len; i++)
        fill_data(((VpFile *)spec->files->pdata[i])->data, "x");
    for (guint i = 0; i < spec->system.ca_certs->len; i++)
        fill_data(((VpCaCert *)spec->system.ca_certs->pdata[i])->data,
                  "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    for (guint i = 0; i < spec->system.apt_repositories->len; i++)
        fill_data(((VpAptRepository *)spec->system.apt_repositories->pdata[i])->key, "x");
    for (guint i = 0; i < spec->system.ssh_host_keys->len; i++)
        ((VpSshHostKey *)spec->system.ssh_host_keys->pdata[i])->text = g_strdup("x\n");
    fill_data(spec->network_config, "{\"version\": 2}");
    fill_data(spec->user_data, "#cloud-config\n");
    fill_data(spec->vendor_data, "#cloud-config\n");
    fill_data(spec->meta_data, "{\"role\": \"web\"}");
    fill_password(spec->sysprep.domain_password);
    fill_password(spec->sysprep.admin_password);
    fill_data(spec->sysprep.template, "<unattend/>");
}

static void
assert_renders(VpSpec *spec, const char *what)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpTree) tree = NULL;

    fill_references(spec);
    tree = vp_render(spec, &error);
    if (!tree)
        g_error("%s: %s", error->message, what);
}

/* --- examples -------------------------------------------------------------------------------- */

static gboolean
is_root(const char *example)
{
    return g_str_has_prefix(example, "<cloud-init") || g_str_has_prefix(example, "<sysprep") ||
           g_str_has_prefix(example, "<ovirt-vm:vm");
}

/* An example as metadata: a root is given its namespace if it lacks one, all else a root. */
static char *
example_metadata(const Entry *entry, const char *example)
{
    gboolean sysprep =
        entry->paths->len > 0 && g_str_has_prefix(entry->paths->pdata[0], "sysprep/");
    const char *root = sysprep ? "sysprep" : "cloud-init";
    g_autofree char *tag = g_strndup(example, strcspn(example, ">"));
    gsize length = strcspn(example, " />");

    if (!is_root(example))
        return g_strdup_printf("<%s xmlns='" VP_NAMESPACE "'>%s</%s>", root, example, root);
    if (strstr(tag, "xmlns") != NULL)
        return g_strdup(example);
    return g_strdup_printf("%.*s xmlns='" VP_NAMESPACE "'%s", (int)length, example,
                           example + length);
}

static VpDomain *
example_domain(const char *metadata)
{
    g_autofree char *xml = g_strdup_printf(
        "<domain type='kvm'><name>web1</name><uuid>" UUID "</uuid><metadata>%s</metadata><devices>"
        "<interface type='network'><mac address='52:54:00:12:34:56'/></interface>"
        "<interface type='network'><mac address='52:54:00:12:34:57'/>"
        "<target dev='lan0'/></interface></devices></domain>",
        metadata);
    g_autoptr(GError) error = NULL;
    VpDomain *domain = vp_domain_parse(xml, strlen(xml), &error);

    if (domain == NULL)
        g_error("%s: %s", error->message, metadata);
    return domain;
}

static void
collect_elements(const xmlNode *element, const char *parent, GHashTable *paths)
{
    g_autofree char *path = g_strdup_printf("%s%s%s", parent, *parent ? "/" : "", element->name);

    for (const xmlAttr *attribute = element->properties; attribute != NULL;
         attribute = attribute->next)
        g_hash_table_add(paths, g_strdup_printf("%s/@%s", path, attribute->name));
    for (xmlNode *node = vp_domain_xml_first_element(element); node != NULL;
         node = vp_domain_xml_next_element(node))
        collect_elements(node, path, paths);
    g_hash_table_add(paths, g_steal_pointer(&path));
}

/* Read, rendered, and valid by RELAX NG. Adds what it shows to shown. */
static void
check_example(const Rng *rng, const Entry *entry, const char *example, GHashTable *shown)
{
    g_autofree char *metadata = example_metadata(entry, example);
    g_autoptr(VpDomain) domain = example_domain(metadata);
    g_autoptr(GPtrArray) ours = vp_domain_metadata(domain, VP_NAMESPACE);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = vp_spec_read(domain, &error);

    if (!specs)
        g_error("%s: %s", error->message, example);
    g_assert_cmpuint(specs->len, ==, 1);
    assert_renders(specs->pdata[0], example);
    if (ours->len == 0)
        return;
    if (!rng_accepts(rng, ours->pdata[0]))
        g_error("not valid by RELAX NG: %s", example);
    collect_elements(ours->pdata[0], "", shown);
}

static void
check_entry(const Rng *rng, const Entry *entry, GHashTable *all)
{
    g_autoptr(GHashTable) shown = set_new();
    gboolean shows_one = entry->paths->len == 0;
    GHashTableIter iter;
    gpointer path;

    for (guint i = 0; i < entry->examples->len; i++)
        if (!g_str_has_prefix(entry->examples->pdata[i], "<domain type")) /* the synopsis */
            check_example(rng, entry, entry->examples->pdata[i], shown);
    for (guint i = 0; i < entry->paths->len; i++)
        shows_one |= g_hash_table_contains(shown, entry->paths->pdata[i]);
    if (!shows_one) /* of what one entry describes, some other example may show the rest */
        g_error("%s: no example shows it", (char *)entry->paths->pdata[0]);
    g_hash_table_iter_init(&iter, shown);
    while (g_hash_table_iter_next(&iter, &path, NULL))
        g_hash_table_add(all, g_strdup(path));
}

static void
test_examples(void)
{
    Rng rng = rng_load();
    g_autoptr(GPtrArray) entries = read_man_page();
    g_autoptr(GHashTable) shown = set_new();
    g_autoptr(GHashTable) table = table_paths();

    for (guint i = 0; i < entries->len; i++)
        check_entry(&rng, entries->pdata[i], shown);
    assert_subset(table, "the table", shown, "any example of the man page");
    xmlRelaxNGFree(rng.schema);
}

/* --- RELAX NG refuses what the reader refuses ------------------------------------------------- */

static gboolean
accepted_by_rng(const Rng *rng, const char *fields)
{
    g_autofree char *metadata =
        g_strdup_printf("<cloud-init xmlns='" VP_NAMESPACE "'>%s</cloud-init>", fields);
    g_autoptr(VpDomain) domain = example_domain(metadata);
    g_autoptr(GPtrArray) ours = vp_domain_metadata(domain, VP_NAMESPACE);

    return rng_accepts(rng, ours->pdata[0]);
}

static void
test_rng_refuses(void)
{
    static const char *const bad[] = {
        "text",
        "<hostnam/>",
        "<hostname/>",
        "<hostname>a b</hostname>",
        "<hostname>a_b</hostname>",
        "<hostname>a</hostname><hostname>b</hostname>",
        "<disable-root>0</disable-root>",
        "<user/>",
        "<user name='a:b'/>",
        "<user name='a'><password/></user>",
        "<user name='a'><password secret='b'>c</password></user>",
        "<user name='a'><password>b\nc</password></user>",
        "<user name='a' x='b'/>",
        "<network/>",
        "<network><interface mac='1'/></network>",
        "<network><interface mac='01:00:5e:00:00:01'/></network>",
        "<network><interface><address>192.0.2.1</address></interface></network>",
        "<network><interface><mtu>67</mtu></interface></network>",
        "<network><interface><mtu>09000</mtu></interface></network>",
        "<network><bond name='a' mode='1'><link>b</link></bond></network>",
        "<network><bond name='a' mode='802.3ad'/></network>",
        "<network><bridge name='a'/></network>",
        "<network><bridge name='a' stp='on'><link>b</link></bridge></network>",
        "<network><vlan name='a' link='b' id='4095'/></network>",
        "<network><vlan name='a' link='b' id='0'/></network>",
        "<network><interface/></network><network-config>x</network-config>",
        "<package>-y</package>",
        "<write-file path='a'>b</write-file>",
        "<write-file path='/a' permissions='9'>b</write-file>",
        "<run-cmd/>",
        "<mount>a b c d e f g</mount>",
        "<user-data encoding='base64'>?</user-data>",
        "<user-data encoding='gzip'>x</user-data>",
        "<user-data src='/x'/>",
        "<user-data src='x'>y</user-data>",
        "<file>a</file>",
    };
    Rng rng = rng_load();

    g_assert_true(accepted_by_rng(&rng, ""));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        if (accepted_by_rng(&rng, bad[i]))
            g_error("RELAX NG accepts: %s", bad[i]);
    xmlRelaxNGFree(rng.schema);
}

/* The fixture that has every field. */
static void
test_rng_full(void)
{
    Rng rng = rng_load();
    g_autofree char *xml = read_file("tests/data", "spec-full.xml");
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), NULL);
    g_autoptr(GPtrArray) ours = vp_domain_metadata(domain, VP_NAMESPACE);

    g_assert_true(rng_accepts(&rng, ours->pdata[0]));
    xmlRelaxNGFree(rng.schema);
}

/* --- whole guests ----------------------------------------------------------------------------- */

/* Calls check for each definition of data/examples. */
static void
foreach_guest(void (*check)(const char *name, const char *xml, gconstpointer data),
              gconstpointer data)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "examples", NULL);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name;
    guint n = 0;

    g_assert_nonnull(directory);
    while ((name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *xml = NULL;

        if (!g_str_has_suffix(name, ".xml"))
            continue;
        xml = read_file("data/examples", name);
        check(name, xml, data);
        n++;
    }
    g_assert_cmpuint(n, >=, 10);
}

static void
check_guest(const char *name, const char *xml, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), &error);
    g_autoptr(GPtrArray) specs = domain ? vp_spec_read(domain, &error) : NULL;
    g_autoptr(GPtrArray) ours = NULL;

    if (!specs)
        g_error("%s: %s", name, error->message);
    g_assert_cmpuint(specs->len, ==, 1);
    assert_renders(specs->pdata[0], name);
    ours = vp_domain_metadata(domain, VP_NAMESPACE);
    if (ours->len > 0 && !rng_accepts(data, ours->pdata[0]))
        g_error("%s: not valid by RELAX NG", name);
}

static void
test_guests(void)
{
    Rng rng = rng_load();

    foreach_guest(check_guest, &rng);
    xmlRelaxNGFree(rng.schema);
}

static void
check_guest_libvirt(const char *name, const char *xml, gconstpointer schema)
{
    xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET);
    xmlRelaxNGValidCtxt *context = xmlRelaxNGNewValidCtxt((xmlRelaxNG *)schema);

    xmlRelaxNGSetValidErrors(context, say_nothing, say_nothing, NULL);
    if (xmlRelaxNGValidateDoc(context, doc) != 0)
        g_error("%s: not valid by libvirt's domain.rng", name);
    xmlRelaxNGFreeValidCtxt(context);
    xmlFreeDoc(doc);
}

static void
test_guests_libvirt(void)
{
    static const char path[] = "/usr/share/libvirt/schemas/domain.rng";
    xmlRelaxNGParserCtxt *parser;
    xmlRelaxNG *schema;

    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        if (g_strcmp0(g_getenv("VP_TESTS_MUST_RUN"), "1") == 0)
            g_error("libvirt's domain.rng is not installed");
        g_test_skip("libvirt's domain.rng is not installed");
        return;
    }
    parser = xmlRelaxNGNewParserCtxt(path);
    schema = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    g_assert_nonnull(schema);
    foreach_guest(check_guest_libvirt, schema);
    xmlRelaxNGFree(schema);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vocabulary/rng", test_rng);
    g_test_add_func("/vocabulary/rng-full", test_rng_full);
    g_test_add_func("/vocabulary/rng-refuses", test_rng_refuses);
    g_test_add_func("/vocabulary/man-page", test_man_page);
    g_test_add_func("/vocabulary/examples", test_examples);
    g_test_add_func("/vocabulary/guests", test_guests);
    g_test_add_func("/vocabulary/guests-libvirt", test_guests_libvirt);
    return g_test_run();
}
