/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seed's user-data: what becomes fields, what is kept, and why. */
#include <config.h>

#include "command/import-case.h"

static char *
tell(const char *text)
{
    return import_case_tell(text, vp_command_import_user_data);
}

/* More keys would each be tried in a guest of their own. */
static void
test_64_keys(void)
{
    for (guint more = 63; more <= 64; more++) {
        g_autoptr(GString) text = g_string_new("x\n-- user-data\n#cloud-config\ntimezone: UTC\n");
        g_autofree char *story = NULL;

        for (guint i = 0; i < more; i++)
            g_string_append_printf(text, "x%u: y\n", i);
        story = tell(text->str);
        g_assert_true(g_str_has_prefix(story, more == 63 ? "field: user-data/timezone\nkept: "
                                                         : "kept: user-data\n"));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command/import-user-data/64-keys-are-read-one-by-one", test_64_keys);
    return golden_cases_run("import-user-data", tell);
}
