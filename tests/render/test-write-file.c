/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which files wait for the users of the spec, and which owners every guest has. */
#include <config.h>

#include "read-spec.h"
#include "render/write-file.h"

/* Who is made: bob, in the groups ops and video, and of the primary group team; eve, whose home is
 * elsewhere; root, who is not. */
#define USERS                                                                                      \
    "<user name='bob'><group>ops</group><group>video</group><primary-group>team</primary-group>"   \
    "</user><user name='eve'><homedir>/srv/eve</homedir></user>"                                   \
    "<user name='root'><homedir>/root</homedir><lock-password>yes</lock-password></user>"

static const struct {
    const char *name;
    const char *file; /* its attributes */
    gboolean deferred;
} cases[] = {
    {"no-owner", "path='/a'", FALSE},
    {"owner-of-the-system", "path='/a' owner='daemon:video'", FALSE},
    {"owner-that-is-made", "path='/a' owner='bob'", TRUE},
    {"group-that-is-made", "path='/a' owner='root:ops'", TRUE},
    {"primary-group-that-is-made", "path='/a' owner='root:team'", TRUE},
    {"owner-that-nobody-makes", "path='/a' owner='mallory:mallory'", FALSE},
    {"owner-named-like-one", "path='/a' owner='bobby'", FALSE},
    {"in-a-home", "path='/home/bob/.profile'", TRUE},
    {"below-a-home", "path='/home/bob/a/b'", TRUE},
    {"home-itself", "path='/home/bob'", FALSE},
    {"beside-a-home", "path='/home/bobby/a'", FALSE},
    {"in-a-home-elsewhere", "path='/srv/eve/a' owner='root:root'", TRUE},
    {"where-a-home-elsewhere-is-not", "path='/home/eve/a'", FALSE},
    {"in-root's-home", "path='/root/a'", FALSE},
    {"as-asked", "path='/a' defer='yes'", TRUE},
    {"not-as-asked", "path='/home/bob/a' owner='bob' defer='no'", FALSE},
};

static void
test_deferred(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autofree char *content =
        g_strconcat(USERS "<write-file ", cases[i].file, ">x</write-file>", NULL);
    g_autoptr(VpSpec) spec = read_spec(content, "", FALSE);

    g_assert_cmpint(vp_render_write_file_is_deferred(spec, spec->write_files->pdata[0]), ==,
                    cases[i].deferred);
}

/* cloudbase-init defers nothing, unless that is asked for. */
static void
test_windows(void)
{
    g_autoptr(VpSpec) spec =
        read_spec("<user name='bob'/><write-file path='/home/bob/a'>x</write-file>", "", TRUE);
    VpWriteFile *file = spec->write_files->pdata[0];

    g_assert_false(vp_render_write_file_is_deferred(spec, file));
    file->defer = VP_YES;
    g_assert_true(vp_render_write_file_is_deferred(spec, file));
}

static void
test_names(void)
{
    static const struct {
        const char *name;
        gboolean is_name, is_user;
    } names[] = {
        {"root", TRUE, TRUE},      {"adm", TRUE, TRUE},    {"www-data", TRUE, TRUE},
        {"users", TRUE, FALSE},    {"wheel", TRUE, FALSE}, {"systemd-journal", TRUE, FALSE},
        {"bob", FALSE, FALSE},     {"Root", FALSE, FALSE}, {"", FALSE, FALSE},
        {"systemd", FALSE, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_test_message("%s", names[i].name);
        g_assert_cmpint(vp_render_write_file_is_base_name(names[i].name), ==, names[i].is_name);
        g_assert_cmpint(vp_render_write_file_is_base_user(names[i].name), ==, names[i].is_user);
    }
}

static void
test_known_owners(void)
{
    static const struct {
        const char *owner;
        gboolean is_known;
    } owners[] = {
        {NULL, TRUE},        {"root", TRUE},      {"root:root", TRUE}, {"daemon:video", TRUE},
        {"bob:root", FALSE}, {"root:bob", FALSE}, {"root:", FALSE},    {"root:adm:x", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(owners); i++) {
        const VpWriteFile file = {.owner = (char *)owners[i].owner};

        g_test_message("%s", owners[i].owner);
        g_assert_cmpint(vp_render_write_file_owner_is_known(&file), ==, owners[i].is_known);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/write-file/deferred/", cases[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_deferred);
    }
    g_test_add_func("/write-file/deferred/windows", test_windows);
    g_test_add_func("/write-file/names", test_names);
    g_test_add_func("/write-file/known-owners", test_known_owners);
    return g_test_run();
}
