/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seed image of files: what is in it, which instance it is, and what is refused. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "command/render-seed.h"
#include "command/seed-tree.h"
#include "image/read.h"

/* Texts of a seed's files; NULL: without. */
typedef struct {
    const char *name;
    const char *user_data, *meta_data, *network_config, *vendor_data;
    const char *hostname, *format;
    const char *wanted; /* "LABEL FORMAT PATH=TEXT|...", or the message */
    int code;           /* -1: an image */
} Case;

static char *
add(const char *directory, const char *name, const char *text)
{
    return text != NULL ? seed_tree_add(directory, name, text, -1) : NULL;
}

static GBytes *
render(const Case *is, GError **error)
{
    char *directory = seed_tree_new();
    g_autofree char *user_data = add(directory, "u", is->user_data);
    g_autofree char *meta_data = add(directory, "m", is->meta_data);
    g_autofree char *network_config = add(directory, "n", is->network_config);
    g_autofree char *vendor_data = add(directory, "v", is->vendor_data);
    const VpSeedFiles files = {user_data,   meta_data,    network_config,
                               vendor_data, is->hostname, is->format};
    GBytes *image = vp_command_render_seed(&files, error);

    seed_tree_free(directory);
    return image;
}

static char *
story_of(GBytes *image)
{
    g_autoptr(VpImageContent) content = vp_image_read(image, NULL);
    GString *story = g_string_new(NULL);

    g_assert_nonnull(content);
    g_string_append_printf(story, "%s %s", content->label, content->format);
    for (guint i = 0; i < content->files->len; i++) {
        const VpImageFile *file = content->files->pdata[i];

        g_string_append_printf(story, "%s%s=%.*s", i > 0 ? "|" : " ", file->path,
                               (int)g_bytes_get_size(file->bytes),
                               (const char *)g_bytes_get_data(file->bytes, NULL));
    }
    return g_string_free(story, FALSE);
}

#define USER "#cloud-config\ntimezone: UTC\n"
#define NETWORK "version: 2\nethernets: {}\n"

static const Case cases[] = {
    {"user-data-alone", USER,
     .wanted = "cidata iso9660 meta-data=instance-id: iid\n|user-data=" USER, .code = -1},
    {"a-host-name", USER, .hostname = "web1",
     .wanted =
         "cidata iso9660 meta-data=instance-id: iid\nlocal-hostname: \"web1\"\n|user-data=" USER,
     .code = -1},
    {"all-files-unchanged", USER, "a: b # c\n", NETWORK, "#!/bin/sh\n",
     .wanted = "cidata iso9660 meta-data=a: b # c\n|network-config=" NETWORK "|user-data=" USER
               "|vendor-data=#!/bin/sh\n",
     .code = -1},
    {"an-empty-meta-data-is-one", USER, "", .wanted = "cidata iso9660 meta-data=|user-data=" USER,
     .code = -1},
    {"iso9660-by-name", USER, "a: b\n", .format = "iso9660",
     .wanted = "cidata iso9660 meta-data=a: b\n|user-data=" USER, .code = -1},
    {"vfat", USER, "a: b\n", .format = "vfat",
     .wanted = "cidata vfat meta-data=a: b\n|user-data=" USER, .code = -1},
    {"another-format", USER, .format = "ext4", .wanted = "--format takes iso9660 or vfat",
     .code = VP_ERROR_USAGE},
    {"a-host-name-and-meta-data", USER, "a: b\n", .hostname = "web1",
     .wanted = "--hostname and META-DATA exclude each other", .code = VP_ERROR_USAGE},
    {"a-host-name-that-is-none", USER, .hostname = "-canary",
     .wanted = "--hostname: ", .code = VP_ERROR_HOSTNAME},
    {"user-data-that-is-no-YAML", "#cloud-config\na: [canary\n",
     .wanted = "user-data: ", .code = VP_ERROR_VALUE},
    {"meta-data-that-is-a-list", USER, "- canary\n",
     .wanted = "meta-data: ", .code = VP_ERROR_VALUE},
    {"network-config-of-another-version", USER, .network_config = "version: 3\n",
     .wanted = "network-config: ", .code = VP_ERROR_VALUE},
    {"vendor-data-that-is-no-YAML", USER, .vendor_data = "#cloud-config\na: [canary\n",
     .wanted = "vendor-data: ", .code = VP_ERROR_VALUE},
};

static char *
without_id(const char *story)
{
    g_autoptr(GRegex) regex = g_regex_new("\"iid-[0-9a-f]{16}\"", 0, 0, NULL);

    return g_regex_replace_literal(regex, story, -1, 0, "iid", 0, NULL);
}

static void
test_case(gconstpointer data)
{
    const Case *is = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) image = render(is, &error);
    g_autofree char *story = image != NULL ? story_of(image) : NULL;
    g_autofree char *text = story != NULL ? without_id(story) : g_strdup(error->message);

    if (is->code < 0) {
        g_assert_cmpstr(text, ==, is->wanted);
        return;
    }
    g_test_message("%s", text);
    g_assert_error(error, VP_ERROR, is->code);
    g_assert_true(g_str_has_prefix(text, is->wanted));
    g_assert_null(strstr(text, "canary"));
}

static void
test_missing_file(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(vp_command_render_seed(&(const VpSeedFiles){.user_data = "/nowhere"}, &error));
    g_assert_cmpstr(error->message, ==, "/nowhere: No such file or directory");
}

static void
test_standard_input(void)
{
    static const VpSeedFiles twice[] = {{"-", "-"}, {"/dev/null", NULL, "-", "-"}};

    for (gsize i = 0; i < G_N_ELEMENTS(twice); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(vp_command_render_seed(&twice[i], &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_USAGE);
        g_assert_cmpstr(error->message, ==, "standard input can be read once only");
    }
}

static char *
id_of(const Case *is)
{
    g_autoptr(GBytes) image = render(is, NULL);
    g_autofree char *story = story_of(image);

    return g_strndup(strstr(story, "iid-"), strlen("iid-0123456789abcdef"));
}

/* Another content is another instance; another way to give the same content is not. */
static void
test_instance(void)
{
    static const Case seeds[] = {
        {"", USER},
        {"", "#cloud-config\ntimezone: CET\n"},
        {"", USER, .network_config = NETWORK},
        {"", USER, .vendor_data = "#!/bin/sh\n"},
        {"", "#!/bin/sh\n", .vendor_data = USER},
    };
    static const Case others[] = {{"", USER, .hostname = "web1"}, {"", USER, .format = "vfat"}};
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *first = id_of(&seeds[0]);

    for (gsize i = 0; i < G_N_ELEMENTS(seeds); i++)
        g_assert_true(g_hash_table_add(ids, id_of(&seeds[i])));
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *id = id_of(&others[i]);

        g_assert_cmpstr(id, ==, first);
    }
}

static void
test_twice(void)
{
    static const Case all = {"", USER, NULL, NETWORK, "#!/bin/sh\n", "web1", NULL, NULL, -1};
    g_autoptr(GBytes) one = render(&all, NULL), other = render(&all, NULL);

    g_assert_true(g_bytes_equal(one, other));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/render-seed/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/render-seed/a-file-that-is-missing", test_missing_file);
    g_test_add_func("/render-seed/standard-input-is-one-file", test_standard_input);
    g_test_add_func("/render-seed/another-content-is-another-instance", test_instance);
    g_test_add_func("/render-seed/the-same-files-are-the-same-bytes", test_twice);
    return g_test_run();
}
