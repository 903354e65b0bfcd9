/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which files an image holds for which spec, byte for byte. */
#include <config.h>

#include <string.h>

#include "error.h"
#include "golden.h"
#include "render.h"
#include "specs.h"

static VpTree *
render(const VpSpec *spec)
{
    g_autoptr(GError) error = NULL;
    VpTree *tree = vp_render(spec, &error);

    g_assert_no_error(error);
    return tree;
}

static void
test_root(void)
{
    g_autoptr(VpSpec) spec = spec_of_root();
    g_autoptr(VpTree) tree = render(spec);

    golden_compare(tree, "root.txt");
}

static void
test_nothing(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(VpTree) tree = render(spec);

    golden_compare(tree, "nothing.txt");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/render/nothing", test_nothing);
    g_test_add_func("/render/root", test_root);
    return g_test_run();
}
