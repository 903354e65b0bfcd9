/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* KubeVirt: a sidecar's onDefineDomain. Takes the payload's fields from an annotation of the VMI,
 * builds the image in a directory that the virtual machine's container sees too, and prints the
 * definition with the drive. Source: KubeVirt's sidecar-shim, which runs "onDefineDomain --vmi JSON
 * --domain XML". */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json-text.h"
#include "domain/domain.h"
#include "domain/xml-edit.h"
#include "domain/xml-node.h"
#include "payload/conf.h"
#include "payload/payload.h"
#include "payload/rewrite.h"
#include "spec/read.h"

/* An element of our namespace, as in <metadata>. */
#define ANNOTATION "virt-payload/metadata"

/* Of the container's environment: where the image is written, and that place as the virtual
 * machine's container sees it, if that is another. */
#define DIRECTORY "VIRT_PAYLOAD_DIRECTORY"
#define GUEST_DIRECTORY "VIRT_PAYLOAD_GUEST_DIRECTORY"

/* Shared by all containers of the pod. Newer releases of KubeVirt show a sidecar only a
 * subdirectory of it, named like the sidecar's container, and set that name. */
#define SHARED "/var/run/kubevirt-hooks"
#define CONTAINER "CONTAINER_NAME"

/* --- the annotation -------------------------------------------------------------------------- */

static const char *
find_annotation(json_object *vmi)
{
    json_object *metadata, *annotations, *value;

    if (!json_object_object_get_ex(vmi, "metadata", &metadata) ||
        !json_object_object_get_ex(metadata, "annotations", &annotations) ||
        !json_object_object_get_ex(annotations, ANNOTATION, &value))
        return NULL;
    return json_object_get_string(value);
}

static xmlNode *
ensure_metadata(VpDomain *domain)
{
    xmlNode *root = xmlDocGetRootElement(domain->doc);
    xmlNode *metadata = vp_domain_xml_child(root, "metadata");

    if (metadata != NULL)
        return metadata;
    metadata = xmlNewDocNode(domain->doc, NULL, BAD_CAST "metadata", NULL);
    vp_domain_xml_insert_after(root, vp_domain_xml_child(root, "uuid"), metadata);
    return metadata;
}

static gboolean
add_metadata(VpDomain *domain, const char *text, GError **error)
{
    xmlDoc *doc = vp_domain_read_document(text, strlen(text), error);

    if (doc == NULL) {
        g_prefix_error(error, "annotation " ANNOTATION ": ");
        return FALSE;
    }
    vp_domain_xml_insert_after(ensure_metadata(domain), NULL,
                               xmlDocCopyNode(xmlDocGetRootElement(doc), domain->doc, 1));
    xmlFreeDoc(doc);
    return TRUE;
}

static gboolean
add_annotation(VpDomain *domain, const char *vmi_text, GError **error)
{
    g_autoptr(GBytes) text = g_bytes_new_static(vmi_text, strlen(vmi_text));
    g_autoptr(json_object) vmi = vp_json_parse_object(text, NULL);
    const char *annotation;

    if (vmi == NULL) {
        g_set_error(error, VP_ERROR, VP_ERROR_USAGE, "--vmi is not a JSON object");
        return FALSE;
    }
    annotation = find_annotation(vmi);
    return annotation == NULL || add_metadata(domain, annotation, error);
}

/* --- image and drive ------------------------------------------------------------------------- */

static gboolean
write_images(const GPtrArray *specs, const VpConf *conf, GError **error)
{
    g_autoptr(GPtrArray) payloads = vp_payload_build_all(specs, conf, error);

    return payloads != NULL && vp_payload_store_all(payloads, NULL, conf, error);
}

/* The directory of the images as the virtual machine's container sees it. */
static char *
guest_directory(const char *directory)
{
    const char *given = g_getenv(GUEST_DIRECTORY), *container = g_getenv(CONTAINER);

    if (given != NULL)
        return g_strdup(given);
    if (container == NULL || !g_str_has_prefix(directory, SHARED "/"))
        return g_strdup(directory);
    return g_strconcat(SHARED "/", container, directory + strlen(SHARED), NULL);
}

/* The definition with its drive; unchanged if it has no payload. */
static char *
define_domain(const char *vmi, const char *xml, GError **error)
{
    g_autoptr(VpConf) conf = vp_payload_conf_load(VP_CONF_PATH, error);
    g_autoptr(VpDomain) domain = conf != NULL ? vp_domain_parse(xml, strlen(xml), error) : NULL;
    const char *directory = g_getenv(DIRECTORY);
    g_autofree char *seen = NULL;
    g_autoptr(GPtrArray) specs = NULL;
    gboolean changed;

    if (domain == NULL || !add_annotation(domain, vmi, error))
        return NULL;
    specs = vp_spec_read(domain, error);
    if (specs == NULL)
        return NULL;
    if (specs->len == 0)
        return g_strdup(xml);
    if (directory != NULL) {
        g_free(conf->directory);
        conf->directory = g_strdup(directory);
    }
    seen = guest_directory(conf->directory);
    if (!vp_payload_rewrite_domain(domain, specs, seen, VP_REWRITE_ENSURE, &changed, error) ||
        !write_images(specs, conf, error))
        return NULL;
    return vp_payload_rewrite_to_string(domain);
}

int
main(int argc, char **argv)
{
    g_autofree char *vmi = NULL;
    g_autofree char *xml = NULL;
    /* as file names: the bytes of argv, whatever the container's locale */
    const GOptionEntry entries[] = {
        {"vmi", 0, 0, G_OPTION_ARG_FILENAME, &vmi, "the VirtualMachineInstance", "JSON"},
        {"domain", 0, 0, G_OPTION_ARG_FILENAME, &xml, "the definition", "XML"},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- a sidecar of KubeVirt's");
    g_autoptr(GError) error = NULL;
    g_autofree char *output = NULL;

    vp_domain_xml_set_up();
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, NULL) || vmi == NULL || xml == NULL) {
        fputs("virt-payload: onDefineDomain takes --vmi JSON and --domain XML [usage]\n", stderr);
        return 2;
    }
    output = define_domain(vmi, xml, &error);
    if (output == NULL) {
        g_printerr("virt-payload: %s [%s]\n", error->message, vp_error_name(error));
        return 1;
    }
    return fputs(output, stdout) < 0 || fflush(stdout) != 0;
}
