/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The controlling terminal: echo off while a password is typed, and on again however that ends. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/secret.h"
#include "view/prompt.h"

enum { MAX_LINE = 1024 }; /* bytes, without its newline */

static int
open_terminal(void)
{
    return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static void
put(int terminal, const char *text)
{
    gsize size = strlen(text);

    while (size > 0) {
        ssize_t written = write(terminal, text, size);

        if (written < 0 && errno != EINTR)
            return;
        text += MAX(written, 0);
        size -= MAX(written, 0);
    }
}

/* Its length without the newline; -1 at the end of input, above MAX_LINE, or with *signal set. */
static gssize
read_bytes(int terminal, int signals, char line[MAX_LINE + 1], int *signal)
{
    struct pollfd polled[] = {{terminal, POLLIN, 0}, {signals, POLLIN, 0}};
    gssize length = 0;

    for (;;) {
        struct signalfd_siginfo info;

        if (poll(polled, signals >= 0 ? 2 : 1, -1) < 0 && errno != EINTR)
            return -1;
        if (signals >= 0 && (polled[1].revents & POLLIN) &&
            read(signals, &info, sizeof(info)) == sizeof(info)) {
            *signal = info.ssi_signo;
            return -1;
        }
        if (polled[0].revents == 0)
            continue;
        if (read(terminal, line + length, 1) != 1)
            return -1;
        if (line[length] == '\n')
            return length;
        if (++length > MAX_LINE)
            return -1;
    }
}

/* One line, of which no other copy is left. NULL if there is none. */
static char *
read_line(int terminal, int signals, int *signal)
{
    char line[MAX_LINE + 1];
    gssize length = read_bytes(terminal, signals, line, signal);
    char *text = length >= 0 ? g_strndup(line, (gsize)length) : NULL;

    explicit_bzero(line, sizeof(line));
    return text;
}

/* Signals that would end or stop the program are read as characters while the echo is off. Input
 * before the question is discarded, and so is the rest of a line that is too long: a shell would
 * run it. */
static char *
ask(int terminal, const char *question)
{
    vp_autofd int signals = -1;
    struct termios before, hidden;
    sigset_t caught, old;
    int signal = 0;
    char *line;

    sigemptyset(&caught);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGTERM);
    sigaddset(&caught, SIGHUP);
    sigaddset(&caught, SIGQUIT);
    sigaddset(&caught, SIGTSTP);
    if (tcgetattr(terminal, &before) < 0)
        return NULL;
    sigprocmask(SIG_BLOCK, &caught, &old);
    signals = signalfd(-1, &caught, SFD_CLOEXEC);
    hidden = before;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    tcsetattr(terminal, TCSAFLUSH, &hidden);
    put(terminal, question);
    put(terminal, ": ");
    line = read_line(terminal, signals, &signal);
    tcsetattr(terminal, TCSAFLUSH, &before);
    put(terminal, "\n");
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (signal != 0)
        raise(signal);
    return line;
}

char *
vp_view_prompt_password(const char *question, GError **error)
{
    vp_autofd int terminal = open_terminal();
    char *first, *second;
    gboolean is_same;

    if (terminal < 0)
        return vp_error_null(error, VP_ERROR_USAGE,
                             "no terminal to ask for the password; use --password-file");
    first = ask(terminal, question);
    second = first != NULL && *first != '\0' ? ask(terminal, "Again") : NULL;
    is_same = second != NULL && g_str_equal(first, second);
    vp_secret_free(second);
    if (is_same)
        return first;
    if (first == NULL || *first == '\0')
        g_set_error(error, VP_ERROR, VP_ERROR_PASSWORD,
                    "no password was given, or one of over %d bytes", MAX_LINE);
    else
        g_set_error_literal(error, VP_ERROR, VP_ERROR_PASSWORD, "the two passwords differ");
    vp_secret_free(first);
    return NULL;
}

char
vp_view_prompt_letter(const char *question)
{
    vp_autofd int terminal = open_terminal();
    g_autofree char *line = NULL;
    int signal = 0;

    if (terminal < 0)
        return 0;
    put(terminal, question);
    line = read_line(terminal, -1, &signal);
    if (line == NULL)
        return '\0';
    return *line != '\0' ? g_ascii_tolower(*line) : '\n';
}
