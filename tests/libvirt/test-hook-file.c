/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hook directories with copies of the real program, whole and as other installers leave them. */
#include <config.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "libvirt/hook-file.h"

#define HOOKS "/etc/libvirt/hooks"
#define HOOK HOOKS "/qemu"
#define BESIDE HOOKS "/qemu.d/50-virt-payload"
#define PROGRAM "/usr/sbin/virt-payload-hook"
#define INSTALL "run: " VP_PKGDATADIR "/install-hook install " HOOKS " " PROGRAM

typedef struct {
    char *root;
    VpHost host;
    GString *told;
    char *program; /* its bytes */
    gsize size;
} Fixture;

static void
put(const Fixture *fixture, const char *path, const char *bytes, gssize size)
{
    g_autofree char *whole = g_strconcat(fixture->root, path, NULL);
    g_autofree char *directory = g_path_get_dirname(whole);

    g_assert_cmpint(g_mkdir_with_parents(directory, 0755), ==, 0);
    g_assert_true(g_file_set_contents(whole, bytes, size, NULL));
    g_assert_cmpint(g_chmod(whole, 0755), ==, 0);
}

static void
remove_file(const Fixture *fixture, const char *path)
{
    g_autofree char *whole = g_strconcat(fixture->root, path, NULL);

    g_assert_cmpint(g_unlink(whole), ==, 0);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autofree char *built = g_test_build_filename(G_TEST_BUILT, "..", "virt-payload-hook", NULL);

    fixture->root = g_dir_make_tmp("virt-payload-hooks.XXXXXX", NULL);
    fixture->host = (VpHost){.root = fixture->root, .hooks = HOOKS, .program = PROGRAM};
    fixture->told = g_string_new(NULL);
    g_assert_true(g_file_get_contents(built, &fixture->program, &fixture->size, NULL));
    put(fixture, PROGRAM, fixture->program, (gssize)fixture->size);
    put(fixture, HOOK, fixture->program, (gssize)fixture->size);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    const char *argv[] = {"rm", "-rf", fixture->root, NULL};

    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
    g_string_free(fixture->told, TRUE);
    g_free(fixture->root);
    g_free(fixture->program);
}

static void
note(const char *what, const char *message, gpointer data)
{
    g_string_append_printf(data, "%s: %s\n", what, message);
}

/* All that is reported. */
static void
assert_told(Fixture *fixture, const char *wanted)
{
    g_string_truncate(fixture->told, 0);
    vp_virt_hook_file_check(&fixture->host, note, fixture->told);
    g_assert_cmpstr(fixture->told->str, ==, wanted);
}

static char *
append(const Fixture *fixture, const char *text, gsize *size)
{
    char *bytes = g_malloc(fixture->size + strlen(text));

    memcpy(bytes, fixture->program, fixture->size);
    memcpy(bytes + fixture->size, text, strlen(text));
    *size = fixture->size + strlen(text);
    return bytes;
}

static void
test_whole(Fixture *fixture, gconstpointer data)
{
    assert_told(fixture, "");
    remove_file(fixture, HOOK);
    assert_told(fixture, HOOK ": the hook is not installed; " INSTALL "\n");
    put(fixture, HOOK, "#!/bin/sh\n", -1);
    assert_told(fixture, HOOK ": is another product's hook, and the hook of virt-payload is not "
                              "installed beside it; " INSTALL "\n");
    put(fixture, BESIDE, fixture->program, (gssize)fixture->size);
    assert_told(fixture, "");
}

static void
test_twice(Fixture *fixture, gconstpointer data)
{
    put(fixture, HOOKS "/qemu.d/10-copy", fixture->program, (gssize)fixture->size);
    assert_told(fixture,
                HOOKS "/qemu.d/10-copy: is a second copy of the hook, which libvirt also runs; "
                      "run: rm " HOOKS "/qemu.d/10-copy\n");
}

static void
test_not_executable(Fixture *fixture, gconstpointer data)
{
    g_autofree char *whole = g_strconcat(fixture->root, HOOK, NULL);

    g_assert_cmpint(g_chmod(whole, 0644), ==, 0);
    assert_told(fixture, HOOK ": the hook is not executable, so libvirt does not run it; run: "
                              "chmod 0755 " HOOK "\n");
}

static void
test_link(Fixture *fixture, gconstpointer data)
{
    g_autofree char *whole = g_strconcat(fixture->root, HOOK, NULL);
    g_autofree char *program = g_strconcat(fixture->root, PROGRAM, NULL);

    remove_file(fixture, HOOK);
    g_assert_cmpint(symlink(program, whole), ==, 0);
    assert_told(fixture,
                HOOK ": is a link, so writing to it overwrites the hook's program; " INSTALL "\n");
    remove_file(fixture, PROGRAM);
    assert_told(fixture, HOOK ": is a broken link; " INSTALL "\n");
}

static void
test_written_into(Fixture *fixture, gconstpointer data)
{
    gsize size;
    g_autofree char *longer = append(fixture, "echo theirs\n", &size);
    g_autofree char *edited = NULL;

    put(fixture, HOOK, longer, (gssize)size);
    assert_told(fixture, HOOK ": another program has appended text to the hook, and nothing runs "
                              "that text; the fix keeps it next to the hook; " INSTALL "\n");
    edited = g_malloc(fixture->size + 10);
    memcpy(edited, "#!/bin/sh\n", 10);
    memcpy(edited + 10, fixture->program, fixture->size);
    put(fixture, HOOK, edited, (gssize)fixture->size + 10);
    assert_told(fixture, HOOK
                ": another program has edited the hook, which can no longer run; " INSTALL "\n");
}

static void
test_version(Fixture *fixture, gconstpointer data)
{
    char *core = memmem(fixture->program, fixture->size, "virt-payload-core.so", 20);

    g_assert_nonnull(core);
    core[0] = 'V';
    put(fixture, HOOK, fixture->program, (gssize)fixture->size);
    assert_told(fixture,
                HOOK ": the hook's version differs from the installed program; " INSTALL "\n");
    put(fixture, PROGRAM, "#!/bin/sh\n", -1);
    assert_told(fixture, PROGRAM ": the hook's program is missing or has been overwritten; install "
                                 "virt-payload again\n");
    remove_file(fixture, PROGRAM);
    assert_told(fixture, PROGRAM ": the hook's program is missing or has been overwritten; install "
                                 "virt-payload again\n");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/hook-file/whole", Fixture, NULL, set_up, test_whole, tear_down);
    g_test_add("/hook-file/twice", Fixture, NULL, set_up, test_twice, tear_down);
    g_test_add("/hook-file/not-executable", Fixture, NULL, set_up, test_not_executable, tear_down);
    g_test_add("/hook-file/link", Fixture, NULL, set_up, test_link, tear_down);
    g_test_add("/hook-file/written-into", Fixture, NULL, set_up, test_written_into, tear_down);
    g_test_add("/hook-file/version", Fixture, NULL, set_up, test_version, tear_down);
    return g_test_run();
}
