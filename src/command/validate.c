/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload validate: checks a definition's payload against the vocabulary, and for unwise
 * settings. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/io.h"
#include "command/commands.h"
#include "command/guest.h"
#include "command/report.h"
#include "command/this-host.h"
#include "spec/read.h"
#include "view/diagnose.h"
#include "view/input.h"
#include "view/mask.h"

#define SCHEMA VP_PKGDATADIR "/metadata.rng"
#define CLOUD_INIT "/usr/bin/cloud-init"

typedef struct {
    char *schema;
    gboolean strict;
    gboolean cloud_init;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"strict", '\0', VP_OPTION_FLAG, AT(strict), NULL, "exit with 1 on warnings, too"},
    {"cloud-init", '\0', VP_OPTION_FLAG, AT(cloud_init), NULL,
     "have the cloud-init that is installed here check raw user-data"},
    {"schema", '\0', VP_OPTION_TEXT, AT(schema), "FILE",
     "RELAX NG schema of the vocabulary, instead of the "
     "one installed"},
    {NULL},
};

/* A definition in a file, on standard input, or a guest's. *origin names it in what is printed.
 * *is_guest: a guest of this host. */
static GBytes *
load(VpCall *call, const char *name, char **origin, gboolean *is_guest, GError **error)
{
    g_auto(VpCallGuest) opened = {NULL, NULL};
    g_autofree char *xml = NULL;
    gboolean is_file = strchr(name, '/') != NULL || g_file_test(name, G_FILE_TEST_IS_REGULAR);

    *origin = g_strdup(g_str_equal(name, "-") ? "<stdin>" : name);
    if (g_str_equal(name, "-") || is_file)
        return vp_view_input_text(name, error);
    if (!vp_command_guest_open(call, name, TRUE, &opened, error))
        return NULL;
    *is_guest = vp_virt_is_this_host(opened.virt, call->conf);
    vp_command_this_host_warn(call->conf, opened.virt);
    xml = vp_virt_guest_xml(opened.guest, VP_GUEST_CONFIG, error);
    return xml != NULL ? g_bytes_new(xml, strlen(xml)) : NULL;
}

static void
add_number(json_object *object, const char *key, guint number)
{
    vp_json_add_or_null(object, key, number > 0 ? json_object_new_int64(number) : NULL);
}

static void
add_json(VpCall *call, const char *origin, const VpDiagnosis *diagnosis)
{
    json_object *object = vp_command_report_object(call);

    if (object == NULL)
        return;
    vp_json_add_text(object, "about", origin);
    add_number(object, "line", diagnosis->line);
    add_number(object, "column", diagnosis->column);
    vp_json_add_text(object, "severity", diagnosis->is_warning ? "warning" : "error");
    vp_json_add_text(object, "message", diagnosis->message);
    vp_json_add_text(object, "name", diagnosis->name);
}

/* --- cloud-init's own opinion ----------------------------------------------------------------- */

static gboolean
write_temporary(GBytes *content, char **path, GError **error)
{
    vp_autofd int fd = g_file_open_tmp("virt-payload.XXXXXX", path, error);

    return fd >= 0 &&
           vp_io_pwrite(fd, g_bytes_get_data(content, NULL), g_bytes_get_size(content), 0, error);
}

static void
print_lines(VpCall *call, const char *origin, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *escaped = vp_escape_name(g_strchomp(*line));

        if (*escaped != '\0' && vp_command_report_is_text(call))
            printf("%s: cloud-init: %s\n", origin, escaped);
        if (*escaped != '\0')
            add_json(call, origin, &(VpDiagnosis){.message = *line, .name = "cloud-init"});
    }
}

static gboolean
ask_cloud_init(VpCall *call, const char *origin, GBytes *user_data, GError **error)
{
    const char *argv[] = {CLOUD_INIT, "schema", "-c", NULL, NULL};
    g_autofree char *path = NULL, *out = NULL, *err = NULL;
    g_autofree char *escaped = vp_escape_name(origin);
    int status = 0;
    gboolean is_run;

    if (!write_temporary(user_data, &path, error))
        return FALSE;
    argv[3] = path;
    is_run = g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err,
                          &status, error);
    (void)unlink(path);
    if (!is_run)
        return FALSE;
    if (status != 0) {
        print_lines(call, escaped, out);
        print_lines(call, escaped, err);
        call->status = VP_EXIT_FAILED;
    }
    return TRUE;
}

/* cloud-init quotes the values that it finds wrong, so that it is not given any secret. */
static gboolean
check_cloud_config(VpCall *call, const char *origin, GBytes *user_data, GError **error)
{
    const char *why = NULL;
    g_autoptr(GBytes) masked = vp_view_mask(user_data, &why);
    g_autofree char *line = NULL;

    if (masked != NULL)
        return ask_cloud_init(call, origin, masked, error);
    line = g_strdup_printf("was not asked, because secrets cannot be masked: %s", why);
    print_lines(call, origin, line);
    call->status = VP_EXIT_FAILED;
    return TRUE;
}

/* Only raw user-data: generated data is our responsibility, and tests check it. */
static gboolean
check_user_data(VpCall *call, const VpDomain *domain, const char *origin, GError **error)
{
    g_autoptr(GPtrArray) specs = vp_spec_read(domain, NULL);

    if (!g_file_test(CLOUD_INIT, G_FILE_TEST_IS_EXECUTABLE))
        return vp_error_set(error, VP_ERROR_NOT_FOUND,
                            "--cloud-init: " CLOUD_INIT " is not installed");
    for (guint i = 0; specs != NULL && i < specs->len; i++) {
        const VpSpec *spec = specs->pdata[i];
        GBytes *bytes = spec->user_data != NULL ? spec->user_data->bytes : NULL;

        if (bytes != NULL && g_bytes_get_size(bytes) > 13 &&
            memcmp(g_bytes_get_data(bytes, NULL), "#cloud-config", 13) == 0 &&
            !check_cloud_config(call, origin, bytes, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    VpDiagnoseInput input = {.schema = given->schema != NULL ? given->schema : SCHEMA,
                             .conf = call->conf};
    g_autofree char *origin = NULL, *text = NULL;
    g_autoptr(GBytes) content = load(call, call->arguments[0], &origin, &input.is_guest, error);
    g_autoptr(GPtrArray) diagnoses = NULL;
    g_autoptr(VpDomain) domain = NULL;

    if (content == NULL)
        return FALSE;
    input.text = g_bytes_get_data(content, &input.size);
    diagnoses = vp_view_diagnose(&input, &domain);
    text = vp_view_diagnose_to_text(diagnoses, &input, origin);
    if (vp_command_report_is_text(call))
        fputs(text, stdout);
    for (guint i = 0; i < diagnoses->len; i++)
        add_json(call, origin, diagnoses->pdata[i]);
    if (vp_view_diagnose_has_error(diagnoses) || (given->strict && diagnoses->len > 0))
        call->status = VP_EXIT_FAILED;
    return !given->cloud_init || domain == NULL || check_user_data(call, domain, origin, error);
}

const VpCommand vp_command_validate = {
    .name = "validate",
    .arguments = "FILE|GUEST|UUID|-",
    .summary = "check the payload of a definition",
    .details = "Checks domain XML, or just a payload element, against the vocabulary (its schema "
               "and what a schema cannot express), and warns of settings that work but are unwise. "
               "For a guest of this host, also reports everything else for which its start would "
               "be refused. Prints nothing if there is nothing to report.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 1,
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_REPORTS,
    .run = run,
};
