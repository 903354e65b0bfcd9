/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content of a spec that is inspected: read from memory or from its file, and as text. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "render/data.h"
#include "specs.h"

/* Of a file of that content, which seems to be of that size. */
static VpData *
new_file(const char *content, guint64 size)
{
    VpData *data = vp_spec_data_new(NULL);
    g_autofree char *name = NULL;
    g_autoptr(GError) error = NULL;

    data->fd = g_file_open_tmp("vp-data-XXXXXX", &name, &error);
    g_assert_no_error(error);
    unlink(name);
    g_assert_cmpint(write(data->fd, content, strlen(content)), ==, strlen(content));
    data->size = size;
    data->place.line = 7;
    return data;
}

static void
test_read(void)
{
    VpData *in_memory = spec_data("text"), *file = new_file("content", 7);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) first = vp_render_data_read(in_memory, "x", &error);
    g_autoptr(GBytes) second = vp_render_data_read(file, "x", &error);
    g_autoptr(GBytes) again = vp_render_data_read(file, "x", &error);

    g_assert_no_error(error);
    g_assert_true(first == in_memory->bytes);
    g_assert_cmpmem(g_bytes_get_data(second, NULL), g_bytes_get_size(second), "content", 7);
    g_assert_true(g_bytes_equal(second, again)); /* from its start, whatever was read before */
    vp_spec_data_free(in_memory);
    vp_spec_data_free(file);
}

static void
assert_refused(VpData *data, VpErrorCode code, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(vp_render_data_read(data, "cloud-init/user-data", &error));
    g_assert_error(error, VP_ERROR, (int)code);
    g_assert_cmpstr(error->message, ==, message);
    vp_spec_data_free(data);
}

static void
test_refused(void)
{
    VpData *largest = spec_data("text"), *larger = spec_data("text");
    g_autoptr(GBytes) bytes = NULL;

    largest->size = VP_DATA_MAX_READ;
    larger->size = VP_DATA_MAX_READ + 1;
    bytes = vp_render_data_read(largest, "x", NULL);
    g_assert_nonnull(bytes);
    vp_spec_data_free(largest);
    assert_refused(larger, VP_ERROR_QUOTA,
                   "cloud-init/user-data (line 7): is over 32 MiB, and here it must be read");
    assert_refused(
        new_file("content", 8), VP_ERROR_REFERENCE,
        "cloud-init/user-data (line 7): a file became shorter while it was read; try again");
}

static void
test_text(void)
{
    static const struct {
        const char *bytes;
        gsize size;
        gboolean is_text;
    } cases[] = {
        {"", 0, TRUE},      {"a\n\tb\r\n", 6, TRUE}, {"\303\244", 2, TRUE}, {"\303", 1, FALSE},
        {"a\0b", 3, FALSE}, {"a\0", 2, FALSE},       {"\033[m", 3, FALSE},  {"\177", 1, FALSE},
        {"a\fb", 3, FALSE}, {"\377\376a", 3, FALSE}, {"\302\205", 2, TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new(cases[i].bytes, cases[i].size);
        g_autofree char *text = vp_render_data_to_text(bytes);

        g_test_message("%zu", i);
        g_assert_cmpint(text != NULL, ==, cases[i].is_text);
        if (text != NULL)
            g_assert_cmpmem(text, strlen(text) + 1, cases[i].bytes, cases[i].size + 1);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data/read", test_read);
    g_test_add_func("/data/refused", test_refused);
    g_test_add_func("/data/text", test_text);
    return g_test_run();
}
