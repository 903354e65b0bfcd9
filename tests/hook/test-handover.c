/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hand-over: for which guests, with which words, and as what kind of process. The command is a
 * script in a directory of the test's own, which notes how it was started. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "hook/handover.h"
#include "hook/without-systemd.h"
#include "remove-tree.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define COMMAND VP_SBINDIR "/virt-payload"
#define NOTED VP_SBINDIR "/noted"
#define GO VP_SBINDIR "/go" /* the script waits until somebody has opened it */

enum { NOBODY = 65534, PATIENCE_SECONDS = 60 };

static const char script[] =
    "#!/bin/sh\n"
    "exec 9<" GO "\n"
    "fds=$(for fd in 0 1 2; do readlink /proc/$$/fd/$fd; done)\n"
    "{ echo $0 $*\n"
    "tr '\\0' ' ' </proc/$$/environ; echo\n"
    "echo $(pwd) $(umask) $(sed -n 's/^Sig\\(Blk\\|Ign\\):.*\\(.\\{4\\}\\)$/\\2/p' "
    "/proc/$$/status)\n"
    "echo $fds; } >" NOTED ".new\n"
    "mv " NOTED ".new " NOTED "\n";

typedef struct {
    VpConf conf;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    if (g_file_test(VP_SBINDIR, G_FILE_TEST_EXISTS))
        remove_tree(VP_SBINDIR); /* of a run that was ended */
    g_assert_cmpint(mkdir(VP_SBINDIR, 0755), ==, 0);
    g_assert_true(g_file_set_contents(COMMAND, script, -1, NULL));
    g_assert_cmpint(chmod(COMMAND, 0755) | mkfifo(GO, 0644), ==, 0);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(VP_SBINDIR);
}

/* A unit of systemd's is not what these tests look at; test-libvirtd-systemd.sh does. */
static gboolean
is_scheduled(void)
{
    if (hide_systemd())
        return FALSE;
    g_test_skip("systemd would start the command");
    return TRUE;
}

static void
start(const Fixture *fixture, const char *guest)
{
    g_autoptr(GError) error = NULL;
    gboolean is_started = vp_hook_handover_start(guest, &fixture->conf, &error);

    g_assert_no_error(error);
    g_assert_true(is_started);
}

/* Opens the script's way, and waits for the lines that it notes. */
static char **
wait_for_lines(void)
{
    int go = open(GO, O_RDWR | O_CLOEXEC);
    g_autofree char *text = NULL;

    for (guint i = 0; i < PATIENCE_SECONDS * 100 && text == NULL; i++) {
        g_usleep(10000);
        (void)g_file_get_contents(NOTED, &text, NULL, NULL);
    }
    g_assert_nonnull(text);
    g_assert_cmpint(close(go) | unlink(NOTED), ==, 0);
    return g_strsplit(text, "\n", -1);
}

/* --- which guests ----------------------------------------------------------------------------- */

/* What the process that read the definition says is not believed. */
static void
test_guests(Fixture *fixture, gconstpointer data)
{
    static const char *const refused[] = {
        "",
        UUID,
        UUID " ",
        UUID " 0",
        UUID " -1",
        UUID " 01",
        UUID " +1",
        UUID "  1",
        UUID " 1 ",
        UUID " 1\n",
        UUID " 1 --config",
        UUID " 1resumed",
        UUID " 1  resumed",
        UUID " 1 resumed ",
        UUID "  resumed",
        UUID " 2147483648",
        UUID ":1",
        UUID "5 1",
        " " UUID " 1",
        "11111111-2222-4333-8444-55555555555 1",
        "11111111-2222-4333-8444-55555555555A 1",
        "11111111-2222-4333-8444-55555555555\n 1",
        "-1111111-2222-4333-8444-555555555555 1",
        "--connect=qemu+ssh://elsewhere/system 1",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("'%s'", refused[i]);
        g_assert_false(vp_hook_handover_start(refused[i], &fixture->conf, &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
        g_assert_cmpstr(error->message, ==, "does not name a running guest");
    }
}

/* --- the command ------------------------------------------------------------------------------ */

static void
test_words(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *id, *uri;
        VpAttach attach;
        const char *expected; /* %s: the daemon, and when it began */
    } cases[] = {
        {"1", NULL, VP_ATTACH_HOTPLUG, "--connect %s attach --live --id 1 --began %s " UUID},
        {"2147483647", NULL, VP_ATTACH_PERSISTENT,
         "--connect %s attach --live --config --id 2147483647 --began %s " UUID},
        {"7", "test:///a?b=c", VP_ATTACH_HOTPLUG,
         "--connect %s attach --live --id 7 --began %s " UUID},
        {"8 resumed", NULL, VP_ATTACH_HOTPLUG,
         "--connect %s attach --live --id 8 --began %s --resumed " UUID},
    };

    if (is_scheduled())
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *usual = geteuid() == 0 ? "qemu:///system" : "qemu:///session";
        g_autofree char *guest = g_strdup_printf(UUID " %s", cases[i].id);
        g_auto(GStrv) expected = g_strsplit(cases[i].expected, "%s", -1);
        g_autofree char *text = NULL;
        gint64 before = g_get_monotonic_time() / 1000;
        g_auto(GStrv) lines = NULL;
        g_auto(GStrv) parts = NULL;
        gint64 began;

        fixture->conf.uri = (char *)cases[i].uri;
        fixture->conf.attach = cases[i].attach;
        start(fixture, guest);
        lines = wait_for_lines();
        parts = g_strsplit(lines[0], "--began ", 2);
        began = g_ascii_strtoll(parts[1], NULL, 10);
        g_assert_cmpint(began, >=, before);
        g_assert_cmpint(began, <=, g_get_monotonic_time() / 1000);
        text = g_strdup_printf(COMMAND " %s%s%s%" G_GINT64_FORMAT "%s", expected[0],
                               cases[i].uri != NULL ? cases[i].uri : usual, expected[1], began,
                               expected[2]);
        g_assert_cmpstr(lines[0], ==, text);
    }
}

/* The hook ignores SIGPIPE and has a narrow umask; its directory and environment are libvirt's. */
static void
test_process(Fixture *fixture, gconstpointer data)
{
    static const int terminal[] = {SIGHUP, SIGINT, SIGQUIT};
    sigset_t all, before;
    mode_t mask = umask(077);
    g_auto(GStrv) lines = NULL;

    if (is_scheduled())
        return;
    sigfillset(&all);
    g_assert_cmpint(sigprocmask(SIG_SETMASK, &all, &before), ==, 0);
    g_assert_true(signal(SIGPIPE, SIG_IGN) == SIG_DFL);
    /* a shell's job in the background ignores these */
    for (gsize i = 0; i < G_N_ELEMENTS(terminal); i++)
        g_assert_true(signal(terminal[i], SIG_DFL) != SIG_ERR);
    start(fixture, UUID " 1");
    g_assert_true(signal(SIGPIPE, SIG_DFL) == SIG_IGN);
    g_assert_cmpint(sigprocmask(SIG_SETMASK, &before, NULL), ==, 0);
    umask(mask);
    lines = wait_for_lines();
    g_assert_true(g_str_has_prefix(lines[1], "PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "));
    g_assert_null(strstr(lines[1], "VP_HANDOVER_TEST"));
    g_assert_cmpstr(lines[2], ==, "/ 0022 0000 0000");
    g_assert_cmpstr(lines[3], ==, "/dev/null /dev/null /dev/null");
}

/* libvirt waits for the last holder of the hook's output, and the command waits for libvirt. */
static void
test_pipes(Fixture *fixture, gconstpointer data)
{
    g_auto(GStrv) lines = NULL;
    struct pollfd end = {.events = POLLIN};
    int ends[2];
    char byte;

    if (is_scheduled())
        return;
    g_assert_cmpint(pipe(ends), ==, 0);
    start(fixture, UUID " 1");
    g_assert_cmpint(close(ends[1]), ==, 0);
    end.fd = ends[0];
    g_assert_cmpint(poll(&end, 1, PATIENCE_SECONDS * 1000), ==, 1);
    g_assert_cmpint(read(ends[0], &byte, 1), ==, 0);
    g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
    g_assert_cmpint(errno, ==, ECHILD);
    lines = wait_for_lines();
    g_assert_cmpint(close(ends[0]), ==, 0);
}

static void
test_failures(Fixture *fixture, gconstpointer data)
{
    static const int modes[] = {0644, -1 /* no file */};
    const char *const says[] = {"Permission denied", "No such file or directory"};

    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_autofree char *expected =
            g_strdup_printf("handing over to " COMMAND ", which adds the drive: %s", says[i]);
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(modes[i] < 0 ? unlink(COMMAND) : chmod(COMMAND, (mode_t)modes[i]), ==, 0);
        g_assert_false(vp_hook_handover_start(UUID " 1", &fixture->conf, &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
        g_assert_cmpstr(error->message, ==, expected);
    }
}

/* --- a session -------------------------------------------------------------------------------- */

/* The user and its command may still go through directories that are closed to them, such as the
 * home directory in which all this was built. */
static gboolean
become_nobody(void)
{
    const guint32 kept = 1U << CAP_DAC_READ_SEARCH;
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{kept, kept, kept}};

    return prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) == 0 &&
           setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0 &&
           syscall(SYS_capset, &header, data) == 0 &&
           prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0) == 0 &&
           prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

/* As a daemon's child whose environment libvirt has emptied. */
static void G_GNUC_NORETURN
be_daemon(const Fixture *fixture)
{
    int status = 1;
    pid_t hook;

    if (geteuid() == 0 && !become_nobody())
        _exit(2);
    hook = fork();
    if (hook == 0)
        _exit(clearenv() != 0 || !vp_hook_handover_start(UUID " 1", &fixture->conf, NULL));
    _exit(waitpid(hook, &status, 0) == hook && WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

static void
test_session(Fixture *fixture, gconstpointer data)
{
    g_auto(GStrv) lines = NULL;
    int status = 0;
    pid_t daemon;

    if (geteuid() == 0)
        g_assert_cmpint(chown(VP_SBINDIR, NOBODY, NOBODY), ==, 0);
    daemon = fork();
    if (daemon == 0)
        be_daemon(fixture);
    g_assert_cmpint(waitpid(daemon, &status, 0), ==, daemon);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    lines = wait_for_lines();
    g_assert_nonnull(strstr(lines[0], "--connect qemu:///session "));
    g_assert_nonnull(strstr(lines[1], " HOME=/"));
    g_assert_true(g_str_has_suffix(
        lines[1], " XDG_RUNTIME_DIR=/run/user/7 XDG_CACHE_HOME=/c=d XDG_CONFIG_HOME= "));
}

/* /proc/PID/environ has what a program is started with: this one starts itself again. */
static void
start_in_known_environment(char **argv)
{
    if (g_getenv("VP_HANDOVER_TEST") != NULL)
        return;
    g_assert_true(
        g_setenv("XDG_CONFIG_HOME", "", TRUE) && g_setenv("XDG_CACHE_HOME", "/c=d", TRUE) &&
        g_setenv("XDG_RUNTIME_DIR", "/run/user/7", TRUE) &&
        g_setenv("XDG_RUNTIME_DIRECTORY", "no", TRUE) && g_setenv("VP_HANDOVER_TEST", "yes", TRUE));
    execv("/proc/self/exe", argv);
    g_error("/proc/self/exe: %s", g_strerror(errno));
}

int
main(int argc, char **argv)
{
    start_in_known_environment(argv);
    g_test_init(&argc, &argv, NULL);
    g_test_add("/handover/guests", Fixture, NULL, set_up, test_guests, tear_down);
    g_test_add("/handover/words", Fixture, NULL, set_up, test_words, tear_down);
    g_test_add("/handover/process", Fixture, NULL, set_up, test_process, tear_down);
    g_test_add("/handover/pipes", Fixture, NULL, set_up, test_pipes, tear_down);
    g_test_add("/handover/failures", Fixture, NULL, set_up, test_failures, tear_down);
    g_test_add("/handover/session", Fixture, NULL, set_up, test_session, tear_down);
    return g_test_run();
}
