/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the hook's front end finds in the bytes of a definition: it dismisses guests that have
 * nothing of ours, and no others. */
#include <config.h>

#include <glib.h>
#include <string.h>

#include "domain/front-search.h"

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"

static void
test_image(void)
{
    static const struct {
        const char *xml;
        gboolean has;
    } cases[] = {
        {"<source file='/var/run/payload/" UUID ".img'/>", TRUE},
        {"<source file='/var/run/payload/" UUID "-seed.img'/>", TRUE},
        {"<source file='/srv/web1.img'/><source file='/a/" UUID ".img'/>", TRUE},
        {"<source file='/var/run/payload/" UUID ".iso'/>", FALSE},
        {"<source file='/var/run/payload/" UUID ".img.bak'/>", FALSE},
        {"<source file='" UUID ".img'/>", FALSE},
        {"<source file='/a/x" UUID ".img'/>", FALSE},
        {"<source file='/a/C7A5FDBD-EDAF-9455-926A-D65C16DB1809.img'/>", FALSE},
        {"<source file='/a/" UUID "/disk.img'/>", FALSE},
        {"<source file='/srv/web1.img'/>", FALSE},
        {"<description>" UUID ".img</description>", FALSE},
        {".img'", FALSE},
        {"/.img'", FALSE},
        {"", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].xml);
        g_assert_cmpint(vp_domain_front_may_have_image(cases[i].xml, strlen(cases[i].xml)), ==,
                        cases[i].has);
    }
}

/* Bytes after the definition are not read. */
static void
test_image_is_cut_off(void)
{
    const char *xml = "<source file='/a/" UUID ".img'/>";
    gsize whole = strlen(xml) - strlen("/>");

    for (gsize size = 1; size <= strlen(xml); size++) {
        g_autofree char *copy = g_memdup2(xml, size);

        g_assert_cmpint(vp_domain_front_may_have_image(copy, size), ==, size >= whole);
    }
}

/* A megabyte of dots and slashes costs no more than its length. */
static void
test_image_in_many_dots(void)
{
    g_autoptr(GString) xml = g_string_new(NULL);

    for (guint i = 0; i < 200000; i++)
        g_string_append(xml, ".img'");
    g_assert_false(vp_domain_front_may_have_image(xml->str, xml->len));
    g_string_append(xml, "/" UUID ".img'");
    g_assert_true(vp_domain_front_may_have_image(xml->str, xml->len));
}

static void
test_uuid(void)
{
    static const char *const without[] = {
        "",
        "<domain><name>web1</name></domain>",
        "<uuid>",
        "<uuid></uuid>",
        "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db180",
        "<uuid>C7A5FDBD-EDAF-9455-926A-D65C16DB1809</uuid>",
        "<uuid>c7a5fdbdedaf9455926ad65c16db1809----</uuid>",
        "<uuid>../../../../../../../../../etc/passwd</uuid>",
        /* the first one counts: it is libvirt's own, the others may be a tenant's */
        "<uuid>x</uuid><uuid>" UUID "</uuid>",
    };
    const char *with = "<domain><name>web1</name><uuid>" UUID "</uuid><uuid>x</uuid>";

    for (gsize i = 0; i < G_N_ELEMENTS(without); i++) {
        g_test_message("%s", without[i]);
        g_assert_null(vp_domain_front_find_uuid(without[i], strlen(without[i])));
    }
    g_assert_true(vp_domain_front_find_uuid(with, strlen(with)) == strstr(with, UUID));
}

static void
test_own_image(void)
{
    static const struct {
        const char *xml;
        gboolean names;
    } cases[] = {
        {UUID "</uuid><source file='/var/run/payload/" UUID ".img'/>", TRUE},
        {UUID "</uuid><source file='/a/" UUID "'/>", TRUE},
        {UUID "</uuid><source file='/a/c7a5fdbd-edaf-9455-926a-d65c16db1808.img'/>", FALSE},
        {UUID "</uuid><source file='" UUID ".img'/>", FALSE},
        {UUID, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].xml);
        g_assert_cmpint(vp_domain_front_names_image(cases[i].xml, strlen(cases[i].xml)), ==,
                        cases[i].names);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/front-search/image", test_image);
    g_test_add_func("/front-search/image-cut-off", test_image_is_cut_off);
    g_test_add_func("/front-search/image-in-many-dots", test_image_in_many_dots);
    g_test_add_func("/front-search/uuid", test_uuid);
    g_test_add_func("/front-search/own-image", test_own_image);
    return g_test_run();
}
