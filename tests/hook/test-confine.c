/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Confinement, each claim in a process of its own, for none of them can be taken back. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook/confine.h"

typedef struct {
    VpConf conf;
    char *image;  /* in the payload directory */
    char *secret; /* a file in the secrets directory */
    char *other;  /* a file in none of the directories */
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

    fixture->conf.directory = make(top, "payload", TRUE);
    fixture->conf.secrets_directory = make(top, "secrets", TRUE);
    fixture->conf.files_directory = g_build_filename(top, "missing", NULL);
    fixture->image = make(fixture->conf.directory, "image", FALSE);
    fixture->secret = make(fixture->conf.secrets_directory, "secret", FALSE);
    fixture->other = make(top, "other", FALSE);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    g_autofree char *top = g_path_get_dirname(fixture->other);

    (void)unlink(fixture->image);
    g_assert_cmpint(unlink(fixture->secret) | unlink(fixture->other), ==, 0);
    g_assert_cmpint(rmdir(fixture->conf.directory) | rmdir(fixture->conf.secrets_directory), ==, 0);
    g_assert_cmpint(rmdir(top), ==, 0);
    g_free(fixture->conf.directory);
    g_free(fixture->conf.secrets_directory);
    g_free(fixture->conf.files_directory);
    g_free(fixture->image);
    g_free(fixture->secret);
    g_free(fixture->other);
}

/* Runs claim confined; its result is how many parts of it do not hold. */
static void
assert_confined(Fixture *fixture, int (*claim)(const Fixture *))
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        vp_hook_confine(&fixture->conf, FALSE);
        _exit(claim(fixture));
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
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

    return (opens(fixture->image, O_RDWR | O_TRUNC) < 0) +
           (opens(made, O_CREAT | O_EXCL | O_WRONLY) < 0) + (rename(made, fixture->image) < 0) +
           (unlink(fixture->image) < 0) + (opens(fixture->secret, O_RDONLY) < 0) +
           fails(opens(fixture->secret, O_RDWR), EACCES) + fails(unlink(fixture->secret), EACCES) +
           fails(opens(fixture->other, O_RDONLY), EACCES) +
           fails(opens("/etc/passwd", O_RDONLY), EACCES) +
           fails(opens(beside, O_CREAT | O_WRONLY), EACCES);
}

static int
claim_capabilities(const Fixture *fixture)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
    long got = syscall(SYS_capget, &header, data); /* before data is looked at */

    return (got < 0) + (data[0].effective | data[0].permitted) +
           (data[1].effective | data[1].permitted) + (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1);
}

static int
claim_calls(const Fixture *fixture)
{
    char *const line[] = {(char *)"true", NULL};

    return fails(socket(AF_UNIX, SOCK_STREAM, 0), EPERM) +
           fails(socket(AF_INET, SOCK_DGRAM, 0), EPERM) + fails(execv("/bin/true", line), EPERM) +
           fails(fork(), EPERM) + fails(kill(getppid(), 0), EPERM) +
           fails(syscall(SYS_io_uring_setup, 1, NULL), EPERM) +
           fails(syscall(SYS_setns, 0, 0), EPERM);
}

static void
test_files(Fixture *fixture, gconstpointer data)
{
    if (syscall(444, NULL, 0, 1) < 1)
        g_test_skip("this kernel has no Landlock");
    else
        assert_confined(fixture, claim_files);
}

static void
test_capabilities(Fixture *fixture, gconstpointer data)
{
    assert_confined(fixture, claim_capabilities);
}

static void
test_calls(Fixture *fixture, gconstpointer data)
{
#if defined(__x86_64__) || defined(__aarch64__)
    assert_confined(fixture, claim_calls);
#else
    g_test_skip("this machine has no filter of calls, or is not known here to have one");
#endif
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/confine/files", Fixture, NULL, set_up, test_files, tear_down);
    g_test_add("/confine/capabilities", Fixture, NULL, set_up, test_capabilities, tear_down);
    g_test_add("/confine/calls", Fixture, NULL, set_up, test_calls, tear_down);
    return g_test_run();
}
