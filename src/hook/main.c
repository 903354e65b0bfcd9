/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entry of the hook's core: a process made safe for secrets, one call, one line if it fails. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "domain/xml-node.h"
#include "hook/confine.h"
#include "hook/handover.h"
#include "hook/hook.h"
#include "payload/owner.h"
#include "payload/store.h"

static gboolean
write_all(int fd, const char *text)
{
    gsize left = strlen(text);

    while (left > 0) {
        ssize_t n = TEMP_FAILURE_RETRY(write(fd, text, left));

        if (n < 0)
            return FALSE;
        text += n;
        left -= (gsize)n;
    }
    return TRUE;
}

static int
exit_status(const VpHookCall *call)
{
    return vp_hook_operation_may_fail(call->operation) ? 1 : 0;
}

/* GLib speaks up here when memory has run out, and would abort: the hook ends with one line
 * instead. Nothing of GLib's own may reach standard output, which libvirt reads. */
static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
    if (level & (G_LOG_FLAG_FATAL | G_LOG_LEVEL_ERROR)) {
        (void)!write_all(STDERR_FILENO, "virt-payload: the hook: out of memory [failed]\n");
        _exit(exit_status(data));
    }
    return G_LOG_WRITER_HANDLED;
}

/* Secrets pass through this process: it leaves neither a core dump nor a readable /proc/PID/mem. */
static void
set_up(const VpHookCall *call)
{
    const struct rlimit none = {0, 0};

    g_log_set_writer_func(write_log, (gpointer)call, NULL);
    vp_domain_xml_set_up();
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a write fails instead, and the part is removed */
    umask(077);
}

/* One line of ASCII, whatever the guest is called. */
static void
print_error(const char *guest, const GError *error)
{
    g_autofree char *name = g_strescape(guest, NULL);
    g_autofree char *message = g_strescape(error->message, "\"\\");
    g_autofree char *line =
        g_strdup_printf("virt-payload: %s: %s [%s]\n", name, message, vp_error_name(error));

    (void)!write_all(STDERR_FILENO, line);
}

/* The operation opens the directory itself; here it is created if missing, while that is allowed.
 * Its errors matter only if the operation uses it. */
static GError *
make_directory(const VpConf *conf)
{
    GError *error = NULL;
    VpStore *store = vp_payload_store_open(conf->directory, &error);

    if (store != NULL)
        vp_payload_store_close(store);
    return error;
}

/* Whether an image may have to be given to another user. */
static gboolean
gives_away(const VpHookCall *call, const VpConf *conf)
{
    return call->operation == VP_OPERATION_PREPARE &&
           (conf->image_owner.is_set || vp_payload_owner_may_be_labelled(call->xml, call->size));
}

/* A confined process sees another reason than the true one, which was found before. */
static void
replace_directory_error(const GError *directory, GError **error)
{
    if (directory == NULL || error == NULL || *error == NULL ||
        !g_str_has_prefix((*error)->message, "payload directory"))
        return;
    g_clear_error(error);
    *error = g_error_copy(directory);
}

static gboolean
run(const VpHookCall *call, GError **error)
{
    g_autoptr(VpConf) conf = vp_payload_conf_load(VP_CONF_PATH, error);
    g_autoptr(GError) directory = NULL;
    g_autofree char *output = NULL;

    if (!conf)
        return FALSE;
    if (call->operation == VP_OPERATION_PREPARE || call->operation == VP_OPERATION_FILTER)
        directory = make_directory(conf);
    vp_hook_confine(conf, gives_away(call, conf));
    if (!vp_hook_run(call, conf, &output, error)) {
        replace_directory_error(directory, error);
        return FALSE;
    }
    if (output != NULL && !write_all(STDOUT_FILENO, output))
        return vp_error_set_errno(error, errno, "standard output");
    return TRUE;
}

static int
run_here(const VpHookCall *call)
{
    g_autoptr(GError) error = NULL;

    if (run(call, &error))
        return 0;
    print_error(call->guest, error);
    return exit_status(call);
}

/* --- the hand-over ---------------------------------------------------------------------------- */

/* As long as the front gives the whole. */
enum { PARSER_SECONDS = 60 };

/* The definition is parsed by a process that may start no program, and what starts one parses none:
 * it reads from the other a UUID and a number. */
static void G_GNUC_NORETURN
parse_apart(const VpHookCall *call, int channel)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    (void)alarm(PARSER_SECONDS);
    if (dup2(channel, STDOUT_FILENO) < 0)
        _exit(exit_status(call));
    _exit(run_here(call));
}

/* A parser that failed has said so itself, unless it was killed. */
static gboolean
read_parsed(pid_t parser, int channel, char *text, gsize room, GError **error)
{
    gsize size = 0;
    gssize n;
    int status = 0;

    while ((n = TEMP_FAILURE_RETRY(read(channel, text + size, room - 1 - size))) > 0)
        size += (gsize)n;
    text[size] = '\0';
    if (TEMP_FAILURE_RETRY(waitpid(parser, &status, 0)) != parser || !WIFEXITED(status))
        g_set_error_literal(error, VP_ERROR, VP_ERROR_FAILED,
                            "the process that reads the definition was killed");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static gboolean
hand_over(const char *guest, GError **error)
{
    g_autoptr(VpConf) conf = vp_payload_conf_load(VP_CONF_PATH, error);

    return conf && vp_hook_handover_start(guest, conf, error);
}

static gboolean
start_parser(const VpHookCall *call, int *channel, pid_t *parser, GError **error)
{
    int ends[2];

    *parser = pipe2(ends, O_CLOEXEC) < 0 ? -1 : fork();
    if (*parser < 0) {
        vp_error_set_errno(error, errno, "the process that reads the definition");
        return FALSE;
    }
    if (*parser == 0)
        parse_apart(call, ends[1]);
    close(ends[1]);
    *channel = ends[0];
    return TRUE;
}

static int
run_started(const VpHookCall *call)
{
    g_autoptr(GError) error = NULL;
    char guest[64];
    int channel;
    pid_t parser;

    vp_hook_confine_capabilities(FALSE);
    if (start_parser(call, &channel, &parser, &error) &&
        read_parsed(parser, channel, guest, sizeof(guest), &error) &&
        (*guest == '\0' || hand_over(guest, &error)))
        return 0;
    if (error)
        print_error(call->guest, error);
    return exit_status(call);
}

int
vp_hook_main(const VpHookCall *call)
{
    set_up(call);
    return call->operation == VP_OPERATION_STARTED ? run_started(call) : run_here(call);
}
