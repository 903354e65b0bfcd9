/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload dump: the files of a payload image, as the guest reads them. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/json-text.h"
#include "command/commands.h"
#include "command/guest.h"
#include "render/data.h"
#include "view/contents.h"
#include "view/input.h"
#include "view/mask.h"
#include "view/output.h"
#include "view/term.h"

typedef struct {
    char *file;
    char *extract;
    gboolean list;
    gboolean json;
    gboolean show_secrets;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"file", 'f', VP_OPTION_TEXT, AT(file), "PATH",
     "only this file, as it is; the last path component is enough if it is unique"},
    {"list", 'l', VP_OPTION_FLAG, AT(list), NULL, "only the files' paths, one per line"},
    {"json", 'j', VP_OPTION_FLAG, AT(json), NULL, "as JSON"},
    {"extract", 'x', VP_OPTION_TEXT, AT(extract), "DIR", "write the files below DIR (0600)"},
    {"show-secrets", 's', VP_OPTION_FLAG, AT(show_secrets), NULL,
     "do not mask passwords, private "
     "keys and the like"},
    {NULL},
};

/* --- what is to be shown ---------------------------------------------------------------------- */

static void
note(const VpCall *call, const char *text)
{
    g_autofree char *guest = vp_escape_name(call->guest);

    g_printerr("virt-payload: %s: %s\n", guest, text);
}

static GPtrArray *
load_definition(VpCall *call, const VpDomain *domain, GError **error)
{
    g_autoptr(GPtrArray) all = vp_view_contents_of_definition(domain, call->conf, error);

    if (all != NULL && all->len == 0)
        return vp_error_null(error, VP_ERROR_NOT_FOUND, "the definition has no payload metadata");
    return g_steal_pointer(&all);
}

static GPtrArray *
load_guest(VpCall *call, const VpGuest *guest, GError **error)
{
    gboolean is_running = vp_virt_guest_id(guest) >= 0;
    g_autoptr(VpDomain) domain = NULL;
    g_autoptr(GPtrArray) all = NULL;

    domain = vp_virt_guest_domain(guest, is_running ? VP_GUEST_LIVE : VP_GUEST_CONFIG, error);
    if (domain == NULL)
        return NULL;
    if (is_running && !vp_virt_guest_has_files_here(guest, call->conf)) {
        all = load_definition(call, domain, error);
        if (all != NULL)
            note(call, "its image is on another host; showing what this host would build of its "
                       "definition");
        return g_steal_pointer(&all);
    }
    if (is_running) {
        all = vp_view_contents_of_drives(domain, error);
        if (all == NULL || all->len > 0)
            return g_steal_pointer(&all);
        g_clear_pointer(&all, g_ptr_array_unref);
    }
    all = load_definition(call, domain, error);
    if (all != NULL)
        note(call, is_running ? "has no payload drive; showing what its definition would produce"
                              : "is not running; showing what its next start would produce");
    return g_steal_pointer(&all);
}

static GPtrArray *
load_file(VpCall *call, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vp_view_input_file(path, VP_IMAGE_READ_MAX_BYTES, TRUE, error);
    g_autoptr(VpDomain) domain = NULL;
    const char *data;
    gsize size, at = 0;

    if (bytes == NULL)
        return NULL;
    data = g_bytes_get_data(bytes, &size);
    while (at < size && g_ascii_isspace(data[at]))
        at++;
    if (at == size || data[at] != '<')
        return vp_view_contents_of_image(path, bytes, error);
    domain = vp_domain_parse_new(data, size, error);
    if (domain == NULL)
        return NULL;
    vp_command_guest_name(call, domain->name);
    return load_definition(call, domain, error);
}

static GPtrArray *
load_stream(VpCall *call, const char *path, GError **error)
{
    g_autoptr(VpDomain) domain = vp_view_input_domain(path, NULL, error);

    if (domain == NULL)
        return NULL;
    vp_command_guest_name(call, domain->name);
    return load_definition(call, domain, error);
}

/* No guest's name has a slash; a name without one that is not a guest's may be a file here. */
static GPtrArray *
load(VpCall *call, const char *name, GError **error)
{
    g_auto(VpCallGuest) opened = {NULL, NULL};
    g_autoptr(GError) failure = NULL;

    if (g_str_equal(name, "-"))
        return load_stream(call, name, error);
    if (strchr(name, '/') != NULL)
        return g_file_test(name, G_FILE_TEST_IS_REGULAR) ? load_file(call, name, error)
                                                         : load_stream(call, name, error);
    if (vp_command_guest_open(call, name, TRUE, &opened, &failure))
        return load_guest(call, opened.guest, error);
    if (g_file_test(name, G_FILE_TEST_IS_REGULAR))
        return load_file(call, name, error);
    g_propagate_error(error, g_steal_pointer(&failure));
    return NULL;
}

/* --- files ------------------------------------------------------------------------------------ */

/* The bytes to show; NULL if secrets cannot be looked for, and *why says so. */
static GBytes *
shown_bytes(const VpCall *call, const VpImageFile *file, const char **why)
{
    const Options *given = call->options;

    return given->show_secrets ? g_bytes_ref(file->bytes) : vp_view_mask(file->bytes, why);
}

/* The same, with an error. */
static GBytes *
require_bytes(const VpCall *call, const VpImageFile *file, GError **error)
{
    const char *why = NULL;
    GBytes *bytes = shown_bytes(call, file, &why);

    if (bytes == NULL) {
        g_autofree char *path = vp_escape_name(file->path);

        g_set_error(error, VP_ERROR, VP_ERROR_VALUE,
                    "%s: %s, which cannot be searched for secrets; "
                    "add --show-secrets",
                    path, why);
    }
    return bytes;
}

static void
print_list(const VpContents *contents)
{
    for (guint i = 0; i < contents->content->files->len; i++) {
        const VpImageFile *file = contents->content->files->pdata[i];
        g_autofree char *path = vp_escape_name(file->path);

        puts(path);
    }
}

static gboolean
print_file(const VpCall *call, const GPtrArray *all, const char *path, GError **error)
{
    const VpImageFile *file = NULL;
    g_autoptr(GBytes) bytes = NULL;
    const char *data;
    gsize size;

    for (guint i = 0; i < all->len && file == NULL; i++) {
        g_clear_error(error);
        file = vp_view_contents_find(all->pdata[i], path, error);
    }
    bytes = file != NULL ? require_bytes(call, file, error) : NULL;
    if (bytes == NULL)
        return FALSE;
    data = g_bytes_get_data(bytes, &size);
    if (vp_view_term_is_output()) {
        g_autofree char *text = vp_escape_text(data, size);

        fputs(text, stdout);
    } else {
        fwrite(data, 1, size, stdout);
    }
    return TRUE;
}

static gboolean
extract_image(const VpCall *call, const VpContents *contents, int directory, const char *prefix,
              GError **error)
{
    for (guint i = 0; i < contents->content->files->len; i++) {
        const VpImageFile *file = contents->content->files->pdata[i];
        g_autofree char *path = g_strconcat(prefix, file->path, NULL);
        g_autoptr(GBytes) bytes = require_bytes(call, file, error);

        if (bytes == NULL || !vp_view_output_below(directory, path, bytes, error))
            return FALSE;
    }
    return TRUE;
}

/* Each of several images is written below a directory of its name. */
static gboolean
extract(const VpCall *call, const GPtrArray *all, const char *path, GError **error)
{
    vp_autofd int directory = vp_view_output_open_directory(path, error);

    if (directory < 0)
        return FALSE;
    for (guint i = 0; i < all->len; i++) {
        const VpContents *contents = all->pdata[i];
        g_autofree char *prefix =
            all->len > 1 ? g_strconcat(contents->name, "/", NULL) : g_strdup("");

        if (!extract_image(call, contents, directory, prefix, error))
            return FALSE;
    }
    return TRUE;
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void
add_escaped(json_object *object, const char *key, const char *text)
{
    g_autofree char *escaped = vp_escape_name(text);

    vp_json_add_string(object, key, escaped);
}

static json_object *
file_to_json(const VpCall *call, const VpImageFile *file)
{
    json_object *object = json_object_new_object();
    const char *why = NULL;
    g_autoptr(GBytes) bytes = shown_bytes(call, file, &why);
    g_autofree char *text = bytes != NULL ? vp_render_data_to_text(bytes) : NULL;
    g_autofree char *base64 = NULL;

    add_escaped(object, "path", file->path);
    vp_json_add(object, "size", json_object_new_int64(g_bytes_get_size(file->bytes)));
    vp_json_add(object, "masked", json_object_new_boolean(bytes != file->bytes));
    if (bytes != NULL && text == NULL)
        base64 = g_base64_encode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    vp_json_add_text(object, "text", text);
    vp_json_add_text(object, "base64", base64);
    vp_json_add_text(object, "hidden", bytes == NULL ? why : NULL);
    return object;
}

static json_object *
contents_to_json(const VpCall *call, const VpContents *contents)
{
    json_object *object = json_object_new_object(), *files = json_object_new_array();

    vp_json_add_text(object, "guest", call->guest);
    add_escaped(object, "name", contents->name);
    if (contents->path != NULL)
        add_escaped(object, "image", contents->path);
    else
        vp_json_add_or_null(object, "image", NULL);
    vp_json_add(object, "size", json_object_new_int64(g_bytes_get_size(contents->image)));
    add_escaped(object, "label", contents->content->label);
    vp_json_add_string(object, "format", contents->content->format);
    for (guint i = 0; i < contents->content->files->len; i++)
        vp_json_append(files, file_to_json(call, contents->content->files->pdata[i]));
    vp_json_add(object, "files", files);
    return object;
}

static void
print_json(const VpCall *call, const GPtrArray *all)
{
    g_autoptr(json_object) images = json_object_new_array();

    for (guint i = 0; i < all->len; i++)
        vp_json_append(images, contents_to_json(call, all->pdata[i]));
    vp_view_term_print_json(images);
}

/* --- the picture ------------------------------------------------------------------------------ */

/* The path's directories that the one before did not have, each on a line of its own. */
static const char *
print_directories(const char *path, const char *before, int *depth)
{
    const char *slash;
    gsize common = 0;

    *depth = 0;
    while ((slash = strchr(path + common, '/')) != NULL) {
        gsize length = slash - path + 1;
        g_autofree char *part = NULL, *name = NULL;

        if (strncmp(path, before, length) != 0) {
            part = g_strndup(path + common, length - common - 1);
            name = vp_escape_name(part);
            printf("%*s%s/\n", 2 * *depth, "", name);
            before = "";
        }
        common = length;
        (*depth)++;
    }
    return path + common;
}

static void
print_tree(const VpContents *contents)
{
    const char *before = "";

    for (guint i = 0; i < contents->content->files->len; i++) {
        const VpImageFile *file = contents->content->files->pdata[i];
        int depth;
        const char *last = print_directories(file->path, before, &depth);
        g_autofree char *name = vp_escape_name(last);

        printf("%*s%s %s(%" G_GSIZE_FORMAT " bytes)%s\n", 2 * depth, "", name,
               vp_view_term_on(VP_STYLE_DIM), g_bytes_get_size(file->bytes), vp_view_term_off());
        before = file->path;
    }
}

static void
print_remark(const char *text)
{
    printf("%s(%s)%s\n", vp_view_term_on(VP_STYLE_DIM), text, vp_view_term_off());
}

static void
print_content(const VpCall *call, const VpImageFile *file)
{
    g_autofree char *path = vp_escape_name(file->path);
    const char *why = NULL;
    g_autoptr(GBytes) bytes = shown_bytes(call, file, &why);
    g_autofree char *text = NULL;

    printf("\n%s==> %s <==%s\n", vp_view_term_on(VP_STYLE_BOLD), path, vp_view_term_off());
    if (bytes == NULL) {
        g_autofree char *remark =
            g_strdup_printf("%s, not searched for secrets: --show-secrets shows it", why);

        print_remark(remark);
    } else if (g_bytes_get_size(bytes) == 0) {
        print_remark("empty");
    } else {
        gsize size;
        const char *data = g_bytes_get_data(bytes, &size);

        if (memchr(data, '\0', size) != NULL) {
            print_remark("binary");
            return;
        }
        text = vp_escape_text(data, size);
        fputs(text, stdout);
        if (!g_str_has_suffix(text, "\n"))
            putchar('\n');
    }
}

static void
print_picture(const VpCall *call, const VpContents *contents)
{
    g_autofree char *name =
        vp_escape_name(contents->path != NULL ? contents->path : contents->name);
    g_autofree char *label = vp_escape_name(contents->content->label);

    printf("%s%s%s: %s, label %s, %" G_GSIZE_FORMAT " bytes\n", vp_view_term_on(VP_STYLE_BOLD),
           name, vp_view_term_off(), contents->content->format, label,
           g_bytes_get_size(contents->image));
    print_tree(contents);
    for (guint i = 0; i < contents->content->files->len; i++)
        print_content(call, contents->content->files->pdata[i]);
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    g_autoptr(GPtrArray) all = NULL;

    if ((given->file != NULL) + (given->extract != NULL) + given->list + given->json > 1)
        return vp_error_set(error, VP_ERROR_USAGE,
                            "--file, --list, --json and --extract exclude each other");
    all = load(call, call->arguments[0], error);
    if (all == NULL)
        return FALSE;
    if (given->file != NULL)
        return print_file(call, all, given->file, error);
    if (given->extract != NULL)
        return extract(call, all, given->extract, error);
    if (given->json) {
        print_json(call, all);
        return TRUE;
    }
    for (guint i = 0; i < all->len; i++) {
        if (given->list) {
            print_list(all->pdata[i]);
            continue;
        }
        if (i > 0)
            putchar('\n');
        print_picture(call, all->pdata[i]);
    }
    return TRUE;
}

const VpCommand vp_command_dump = {
    .name = "dump",
    .arguments = "GUEST|UUID|IMAGE|XML|-",
    .summary = "show the files that a guest receives",
    .details =
        "Shows the image that is attached to a running guest, or what the next start of a guest "
        "that is shut off would produce. Also accepts images of other tools, and domain XML from "
        "a file or from standard input (-).\n"
        "Secrets are masked, and anything that a terminal would act on is shown as an escape.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 1,
    .flags = VP_COMMAND_LIBVIRT,
    .run = run,
};
