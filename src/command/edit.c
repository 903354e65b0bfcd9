/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload edit: a guest's payload element in the user's editor, stored once it is valid. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/definition.h"
#include "command/edit-file.h"
#include "command/report.h"
#include "domain/xml-edit.h"
#include "payload/rewrite.h"
#include "spec/field.h"
#include "view/diagnose.h"
#include "view/input.h"
#include "view/prompt.h"

#define MAX_TEXT (G_GUINT64_CONSTANT(4) << 20)

typedef struct {
    gboolean drive;
    gboolean no_drive;
    VpEditParts parts;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    VP_EDIT_PART_OPTIONS(Options, parts),
    {"drive", '\0', VP_OPTION_FLAG, AT(drive), NULL,
     "add the drive to the definition, as attach does"},
    {"no-drive", '\0', VP_OPTION_FLAG, AT(no_drive), NULL, "leave the drives alone"},
    {NULL},
};

/* The definition without its payload element: the text before and after it. */
typedef struct {
    char *before; /* on one line, so that the element's lines are counted from its own first */
    char *behind;
} Frame;

static void
frame_clear(Frame *frame)
{
    g_free(frame->before);
    g_free(frame->behind);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Frame, frame_clear)

/* A comment takes the element's place in the document's text. No definition can hold the same one,
 * because its text is made up here. */
static void
cut_out(VpDomain *domain, xmlNode *element, Frame *frame)
{
    g_autofree char *unique = g_uuid_string_random();
    g_autofree char *mark = g_strconcat("<!--", unique, "-->", NULL), *xml = NULL;
    const char *at;

    xmlFreeNode(xmlReplaceNode(element, xmlNewDocComment(domain->doc, BAD_CAST unique)));
    xml = vp_payload_rewrite_to_string(domain);
    at = strstr(xml, mark);
    frame->before = g_strdelimit(g_strndup(xml, at - xml), "\n", ' ');
    frame->behind = g_strdup(at + strlen(mark));
}

/* Removes the element from the domain's document and returns its text. */
static char *
take_element(VpDomain *domain, Frame *frame, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *text = NULL;
    VpField root;

    if (!vp_spec_field_open(domain, &root, &failure)) {
        if (failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return NULL;
        }
        vp_spec_field_create(domain, "cloud-init", &root);
        if (!vp_spec_field_set(&root, "hostname", domain->name, error))
            return NULL;
    }
    vp_domain_xml_reindent(root.node);
    text = vp_domain_xml_element_text(root.node);
    cut_out(domain, root.node, frame);
    return g_strconcat(text, "\n", NULL);
}

/* --- the round -------------------------------------------------------------------------------- */

static VpDomain *
diagnose(const Frame *frame, GBytes *text, const char *path, const VpConf *conf)
{
    VpDiagnoseInput input = {.before = frame->before, .behind = frame->behind, .conf = conf};
    g_autoptr(VpDomain) domain = NULL;
    g_autoptr(GPtrArray) found = NULL;
    g_autofree char *report = NULL;

    input.text = g_bytes_get_data(text, &input.size);
    found = vp_view_diagnose(&input, &domain);
    report = vp_view_diagnose_to_text(found, &input, path);
    g_printerr("%s", report);
    return vp_view_diagnose_has_error(found) ? NULL : g_steal_pointer(&domain);
}

static gboolean
keep(VpEditFile *file, GError **error)
{
    vp_command_edit_file_keep(file);
    return vp_error_set(error, VP_ERROR_VALUE, "nothing was stored; the text is kept in %s",
                        vp_command_edit_file_path(file));
}

/* Until the text is valid. *edited: the domain with it; NULL if it was left as it was. */
static gboolean
edit_until_valid(const Frame *frame, const char *original, VpEditFile *file, const VpConf *conf,
                 VpDomain **edited, GError **error)
{
    const char *path = vp_command_edit_file_path(file);

    for (;;) {
        g_autoptr(GBytes) text = NULL;
        char answer;

        if (!vp_command_edit_file_run(file, error))
            return FALSE;
        text = vp_view_input_file(path, MAX_TEXT, FALSE, error);
        if (text == NULL)
            return FALSE;
        if (g_bytes_get_size(text) == strlen(original) &&
            memcmp(g_bytes_get_data(text, NULL), original, strlen(original)) == 0)
            return TRUE;
        *edited = diagnose(frame, text, path, conf);
        if (*edited != NULL)
            return TRUE;
        answer = vp_view_prompt_letter("Edit again? [Y/n] ");
        if (answer == 'n' || answer == '\0')
            return keep(file, error);
    }
}

static gboolean
store(VpCall *call, VpEdit *edit, VpDomain *edited, VpEditFile *file, GError **error)
{
    const Options *given = call->options;

    vp_domain_free(edit->domain);
    edit->domain = edited;
    if (vp_command_definition_store(
            call, edit, vp_command_definition_drive(given->drive, given->no_drive), error))
        return TRUE;
    vp_command_edit_file_keep(file);
    g_prefix_error(error, "the text is kept in %s: ", vp_command_edit_file_path(file));
    return FALSE;
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    g_auto(VpEdit) edit = {0};
    g_auto(Frame) frame = {0};
    g_autofree char *original = NULL;
    g_autoptr(VpEditFile) file = NULL;
    VpDomain *edited = NULL;

    if (g_str_equal(call->arguments[0], "-"))
        return vp_error_set(error, VP_ERROR_USAGE, "an editor needs a guest, not '-'");
    if (!vp_command_definition_check_drive(&given->parts, given->drive, given->no_drive, error) ||
        !vp_command_definition_open(call, call->arguments[0], &given->parts, &edit, error))
        return FALSE;
    original = take_element(edit.domain, &frame, error);
    file = original != NULL ? vp_command_edit_file_new(original, error) : NULL;
    if (file == NULL || !edit_until_valid(&frame, original, file, call->conf, &edited, error))
        return FALSE;
    if (edited != NULL)
        return store(call, &edit, edited, file, error);
    vp_command_report(call, edit.opened.guest, FALSE, "unchanged");
    return TRUE;
}

const VpCommand vp_command_edit = {
    .name = "edit",
    .arguments = "GUEST|UUID|ID",
    .summary = "edit a guest's payload as XML",
    .details = "Opens the payload element of the guest's definition in $VISUAL, $EDITOR or vi, "
               "whichever is set first. Errors are shown with their place, and the text is kept "
               "until it is valid.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 1,
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_REPORTS,
    .run = run,
};
