/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of system calls, and the program that holds to it. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "hook/confine-calls.h"

/* The system calls that parsing, rendering and writing an image need with glibc 2.33, the oldest
 * beside which there is a GLib that configure accepts, to 2.43; they differ in stat(), for example.
 * Landlock decides which files may be opened. Numbers are the kernel's interface:
 * arch/x86/entry/syscalls/syscall_64.tbl, and include/uapi/asm-generic/unistd.h for aarch64 and
 * riscv64; NONE if a machine lacks the call. */
#define NONE (-1)
static const struct {
    gint16 x86_64, generic;
} calls[] = {
    /* files that are open */
    {0, 63},    /* read */
    {1, 64},    /* write */
    {19, 65},   /* readv */
    {20, 66},   /* writev */
    {17, 67},   /* pread64 */
    {18, 68},   /* pwrite64 */
    {8, 62},    /* lseek */
    {3, 57},    /* close */
    {72, 25},   /* fcntl: only the commands below */
    {73, 32},   /* flock */
    {75, 83},   /* fdatasync */
    {74, 82},   /* fsync */
    {77, 46},   /* ftruncate */
    {93, 55},   /* fchown: the new image, to QEMU's user */
    {40, 71},   /* sendfile */
    {326, 285}, /* copy_file_range */
    {138, 44},  /* fstatfs */
    {217, 61},  /* getdents64 */
    /* files by name */
    {257, 56},  /* openat: not to empty a file, which before its third version Landlock takes for
                   reading */
    {263, 35},  /* unlinkat */
    {264, 38},  /* renameat */
    {316, 276}, /* renameat2 */
    {5, 80},    /* fstat */
    {262, 79},  /* newfstatat */
    {332, 291}, /* statx */
    {4, NONE},  /* stat */
    {6, NONE},  /* lstat */
    {21, NONE}, /* access */
    {269, 48},  /* faccessat */
    {439, 439}, /* faccessat2 */
    /* memory */
    {9, 222},  /* mmap */
    {10, 226}, /* mprotect */
    {11, 215}, /* munmap */
    {12, 214}, /* brk */
    {25, 216}, /* mremap */
    {28, 233}, /* madvise */
    /* this process */
    {13, 134},  /* rt_sigaction */
    {14, 135},  /* rt_sigprocmask */
    {15, 139},  /* rt_sigreturn */
    {131, 132}, /* sigaltstack */
    {219, 128}, /* restart_syscall */
    {39, 172},  /* getpid */
    {186, 178}, /* gettid */
    {102, 174}, /* getuid */
    {107, 175}, /* geteuid */
    {104, 176}, /* getgid */
    {108, 177}, /* getegid */
    {95, 166},  /* umask */
    {234, 131}, /* tgkill: only abort()'s own */
    {202, 98},  /* futex */
    {24, 124},  /* sched_yield */
    {99, 179},  /* sysinfo: qsort() of older libcs */
    {228, 113}, /* clock_gettime */
    {96, 169},  /* gettimeofday */
    {318, 278}, /* getrandom */
    {60, 93},   /* exit */
    {231, 94},  /* exit_group */
};

/* From here on the numbers of all machines are the same; a libc that tries one of these falls back
 * to an older call if the kernel does not know it. */
enum { FIRST_NEW_CALL = 424, X32 = 0x40000000 };

#ifdef __x86_64__
G_STATIC_ASSERT(SYS_openat == 257 && SYS_fchown == 93 && SYS_statx == 332 && SYS_exit_group == 231);
#elif defined(__aarch64__)
G_STATIC_ASSERT(SYS_openat == 56 && SYS_fchown == 55 && SYS_statx == 291 && SYS_exit_group == 94);
#endif

static gint16
number_of(guint32 machine, guint call)
{
    return machine == AUDIT_ARCH_X86_64 ? calls[call].x86_64 : calls[call].generic;
}

/* F_SETOWN and F_NOTIFY are absent on purpose: they have the kernel send a signal of choice to any
 * process of root's. */
static const guint32 fcntl_commands[] = {F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC};

static guint
add(struct sock_filter *steps, guint at, struct sock_filter step)
{
    g_assert(at < VP_CONFINE_MAX_STEPS);
    steps[at] = step;
    return at + 1;
}

#define STATEMENT(code, k) ((struct sock_filter)BPF_STMT(code, k))
#define JUMP(test, k, yes, no) ((struct sock_filter)BPF_JUMP(BPF_JMP | (test) | BPF_K, k, yes, no))

/* Each of the machines keeps the low half of an argument first. */
static guint
add_argument(struct sock_filter *steps, guint n, guint argument)
{
    guint offset = (guint)(offsetof(struct seccomp_data, args) + argument * sizeof(guint64));

    return add(steps, n, STATEMENT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static guint
add_refusal(struct sock_filter *steps, guint n, guint32 errnum)
{
    return add(steps, n, STATEMENT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | errnum));
}

static guint
add_openat(struct sock_filter *steps, guint n)
{
    n = add_argument(steps, n, 2);
    n = add(steps, n, JUMP(BPF_JSET, O_TRUNC, 0, 1));
    return add_refusal(steps, n, EPERM);
}

static guint
add_fcntl(struct sock_filter *steps, guint n)
{
    guint left = G_N_ELEMENTS(fcntl_commands);

    n = add_argument(steps, n, 1);
    for (guint i = 0; left > 0; i++, left--)
        n = add(steps, n, JUMP(BPF_JEQ, fcntl_commands[i], (guint8)left, 0));
    return add_refusal(steps, n, EPERM);
}

/* Without it, abort() of glibc 2.41 and later blocks every signal and runs into an instruction that
 * kills the process, so that no handler can say why. */
static guint
add_tgkill(struct sock_filter *steps, guint n, guint32 process)
{
    n = add_argument(steps, n, 0);
    n = add(steps, n, JUMP(BPF_JEQ, process, 0, 2));
    n = add_argument(steps, n, 2);
    n = add(steps, n, JUMP(BPF_JEQ, SIGABRT, 1, 0));
    return add_refusal(steps, n, EPERM);
}

/* What is after the check of its arguments, if it has one, allows the call. */
static guint
add_call(struct sock_filter *steps, guint n, guint32 machine, gint16 number, guint32 process)
{
    gboolean is_x86_64 = machine == AUDIT_ARCH_X86_64;
    guint first = n;

    n = add(steps, n, JUMP(BPF_JEQ, (guint32)number, 0, 0));
    if (number == (is_x86_64 ? 257 : 56))
        n = add_openat(steps, n);
    else if (number == (is_x86_64 ? 72 : 25))
        n = add_fcntl(steps, n);
    else if (number == (is_x86_64 ? 234 : 131))
        n = add_tgkill(steps, n, process);
    n = add(steps, n, STATEMENT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    steps[first].jf = (guint8)(n - first - 1);
    return n;
}

guint
vp_hook_confine_calls(guint32 machine, guint32 process, struct sock_filter *steps)
{
    guint n = 0;

    if (machine != AUDIT_ARCH_X86_64 && machine != AUDIT_ARCH_AARCH64 &&
        machine != AUDIT_ARCH_RISCV64)
        return 0;
    n = add(steps, n, STATEMENT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
    n = add(steps, n, JUMP(BPF_JEQ, machine, 1, 0));
    n = add_refusal(steps, n, EPERM);
    n = add(steps, n, STATEMENT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
        if (number_of(machine, i) != NONE)
            n = add_call(steps, n, machine, number_of(machine, i), process);
    }
    n = add(steps, n, JUMP(BPF_JGE, X32, 2, 0));
    n = add(steps, n, JUMP(BPF_JGE, FIRST_NEW_CALL, 0, 1));
    n = add_refusal(steps, n, ENOSYS);
    return add_refusal(steps, n, EPERM);
}
