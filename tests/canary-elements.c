/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canary-elements COUNT DIRECTORY: payload elements with planted secrets, as 0.xml, 1.xml and so
 * on; canary-elements FILE: whether a canary can be read in it. */
#include <config.h>

#include <stdlib.h>

#include "canary-element.h"

/* The same for each number, today and tomorrow. */
static char *
make(guint number)
{
    Choices choices = {.random = g_rand_new_with_seed(number)};
    g_autoptr(GBytes) bytes = canary_bytes(&choices);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    char *element = canary_element(&choices, text);

    g_rand_free(choices.random);
    return element;
}

static void
write_elements(guint count, const char *directory)
{
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < count && error == NULL; i++) {
        g_autofree char *element = make(i);
        g_autofree char *name = g_strdup_printf("%u.xml", i);
        g_autofree char *path = g_build_filename(directory, name, NULL);

        g_file_set_contents(path, element, -1, &error);
    }
    g_assert_no_error(error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize size;

    if (argc == 3) {
        write_elements(strtoul(argv[1], NULL, 10), argv[2]);
        return 0;
    }
    g_assert(argc == 2);
    g_file_get_contents(argv[1], &text, &size, &error);
    g_assert_no_error(error);
    return canary_is_in(text, size) ? 0 : 1;
}
