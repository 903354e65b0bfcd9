/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Colours, width and progress: only on a terminal, and what is printed there. */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "view/term.h"

/* What a child finds, with its standard output and error on a terminal of 100 columns (0: of an
 * unknown width), or on a pipe. */
typedef struct {
    const char *name;
    gboolean is_terminal;
    guint16 columns;
    const char *term, *no_color; /* of the environment; NULL: not set */
    const char *expected;
} Case;

#define JSON "{\n  \"a\": \"\\u009b\\u202e\"\n}\n"
#define SEQUENCES "\033[1m\033[2m\033[31m\033[32m\033[33m\033[36m\033[0m"

static const Case cases[] = {
    {"terminal", TRUE, 100, "xterm", NULL, "\r\033[K12 %\r\033[K" SEQUENCES "100 yes" JSON},
    {"width-that-is-unknown", TRUE, 0, "xterm", "", "\r\033[K12 %\r\033[K" SEQUENCES "80 yes" JSON},
    {"no-colour", TRUE, 100, "xterm", "1", "\r\033[K12 %\r\033[K100 yes" JSON},
    {"dumb-terminal", TRUE, 100, "dumb", NULL, "100 yes" JSON},
    {"terminal-of-no-name", TRUE, 100, NULL, NULL, "\r\033[K12 %\r\033[K" SEQUENCES "100 yes" JSON},
    {"pipe", FALSE, 0, "xterm", NULL, "0 no" JSON},
};

static void
set_variable(const char *name, const char *value)
{
    if (value != NULL)
        g_setenv(name, value, TRUE);
    else
        g_unsetenv(name);
}

/* In the child. */
static void
print_all(const Case *given)
{
    g_autoptr(json_object) object = json_object_new_object();

    set_variable("TERM", given->term);
    set_variable("NO_COLOR", given->no_color);
    vp_view_term_progress("%d %%", 12);
    vp_view_term_progress(NULL);
    for (guint style = VP_STYLE_BOLD; style <= VP_STYLE_CYAN; style++)
        fputs(vp_view_term_on(style), stdout);
    printf("%s%u %s", vp_view_term_off(), vp_view_term_width(),
           vp_view_term_is_output() ? "yes" : "no");
    vp_json_add_string(object, "a", "\302\233\342\200\256");
    vp_view_term_print_json(object);
    fflush(stdout);
}

/* The two ends of a terminal that changes nothing of what is printed, or of a pipe. */
static gboolean
open_ends(const Case *given, int ends[2])
{
    struct winsize size = {.ws_col = given->columns};
    struct termios raw;

    if (!given->is_terminal)
        return pipe(ends) == 0;
    ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
    if (ends[0] < 0 || grantpt(ends[0]) < 0 || unlockpt(ends[0]) < 0)
        return FALSE;
    ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (ends[1] < 0)
        return FALSE;
    tcgetattr(ends[1], &raw);
    cfmakeraw(&raw);
    tcsetattr(ends[1], TCSANOW, &raw);
    ioctl(ends[1], TIOCSWINSZ, &size);
    return TRUE;
}

static void
test_output(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(GString) seen = g_string_new(NULL);
    int ends[2], status;
    pid_t child;
    char c;

    if (!open_ends(given, ends)) {
        g_test_skip("no terminal can be had here");
        return;
    }
    fflush(stdout);
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        print_all(given);
        _exit(0);
    }
    close(ends[1]);
    /* a terminal that nobody has open any more gives EIO */
    while (read(ends[0], &c, 1) == 1)
        g_string_append_c(seen, c);
    close(ends[0]);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(seen->str, ==, given->expected);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/term/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_output);
    }
    return g_test_run();
}
