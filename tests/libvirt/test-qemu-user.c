/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's user as qemu.conf names it, before directories and images that it can or cannot read. */
#include <config.h>

#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libvirt/qemu-user.h"
#include "payload/owner.h"
#include "remove-tree.h"

#define QEMU_CONF "/etc/libvirt/qemu.conf"
#define IMAGE "11111111-2222-4333-8444-555555555555.img"
#define NOBODY "user = \"nobody\"\n"
#define NO_RELABELLING "dynamic_ownership = 0\n"

/* "@" is a host's root directory. */
#define CANNOT_SEARCH(path)                                                                        \
    path ": QEMU's user nobody cannot search this directory for the images; run: chmod o+x " path  \
         "\n"
#define SET_OWNER(user)                                                                            \
    QEMU_CONF ": has dynamic_ownership = 0, so libvirt does not give images to QEMU's user; add "  \
              "to " VP_CONF_PATH ": image-owner = " user "\n"
#define CANNOT_READ                                                                                \
    "@/run/payload/" IMAGE ": QEMU's user cannot read it; it was built before image-owner was "    \
    "set, and will be rebuilt when its guest next starts\n"

typedef struct {
    const char *name;
    const char *conf;  /* qemu.conf; NULL: there is none */
    const char *told;  /* NULL: nothing */
    const char *owner; /* image-owner in our configuration */
    mode_t directory;  /* of the payload directory; 0: 0711 */
    mode_t above;      /* of the directory that it is in; 0: 0755 */
    mode_t image;      /* 0: 0644 */
    const char *given; /* whose the directory is */
} Case;

static char *
at(const char *root, const char *path)
{
    return g_strconcat(root, path, NULL);
}

static void
make_directory(const char *root, const char *path, mode_t mode)
{
    g_autofree char *whole = at(root, path);

    g_assert_cmpint(g_mkdir_with_parents(whole, 0755), ==, 0);
    g_assert_cmpint(chmod(whole, mode), ==, 0);
}

static void
put(const char *root, const char *path, const char *text, mode_t mode)
{
    g_autofree char *whole = at(root, path);

    g_assert_true(g_file_set_contents(whole, text, -1, NULL));
    g_assert_cmpint(chmod(whole, mode), ==, 0);
}

static char *
make_host(const Case *given)
{
    char *root = g_dir_make_tmp("virt-payload-qemu.XXXXXX", NULL);
    g_autofree char *directory = at(root, "/run/payload");
    VpOwner owner;

    make_directory(root, "", 0755);
    make_directory(root, "/etc/libvirt", 0755);
    make_directory(root, "/run", given->above != 0 ? given->above : 0755);
    make_directory(root, "/run/payload", given->directory != 0 ? given->directory : 0711);
    put(root, "/run/payload/" IMAGE, "image", given->image != 0 ? given->image : 0644);
    put(root, "/run/payload/notes", "not an image", 0600);
    put(root, "/run/payload/." IMAGE ".tmp", "not yet", 0600);
    if (given->conf != NULL)
        put(root, QEMU_CONF, given->conf, 0644);
    if (given->given != NULL) {
        g_assert_true(vp_payload_owner_parse(given->given, &owner));
        g_assert_cmpint(chown(directory, owner.uid, owner.gid), ==, 0);
    }
    return root;
}

static void
note(const char *what, const char *message, gpointer data)
{
    g_string_append_printf(data, "%s: %s\n", what, message);
}

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *root = NULL, *directory = NULL;
    g_autoptr(GString) told = g_string_new(NULL);
    VpHost host = {0};
    VpConf conf = {0};

    if (geteuid() != 0) {
        g_test_skip("only root can become another user");
        return;
    }
    root = make_host(given);
    directory = at(root, "/run/payload");
    host.root = root;
    conf.directory = directory;
    if (given->owner != NULL)
        g_assert_true(vp_payload_owner_parse(given->owner, &conf.image_owner));
    vp_virt_qemu_user_check(&host, &conf, note, told);
    g_string_replace(told, root, "@", 0);
    g_assert_cmpstr(told->str, ==, given->told != NULL ? given->told : "");
    remove_tree(root);
}

static const Case cases[] = {
    {"open-directory", NOBODY},
    {"closed-directory", NOBODY, CANNOT_SEARCH("@/run/payload"), .directory = 0700},
    {"closed-directory-above", NOBODY, CANNOT_SEARCH("@/run"), .directory = 0700, .above = 0700},
    {"directory-that-can-only-be-listed", NOBODY, CANNOT_SEARCH("@/run/payload"),
     .directory = 0744},
    {"directory-of-the-user", NOBODY, .directory = 0700, .given = "nobody"},
    {"directory-of-the-group", NOBODY "group = \"+65534\"\n", .directory = 0710,
     .given = "root:+65534"},
    {"directory-of-root's-group", NOBODY, CANNOT_SEARCH("@/run/payload"), .directory = 0710},
    {"image-that-libvirt-will-relabel", NOBODY, .image = 0600},

    {"no-file", NULL, .directory = 0700},
    {"root", "user = \"root\"\n", .directory = 0700},
    {"root-by-number", "user = \"+0\"\n" NO_RELABELLING, .directory = 0700},
    {"no-such-user", "user = \"vp-no-such-user\"\n", .directory = 0700},
    {"single-quotes", "user = 'nobody'\n", CANNOT_SEARCH("@/run/payload"), .directory = 0700},
    {"no-blanks", "user=\"nobody\"", CANNOT_SEARCH("@/run/payload"), .directory = 0700},
    {"many-blanks", " \tuser \t = \t\"nobody\" \t\r\n", CANNOT_SEARCH("@/run/payload"),
     .directory = 0700},
    {"comment-at-the-end", "user = \"nobody\"  # not root\n", CANNOT_SEARCH("@/run/payload"),
     .directory = 0700},
    {"last-line-counts", "user = \"root\"\n" NOBODY, CANNOT_SEARCH("@/run/payload"),
     .directory = 0700},
    {"comment-does-not-count", NOBODY "#user = \"root\"\n # user = \"root\"\n",
     CANNOT_SEARCH("@/run/payload"), .directory = 0700},
    {"longer-keys-do-not-count", NOBODY "user_x = \"root\"\nusers = \"root\"\nuse = \"root\"\nu",
     CANNOT_SEARCH("@/run/payload"), .directory = 0700},
    {"by-number", "user = \"+65534\"\n" NO_RELABELLING, SET_OWNER("+65534")},

    {"never-relabelled", NOBODY NO_RELABELLING, SET_OWNER("nobody")},
    {"never-relabelled-with-group", NOBODY "group = \"+65534\"\n" NO_RELABELLING,
     SET_OWNER("nobody:+65534")},
    {"never-relabelled-comment-at-the-end", NOBODY "dynamic_ownership = 0 # NFS\n",
     SET_OWNER("nobody")},
    {"never-relabelled-closed-directory", NOBODY NO_RELABELLING,
     CANNOT_SEARCH("@/run/payload") SET_OWNER("nobody"), .directory = 0700},
    {"relabelled", NOBODY "dynamic_ownership = 1\n", .image = 0600},
    {"another-image-owner", NOBODY NO_RELABELLING, SET_OWNER("nobody"), "root"},
    {"image-owner-with-readable-image", NOBODY NO_RELABELLING, NULL, "nobody"},
    {"image-owner-with-earlier-image", NOBODY NO_RELABELLING, CANNOT_READ, "nobody", .image = 0600},
};

/* Without a line for it, the user is that which this system's libvirt was built with. */
static void
test_default(void)
{
    const Case given = {.conf = NO_RELABELLING};
    const char *user = getpwnam("libvirt-qemu") != NULL ? "libvirt-qemu" : "qemu";
    g_autofree char *root = NULL, *directory = NULL, *wanted = NULL;
    g_autoptr(GString) told = g_string_new(NULL);
    VpHost host = {0};
    VpConf conf = {0};

    if (geteuid() != 0 || getpwnam(user) == NULL) {
        g_test_skip("only root can become another user, and QEMU needs one of its own");
        return;
    }
    wanted = g_strdup_printf(SET_OWNER("%s"), user);
    root = make_host(&given);
    directory = at(root, "/run/payload");
    host.root = root;
    conf.directory = directory;
    vp_virt_qemu_user_check(&host, &conf, note, told);
    g_assert_cmpstr(told->str, ==, wanted);
    remove_tree(root);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/qemu-user/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/qemu-user/default-of-libvirt", test_default);
    return g_test_run();
}
