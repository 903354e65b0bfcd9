/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections to servers of SSH, up to their first line. */
#include <config.h>

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/autofd.h"
#include "command/probe.h"

enum { PATIENCE_MS = 1000 };

/* A connection to each address, all at the same time, because a guest may name many that do not
 * answer. */
typedef struct {
    guint count;
    struct pollfd fds[VP_PROBE_MAX]; /* without a descriptor: finished */
    gint64 until[VP_PROBE_MAX];      /* the deadline of the present step */
    gboolean has_answered[VP_PROBE_MAX];
} Probes;

static gint64
after_patience(void)
{
    return g_get_monotonic_time() + PATIENCE_MS * G_TIME_SPAN_MILLISECOND;
}

static int
begin_connection(const char *address, guint port)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    g_autofree char *service = g_strdup_printf("%u", port);
    struct addrinfo *to = NULL;
    vp_autofd int fd = -1;

    if (getaddrinfo(address, service, &hints, &to) != 0)
        return -1;
    fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd >= 0 && connect(fd, to->ai_addr, to->ai_addrlen) < 0 && errno != EINPROGRESS)
        vp_fd_clear(&fd);
    freeaddrinfo(to);
    return vp_fd_steal(&fd);
}

static gboolean
is_connected(int fd)
{
    int errnum = 0;
    socklen_t size = sizeof(errnum);

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &size) == 0 && errnum == 0;
}

static gboolean
says_ssh(int fd)
{
    char banner[4];

    return recv(fd, banner, sizeof(banner), MSG_PEEK) == (ssize_t)sizeof(banner) &&
           memcmp(banner, "SSH-", sizeof(banner)) == 0;
}

static void
advance(Probes *probes, guint i)
{
    struct pollfd *one = &probes->fds[i];

    if (one->revents == 0) {
        if (g_get_monotonic_time() >= probes->until[i])
            vp_fd_clear(&one->fd);
    } else if (one->events == POLLOUT && is_connected(one->fd)) {
        one->events = POLLIN;
        probes->until[i] = after_patience();
    } else {
        probes->has_answered[i] = one->events == POLLIN && says_ssh(one->fd);
        vp_fd_clear(&one->fd);
    }
}

/* The first address that has answered or still may; the count if there is none. */
static guint
first(const Probes *probes)
{
    guint i = 0;

    while (i < probes->count && probes->fds[i].fd < 0 && !probes->has_answered[i])
        i++;
    return i;
}

static void
wait_for_any(Probes *probes)
{
    enum { TURN_MS = 50 }; /* a deadline passes without an event */

    if (poll(probes->fds, probes->count, TURN_MS) < 0)
        return;
    for (guint i = 0; i < probes->count; i++) {
        if (probes->fds[i].fd >= 0)
            advance(probes, i);
    }
}

const char *
vp_command_probe_ssh(const GPtrArray *addresses, guint port)
{
    Probes probes = {.count = MIN(addresses->len, VP_PROBE_MAX)};
    guint chosen;

    for (guint i = 0; i < probes.count; i++) {
        probes.fds[i] = (struct pollfd){begin_connection(addresses->pdata[i], port), POLLOUT, 0};
        probes.until[i] = after_patience();
    }
    while ((chosen = first(&probes)) < probes.count && !probes.has_answered[chosen])
        wait_for_any(&probes);
    for (guint i = 0; i < probes.count; i++)
        vp_fd_clear(&probes.fds[i].fd);
    return chosen < probes.count ? addresses->pdata[chosen] : NULL;
}
