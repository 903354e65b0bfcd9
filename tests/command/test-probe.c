/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Servers on this host's loopback: that one of SSH is found among silent ones, in the time of one.
 */
#include <config.h>

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/autofd.h"
#include "command/probe.h"

enum { SILENT = 24, LIMIT_SECONDS = 12 }; /* one after the other they take twice as long */

static int
listen_at(const char *address, guint16 *port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(*port)};
    socklen_t size = sizeof(name);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(inet_pton(AF_INET, address, &name.sin_addr), ==, 1);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&name, sizeof(name)), ==, 0);
    g_assert_cmpint(listen(fd, 8), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&name, &size), ==, 0);
    *port = ntohs(name.sin_port);
    return fd;
}

static gpointer
greet(gpointer data)
{
    vp_autofd int fd = accept(GPOINTER_TO_INT(data), NULL, NULL);
    const char *line = "SSH-2.0-test\r\n";

    g_assert_cmpint(send(fd, line, strlen(line), MSG_NOSIGNAL), ==, (int)strlen(line));
    return NULL;
}

static const char *
add(GPtrArray *addresses, guint n)
{
    char *address = g_strdup_printf("127.0.0.%u", n + 1);

    g_ptr_array_add(addresses, address);
    return address;
}

static void
test_silent(void)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
    int fds[SILENT + 1];
    guint16 port = 0;
    gint64 began;
    GThread *server;

    for (guint i = 0; i < SILENT; i++)
        fds[i] = listen_at(add(addresses, i), &port);
    began = g_get_monotonic_time();
    g_assert_null(vp_command_probe_ssh(addresses, port));
    g_assert_cmpint(g_get_monotonic_time() - began, <, LIMIT_SECONDS * G_TIME_SPAN_SECOND);

    fds[SILENT] = listen_at(add(addresses, SILENT), &port);
    server = g_thread_new("server", greet, GINT_TO_POINTER(fds[SILENT]));
    g_assert_cmpstr(vp_command_probe_ssh(addresses, port), ==, "127.0.0.25");
    g_thread_join(server);
    for (guint i = 0; i <= SILENT; i++)
        vp_fd_clear(&fds[i]);
}

static void
test_none(void)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
    guint16 port = 0;
    int fd = listen_at("127.0.0.1", &port);

    g_assert_null(vp_command_probe_ssh(addresses, port));
    vp_fd_clear(&fd);
    add(addresses, 0); /* where nobody listens any more */
    g_assert_null(vp_command_probe_ssh(addresses, port));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/probe/silent", test_silent);
    g_test_add_func("/probe/none", test_none);
    return g_test_run();
}
