/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses a domain definition and reads what a payload depends on. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <libxml/parser.h>

#include "base/error.h"
#include "domain/domain.h"
#include "domain/xml-edit.h"
#include "domain/xml-error.h"
#include "domain/xml-node.h"
#include "domain/xml-scan.h"

#define LIBOSINFO_NAMESPACE "http://libosinfo.org/xmlns/libvirt/domain/1.0"

/* The parser's errors in our own words: libxml2's messages quote the input, which may be secret. */
static const struct {
    int libxml;
    VpErrorCode code;
    const char *message;
} syntax_errors[] = {
    {XML_ERR_TAG_NAME_MISMATCH, VP_ERROR_XML_SYNTAX, "an end tag does not match its start tag"},
    {XML_ERR_TAG_NOT_FINISHED, VP_ERROR_XML_END, "ends before its elements do"},
    {XML_ERR_DOCUMENT_EMPTY, VP_ERROR_XML_SYNTAX, "does not begin with an element"},
    {XML_ERR_DOCUMENT_END, VP_ERROR_XML_SYNTAX,
     "something follows the last end tag; if virt-install printed two definitions, take one of "
     "them "
     "(--print-xml 2)"},
    {XML_ERR_UNDECLARED_ENTITY, VP_ERROR_XML_SYNTAX,
     "an entity is not defined; write '&amp;' for an ampersand"},
    {XML_WAR_UNDECLARED_ENTITY, VP_ERROR_XML_SYNTAX,
     "an entity is not defined; write '&amp;' for an ampersand"},
    {XML_ERR_NAME_REQUIRED, VP_ERROR_XML_SYNTAX,
     "a name is missing; write '&amp;' for an ampersand and '&lt;' for '<'"},
    {XML_ERR_ENTITYREF_SEMICOL_MISSING, VP_ERROR_XML_SYNTAX, "write '&amp;' for an ampersand"},
    {XML_ERR_INVALID_CHARREF, VP_ERROR_XML_SYNTAX, "a character reference is not a number"},
    {XML_ERR_LT_IN_ATTRIBUTE, VP_ERROR_XML_SYNTAX, "write '&lt;' for '<' in an attribute"},
    {XML_ERR_ATTRIBUTE_REDEFINED, VP_ERROR_XML_SYNTAX, "an attribute is given twice"},
    {XML_ERR_ATTRIBUTE_NOT_STARTED, VP_ERROR_XML_SYNTAX, "an attribute's value is not quoted"},
    {XML_ERR_ATTRIBUTE_WITHOUT_VALUE, VP_ERROR_XML_SYNTAX, "an attribute has no value"},
    {XML_ERR_INVALID_CHAR, VP_ERROR_XML_SYNTAX, "has a control character"},
    {XML_ERR_INVALID_ENCODING, VP_ERROR_XML_ENCODING, "is not UTF-8"},
    {XML_ERR_UNKNOWN_ENCODING, VP_ERROR_XML_ENCODING, "is not UTF-8"},
    {XML_ERR_UNSUPPORTED_ENCODING, VP_ERROR_XML_ENCODING, "is not UTF-8"},
    {XML_ERR_NO_MEMORY, VP_ERROR_FAILED, "out of memory"},
};

static void
set_syntax_error(GError **error, const xmlError *cause)
{
    VpPlace place = {cause->line > 0 ? (guint)cause->line : 0, NULL};

    for (gsize i = 0; i < G_N_ELEMENTS(syntax_errors); i++) {
        if (syntax_errors[i].libxml == cause->code) {
            (void)vp_error_set_at(error, syntax_errors[i].code, "domain XML", &place, "%s",
                                  syntax_errors[i].message);
            return;
        }
    }
    (void)vp_error_set_at(error, VP_ERROR_XML_SYNTAX, "domain XML", &place,
                          "not well-formed (libxml2's error %d)", cause->code);
}

/* Keeps the first mistake and ends the parse: what libxml2 makes of the rest nobody has bounded. */
static void
note_error(void *data, VpXmlError *cause)
{
    xmlParserCtxt *context = data;
    GError **error = context->_private;

    if (cause->level != XML_ERR_FATAL || *error != NULL)
        return;
    set_syntax_error(error, cause);
    xmlStopParser(context);
}

static xmlDoc *
parse(const char *xml, gsize size, GError **error)
{
    /* not XML_PARSE_NOERROR, with which libxml2 2.15 does not call the handler */
    const int options = XML_PARSE_NONET | XML_PARSE_BIG_LINES;
    xmlParserCtxt *context = xmlNewParserCtxt();
    g_autoptr(GError) cause = NULL;
    xmlDoc *doc = NULL;

    if (context == NULL) {
        vp_error_set_errno(error, ENOMEM, "domain XML");
        return NULL;
    }
    context->_private = &cause;
    context->sax->serror = note_error;
    doc = xmlCtxtReadMemory(context, xml, (int)size, NULL, NULL, options);
    if (!cause &&
        doc ==
            NULL) /* the handler is called for every mistake, but perhaps not if memory runs out */
        vp_error_set_errno(&cause, ENOMEM, "domain XML");
    if (cause)
        g_clear_pointer(&doc, xmlFreeDoc);
    xmlFreeParserCtxt(context);
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    return doc;
}

xmlDoc *
vp_domain_read_document(const char *xml, gsize size, GError **error)
{
    return vp_domain_xml_scan(xml, size, error) ? parse(xml, size, error) : NULL;
}

static void
disk_free(VpDisk *disk)
{
    g_free(disk->device);
    g_free(disk->bus);
    g_free(disk->target);
    g_free(disk->source);
    g_free(disk);
}

/* Messages and the commands in them show it. libvirt checks only how it begins. */
static char *
read_target(const xmlNode *target)
{
    g_autofree char *name = vp_domain_xml_attribute(target, "dev");

    for (const char *at = name; at != NULL && *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && *at != '_' && *at != ':')
            return g_strdup("?");
    }
    return g_steal_pointer(&name);
}

static VpDisk *
disk_new(xmlNode *node)
{
    g_autofree char *type = vp_domain_xml_attribute(node, "type");
    const xmlNode *target = vp_domain_xml_child(node, "target");
    VpDisk *disk = g_new0(VpDisk, 1);

    disk->node = node;
    disk->device = vp_domain_xml_attribute(node, "device");
    if (disk->device == NULL)
        disk->device = g_strdup("disk");
    disk->bus = vp_domain_xml_attribute(target, "bus");
    disk->target = read_target(target);
    if (type == NULL || g_str_equal(type, "file"))
        disk->source = vp_domain_xml_attribute(vp_domain_xml_child(node, "source"), "file");
    disk->readonly = vp_domain_xml_child(node, "readonly") != NULL;
    return disk;
}

static void
interface_free(VpInterface *interface)
{
    g_free(interface->mac);
    g_free(interface->target);
    g_free(interface);
}

static VpInterface *
interface_new(const xmlNode *node)
{
    g_autofree char *mac = vp_domain_xml_attribute(vp_domain_xml_child(node, "mac"), "address");
    VpInterface *interface = g_new0(VpInterface, 1);

    interface->mac = mac != NULL ? g_ascii_strdown(mac, -1) : NULL;
    interface->target = vp_domain_xml_attribute(vp_domain_xml_child(node, "target"), "dev");
    return interface;
}

static void
read_devices(VpDomain *domain)
{
    if (domain->devices == NULL)
        return;
    for (xmlNode *node = vp_domain_xml_first_element(domain->devices); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        if (!vp_domain_xml_in_namespace(node, NULL))
            continue;
        if (g_str_equal(node->name, "disk"))
            g_ptr_array_add(domain->disks, disk_new(node));
        else if (g_str_equal(node->name, "interface"))
            g_ptr_array_add(domain->interfaces, interface_new(node));
    }
}

typedef enum {
    UUID_IS_NEEDED,
    UUID_IS_MADE, /* if there is none */
} UuidRule;

/* The canonical form of a UUID that is written with or without its hyphens; NULL if it is not one.
 */
static char *
canonical_uuid(const char *text)
{
    g_autoptr(GString) uuid = g_string_sized_new(36);
    gsize digits = 0;

    for (const char *p = text; *p; p++) {
        if (*p == '-' && (digits == 8 || digits == 12 || digits == 16 || digits == 20))
            continue;
        if (!g_ascii_isxdigit(*p) || digits == 32)
            return NULL;
        if (digits == 8 || digits == 12 || digits == 16 || digits == 20)
            g_string_append_c(uuid, '-');
        g_string_append_c(uuid, g_ascii_tolower(*p));
        digits++;
    }
    return digits == 32 ? g_string_free(g_steal_pointer(&uuid), FALSE) : NULL;
}

static gboolean
read_uuid(const xmlNode *node, const char *place, char **uuid, GError **error)
{
    VpPlace at = {(guint)xmlGetLineNo(node), NULL}; /* the tree does not survive the error */
    g_autofree char *text = vp_domain_xml_text(node);

    *uuid = canonical_uuid(g_strstrip(text));
    if (*uuid == NULL)
        return vp_error_set_at(error, VP_ERROR_UUID, place, &at, "is not a UUID");
    return TRUE;
}

/* https://libvirt.org/formatdomain.html#smbios-system-information */
static gboolean
read_smbios_uuid(VpDomain *domain, const xmlNode *sysinfo, GError **error)
{
    if (!vp_domain_xml_has(sysinfo, "type", "smbios"))
        return TRUE;
    for (const xmlNode *node = vp_domain_xml_first_element(vp_domain_xml_child(sysinfo, "system"));
         node != NULL; node = vp_domain_xml_next_element(node)) {
        if (vp_domain_xml_has(node, "name", "uuid") && domain->smbios_uuid == NULL)
            return read_uuid(node, "sysinfo/system/entry", &domain->smbios_uuid, error);
    }
    return TRUE;
}

static xmlNode *
add_random_uuid(xmlNode *root, xmlNode *name)
{
    g_autofree char *text = g_uuid_string_random();
    xmlNode *uuid = xmlNewDocNode(root->doc, root->ns, BAD_CAST "uuid", NULL);

    vp_domain_xml_insert_after(root, name, uuid);
    xmlNodeAddContent(uuid, BAD_CAST text); /* last, so that it does not get a separate line */
    return uuid;
}

static gboolean
read_identity(VpDomain *domain, xmlNode *root, UuidRule rule, GError **error)
{
    xmlNode *name = vp_domain_xml_child(root, "name");
    xmlNode *uuid = vp_domain_xml_child(root, "uuid");

    domain->name = name != NULL ? vp_domain_xml_text(name) : NULL;
    if (domain->name == NULL || !*domain->name)
        return vp_error_set(error, VP_ERROR_MISSING, "domain: has no name");
    if (uuid == NULL && rule == UUID_IS_MADE)
        uuid = add_random_uuid(root, name);
    if (uuid == NULL)
        return vp_error_set(error, VP_ERROR_UUID, "domain: has no uuid");
    return read_uuid(uuid, "uuid", &domain->uuid, error) &&
           read_smbios_uuid(domain, vp_domain_xml_child(root, "sysinfo"), error);
}

static char *
read_os_id(const VpDomain *domain)
{
    g_autoptr(GPtrArray) blocks = vp_domain_metadata(domain, LIBOSINFO_NAMESPACE);

    for (guint i = 0; i < blocks->len; i++) {
        const xmlNode *node = vp_domain_xml_first_element(blocks->pdata[i]);

        for (; node != NULL; node = vp_domain_xml_next_element(node))
            if (vp_domain_xml_in_namespace(node, LIBOSINFO_NAMESPACE) &&
                g_str_equal(node->name, "os"))
                return vp_domain_xml_attribute(node, "id");
    }
    return NULL;
}

static void
read_machine(VpDomain *domain, const xmlNode *root)
{
    const xmlNode *type = vp_domain_xml_child(vp_domain_xml_child(root, "os"), "type");
    g_autofree char *id = vp_domain_xml_attribute(root, "id");

    domain->id = id != NULL ? (int)g_ascii_strtoll(id, NULL, 10) : -1;
    domain->type = vp_domain_xml_attribute(root, "type");
    domain->arch = vp_domain_xml_attribute(type, "arch");
    domain->machine = vp_domain_xml_attribute(type, "machine");
    domain->os_id = read_os_id(domain);
    domain->devices = vp_domain_xml_child(root, "devices");
}

static VpDomain *
read_domain(const char *xml, gsize size, UuidRule rule, GError **error)
{
    g_autoptr(VpDomain) domain = g_new0(VpDomain, 1);
    xmlNode *root;

    domain->disks = g_ptr_array_new_with_free_func((GDestroyNotify)disk_free);
    domain->interfaces = g_ptr_array_new_with_free_func((GDestroyNotify)interface_free);
    domain->doc = vp_domain_read_document(xml, size, error);
    if (domain->doc == NULL)
        return NULL;
    root = xmlDocGetRootElement(domain->doc);
    if (!g_str_equal(root->name, "domain") || !vp_domain_xml_in_namespace(root, NULL))
        return vp_error_null(error, VP_ERROR_NOT_FOUND,
                             "domain XML (line %ld): the root element is not libvirt's domain",
                             xmlGetLineNo(root));
    if (!read_identity(domain, root, rule, error))
        return NULL;
    read_machine(domain, root);
    read_devices(domain);
    return g_steal_pointer(&domain);
}

VpDomain *
vp_domain_parse(const char *xml, gsize size, GError **error)
{
    return read_domain(xml, size, UUID_IS_NEEDED, error);
}

VpDomain *
vp_domain_parse_new(const char *xml, gsize size, GError **error)
{
    return read_domain(xml, size, UUID_IS_MADE, error);
}

void
vp_domain_free(VpDomain *domain)
{
    if (domain == NULL)
        return;
    g_clear_pointer(&domain->doc, xmlFreeDoc);
    g_free(domain->name);
    g_free(domain->uuid);
    g_free(domain->smbios_uuid);
    g_free(domain->type);
    g_free(domain->arch);
    g_free(domain->machine);
    g_free(domain->os_id);
    g_ptr_array_unref(domain->disks);
    g_ptr_array_unref(domain->interfaces);
    g_free(domain);
}

GPtrArray *
vp_domain_metadata(const VpDomain *domain, const char *namespace_uri)
{
    const xmlNode *metadata = vp_domain_xml_child(xmlDocGetRootElement(domain->doc), "metadata");
    GPtrArray *found = g_ptr_array_new();

    if (metadata == NULL)
        return found;
    for (xmlNode *node = vp_domain_xml_first_element(metadata); node != NULL;
         node = vp_domain_xml_next_element(node))
        if (vp_domain_xml_in_namespace(node, namespace_uri))
            g_ptr_array_add(found, node);
    return found;
}

gboolean
vp_domain_is_windows(const VpDomain *domain)
{
    return domain->os_id != NULL && g_str_has_prefix(domain->os_id, "http://microsoft.com/");
}

/* libvirt takes a UUID with or without its hyphens. */
static gboolean
is_id_or_uuid(const char *name)
{
    gsize digits = 0, hexadecimal = 0;

    for (const char *at = name; *at != '\0'; at++) {
        digits += g_ascii_isdigit(*at);
        hexadecimal += g_ascii_isxdigit(*at);
        if (!g_ascii_isxdigit(*at) && *at != '-')
            return FALSE;
    }
    return hexadecimal == 32 || digits == strlen(name);
}

const char *
vp_domain_shell_name(const VpDomain *domain)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    if (domain->name[0] != '-' && domain->name[strspn(domain->name, plain)] == '\0' &&
        !is_id_or_uuid(domain->name))
        return domain->name;
    return domain->uuid;
}
