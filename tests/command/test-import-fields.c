/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole seed into an element: datasource, further files, notes, and the guest to try fields in.
 */
#include <config.h>

#include "command/import-case.h"
#include "payload/rewrite.h"

#define NOCLOUD "<payload:cloud-init xmlns:payload=\"urn:virt-payload:1\" datasource=\"nocloud\""

static void
add_file(ImportCase *is, const char *path, const char *content)
{
    VpImageFile *file = g_new0(VpImageFile, 1);

    file->path = g_strdup(path);
    file->bytes = g_bytes_new_static(content, strlen(content));
    g_ptr_array_add(is->seed->files, file);
}

static void
end(ImportCase *is)
{
    for (guint i = 0; i < is->seed->files->len; i++) {
        VpImageFile *file = is->seed->files->pdata[i];

        g_free(file->path);
        g_bytes_unref(file->bytes);
        g_free(file);
    }
    import_case_end(is);
}

static void
assert_story(const ImportCase *is, const char *wanted)
{
    g_autofree char *story = import_case_story(is);

    g_assert_cmpstr(story, ==, wanted);
}

static void
test_nocloud(void)
{
    ImportCase is = {0};
    g_autoptr(GError) error = NULL;

    import_case_begin(&is, "x\n-- user-data\n#cloud-config\nhostname: web2\n-- meta-data\n"
                           "instance-id: iid-1\nlocal-hostname: web3\n");
    g_assert_cmpint(vp_spec_field_remove(&is.set.root, "@datasource"), ==, 1);
    is.seed->network_config = g_bytes_new_static("x", 1);
    is.seed->vendor_data = g_bytes_new_static("#!/bin/sh\r\n", 11);
    add_file(&is, "a/b", "\nx");
    add_file(&is, "c", "");
    g_assert_true(vp_command_import_all(&is.import, &error));
    assert_story(&is, "field: user-data/hostname\nfield: meta-data/instance-id\n"
                      "kept: meta-data/local-hostname\nkept: network-config\nkept: vendor-data\n"
                      "kept: a/b\nkept: c\n" NOCLOUD " instance-id=\"iid-1\">\n"
                      "  <payload:hostname>web2</payload:hostname>\n"
                      "  <payload:network-config>x</payload:network-config>\n"
                      "  <payload:vendor-data encoding=\"base64\">IyEvYmluL3NoDQo="
                      "</payload:vendor-data>\n"
                      "  <payload:meta-data>\nlocal-hostname: web3\n</payload:meta-data>\n"
                      "  <payload:file path=\"a/b\">\n\nx</payload:file>\n"
                      "  <payload:file path=\"c\"></payload:file>\n"
                      "</payload:cloud-init>\n");
    end(&is);
}

static void
test_config_drive(void)
{
    ImportCase is = {0};

    import_case_begin(&is, "x\n-- config drive\n-- meta-data\n{\"uuid\": \"" IMPORT_UUID
                           "\", \"hostname\": \"web1\"}\n");
    is.seed->ec2 = TRUE;
    g_ptr_array_add(is.seed->left_out, g_strdup("openstack/2018-08-27/\x1b"));
    g_assert_true(vp_command_import_all(&is.import, NULL));
    assert_story(&is, "field: meta-data/uuid\nfield: meta-data/hostname\n"
                      "note: openstack/2018-08-27/\\x1b is ignored: only openstack/latest counts\n"
                      "<payload:cloud-init xmlns:payload=\"urn:virt-payload:1\" ec2=\"yes\">\n"
                      "  <payload:hostname>web1</payload:hostname>\n</payload:cloud-init>\n");
    end(&is);
}

static void
test_file_names(void)
{
    static const char *const paths[] = {"../a", "/a", "a//b", "", "a\x01"};

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        ImportCase is = {0};
        g_autoptr(GError) error = NULL;

        import_case_begin(&is, "x\n-- meta-data\nlocal-hostname: web1\n");
        add_file(&is, paths[i], "canary");
        g_assert_false(vp_command_import_all(&is.import, &error));
        g_assert_nonnull(error);
        g_assert_null(strstr(error->message, "canary"));
        end(&is);
    }
}

static void
test_note(void)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

    vp_command_import_note(list, "user-data", NULL);
    vp_command_import_note(list, "user-data", "a\nb");
    g_assert_cmpuint(list->len, ==, 2);
    g_assert_cmpstr(list->pdata[0], ==, "user-data");
    g_assert_cmpstr(list->pdata[1], ==, "user-data/a\\x0ab");
}

/* Existing fields do not count in a trial, nor does the trial change them. */
static void
test_scratch(void)
{
    static const char *const kinds[] = {"x\n", "x\n-- config drive\n"};

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        ImportCase is = {0};
        g_autoptr(VpDomain) scratch = NULL;
        g_autofree char *before = NULL, *after = NULL, *tried = NULL;
        VpField root, only;

        import_case_begin(&is, kinds[i]);
        g_assert_true(vp_spec_field_set(&is.set.root, "timezone", "UTC", NULL));
        before = vp_payload_rewrite_to_string(is.domain);
        scratch = vp_command_import_scratch(&is.import, &root, NULL);
        g_assert_nonnull(scratch);
        g_assert_true(vp_spec_field_open(scratch, &only, NULL));
        g_assert_true(only.node == root.node);
        tried = vp_spec_field_to_plain(&root);
        g_assert_cmpstr(tried, ==,
                        i == 0 ? "<cloud-init datasource=\"nocloud\"/>" : "<cloud-init/>");
        g_assert_true(vp_spec_field_set(&root, "timezone", "CET", NULL));
        after = vp_payload_rewrite_to_string(is.domain);
        g_assert_cmpstr(after, ==, before);
        end(&is);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import-fields/a-seed-of-nocloud", test_nocloud);
    g_test_add_func("/import-fields/a-config-drive", test_config_drive);
    g_test_add_func("/import-fields/a-file-that-no-drive-holds-is-refused", test_file_names);
    g_test_add_func("/import-fields/a-note-shows-no-control-character", test_note);
    g_test_add_func("/import-fields/a-trial-is-apart-from-the-guest", test_scratch);
    return g_test_run();
}
