/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Confinement, each claim in a process of its own, for none of them can be taken back. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "hook/confine-calls.h"
#include "hook/confine.h"

typedef struct {
    VpConf conf;
    pid_t process; /* of the test */
    char *image;   /* in the payload directory */
    char *secret;  /* a file in the secrets directory */
    char *other;   /* a file in none of the directories */
    char *others;  /* a directory of another user's, with a file */
} Fixture;

static char *
make(const char *top, const char *name, gboolean is_directory)
{
    char *path = g_build_filename(top, name, NULL);

    if (is_directory)
        g_assert_cmpint(mkdir(path, 0711), ==, 0);
    else
        g_assert_true(g_file_set_contents(path, "x", 1, NULL));
    return path;
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autofree char *top = g_dir_make_tmp("vp-confine-XXXXXX", NULL);
    g_autofree char *file = NULL;

    fixture->process = getpid();
    fixture->conf.directory = make(top, "payload", TRUE);
    fixture->conf.secrets_directory = make(top, "secrets", TRUE);
    fixture->conf.files_directory = g_build_filename(top, "missing", NULL);
    fixture->image = make(fixture->conf.directory, "image", FALSE);
    fixture->secret = make(fixture->conf.secrets_directory, "secret", FALSE);
    fixture->other = make(top, "other", FALSE);
    fixture->others = make(top, "others", TRUE);
    file = make(fixture->others, "file", FALSE);
    if (geteuid() == 0)
        g_assert_cmpint(chmod(file, 0600) | chown(file, 1, 1) | chown(fixture->others, 1, 1), ==,
                        0);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    g_autofree char *top = g_path_get_dirname(fixture->other);
    g_autofree char *file = g_build_filename(fixture->others, "file", NULL);

    (void)unlink(fixture->image);
    g_assert_cmpint(unlink(fixture->secret) | unlink(fixture->other), ==, 0);
    g_assert_cmpint(unlink(file) | rmdir(fixture->others), ==, 0);
    g_assert_cmpint(rmdir(fixture->conf.directory) | rmdir(fixture->conf.secrets_directory), ==, 0);
    g_assert_cmpint(rmdir(top), ==, 0);
    g_free(fixture->conf.directory);
    g_free(fixture->conf.secrets_directory);
    g_free(fixture->conf.files_directory);
    g_free(fixture->image);
    g_free(fixture->secret);
    g_free(fixture->other);
    g_free(fixture->others);
}

/* Runs claim confined; its result is how many parts of it do not hold. */
static void
assert_confined_to(Fixture *fixture, int (*claim)(const Fixture *), int newest)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        vp_hook_confine_to_version(&fixture->conf, FALSE, newest);
        _exit(claim(fixture));
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

static void
assert_confined(Fixture *fixture, int (*claim)(const Fixture *))
{
    assert_confined_to(fixture, claim, G_MAXINT);
}

static int
fails(long result, int errnum)
{
    return result >= 0 || errno != errnum;
}

static int
opens(const char *path, int flags)
{
    int fd = open(path, flags, 0600);

    if (fd >= 0)
        close(fd);
    return fd;
}

static int
claim_files(const Fixture *fixture)
{
    g_autofree char *made = g_strconcat(fixture->image, ".new", NULL);
    g_autofree char *beside = g_strconcat(fixture->other, ".new", NULL);

    return (opens(fixture->image, O_RDWR) < 0) + (opens(made, O_CREAT | O_EXCL | O_WRONLY) < 0) +
           (renameat(AT_FDCWD, made, AT_FDCWD, fixture->image) < 0) +
           (unlinkat(AT_FDCWD, fixture->image, 0) < 0) + (opens(fixture->secret, O_RDONLY) < 0) +
           fails(opens(fixture->secret, O_RDWR), EACCES) +
           fails(unlinkat(AT_FDCWD, fixture->secret, 0), EACCES) +
           fails(opens(fixture->other, O_RDONLY), EACCES) +
           fails(opens("/etc/passwd", O_RDONLY), EACCES) +
           fails(opens(beside, O_CREAT | O_WRONLY), EACCES);
}

/* A call that is refused by the filter, old or new. */
static int
is_allowed(long result)
{
    return result >= 0 || (errno != EPERM && errno != ENOSYS);
}

static int
claim_processes(const Fixture *fixture)
{
    char *const line[] = {(char *)"true", NULL};
    const struct rlimit limit = {0, 0};
    siginfo_t info = {.si_code = SI_QUEUE};

    return is_allowed(socket(AF_UNIX, SOCK_STREAM, 0)) +
           is_allowed(socket(AF_INET, SOCK_DGRAM, 0)) + is_allowed(execv("/bin/true", line)) +
           is_allowed(fork()) + is_allowed(kill(getppid(), 0)) +
           is_allowed(syscall(SYS_tgkill, getppid(), getppid(), 0)) +
           is_allowed(syscall(SYS_tgkill, getppid(), getppid(), SIGABRT)) +
           is_allowed(syscall(SYS_tgkill, getpid(), getpid(), SIGKILL)) +
           is_allowed(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info)) +
           is_allowed(syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, &limit, NULL)) +
           is_allowed(setrlimit(RLIMIT_NOFILE, &limit)) +
           is_allowed(syscall(SYS_io_uring_setup, 1, NULL)) + is_allowed(syscall(SYS_setns, 0, 0)) +
           is_allowed(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)) + is_allowed(syscall(SYS_unshare, 0)) +
           is_allowed(syscall(SYS_ptrace, 0, 0, 0, 0)) + is_allowed(syscall(9999));
}

static void
end_well(int signal_number)
{
    _exit(0);
}

/* What catches crashes hears of abort(), which GLib and libxml2 call. */
static int
claim_abort(const Fixture *fixture)
{
    (void)signal(SIGABRT, end_well);
    abort();
}

/* A signal to one of root's processes by way of a descriptor: when a file is made in a directory,
 * or a pipe is read. */
static int
claim_descriptors(const Fixture *fixture)
{
    int directory = open(fixture->conf.directory, O_RDONLY | O_DIRECTORY);

    return (directory < 0) + is_allowed(fcntl(directory, F_SETOWN, getppid())) +
           is_allowed(fcntl(directory, F_SETSIG, SIGKILL)) +
           is_allowed(fcntl(directory, F_NOTIFY, DN_CREATE)) +
           is_allowed(fcntl(directory, F_SETLEASE, F_RDLCK)) +
           is_allowed(fcntl(STDERR_FILENO, F_SETFL, O_ASYNC)) +
           (fcntl(directory, F_DUPFD_CLOEXEC, 3) < 0) + (fcntl(directory, F_GETFL) < 0) +
           (fcntl(directory, F_SETFD, FD_CLOEXEC) < 0);
}

/* In the payload directory too, whose files Landlock says nothing about here. */
static int
claim_attributes(const Fixture *fixture)
{
    int fd = open(fixture->image, O_RDWR);

    return (fd < 0) + is_allowed(chmod(fixture->image, 0777)) + is_allowed(fchmod(fd, 0777)) +
           is_allowed(chown(fixture->image, 1, 1)) + is_allowed(lchown(fixture->image, 1, 1)) +
           is_allowed(fchownat(AT_FDCWD, fixture->image, 1, 1, 0)) +
           is_allowed(setxattr(fixture->image, "user.a", "b", 1, 0)) +
           is_allowed(fsetxattr(fd, "user.a", "b", 1, 0)) +
           is_allowed(utimes(fixture->image, NULL)) +
           is_allowed(utimensat(AT_FDCWD, fixture->image, NULL, 0)) +
           is_allowed(opens(fixture->secret, O_RDONLY | O_TRUNC)) +
           is_allowed(opens(fixture->image, O_RDWR | O_TRUNC)) +
           is_allowed(truncate(fixture->image, 0)) + is_allowed(truncate(fixture->other, 0)) +
           is_allowed(mkdir("/tmp/x", 0700)) + is_allowed(symlink("a", fixture->other)) +
           is_allowed(link(fixture->other, fixture->image)) + is_allowed(chdir("/")) +
           is_allowed(chroot("/")) + is_allowed(mknod(fixture->other, S_IFIFO, 0));
}

/* With Landlock and without: what is not root's own, and other processes. */
static int
claim_others(const Fixture *fixture)
{
    g_autofree char *memory = g_strdup_printf("/proc/%d/mem", (int)fixture->process);
    g_autofree char *beside = g_build_filename(fixture->others, "new", NULL);
    g_autofree char *within = g_build_filename(fixture->others, "file", NULL);

    return fails(opens(memory, O_RDWR), EACCES) + fails(opens(within, O_RDONLY), EACCES) +
           fails(opens(within, O_WRONLY), EACCES) +
           fails(opens(beside, O_CREAT | O_WRONLY), EACCES) +
           fails(unlinkat(AT_FDCWD, within, 0), EACCES);
}

#ifdef __x86_64__
/* The other two tables of calls of this machine: x32's, and the 32-bit one by int 0x80. */
static int
claim_other_tables(const Fixture *fixture)
{
    int result;

    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) /* getpid */ : "memory");
    return (result != -EPERM) + fails(syscall(0x40000000 + SYS_getpid), EPERM);
}
#endif

/* --- the program itself, whose machine need not be this one ----------------------------------- */

enum { PROCESS = 1234 }; /* that is confined */

/* What seccomp(2)'s filter of this call says: the few instructions that the program has. */
static guint32
interpret_all(const struct sock_filter *steps, guint n, guint32 machine, guint32 call,
              const guint32 *arguments)
{
    const struct seccomp_data data = {
        .arch = machine, .nr = (int)call, .args = {arguments[0], arguments[1], arguments[2]}};
    guint32 loaded = 0;

    for (guint at = 0; at < n; at++) {
        const struct sock_filter *step = &steps[at];

        switch (step->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            g_assert_cmpuint(step->k, <=, sizeof(data) - sizeof(loaded));
            memcpy(&loaded, (const char *)&data + step->k, sizeof(loaded));
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            at += loaded == step->k ? step->jt : step->jf;
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            at += (loaded & step->k) != 0 ? step->jt : step->jf;
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            at += loaded >= step->k ? step->jt : step->jf;
            break;
        case BPF_RET | BPF_K:
            return step->k;
        default:
            g_error("step %u is not an instruction that the program should have", at);
        }
    }
    g_error("the program does not end");
}

static guint32
interpret_with(const struct sock_filter *steps, guint n, guint32 machine, guint32 call,
               guint32 second, guint32 third)
{
    return interpret_all(steps, n, machine, call, (const guint32[]){0, second, third});
}

static guint32
interpret(const struct sock_filter *steps, guint n, guint32 machine, guint32 call)
{
    return interpret_with(steps, n, machine, call, 0, 0);
}

static void
assert_program(guint32 machine, const guint32 *allowed, gsize n_allowed, guint32 other)
{
    static const guint32 sent[][3] = {
        {PROCESS, PROCESS, SIGABRT}, {PROCESS, PROCESS, SIGKILL}, {1, 1, SIGABRT}};
    struct sock_filter steps[VP_CONFINE_MAX_STEPS];
    guint n = vp_hook_confine_calls(machine, PROCESS, steps);
    guint32 tgkill = machine == AUDIT_ARCH_X86_64 ? 234 : 131;
    guint count = 0;

    g_assert_cmpuint(n, >, 0);
    for (guint32 call = 0; call < 1000; call++)
        count += interpret(steps, n, machine, call) == SECCOMP_RET_ALLOW;
    g_assert_cmpuint(count, <, 60);
    for (gsize i = 0; i < n_allowed; i++)
        g_assert_cmphex(interpret(steps, n, machine, allowed[i]), ==, SECCOMP_RET_ALLOW);
    g_assert_cmphex(interpret_with(steps, n, machine, allowed[1], 0, O_TRUNC | O_RDWR), ==,
                    SECCOMP_RET_ERRNO | EPERM);
    g_assert_cmphex(interpret_with(steps, n, machine, allowed[1], 0, O_CREAT | O_RDWR), ==,
                    SECCOMP_RET_ALLOW);
    g_assert_cmphex(interpret_with(steps, n, machine, allowed[4], F_SETOWN, 1), ==,
                    SECCOMP_RET_ERRNO | EPERM);
    g_assert_cmphex(interpret_with(steps, n, machine, allowed[4], F_DUPFD_CLOEXEC, 3), ==,
                    SECCOMP_RET_ALLOW);
    for (guint i = 0; i < G_N_ELEMENTS(sent); i++)
        g_assert_cmphex(interpret_all(steps, n, machine, tgkill, sent[i]), ==,
                        i == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EPERM);
    g_assert_cmphex(interpret(steps, n, other, allowed[0]), ==, SECCOMP_RET_ERRNO | EPERM);
    g_assert_cmphex(interpret(steps, n, AUDIT_ARCH_I386, 20), ==, SECCOMP_RET_ERRNO | EPERM);
    g_assert_cmphex(interpret(steps, n, machine, 0x40000000 + allowed[0]), ==,
                    SECCOMP_RET_ERRNO | EPERM);
    g_assert_cmphex(interpret(steps, n, machine, G_MAXUINT32), ==, SECCOMP_RET_ERRNO | EPERM);
    g_assert_cmphex(interpret(steps, n, machine, 435), ==, SECCOMP_RET_ERRNO | ENOSYS);
}

/* read, openat, renameat, exit_group, fcntl; and what must not be: socket, execve, kill, ... */
static void
test_programs(void)
{
    static const guint32 x86_64[] = {0, 257, 264, 231, 72}, generic[] = {63, 56, 38, 94, 25};
    static const guint32 not_x86_64[] = {41, 59, 56, 57, 62, 90, 91, 92, 101, 132, 188, 234, 302};
    static const guint32 not_generic[] = {198, 221, 220, 129, 52, 53, 54, 117, 88, 5, 131, 261, 45};
    struct sock_filter steps[VP_CONFINE_MAX_STEPS];
    guint n;

    assert_program(AUDIT_ARCH_X86_64, x86_64, G_N_ELEMENTS(x86_64), AUDIT_ARCH_AARCH64);
    assert_program(AUDIT_ARCH_AARCH64, generic, G_N_ELEMENTS(generic), AUDIT_ARCH_X86_64);
    assert_program(AUDIT_ARCH_RISCV64, generic, G_N_ELEMENTS(generic), AUDIT_ARCH_AARCH64);
    n = vp_hook_confine_calls(AUDIT_ARCH_X86_64, PROCESS, steps);
    for (gsize i = 0; i < G_N_ELEMENTS(not_x86_64); i++)
        g_assert_cmphex(interpret(steps, n, AUDIT_ARCH_X86_64, not_x86_64[i]), ==,
                        SECCOMP_RET_ERRNO | EPERM);
    n = vp_hook_confine_calls(AUDIT_ARCH_AARCH64, PROCESS, steps);
    for (gsize i = 0; i < G_N_ELEMENTS(not_generic); i++)
        g_assert_cmphex(interpret(steps, n, AUDIT_ARCH_AARCH64, not_generic[i]), ==,
                        SECCOMP_RET_ERRNO | EPERM);
    g_assert_cmpuint(vp_hook_confine_calls(AUDIT_ARCH_MIPS, PROCESS, steps), ==, 0);
}

#if defined(__x86_64__) || defined(__aarch64__)
#    ifdef __x86_64__
#        define THIS_MACHINE AUDIT_ARCH_X86_64
#        define OLD_CALLS SYS_stat, SYS_lstat, SYS_access,
#    else
#        define THIS_MACHINE AUDIT_ARCH_AARCH64
#        define OLD_CALLS
#    endif
/* Of this machine by name, so that no number of the table is another call's. */
static void
test_names(void)
{
    static const guint32 allowed[] = {OLD_CALLS SYS_read,
                                      SYS_write,
                                      SYS_readv,
                                      SYS_writev,
                                      SYS_pread64,
                                      SYS_pwrite64,
                                      SYS_lseek,
                                      SYS_close,
                                      SYS_fcntl,
                                      SYS_flock,
                                      SYS_fdatasync,
                                      SYS_fsync,
                                      SYS_ftruncate,
                                      SYS_fchown,
                                      SYS_sendfile,
                                      SYS_copy_file_range,
                                      SYS_fstatfs,
                                      SYS_getdents64,
                                      SYS_openat,
                                      SYS_unlinkat,
                                      SYS_renameat,
                                      SYS_renameat2,
                                      SYS_fstat,
                                      SYS_newfstatat,
                                      SYS_statx,
                                      SYS_faccessat,
                                      SYS_faccessat2,
                                      SYS_mmap,
                                      SYS_mprotect,
                                      SYS_munmap,
                                      SYS_brk,
                                      SYS_mremap,
                                      SYS_madvise,
                                      SYS_rt_sigaction,
                                      SYS_rt_sigprocmask,
                                      SYS_rt_sigreturn,
                                      SYS_sigaltstack,
                                      SYS_restart_syscall,
                                      SYS_getpid,
                                      SYS_gettid,
                                      SYS_getuid,
                                      SYS_geteuid,
                                      SYS_getgid,
                                      SYS_getegid,
                                      SYS_umask,
                                      SYS_tgkill,
                                      SYS_futex,
                                      SYS_sched_yield,
                                      SYS_sysinfo,
                                      SYS_clock_gettime,
                                      SYS_gettimeofday,
                                      SYS_getrandom,
                                      SYS_exit,
                                      SYS_exit_group};
    static const guint32 arguments[] = {PROCESS, F_DUPFD, SIGABRT};
    struct sock_filter steps[VP_CONFINE_MAX_STEPS];
    guint n = vp_hook_confine_calls(THIS_MACHINE, PROCESS, steps);

    for (guint32 call = 0; call < 1000; call++) {
        gboolean is_named = FALSE;

        for (gsize i = 0; i < G_N_ELEMENTS(allowed); i++)
            is_named = is_named || allowed[i] == call;
        g_assert_cmpint(interpret_all(steps, n, THIS_MACHINE, call, arguments) == SECCOMP_RET_ALLOW,
                        ==, is_named);
    }
}
#endif

static void
test_files(Fixture *fixture, gconstpointer data)
{
    if (syscall(444, NULL, 0, 1) < 1) {
        g_test_skip("this kernel has no Landlock");
        return;
    }
    assert_confined(fixture, claim_files);
}

/* The first version of Landlock knows fewer ways to a file; the filter refuses those. */
static void
test_files_of_version_1(Fixture *fixture, gconstpointer data)
{
    if (syscall(444, NULL, 0, 1) < 1)
        g_test_skip("this kernel has no Landlock");
    else
        assert_confined_to(fixture, claim_files, 1);
}

/* As the kernel tells another process, for a confined one may not even ask. */
static void
test_status(Fixture *fixture, gconstpointer data)
{
    static const char *const expected[] = {"\nCapPrm:\t0000000000000000\n",
                                           "\nCapEff:\t0000000000000000\n", "\nNoNewPrivs:\t1\n",
                                           "\nSeccomp:\t2\n"};
    g_autofree char *path = NULL;
    g_autofree char *status = NULL;
    int confined[2], looked[2];
    char byte = 0;
    pid_t child;

    g_assert_cmpint(pipe(confined) | pipe(looked), ==, 0);
    child = fork();
    if (child == 0) {
        vp_hook_confine(&fixture->conf, FALSE);
        _exit(write(confined[1], &byte, 1) != 1 || read(looked[0], &byte, 1) != 1);
    }
    g_assert_cmpint(read(confined[0], &byte, 1), ==, 1);
    path = g_strdup_printf("/proc/%d/status", (int)child);
    g_assert_true(g_file_get_contents(path, &status, NULL, NULL));
    g_assert_cmpint(write(looked[1], &byte, 1), ==, 1);
    g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_nonnull(strstr(status, expected[i]));
}

/* As on a kernel with Landlock, with its first version, and without. */
static void
test_others(Fixture *fixture, gconstpointer data)
{
    static const int versions[] = {0, 1, G_MAXINT};

    if (geteuid() != 0) {
        g_test_skip("only root can make a file of another user's");
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(versions); i++)
        assert_confined_to(fixture, claim_others, versions[i]);
}

static void
test_calls(Fixture *fixture, gconstpointer data)
{
#if defined(__x86_64__) || defined(__aarch64__)
    static const int versions[] = {0, 1, G_MAXINT};

    for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
        assert_confined_to(fixture, claim_processes, versions[i]);
        assert_confined_to(fixture, claim_abort, versions[i]);
        assert_confined_to(fixture, claim_descriptors, versions[i]);
        assert_confined_to(fixture, claim_attributes, versions[i]);
#    ifdef __x86_64__
        assert_confined_to(fixture, claim_other_tables, versions[i]);
#    endif
    }
#else
    g_test_skip("this machine has no filter of calls, or is not known here to have one");
#endif
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/confine/files", Fixture, NULL, set_up, test_files, tear_down);
    g_test_add("/confine/files-of-version-1", Fixture, NULL, set_up, test_files_of_version_1,
               tear_down);
    g_test_add_func("/confine/programs", test_programs);
#if defined(__x86_64__) || defined(__aarch64__)
    g_test_add_func("/confine/names", test_names);
#endif
    g_test_add("/confine/status", Fixture, NULL, set_up, test_status, tear_down);
    g_test_add("/confine/others", Fixture, NULL, set_up, test_others, tear_down);
    g_test_add("/confine/calls", Fixture, NULL, set_up, test_calls, tear_down);
    return g_test_run();
}
