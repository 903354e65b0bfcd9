/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is suggested for a misspelt word, and that nothing far-fetched is. */
#include <config.h>

#include <glib.h>

#include "base/suggest.h"

static const char *const words[] = {"dump", "diff", "doctor", "rewrite", "render", "set", NULL};

static void
test_near(void)
{
    g_assert_cmpstr(vp_suggest("dmup", words), ==, "dump");
    g_assert_cmpstr(vp_suggest("dum", words), ==, "dump");
    g_assert_cmpstr(vp_suggest("dumpp", words), ==, "dump");
    g_assert_cmpstr(vp_suggest("doktor", words), ==, "doctor");
    g_assert_cmpstr(vp_suggest("rewirte", words), ==, "rewrite");
    g_assert_cmpstr(vp_suggest("renderr", words), ==, "render");
    g_assert_cmpstr(vp_suggest("st", words), ==, "set");
}

static void
test_far(void)
{
    static const char *const none[] = {NULL};
    g_autofree char *endless = g_strnfill(100000, 'd');

    g_assert_null(vp_suggest("frobnicate", words));
    g_assert_null(vp_suggest("dog", words));
    g_assert_null(vp_suggest("", words));
    g_assert_null(vp_suggest(endless, words));
    g_assert_null(vp_suggest("dump", none));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/suggest/near", test_near);
    g_test_add_func("/suggest/far", test_far);
    return g_test_run();
}
