/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps from a seed to a payload element. */
#include <config.h>

#include <string.h>

#include "base/escape.h"
#include "base/secret.h"
#include "command/import.h"
#include "image/tree.h"
#include "payload/rewrite.h"

static void
key_free(gpointer data)
{
    VpImportKey *key = data;

    g_free(key->type);
    vp_secret_free(key->text);
    g_free(key);
}

void
vp_command_import_init(VpImport *import, VpSet *set, const VpSeed *seed)
{
    *import = (VpImport){
        .set = set,
        .seed = seed,
        .fields = g_ptr_array_new_with_free_func(g_free),
        .kept = g_ptr_array_new_with_free_func(g_free),
        .notes = g_ptr_array_new_with_free_func(g_free),
        .keys = g_ptr_array_new_with_free_func(key_free),
        .public_keys = g_ptr_array_new_with_free_func(g_free),
    };
}

void
vp_command_import_clear(VpImport *import)
{
    g_clear_pointer(&import->fields, g_ptr_array_unref);
    g_clear_pointer(&import->kept, g_ptr_array_unref);
    g_clear_pointer(&import->notes, g_ptr_array_unref);
    g_clear_pointer(&import->keys, g_ptr_array_unref);
    g_clear_pointer(&import->public_keys, g_ptr_array_unref);
}

void
vp_command_import_note(GPtrArray *list, const char *file, const char *key)
{
    g_autofree char *text = key != NULL ? g_strdup_printf("%s/%s", file, key) : g_strdup(file);

    g_ptr_array_add(list, vp_escape_name(text));
}

static gboolean
choose_datasource(const VpField *root, const VpSeed *seed, GError **error)
{
    return (seed->datasource != VP_DATASOURCE_NOCLOUD ||
            vp_spec_field_set(root, "@datasource", "nocloud", error)) &&
           (!seed->ec2 || vp_spec_field_set(root, "@ec2", "yes", error));
}

VpDomain *
vp_command_import_scratch(const VpImport *import, VpField *root, GError **error)
{
    g_autofree char *xml = vp_payload_rewrite_to_string(import->set->domain);
    g_autoptr(VpDomain) domain = vp_domain_parse_new(xml, strlen(xml), error);
    VpField old;

    if (domain == NULL)
        return NULL;
    if (vp_spec_field_open(domain, &old, NULL))
        vp_spec_field_drop(&old);
    vp_spec_field_create(domain, "cloud-init", root);
    return choose_datasource(root, import->seed, error) ? g_steal_pointer(&domain) : NULL;
}

gboolean
vp_command_import_raw(VpImport *import, const char *name, GBytes *content, GError **error)
{
    VpField element;

    if (!vp_spec_field_add(&import->set->root, name, NULL, &element, error))
        return FALSE;
    vp_command_set_store(&element, content);
    return TRUE;
}

static gboolean
read_whole(VpImport *import, const char *name, GBytes *content, GError **error)
{
    if (content == NULL)
        return TRUE;
    vp_command_import_note(import->kept, name, NULL);
    return vp_command_import_raw(import, name, content, error);
}

static gboolean
read_files(VpImport *import, GError **error)
{
    g_auto(VpFieldList) files;

    vp_spec_field_list_begin(&import->set->root, "file", &files);
    for (guint i = 0; i < import->seed->files->len; i++) {
        const VpImageFile *file = import->seed->files->pdata[i];
        VpField element;

        if (!vp_image_tree_check_path(file->path, error) ||
            !vp_spec_field_list_add(&files, NULL, &element, error) ||
            !vp_spec_field_set(&element, "@path", file->path, error))
            return FALSE;
        vp_command_set_store(&element, file->bytes);
        vp_command_import_note(import->kept, file->path, NULL);
    }
    return TRUE;
}

gboolean
vp_command_import_all(VpImport *import, GError **error)
{
    const VpSeed *seed = import->seed;

    for (guint i = 0; i < seed->left_out->len; i++) {
        g_autofree char *name = vp_escape_name(seed->left_out->pdata[i]);

        g_ptr_array_add(import->notes,
                        g_strdup_printf("%s is ignored: only openstack/latest counts", name));
    }
    return choose_datasource(&import->set->root, seed, error) &&
           vp_command_import_user_data(import, error) &&
           vp_command_import_meta_data(import, error) && vp_command_import_network(import, error) &&
           read_whole(import, "vendor-data", seed->vendor_data, error) && read_files(import, error);
}
