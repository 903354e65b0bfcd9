/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* main of a fuzz target without a fuzzer: every file of the directories given, by default of
 * corpus/NAME for a program fuzz-NAME; TAP to stdout. */
#include <config.h>

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void
run_file(const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_autofree uint8_t *data = NULL;
    gsize size;

    if (!g_file_get_contents(file, &text, &size, &error))
        g_error("%s", error->message);
    /* of its exact size, so that valgrind and AddressSanitizer see a read past its end */
    data = g_malloc(size);
    if (size > 0)
        memcpy(data, text, size);
    LLVMFuzzerTestOneInput(data, size);
}

static int
compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Returns how many files there were. */
static guint
run_directory(const char *directory, guint number)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(directory, 0, &error);
    const char *name;

    if (!dir)
        g_error("%s", error->message);
    while ((name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *file = g_build_filename(directory, g_ptr_array_index(names, i), NULL);

        run_file(file);
        printf("ok %u - %s\n", number + i + 1, (char *)g_ptr_array_index(names, i));
        fflush(stdout);
    }
    return names->len;
}

static char *
default_directory(const char *program)
{
    const char *name = strstr(program, "fuzz-");
    const char *source = g_getenv("G_TEST_SRCDIR");

    for (const char *next = name; next != NULL; next = strstr(next + 1, "fuzz-"))
        name = next;
    if (name == NULL || source == NULL)
        g_error("directories of inputs are needed as arguments");
    return g_build_filename(source, "fuzz", "corpus", name + strlen("fuzz-"), NULL);
}

int
main(int argc, char **argv)
{
    g_autofree char *by_name = argc == 1 ? default_directory(argv[0]) : NULL;
    guint number = by_name != NULL ? run_directory(by_name, 0) : 0;

    for (int i = 1; i < argc; i++)
        number += run_directory(argv[i], number);
    printf("1..%u\n", number);
    return number > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
