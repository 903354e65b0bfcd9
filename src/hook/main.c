/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entry of the hook's core: a process made safe for secrets, one call, one line if it fails. */
#include <config.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "domain/xml-node.h"
#include "hook/confine.h"
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
    g_autoptr(VpStore) store = vp_payload_store_open(conf->directory, &error);

    return error;
}

/* Whether an image may have to be given to another user. */
static gboolean
gives_away(const VpHookCall *call, const VpConf *conf)
{
    return call->operation == VP_OPERATION_PREPARE &&
           (conf->image_owner.is_set || vp_payload_owner_may_be_labelled(call->xml, call->size));
}

/* Only the hand-over starts a program, and it alone keeps the right to. */
static void
confine(const VpHookCall *call, const VpConf *conf)
{
    gboolean keep_chown = gives_away(call, conf);

    if (call->operation == VP_OPERATION_STARTED)
        vp_hook_confine_capabilities(keep_chown);
    else
        vp_hook_confine(conf, keep_chown);
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
    confine(call, conf);
    if (!vp_hook_run(call, conf, &output, error)) {
        replace_directory_error(directory, error);
        return FALSE;
    }
    if (output != NULL && !write_all(STDOUT_FILENO, output))
        return vp_error_set_errno(error, errno, "standard output");
    return TRUE;
}

int
vp_hook_main(const VpHookCall *call)
{
    g_autoptr(GError) error = NULL;

    set_up(call);
    if (run(call, &error))
        return 0;
    print_error(call->guest, error);
    return exit_status(call);
}
