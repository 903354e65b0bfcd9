/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts as trees of the few files that are read of them. */
#include <config.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "libvirt/host.h"

#define HOOK "/etc/libvirt/hooks/qemu"
#define PROGRAM "/usr/sbin/virt-payload-hook"
#define DIRECTORY "/run/payload"
#define PID "4711"

typedef struct {
    char *root;
    VpHost host;
    GString *told;
} Fixture;

static char *
path_of(const Fixture *fixture, const char *path)
{
    return g_strconcat(fixture->root, path, NULL);
}

static void
put(const Fixture *fixture, const char *path, const char *text)
{
    g_autofree char *whole = path_of(fixture, path);
    g_autofree char *directory = g_path_get_dirname(whole);

    g_assert_cmpint(g_mkdir_with_parents(directory, 0755), ==, 0);
    g_assert_true(g_file_set_contents(whole, text, -1, NULL));
}

/* When the hook was installed: before now. */
static gint64
installed(const Fixture *fixture)
{
    g_autofree char *path = path_of(fixture, HOOK);
    struct stat status;

    g_assert_cmpint(lstat(path, &status), ==, 0);
    return status.st_ctime;
}

static void
put_daemon(const Fixture *fixture, const char *name, gint64 start)
{
    g_autofree char *pid_file = g_strdup_printf("/run/%s.pid", name);
    g_autofree char *comm = g_strdup_printf("%s\n", name);
    g_autofree char *boot =
        g_strdup_printf("cpu 1 2\nbtime %" G_GINT64_FORMAT "\nprocesses 5\n", start - 100);
    g_autofree char *line =
        g_strdup_printf(PID " (a) name) S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 17 0 %ld 9 9\n",
                        100 * sysconf(_SC_CLK_TCK));

    put(fixture, pid_file, PID "\n");
    put(fixture, "/proc/" PID "/comm", comm);
    put(fixture, "/proc/" PID "/stat", line);
    put(fixture, "/proc/stat", boot);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->root = g_dir_make_tmp("virt-payload-host.XXXXXX", NULL);
    g_assert_nonnull(fixture->root);
    fixture->host =
        (VpHost){.root = fixture->root, .hook = HOOK, .program = PROGRAM, .directory = DIRECTORY};
    fixture->told = g_string_new(NULL);
    put(fixture, HOOK, "");
    put(fixture, PROGRAM, "");
    put(fixture, DIRECTORY "/x", "");
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    const char *argv[] = {"rm", "-rf", fixture->root, NULL};

    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
    g_string_free(fixture->told, TRUE);
    g_free(fixture->root);
}

static void
note(const char *what, const char *message, gpointer data)
{
    g_string_append_printf(data, "%s: %s\n", what, message);
}

typedef void Check(const VpHost *host, VpHostTell *tell, gpointer data);

/* wanted: a part of what is reported; NULL for nothing. */
static void
assert_told(Fixture *fixture, Check *check, const char *wanted)
{
    g_string_truncate(fixture->told, 0);
    check(&fixture->host, note, fixture->told);
    if (wanted == NULL)
        g_assert_cmpstr(fixture->told->str, ==, "");
    else if (strstr(fixture->told->str, wanted) == NULL)
        g_error("not told: %s; but: %s", wanted, fixture->told->str);
}

static void
test_daemon(Fixture *fixture, gconstpointer data)
{
    gint64 now = installed(fixture);
    g_autofree char *unit = NULL;

    assert_told(fixture, vp_virt_host_check_daemon, NULL);
    put_daemon(fixture, "libvirtd", now - 3600);
    assert_told(fixture, vp_virt_host_check_daemon, HOOK ": was installed after libvirtd started");
    assert_told(fixture, vp_virt_host_check_daemon, "; run: systemctl reload libvirtd\n");
    unit = vp_virt_host_daemon_unit(&fixture->host);
    g_assert_cmpstr(unit, ==, "libvirtd.service");

    fixture->host.reloaded = now;
    assert_told(fixture, vp_virt_host_check_daemon, NULL);
    fixture->host.reloaded = now - 1800;
    assert_told(fixture, vp_virt_host_check_daemon, "was installed after");
    fixture->host.last_image = now;
    assert_told(fixture, vp_virt_host_check_daemon, NULL);
    fixture->host.last_image = now - 1;
    assert_told(fixture, vp_virt_host_check_daemon, "was installed after");

    put_daemon(fixture, "libvirtd", now + 5);
    assert_told(fixture, vp_virt_host_check_daemon, NULL);
    put_daemon(fixture, "virtqemud", now - 3600);
    assert_told(fixture, vp_virt_host_check_daemon, "; run: systemctl reload virtqemud");
    /* the file of a daemon that is no more, whose number is now another process's */
    put(fixture, "/proc/" PID "/comm", "sleep\n");
    assert_told(fixture, vp_virt_host_check_daemon, NULL);
}

static void
test_apparmor(Fixture *fixture, gconstpointer data)
{
    assert_told(fixture, vp_virt_host_check_apparmor, NULL);
    put_daemon(fixture, "libvirtd", installed(fixture));
    put(fixture, "/proc/" PID "/attr/current", "libvirtd (enforce)\n");
    assert_told(fixture, vp_virt_host_check_apparmor, NULL);
    fixture->host.program = "/usr/local/sbin/virt-payload-hook";
    assert_told(fixture, vp_virt_host_check_apparmor,
                "/usr/local/sbin/virt-payload-hook: AppArmor: libvirt's daemon may not run");
    assert_told(fixture, vp_virt_host_check_apparmor,
                "add '/usr/local/sbin/virt-payload-hook PUx,' to "
                "/etc/apparmor.d/local/usr.sbin.libvirtd and run: apparmor_parser -r "
                "/etc/apparmor.d/usr.sbin.libvirtd\n");
    put(fixture, "/proc/" PID "/attr/current", "unconfined\n");
    assert_told(fixture, vp_virt_host_check_apparmor, NULL);
    put(fixture, "/proc/" PID "/attr/current", "libvirtd (complain)\n");
    assert_told(fixture, vp_virt_host_check_apparmor, NULL);
    put(fixture, "/proc/" PID "/attr/current", "libvirtd (enforce)\n");
    put(fixture, "/etc/apparmor.d/local/usr.sbin.libvirtd",
        "/usr/local/sbin/virt-payload-hook PUx,\n");
    assert_told(fixture, vp_virt_host_check_apparmor, NULL);
}

static void
test_apparmor_own(Fixture *fixture, gconstpointer data)
{
    put(fixture, "/sys/kernel/security/apparmor/profiles",
        "libvirtd (enforce)\nvirt-payload-hook (enforce)\n");
    assert_told(fixture, vp_virt_host_check_apparmor, NULL);
    fixture->host.directory = "/srv/payload";
    assert_told(fixture, vp_virt_host_check_apparmor,
                "add '/srv/payload/ rw, /srv/payload/* rwk,' to "
                "/etc/apparmor.d/local/usr.sbin.virt-payload-hook");
    put(fixture, "/etc/apparmor.d/local/usr.sbin.virt-payload-hook", "/srv/payload/ rw,\n");
    assert_told(fixture, vp_virt_host_check_apparmor, NULL);
}

static gboolean
label(const Fixture *fixture, const char *path, const char *context)
{
    g_autofree char *whole = path_of(fixture, path);

    return setxattr(whole, "security.selinux", context, strlen(context) + 1, 0) == 0;
}

static void
test_selinux(Fixture *fixture, gconstpointer data)
{
    if (!label(fixture, PROGRAM, "system_u:object_r:bin_t:s0")) {
        g_test_skip(g_strerror(errno));
        return;
    }
    put(fixture, "/sys/fs/selinux/enforce", "1");
    assert_told(fixture, vp_virt_host_check_selinux, NULL);
    g_assert_true(label(fixture, DIRECTORY, "system_u:object_r:virt_content_t:s0"));
    assert_told(fixture, vp_virt_host_check_selinux, NULL);
    g_assert_true(label(fixture, DIRECTORY, "system_u:object_r:var_run_t:s0"));
    assert_told(fixture, vp_virt_host_check_selinux,
                "/run/payload: SELinux enforces, and its type is var_run_t instead of "
                "virt_content_t; load the policy module of " VP_PKGDATADIR "/selinux");
    g_assert_true(label(fixture, PROGRAM, "unconfined_u:object_r:user_home_t:s0"));
    assert_told(fixture, vp_virt_host_check_selinux, "run: restorecon " PROGRAM "\n");
    put(fixture, "/sys/fs/selinux/enforce", "0");
    assert_told(fixture, vp_virt_host_check_selinux, NULL);
}

static void
test_selinux_hook(Fixture *fixture, gconstpointer data)
{
    static const char modules[] = "/var/lib/selinux/targeted/active/modules/";
    g_autofree char *distribution = g_strconcat(modules, "100/virt/cil", NULL);
    g_autofree char *own = g_strconcat(modules, "400/virt-payload/cil", NULL);

    if (!label(fixture, HOOK, "system_u:object_r:virt_hook_t:s0")) {
        g_test_skip(g_strerror(errno));
        return;
    }
    put_daemon(fixture, "virtqemud", installed(fixture));
    put(fixture, "/proc/" PID "/attr/current", "system_u:system_r:virtqemud_t:s0\n");
    put(fixture, "/sys/fs/selinux/enforce", "1");
    assert_told(fixture, vp_virt_host_check_selinux_hook, NULL); /* not root: who knows */
    put(fixture, distribution, "");
    assert_told(fixture, vp_virt_host_check_selinux_hook,
                HOOK ": SELinux enforces, and its policy may not let virtqemud run hooks; load "
                     "the policy module of " VP_PKGDATADIR "/selinux");
    put(fixture, "/sys/fs/selinux/enforce", "0");
    assert_told(fixture, vp_virt_host_check_selinux_hook, NULL);
    put(fixture, "/sys/fs/selinux/enforce", "1");
    put(fixture, "/proc/" PID "/attr/current", "system_u:system_r:virtd_t:s0-s0:c0.c1023\n");
    assert_told(fixture, vp_virt_host_check_selinux_hook, NULL);
    put(fixture, "/proc/" PID "/attr/current", "system_u:system_r:virtqemud_t:s0\n");
    put(fixture, own, "");
    assert_told(fixture, vp_virt_host_check_selinux_hook, NULL);
    g_assert_true(label(fixture, HOOK, "system_u:object_r:virt_etc_rw_t:s0"));
    assert_told(fixture, vp_virt_host_check_selinux_hook, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/host/daemon", Fixture, NULL, set_up, test_daemon, tear_down);
    g_test_add("/host/apparmor", Fixture, NULL, set_up, test_apparmor, tear_down);
    g_test_add("/host/apparmor/own", Fixture, NULL, set_up, test_apparmor_own, tear_down);
    g_test_add("/host/selinux", Fixture, NULL, set_up, test_selinux, tear_down);
    g_test_add("/host/selinux/hook", Fixture, NULL, set_up, test_selinux_hook, tear_down);
    return g_test_run();
}
