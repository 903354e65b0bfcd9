/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cloud-init's files as its releases write them, and as a hostile guest would. */
#include <config.h>

#include <string.h>

#include "libvirt/cloud-init-status.h"

static GBytes *
bytes(const char *text)
{
    return g_bytes_new_static(text, strlen(text));
}

static void
test_result(void)
{
    static const struct {
        const char *text;
        int errors;
        const char *datasource;
    } cases[] = {
        {"{\"v1\": {\"datasource\": \"DataSourceConfigDrive [net,ver=2][source=/dev/vdb]\", "
         "\"errors\": []}}",
         0, "DataSourceConfigDrive"},
        {"{\"v1\": {\"errors\": [\"a\", \"b\"], \"datasource\": null}}", 2, NULL},
        {"{\"v1\": {\"datasource\": \"\\u001b[31mred\", \"errors\": []}}", 0, NULL},
        {"{\"v1\": {\"datasource\": \"DataSourceNoCloud\", \"errors\": [\"B\303\274ro\"]}}", 1,
         "DataSourceNoCloud"},
        {"{\"v1\": {\"errors\": \"none\"}}", -1, NULL},
        {"{\"v1\": []}", -1, NULL},
        {"{\"v2\": {\"errors\": []}}", -1, NULL},
        {"[]", -1, NULL},
        {"{\"v1\": {\"errors\": []}", -1, NULL},
        {"", -1, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) text = bytes(cases[i].text);
        g_autofree char *datasource = vp_virt_cloud_init_datasource(text);

        g_assert_cmpint(vp_virt_cloud_init_errors(text), ==, cases[i].errors);
        g_assert_cmpstr(datasource, ==, cases[i].datasource);
    }
}

static void
test_stage(void)
{
    static const struct {
        const char *text;
        const char *stage;
    } cases[] = {
        {"{\"v1\": {\"datasource\": \"DataSourceNoCloud\", \"init\": {\"errors\": [], "
         "\"finished\": "
         "null, \"start\": 1763910000.5}, \"stage\": \"modules-config\"}}",
         "modules-config"},
        {"{\"v1\": {\"stage\": null}}", NULL},
        {"{\"v1\": {\"stage\": \"\"}}", NULL},
        {"{\"v1\": {\"stage\": 5}}", NULL},
        {"{\"v1\": {\"stage\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}}",
         NULL},
        {"no JSON", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) text = bytes(cases[i].text);
        g_autofree char *stage = vp_virt_cloud_init_stage(text);

        g_assert_cmpstr(stage, ==, cases[i].stage);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cloud-init-status/result", test_result);
    g_test_add_func("/cloud-init-status/stage", test_stage);
    return g_test_run();
}
