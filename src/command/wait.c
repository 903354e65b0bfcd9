/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload wait: waits until a guest's cloud-init is done, as reported by the guest agent. */
#include <config.h>

#include <stdio.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/commands.h"
#include "command/guest.h"
#include "command/reach.h"
#include "command/report.h"
#include "libvirt/agent.h"
#include "libvirt/cloud-init-status.h"
#include "spec/object.h"
#include "view/term.h"

enum {
    POLL_SECONDS = 1,
    CLOUD_INIT_FAILED = 3,
    TIMED_OUT = 4,
    SSH_PORT = 22,
    LOOK_SECONDS = 5, /* that a look may take even if the time is up before */
};

typedef enum { WAIT_CLOUD_INIT, WAIT_ADDRESS, WAIT_SSH } WaitFor;
static const char *const wait_words[] = {"cloud-init", "address", "ssh"};

typedef struct {
    char *what;
    int timeout;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"for", 'f', VP_OPTION_TEXT, AT(what), "cloud-init|address|ssh",
     "what to wait for: cloud-init to be done (the default), a known address, or an answer from "
     "sshd"},
    {"timeout", 't', VP_OPTION_NUMBER, AT(timeout), "SECONDS",
     "give up after SECONDS (600); 0 checks once", .number = 600},
    {NULL},
};

typedef struct {
    VpCall *call;
    const VpGuest *guest;
    char *name; /* escaped */
    gint64 since;
    guint timeout;
    WaitFor what;
    const char *state;   /* how it ended, for JSON */
    json_object *object; /* what was reported, as JSON; NULL: text was asked for */
    char *doing;         /* what is waited for */
} Wait;

static void
wait_clear(Wait *wait)
{
    g_free(wait->name);
    g_free(wait->doing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wait, wait_clear)

static guint
seconds(const Wait *wait)
{
    return (guint)((g_get_monotonic_time() - wait->since) / G_USEC_PER_SEC);
}

static void
set_doing(Wait *wait, char *doing)
{
    g_free(wait->doing);
    wait->doing = doing;
}

static void tell(Wait *wait, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
tell(Wait *wait, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    vp_view_term_progress(NULL);
    wait->object = vp_command_report(wait->call, wait->guest, FALSE, "%s", text);
}

/* --- one look --------------------------------------------------------------------------------- */

static void
tell_result(Wait *wait, GBytes *result)
{
    int errors = vp_virt_cloud_init_errors(result);
    g_autofree char *datasource = vp_virt_cloud_init_datasource(result);

    wait->state = errors == 0 ? "done" : "failed";
    if (errors == 0) {
        tell(wait, "cloud-init is done%s%s", datasource != NULL ? ", from " : "",
             datasource != NULL ? datasource : "");
        return;
    }
    wait->call->status = CLOUD_INIT_FAILED;
    if (errors > 0)
        tell(wait,
             "cloud-init is done, with errors (%d); 'cloud-init status --long' in the guest "
             "shows them",
             errors);
    else
        tell(wait, "cloud-init has ended; %s in the guest cannot be read", VP_CLOUD_INIT_RESULT);
}

static void
note_stage(Wait *wait, GBytes *status)
{
    g_autofree char *stage = vp_virt_cloud_init_stage(status);

    set_doing(wait, stage != NULL ? g_strconcat("cloud-init runs ", stage, NULL)
                                  : g_strdup("cloud-init runs"));
}

/* *over: there is nothing more to wait for, which has been reported. */
static gboolean
look(Wait *wait, gboolean *over, GError **error)
{
    g_autoptr(GBytes) result = NULL, status = NULL, disabled = NULL;
    gint64 until = MAX(wait->since + (gint64)wait->timeout * G_USEC_PER_SEC,
                       g_get_monotonic_time() + LOOK_SECONDS * G_USEC_PER_SEC);
    VpAgentFile answer;

    answer = vp_virt_agent_read_file(wait->guest, VP_CLOUD_INIT_RESULT, until, &result, error);
    if (answer == VP_AGENT_FILE_READ) {
        tell_result(wait, result);
        *over = TRUE;
    }
    if (answer == VP_AGENT_FILE_MISSING) {
        answer = vp_virt_agent_read_file(wait->guest, VP_CLOUD_INIT_STATUS, until, &status, error);
        if (answer == VP_AGENT_FILE_READ)
            note_stage(wait, status);
    }
    if (answer == VP_AGENT_FILE_MISSING) {
        answer =
            vp_virt_agent_read_file(wait->guest, VP_CLOUD_INIT_DISABLED, until, &disabled, error);
        if (answer == VP_AGENT_FILE_READ) {
            wait->state = "disabled";
            tell(wait, "cloud-init is disabled in the guest");
            wait->call->status = CLOUD_INIT_FAILED;
            *over = TRUE;
        }
    }
    if (answer == VP_AGENT_FILE_MISSING)
        set_doing(wait, g_strdup("the guest agent answers, but cloud-init has not started"));
    if (answer == VP_AGENT_FILE_NO_ANSWER)
        set_doing(wait, g_strdup("the guest agent does not answer yet; for a guest without "
                                 "qemu-guest-agent use --for=ssh"));
    return answer != VP_AGENT_FILE_FAILED;
}

/* An address, or one at which sshd answers; neither needs an agent in the guest. */
static void
look_for_address(Wait *wait, gboolean *over)
{
    gboolean is_ssh = wait->what == WAIT_SSH;
    g_autoptr(VpSpec) spec = vp_command_reach_spec(wait->guest, wait->call->conf);
    const char *missing;
    g_autofree char *found =
        vp_command_reach_find(wait->guest, spec, is_ssh ? SSH_PORT : 0, &missing);
    g_autofree char *text = found != NULL ? vp_escape_name(found) : NULL;

    *over = found != NULL;
    if (found == NULL) {
        set_doing(wait, g_strconcat(missing, " yet", NULL));
        return;
    }
    wait->state = wait_words[wait->what];
    tell(wait, "%s%s", is_ssh ? "sshd answers at " : "", text);
}

static gboolean
look_once(Wait *wait, gboolean *over, GError **error)
{
    const char *stopped = wait->what == WAIT_CLOUD_INIT
                              ? "the guest has stopped; cloud-init had not finished"
                              : "the guest has stopped";

    if (!vp_command_guest_check_run(wait->guest, stopped, error))
        return FALSE;
    if (wait->what == WAIT_CLOUD_INIT)
        return look(wait, over, error);
    look_for_address(wait, over);
    return TRUE;
}

/* --- the round -------------------------------------------------------------------------------- */

static gboolean
wait_until_over(Wait *wait, GError **error)
{
    gboolean over = FALSE;

    while (look_once(wait, &over, error)) {
        if (over)
            return TRUE;
        if (seconds(wait) >= wait->timeout) {
            wait->state = "timeout";
            tell(wait, "not done after %u s: %s", seconds(wait), wait->doing);
            wait->call->status = TIMED_OUT;
            return TRUE;
        }
        vp_view_term_progress("%s: %s (%u s)", wait->name, wait->doing, seconds(wait));
        g_usleep(POLL_SECONDS * G_USEC_PER_SEC);
    }
    return FALSE;
}

static void
add_json(const Wait *wait)
{
    g_autoptr(GPtrArray) interfaces = vp_virt_guest_addresses(wait->guest);
    json_object *all = json_object_new_array();

    for (guint i = 0; i < interfaces->len; i++) {
        const VpGuestInterface *interface = interfaces->pdata[i];

        for (guint j = 0; j < interface->addresses->len; j++) {
            json_object *one = json_object_new_object();

            vp_json_add_text(one, "interface", interface->interface);
            vp_json_add_text(one, "mac", interface->mac);
            vp_json_add_text(one, "address", interface->addresses->pdata[j]);
            vp_json_append(all, one);
        }
    }
    vp_json_add_text(wait->object, "state", wait->state);
    vp_json_add(wait->object, "seconds", json_object_new_int64(seconds(wait)));
    vp_json_add(wait->object, "addresses", all);
}

static void
print_addresses(const VpGuest *guest)
{
    g_autoptr(GPtrArray) interfaces = vp_virt_guest_addresses(guest);

    for (guint i = 0; i < interfaces->len; i++) {
        const VpGuestInterface *interface = interfaces->pdata[i];

        for (guint j = 0; j < interface->addresses->len; j++) {
            g_autofree char *name = vp_escape_name(interface->interface);
            g_autofree char *mac = vp_escape_name(interface->mac != NULL ? interface->mac : "-");
            g_autofree char *address = vp_escape_name(interface->addresses->pdata[j]);

            printf("  %-10s %-17s %s\n", name, mac, address);
        }
    }
}

static gboolean
read_what(const char *word, WaitFor *what, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(wait_words); i++) {
        if (word == NULL || g_str_equal(word, wait_words[i])) {
            *what = (WaitFor)i;
            return TRUE;
        }
    }
    return vp_error_set(error, VP_ERROR_USAGE, "--for takes cloud-init, address or ssh");
}

static gboolean
run(VpCall *call, GError **error)
{
    g_auto(VpCallGuest) opened = {NULL, NULL};
    g_auto(Wait) wait = {.call = call, .since = g_get_monotonic_time()};
    const Options *given = call->options;
    gboolean is_told;

    if (!read_what(given->what, &wait.what, error) ||
        !vp_command_guest_open_running(call, &opened, error))
        return FALSE;
    wait.timeout = (guint)given->timeout;
    wait.guest = opened.guest;
    wait.name = vp_escape_name(call->guest);
    is_told = wait_until_over(&wait, error);
    if (!is_told)
        vp_view_term_progress(NULL);
    else if (wait.object != NULL)
        add_json(&wait);
    else if (call->status != TIMED_OUT && wait.what == WAIT_CLOUD_INIT && !call->is_quiet)
        print_addresses(opened.guest);
    return is_told;
}

const VpCommand vp_command_wait = {
    .name = "wait",
    .arguments = "GUEST|UUID|ID",
    .summary = "wait until a guest's cloud-init is done",
    .details = "By default, asks the guest's agent (qemu-guest-agent in the guest, and a channel "
               "for it in the definition), and then shows the guest's addresses. ^C ends the wait "
               "and does not affect the guest.\n"
               "With --for=address or --for=ssh no agent is needed: the address is found as by "
               "'virt-payload address'.\n"
               "The exit status is 0 if cloud-init is done, 3 if it is done with errors or is "
               "disabled in the guest, 4 if the time is up, and 1 if the status is unknown.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 1,
    .flags = VP_COMMAND_LIBVIRT | VP_COMMAND_REPORTS,
    .run = run,
};
