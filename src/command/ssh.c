/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload ssh: a shell in a guest, as the user of its payload, its host key known beforehand.
 */
#include <config.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/escape.h"
#include "command/commands.h"
#include "command/guest.h"
#include "command/reach.h"
#include "spec/object.h"
#include "view/output.h"
#include "view/term.h"

enum { POLL_SECONDS = 1 };

typedef struct {
    char *user;
    char *identity;
    int port;
    int timeout;
    gboolean print;
} Options;

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"user", 'u', VP_OPTION_TEXT, AT(user), "NAME",
     "log in as NAME instead of the payload's first user with a key"},
    {"identity", 'i', VP_OPTION_TEXT, AT(identity), "FILE", "ssh's private key"},
    {"port", 'p', VP_OPTION_NUMBER, AT(port), "PORT", "of the guest's sshd (22)", .number = 22},
    {"timeout", 't', VP_OPTION_NUMBER, AT(timeout), "SECONDS",
     "give up after SECONDS (300); 0 tries once", .number = 300},
    {"print", '\0', VP_OPTION_FLAG, AT(print), NULL, "print the ssh command instead of running it"},
    {NULL},
};

/* --- where and who ---------------------------------------------------------------------------- */

/* The first that answers; NULL after the time is up, with an error that says what is missing. */
static char *
wait_for_ssh(const VpCall *call, const VpGuest *guest, const VpSpec *spec, GError **error)
{
    const Options *given = call->options;
    gint64 since = g_get_monotonic_time();
    g_autofree char *name = vp_escape_name(call->guest);
    char *address = NULL;

    while (vp_command_guest_check_run(guest, "the guest has stopped", error)) {
        guint seconds = (guint)((g_get_monotonic_time() - since) / G_USEC_PER_SEC);
        const char *missing;

        address =
            vp_command_reach_find(guest, spec, given->print ? 0 : (guint)given->port, &missing);
        if (address == NULL && seconds >= (guint)given->timeout)
            (void)vp_error_set(error, VP_ERROR_NOT_FOUND, "%s", missing);
        if (address != NULL || seconds >= (guint)given->timeout)
            break;
        vp_view_term_progress("%s: %s yet (%u s)", name, missing, seconds);
        g_usleep(POLL_SECONDS * G_USEC_PER_SEC);
    }
    vp_view_term_progress(NULL);
    return address;
}

/* Who may log in by key, otherwise the first. */
static const char *
choose_user(const VpSpec *spec)
{
    for (guint i = 0; spec != NULL && i < spec->users->len; i++) {
        const VpUser *user = spec->users->pdata[i];

        if (user->ssh_keys->len > 0 || user->ssh_import_ids->len > 0)
            return user->name;
    }
    return spec != NULL && spec->users->len > 0 ? ((const VpUser *)spec->users->pdata[0])->name
                                                : NULL;
}

/* --- the host key ----------------------------------------------------------------------------- */

/* A line for each public key that the payload has; NULL: none. The guest is named by its UUID: its
 * address may be another one's next time. */
static char *
known_hosts(const VpSpec *spec, const char *alias)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; spec != NULL && i < spec->system.ssh_host_keys->len; i++) {
        const VpSshHostKey *key = spec->system.ssh_host_keys->pdata[i];

        if (key->public_key != NULL)
            g_string_append_printf(text, "%s %s\n", alias, key->public_key);
    }
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

/* The file has to be there as long as ssh runs. */
static char *
write_known_hosts(const char *uuid, const char *text, GError **error)
{
    g_autofree char *directory =
        g_build_filename(g_get_user_cache_dir(), "virt-payload", "known_hosts", NULL);
    g_autofree char *path = g_build_filename(directory, uuid, NULL);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    if (g_mkdir_with_parents(directory, 0700) < 0) {
        vp_error_set_errno(error, errno, "%s", directory);
        return NULL;
    }
    return vp_view_output_replace(path, bytes, error) ? g_steal_pointer(&path) : NULL;
}

/* --- the call --------------------------------------------------------------------------------- */

static void
add_option(GPtrArray *argv, char *option)
{
    g_ptr_array_add(argv, g_strdup("-o"));
    g_ptr_array_add(argv, option);
}

static gboolean
add_host_key(GPtrArray *argv, const VpGuest *guest, const VpSpec *spec, GError **error)
{
    g_autofree char *alias = g_strconcat("virt-payload-", vp_virt_guest_uuid(guest), NULL);
    g_autofree char *lines = known_hosts(spec, alias);
    g_autofree char *path =
        lines != NULL ? write_known_hosts(vp_virt_guest_uuid(guest), lines, error) : NULL;

    add_option(argv, g_strconcat("HostKeyAlias=", alias, NULL));
    if (lines == NULL)
        return TRUE;
    if (path == NULL)
        return FALSE;
    add_option(argv, g_strdup_printf("UserKnownHostsFile=\"%s\"", path));
    add_option(argv, g_strdup("GlobalKnownHostsFile=/dev/null"));
    add_option(argv, g_strdup("StrictHostKeyChecking=yes"));
    return TRUE;
}

static GPtrArray *
make_argv(const VpCall *call, const VpGuest *guest, const VpSpec *spec, const char *address,
          GError **error)
{
    const Options *given = call->options;
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    const char *user = given->user != NULL ? given->user : choose_user(spec);

    g_ptr_array_add(argv, g_strdup("ssh"));
    if (!add_host_key(argv, guest, spec, error))
        return NULL;
    if (given->port != 22)
        add_option(argv, g_strdup_printf("Port=%d", given->port));
    if (given->identity != NULL) {
        g_ptr_array_add(argv, g_strdup("-i"));
        g_ptr_array_add(argv, g_strdup(given->identity));
    }
    if (user != NULL) {
        g_ptr_array_add(argv, g_strdup("-l"));
        g_ptr_array_add(argv, g_strdup(user));
    }
    g_ptr_array_add(argv, g_strdup("--"));
    g_ptr_array_add(argv, g_strdup(address));
    for (guint i = 1; i < call->n_arguments; i++)
        g_ptr_array_add(argv, g_strdup(call->arguments[i]));
    g_ptr_array_add(argv, NULL);
    return g_steal_pointer(&argv);
}

static void
print_command(const GPtrArray *argv)
{
    for (guint i = 0; argv->pdata[i] != NULL; i++) {
        g_autofree char *quoted = g_shell_quote(argv->pdata[i]);
        gboolean is_plain = strspn(argv->pdata[i], "abcdefghijklmnopqrstuvwxyz"
                                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                   "0123456789-_=./:@") == strlen(argv->pdata[i]);

        printf("%s%s", i > 0 ? " " : "", is_plain ? (const char *)argv->pdata[i] : quoted);
    }
    putchar('\n');
}

static GPtrArray *
prepare(VpCall *call, GError **error)
{
    g_auto(VpCallGuest) opened = {NULL, NULL};
    g_autoptr(VpSpec) spec = NULL;
    g_autofree char *address = NULL;

    if (!vp_command_guest_open_running(call, &opened, error))
        return NULL;
    spec = vp_command_reach_spec(opened.guest, call->conf);
    address = wait_for_ssh(call, opened.guest, spec, error);
    return address != NULL ? make_argv(call, opened.guest, spec, address, error) : NULL;
}

/* ssh takes this process's place: its exit status, its terminal and its signals are the caller's.
 */
static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    g_autoptr(GPtrArray) argv = NULL;

    if (given->port < 1 || given->port > G_MAXUINT16)
        return vp_error_set(error, VP_ERROR_USAGE, "--port takes a number from 1 to 65535");
    argv = prepare(call, error);
    if (argv == NULL)
        return FALSE;
    if (given->print) {
        print_command(argv);
        return TRUE;
    }
    (void)fflush(stdout);
    signal(SIGPIPE, SIG_DFL);
    execvp("ssh", (char *const *)argv->pdata);
    vp_error_set_errno(error, errno, "ssh");
    return FALSE;
}

const VpCommand vp_command_ssh = {
    .name = "ssh",
    .arguments = "GUEST|UUID|ID [COMMAND...]",
    .summary = "log in to a running guest by ssh",
    .details = "Waits until the guest has an address and its sshd answers, and then executes ssh, "
               "as the first user of the payload that has a key. If the payload has the public "
               "half of the guest's host key ('virt-payload set --generate-host-key'), ssh accepts "
               "that key only, and asks nothing.\n"
               "Put -- before COMMAND if it has options of its own.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 256,
    .flags = VP_COMMAND_LIBVIRT,
    .failure_status = 255, /* as ssh's own */
    .run = run,
};
