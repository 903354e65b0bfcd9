/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles merged into a copy of the guest's own element, which is then read as any other. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/io.h"
#include "domain/xml-edit.h"
#include "domain/xml-node.h"
#include "payload/profile.h"
#include "payload/reference.h"
#include "spec/object.h"
#include "spec/read.h"

#define SUFFIX ".xml"

/* --- which ones ------------------------------------------------------------------------------- */

static const xmlNode *
own_element(const VpDomain *domain)
{
    g_autoptr(GPtrArray) ours = vp_domain_metadata(domain, VP_NAMESPACE);

    return ours->len == 1 ? ours->pdata[0] : NULL;
}

static char *
path_of(const VpConf *conf, const char *name)
{
    g_autofree char *file = g_strconcat(name, SUFFIX, NULL);

    return g_build_filename(conf->profiles_directory, file, NULL);
}

/* Another user's session has none. Root's hook, which may enter only its own directories, has to
 * refuse one that it cannot reach: without it the guest would start with fields missing. */
static gboolean
has_default(const VpConf *conf)
{
    g_autofree char *path = path_of(conf, VP_PROFILE_DEFAULT);

    return access(path, F_OK) == 0 ||
           (errno != ENOENT && errno != ENOTDIR && (errno != EACCES || geteuid() == 0));
}

/* If a name is given twice, it counts only at its last position; otherwise its commands would run
 * twice. Linear, because how many there are is checked later. */
static void
add_names(GPtrArray *names, char **words)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(vp_hash_text, g_str_equal);
    g_autoptr(GPtrArray) last_first = g_ptr_array_new();

    for (guint i = g_strv_length(words); i > 0; i--) {
        char *word = words[i - 1];

        if (*word != '\0' && !g_str_equal(word, VP_PROFILE_DEFAULT) && g_hash_table_add(seen, word))
            g_ptr_array_add(last_first, word);
    }
    for (guint i = last_first->len; i > 0; i--)
        g_ptr_array_add(names, g_strdup(last_first->pdata[i - 1]));
}

/* Only cloud-init has profiles. */
static GPtrArray *
names_of(const xmlNode *element, const VpConf *conf)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *given = NULL;
    g_auto(GStrv) words = NULL;

    if (element == NULL || !g_str_equal((const char *)element->name, "cloud-init"))
        return names;
    given = vp_domain_xml_attribute(element, "profile");
    words = given != NULL ? g_strsplit_set(given, " \t\r\n", -1) : NULL;
    if (has_default(conf) ||
        (words != NULL && g_strv_contains((const char *const *)words, VP_PROFILE_DEFAULT)))
        g_ptr_array_add(names, g_strdup(VP_PROFILE_DEFAULT));
    if (words != NULL)
        add_names(names, words);
    return names;
}

GPtrArray *
vp_payload_profile_names(const VpDomain *domain, const VpConf *conf)
{
    return names_of(own_element(domain), conf);
}

/* --- a file ----------------------------------------------------------------------------------- */

static xmlDoc *
parse(GBytes *bytes, GError **error)
{
    g_autoptr(GError) cause = NULL;
    xmlDoc *doc =
        vp_domain_read_document(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &cause);
    const xmlNode *root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;

    if (root != NULL && g_str_equal((const char *)root->name, "cloud-init") &&
        vp_domain_xml_in_namespace(root, VP_NAMESPACE) &&
        xmlHasNsProp((xmlNode *)root, BAD_CAST "profile", NULL) == NULL)
        return doc;
    if (doc != NULL)
        xmlFreeDoc(doc);
    g_set_error(error, VP_ERROR, VP_ERROR_REFERENCE, "%s",
                cause != NULL ? cause->message
                              : "is not a cloud-init element of " VP_NAMESPACE
                                " without an attribute 'profile'");
    return NULL;
}

/* The error of a reference has only the file's name; the administrator needs the whole path. */
static int
open_profile(const VpConf *conf, const char *file, guint64 *size, GError **error)
{
    g_autoptr(GError) cause = NULL;
    int fd = vp_payload_reference_open(conf->profiles_directory, file, size, &cause);
    const char *element, *text;

    if (fd < 0) {
        if (vp_error_get_place(cause, &element, &text) == NULL)
            text = cause->message;
        g_set_error(error, cause->domain, cause->code, "profile %s/%s", conf->profiles_directory,
                    text);
    }
    return fd;
}

/* An error names the file. */
static xmlDoc *
load(const VpConf *conf, const char *name, GError **error)
{
    g_autofree char *path = path_of(conf, name);
    g_autofree char *file = g_strconcat(name, SUFFIX, NULL);
    g_autoptr(GBytes) bytes = NULL;
    guint64 size = 0;
    vp_autofd int fd = -1;
    xmlDoc *doc;

    if (access(path, F_OK) < 0 && errno == ENOENT) {
        g_set_error(error, VP_ERROR, VP_ERROR_REFERENCE, "profile: no such file: %s", path);
        return NULL;
    }
    fd = open_profile(conf, file, &size, error);
    if (fd < 0)
        return NULL;
    if (size > VP_XML_MAX_BYTES) {
        g_set_error(error, VP_ERROR, VP_ERROR_REFERENCE, "profile %s: is too large", path);
        return NULL;
    }
    bytes = vp_io_read(fd, size, error);
    doc = bytes != NULL ? parse(bytes, error) : NULL;
    if (doc == NULL)
        g_prefix_error(error, "profile %s: ", path);
    return doc;
}

/* --- merging ---------------------------------------------------------------------------------- */

static gboolean
is_named(const xmlNode *node, const char *name)
{
    return g_str_equal((const char *)node->name, name) &&
           vp_domain_xml_in_namespace(node, VP_NAMESPACE);
}

/* The attribute that identifies an element among others of its name; NULL if there is none. */
static const char *
key_of(const VpRow *row)
{
    static const char *const keys[] = {"name", "path", "key", "type"};

    for (gsize i = 0; row->rows != NULL && i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *attribute = g_strconcat("@", keys[i], NULL);
        const VpRow *key = vp_spec_table_find(row->rows, attribute);

        if (key != NULL && key->required)
            return keys[i];
    }
    return NULL;
}

/* Duplicate texts in a list are dropped; commands may be repeated on purpose. */
static gboolean
has_text(const xmlNode *parent, const xmlNode *other, const VpRow *row)
{
    g_autofree char *wanted = g_strstrip(vp_domain_xml_text(other));

    if (row->rows != NULL)
        return FALSE;
    for (xmlNode *child = vp_domain_xml_first_element(parent); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        g_autofree char *text = is_named(child, (const char *)other->name)
                                    ? g_strstrip(vp_domain_xml_text(child))
                                    : NULL;

        if (text != NULL && g_str_equal(text, wanted))
            return TRUE;
    }
    return FALSE;
}

static void merge(xmlNode *strong, const xmlNode *weak, const VpRow *rows);

static void
merge_attributes(xmlNode *strong, const xmlNode *weak)
{
    for (const xmlAttr *attribute = weak->properties; attribute != NULL;
         attribute = attribute->next) {
        g_autofree char *value = vp_domain_xml_attribute(weak, (const char *)attribute->name);

        if (attribute->ns == NULL && value != NULL &&
            xmlHasNsProp(strong, attribute->name, NULL) == NULL)
            xmlSetProp(strong, attribute->name, BAD_CAST value);
    }
}

/* The guest's own prefix, whatever the profile's was. */
static void
adopt(xmlNode *node, xmlNs *ns)
{
    if (vp_domain_xml_in_namespace(node, VP_NAMESPACE))
        xmlSetNs(node, ns);
    for (xmlNode *child = vp_domain_xml_first_element(node); child != NULL;
         child = vp_domain_xml_next_element(child))
        adopt(child, ns);
    for (xmlNs **at = &node->nsDef; *at != NULL;) {
        xmlNs *declaration = *at;

        if (declaration == ns || g_strcmp0((const char *)declaration->href, VP_NAMESPACE) != 0) {
            at = &declaration->next;
            continue;
        }
        *at = declaration->next;
        xmlFreeNs(declaration);
    }
}

typedef struct {
    xmlNode *strong;
    const VpRow *rows;
    GHashTable *first; /* a name to the first child of it before the merge; NULL: there was none */
    GHashTable *added; /* children that this merge has put there */
} Merge;

/* An element of a stronger source: the same name, and the same key. */
static xmlNode *
find_same(const Merge *how, const xmlNode *other, const char *key)
{
    g_autofree char *wanted = vp_domain_xml_attribute(other, key);

    for (xmlNode *child = vp_domain_xml_first_element(how->strong); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        g_autofree char *given =
            is_named(child, (const char *)other->name) && !g_hash_table_contains(how->added, child)
                ? vp_domain_xml_attribute(child, key)
                : NULL;

        if (given != NULL && g_strcmp0(given, wanted) == 0)
            return child;
    }
    return NULL;
}

static void
note_first(const Merge *merge)
{
    for (xmlNode *child = vp_domain_xml_first_element(merge->strong); child != NULL;
         child = vp_domain_xml_next_element(child)) {
        if (!g_hash_table_contains(merge->first, child->name))
            g_hash_table_insert(merge->first, (gpointer)child->name, child);
    }
}

/* Puts a copy before the first child of that name, and after those that were put there before. */
static void
insert_copy(const Merge *how, const xmlNode *child)
{
    xmlNode *copy = xmlDocCopyNode((xmlNode *)child, how->strong->doc, 1);
    xmlNode *before = g_hash_table_lookup(how->first, child->name);

    adopt(copy, how->strong->ns);
    g_hash_table_add(how->added, copy);
    if (before != NULL)
        xmlAddPrevSibling(before, copy);
    else
        xmlAddChild(how->strong, copy);
}

/* The network is given either as fields or as raw data; the strongest source that has one of them
 * decides. */
static gboolean
is_said(const Merge *how, const char *name)
{
    static const char *const network[] = {"network", "network-config", NULL};

    if (g_strv_contains(network, name))
        return g_hash_table_contains(how->first, network[0]) ||
               g_hash_table_contains(how->first, network[1]);
    return g_hash_table_contains(how->first, name);
}

static void
merge_child(const Merge *how, const xmlNode *child)
{
    const char *name = (const char *)child->name;
    const VpRow *row = vp_domain_xml_in_namespace(child, VP_NAMESPACE)
                           ? vp_spec_table_find(how->rows, name)
                           : NULL;
    const char *key = row != NULL && row->many ? key_of(row) : NULL;
    xmlNode *same = key != NULL ? find_same(how, child, key) : NULL;

    if (same != NULL) {
        if (g_str_equal(name, "user"))
            merge(same, child, row->rows);
        return;
    }
    /* the reader reports unknown elements of a profile, and what it gives twice */
    if (row != NULL && (row->many ? has_text(how->strong, child, row) : is_said(how, name)))
        return;
    insert_copy(how, child);
}

static void
merge(xmlNode *strong, const xmlNode *weak, const VpRow *rows)
{
    g_autoptr(GHashTable) first = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) added = g_hash_table_new(NULL, NULL);
    const Merge how = {strong, rows, first, added};

    note_first(&how);
    merge_attributes(strong, weak);
    for (const xmlNode *child = vp_domain_xml_first_element(weak); child != NULL;
         child = vp_domain_xml_next_element(child))
        merge_child(&how, child);
}

/* From the strongest to the weakest. */
static gboolean
merge_all(xmlNode *element, const GPtrArray *names, const VpConf *conf, GError **error)
{
    const VpRow *rows = vp_spec_table_find(vp_spec_table_roots(), "cloud-init")->rows;

    for (guint i = names->len; i > 0; i--) {
        xmlDoc *doc = load(conf, names->pdata[i - 1], error);

        if (doc == NULL)
            return FALSE;
        merge(element, xmlDocGetRootElement(doc), rows);
        xmlFreeDoc(doc);
    }
    return TRUE;
}

/* --- reading ---------------------------------------------------------------------------------- */

static char *
joined(const GPtrArray *names)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (const char *)names->pdata[i]);
    return g_string_free(text, FALSE);
}

/* A copy of the document, so that places in the domain's own stay what they are. */
static GPtrArray *
read_merged(const VpDomain *domain, const xmlNode *element, const GPtrArray *names,
            const VpConf *conf, GError **error)
{
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNode *metadata = xmlNewDocNode(doc, NULL, BAD_CAST "metadata", NULL);
    xmlNode *copy = xmlAddChild(metadata, xmlDocCopyNode((xmlNode *)element, doc, 1));
    g_auto(VpFaults) faults = {NULL, 0};
    GPtrArray *specs = NULL;
    VpSpec *spec;

    xmlDocSetRootElement(doc, metadata);
    vp_faults_init(&faults, 1);
    if (merge_all(copy, names, conf, error)) {
        spec = vp_spec_xml_read(domain, copy, &faults);
        if (spec != NULL) {
            spec->place.node = element;
            specs = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_free);
            g_ptr_array_add(specs, spec);
        } else if (!vp_faults_none(&faults, error)) {
            g_autofree char *list = joined(names);

            g_prefix_error(error, "with the fields of profile %s: ", list);
        }
    }
    xmlFreeDoc(doc);
    return specs;
}

GPtrArray *
vp_payload_profile_read(const VpDomain *domain, const VpConf *conf, GError **error)
{
    const xmlNode *element = own_element(domain);
    g_autoptr(GPtrArray) names = names_of(element, conf);
    g_autoptr(GPtrArray) own = vp_spec_read(domain, error);

    /* mistakes in the guest's own fields are reported for those */
    if (own == NULL || names->len == 0)
        return g_steal_pointer(&own);
    return read_merged(domain, element, names, conf, error);
}

/* Between elements, so that they can be indented again. */
static void
drop_blanks(xmlNode *element)
{
    xmlNode *next;

    if (vp_domain_xml_first_element(element) == NULL)
        return;
    for (xmlNode *child = element->children; child != NULL; child = next) {
        next = child->next;
        if (xmlIsBlankNode(child)) {
            xmlUnlinkNode(child);
            xmlFreeNode(child);
        } else if (child->type == XML_ELEMENT_NODE) {
            drop_blanks(child);
        }
    }
}

gboolean
vp_payload_profile_apply(VpDomain *domain, const VpConf *conf, GError **error)
{
    xmlNode *element = (xmlNode *)own_element(domain);
    g_autoptr(GPtrArray) names = names_of(element, conf);

    if (names->len == 0)
        return TRUE;
    if (!merge_all(element, names, conf, error))
        return FALSE;
    drop_blanks(element);
    vp_domain_xml_reindent(element);
    return TRUE;
}

/* --- the directory ---------------------------------------------------------------------------- */

void
vp_payload_profile_check(const VpConf *conf, VpProfileTell *tell, gpointer data)
{
    g_autoptr(GDir) directory = g_dir_open(conf->profiles_directory, 0, NULL);
    const char *file;

    while (directory != NULL && (file = g_dir_read_name(directory)) != NULL) {
        g_autofree char *name =
            g_str_has_suffix(file, SUFFIX) ? g_strndup(file, strlen(file) - strlen(SUFFIX)) : NULL;
        g_autofree char *path = name != NULL ? path_of(conf, name) : NULL;
        g_autoptr(GError) error = NULL;
        xmlDoc *doc = name != NULL ? load(conf, name, &error) : NULL;

        g_autofree char *prefix = g_strdup_printf("profile %s: ", path);

        if (doc != NULL)
            xmlFreeDoc(doc);
        else if (name != NULL)
            tell(path,
                 error->message + (g_str_has_prefix(error->message, prefix) ? strlen(prefix) : 0),
                 data);
    }
}
