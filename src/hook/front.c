/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of the hook's front end. It makes system calls directly for what few guests need, because
 * each libc function that is named here is looked up for every guest on the host. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "domain/front-search.h"
#include "hook/front.h"

ssize_t
vp_hook_front_read(int fd, char *buffer, size_t room)
{
    size_t size = 0;

    while (size < room) {
        ssize_t n = read(fd, buffer + size, room - size);

        if (n == 0)
            break;
        if (n < 0 && errno != EINTR)
            return -1;
        size += n > 0 ? (size_t)n : 0;
    }
    return (ssize_t)size;
}

/* --- what is ours ---------------------------------------------------------------------------- */

/* Whether the guest has an image in the directory that is the default. */
static bool
has_image(const char *uuid)
{
    char path[] = VP_PAYLOADDIR "/________-____-____-____-____________.img";

    memcpy(path + strlen(VP_PAYLOADDIR "/"), uuid, VP_UUID_LENGTH);
    return syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
}

/* Metadata and drive of a guest may have gone while it ran, and its image is still there. A
 * definition that is too large has grown meanwhile; it may say anything further on. */
static bool
may_have_image(const char *xml, size_t size)
{
    const char *uuid = vp_domain_front_find_uuid(xml, size);

    if (size > VP_XML_MAX_BYTES || uuid == NULL || syscall(SYS_geteuid) != 0 || has_image(uuid))
        return true;
    return vp_domain_front_may_have_payload(xml, size) ||
           vp_domain_front_names_image(uuid, (size_t)(xml + size - uuid));
}

/* The start of a name may be before the end of what has been read, and its end after it. */
enum { OVERLAP = 64 };

static bool
rest_has_payload(int fd, char *buffer, size_t size)
{
    ssize_t n;

    do {
        for (size_t i = 0; i < OVERLAP; i++)
            buffer[i] = buffer[size - OVERLAP + i];
        n = vp_hook_front_read(fd, buffer + OVERLAP, VP_XML_MAX_BYTES - OVERLAP);
        size = OVERLAP + (n > 0 ? (size_t)n : 0);
        if (vp_domain_front_may_have_payload(buffer, size))
            return true;
    } while (n > 0);
    return false;
}

bool
vp_hook_front_needs_core(VpOperation operation, const char *xml, size_t size)
{
    if (operation == VP_OPERATION_PREPARE && size <= VP_XML_MAX_BYTES)
        return vp_domain_front_may_have_payload(xml, size) ||
               vp_domain_front_may_have_image(xml, size);
    if (operation == VP_OPERATION_RELEASE)
        return may_have_image(xml, size);
    return size <= VP_XML_MAX_BYTES && vp_domain_front_may_have_payload(xml, size);
}

bool
vp_hook_front_is_too_large(VpOperation operation, int fd, char *xml, size_t size)
{
    if (size <= VP_XML_MAX_BYTES || operation == VP_OPERATION_RELEASE)
        return false;
    return vp_domain_front_may_have_payload(xml, size) || rest_has_payload(fd, xml, size);
}

/* --- the process ----------------------------------------------------------------------------- */

bool
vp_hook_front_open_standard_fds(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (syscall(SYS_fcntl, fd, F_GETFD) < 0 &&
            syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR) != fd)
            return false;
    }
    return true;
}

static void
end_in_silence(int signal_number)
{
    _exit(0);
}

static void
end_with_a_line(int signal_number)
{
    static const char line[] = "virt-payload: the hook: did not end in time and gave up [failed]\n";

    (void)!write(STDERR_FILENO, line, sizeof(line) - 1);
    _exit(1);
}

void
vp_hook_front_watch(VpOperation operation, unsigned seconds)
{
    struct sigaction action = {0};

    action.sa_handler = vp_hook_operation_may_fail(operation) ? end_with_a_line : end_in_silence;
    (void)sigaction(SIGALRM, &action, NULL);
    alarm(seconds);
}

static void
end_with_a_crash(int signal_number)
{
    static const char line[] = "virt-payload: the hook: crashed, or memory ran out [failed]\n";

    (void)!write(STDERR_FILENO, line, sizeof(line) - 1);
    _exit(1);
}

void
vp_hook_front_catch_crashes(VpOperation operation)
{
    static const int signals[] = {SIGABRT, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    static char room[64 * 1024]; /* for the case that the stack itself has run out */
    const stack_t stack = {.ss_sp = room, .ss_size = sizeof(room)};
    struct sigaction action = {.sa_flags = SA_ONSTACK};

    action.sa_handler = vp_hook_operation_may_fail(operation) ? end_with_a_crash : end_in_silence;
    (void)syscall(SYS_sigaltstack, &stack, NULL);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        (void)sigaction(signals[i], &action, NULL);
}

static size_t
append(char *line, size_t length, size_t room, const char *text)
{
    for (; *text && length < room; text++)
        line[length++] = *text >= ' ' && *text <= '~' ? *text : '?';
    return length;
}

/* A long name is cut, so that the rest has its place in libvirt's error. */
int
vp_hook_front_fail(const VpHookCall *call, const char *what, const char *why, const char *name)
{
    char line[768];
    const char *const parts[] = {": ", what, why != NULL ? ": " : "", why != NULL ? why : "", " [",
                                 name, "]"};
    size_t length = append(line, 0, sizeof(line), "virt-payload: ");

    length = append(line, length, 320, call->guest);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        length = append(line, length, sizeof(line) - 1, parts[i]);
    line[length++] = '\n';
    (void)!write(STDERR_FILENO, line, length);
    return vp_hook_operation_may_fail(call->operation) ? 1 : 0;
}
