/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seed's metadata: what becomes fields, what is kept, and why. */
#include <config.h>

#include "command/import-case.h"

static char *
tell(const char *text)
{
    return import_case_tell(text, vp_command_import_meta_data);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    return golden_cases_run("import-meta-data", tell);
}
