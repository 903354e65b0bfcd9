/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A detached process: two forks, a new session, nothing inherited. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/number.h"
#include "domain/front-search.h"
#include "hook/handover.h"

#define COMMAND VP_SBINDIR "/virt-payload"
#define SYSTEMD_RUN "/usr/bin/systemd-run"
#define SYSTEMD_IS_RUNNING "/run/systemd/system" /* sd_booted(3) */

#define RESUMED " resumed"

enum { SCHEDULE_SECONDS = 10 };

typedef struct {
    char **command;   /* the arguments of COMMAND */
    char **scheduled; /* the same by systemd-run; NULL if there is none */
    char **environment;
} Handover;

typedef struct {
    char *uuid;
    guint id;
    gboolean is_resumed;
} Guest;

static void
guest_clear(Guest *guest)
{
    g_free(guest->uuid);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Guest, guest_clear)

/* --- before the forks: all that allocates ---------------------------------------------------- */

static gboolean
read_guest(const char *text, Guest *guest)
{
    gsize length = strspn(text, "0123456789abcdef-");
    g_autofree char *id = NULL;

    if (length != VP_UUID_LENGTH || text[0] == '-' || text[length] != ' ')
        return FALSE;
    id = g_strdup(text + length + 1);
    guest->is_resumed = g_str_has_suffix(id, RESUMED);
    if (guest->is_resumed)
        id[strlen(id) - strlen(RESUMED)] = '\0';
    if (!vp_number_parse(id, 1, G_MAXINT, &guest->id))
        return FALSE;
    guest->uuid = g_strndup(text, length);
    return TRUE;
}

/* In milliseconds, so that the command can compute the time from the start to the drive. */
static char *
began(void)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, g_get_monotonic_time() / 1000);
}

static char **
command_line(const Guest *guest, const VpConf *conf)
{
    const char *uri = conf->uri;
    GPtrArray *line = g_ptr_array_new();

    g_ptr_array_add(line, g_strdup(COMMAND));
    g_ptr_array_add(line, g_strdup("--connect"));
    g_ptr_array_add(line, g_strdup(uri != NULL      ? uri
                                   : geteuid() == 0 ? "qemu:///system"
                                                    : "qemu:///session"));
    g_ptr_array_add(line, g_strdup("attach"));
    g_ptr_array_add(line, g_strdup("--live"));
    if (conf->attach == VP_ATTACH_PERSISTENT)
        g_ptr_array_add(line, g_strdup("--config"));
    g_ptr_array_add(line, g_strdup("--id"));
    g_ptr_array_add(line, g_strdup_printf("%u", guest->id));
    g_ptr_array_add(line, g_strdup("--began"));
    g_ptr_array_add(line, began());
    if (guest->is_resumed)
        g_ptr_array_add(line, g_strdup("--resumed"));
    g_ptr_array_add(line, g_strdup(guest->uuid));
    g_ptr_array_add(line, NULL);
    return (char **)g_ptr_array_free(line, FALSE);
}

/* A separate unit, so that it outlives a restart of the daemon whose hook this is. */
static char **
scheduled_line(const Guest *guest, char **command)
{
    GPtrArray *line = g_ptr_array_new();

    g_ptr_array_add(line, g_strdup(SYSTEMD_RUN));
    g_ptr_array_add(line, g_strdup("--quiet"));
    g_ptr_array_add(line, g_strdup("--no-block"));
    g_ptr_array_add(line, g_strdup("--collect"));
    g_ptr_array_add(line,
                    g_strdup_printf("--unit=virt-payload-attach-%s-%u", guest->uuid, guest->id));
    g_ptr_array_add(line, g_strdup("--"));
    for (; *command != NULL; command++)
        g_ptr_array_add(line, g_strdup(*command));
    g_ptr_array_add(line, NULL);
    return (char **)g_ptr_array_free(line, FALSE);
}

/* The environment of a session's daemon says where its sockets are, but libvirt passes very little
 * of it to the hook. Our parent is the daemon, so its environment is read. */
static void
add_of_daemon(GPtrArray *environment, const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/environ", (int)getppid());
    g_autofree char *text = NULL;
    gsize size = 0;

    if (!g_file_get_contents(path, &text, &size, NULL))
        return;
    for (const char *at = text; at < text + size; at += strlen(at) + 1) {
        if (g_str_has_prefix(at, name) && at[strlen(name)] == '=')
            g_ptr_array_add(environment, g_strdup(at));
    }
}

static char **
clean_environment(void)
{
    GPtrArray *environment = g_ptr_array_new();

    g_ptr_array_add(environment, g_strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    g_ptr_array_add(environment, g_strdup("LC_ALL=C"));
    if (geteuid() != 0) {
        g_ptr_array_add(environment, g_strdup_printf("HOME=%s", g_get_home_dir()));
        add_of_daemon(environment, "XDG_RUNTIME_DIR");
        add_of_daemon(environment, "XDG_CACHE_HOME");
        add_of_daemon(environment, "XDG_CONFIG_HOME");
    }
    g_ptr_array_add(environment, NULL);
    return (char **)g_ptr_array_free(environment, FALSE);
}

/* --- after the forks: only system calls ----------------------------------------------------- */

static gboolean
leave_descriptors(void)
{
    int null = open("/dev/null", O_RDWR);

    if (null < 0)
        return FALSE;
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        if (dup2(null, fd) < 0)
            return FALSE;
    }
#ifdef SYS_close_range
    (void)syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
#else
    close(null);
#endif
    return TRUE;
}

static void
reset_signals(void)
{
    sigset_t none;

    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    (void)signal(SIGALRM, SIG_DFL);
}

static gboolean
run_scheduled(const Handover *handover)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        alarm(SCHEDULE_SECONDS); /* execve(2) keeps it */
        execve(SYSTEMD_RUN, handover->scheduled, handover->environment);
        _exit(127);
    }
    return child > 0 && TEMP_FAILURE_RETRY(waitpid(child, &status, 0)) == child && status == 0;
}

static void G_GNUC_NORETURN
run_detached(const Handover *handover)
{
    reset_signals();
    umask(022);
    if (!leave_descriptors() || chdir("/") < 0)
        _exit(127);
    if (handover->scheduled == NULL || !run_scheduled(handover))
        execve(COMMAND, handover->command, handover->environment);
    _exit(127);
}

/* The hook waits only for the first child, which ends at once. */
static int
detach(const Handover *handover)
{
    pid_t child = fork();
    int status;

    if (child < 0)
        return errno;
    if (child == 0) {
        pid_t detached = setsid() < 0 ? -1 : fork();

        if (detached == 0)
            run_detached(handover);
        _exit(detached < 0 ? errno : 0);
    }
    if (TEMP_FAILURE_RETRY(waitpid(child, &status, 0)) < 0)
        return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

gboolean
vp_hook_handover_start(const char *text, const VpConf *conf, GError **error)
{
    g_auto(Guest) guest = {NULL, 0, FALSE};
    g_auto(GStrv) command = NULL;
    g_auto(GStrv) scheduled = NULL;
    g_auto(GStrv) environment = clean_environment();
    Handover handover = {NULL, NULL, environment};
    int failed;

    if (!read_guest(text, &guest)) {
        g_set_error_literal(error, VP_ERROR, VP_ERROR_FAILED, "does not name a running guest");
        return FALSE;
    }
    handover.command = command = command_line(&guest, conf);
    if (geteuid() == 0 && access(SYSTEMD_IS_RUNNING, F_OK) == 0)
        handover.scheduled = scheduled = scheduled_line(&guest, command);
    failed = access(COMMAND, X_OK) < 0 ? errno : detach(&handover);
    if (failed == 0)
        return TRUE;
    return vp_error_set_errno(error, failed, "handing over to %s, which adds the drive", COMMAND);
}
