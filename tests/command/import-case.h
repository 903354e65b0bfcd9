/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seed of a golden case, and what an import makes of it. Parts: "user-data", "meta-data";
 * "config drive", "windows", "secrets" (the guest's can be written) without text. */
#pragma once

#include "command/golden-cases.h"
#include "command/import.h"
#include "parse-domain.h"
#include "view/shown.h"

#define IMPORT_UUID "c7a5fdbd-cdaf-9455-926a-d65c16db1809"

typedef struct {
    VpSeed *seed;
    VpDomain *domain;
    VpSet set;
    VpImport import;
} ImportCase;

static inline gboolean
import_case_has(const char *text, const char *part)
{
    g_autofree char *given = golden_part(text, part);

    return given != NULL;
}

static inline VpDomain *
import_case_domain(gboolean windows)
{
    g_autofree char *xml = g_strconcat(
        "<domain><name>web1</name><uuid>" IMPORT_UUID "</uuid>",
        windows ? "<metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
                  "<l:os id='http://microsoft.com/win/2k22'/></l:libosinfo></metadata>"
                : "",
        "<devices/></domain>", NULL);

    return parse_domain(xml);
}

static inline void
import_case_begin(ImportCase *is, const char *text)
{
    gboolean drive = import_case_has(text, "config drive");

    is->seed =
        vp_command_import_seed_new(drive ? VP_DATASOURCE_CONFIG_DRIVE : VP_DATASOURCE_NOCLOUD);
    is->seed->user_data = golden_bytes(text, "user-data");
    is->seed->meta_data = golden_bytes(text, "meta-data");
    is->domain = import_case_domain(import_case_has(text, "windows"));
    is->set = (VpSet){.domain = is->domain, .told = g_string_new(NULL)};
    vp_spec_field_create(is->domain, "cloud-init", &is->set.root);
    if (!drive)
        g_assert_true(vp_spec_field_set(&is->set.root, "@datasource", "nocloud", NULL));
    vp_command_import_init(&is->import, &is->set, is->seed);
    is->import.keeps_secrets = import_case_has(text, "secrets");
}

static inline void
import_case_end(ImportCase *is)
{
    vp_command_import_clear(&is->import);
    vp_command_set_clear(&is->set);
    vp_domain_free(is->domain);
    vp_command_import_seed_free(is->seed);
}

static inline void
import_case_tell_list(GString *story, const char *what, const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++)
        g_string_append_printf(story, "%s: %s\n", what, (const char *)list->pdata[i]);
}

/* A line each of what is in the lists, and the element. */
static inline char *
import_case_story(const ImportCase *is)
{
    g_autofree char *xml = vp_view_shown_to_xml(&is->set.root);
    GString *story = g_string_new(NULL);

    import_case_tell_list(story, "field", is->import.fields);
    import_case_tell_list(story, "kept", is->import.kept);
    import_case_tell_list(story, "note", is->import.notes);
    import_case_tell_list(story, "public key", is->import.public_keys);
    for (guint i = 0; i < is->import.keys->len; i++) {
        const VpImportKey *key = is->import.keys->pdata[i];

        g_string_append_printf(story, "secret: %s, %zu bytes\n", key->type, strlen(key->text));
    }
    g_string_append_printf(story, "%s\n", xml);
    return g_string_free(story, FALSE);
}

/* Of a step; its error if it fails. */
static inline char *
import_case_tell(const char *text, gboolean (*step)(VpImport *import, GError **error))
{
    g_autoptr(GError) error = NULL;
    ImportCase is = {0};
    char *story;

    import_case_begin(&is, text);
    story = step(&is.import, &error) ? import_case_story(&is)
                                     : g_strdup_printf("error: %s\n", error->message);
    import_case_end(&is);
    return story;
}
