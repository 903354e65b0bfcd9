/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command virt-payload: finds the subcommand in the one table, runs it, and is the only place
 * that prints errors. */
#include <config.h>

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/commands.h"
#include "command/many.h"
#include "command/report.h"
#include "domain/xml-node.h"
#include "libvirt/virt.h"

/* clang-format off */
static const VpCommand *const commands[] = {
    &vp_command_address,
    &vp_command_attach,
    &vp_command_detach,
    &vp_command_diff,
    &vp_command_doctor,
    &vp_command_dump,
    &vp_command_edit,
    &vp_command_import,
    &vp_command_list,
    &vp_command_render,
    &vp_command_rewrite,
    &vp_command_set,
    &vp_command_show,
    &vp_command_ssh,
    &vp_command_sweep,
    &vp_command_unset,
    &vp_command_update,
    &vp_command_validate,
    &vp_command_wait,
    NULL,
};
/* clang-format on */

/* GLib sends info and debug to standard output, which is for data; nothing here logs below a
 * message. */
static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
    if (level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG))
        return G_LOG_WRITER_HANDLED;
    return g_log_writer_standard_streams(level, fields, n_fields, data);
}

/* Passwords pass through this process: it leaves no core dump. */
static void
turn_core_dumps_off(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* The code that puts the name of a file or guest into a message escapes it; a newline in libvirt's
 * own message is not. */
static void
print_error(const char *guest, const GError *error)
{
    g_autofree char *message = g_strdelimit(g_strdup(error->message), "\n\r", ' ');
    g_autofree char *text = vp_escape_text(message, strlen(message));
    g_autofree char *name = guest != NULL ? vp_escape_name(guest) : NULL;

    g_printerr("virt-payload: %s%s%s [%s]\n", name != NULL ? name : "", name != NULL ? ": " : "",
               g_strchomp(text), vp_error_name(error));
}

/* Nothing is said to a reader that went away (EPIPE). */
static gboolean
flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return TRUE;
    if (errno != EPIPE) {
        g_autoptr(GError) error = NULL;

        vp_error_set_errno(&error, errno, "standard output");
        print_error(NULL, error);
    }
    return FALSE;
}

static int
exit_status(const VpCommand *command, const GError *error)
{
    if (g_error_matches(error, VP_ERROR, VP_ERROR_USAGE))
        return VP_EXIT_USAGE;
    return command != NULL && command->failure_status != 0 ? command->failure_status
                                                           : VP_EXIT_FAILED;
}

/* Guests of the system's daemon are served by root's configuration, whichever user connects to it.
 */
static VpConf *
load_usual_conf(const char *uri, GError **error)
{
    g_autoptr(VpConf) conf = vp_payload_conf_load(VP_CONF_PATH, error);

    if (conf == NULL || geteuid() == 0 ||
        !g_str_has_prefix(vp_virt_choose_uri(uri, conf), "qemu:///system"))
        return g_steal_pointer(&conf);
    return vp_payload_conf_load_system(VP_CONF_PATH, error);
}

/* A file that is named must exist; the usual one need not. */
static VpConf *
load_conf(const char *path, const char *uri, GError **error)
{
    if (path == NULL)
        return load_usual_conf(uri, error);
    if (access(path, F_OK) < 0) {
        vp_error_set_errno(error, errno, "--config-file");
        return NULL;
    }
    return vp_payload_conf_load(path, error);
}

/* One guest after the other; if one fails, the others still have their turn. */
static gboolean
run_many(VpCall *call, GError **error)
{
    g_auto(GStrv) guests = vp_command_many_expand(call, error);
    char **arguments = call->arguments;

    for (char **guest = guests; guest != NULL && *guest != NULL; guest++) {
        char *one[] = {*guest, NULL};
        g_autoptr(GError) failure = NULL;

        call->arguments = one;
        call->n_arguments = 1;
        if (!call->command->run(call, &failure)) {
            (void)fflush(stdout);
            print_error(call->guest, failure);
            call->status = exit_status(call->command, failure);
        }
        g_clear_pointer(&call->guest, g_free);
    }
    call->arguments = arguments;
    return guests != NULL;
}

static gboolean
run_line(const VpCommand *command, const VpGlobalOptions *globals, const VpCommandLine *line,
         VpCall *call, GError **error)
{
    g_autoptr(VpConf) conf = load_conf(globals->conf_path, globals->uri, error);
    gboolean is_run;

    if (conf == NULL)
        return FALSE;
    *call = (VpCall){.command = command,
                     .uri = globals->uri,
                     .conf = conf,
                     .options = line->options,
                     .arguments = line->arguments,
                     .n_arguments = line->n_arguments,
                     .is_quiet = globals->quiet,
                     .is_all = globals->all,
                     .results = globals->json ? json_object_new_array() : NULL};
    is_run = (command->flags & VP_COMMAND_GUESTS) && vp_command_many_is_meant(call)
                 ? run_many(call, error)
                 : command->run(call, error);
    /* what was done or found before an error is printed, as it is without --json */
    if (call->results != NULL && (is_run || json_object_array_length(call->results) > 0))
        vp_command_report_print(call);
    json_object_put(call->results);
    return is_run;
}

/* argv: without the command's name. */
static int
run_command(const VpCommand *command, char **argv, VpGlobalOptions *globals)
{
    VpCommandLine line = {0};
    VpCall call = {0};
    g_autoptr(GError) error = NULL;
    int status;

    if (!vp_command_parse(command, argv, globals, &line, &error)) {
        print_error(NULL, error);
        return exit_status(command, error);
    }
    if (line.help) {
        g_autofree char *help = vp_command_help(command);

        fputs(help, stdout);
        status = VP_EXIT_OK;
    } else if (run_line(command, globals, &line, &call, &error)) {
        status = call.status;
    } else {
        (void)fflush(stdout);
        print_error(call.guest, error);
        status = exit_status(command, error);
    }
    g_free(call.guest);
    vp_command_clear(command, &line);
    return status;
}

static int
show_help(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *help = NULL;
    const VpCommand *command = NULL;

    if (name != NULL && !g_str_equal(name, "help")) {
        command = vp_command_find(commands, name, &error);
        if (command == NULL) {
            print_error(NULL, error);
            return VP_EXIT_USAGE;
        }
    }
    help = command != NULL ? vp_command_help(command) : vp_command_help_all(commands);
    fputs(help, stdout);
    return VP_EXIT_OK;
}

static int
run_arguments(char **rest, VpGlobalOptions *globals)
{
    g_autoptr(GError) error = NULL;
    const VpCommand *command;

    if (globals->version) {
        puts(PACKAGE_STRING);
        return VP_EXIT_OK;
    }
    if (globals->help || (rest[0] != NULL && g_str_equal(rest[0], "help")))
        return show_help(globals->help ? rest[0] : rest[1]);
    if (rest[0] == NULL) {
        g_set_error(&error, VP_ERROR, VP_ERROR_USAGE, "no command given; see virt-payload --help");
        print_error(NULL, error);
        return VP_EXIT_USAGE;
    }
    command = vp_command_find(commands, rest[0], &error);
    if (command == NULL) {
        print_error(NULL, error);
        return VP_EXIT_USAGE;
    }
    return run_command(command, rest + 1, globals);
}

int
main(int argc, char **argv)
{
    VpGlobalOptions globals = {0};
    g_auto(GStrv) rest = NULL;
    g_autoptr(GError) error = NULL;
    int status;

    g_log_set_writer_func(write_log, NULL, NULL);
    vp_domain_xml_set_up();
    setlocale(LC_CTYPE, "");
    turn_core_dumps_off();
    signal(SIGPIPE, SIG_IGN);

    if (argc < 1) /* execve(2) with no arguments at all */
        return VP_EXIT_USAGE;
    if (vp_command_parse_globals(argv + 1, &globals, &rest, &error)) {
        status = run_arguments(rest, &globals);
    } else {
        print_error(NULL, error);
        status = VP_EXIT_USAGE;
    }
    vp_command_global_options_clear(&globals);
    if (!flush_output() && status == VP_EXIT_OK)
        status = VP_EXIT_FAILED;
    return status;
}
