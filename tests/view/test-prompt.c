/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions on a terminal: what is typed, what is seen of it, and how the terminal is left. */
#include <config.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"
#include "view/prompt.h"

#define NO_PASSWORD "no password was given, or one of over 1024 bytes"
#define K1 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define K16 K1 K1 K1 K1 K1 K1 K1 K1 K1 K1 K1 K1 K1 K1 K1 K1

/* A terminal, and a process whose controlling terminal it is. */
typedef struct {
    int master, terminal, answer; /* answer: what the process has got, by a pipe */
    pid_t process;
    GString *seen;
} Session;

typedef void Ask(int answer);

static void
begin_process(const Session *session, int answer, Ask *ask)
{
    alarm(60);
    signal(SIGINT, SIG_DFL); /* a shell ignores both for what runs in its background */
    signal(SIGQUIT, SIG_DFL);
    setsid();
    ioctl(session->terminal, TIOCSCTTY, 0);
    ask(answer);
    _exit(0);
}

/* The kernel brings it to the terminal a little later. */
static void
type_before(const Session *session, const char *text)
{
    int arrived = 0;

    g_assert_cmpint(write(session->master, text, strlen(text)), ==, strlen(text));
    while (ioctl(session->terminal, FIONREAD, &arrived) == 0 && arrived < (int)strlen(text))
        g_usleep(1000);
}

/* FALSE: no terminal can be had here. */
static gboolean
begin(Session *session, const char *typed_before, Ask *ask)
{
    int ends[2];

    session->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (session->master < 0 || grantpt(session->master) < 0 || unlockpt(session->master) < 0)
        return FALSE;
    session->terminal = open(ptsname(session->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (session->terminal < 0)
        return FALSE;
    g_assert_cmpint(pipe(ends), ==, 0);
    type_before(session, typed_before);
    session->process = fork();
    if (session->process == 0)
        begin_process(session, ends[1], ask);
    close(ends[1]);
    session->answer = ends[0];
    session->seen = g_string_new(NULL);
    return TRUE;
}

static gboolean
is_echoing(const Session *session)
{
    struct termios now;

    g_assert_cmpint(tcgetattr(session->terminal, &now), ==, 0);
    return (now.c_lflag & ECHO) != 0;
}

/* Reads what is printed until it ends so; what was before it is forgotten. */
static void
wait_for(Session *session, const char *end)
{
    g_string_truncate(session->seen, 0);
    while (!g_str_has_suffix(session->seen->str, end)) {
        struct pollfd polled = {session->master, POLLIN, 0};
        char c;

        g_assert_cmpint(poll(&polled, 1, 60 * 1000), ==, 1);
        g_assert_cmpint(read(session->master, &c, 1), ==, 1);
        g_string_append_c(session->seen, c);
    }
}

static void
type(const Session *session, const char *text)
{
    g_assert_cmpint(write(session->master, text, strlen(text)), ==, strlen(text));
}

/* What the process has got; *status as wait() has it. */
static char *
end(Session *session, int *status)
{
    char answer[4096];
    gssize size = 0, more;

    while ((more = read(session->answer, answer + size, sizeof(answer) - (gsize)size)) > 0)
        size += more;
    g_assert_cmpint(waitpid(session->process, status, 0), ==, session->process);
    close(session->answer);
    return g_strndup(answer, (gsize)size);
}

static void
close_terminal(Session *session)
{
    close(session->master);
    close(session->terminal);
    g_string_free(session->seen, TRUE);
}

static void
put(int answer, const char *text)
{
    (void)!write(answer, text, strlen(text));
}

/* "+password" or "CODE message" */
static void
ask_password(int answer)
{
    g_autoptr(GError) error = NULL;
    char *password = vp_view_prompt_password("New password", &error);

    put(answer, password != NULL ? "+" : vp_error_name(error));
    put(answer, password != NULL ? password : " ");
    put(answer, password != NULL ? "" : error->message);
    vp_secret_free(password);
}

static void
ask_letter(int answer)
{
    char letter[] = {vp_view_prompt_letter("Go on? [y/n] "), '\0'};

    put(answer, letter);
}

/* --- passwords -------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *first, *second; /* second NULL: it is not asked for */
    const char *expected;
    const char *before; /* typed ahead of the question */
} Case;

static const Case passwords[] = {
    {"twice-the-same", "secret\n", "secret\n", "+secret"},
    {"not-ascii", "p\303\244ss \342\202\254\n", "p\303\244ss \342\202\254\n",
     "+p\303\244ss \342\202\254"},
    {"blanks-count", " a \n", " a \n", "+ a "},
    {"corrected", "secreX\177t\n", "secret\n", "+secret"},
    {"two-that-differ", "secret\n", "secreT\n", "password the two passwords differ"},
    {"second-is-longer", "secret\n", "secrets\n", "password the two passwords differ"},
    {"second-is-empty", "secret\n", "\n", "password the two passwords differ"},
    {"second-ends", "secret\n", "\4", "password the two passwords differ"},
    {"empty", "\n", NULL, "password " NO_PASSWORD},
    {"end-of-input", "\4", NULL, "password " NO_PASSWORD},
    {"longest", K16 "\n", K16 "\n", "+" K16},
    {"too-long", K16 "x\n", NULL, "password " NO_PASSWORD},
    {"typed-ahead", "secret\n", "secret\n", "+secret", "early\n"},
};

static void
test_password(gconstpointer data)
{
    const Case *given = data;
    Session session;
    g_autofree char *answer = NULL;
    int status, left;

    if (!begin(&session, given->before != NULL ? given->before : "", ask_password)) {
        g_test_skip("no terminal can be had here");
        return;
    }
    wait_for(&session, "New password: ");
    g_assert_false(is_echoing(&session));
    type(&session, given->first);
    wait_for(&session, "\n");
    g_assert_cmpstr(session.seen->str, ==, "\r\n"); /* nothing of the password */
    if (given->second != NULL) {
        wait_for(&session, "Again: ");
        g_assert_false(is_echoing(&session));
        type(&session, given->second);
        wait_for(&session, "\n");
        g_assert_cmpstr(session.seen->str, ==, "\r\n");
    }
    answer = end(&session, &status);
    g_assert_cmpstr(answer, ==, given->expected);
    g_assert_cmpint(status, ==, 0);
    g_assert_true(is_echoing(&session));
    /* a shell would run what is left, and remember it */
    g_assert_cmpint(ioctl(session.terminal, FIONREAD, &left), ==, 0);
    g_assert_cmpint(left, ==, 0);
    close_terminal(&session);
}

/* A key that ends the program does, and is answered only when the terminal is as before. */
static void
test_signal(gconstpointer key)
{
    Session session;
    g_autofree char *answer = NULL;
    int status;

    if (!begin(&session, "", ask_password)) {
        g_test_skip("no terminal can be had here");
        return;
    }
    wait_for(&session, "New password: ");
    type(&session, "sec");
    type(&session, key);
    answer = end(&session, &status);
    g_assert_cmpstr(answer, ==, "");
    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpint(WTERMSIG(status), ==, *(const char *)key == '\3' ? SIGINT : SIGQUIT);
    g_assert_true(is_echoing(&session));
    close_terminal(&session);
}

static void
ask_both_without_terminal(int answer)
{
    if (setsid() < 0)
        put(answer, "setsid ");
    ask_password(answer);
    put(answer, vp_view_prompt_letter("?") == '\0' ? "|NUL" : "|a letter");
}

static void
test_no_terminal(void)
{
    g_autofree char *answer = NULL;
    Session session = {.seen = g_string_new(NULL)};
    int ends[2], status;

    g_assert_cmpint(pipe(ends), ==, 0);
    session.process = fork();
    if (session.process == 0) {
        ask_both_without_terminal(ends[1]);
        _exit(0);
    }
    close(ends[1]);
    session.answer = ends[0];
    answer = end(&session, &status);
    g_assert_cmpstr(answer, ==,
                    "usage no terminal to ask for the password; use --password-file|NUL");
    g_string_free(session.seen, TRUE);
}

/* --- letters ---------------------------------------------------------------------------------- */

static const Case letters[] = {
    {"letter", "n\n", NULL, "n"},     {"upper-case", "Y\n", NULL, "y"},
    {"word", "Quit\n", NULL, "q"},    {"empty", "\n", NULL, "\n"},
    {"end-of-input", "\4", NULL, ""}, {"too-long", K16 "x\n", NULL, ""},
};

static void
test_letter(gconstpointer data)
{
    const Case *given = data;
    Session session;
    g_autofree char *answer = NULL;
    int status;

    if (!begin(&session, "", ask_letter)) {
        g_test_skip("no terminal can be had here");
        return;
    }
    wait_for(&session, "Go on? [y/n] ");
    g_assert_true(is_echoing(&session));
    type(&session, given->first);
    answer = end(&session, &status);
    g_assert_cmpstr(answer, ==, given->expected);
    g_assert_cmpint(status, ==, 0);
    close_terminal(&session);
}

#define ADD(folder, cases, test)                                                                   \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path = g_strconcat("/prompt/" folder "/", (cases)[i].name, NULL);         \
        g_test_add_data_func(path, &(cases)[i], test);                                             \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("password", passwords, test_password)
    g_test_add_data_func("/prompt/signal/interrupt", "\3", test_signal);
    g_test_add_data_func("/prompt/signal/quit", "\34", test_signal);
    g_test_add_func("/prompt/no-terminal", test_no_terminal);
    ADD("letter", letters, test_letter)
    return g_test_run();
}
