/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Read from /proc, /run, /sys and the files' attributes. */
#include <config.h>

#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "libvirt/host.h"

/* /proc tells a start by the hundredth, the time of the boot by the second. */
enum { START_ERROR_SECONDS = 1 };

typedef struct {
    const char *name;
    char *pid;
} Daemon;

static void
daemon_clear(Daemon *daemon)
{
    g_clear_pointer(&daemon->pid, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Daemon, daemon_clear)

/* A short file, without its newline; NULL if it cannot be read. */
static G_GNUC_PRINTF(2, 3) char *read_text(const VpHost *host, const char *format, ...)
{
    g_autofree char *path = NULL, *whole = NULL;
    char *text = NULL;
    va_list args;

    va_start(args, format);
    path = g_strdup_vprintf(format, args);
    va_end(args);
    whole = g_strconcat(host->root, path, NULL);
    if (!g_file_get_contents(whole, &text, NULL, NULL))
        return NULL;
    return g_strchomp(text);
}

/* The one that runs guests: monolithic, or only for QEMU. */
static gboolean
find_daemon(const VpHost *host, Daemon *daemon)
{
    static const char *const names[] = {"virtqemud", "libvirtd"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *pid = read_text(host, "/run/%s.pid", names[i]);
        g_autofree char *name = pid != NULL ? read_text(host, "/proc/%s/comm", pid) : NULL;

        if (g_strcmp0(name, names[i]) == 0) {
            daemon->name = names[i];
            daemon->pid = g_steal_pointer(&pid);
            return TRUE;
        }
    }
    return FALSE;
}

char *
vp_virt_host_daemon_unit(const VpHost *host)
{
    g_auto(Daemon) daemon = {0};

    return find_daemon(host, &daemon) ? g_strconcat(daemon.name, ".service", NULL) : NULL;
}

/* --- the daemon ------------------------------------------------------------------------------- */

/* The number after a word at the start of a line. */
static gint64
find_number(const char *text, const char *word)
{
    const char *at = text != NULL ? strstr(text, word) : NULL;

    return at != NULL ? g_ascii_strtoll(at + strlen(word), NULL, 10) : 0;
}

/* proc(5): field 22 of stat, in ticks since the boot; the name, field 2, may contain spaces and
 * parentheses. 0 if that cannot be read. */
static gint64
start_of(const VpHost *host, const Daemon *daemon)
{
    g_autofree char *stat_text = read_text(host, "/proc/%s/stat", daemon->pid);
    g_autofree char *boot_text = read_text(host, "/proc/stat");
    const char *behind = stat_text != NULL ? strrchr(stat_text, ')') : NULL;
    g_auto(GStrv) fields = behind != NULL ? g_strsplit(behind + 1, " ", -1) : NULL;
    gint64 boot = find_number(boot_text, "\nbtime ");

    if (fields == NULL || g_strv_length(fields) < 21 || boot == 0)
        return 0;
    return boot + g_ascii_strtoll(fields[20], NULL, 10) / sysconf(_SC_CLK_TCK);
}

void
vp_virt_host_check_daemon(const VpHost *host, VpHostTell *tell, gpointer data)
{
    g_auto(Daemon) daemon = {0};
    g_autofree char *path = g_strconcat(host->root, host->hook, NULL);
    g_autofree char *message = NULL;
    struct stat status;
    gint64 since;

    if (!find_daemon(host, &daemon) || lstat(path, &status) < 0)
        return;
    since = start_of(host, &daemon);
    if (since == 0 || status.st_ctime <= MAX(since, host->reloaded) + START_ERROR_SECONDS ||
        host->last_image >= status.st_ctime)
        return;
    message = g_strdup_printf(
        "was installed after %s started, which looks for hooks only when it starts "
        "or reloads, and may not have been reloaded since; run: systemctl reload %s",
        daemon.name, daemon.name);
    tell(host->hook, message, data);
}

/* --- AppArmor --------------------------------------------------------------------------------- */

/* The programs that libvirt's profiles let the daemon run without another rule (usr.sbin.libvirtd).
 */
static gboolean
may_be_run(const char *program)
{
    static const char *const directories[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin",
                                              "/usr/lib/libvirt"};
    g_autofree char *directory = g_path_get_dirname(program);

    for (gsize i = 0; i < G_N_ELEMENTS(directories); i++) {
        if (g_str_equal(directory, directories[i]))
            return TRUE;
    }
    return FALSE;
}

/* A local rule, however it is written, names the path. */
static gboolean
has_local_rule(const VpHost *host, const char *profile, const char *path)
{
    g_autofree char *rules = read_text(host, "/etc/apparmor.d/local/%s", profile);

    return rules != NULL && strstr(rules, path) != NULL;
}

static void
tell_apparmor(const char *path, const char *why, const char *rule, const char *profile,
              VpHostTell *tell, gpointer data)
{
    g_autofree char *message =
        g_strdup_printf("AppArmor: %s; add '%s' to /etc/apparmor.d/local/%s and run: "
                        "apparmor_parser -r /etc/apparmor.d/%s",
                        why, rule, profile, profile);

    tell(path, message, data);
}

static void
check_daemon_profile(const VpHost *host, VpHostTell *tell, gpointer data)
{
    g_auto(Daemon) daemon = {0};
    g_autofree char *label = NULL, *profile = NULL, *rule = NULL;

    if (!find_daemon(host, &daemon))
        return;
    label = read_text(host, "/proc/%s/attr/current", daemon.pid);
    profile = g_strconcat("usr.sbin.", daemon.name, NULL);
    if (label == NULL || !g_str_has_suffix(label, "(enforce)") || may_be_run(host->program) ||
        has_local_rule(host, profile, host->program))
        return;
    rule = g_strdup_printf("%s PUx,", host->program);
    tell_apparmor(host->program, "libvirt's daemon may not run programs in this directory", rule,
                  profile, tell, data);
}

static void
check_own_profile(const VpHost *host, VpHostTell *tell, gpointer data)
{
    g_autofree char *loaded = read_text(host, "/sys/kernel/security/apparmor/profiles");
    const char *profile = "usr.sbin.virt-payload-hook";
    g_autofree char *rule = NULL;

    if (loaded == NULL || strstr(loaded, "virt-payload-hook (enforce)") == NULL ||
        g_str_equal(host->directory, "/run/payload") ||
        g_str_equal(host->directory, "/var/run/payload") ||
        has_local_rule(host, profile, host->directory))
        return;
    rule = g_strdup_printf("%s/ rw, %s/* rwk,", host->directory, host->directory);
    tell_apparmor(host->directory, "the hook's profile lets it write only below /run/payload", rule,
                  profile, tell, data);
}

void
vp_virt_host_check_apparmor(const VpHost *host, VpHostTell *tell, gpointer data)
{
    check_daemon_profile(host, tell, data);
    check_own_profile(host, tell, data);
}

/* --- SELinux ---------------------------------------------------------------------------------- */

/* The third part of "system_u:object_r:bin_t:s0"; NULL if there is none. */
static char *
type_in(const char *label)
{
    g_auto(GStrv) parts = g_strsplit(label, ":", 4);

    return g_strv_length(parts) >= 3 ? g_strdup(parts[2]) : NULL;
}

static char *
type_of(const VpHost *host, const char *path)
{
    g_autofree char *whole = g_strconcat(host->root, path, NULL);
    char label[256];
    ssize_t size = getxattr(whole, "security.selinux", label, sizeof(label) - 1);

    if (size <= 0)
        return NULL;
    label[size] = '\0';
    return type_in(label);
}

static gboolean
enforces_selinux(const VpHost *host)
{
    g_autofree char *enforce = read_text(host, "/sys/fs/selinux/enforce");

    return g_strcmp0(enforce, "1") == 0;
}

static void
check_type(const VpHost *host, const char *path, const char *wanted, const char *mend,
           VpHostTell *tell, gpointer data)
{
    g_autofree char *type = type_of(host, path);
    g_autofree char *message = NULL;

    if (type == NULL || g_str_equal(type, wanted))
        return;
    message = g_strdup_printf("SELinux enforces, and its type is %s instead of %s; %s %s", type,
                              wanted, mend, path);
    tell(path, message, data);
}

void
vp_virt_host_check_selinux(const VpHost *host, VpHostTell *tell, gpointer data)
{
    if (!enforces_selinux(host))
        return;
    check_type(host, host->program, "bin_t", "run: restorecon", tell, data);
    check_type(host, host->directory, "virt_content_t",
               "load the policy module of " VP_PKGDATADIR "/selinux, then run: restorecon -R", tell,
               data);
}

static gboolean
is_there(const VpHost *host, const char *pattern)
{
    g_autofree char *whole = g_strconcat(host->root, pattern, NULL);
    glob_t found;
    gboolean is_found = glob(whole, GLOB_NOSORT, NULL, &found) == 0;

    globfree(&found);
    return is_found;
}

/* semodule(8): where the modules of each policy are, by their priorities. Only root may look. */
#define SELINUX_MODULES "/var/lib/selinux/*/active/modules/*/"

/* virtqemud_t may not run what Fedora 40 and later label virt_hook_t. */
void
vp_virt_host_check_selinux_hook(const VpHost *host, VpHostTell *tell, gpointer data)
{
    g_auto(Daemon) daemon = {0};
    g_autofree char *label = NULL, *domain = NULL, *type = NULL;

    if (!enforces_selinux(host) || !find_daemon(host, &daemon))
        return;
    label = read_text(host, "/proc/%s/attr/current", daemon.pid);
    domain = label != NULL ? type_in(label) : NULL;
    type = type_of(host, host->hook);
    if (g_strcmp0(domain, "virtqemud_t") == 0 && g_strcmp0(type, "virt_hook_t") == 0 &&
        is_there(host, SELINUX_MODULES "*") && !is_there(host, SELINUX_MODULES "virt-payload"))
        tell(host->hook,
             "SELinux enforces, and its policy may not let virtqemud run hooks; load the policy "
             "module of " VP_PKGDATADIR "/selinux, as its virt-payload.te says",
             data);
}
