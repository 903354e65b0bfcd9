/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks and addresses, and what is neither. */
#include <config.h>

#include "spec/subnet.h"

static void
test_holds(void)
{
    g_assert_true(vp_spec_subnet_holds("192.0.2.5/24", "192.0.2.200"));
    g_assert_false(vp_spec_subnet_holds("192.0.2.5/24", "192.0.3.200"));
    g_assert_true(vp_spec_subnet_holds("2001:db8::/33", "2001:db8:7fff::1"));
    g_assert_false(vp_spec_subnet_holds("2001:db8::/33", "2001:db8:8000::1"));
    g_assert_false(vp_spec_subnet_holds("0.0.0.0/0", "2001:db8::1"));
    g_assert_false(vp_spec_subnet_holds("0.0.0.0/0", "example.com"));
}

static void
test_of_a_machine(void)
{
    static const char *const good[] = {"192.0.2.5", "10.0.0.1", "223.255.255.254", "2001:db8::1",
                                       "fd00::1"};
    static const char *const bad[] = {
        "0.0.0.0",         "127.0.0.1", "127.9.9.9",    "169.254.1.1",      "224.0.0.1",
        "255.255.255.255", "::",        "::1",          "::ffff:127.0.0.1", "fe80::1",
        "ff02::1",         "::7f00:1",  "localhost",    "-oProxy=x",        "",
        "192.0.2.5/24",    "192.0.2",   "fe80::1%eth0", "\033]0;x",         "192.0.2.5 -l x"};

    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(vp_spec_subnet_is_of_a_machine(good[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(vp_spec_subnet_is_of_a_machine(bad[i]));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/subnet/holds", test_holds);
    g_test_add_func("/subnet/of-a-machine", test_of_a_machine);
    return g_test_run();
}
