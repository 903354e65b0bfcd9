/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* render-tree DIRECTORY SECRETS XML...: what each definition gives its guest, into DIRECTORY/NAME
 * (of NAME.xml), or "error-name: message" into DIRECTORY/NAME.error; SECRETS is the directory of
 * secrets. Many in one process, for the tests that need thousands. */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "payload/conf.h"
#include "payload/payload.h"
#include "spec/read.h"
#include "trees.h"

static gboolean
write_file(const VpTreeFile *file, const char *directory, GError **error)
{
    g_autofree char *path = g_build_filename(directory, file->path, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    g_autoptr(GBytes) bytes = tree_file_read(file, error);
    gsize size;
    const char *data;

    if (!bytes)
        return FALSE;
    data = g_bytes_get_data(bytes, &size);
    g_mkdir_with_parents(parent, 0700);
    return g_file_set_contents(path, size ? data : "", (gssize)size, error);
}

static gboolean
render(const char *xml, gsize size, const VpConf *conf, const char *directory, GError **error)
{
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, size, error);
    g_autoptr(GPtrArray) specs = domain ? vp_spec_read(domain, error) : NULL;

    for (guint i = 0; specs && i < specs->len; i++) {
        g_autoptr(VpPayload) payload = vp_payload_build(specs->pdata[i], conf, error);

        for (guint n = 0; payload && n < vp_image_tree_size(payload->tree); n++) {
            if (!write_file(vp_image_tree_nth(payload->tree, n), directory, error))
                return FALSE;
        }
        if (!payload)
            return FALSE;
    }
    return specs != NULL;
}

static gboolean
render_file(const char *path, const VpConf *conf, const char *root)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *xml = NULL, *directory = NULL, *message = NULL, *failed = NULL;
    g_autoptr(GError) error = NULL;
    gsize size;

    if (g_str_has_suffix(name, ".xml"))
        name[strlen(name) - strlen(".xml")] = '\0';
    directory = g_build_filename(root, name, NULL);
    if (!g_file_get_contents(path, &xml, &size, &error))
        return FALSE;
    if (render(xml, size, conf, directory, &error))
        return TRUE;
    message = g_strdup_printf("%s: %s", vp_error_name(error), error->message);
    failed = g_strconcat(directory, ".error", NULL);
    return g_file_set_contents(failed, message, -1, NULL);
}

int
main(int argc, char **argv)
{
    g_autoptr(VpConf) conf = NULL;
    g_autofree char *text = NULL;

    if (argc < 4)
        return 2;
    text = g_strdup_printf("[virt-payload]\nsecrets-directory = %s\n", argv[2]);
    conf = vp_payload_conf_parse(geteuid(), text, strlen(text), "", NULL);
    for (int i = 3; conf != NULL && i < argc; i++) {
        if (!render_file(argv[i], conf, argv[1])) {
            fprintf(stderr, "render-tree: %s: cannot be read or written\n", argv[i]);
            return 1;
        }
    }
    return conf != NULL ? 0 : 1;
}
