/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of images, from which the hook and "sweep" conclude whose they are: a foreign file is never
 * taken for one. */
#include <config.h>

#include "domain/image-name.h"

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"

static void
test_of_a_guest(void)
{
    static const char *const names[] = {
        UUID ".img",         UUID "-seed.img",         UUID "-.img.img",
        "." UUID ".img.tmp", "." UUID "-seed.img.tmp", "C7A5FDBD-EDAF-9455-926A-D65C16DB1809.img",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *uuid = vp_domain_image_name_uuid(names[i]);

        g_test_message("%s", names[i]);
        g_assert_cmpstr(uuid, ==, UUID);
        g_assert_cmpint(vp_domain_image_name_is_temporary(names[i]), ==, names[i][0] == '.');
    }
}

static void
test_foreign(void)
{
    static const char *const names[] = {
        "",
        ".",
        "..",
        ".tmp",
        "a.img",
        UUID,
        UUID ".iso",
        UUID "-.img",
        UUID "seed.img",
        UUID ".img.tmp",
        UUID ".img~",
        "." UUID ".img",
        "." UUID ".tmp",
        "." UUID "-.img.tmp",
        ".." UUID ".img.tmp",
        "x" UUID ".img",
        " " UUID ".img",
        "{" UUID "}.img",
        "c7a5fdbd-edaf-9455-926a-d65c16db180.img",
        "c7a5fdbdedaf9455926ad65c16db1809.img",
        "c7a5fdbd-edaf-9455-926a-d65c16db180g.img",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_test_message("%s", names[i]);
        g_assert_null(vp_domain_image_name_uuid(names[i]));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/image-name/of-a-guest", test_of_a_guest);
    g_test_add_func("/image-name/foreign", test_foreign);
    return g_test_run();
}
