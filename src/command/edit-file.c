/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file for an editor, which is removed afterwards, however the program ends. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/io.h"
#include "command/edit-file.h"

enum {
    FORKED_MS = 20,    /* between two checks of an editor that was asked to end */
    FORKED_TURNS = 50, /* and how many of them */
    MAX_DEPTH = 8      /* of directories that an editor may leave */
};

struct VpEditFile {
    char *directory;
    char *path;
    gboolean is_kept;
    struct sigaction before[NSIG];
};

/* Signals that end the program. */
static const int fatal[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

/* For the handler, which gets nothing else: the directory to empty, and the editor's process. */
static const char *volatile swept_directory;
static volatile sig_atomic_t editor;

/* --- what is left ---------------------------------------------------------------------------- */

/* Only what a signal handler may call. */

static void empty(int directory, int depth);

/* Removes a directory with everything below it: editors keep backups in directories. */
static gboolean
remove_entry(int directory, const char *name, int depth)
{
    vp_autofd int below = -1;

    if (unlinkat(directory, name, 0) == 0)
        return TRUE;
    if (depth < MAX_DEPTH)
        below = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0)
        return FALSE;
    empty(below, depth + 1);
    return unlinkat(directory, name, AT_REMOVEDIR) == 0;
}

static gboolean
remove_entries(int directory, int depth)
{
    _Alignas(struct dirent64) char buffer[4096];
    gboolean found = FALSE;
    ssize_t size;

    if (lseek(directory, 0, SEEK_SET) < 0)
        return FALSE;
    while ((size = getdents64(directory, buffer, sizeof(buffer))) > 0) {
        for (ssize_t at = 0; at < size;) {
            const struct dirent64 *entry = (const struct dirent64 *)(const void *)(buffer + at);

            at += entry->d_reclen;
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                found |= remove_entry(directory, entry->d_name, depth);
        }
    }
    return found;
}

/* Names are removed while they are listed, so it looks again until there are none. */
static void
empty(int directory, int depth)
{
    while (remove_entries(directory, depth))
        continue;
}

static void
sweep(const char *path)
{
    vp_autofd int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (directory >= 0)
        empty(directory, 0);
    (void)rmdir(path);
}

/* An editor that does not end soon keeps nothing: the directory that it would write to is gone. */
static void
end_editor(int signal)
{
    const struct timespec pause = {0, FORKED_MS * 1000000L};

    if (editor == 0 || kill(editor, signal) < 0)
        return;
    for (int i = 0; i < FORKED_TURNS && waitpid(editor, NULL, WNOHANG) == 0; i++)
        (void)nanosleep(&pause, NULL);
}

static void
on_signal(int number)
{
    int errnum = errno;

    end_editor(number);
    if (swept_directory != NULL)
        sweep(swept_directory);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
    errno = errnum;
}

/* Signals that our parent ignores (nohup) remain ignored. */
static void
watch_signals(VpEditFile *file)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigfillset(&action.sa_mask);
    for (gsize i = 0; i < G_N_ELEMENTS(fatal); i++) {
        sigaction(fatal[i], NULL, &file->before[fatal[i]]);
        if (file->before[fatal[i]].sa_handler != SIG_IGN)
            sigaction(fatal[i], &action, NULL);
    }
}

static void
leave_signals(const VpEditFile *file)
{
    for (gsize i = 0; i < G_N_ELEMENTS(fatal); i++)
        sigaction(fatal[i], &file->before[fatal[i]], NULL);
}

static gboolean
write_text(const char *path, const char *text, GError **error)
{
    vp_autofd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return vp_error_set_errno(error, errno, "a file for the editor");
    return vp_io_pwrite(fd, text, strlen(text), 0, error);
}

VpEditFile *
vp_command_edit_file_new(const char *text, GError **error)
{
    g_autoptr(VpEditFile) file = g_new0(VpEditFile, 1);

    file->directory = g_build_filename(g_get_tmp_dir(), "virt-payload.XXXXXX", NULL);
    watch_signals(file);
    if (g_mkdtemp(file->directory) == NULL) {
        vp_error_set_errno(error, errno, "a directory for the editor's file");
        g_clear_pointer(&file->directory, g_free);
        return NULL;
    }
    swept_directory = file->directory;
    file->path = g_build_filename(file->directory, "payload.xml", NULL);
    if (!write_text(file->path, text, error))
        return NULL;
    return g_steal_pointer(&file);
}

const char *
vp_command_edit_file_path(const VpEditFile *file)
{
    return file->path;
}

void
vp_command_edit_file_keep(VpEditFile *file)
{
    file->is_kept = TRUE;
    swept_directory = NULL;
}

void
vp_command_edit_file_free(VpEditFile *file)
{
    if (file->directory != NULL && !file->is_kept)
        sweep(file->directory);
    swept_directory = NULL;
    leave_signals(file);
    g_free(file->directory);
    g_free(file->path);
    g_free(file);
}

/* --- the editor ------------------------------------------------------------------------------- */

/* $VISUAL and $EDITOR may hold arguments, as for every program that calls them. */
static char *
editor_line(void)
{
    const char *visual = g_getenv("VISUAL"), *name = g_getenv("EDITOR");

    if (visual != NULL && *visual != '\0')
        name = visual;
    return g_strconcat(name != NULL && *name != '\0' ? name : "vi", " \"$1\"", NULL);
}

/* With the signals as we were given them; interrupts are the editor's own affair. */
static pid_t
start(const VpEditFile *file, char *const *argv, const sigset_t *mask)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    pid_t pid = fork();

    if (pid == 0) {
        leave_signals(file);
        sigprocmask(SIG_SETMASK, mask, NULL);
        execv(*argv, argv);
        _exit(127);
    }
    sigaction(SIGINT, &ignore, NULL);
    sigaction(SIGQUIT, &ignore, NULL);
    return pid;
}

/* Signals are held back while it is not known whom to pass them on to. */
static int
run(VpEditFile *file, char *const *argv)
{
    sigset_t all, mask;
    pid_t pid;
    int status = -1;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &mask);
    pid = start(file, argv, &mask);
    editor = pid > 0 ? pid : 0;
    sigprocmask(SIG_SETMASK, &mask, NULL);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    editor = 0;
    return pid > 0 ? status : -1;
}

gboolean
vp_command_edit_file_run(VpEditFile *file, GError **error)
{
    g_autofree char *line = editor_line();
    char *const argv[] = {(char *)"/bin/sh", (char *)"-c", line, (char *)"sh", file->path, NULL};
    struct sigaction interrupts[2];
    int status;

    sigaction(SIGINT, NULL, &interrupts[0]);
    sigaction(SIGQUIT, NULL, &interrupts[1]);
    status = run(file, argv);
    sigaction(SIGINT, &interrupts[0], NULL);
    sigaction(SIGQUIT, &interrupts[1], NULL);
    if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    return vp_error_set(error, VP_ERROR_FAILED, "the editor failed; nothing was changed");
}
