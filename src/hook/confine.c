/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Least privilege by means of the kernel, without a library: capset(2), landlock(7), seccomp(2). */
#include <config.h>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/autofd.h"
#include "hook/confine-calls.h"
#include "hook/confine.h"

void
vp_hook_confine_capabilities(gboolean keep_chown)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const guint32 chown_only = keep_chown ? 1U << CAP_CHOWN : 0;
    const struct __user_cap_data_struct kept[_LINUX_CAPABILITY_U32S_3] = {
        {.effective = chown_only, .permitted = chown_only}};

    (void)syscall(SYS_capset, &header, kept);
}

/* --- files: landlock(7) ---------------------------------------------------------------------- */

/* Spelt out, for the header of the machine that builds may be older than the kernel that runs. The
 * numbers are the kernel's interface, include/uapi/linux/landlock.h; system calls have one number
 * on all machines since Linux 5.1, but on Alpha. */
enum {
    LANDLOCK_CREATE_RULESET = 444,
    LANDLOCK_ADD_RULE = 445,
    LANDLOCK_RESTRICT_SELF = 446,
    VERSION_FLAG = 1 << 0,
    RULE_PATH_BENEATH = 1,

    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIR = 1 << 3,
    REMOVE_FILE = 1 << 5,
    MAKE_REG = 1 << 8,
    TRUNCATE = 1 << 14,
};

struct ruleset {
    guint64 handled_fs;
    guint64 handled_net; /* since version 4 */
    guint64 scoped;      /* since version 6 */
};

struct path_beneath {
    guint64 allowed;
    gint32 parent_fd;
} __attribute__((packed));

/* All rights of a version; a later version's kernel takes an earlier one's. */
static guint64
rights_of(int version)
{
    const guint bits = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;

    return (G_GUINT64_CONSTANT(1) << bits) - 1;
}

/* directory: NULL if there is none. */
static void
allow(int ruleset, const char *directory, guint64 rights)
{
    vp_autofd int fd = directory == NULL ? -1 : open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct path_beneath rule = {rights, fd};

    if (fd >= 0)
        (void)syscall(LANDLOCK_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0);
}

static void
confine_files(const VpConf *conf, int newest)
{
    int version = MIN((int)syscall(LANDLOCK_CREATE_RULESET, NULL, 0, VERSION_FLAG), newest);
    guint64 handled = rights_of(version);
    struct ruleset rules = {handled, 0, 0};
    gsize size = offsetof(struct ruleset, handled_net);
    vp_autofd int ruleset = -1;

    if (version < 1)
        return;
    if (version >= 4) {
        rules.handled_net = 3; /* bind and connect of TCP */
        size = offsetof(struct ruleset, scoped);
    }
    if (version >= 6) {
        rules.scoped = 3; /* abstract UNIX sockets and signals of others */
        size = sizeof(rules);
    }
    ruleset = (int)syscall(LANDLOCK_CREATE_RULESET, &rules, size, 0);
    if (ruleset < 0)
        return;
    allow(ruleset, conf->directory,
          (READ_DIR | READ_FILE | WRITE_FILE | MAKE_REG | REMOVE_FILE | TRUNCATE) & handled);
    allow(ruleset, conf->secrets_directory, READ_FILE);
    allow(ruleset, conf->files_directory, READ_FILE);
    allow(ruleset, conf->profiles_directory, READ_FILE);
    (void)syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0);
}

/* --- system calls: seccomp(2) ---------------------------------------------------------------- */

#if defined(__x86_64__) && defined(__LP64__)
#    define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#    define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#    define MACHINE AUDIT_ARCH_RISCV64
#endif

#ifdef MACHINE
static void
confine_calls(void)
{
    struct sock_filter steps[VP_CONFINE_MAX_STEPS];
    guint n = vp_hook_confine_calls(MACHINE, (guint32)getpid(), steps);
    const struct sock_fprog program = {(unsigned short)n, steps};

    if (program.len > 0)
        (void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#else
static void
confine_calls(void)
{
}
#endif

void
vp_hook_confine_to_version(const VpConf *conf, gboolean keep_chown, int newest)
{
    vp_hook_confine_capabilities(keep_chown);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return;
    confine_files(conf, newest);
    confine_calls();
}

void
vp_hook_confine(const VpConf *conf, gboolean keep_chown)
{
    vp_hook_confine_to_version(conf, keep_chown, G_MAXINT);
}
