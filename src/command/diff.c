/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload diff: compares what a running guest has with what its definition would produce now.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/commands.h"
#include "command/guest.h"
#include "command/report.h"
#include "view/contents.h"
#include "view/hunks.h"
#include "view/mask.h"
#include "view/term.h"

enum {
    DIFFERS = 1, /* as diff(1) */
    TROUBLE = 2,
};

typedef struct {
    char **lines;
    guint count;
    GBytes *masked; /* NULL: the file is not shown */
} Text;

static void
text_clear(Text *text)
{
    g_clear_pointer(&text->lines, g_strfreev);
    g_clear_pointer(&text->masked, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Text, text_clear)

static gboolean
is_binary(GBytes *bytes)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    return size > 0 && memchr(data, '\0', size) != NULL;
}

/* The lines of a text; only an empty text has none. */
static char **
split(const char *text)
{
    gsize length = strlen(text);
    g_autofree char *lines = g_strndup(text, g_str_has_suffix(text, "\n") ? length - 1 : length);
    char *const empty_line[] = {lines, NULL};

    return length > 0 && *lines == '\0' ? g_strdupv((char **)empty_line)
                                        : g_strsplit(lines, "\n", -1);
}

/* Masked and escaped, by lines; what cannot be shown is one line that says so. */
static void
text_read(Text *text, const VpImageFile *file)
{
    const char *why = NULL;
    g_autoptr(GBytes) bytes = file != NULL ? vp_view_mask(file->bytes, &why) : g_bytes_new(NULL, 0);
    g_autofree char *shown = NULL;

    if (bytes == NULL) {
        shown = g_strdup_printf("(%s)", why);
    } else if (is_binary(bytes)) {
        shown = g_strdup("(binary)");
    } else {
        shown = vp_escape_text(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        text->masked = g_steal_pointer(&bytes);
    }
    text->lines = split(shown);
    text->count = g_strv_length(text->lines);
}

/* Where the lines of one file go: to a terminal, or into its object. */
typedef struct {
    gboolean is_text;
    json_object *lines; /* NULL: not as JSON */
} Sink;

static void
add_line(char sign, const char *line, gpointer data)
{
    const Sink *sink = data;
    g_autofree char *whole = g_strdup_printf("%c%s", sign, line);

    if (sink->is_text)
        vp_view_hunks_print_line(sign, line, NULL);
    if (sink->lines != NULL)
        vp_json_append(sink->lines, json_object_new_string(whole));
}

/* Why two files differ although no shown line does. */
static const char *
hidden_difference(const Text *old, const Text *new)
{
    if (old->masked == NULL || new->masked == NULL)
        return "it differs in what is not shown";
    if (g_bytes_equal(old->masked, new->masked))
        return old->count > 0 ? "it differs in what is masked" : "it is empty";
    return "only one of the two ends with a line feed";
}

static void
print_hunks(Sink *sink, const Text *old, const Text *new)
{
    if (!vp_view_hunks_each(old->lines, old->count, new->lines, new->count, add_line, sink) &&
        sink->is_text)
        printf(" (%s)\n", hidden_difference(old, new));
}

static const VpImageFile *
find_file(const VpContents *contents, const char *path)
{
    for (guint i = 0; contents != NULL && i < contents->content->files->len; i++) {
        const VpImageFile *file = contents->content->files->pdata[i];

        if (g_str_equal(file->path, path))
            return file;
    }
    return NULL;
}

static void
print_names(const char *path, const VpImageFile *old, const VpImageFile *new)
{
    printf("%s--- %s%s%s\n", vp_view_term_on(VP_STYLE_BOLD),
           old != NULL ? "attached/" : "/dev/null", old != NULL ? path : "", vp_view_term_off());
    printf("%s+++ %s%s%s\n", vp_view_term_on(VP_STYLE_BOLD), new != NULL ? "defined/" : "/dev/null",
           new != NULL ? path : "", vp_view_term_off());
}

/* The lines that differ; an empty array if no shown line does. */
static json_object *
add_json(VpCall *call, const char *path, const VpImageFile *old, const VpImageFile *new)
{
    json_object *object = vp_command_report_object(call), *lines;

    if (object == NULL)
        return NULL;
    lines = json_object_new_array();
    vp_json_add_text(object, "path", path);
    vp_json_add(object, "attached", json_object_new_boolean(old != NULL));
    vp_json_add(object, "defined", json_object_new_boolean(new != NULL));
    vp_json_add(object, "diff", lines);
    return lines;
}

static gboolean
print_file(VpCall *call, const VpImageFile *old, const VpImageFile *new)
{
    Sink sink;
    g_auto(Text) before = {0}, behind = {0};
    const VpImageFile *any = old != NULL ? old : new;
    g_autofree char *path = NULL;

    g_assert(any != NULL);
    path = vp_escape_name(any->path);
    if (old != NULL && new != NULL && g_bytes_equal(old->bytes, new->bytes))
        return FALSE;
    sink.is_text = vp_command_report_is_text(call);
    sink.lines = add_json(call, any->path, old, new);
    if (sink.is_text)
        print_names(path, old, new);
    text_read(&before, old);
    text_read(&behind, new);
    print_hunks(&sink, &before, &behind);
    return TRUE;
}

static gboolean
print_image(VpCall *call, const VpContents *old, const VpContents *new)
{
    gboolean differs = FALSE;

    for (guint i = 0; old != NULL && i < old->content->files->len; i++) {
        const VpImageFile *file = old->content->files->pdata[i];

        differs |= print_file(call, file, find_file(new, file->path));
    }
    for (guint i = 0; new != NULL &&i < new->content->files->len; i++) {
        const VpImageFile *file = new->content->files->pdata[i];

        if (find_file(old, file->path) == NULL)
            differs |= print_file(call, NULL, file);
    }
    return differs;
}

static const VpContents *
find_image(const GPtrArray *all, const char *name)
{
    for (guint i = 0; i < all->len; i++) {
        const VpContents *contents = all->pdata[i];

        if (g_str_equal(contents->name, name))
            return contents;
    }
    return NULL;
}

static void
print_all(VpCall *call, const GPtrArray *attached, const GPtrArray *defined)
{
    gboolean differs = FALSE;

    for (guint i = 0; i < attached->len; i++) {
        const VpContents *old = attached->pdata[i];

        differs |= print_image(call, old, find_image(defined, old->name));
    }
    for (guint i = 0; i < defined->len; i++) {
        const VpContents *new = defined->pdata[i];

        if (find_image(attached, new->name) == NULL)
            differs |= print_image(call, NULL, new);
    }
    call->status = differs ? DIFFERS : VP_EXIT_OK;
}

static gboolean
compare(VpCall *call, const VpGuest *guest, GError **error)
{
    g_autoptr(VpDomain) running = vp_virt_guest_domain(guest, VP_GUEST_LIVE, error);
    g_autoptr(VpDomain) next =
        running != NULL ? vp_virt_guest_domain(guest, VP_GUEST_CONFIG, error) : NULL;
    g_autoptr(GPtrArray) attached =
        next != NULL ? vp_view_contents_of_drives(running, error) : NULL;
    g_autoptr(GPtrArray) defined =
        attached != NULL ? vp_view_contents_of_definition(next, call->conf, error) : NULL;

    if (defined == NULL)
        return FALSE;
    print_all(call, attached, defined);
    return TRUE;
}

static gboolean
run(VpCall *call, GError **error)
{
    g_auto(VpCallGuest) opened = {NULL, NULL};

    if (!vp_command_guest_open(call, call->arguments[0], TRUE, &opened, error))
        return FALSE;
    if (!vp_virt_guest_has_files_here(opened.guest, call->conf))
        return vp_error_set(error, VP_ERROR_LIBVIRT,
                            "the guest's image is on another host; run this there");
    if (vp_virt_guest_id(opened.guest) >= 0)
        return compare(call, opened.guest, error);
    return vp_error_set(error, VP_ERROR_NOT_FOUND,
                        "the guest is not running; dump shows what its next start produces");
}

const VpCommand vp_command_diff = {
    .name = "diff",
    .arguments = "GUEST|UUID|ID",
    .summary = "compare what a running guest has with its definition",
    .details =
        "Shows, file by file, how the attached image differs from the one that the definition "
        "would produce now. Secrets are masked. The exit status is that of diff(1): 0 if nothing "
        "differs, 1 if something differs, 2 for an error.\n",
    .min_arguments = 1,
    .max_arguments = 1,
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_REPORTS,
    .failure_status = TROUBLE,
    .run = run,
};
