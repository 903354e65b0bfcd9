/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Colours and width, only if standard output is a terminal. ECMA-48, 8.3.117 (SGR), 8.3.41 (EL).
 */
#include <config.h>

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/escape.h"
#include "view/term.h"

gboolean
vp_view_term_is_output(void)
{
    return isatty(STDOUT_FILENO);
}

/* A terminal that is not "dumb", and no NO_COLOR (https://no-color.org). */
static gboolean
has_colour(void)
{
    const char *no_color = g_getenv("NO_COLOR");

    return vp_view_term_is_output() && (no_color == NULL || *no_color == '\0') &&
           g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

guint
vp_view_term_width(void)
{
    struct winsize size;

    if (!vp_view_term_is_output())
        return 0;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

const char *
vp_view_term_on(VpStyle style)
{
    static const char *const sequences[] = {
        [VP_STYLE_BOLD] = "\033[1m",   [VP_STYLE_DIM] = "\033[2m",     [VP_STYLE_RED] = "\033[31m",
        [VP_STYLE_GREEN] = "\033[32m", [VP_STYLE_YELLOW] = "\033[33m", [VP_STYLE_CYAN] = "\033[36m",
    };

    return has_colour() ? sequences[style] : "";
}

const char *
vp_view_term_off(void)
{
    return has_colour() ? "\033[0m" : "";
}

void
vp_view_term_progress(const char *format, ...)
{
    va_list args;

    if (!isatty(STDERR_FILENO) || g_strcmp0(g_getenv("TERM"), "dumb") == 0)
        return;
    fputs("\r\033[K", stderr);
    if (format != NULL) {
        va_start(args, format);
        vfprintf(stderr, format, args);
        va_end(args);
    }
    fflush(stderr);
}

void
vp_view_term_print_json(json_object *object)
{
    g_autoptr(GBytes) text = vp_json_text(object);
    gsize size;
    const char *data = g_bytes_get_data(text, &size);
    g_autofree char *escaped = vp_escape_json(data, size);

    fputs(escaped, stdout);
}
